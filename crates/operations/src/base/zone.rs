//! The hub's own time.

use crate::{OpsError, Result};
use ::roads::Wall;
use chrono::{
    DateTime, Datelike, Days, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Timelike,
};
use domain::{Day, Instant, Vehicle, Window};
use wire::{Moment, Span};

/// The years in which time is reckoned. Nothing outside is ever asked for in earnest, and near the calendar's ends
/// adding an offset would overflow.
const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2299;

/// The hub's time zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone(chrono_tz::Tz);

impl Zone {
    /// Reads an IANA name.
    pub fn parse(name: &str) -> Result<Self> {
        name.parse().map(Self).map_err(|_| OpsError::UnknownZone)
    }

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The moment with the offset that holds there then.
    pub fn moment(self, at: Instant) -> Moment {
        self.local(at).fixed_offset()
    }

    /// What the clock there shows: `07:30`.
    pub fn clock(self, at: Instant) -> String {
        self.moment(at).format("%H:%M").to_string()
    }

    /// The instant there. An instant outside the years in which time is reckoned becomes the nearest inside.
    fn local(self, at: Instant) -> DateTime<chrono_tz::Tz> {
        let within = if at.year() < FIRST_YEAR {
            in_year(FIRST_YEAR).and_time(NaiveTime::MIN).and_utc()
        } else if at.year() > LAST_YEAR {
            in_year(LAST_YEAR).and_time(NaiveTime::MIN).and_utc()
        } else {
            at
        };
        within.with_timezone(&self.0)
    }

    /// The window with the offsets that hold there then.
    pub fn span(self, window: Window) -> Span {
        Span { from: self.moment(window.from()), until: self.moment(window.until()) }
    }

    /// The calendar day.
    pub fn day(self, at: Instant) -> Day {
        self.local(at).date_naive()
    }

    /// When the hour began on its clocks.
    pub fn hour(self, at: Instant) -> Instant {
        let local = self.local(at);
        at.trunc_subsecs(0) - TimeDelta::seconds(i64::from(local.minute() * 60 + local.second()))
    }

    /// The instant at which a local clock shows `time` on `day`. A time that is skipped when the clocks go forward
    /// means an hour later; of a time that comes twice, the first.
    pub fn at(self, day: Day, time: NaiveTime) -> Instant {
        let day = day.clamp(in_year(FIRST_YEAR), in_year(LAST_YEAR));
        let local = day.and_time(time);
        let found = self.0.from_local_datetime(&local).earliest();
        let found = found.or_else(|| self.0.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
        found.map_or_else(|| local.and_utc(), |at| at.to_utc())
    }

    /// The only instant at which a local clock shows this; nothing when it never does, or does so twice.
    pub fn only(self, local: NaiveDateTime) -> Option<Instant> {
        self.0.from_local_datetime(&local).single().map(|at| at.to_utc())
    }

    /// When a vehicle's shift of a service day begins and ends. One that ends no later than it begins ends on the next
    /// calendar day.
    pub fn shift(self, day: Day, vehicle: &Vehicle) -> (Instant, Instant) {
        let passes_midnight = vehicle.shift_until <= vehicle.shift_from;
        let last = if passes_midnight { day.checked_add_days(Days::new(1)).unwrap_or(day) } else { day };
        (self.at(day, vehicle.shift_from), self.at(last, vehicle.shift_until))
    }

    /// What the clocks on the hub's walls show.
    pub fn wall(self, at: Instant) -> Wall {
        Wall(self.local(at).naive_local().and_utc().timestamp())
    }

    /// The instant at which the clocks on the hub's walls show this.
    pub fn unwall(self, wall: Wall) -> Option<Instant> {
        let local = DateTime::from_timestamp(wall.0, 0)?.naive_utc();
        Some(self.at(local.date(), local.time()))
    }

    /// The first instant of `day` and of the day after.
    pub fn bounds(self, day: Day) -> (Instant, Instant) {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        (self.at(day, NaiveTime::MIN), self.at(next, NaiveTime::MIN))
    }
}

/// The first day of a year.
fn in_year(year: i32) -> Day {
    Day::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_calendar_are_no_reason_to_panic() {
        let zone = Zone::parse("Pacific/Kiritimati").unwrap();
        for at in [Instant::MIN_UTC, Instant::MAX_UTC] {
            zone.moment(at);
            zone.wall(at);
            zone.bounds(zone.day(at));
        }
        for day in [Day::MIN, Day::MAX] {
            zone.bounds(day);
            zone.at(day, NaiveTime::MIN);
        }
    }

    #[test]
    fn the_days_on_which_clocks_change_have_23_and_25_hours() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let hours = |y, m, d| {
            let (from, until) = zone.bounds(Day::from_ymd_opt(y, m, d).unwrap());
            (until - from).num_hours()
        };
        assert_eq!(hours(2026, 3, 29), 23);
        assert_eq!(hours(2026, 10, 25), 25);
        assert_eq!(hours(2026, 11, 23), 24);
    }

    #[test]
    fn walls_and_instants_are_the_same_times() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let at =
            zone.at(Day::from_ymd_opt(2026, 11, 23).unwrap(), NaiveTime::from_hms_opt(8, 30, 0).unwrap());
        assert_eq!(zone.wall(at), Wall(1_795_422_600));
        assert_eq!(zone.unwall(zone.wall(at)), Some(at));
    }

    #[test]
    fn a_skipped_time_means_an_hour_later() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let day = Day::from_ymd_opt(2026, 3, 29).unwrap();
        let at = zone.at(day, NaiveTime::from_hms_opt(2, 30, 0).unwrap());
        assert_eq!(zone.moment(at).to_rfc3339(), "2026-03-29T03:30:00+02:00");
    }
}
