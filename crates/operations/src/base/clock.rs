//! The one home of time and of new ids.

use crate::{OpsError, Result, base::zone::Zone};
use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use domain::{Day, Instant};
use store::clock_anchor::ClockAnchor;
use uuid::Uuid;

/// The world's time: real time, or a simulated day that runs faster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    real_at: Instant,
    world_at: Instant,
    factor: f64,
    stands_at: Option<Instant>,
}

#[expect(clippy::disallowed_methods, reason = "this is the one home of time")]
fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

impl Clock {
    /// Real time.
    pub fn real() -> Self {
        let now = real_now();
        Self { real_at: now, world_at: now, factor: 1.0, stands_at: None }
    }

    /// A simulated day: at `real_at` the world's time was `world_at`, and it runs `factor` times as fast.
    pub fn simulated(real_at: Instant, world_at: Instant, factor: f64) -> Self {
        Self { real_at, world_at, factor, stands_at: None }
    }

    /// A simulated day, today's when none is given, that begins at a local time of a zone, given by its IANA name.
    pub fn simulated_day(zone: &str, day: Option<Day>, begins: NaiveTime, factor: f64) -> Result<Self> {
        let zone = Zone::parse(zone)?;
        let now = real_now();
        Ok(Self::simulated(now, zone.at(day.unwrap_or_else(|| zone.day(now)), begins), factor))
    }

    /// The same clock, which stands still from a local time of its first day on, so that a day can be looked at.
    ///
    /// # Errors
    /// A zone that nobody knows, or a time at which the day has not begun.
    pub fn until(self, zone: &str, local: NaiveTime) -> Result<Self> {
        let zone = Zone::parse(zone)?;
        let stands_at = zone.at(zone.day(self.world_at), local);
        if stands_at <= self.world_at {
            let begins = zone.moment(self.world_at).time();
            return Err(OpsError::Invalid(format!(
                "the day begins at {begins}: let it stand still later than that"
            )));
        }
        Ok(Self { stands_at: Some(stands_at), ..self })
    }

    /// Where the clock is anchored, so that a restart can go on with the day.
    pub fn anchor(&self) -> ClockAnchor {
        ClockAnchor { real_at: self.real_at, world_at: self.world_at, factor: self.factor }
    }

    /// Now, on the world's clock, to the millisecond.
    pub fn now(&self) -> Instant {
        let going = self.going();
        self.stands_at.map_or(going, |stands_at| going.min(stands_at))
    }

    fn going(&self) -> Instant {
        if self.factor == 1.0 && self.real_at == self.world_at {
            return real_now();
        }
        let elapsed = (real_now() - self.real_at).num_milliseconds() as f64 * self.factor;
        self.world_at + TimeDelta::milliseconds(elapsed as i64)
    }

    /// Now, in real time. Sessions, links and rate limits live on it whatever the world's clock says.
    pub fn real_now(&self) -> Instant {
        real_now()
    }

    /// World seconds in one real second.
    pub fn factor(&self) -> f64 {
        self.factor
    }
}

/// A new id; ids of later calls sort later.
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_on_until_it_stands() {
        let time = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
        let day = Day::from_ymd_opt(2026, 6, 15);
        let begins = Clock::simulated_day("Europe/Malta", day, time(7, 28), 60.0).unwrap();
        let two_hours_on = Clock::simulated(begins.real_at - TimeDelta::minutes(2), begins.world_at, 60.0);
        let stands = two_hours_on.until("Europe/Malta", time(8, 15)).unwrap();
        assert_eq!(stands.now(), "2026-06-15T06:15:00Z".parse::<Instant>().unwrap());
        let goes = two_hours_on.until("Europe/Malta", time(20, 0)).unwrap();
        assert!(goes.now() >= begins.world_at + TimeDelta::hours(2));
        let refused = begins.until("Europe/Malta", time(7, 28)).unwrap_err().to_string();
        assert!(refused.contains("begins at 07:28:00"), "{refused}");
    }
}
