//! Words about figures: their names, their definitions, and the day in one sentence.

use super::{lower, outcome};
use crate::format;
use chrono::Timelike;
use domain::Day;
use std::cmp::Ordering;
use wire::{
    Moment,
    staff::figures::{FigureKind, FiguresView, Share},
};

/// Until when a day is counted: the moment, or that it is over or has not begun.
pub fn counted_until(day: Day, as_of: Moment) -> String {
    match (as_of.date_naive().cmp(&day), as_of.num_seconds_from_midnight()) {
        (Ordering::Greater, _) => "the whole day".to_owned(),
        (Ordering::Equal, 0) | (Ordering::Less, _) => "not begun".to_owned(),
        (Ordering::Equal, _) => format!("as of {}", format::clock_s(as_of)),
    }
}

/// What the share of promises kept is counted over, and the shares by the length of the window.
pub fn promises_over(kept: Share, by_length: [Share; 3], is_over: bool) -> String {
    if kept.whole == 0 {
        return no_promise(is_over).to_owned();
    }
    // With one length its share is the share of all.
    let by_length: String = ["windows up to 2 hours", "up to 4 hours", "longer"]
        .into_iter()
        .zip(by_length)
        .filter(|(_, share)| share.whole > 0 && share.whole < kept.whole)
        .map(|(length, share)| {
            format!("; {length} {} of {}", format::percent(share), format::count(share.whole))
        })
        .collect();
    format!("{} of {}{by_length}", format::count(kept.part), format::counted(kept.whole, "order", "orders"))
}

/// That no promise can be judged.
pub fn no_promise(is_over: bool) -> &'static str {
    if is_over { "No promised window ended on this day." } else { "No promised window has ended yet." }
}

/// How the day goes, in one sentence.
pub fn day_in_a_sentence(view: &FiguresView) -> String {
    let on_time = view.on_time_latest;
    if on_time.whole == 0 {
        let is_over = view.as_of.date_naive() > view.day;
        return if is_over {
            "No attempt was made on this day, so there is nothing to count.".to_owned()
        } else {
            "No attempt has ended yet, so there is nothing to count.".to_owned()
        };
    }
    let late = on_time.whole - on_time.part;
    let failed: i64 = view.failed.iter().map(|cause| cause.share.part).sum();
    let failures = match view.failed.first() {
        None => "none failed".to_owned(),
        Some(first) => {
            format!("{} failed, most often: {}", format::count(failed), lower(outcome(first.outcome)))
        }
    };
    format!(
        "{} of {} on time; {} late, {failures}.",
        format::percent(on_time),
        format::counted(on_time.whole, "attempt", "attempts"),
        format::count(late)
    )
}

/// A figure's name.
pub fn figure(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::OnTimeLatest => "On time",
        FigureKind::OnTimeOriginal => "On time, first promise",
        FigureKind::FirstAttempt => "First-attempt success",
        FigureKind::Failed => "Failed attempts",
        FigureKind::StopsPerHour => "Stops an hour",
        FigureKind::PromisesKept => "First promises kept",
    }
}

/// A figure's definition, from where it is computed.
pub fn figure_definition(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::OnTimeLatest => domain::figures::ON_TIME_LATEST,
        FigureKind::OnTimeOriginal => domain::figures::ON_TIME_ORIGINAL,
        FigureKind::FirstAttempt => domain::figures::FIRST_ATTEMPT_SUCCESS,
        FigureKind::Failed => domain::figures::FAILED_BY_REASON,
        FigureKind::StopsPerHour => domain::figures::STOPS_PER_HOUR,
        FigureKind::PromisesKept => domain::figures::PROMISES_KEPT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_over_or_to_come_names_no_clock() {
        let at = |moment: &str| moment.parse::<Moment>().unwrap();
        let day = Day::from_ymd_opt(2026, 3, 4).unwrap();
        assert_eq!(counted_until(day, at("2026-03-04T14:03:20+01:00")), "as of 14:03:20");
        assert_eq!(counted_until(day, at("2026-03-05T00:00:00+01:00")), "the whole day");
        assert_eq!(counted_until(day, at("2026-03-04T00:00:00+01:00")), "not begun");
    }
}
