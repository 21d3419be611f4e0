//! Stops as the caller describes them: where and when they are served, what changes hands there, and who may do it.

use super::{Lateness, Skills, StopId, VehicleId};

/// Which vehicles may serve a stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    /// Every one.
    #[default]
    All,
    /// These and no others.
    Only(Vec<VehicleId>),
    /// Every one but these.
    AllBut(Vec<VehicleId>),
}

impl Allowed {
    pub(crate) fn allows(&self, vehicle: VehicleId) -> bool {
        match self {
            Self::All => true,
            Self::Only(vehicles) => vehicles.contains(&vehicle),
            Self::AllBut(vehicles) => !vehicles.contains(&vehicle),
        }
    }
}

/// Where a stop is in the plan that people know already, and what it costs to change that.
///
/// A changed plan is shuffled parcels at the hub, a driver who has to learn a new order, and recipients who were told
/// another time; a better plan has to be worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kept {
    /// Who serves it there.
    pub vehicle: VehicleId,
    /// The stop directly before it there, or none if it is the vehicle's first.
    pub behind: Option<StopId>,
    /// Money units for another vehicle.
    pub moved_price: i64,
    /// Money units for another stop, or none, directly before it when its vehicle serves it.
    pub order_price: i64,
}

/// A stop as the caller describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopSpec {
    /// Where it is.
    pub place: usize,
    /// Seconds of service.
    pub service: i64,
    /// Earliest and latest beginning of service, in seconds since the origin; who comes early waits.
    pub window: (i64, i64),
    /// What it means to begin after the window.
    pub lateness: Lateness,
    /// What is delivered, in each dimension; it is aboard from the start of the route.
    pub demand: Vec<i64>,
    /// The one vehicle that may serve it (its goods are aboard), or none if any may.
    pub only_vehicle: Option<VehicleId>,
    /// Money units for leaving it out; a stop whose service costs more is left out.
    pub unserved_penalty: i64,
    /// Where it is in a plan that is in force, if there is one.
    pub kept: Option<Kept>,
    /// What a vehicle must be able to do to serve it.
    pub needs: Skills,
    /// Which vehicles may serve it, beside [`Self::only_vehicle`].
    pub allowed: Allowed,
    /// Further windows behind [`Self::window`], in order and apart from each other; who comes between two waits for the
    /// next. Lateness counts from the end of the last.
    pub more_windows: Vec<(i64, i64)>,
    /// What is picked up here and stays aboard until the vehicle reloads or ends (a return), in each dimension; empty for
    /// nothing.
    pub pickup: Vec<i64>,
    /// When its goods are at the depot, in seconds since the origin, if that is not before all: the vehicle leaves with
    /// them no earlier, from its start or from where it reloads.
    pub release: Option<i64>,
    /// Seconds of service by [`VehicleSpec::kind`](crate::VehicleSpec::kind); kinds beyond it have [`Self::service`].
    pub service_by_kind: Vec<i64>,
}

/// Goods that are picked up at one stop and delivered at another by the same vehicle, later on the same route. Both are
/// served or neither is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shipment {
    /// Where they are picked up.
    pub pickup: StopId,
    /// Where they are delivered.
    pub delivery: StopId,
    /// How much, in each dimension.
    pub amount: Vec<i64>,
}

impl StopSpec {
    /// When it may be served, in order.
    pub fn windows(&self) -> impl ExactSizeIterator<Item = (i64, i64)> + Clone + '_ {
        let count = 1 + self.more_windows.len();
        (0..count).map(|index| index.checked_sub(1).map_or(self.window, |more| self.more_windows[more]))
    }

    /// Seconds of service by a vehicle of that kind.
    #[must_use]
    pub fn service_by(&self, kind: usize) -> i64 {
        self.service_by_kind.get(kind).copied().unwrap_or(self.service)
    }
}

impl Default for StopSpec {
    /// A stop at place 0 on the day from the origin on that takes no time, holds nothing, and may be left out for nothing.
    fn default() -> Self {
        Self {
            place: 0,
            service: 0,
            window: (0, 86_400),
            lateness: Lateness::Hard,
            demand: Vec::new(),
            only_vehicle: None,
            unserved_penalty: 0,
            kept: None,
            needs: Skills::default(),
            allowed: Allowed::All,
            more_windows: Vec::new(),
            pickup: Vec::new(),
            release: None,
            service_by_kind: Vec::new(),
        }
    }
}
