//! When somebody is at home, by the kind of household, the hour and what day it is.
//!
//! All of it is assumed, and the same every week, so that it can be learnt. Not here: whether somebody is at home today
//! (`crate::world`).

use crate::calendar::Rhythm;
use serde::Serialize;

/// How a household lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Everybody goes to work.
    Workers,
    /// Somebody works at home.
    HomeOffice,
    /// Somebody is at home between the ways to school.
    Family,
    /// Nobody has to go anywhere.
    Retired,
    /// It is a shop or an office.
    Business,
}

/// How likely somebody opens at a local hour; `shift_h` is how much later than others this household does everything.
pub fn home_chance(kind: Kind, rhythm: Rhythm, hours: f64, shift_h: f64) -> f64 {
    let hours = hours - shift_h;
    let steps: &[(f64, f64)] = match (kind, rhythm) {
        (Kind::Business, Rhythm::Working) => {
            &[(0.0, 0.02), (9.0, 0.97), (12.5, 0.75), (13.5, 0.97), (18.0, 0.05)]
        }
        (Kind::Business, Rhythm::Saturday) => &[(0.0, 0.02), (9.0, 0.95), (13.0, 0.05)],
        (Kind::Business, Rhythm::Free) => &[(0.0, 0.02)],
        (Kind::Workers, Rhythm::Working) => &[
            (0.0, 0.95),
            (7.5, 0.35),
            (8.5, 0.12),
            (12.5, 0.2),
            (13.5, 0.12),
            (16.5, 0.45),
            (17.5, 0.75),
            (18.5, 0.88),
        ],
        (Kind::HomeOffice, Rhythm::Working) => {
            &[(0.0, 0.95), (8.5, 0.88), (12.5, 0.7), (13.5, 0.88), (17.5, 0.78)]
        }
        (Kind::Family, Rhythm::Working) => {
            &[(0.0, 0.95), (7.5, 0.4), (8.5, 0.65), (13.5, 0.4), (15.0, 0.75), (17.5, 0.9)]
        }
        (Kind::Retired, Rhythm::Working) => &[(0.0, 0.95), (9.0, 0.7), (11.5, 0.9)],
        (Kind::Retired, _) => &[(0.0, 0.95), (8.0, 0.65), (11.5, 0.85)],
        (_, Rhythm::Saturday) => &[(0.0, 0.95), (9.0, 0.7), (11.0, 0.6), (14.0, 0.65), (18.0, 0.6)],
        (_, Rhythm::Free) => &[(0.0, 0.95), (9.0, 0.75), (11.0, 0.65), (15.0, 0.6), (18.0, 0.75)],
    };
    steps.iter().rev().find(|(from, _)| hours >= *from).or(steps.first()).map_or(0.0, |(_, chance)| *chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_in_in_the_evening_businesses_by_day_and_nobody_is_all_of_one_kind_on_sundays() {
        let at = |kind, hours| home_chance(kind, Rhythm::Working, hours, 0.0);
        assert!(at(Kind::Workers, 10.0) < 0.2 && at(Kind::Workers, 19.0) > 0.8);
        assert!(at(Kind::Business, 10.0) > 0.9 && at(Kind::Business, 19.0) < 0.1);
        assert!(at(Kind::HomeOffice, 10.0) > at(Kind::Family, 10.0));
        assert!(at(Kind::Family, 14.0) < at(Kind::Family, 10.0), "the way to school");
        assert!(home_chance(Kind::Workers, Rhythm::Free, 10.0, 0.0) > 0.6);
        assert!(home_chance(Kind::Workers, Rhythm::Working, 17.0, 1.0) < at(Kind::Workers, 17.0));
    }

    #[test]
    fn every_hour_of_every_day_has_a_chance() {
        for kind in [Kind::Workers, Kind::HomeOffice, Kind::Family, Kind::Retired, Kind::Business] {
            for rhythm in [Rhythm::Working, Rhythm::Saturday, Rhythm::Free] {
                for quarter in -8..104 {
                    let chance = home_chance(kind, rhythm, f64::from(quarter) / 4.0, 0.0);
                    assert!((0.0..=1.0).contains(&chance) && chance > 0.0);
                }
            }
        }
    }
}
