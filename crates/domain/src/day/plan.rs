//! Plans: the revisions of a hub's day.

use crate::{Day, HubId, Instant, PlanId};
use serde::{Deserialize, Serialize};

/// One revision of a hub's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Identity.
    pub id: PlanId,
    /// Whose day.
    pub hub: HubId,
    /// Which day.
    pub day: Day,
    /// 1 for the morning plan, one more for each accepted change.
    pub revision: i32,
    /// When it took effect.
    pub published_at: Instant,
    /// Whether it holds.
    pub state: PlanState,
}

/// Whether a plan holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It is the hub's plan.
    Published,
    /// A later revision replaced it.
    Superseded,
}

impl PlanState {
    /// The name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Superseded => "superseded",
        }
    }
}
