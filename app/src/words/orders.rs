//! Words about orders and exceptions: how far, what is at stake, what happened.

use super::{exception_kind, lower, outcome};
use crate::format;
use domain::{ExceptionKind, Standing};
use wire::{
    Moment,
    deliveries::{Hindrance, Lack, Progress, StoryFact},
    exceptions::ExceptionRow,
};

/// What is at stake in an exception, in a sentence.
pub fn at_stake(row: &ExceptionRow) -> String {
    let vehicle = row.label.as_deref().unwrap_or("The vehicle");
    match (row.kind, row.window, row.eta) {
        (ExceptionKind::Late, Some(window), Some(eta)) => {
            format!("Promised {}, expected {}.", format::window(window), format::clock(eta))
        }
        (ExceptionKind::Late, Some(window), None) => {
            format!("Promised {}; no estimate.", format::window(window))
        }
        (ExceptionKind::Late, None, _) => "A promise will be missed.".to_owned(),
        (ExceptionKind::Failed, _, _) => "The goods are still with us. Agree on another window.".to_owned(),
        (ExceptionKind::Silent, _, _) => {
            format!("{vehicle} is on the road and sends no position. Call the driver.")
        }
        (ExceptionKind::OffShift, _, Some(eta)) => {
            format!("{vehicle} will be back at {}, after its shift ends.", format::clock(eta))
        }
        (ExceptionKind::OffShift, _, None) => format!("{vehicle} will be back after its shift ends."),
        (ExceptionKind::Breakdown, _, _) => {
            format!("{vehicle} cannot drive on. Its open stops need a new plan.")
        }
        (ExceptionKind::Unplanned, Some(window), _) => {
            format!(
                "Promised {}, and no vehicle can serve it. Reschedule it or plan again.",
                format::window(window)
            )
        }
        (ExceptionKind::CutOff, _, Some(eta)) => {
            format!(
                "No road leads there now. {vehicle} can be there at {}, when it is open again.",
                format::clock(eta)
            )
        }
        (ExceptionKind::CutOff, _, None) => {
            "No road leads there today. Lift the closure, or reschedule the order.".to_owned()
        }
        (ExceptionKind::Unplanned, None, _) => {
            "No vehicle can serve it. Reschedule it or plan again.".to_owned()
        }
    }
}

/// The standing whose shape and colour an exception carries.
pub fn exception_standing(row: &ExceptionRow, now: Moment) -> Standing {
    if row.resolution.is_some() {
        return Standing::Done;
    }
    match row.kind {
        ExceptionKind::Silent => Standing::Unknown,
        ExceptionKind::OffShift => Standing::AtRisk,
        _ if row.save_by.is_some_and(|by| by > now) => Standing::AtRisk,
        _ => Standing::Late,
    }
}

/// Why a vehicle does not serve an order, behind how much is missing.
pub fn lack(lack: Lack) -> (&'static str, &'static str) {
    match lack {
        Lack::Way => ("", "no road leads there"),
        Lack::Window => (" min ", "too late there"),
        Lack::OtherWindow => (" min ", "too late for others"),
        Lack::Shift => (" min ", "over its shift"),
        Lack::Weight => (" kg ", "too heavy"),
        Lack::Space => (" l ", "too large"),
        Lack::Plan => ("", "can take it in a new plan"),
    }
}

/// What is in the way of a door.
pub fn hindrance(hindrance: Hindrance) -> String {
    match hindrance {
        Hindrance::OnFoot(metres) => format!("The street is closed: the last {metres} m are on foot."),
        Hindrance::CutOff => "A closure leaves no road to this door now.".to_owned(),
    }
}

/// How far an order has come.
pub fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Placed => "Waits for a plan",
        Progress::Planned => "Planned",
        Progress::OutForDelivery => "Out for delivery",
        Progress::Delivered => "Delivered",
        Progress::Failed => "Attempt failed",
        Progress::Cancelled => "Cancelled",
    }
}

/// The standing whose shape and colour an order's progress carries in a list.
pub fn progress_standing(progress: Progress) -> Standing {
    match progress {
        Progress::Placed => Standing::Unknown,
        Progress::Planned | Progress::OutForDelivery => Standing::OnTime,
        Progress::Delivered | Progress::Cancelled => Standing::Done,
        Progress::Failed => Standing::Late,
    }
}

/// One line of an order's story.
pub fn story(fact: &StoryFact, now: Moment) -> String {
    match fact {
        StoryFact::Placed { window } => {
            format!("Order placed, promised {}", format::window_from(*window, now))
        }
        StoryFact::Planned { label, sequence, arrival } => {
            format!("Planned as stop {sequence} of {label}, arriving {}", format::clock_from(*arrival, now))
        }
        StoryFact::Dropped => "Taken off its route".to_owned(),
        StoryFact::Loaded => "Left the hub".to_owned(),
        StoryFact::Unloaded => "Back at the hub".to_owned(),
        StoryFact::Arrived => "Driver at the door".to_owned(),
        StoryFact::Attempt { number, outcome: how, .. } => {
            format!("Attempt {number}: {}", lower(outcome(*how)))
        }
        StoryFact::Rescheduled { before, after } => format!(
            "Moved from {} to {}",
            format::window_from(*before, now),
            format::window_from(*after, now)
        ),
        StoryFact::Cancelled => "Cancelled".to_owned(),
        StoryFact::ExceptionRaised { kind } => format!("Needs a person: {}", lower(exception_kind(*kind))),
        StoryFact::ExceptionClaimed => "Exception claimed".to_owned(),
        StoryFact::ExceptionReleased => "Exception released".to_owned(),
        StoryFact::ExceptionResolved { resolution } => format!("Exception resolved: {resolution}"),
        StoryFact::ExceptionReopened => "Exception reopened".to_owned(),
    }
}

/// The standing whose mark stands beside a line of the story.
pub fn story_standing(fact: &StoryFact) -> Standing {
    match fact {
        StoryFact::Attempt { outcome, .. } if outcome.is_delivered() => Standing::OnTime,
        StoryFact::Attempt { .. } | StoryFact::ExceptionRaised { .. } => Standing::Late,
        StoryFact::Dropped => Standing::AtRisk,
        _ => Standing::Done,
    }
}
