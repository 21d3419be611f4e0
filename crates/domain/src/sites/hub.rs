//! Hubs.

use crate::{Coordinate, HubId};
use chrono::{NaiveTime, TimeDelta};
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

/// Loading and leaving the yard takes this long after a plan appears.
pub const YARD: TimeDelta = TimeDelta::minutes(2);
/// A driver who comes by the hub to fetch something leaves it after so long.
pub const LOADING: TimeDelta = TimeDelta::minutes(5);
