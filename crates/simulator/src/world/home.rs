//! Whether somebody is at home when a driver comes: by the household's habits, the hour, and whether somebody waits for it.
//!
//! Not here: the habits (`crate::town::habits`) and what becomes of the parcel (`super::doors`).

use super::World;
use crate::draws::Draws;
use crate::scenario::Behind;
use crate::scenario::acts::Deed;
use crate::town::habits::home_chance;
use chrono::Duration;
use rand::Rng;
use wire::Instant;
use wire::driver::DriverStop;

/// Who waits for a driver waits so long after the window.
const PATIENCE: Duration = Duration::minutes(30);
/// How often nobody opens where the world has made no order. Assumed.
const NOBODY_ELSEWHERE: f64 = 0.22;

impl World {
    /// Whether somebody opens at this moment; the answer for a household differs by the hour, not by who asks or how often.
    pub(super) fn is_home(&self, stop: &DriverStop, behind: Option<&Behind>, at: Instant) -> bool {
        let Some((behind, household)) = behind.and_then(|own| Some((own, self.household(own)?))) else {
            return mood(&self.draws, &stop.reference) >= NOBODY_ELSEWHERE;
        };
        if self.act_by(behind, at) == Some(Deed::Moves) {
            return false;
        }
        let waits = behind.prepared && at <= stop.window_until + PATIENCE;
        let hours = self.day.local_hours(at);
        waits
            || mood(&self.draws, &household.number.to_string())
                < home_chance(household.kind, self.date.rhythm, hours, household.shift_h)
    }

    /// What the recipient of an order has done about it by now.
    pub(super) fn act_by(&self, behind: &Behind, now: Instant) -> Option<Deed> {
        behind.act.filter(|act| act.at <= now).map(|act| act.what)
    }
}

/// How far from home a household is today, from 0 to 1: one lot for the day, so that who is on holiday is at home all day.
fn mood(draws: &Draws, name: &str) -> f64 {
    draws.stream("at home", name).random()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, Size};
    use crate::testing::{StraightStreets, ordinary, stop_at};
    use crate::truth::Truth;
    use crate::world::World;
    use chrono::NaiveTime;
    use std::sync::Arc;

    fn share_home(day: &Scenario, hour: u32, of: impl Fn(&Behind) -> bool) -> f64 {
        let (world, _) = World::of(day, Arc::new(StraightStreets), Truth::default());
        let at = day.day.at(NaiveTime::from_hms_opt(hour, 20, 0).unwrap());
        let all: Vec<bool> = day
            .orders
            .iter()
            .filter(|order| of(&order.behind))
            .map(|order| {
                let mut stop = stop_at(1, order.behind.door);
                (stop.window_from, stop.window_until) = (order.says.window_from, order.says.window_until);
                world.is_home(&stop, Some(&order.behind), at)
            })
            .collect();
        all.iter().filter(|home| **home).count() as f64 / all.len() as f64
    }

    #[test]
    fn fewer_are_at_home_at_eleven_than_in_the_evening_and_who_waits_is_there() {
        let day = ordinary(1, Size { vans: 2, orders: 3_000, late_orders: 0, first_order: 1 }, 2_000);
        let unprepared = |behind: &Behind| !behind.prepared && behind.act.is_none();
        let (morning, evening) = (share_home(&day, 11, unprepared), share_home(&day, 19, unprepared));
        assert!(morning > 0.3 && morning < 0.65 && evening > morning + 0.2, "{morning} {evening}");
        let prepared = |behind: &Behind| behind.prepared && behind.act.is_none();
        assert!(share_home(&day, 8, prepared) > 0.999);
        assert!(share_home(&day, 19, prepared) < 0.999, "the window is over");
    }

    #[test]
    fn who_wants_another_day_is_away_once_that_is_said() {
        let mut day = ordinary(1, Size { vans: 2, orders: 400, late_orders: 0, first_order: 1 }, 400);
        for order in &mut day.orders {
            order.behind.act = Some(crate::scenario::acts::Act {
                what: Deed::Moves,
                at: day.day.at(NaiveTime::from_hms_opt(10, 0, 0).unwrap()),
            });
        }
        assert!(share_home(&day, 9, |_| true) > 0.4);
        assert!(share_home(&day, 10, |_| true) < 1e-9);
    }
}
