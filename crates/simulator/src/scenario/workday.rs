//! The working day: when the hub opens, when the last shift ends, and what the local clock says.
//!
//! Not here: the world's clock itself (`crate::clock`).

use anyhow::{Result, bail};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;
use wire::Instant;

/// The day that is played, in the hub's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workday {
    zone: Tz,
    date: NaiveDate,
    opens: NaiveTime,
    length: Duration,
}

const USUAL_OPENING_MIN: i64 = 7 * 60 + 30;
const LATEST_USUAL_PLAN_MIN: i64 = 8 * 60;
const USUAL_LENGTH_MIN: i64 = 12 * 60;
const SHORTEST_LENGTH_MIN: i64 = 3 * 60;
const CURFEW_MIN: i64 = 23 * 60 + 45;

impl Workday {
    /// The day in which `plan_at` lies: 07:30 to 19:30 local when the plan comes in the morning, else from the quarter of an
    /// hour of the plan on. Refuses when fewer than three hours are left before 23:45.
    pub fn around(plan_at: Instant, zone: Tz) -> Result<Self> {
        let local = plan_at.with_timezone(&zone).naive_local();
        let minute = i64::from(local.hour() * 60 + local.minute());
        let opens = if minute <= LATEST_USUAL_PLAN_MIN { USUAL_OPENING_MIN } else { minute / 15 * 15 };
        let length = USUAL_LENGTH_MIN.min(CURFEW_MIN - opens);
        if length < SHORTEST_LENGTH_MIN {
            bail!(
                "it is {} in {zone}: too late to play a day; start the world's clock in the morning",
                local.format("%H:%M")
            );
        }
        let opens = NaiveTime::MIN + Duration::minutes(opens);
        Ok(Self { zone, date: local.date(), opens, length: Duration::minutes(length) })
    }

    /// The hub's zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The calendar day.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// How long the hub is open.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// The local clock so long after opening.
    pub fn local_after(&self, after: Duration) -> NaiveTime {
        self.opens + after
    }

    /// The moment so long after opening by the local clock.
    pub fn after(&self, after: Duration) -> Instant {
        self.at(self.opens + after)
    }

    /// The moment at which the local clock shows this time; on the day the clocks change, a time that does not exist is taken as
    /// the same time in UTC.
    pub fn at(&self, local: NaiveTime) -> Instant {
        let local = self.date.and_time(local);
        self.zone.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc())
    }

    /// When the local day begins.
    pub fn midnight(&self) -> Instant {
        self.at(NaiveTime::MIN)
    }

    /// Hours since local midnight, with fractions.
    pub fn local_hours(&self, at: Instant) -> f64 {
        let local: DateTime<Tz> = at.with_timezone(&self.zone);
        f64::from(local.num_seconds_from_midnight()) / 3600.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_morning_opens_at_half_past_seven_local() {
        let day = Workday::around(utc("2026-06-15T05:25:00Z"), chrono_tz::Europe::Malta).unwrap();
        assert_eq!(day.after(Duration::zero()), utc("2026-06-15T05:30:00Z"));
        assert_eq!(day.after(day.length()), utc("2026-06-15T17:30:00Z"));
        assert!((day.local_hours(utc("2026-06-15T06:30:00Z")) - 8.5).abs() < 1e-9);
    }

    #[test]
    fn a_late_start_moves_the_day_and_a_night_is_refused() {
        let day = Workday::around(utc("2026-01-15T12:44:00Z"), chrono_tz::Europe::Malta).unwrap();
        assert_eq!(day.local_after(Duration::zero()).to_string(), "13:30:00");
        assert!(Workday::around(utc("2026-01-15T21:00:00Z"), chrono_tz::Europe::Malta).is_err());
    }

    #[test]
    fn the_day_the_clocks_change_still_opens() {
        let day = Workday::around(utc("2026-03-29T05:00:00Z"), chrono_tz::Europe::Malta).unwrap();
        assert_eq!(day.after(Duration::zero()), utc("2026-03-29T05:30:00Z"));
    }
}
