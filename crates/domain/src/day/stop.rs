//! Stops: the places of orders in a route, and how far each has come. Stops at one door that follow each other are one visit.

use crate::{Instant, OrderId, Outcome, Refusal, RouteId, StopId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The place of one order in a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Identity; it stays when the stop moves within a plan.
    pub id: StopId,
    /// On which route.
    pub route: RouteId,
    /// For which order.
    pub order: OrderId,
    /// Place in the route, from 1.
    pub sequence: i32,
    /// Planned arrival.
    pub planned_arrival: Instant,
    /// Planned departure.
    pub planned_departure: Instant,
    /// Expected time from the stop before, or from the hub if it comes from there, to this door: the drive, parking and the
    /// walk, in seconds.
    pub travel_s: i32,
    /// Whether the vehicle comes by the hub first, to load.
    pub via_hub: bool,
    /// How far it has come.
    pub state: StopState,
}

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum StopState {
    /// Nobody has been there.
    Pending,
    /// The driver is at the door.
    Arrived {
        /// Since when.
        at: Instant,
    },
    /// An attempt ended it.
    Done {
        /// When the driver arrived.
        arrived_at: Instant,
        /// When the attempt ended.
        ended_at: Instant,
        /// How it ended.
        outcome: Outcome,
    },
    /// Left its route without an attempt.
    Dropped {
        /// When.
        at: Instant,
    },
}

impl StopState {
    /// The name in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Arrived { .. } => "arrived",
            Self::Done { .. } => "done",
            Self::Dropped { .. } => "dropped",
        }
    }

    /// Somebody has still to come, or is at the door.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Pending | Self::Arrived { .. })
    }

    /// When somebody was at the door, if anybody was.
    pub fn arrived_at(&self) -> Option<Instant> {
        match *self {
            Self::Arrived { at } => Some(at),
            Self::Done { arrived_at, .. } => Some(arrived_at),
            Self::Pending | Self::Dropped { .. } => None,
        }
    }

    /// The same, but for a driver who had no time for it, and so was not there.
    pub fn came_at(&self) -> Option<Instant> {
        match self {
            Self::Done { outcome: Outcome::FailedNoTime, .. } => None,
            state => state.arrived_at(),
        }
    }

    /// When the visit ended, if there was one.
    pub fn ended_at(&self) -> Option<Instant> {
        match *self {
            Self::Done { ended_at, .. } => Some(ended_at),
            _ => None,
        }
    }
}

/// Expected seconds at a door where several orders are handed over at one visit, of what each would take alone: the longest in
/// full, and of each other one `further_s` at most.
pub fn visit_s(alone: impl Iterator<Item = i32> + Clone, further_s: i64) -> i32 {
    let further = i32::try_from(further_s).unwrap_or(i32::MAX);
    let longest = alone.clone().max().unwrap_or(0);
    let shortened = alone.map(|own| own.min(further)).fold(0, i32::saturating_add);
    longest.saturating_add(shortened - longest.min(further))
}

/// A success within this of a failed attempt belongs to the same visit.
const SAME_VISIT: TimeDelta = TimeDelta::minutes(10);

impl Stop {
    /// The driver stands at the door. Saying so twice changes nothing.
    pub fn arrive(mut self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            StopState::Pending => {
                self.state = StopState::Arrived { at };
                Ok(self)
            }
            StopState::Arrived { .. } => Ok(self),
            StopState::Done { .. } | StopState::Dropped { .. } => Err(Refusal::StopDone),
        }
    }

    /// The driver has gone on, and nobody said what came of it: somebody has still to come.
    pub fn leave(mut self) -> Result<Self, Refusal> {
        match self.state {
            StopState::Pending | StopState::Arrived { .. } => {
                self.state = StopState::Pending;
                Ok(self)
            }
            StopState::Done { .. } | StopState::Dropped { .. } => Err(Refusal::StopDone),
        }
    }

    /// The attempt is over. A device that never said it arrived arrived when it ended.
    ///
    /// A success after a failed attempt counts, and so does one of which we hear when the stop has left its route: what
    /// was handed over was handed over, and what was collected is in the vehicle.
    pub fn end(mut self, at: Instant, outcome: Outcome) -> Result<Self, Refusal> {
        let arrived_at = match self.state {
            StopState::Pending => at,
            StopState::Arrived { at: arrived } => arrived.min(at),
            StopState::Dropped { .. } if outcome.is_success() => at,
            StopState::Done { arrived_at, ended_at, outcome: before }
                if outcome.is_success() && !before.is_success() =>
            {
                if at - ended_at <= SAME_VISIT {
                    arrived_at.min(at)
                } else {
                    at
                }
            }
            StopState::Done { .. } | StopState::Dropped { .. } => return Err(Refusal::StopDone),
        };
        self.state = StopState::Done { arrived_at, ended_at: at, outcome };
        Ok(self)
    }

    /// Taken off the route before anybody came.
    pub fn drop_off_plan(self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            StopState::Pending => self.abandon(at),
            StopState::Arrived { .. } => Err(Refusal::OrderOnTheRoad),
            StopState::Done { .. } | StopState::Dropped { .. } => Err(Refusal::StopDone),
        }
    }

    /// Left without an attempt, perhaps by a driver who stood at the door: the vehicle is back.
    pub fn abandon(mut self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            StopState::Pending | StopState::Arrived { .. } => {
                self.state = StopState::Dropped { at };
                Ok(self)
            }
            StopState::Done { .. } | StopState::Dropped { .. } => Err(Refusal::StopDone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(minute: i64) -> Instant {
        chrono::DateTime::from_timestamp(1_764_000_000 + 60 * minute, 0).unwrap()
    }

    fn stop(state: StopState) -> Stop {
        Stop {
            id: StopId(Uuid::nil()),
            route: RouteId(Uuid::nil()),
            order: OrderId(Uuid::nil()),
            sequence: 1,
            planned_arrival: at(0),
            planned_departure: at(2),
            travel_s: 60,
            via_hub: false,
            state,
        }
    }

    #[test]
    fn of_orders_at_one_door_the_longest_counts_in_full() {
        let all = |alone: &[i32], further| visit_s(alone.iter().copied(), further);
        assert_eq!([all(&[], 30), all(&[120], 30), all(&[120, 90], 30)], [0, 120, 150]);
        assert_eq!(all(&[120, 10, 240], 30), 240 + 30 + 10, "one that is quick alone is no slower here");
        assert_eq!([all(&[120, 90], 0), all(&[120, 90], 600)], [120, 210]);
    }

    #[test]
    fn a_delivery_after_a_failed_attempt_counts_and_the_other_way_round_does_not() {
        let failed = stop(StopState::Arrived { at: at(1) }).end(at(3), Outcome::FailedNotHome).unwrap();
        assert_eq!(failed.clone().end(at(4), Outcome::FailedOther), Err(Refusal::StopDone));
        let soon = failed.clone().end(at(4), Outcome::DeliveredToRecipient).unwrap();
        let done = |arrived_at, ended_at| StopState::Done {
            arrived_at,
            ended_at,
            outcome: Outcome::DeliveredToRecipient,
        };
        assert_eq!(soon.state, done(at(1), at(4)), "the same visit");
        let later = failed.end(at(90), Outcome::DeliveredToRecipient).unwrap();
        assert_eq!(later.state, done(at(90), at(90)), "the driver came again");
        assert_eq!(soon.end(at(5), Outcome::FailedNotHome), Err(Refusal::StopDone));
    }

    #[test]
    fn who_stands_at_the_door_may_leave_it_but_nobody_may_take_the_stop_away() {
        let there = stop(StopState::Arrived { at: at(1) });
        assert_eq!(there.clone().drop_off_plan(at(2)), Err(Refusal::OrderOnTheRoad));
        let left = there.abandon(at(2)).unwrap();
        assert_eq!(left.state, StopState::Dropped { at: at(2) });
        assert_eq!(left.clone().arrive(at(3)), Err(Refusal::StopDone));
        assert!(left.end(at(3), Outcome::DeliveredToRecipient).is_ok(), "it was handed over after all");
        let passed = stop(StopState::Arrived { at: at(1) }).leave().unwrap();
        assert_eq!(passed.state, StopState::Pending);
        assert_eq!(stop(StopState::Dropped { at: at(2) }).leave(), Err(Refusal::StopDone));
    }

    proptest! {
        /// Whatever is reported in whatever order: what was delivered stays delivered, and nobody arrives after leaving.
        #[test]
        fn any_reports_leave_a_stop_that_makes_sense(deeds in prop::collection::vec((0_u8..5, 0_i64..600), 1..12)) {
            let mut now = stop(StopState::Pending);
            for (deed, minute) in deeds {
                let was = now.state;
                let next = match deed {
                    0 => now.clone().arrive(at(minute)),
                    1 => now.clone().end(at(minute), Outcome::DeliveredToRecipient),
                    2 => now.clone().end(at(minute), Outcome::FailedNotHome),
                    3 => now.clone().leave(),
                    _ => now.clone().abandon(at(minute)),
                };
                now = next.unwrap_or(now);
                if matches!(was, StopState::Done { outcome, .. } if outcome.is_success()) {
                    prop_assert_eq!(was, now.state);
                }
                if let StopState::Done { arrived_at, ended_at, .. } = now.state {
                    prop_assert!(arrived_at <= ended_at);
                }
            }
        }
    }
}
