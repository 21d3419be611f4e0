//! Words about figures: their names, their definitions, and the day in one sentence.

use super::{lower, outcome};
use crate::format;
use wire::figures::{FigureKind, FiguresView};

/// How the day goes, in one sentence.
pub fn day_in_a_sentence(view: &FiguresView) -> String {
    let on_time = view.on_time_latest;
    if on_time.whole == 0 {
        return "No attempt has ended yet, so there is nothing to count.".to_owned();
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
        FigureKind::FirstAttempt => "Delivered at first attempt",
        FigureKind::Failed => "Failed attempts",
        FigureKind::StopsPerHour => "Stops an hour",
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
    }
}
