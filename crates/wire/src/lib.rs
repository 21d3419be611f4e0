//! What is said: every value that crosses HTTP, one view for each kind of reader: staff at screens, drivers' phones, machines.
//!
//! Plain structs and nothing else. A view holds what its reader may know and no more, so it cannot leak. There is no rule
//! here, no arithmetic and no sentence for a person.

pub mod driver;
pub mod error;
pub mod history;
pub mod live;
pub mod machine;
pub mod roster;
pub mod staff;
pub mod zones;

/// The words of the domain that views are made of, for readers that know no more of it.
pub use domain::{
    HubId, Instant, OrderId, Outcome, ReportId, Role, RouteId, Service, Standing, StopId, VehicleId,
    VehicleKind,
};
pub use error::{AccountFault, AppError};

/// A moment in the hub's own time: the instant and the offset that held there then.
pub type Moment = chrono::DateTime<chrono::FixedOffset>;

/// A window in the hub's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// When it opens.
    pub from: Moment,
    /// When it closes.
    pub until: Moment,
}

/// A point, WGS84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}
