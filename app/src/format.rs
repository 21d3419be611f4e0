//! How numbers and times are written, the same on the server and in the browser.
//!
//! Moments arrive in the hub's own offset and are written in it; no clock and no locale of the browser is asked.

use chrono::{Datelike, NaiveDate, Timelike};
use domain::Currency;
use wire::{Moment, Span, staff::figures::Share};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `14:05`.
pub fn clock(at: Moment) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `14:05:09`.
pub fn clock_s(at: Moment) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// `14:05`, or `Tue 14:05` when it is not on the day of `now`, `4 Mar 14:05` or `4 Mar 2025 14:05` when it is a week away.
pub fn clock_from(at: Moment, now: Moment) -> String {
    let date = at.date_naive();
    match (date - now.date_naive()).num_days() {
        0 => clock(at),
        -6..=6 => format!("{} {}", weekday(date, 3), clock(at)),
        _ => {
            let month = MONTHS.get(date.month0() as usize).and_then(|name| name.get(..3)).unwrap_or("");
            let year = if date.year() == now.year() { String::new() } else { format!(" {}", date.year()) };
            format!("{} {month}{year} {}", date.day(), clock(at))
        }
    }
}

/// `14:05–14:25`.
pub fn window(span: Span) -> String {
    format!("{}–{}", clock(span.from), clock(span.until))
}

/// `14:05–14:25`, with its day as [`clock_from`] writes it.
pub fn window_from(span: Span, now: Moment) -> String {
    format!("{}–{}", clock_from(span.from, now), clock(span.until))
}

/// `09:00–11:00 or 17:00–19:00`: windows of one day, with its day as [`clock_from`] writes it.
pub fn windows_from(windows: &[Span], now: Moment) -> String {
    let said = |(n, span): (usize, &Span)| if n == 0 { window_from(*span, now) } else { window(*span) };
    windows.iter().enumerate().map(said).collect::<Vec<_>>().join(" or ")
}

/// `Tuesday 4 March`, of a day that is near.
pub fn near_day(date: NaiveDate) -> String {
    format!("{} {} {}", weekday(date, 9), date.day(), MONTHS.get(date.month0() as usize).unwrap_or(&""))
}

/// `Tuesday 4 March 2026`.
pub fn day(date: NaiveDate) -> String {
    format!("{} {}", near_day(date), date.year())
}

/// `2026-03-04`, as addresses and date fields write it.
pub fn day_code(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// Reads `2026-03-04`.
pub fn parse_day(code: &str) -> Option<NaiveDate> {
    let mut parts = code.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn weekday(date: NaiveDate, letters: usize) -> &'static str {
    let name = DAYS.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or("");
    name.get(..letters.min(name.len())).unwrap_or(name)
}

/// `1,482`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 6);
    if number < 0 {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 stop`, `34 stops`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `+4`, `−2`, `0`.
pub fn signed(number: i64) -> String {
    if number > 0 { format!("+{}", count(number)) } else { count(number) }
}

/// `14 min`, `1 h 05 min`.
pub fn minutes(number: i64) -> String {
    let (sign, size) = if number < 0 { ("−", -number) } else { ("", number) };
    if size < 60 {
        format!("{sign}{size} min")
    } else {
        format!("{sign}{} h {:02} min", size / 60, size % 60)
    }
}

/// A number with so many places. By whole numbers, because a formatter of every `f64` is as large as a page.
pub fn fixed(number: f64, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let scaled = (number.abs() * scale as f64).round() as i64;
    let sign = if number < 0.0 && scaled > 0 { "-" } else { "" };
    format!("{sign}{}.{:0width$}", scaled / scale, scaled % scale, width = places as usize)
}

/// `+0.42`, `−0.10`, with two places.
pub fn signed_tenths(number: f64) -> String {
    let sign = if number < 0.0 { "−" } else { "+" };
    format!("{sign}{}", fixed(number.abs(), 2))
}

/// Money that is spent more, from hundredths of the currency.
pub fn money(cents: i64, currency: Currency) -> String {
    let sign = if cents < 0 { "−" } else { "+" };
    format!("{sign}{}{}.{:02}", currency.sign(), count(cents.abs() / 100), cents.abs() % 100)
}

/// `94.1%`, or a dash when there is nothing to divide by. Never rounds up to a full hundred.
pub fn percent(share: Share) -> String {
    match share.percent {
        None => "–".to_owned(),
        Some(value) if share.part < share.whole && value > 99.9 => "99.9%".to_owned(),
        Some(value) => format!("{}%", fixed(value, 1)),
    }
}

/// `61.3%` of a whole, as [`percent`] writes it.
pub fn percent_of(part: i64, whole: i64) -> String {
    percent(Share { part, whole, percent: (whole > 0).then(|| part as f64 * 100.0 / whole as f64) })
}

/// An area in square kilometres, without its unit.
#[cfg(feature = "ssr")]
pub fn square_kilometres(square_metres: i64) -> String {
    fixed(square_metres as f64 / 1e6, 2)
}

/// A length on the road.
pub fn kilometres(metres: i64) -> String {
    format!("{} km", fixed(metres as f64 / 1_000.0, 1))
}

/// `2.4 kg`, `350 g`.
pub fn weight(grams: i64) -> String {
    if grams < 1000 { format!("{grams} g") } else { format!("{} kg", fixed(grams as f64 / 1000.0, 1)) }
}

/// `12.5 l`.
pub fn volume(millilitres: i64) -> String {
    format!("{} l", fixed(millilitres as f64 / 1000.0, 1))
}

/// The address that dials a number as it is written; nothing when there is none in it.
pub fn tel(phone: &str) -> Option<String> {
    let number: String = phone
        .trim_start()
        .chars()
        .enumerate()
        .filter_map(|(place, c)| match c {
            '+' if place == 0 => Some(c),
            c if c.is_ascii_digit() => Some(c),
            _ => None,
        })
        .collect();
    (number.trim_start_matches('+').len() > 2).then(|| format!("tel:{number}"))
}

/// Whole minutes from `now` until `at`, rounded down; negative when it has passed.
pub fn minutes_until(at: Moment, now: Moment) -> i64 {
    (at - now).num_seconds().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, TimeZone};

    fn at(day: u32, hour: u32, minute: u32, second: u32) -> Moment {
        FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2026, 3, day, hour, minute, second).unwrap()
    }

    #[test]
    fn times_are_written_in_their_own_offset() {
        assert_eq!(clock(at(3, 0, 5, 0)), "00:05");
        assert_eq!(clock_s(at(3, 14, 3, 20)), "14:03:20");
        assert_eq!(clock_from(at(4, 9, 0, 0), at(3, 23, 59, 0)), "Wed 09:00");
        assert_eq!(clock_from(at(24, 9, 0, 0), at(3, 12, 0, 0)), "24 Mar 09:00");
        let last_year = FixedOffset::east_opt(3600).unwrap().with_ymd_and_hms(2025, 3, 4, 9, 0, 0).unwrap();
        assert_eq!(clock_from(last_year, at(3, 12, 0, 0)), "4 Mar 2025 09:00");
        assert_eq!(window(Span { from: at(3, 14, 5, 0), until: at(3, 14, 25, 0) }), "14:05–14:25");
        let hour = |hour| Span { from: at(4, hour, 0, 0), until: at(4, hour + 1, 0, 0) };
        assert_eq!(windows_from(&[hour(9)], at(4, 8, 0, 0)), "09:00–10:00");
        assert_eq!(windows_from(&[hour(9), hour(17)], at(3, 8, 0, 0)), "Wed 09:00–10:00 or 17:00–18:00");
    }

    #[test]
    fn days_go_there_and_back() {
        let date = parse_day("2026-03-03").unwrap();
        assert_eq!(day(date), "Tuesday 3 March 2026");
        assert_eq!(parse_day(&day_code(date)), Some(date));
        assert_eq!(parse_day("2026-02-30"), None);
        assert_eq!(parse_day("yesterday"), None);
    }

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(count(1482), "1,482");
        assert_eq!(count(-1_000_000), "−1,000,000");
        assert_eq!(count(999), "999");
        assert_eq!(signed(4), "+4");
        assert_eq!(signed(0), "0");
        assert_eq!(minutes(65), "1 h 05 min");
        assert_eq!(money(123_456, Currency::Eur), "+€1,234.56");
        assert_eq!(money(-5, Currency::Sek), "−SEK 0.05");
        assert_eq!(counted(1, "stop", "stops"), "1 stop");
    }

    #[test]
    fn numbers_have_their_places() {
        assert_eq!(fixed(2.71549, 2), "2.72");
        assert_eq!(fixed(0.96, 1), "1.0");
        assert_eq!(fixed(-35.899_999_6, 6), "-35.900000");
        assert_eq!(fixed(-0.01, 1), "0.0");
        assert_eq!(fixed(14.05, 6), "14.050000");
        assert_eq!((weight(2_449).as_str(), kilometres(12_345).as_str()), ("2.4 kg", "12.3 km"));
    }

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(percent(Share { part: 9999, whole: 10_000, percent: Some(99.99) }), "99.9%");
        assert_eq!(percent(Share { part: 0, whole: 0, percent: None }), "–");
        assert_eq!(percent_of(299, 300), "99.7%");
        assert_eq!(percent_of(9_999, 10_000), "99.9%");
    }

    #[test]
    fn a_number_is_dialled_however_it_is_spaced() {
        assert_eq!(tel("+356 2155-1234").as_deref(), Some("tel:+35621551234"));
        assert_eq!(tel(" (0)21 55 98 76").as_deref(), Some("tel:021559876"));
        assert_eq!(tel("javascript:alert"), None);
        assert_eq!(tel(""), None);
    }

    #[test]
    fn a_minute_that_has_begun_is_not_counted() {
        assert_eq!(minutes_until(at(3, 14, 5, 59), at(3, 14, 4, 0)), 1);
        assert_eq!(minutes_until(at(3, 14, 3, 59), at(3, 14, 4, 0)), -1);
    }
}
