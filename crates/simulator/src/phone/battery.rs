//! A phone's battery: most are charged in the vehicle, a worn one without a cable is empty before the day is over.
//!
//! Not here: what an empty phone keeps (`super`).

use crate::shares::Phones;
use rand::Rng;
use wire::Instant;

/// A battery.
#[derive(Debug, Clone, PartialEq)]
pub struct Battery {
    full: f64,
    lost_an_hour: f64,
    since: Option<Instant>,
    /// A cable keeps it above this.
    least: f64,
}

/// Percent in the morning, and lost each hour, of an ordinary phone and of a worn one without a cable. Assumed.
const FULL: std::ops::Range<f64> = 70.0..100.0;
const LOST: std::ops::Range<f64> = 1.0..5.0;
const FULL_WHEN_WORN: std::ops::Range<f64> = 50.0..90.0;
const LOST_WHEN_WORN: std::ops::Range<f64> = 14.0..26.0;
const CABLE_KEEPS: f64 = 12.0;
/// What it has again when its driver leaves the hub's plug.
const CHARGED: f64 = 60.0;

impl Battery {
    /// A battery by lot.
    pub fn draw(rng: &mut impl Rng, shares: &Phones) -> Self {
        let (full, lost_an_hour) = (rng.random_range(FULL), rng.random_range(LOST));
        let (worn_full, worn_lost) = (rng.random_range(FULL_WHEN_WORN), rng.random_range(LOST_WHEN_WORN));
        if rng.random_bool(shares.worn) {
            Self { full: worn_full, lost_an_hour: worn_lost, since: None, least: 0.0 }
        } else {
            Self { full, lost_an_hour, since: None, least: CABLE_KEEPS }
        }
    }

    /// Percent at a moment; at 0 the phone is off. It loses nothing at the hub, where it hangs at a plug.
    pub fn percent(&self, at: Instant) -> f64 {
        let hours = self.since.map_or(0.0, |since| (at - since).num_seconds() as f64 / 3_600.0);
        (self.full - hours * self.lost_an_hour).max(self.least)
    }

    /// It is at the hub and charged.
    pub fn plug_in(&mut self, at: Instant) {
        (self.full, self.since) = (self.percent(at).max(CHARGED), None);
    }

    /// It leaves the hub.
    pub fn unplug(&mut self, at: Instant) {
        self.since.get_or_insert(at);
    }

    /// Percent in the morning, and lost each hour.
    pub fn truth(&self) -> (f64, f64) {
        (self.full, self.lost_an_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::shares::Shares;
    use crate::testing::workday;
    use chrono::Duration;

    #[test]
    fn worn_batteries_empty_within_the_day_and_a_plug_helps() {
        let shares = Shares::default().phones;
        let (morning, evening) = (workday().after(Duration::zero()), workday().after(Duration::hours(10)));
        let mut empty = 0;
        for n in 0..2_000 {
            let mut battery = Battery::draw(&mut Draws::new(1).stream("battery", &n.to_string()), &shares);
            assert!(battery.percent(evening) >= 50.0, "it has not left the hub");
            battery.unplug(morning);
            if battery.percent(evening) <= 0.0 {
                empty += 1;
                battery.plug_in(evening);
                assert!((battery.percent(evening) - CHARGED).abs() < 1e-9);
            }
        }
        assert!((110..200).contains(&empty), "{empty} of 2,000");
    }
}
