//! Hubs.

use crate::{Coordinate, HubId};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// Where vans are loaded and routes begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hub {
    /// Identity.
    pub id: HubId,
    /// Name on screens.
    pub name: String,
    /// The yard gate.
    pub at: Coordinate,
    /// IANA time zone name, such as `Europe/Malta`.
    pub zone: String,
    /// Local time at which the day's orders are planned.
    pub plan_at: NaiveTime,
}
