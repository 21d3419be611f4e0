//! A phone's own clock: mostly right, sometimes ahead or behind and drifting, until somebody sets it.
//!
//! Not here: the world's time (`crate::clock`).

use crate::draws::lognormal;
use crate::shares::Phones;
use chrono::Duration;
use rand::Rng;
use wire::Instant;

/// A clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    ahead_s: f64,
    drifts_s_a_day: f64,
    since: Option<Instant>,
    sets_after: Duration,
    told: Option<Instant>,
    /// By how much it was ahead before somebody set it.
    was_ahead: Duration,
}

/// Seconds in the median, and their spread, of a clock that is a little wrong; minutes of one that is far off; seconds that it gains
/// or loses in a day; and minutes until somebody does what the phone asks for. Assumed.
const WRONG_S: f64 = 40.0;
const WRONG_SPREAD: f64 = 0.9;
const FAR_OFF_MIN: std::ops::Range<f64> = 10.0..60.0;
const DRIFT_S_A_DAY: std::ops::Range<f64> = 0.5..8.0;
const SETS_AFTER_MIN: std::ops::Range<f64> = 3.0..40.0;

impl Clock {
    /// A clock by lot.
    pub fn draw(rng: &mut impl Rng, shares: &Phones) -> Self {
        let (lot, sign) = (rng.random::<f64>(), if rng.random_bool(0.5) { 1.0 } else { -1.0 });
        let (little_s, far_min) = (lognormal(rng, WRONG_S, WRONG_SPREAD), rng.random_range(FAR_OFF_MIN));
        let (drift, sets) = (rng.random_range(DRIFT_S_A_DAY), rng.random_range(SETS_AFTER_MIN));
        let (ahead_s, drifts_s_a_day) = if lot < shares.far_off_clock {
            (sign * far_min * 60.0, drift)
        } else if lot < shares.far_off_clock + shares.wrong_clock {
            (sign * little_s, drift)
        } else {
            (0.0, 0.0)
        };
        let sets_after = Duration::seconds((sets * 60.0) as i64);
        Self { ahead_s, drifts_s_a_day, since: None, sets_after, told: None, was_ahead: Duration::zero() }
    }

    /// What it shows.
    pub fn shows(&mut self, at: Instant) -> Instant {
        at + self.ahead(at)
    }

    /// By how much it is ahead.
    fn ahead(&mut self, at: Instant) -> Duration {
        let since = *self.since.get_or_insert(at);
        let days = (at - since).num_seconds() as f64 / 86_400.0;
        Duration::milliseconds(((self.ahead_s + self.drifts_s_a_day * days) * 1_000.0) as i64)
    }

    /// The phone asks for its clock to be set. One that has been set already answers by how much it was ahead when it stamped what
    /// is refused only now.
    pub fn ask_to_be_set(&mut self, now: Instant) -> Option<Duration> {
        if self.ahead_s == 0.0 {
            return Some(self.was_ahead);
        }
        self.told.get_or_insert(now);
        None
    }

    /// Somebody sets it who has been asked to for long enough; answers by how much it had been ahead.
    pub fn heed(&mut self, now: Instant) -> Option<Duration> {
        if self.told? + self.sets_after > now {
            return None;
        }
        let ahead = self.ahead(now);
        (self.ahead_s, self.drifts_s_a_day, self.told, self.was_ahead) = (0.0, 0.0, None, ahead);
        Some(ahead)
    }

    /// Seconds ahead in the morning, and gained each day.
    pub fn truth(&self) -> (f64, f64) {
        (self.ahead_s, self.drifts_s_a_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::shares::Shares;
    use crate::testing::workday;

    fn clocks(count: usize) -> Vec<Clock> {
        let shares = Shares::default().phones;
        (0..count).map(|n| Clock::draw(&mut Draws::new(1).stream("clock", &n.to_string()), &shares)).collect()
    }

    #[test]
    fn most_clocks_are_right_and_few_are_far_off_on_either_side() {
        let all = clocks(10_000);
        let count = |is: &dyn Fn(f64) -> bool| all.iter().filter(|clock| is(clock.ahead_s)).count();
        assert!((9_200..9_400).contains(&count(&|ahead| ahead.abs() < 1e-9)));
        assert!((70..135).contains(&count(&|ahead| ahead.abs() >= 600.0)));
        assert!(count(&|ahead| ahead > 0.0) > 280 && count(&|ahead| ahead < 0.0) > 280);
    }

    #[test]
    fn a_wrong_clock_drifts_and_is_set_some_time_after_the_phone_asks() {
        let mut clock = clocks(400).into_iter().find(|clock| clock.ahead_s > 0.0).unwrap();
        let (now, ahead_s) = (workday().after(Duration::zero()), clock.ahead_s);
        assert!(((clock.shows(now) - now).as_seconds_f64() - ahead_s).abs() < 0.01);
        let tomorrow = now + Duration::days(1);
        assert!((clock.shows(tomorrow) - tomorrow).as_seconds_f64() > ahead_s + 0.4);
        assert_eq!(clock.heed(tomorrow), None, "nobody was asked");
        assert_eq!(clock.ask_to_be_set(tomorrow), None);
        assert_eq!(clock.heed(tomorrow + Duration::minutes(1)), None);
        let ahead = clock.heed(tomorrow + Duration::minutes(41));
        assert!(ahead.is_some());
        assert_eq!(clock.ask_to_be_set(tomorrow + Duration::hours(1)), ahead, "it is right by now");
        assert_eq!(clock.shows(tomorrow + Duration::hours(2)), tomorrow + Duration::hours(2));
    }
}
