//! The one home of time and of new ids.

use crate::{Result, base::zone::Zone};
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
}

#[expect(clippy::disallowed_methods, reason = "this is the one home of time")]
fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

impl Clock {
    /// Real time.
    pub fn real() -> Self {
        let now = real_now();
        Self { real_at: now, world_at: now, factor: 1.0 }
    }

    /// A simulated day: at `real_at` the world's time was `world_at`, and it runs `factor` times as fast.
    pub fn simulated(real_at: Instant, world_at: Instant, factor: f64) -> Self {
        Self { real_at, world_at, factor }
    }

    /// A simulated day, today's when none is given, that begins at a local time of a zone, given by its IANA name.
    pub fn simulated_day(zone: &str, day: Option<Day>, begins: NaiveTime, factor: f64) -> Result<Self> {
        let zone = Zone::parse(zone)?;
        let now = real_now();
        Ok(Self::simulated(now, zone.at(day.unwrap_or_else(|| zone.day(now)), begins), factor))
    }

    /// Where the clock is anchored, so that a restart can go on with the day.
    pub fn anchor(&self) -> ClockAnchor {
        ClockAnchor { real_at: self.real_at, world_at: self.world_at, factor: self.factor }
    }

    /// Now, on the world's clock, to the millisecond.
    pub fn now(&self) -> Instant {
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
