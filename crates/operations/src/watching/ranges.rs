//! Estimates are kept at fixed horizons, scored once somebody has arrived, and told with a range that nine of ten arrivals
//! fall into.

use crate::{Caller, Operations, Result, sites::hubs::Site};
use chrono::TimeDelta;
use domain::{Instant, StopId};
use store::estimates::{Kept, Off};

/// How far ahead estimates are kept, in minutes.
pub(crate) const HORIZONS_MIN: [i16; 5] = [120, 60, 30, 15, 10];
/// An estimate is kept for a horizon from when the stop is so far ahead until it is nearer by this.
const NEARBY: TimeDelta = TimeDelta::minutes(2);
/// Estimates of so many days speak for the next.
const REMEMBERED: TimeDelta = TimeDelta::days(14);
/// With fewer arrivals than this nothing is said of a range.
const FEWEST: i64 = 60;

/// How far estimates are off by how far ahead they are made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranges(Vec<Off>);

impl Ranges {
    /// Between when and when somebody is expected who is expected at `eta`; none before enough estimates were scored.
    pub fn around(&self, eta: Instant, now: Instant) -> Option<(Instant, Instant)> {
        let ahead = (eta - now).num_milliseconds() as f64 / 60_000.0;
        let (first, last) = (self.0.first()?, self.0.last()?);
        let (early, late) = if ahead <= f64::from(first.horizon_min) {
            // Nobody who is there is early or late any more; half of the first error is left at the door.
            let part = 0.5 + 0.5 * (ahead.max(0.0) / f64::from(first.horizon_min));
            (first.early_s * part, first.late_s * part)
        } else if ahead >= f64::from(last.horizon_min) {
            (last.early_s, last.late_s)
        } else {
            let pair = self.0.windows(2).find(|w| ahead <= f64::from(w[1].horizon_min))?;
            let (near, far) = (f64::from(pair[0].horizon_min), f64::from(pair[1].horizon_min));
            let part = (ahead - near) / (far - near);
            let mix = |a: f64, b: f64| a + (b - a) * part;
            (mix(pair[0].early_s, pair[1].early_s), mix(pair[0].late_s, pair[1].late_s))
        };
        let seconds = |s: f64| TimeDelta::milliseconds((s * 1_000.0) as i64);
        Some(((eta + seconds(early.min(0.0))).max(now), eta + seconds(late.max(0.0))))
    }

    /// What is to be kept of an estimate made now.
    pub fn kept(&self, stop: StopId, eta: Instant, now: Instant) -> Option<Kept> {
        let ahead = eta - now;
        let due = |h: &i16| {
            let horizon = TimeDelta::minutes((*h).into());
            ahead <= horizon && ahead > horizon - NEARBY
        };
        let horizon_min = HORIZONS_MIN.into_iter().find(due)?;
        Some(Kept { stop, horizon_min, made_at: now, arrival: eta, range: self.around(eta, now) })
    }
}

impl Operations {
    /// Scores the estimates of the last days and lets the ranges follow: a timer's verb. Answers how many were scored.
    pub async fn score_estimates(&self, caller: &Caller) -> Result<i64> {
        caller.timer_only()?;
        let sites = self.sites().await?;
        let mut scored = 0;
        for Site { hub, .. } in sites.iter() {
            let mut conn = self.0.database.read().await?;
            let off = store::estimates::off(&mut conn, hub.id, self.now() - REMEMBERED).await?;
            scored += off.iter().map(|o| o.stops).sum::<i64>();
            self.0.ranges.set(hub.id, Ranges(off.into_iter().filter(|o| o.stops >= FEWEST).collect()));
        }
        Ok(scored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(minute: i64) -> Instant {
        DateTime::from_timestamp(1_764_000_000 + 60 * minute, 0).unwrap()
    }

    fn off(horizon_min: i16, early_s: f64, late_s: f64) -> Off {
        let (bias_s, mean_error_s) = (0.0, 60.0);
        Off { horizon_min, stops: 100, bias_s, mean_error_s, early_s, late_s, ranged: 0, covered: 0 }
    }

    #[test]
    fn the_range_grows_with_how_far_ahead_it_is() {
        let ranges = Ranges(vec![off(10, -60.0, 120.0), off(30, -120.0, 240.0), off(60, -300.0, 600.0)]);
        let around = |minutes| {
            let (from, until) = ranges.around(at(minutes), at(0)).unwrap();
            ((from - at(minutes)).num_seconds(), (until - at(minutes)).num_seconds())
        };
        assert_eq!(around(10), (-60, 120));
        assert_eq!(around(20), (-90, 180));
        assert_eq!(around(60), (-300, 600));
        assert_eq!(around(240), (-300, 600));
        assert_eq!(around(5), (-45, 90));
        assert_eq!(ranges.around(at(0), at(0)).unwrap().0, at(0), "nobody is expected before now");
        assert!(Ranges::default().around(at(10), at(0)).is_none());
    }

    #[test]
    fn each_horizon_is_kept_when_it_comes() {
        let ranges = Ranges::default();
        let stop = StopId(crate::base::clock::new_id());
        let horizon = |ahead| ranges.kept(stop, at(ahead), at(0)).map(|k| k.horizon_min);
        let kept: Vec<_> = [130, 120, 119, 118, 60, 59, 45, 30, 15, 13, 10, 9, 8].map(horizon).into();
        assert_eq!(
            kept,
            [
                None,
                Some(120),
                Some(120),
                None,
                Some(60),
                Some(60),
                None,
                Some(30),
                Some(15),
                None,
                Some(10),
                Some(9 + 1),
                None
            ]
        );
    }
}
