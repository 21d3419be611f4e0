//! Plans and routes: who goes where today, and how far each has come.

use crate::{Day, DriverId, HubId, Instant, PlanId, Refusal, RouteId, VehicleId};
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

/// What one vehicle does in one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Identity.
    pub id: RouteId,
    /// From which hub.
    pub hub: HubId,
    /// Which day.
    pub day: Day,
    /// By which vehicle.
    pub vehicle: VehicleId,
    /// By which driver.
    pub driver: DriverId,
    /// Planned departure from the hub.
    pub planned_start: Instant,
    /// Planned return to the hub.
    pub planned_end: Instant,
    /// When the shift ends; a later return is an exception.
    pub shift_until: Instant,
    /// How far it has come.
    pub state: RouteState,
}

/// How far a route has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RouteState {
    /// Planned, still at the hub.
    Published,
    /// Left the hub.
    UnderWay {
        /// When it left.
        departed_at: Instant,
    },
    /// Back at the hub.
    Finished {
        /// When it left.
        departed_at: Instant,
        /// When it was back.
        finished_at: Instant,
    },
}

impl RouteState {
    /// The name in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::UnderWay { .. } => "under_way",
            Self::Finished { .. } => "finished",
        }
    }

    /// When it left the hub, if it has.
    pub fn departed_at(&self) -> Option<Instant> {
        match self {
            Self::Published => None,
            Self::UnderWay { departed_at } | Self::Finished { departed_at, .. } => Some(*departed_at),
        }
    }

    /// When it was back, if it is.
    pub fn finished_at(&self) -> Option<Instant> {
        match self {
            Self::Finished { finished_at, .. } => Some(*finished_at),
            _ => None,
        }
    }
}

impl Route {
    /// Leaves the hub.
    pub fn depart(mut self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            RouteState::Published => {
                self.state = RouteState::UnderWay { departed_at: at };
                Ok(self)
            }
            RouteState::UnderWay { .. } => Err(Refusal::RouteDeparted),
            RouteState::Finished { .. } => Err(Refusal::RouteFinished),
        }
    }

    /// Is back at the hub.
    pub fn finish(mut self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            RouteState::Published => Err(Refusal::RouteNotDeparted),
            RouteState::UnderWay { departed_at } => {
                self.state = RouteState::Finished { departed_at, finished_at: at };
                Ok(self)
            }
            RouteState::Finished { .. } => Err(Refusal::RouteFinished),
        }
    }
}
