//! How drivers differ from what the plan and the application expect of them.
//!
//! Not here: how fast they are (`crate::world`) and what they do (`crate::driver`).

use crate::draws::Draws;
use crate::shares::Drivers;
use rand::Rng;
use serde::Serialize;

/// How often a driver does otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Habits {
    /// Takes a nearer door that is due before the planned one, of such choices.
    pub own_order: f64,
    /// Forgets to tap the arrival, of doors.
    pub skips_arrival: f64,
    /// Taps how it ended at the next door only, of doors.
    pub taps_later: f64,
}

impl Habits {
    /// The habits of a driver, the same on every day of the town.
    pub fn of(town: &Draws, driver: &str, shares: &Drivers) -> Self {
        let mut rng = town.stream("driver", driver);
        let mut often = |share: f64, often: f64| if rng.random_bool(share) { often } else { 0.0 };
        Self {
            own_order: often(shares.own_order, shares.own_order_often),
            skips_arrival: often(shares.skip_arrival, shares.skip_often),
            taps_later: often(shares.tap_later, shares.later_often),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::Shares;

    #[test]
    fn as_many_drivers_have_a_habit_as_the_shares_say_and_keep_it() {
        let (draws, shares) = (Draws::new(1), Shares::default().drivers);
        let of = |n: usize| Habits::of(&draws, &format!("Driver {n}"), &shares);
        let count = |has: &dyn Fn(&Habits) -> bool| (0..2_000).map(of).filter(|own| has(own)).count();
        assert!((250..350).contains(&count(&|own| own.own_order > 0.0)));
        assert!((190..290).contains(&count(&|own| own.skips_arrival > 0.0)));
        assert!((150..250).contains(&count(&|own| own.taps_later > 0.0)));
        assert_eq!(of(7), of(7));
    }
}
