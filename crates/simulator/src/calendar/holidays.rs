//! The public holidays of Malta: the national holidays and other public holidays of its act of that name (Cap. 252).
//!
//! Not here: what people do on them (`super::Rhythm`, `super::demand`).

use chrono::{Datelike, Duration, NaiveDate};

const FIXED: [(u32, u32, &str); 13] = [
    (1, 1, "New Year's Day"),
    (2, 10, "Saint Paul's Shipwreck"),
    (3, 19, "Saint Joseph"),
    (3, 31, "Freedom Day"),
    (5, 1, "Workers' Day"),
    (6, 7, "Sette Giugno"),
    (6, 29, "Saints Peter and Paul"),
    (8, 15, "The Assumption"),
    (9, 8, "Our Lady of Victories"),
    (9, 21, "Independence Day"),
    (12, 8, "The Immaculate Conception"),
    (12, 13, "Republic Day"),
    (12, 25, "Christmas Day"),
];

/// The public holiday that a date is.
pub fn holiday(date: NaiveDate) -> Option<&'static str> {
    let fixed = FIXED.iter().find(|(month, day, _)| (date.month(), date.day()) == (*month, *day));
    let good_friday = easter(date.year()).map(|sunday| sunday - Duration::days(2));
    fixed.map(|(_, _, name)| *name).or((good_friday == Some(date)).then_some("Good Friday"))
}

/// Easter Sunday of a year, by the Gregorian reckoning (the anonymous method in Meeus, *Astronomical Algorithms*).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_calendar_has_it() {
        let known = ["2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25"];
        for text in known {
            let date: NaiveDate = text.parse().unwrap();
            assert_eq!(easter(date.year()), Some(date));
        }
    }

    #[test]
    fn a_year_has_fourteen_holidays_and_good_friday_moves() {
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        assert_eq!(first.iter_days().take(365).filter(|day| holiday(*day).is_some()).count(), 14);
        assert_eq!(holiday("2026-04-03".parse().unwrap()), Some("Good Friday"));
        assert_eq!(holiday("2027-04-03".parse().unwrap()), None);
    }
}
