//! What can be true of what is sent to the endpoints: texts, times, days and places. Whatever is refused is named.

use crate::{OpsError, Result};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::{Datelike, TimeDelta};
use domain::{Coordinate, Day, Instant, Refusal, Window};
use wire::driver::Deed;

/// What a vehicle may carry: 100 tonnes, in grams, and 1,000 cubic metres, in millilitres.
pub(crate) const MOST_G: i64 = 100_000_000;
pub(crate) const MOST_ML: i64 = 1_000_000_000;
/// A device's clock may run ahead of ours by this much.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// What is reported later than this is refused: the day it belongs to has been counted.
const OLD: TimeDelta = TimeDelta::days(7);
/// A promise reaches no further ahead than this.
const FAR_AHEAD: TimeDelta = TimeDelta::days(366);
/// A door is at most so far from the hub, in metres.
pub(crate) const MOST_FROM_HUB_M: f64 = 150_000.0;
/// A door is at most so far from a street that a van may use, in metres.
const MOST_FROM_STREET_M: f64 = 1_000.0;

/// A day that people mean: of this century or the next.
pub(crate) fn day(day: Day) -> Result<Day> {
    if (2000..2200).contains(&day.year()) { Ok(day) } else { Err(OpsError::NoSuchDay) }
}

/// A window that can be promised now.
pub(crate) fn window(window: Window, now: Instant) -> Result<Window> {
    if window.from() <= now + FAR_AHEAD {
        Ok(window)
    } else {
        Err(OpsError::Invalid("a window opens within the next 366 days".into()))
    }
}

/// Why a report from a device cannot have happened at `at`; nothing when it can.
pub(crate) fn report_time_fault(at: Instant, now: Instant) -> Option<&'static str> {
    if at > now + AHEAD {
        Some("the report is from the future: set the device's clock")
    } else if at < now - OLD {
        Some("the report is more than 7 days old: set the device's clock, or tell a dispatcher what happened")
    } else {
        None
    }
}

/// Why a report is refused, by the field that it is about.
pub(crate) fn why_refused(what: &Deed, error: &OpsError) -> String {
    let (field, not_own) = match what {
        Deed::Departed { .. } | Deed::Reloaded { .. } | Deed::Returned { .. } => {
            ("route", "this route is another vehicle's")
        }
        _ => ("stop", "this stop is on another vehicle's route"),
    };
    match error {
        OpsError::NotFound => format!("{field}: no {field} has this id"),
        OpsError::Refused(Refusal::NotThisRoute) => format!("{field}: {not_own}"),
        OpsError::Refused(Refusal::OutcomeUnfit(_)) => format!("outcome: {error}"),
        OpsError::Refused(_) => format!("{field}: {error}"),
        _ => error.to_string(),
    }
}

/// Text of 1 to `most` characters, on one line and without characters that nobody sees.
pub(crate) fn text(name: &str, value: &str, most: usize) -> std::result::Result<String, String> {
    let value = one_line(value);
    if value.is_empty() || value.chars().count() > most {
        Err(format!("{name} needs 1 to {most} characters"))
    } else if value.chars().any(is_unseen) {
        Err(format!("{name} holds characters that cannot be seen: leave them out"))
    } else {
        Ok(value)
    }
}

/// The words of a text with one space between them.
pub(crate) fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, and those that turn the direction of what follows.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}')
}

/// A shop's reference or a barcode: what labels and systems hold, and nothing that could be mistaken for a page's code.
pub(crate) fn label(name: &str, value: &str, most: usize) -> std::result::Result<String, String> {
    let value = text(name, value, most)?;
    let allowed = |letter: char| letter.is_alphanumeric() || " -_./#:+,()&@*=~|%$!?".contains(letter);
    match value.chars().find(|letter| !allowed(*letter)) {
        None => Ok(value),
        Some(wrong) => Err(format!(
            "{name} may hold letters, digits, spaces and - _ . / # : + , ( ) & @ * = ~ | % $ ! ?, but no {wrong}"
        )),
    }
}

/// Places as a form brings them: a line each, degrees north, a comma, degrees east; one more than `most` at most. Nothing when
/// a line is no place.
pub(crate) fn places(text: &str, most: usize) -> Option<Vec<Coordinate>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let place = |line: &str| {
        let (lat, lon) = line.split_once(',')?;
        Coordinate::parse(lat.trim().parse().ok()?, lon.trim().parse().ok()?).ok()
    };
    lines.take(most + 1).map(place).collect()
}

/// A place to which vehicles can drive from the hub.
pub(crate) fn near_streets(
    at: Coordinate,
    hub: Coordinate,
    roads: &dyn TravelTimes,
) -> std::result::Result<Coordinate, String> {
    let fits = |at: Coordinate| {
        at.metres_to(hub) <= MOST_FROM_HUB_M
            && roads
                .snap(LatLon { lat: at.lat(), lon: at.lon() }, Profile::Van)
                .is_some_and(|street| street.metres_away <= MOST_FROM_STREET_M)
    };
    if fits(at) {
        return Ok(at);
    }
    let swapped = Coordinate::parse(at.lon(), at.lat()).is_ok_and(fits);
    let place = format!("{:.5}, {:.5}", at.lat(), at.lon());
    Err(if swapped {
        format!("at: {place} is not near the hub's streets, but it is with lat and lon swapped: swap them")
    } else {
        format!("at: {place} is not near the hub's streets: send its lat and lon in degrees")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_cannot_be_are_named() {
        let now = chrono::DateTime::from_timestamp(1_764_360_000, 0).unwrap();
        let fault = |at| report_time_fault(at, now);
        assert_eq!(fault(now - TimeDelta::days(6)), None);
        assert_eq!(fault(now + TimeDelta::minutes(4)), None);
        assert!(fault(now + TimeDelta::minutes(6)).unwrap().contains("future"));
        for year_1970_and_before in [Instant::UNIX_EPOCH, Instant::MIN_UTC] {
            assert!(fault(year_1970_and_before).unwrap().contains("7 days"));
        }
        assert!(fault(Instant::MAX_UTC).unwrap().contains("future"));
        let far = Window::parse(now + TimeDelta::days(400), now + TimeDelta::days(400) + TimeDelta::hours(2));
        assert!(window(far.unwrap(), now).is_err());
        assert!(day(Day::MAX).is_err() && day(Day::MIN).is_err());
    }

    #[test]
    fn texts_lose_their_line_breaks_and_may_hide_nothing() {
        assert_eq!(text("address", " 3,\n Main  road ", 40).unwrap(), "3, Main road");
        assert_eq!(text("name", "Ġużè Ħal-Qormi & <Sons>", 40).unwrap(), "Ġużè Ħal-Qormi & <Sons>");
        for bad in ["", " \n", "a\0b", "a\u{7}b", "ab\u{202e}cd", "\u{85}"] {
            assert!(text("name", bad, 40).unwrap_err().starts_with("name"), "{bad:?}");
        }
        assert!(text("name", &"x".repeat(41), 40).is_err());
    }

    #[test]
    fn a_reference_holds_no_code_of_a_page() {
        for good in ["BOO-000001", "Order #12/3 (b)", "ÄÖ_7.1:2+3"] {
            assert_eq!(label("reference", good, 64).unwrap(), good);
        }
        for bad in ["R1</title><meta>", "a\"b", "a'b", "`x`", "{{7}}", "a\\b"] {
            assert!(label("reference", bad, 64).is_err(), "{bad}");
        }
    }
}
