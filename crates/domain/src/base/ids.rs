//! One newtype per noun, so that ids of different nouns cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A hub: where vans are loaded and routes begin.
    HubId,
    /// A zone: ground that a hub serves.
    ZoneId,
    /// A shop: whose orders we deliver.
    ShopId,
    /// An order: the commercial ask.
    OrderId,
    /// A consignment: the goods of one order that travel together.
    ConsignmentId,
    /// A package: one labelled thing.
    PackageId,
    /// A plan: one revision of a hub's day.
    PlanId,
    /// A route: what one vehicle does in one day.
    RouteId,
    /// A stop: one planned visit of a route.
    StopId,
    /// An attempt: what happened when somebody stood at the door.
    AttemptId,
    /// A vehicle.
    VehicleId,
    /// A driver.
    DriverId,
    /// A shift: one line of the roster.
    ShiftId,
    /// A device that reports for a vehicle.
    DeviceId,
    /// An exception: something that needs a person.
    ExceptionId,
    /// A closure: a road that is closed for a while.
    ClosureId,
    /// A proposal: a better plan that waits for a yes.
    ProposalId,
    /// A person who signs in.
    PersonId,
    /// A report from a device, named by the device so that sending it twice is harmless.
    ReportId,
}
