//! How much is ordered on a date against an ordinary day: the weekday, the season, what shops advertise, and holidays.
//!
//! All of it is assumed. Not here: the chance of the day (`super`).

use super::holidays;
use chrono::{Datelike, Duration, NaiveDate, Weekday};

/// From Monday.
const WEEKDAYS: [f64; 7] = [1.03, 1.0, 0.98, 0.99, 1.0, 0.7, 0.3];
/// From January.
const MONTHS: [f64; 12] = [0.95, 0.93, 0.96, 0.97, 0.99, 0.98, 0.95, 0.86, 0.99, 1.03, 1.15, 1.3];
const HOLIDAY: f64 = 0.3;
const AFTER_A_HOLIDAY: f64 = 1.2;

/// What is usual on this date.
pub fn usual(date: NaiveDate, holiday: bool) -> f64 {
    let weekday = WEEKDAYS.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or(1.0);
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or(1.0);
    let closed = if holiday { HOLIDAY.min(weekday) / weekday } else { 1.0 };
    let before = date.pred_opt().and_then(holidays::holiday);
    let after = if before.is_some() && !holiday { AFTER_A_HOLIDAY } else { 1.0 };
    weekday * month * closed * after * promotion(date).map_or(1.0, |(_, times)| times)
}

/// What the shops advertise on a date, and how many times as much is ordered for it.
pub fn promotion(date: NaiveDate) -> Option<(&'static str, f64)> {
    let after_black_friday = black_friday(date.year()).map(|friday| (date - friday).num_days());
    match (date.month(), date.day(), after_black_friday) {
        (.., Some(0)) => Some(("Black Friday", 1.9)),
        (.., Some(1 | 2)) => Some(("Black Friday weekend", 1.7)),
        (.., Some(3)) => Some(("Cyber Monday", 1.8)),
        (12, 14..=23, _) => Some(("Christmas", 1.2)),
        (1, 2..=12, _) => Some(("January sales", 1.15)),
        (2, 12..=14, _) => Some(("Saint Valentine", 1.1)),
        (5, day, _) if (0..3).contains(&(mothers_day(date)? - i64::from(day))) => Some(("Mother's Day", 1.1)),
        _ => None,
    }
}

/// The last Friday of November.
fn black_friday(year: i32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, 11, 30)?;
    let back = (last.weekday().num_days_from_monday() + 3) % 7;
    Some(last - Duration::days(back.into()))
}

/// The second Sunday of May, as a day of the month.
fn mothers_day(date: NaiveDate) -> Option<i64> {
    let sunday = NaiveDate::from_weekday_of_month_opt(date.year(), 5, Weekday::Sun, 2)?;
    Some(sunday.day().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> f64 {
        let date = text.parse().unwrap();
        usual(date, holidays::holiday(date).is_some())
    }

    #[test]
    fn an_ordinary_monday_in_june_is_about_one_and_sundays_and_holidays_are_quiet() {
        assert!((of("2026-06-15") - 1.0).abs() < 0.05);
        assert!(of("2026-06-21") < 0.4 && of("2026-06-29") < 0.4);
        assert!(of("2026-06-30") > 1.1, "the day after a holiday");
    }

    #[test]
    fn black_friday_is_the_last_friday_of_november_and_the_largest_day_of_the_year() {
        for (year, day) in [(2024, "2024-11-29"), (2025, "2025-11-28"), (2026, "2026-11-27")] {
            assert_eq!(black_friday(year), day.parse().ok());
        }
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let largest =
            first.iter_days().take(365).max_by(|a, b| of(&a.to_string()).total_cmp(&of(&b.to_string())));
        assert_eq!(largest, "2026-11-27".parse().ok());
        assert_eq!(promotion("2026-05-10".parse().unwrap()).map(|(name, _)| name), Some("Mother's Day"));
    }
}
