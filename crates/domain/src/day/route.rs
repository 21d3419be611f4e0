//! Routes: where a vehicle goes in one shift, and how far it has come.

use crate::{Day, DriverId, HubId, Instant, Refusal, RouteId, ShiftId, Stop, StopState, VehicleId};
use serde::{Deserialize, Serialize};

/// What one vehicle does in one shift of a day.
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
    /// In which shift of the roster; none where the vehicle's usual hours hold. The line may be gone meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftId>,
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
    /// Before which of its stops, counted from 0, the vehicle comes by the hub: where the plan says so, at the latest before
    /// the first whose goods it has not got. Each stop with whether there is nothing to fetch for it. None when it has
    /// everything, or is not on the road.
    pub fn reloads_before<'a>(&self, stops: impl Iterator<Item = (&'a Stop, bool)> + Clone) -> Option<usize> {
        if !matches!(self.state, RouteState::UnderWay { .. }) {
            return None;
        }
        let pending = |stop: &Stop| stop.state == StopState::Pending;
        let fetched = stops.clone().position(|(stop, has_it)| pending(stop) && !has_it)?;
        let planned = stops.take(fetched).position(|(stop, _)| pending(stop) && stop.via_hub);
        Some(planned.unwrap_or(fetched))
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OrderId, StopId};
    use uuid::Uuid;

    #[test]
    fn it_comes_by_the_hub_where_the_plan_says_and_at_the_latest_for_the_first_that_is_missing() {
        let at: Instant = "2026-11-23T08:00:00Z".parse().unwrap();
        let id = Uuid::nil();
        let stop = |via_hub: bool, state: StopState| Stop {
            id: StopId(id),
            route: RouteId(id),
            order: OrderId(id),
            sequence: 1,
            planned_arrival: at,
            planned_departure: at,
            travel_s: 60,
            via_hub,
            state,
        };
        let out = Route {
            id: RouteId(id),
            hub: HubId(id),
            day: Day::default(),
            vehicle: VehicleId(id),
            shift: None,
            driver: DriverId(id),
            planned_start: at,
            planned_end: at,
            shift_until: at,
            state: RouteState::UnderWay { departed_at: at },
        };
        let (open, via) = (stop(false, StopState::Pending), stop(true, StopState::Pending));
        let at_door = stop(false, StopState::Arrived { at });
        let before = |route: &Route, stops: &[(&Stop, bool)]| route.reloads_before(stops.iter().copied());
        assert_eq!(before(&out, &[(&open, true), (&open, false), (&open, false)]), Some(1));
        assert_eq!(before(&out, &[(&open, true), (&via, true), (&open, false)]), Some(1));
        assert_eq!(before(&out, &[(&via, true), (&open, true)]), None, "it has everything");
        assert_eq!(before(&out, &[(&open, true), (&open, false), (&via, false)]), Some(1));
        assert_eq!(before(&out, &[(&at_door, false), (&open, true)]), None, "who is at the door has it");
        let waits = Route { state: RouteState::Published, ..out };
        assert_eq!(before(&waits, &[(&via, false)]), None, "it loads when it leaves");
    }
}
