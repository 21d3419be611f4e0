//! How an order stands, decided once for search, queue and its own page.

use chrono::TimeDelta;
use domain::{Instant, Outcome, Standing, StopState};
use wire::staff::deliveries::Progress;

/// Where an order's stop is, and when somebody is expected there.
pub(crate) type LatestStop = (StopState, Option<Instant>);

/// How an order stands against the end of its latest promise: what its stop says, and what the clock says while it has
/// none. It is at risk when somebody is expected within `margin` of the promise's end.
pub(crate) fn standing(
    progress: Progress,
    stop: Option<&LatestStop>,
    until: Instant,
    now: Instant,
    margin: TimeDelta,
) -> Standing {
    match (progress, stop) {
        (Progress::Cancelled, _) | (Progress::Delivered | Progress::Collected, None) => Standing::Done,
        (Progress::Failed, _) => Standing::Late,
        (Progress::Delivered | Progress::Collected, Some((state @ StopState::Done { .. }, _))) => {
            Standing::by(state, None, until, margin)
        }
        (Progress::Delivered | Progress::Collected, Some(_)) => Standing::Done,
        (Progress::Planned | Progress::OutForDelivery, Some((state, eta))) if state.is_open() => {
            Standing::by(state, *eta, until, margin)
        }
        _ if until < now => Standing::Late,
        _ => Standing::Unknown,
    }
}

pub(crate) fn progress(code: &str) -> Progress {
    match code {
        "planned" => Progress::Planned,
        "out_for_delivery" => Progress::OutForDelivery,
        "delivered" => Progress::Delivered,
        "collected" => Progress::Collected,
        "failed" => Progress::Failed,
        "cancelled" => Progress::Cancelled,
        _ => Progress::Placed,
    }
}

/// What a successful attempt did, in a word.
pub(crate) fn success(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Collected => "Collected",
        Outcome::Exchanged => "Exchanged",
        _ => "Delivered",
    }
}
