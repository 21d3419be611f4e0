//! Words about orders: how far, how they stand, what happened.

use super::{exception_kind, expected, lower, outcome};
use crate::format;
use domain::{ExceptionKind, Service, Standing};
use wire::{
    Moment,
    staff::deliveries::{Hindrance, Lack, Progress, StoryFact},
};

/// Why a vehicle does not serve an order, behind how much is missing.
pub fn lack(lack: Lack) -> (&'static str, &'static str) {
    match lack {
        Lack::Way => ("", "no road leads there"),
        Lack::Window => (" min ", "too late there"),
        Lack::OtherWindow => (" min ", "too late for others"),
        Lack::Shift => (" min ", "over its shift"),
        Lack::Weight => (" kg ", "too heavy"),
        Lack::Space => (" l ", "too large"),
        Lack::Skill => ("", "cannot do what it needs"),
        Lack::Leave => ("", "not allowed by the shop"),
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
fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Placed => "Waits for a plan",
        Progress::Planned => "Planned",
        Progress::OutForDelivery => "Out for delivery",
        Progress::Delivered => "Delivered",
        Progress::NothingTaken => "Nothing taken along, delivered",
        Progress::Collected => "Collected",
        Progress::Failed => "Attempt failed",
        Progress::Cancelled => "Cancelled",
    }
}

/// How far an order has come and how it stands, wherever an order is named.
pub fn order_state(progress: Progress, standing: Standing) -> String {
    let how_far = self::progress(progress);
    match (progress, standing) {
        (Progress::Delivered | Progress::NothingTaken | Progress::Collected, Standing::Late) => {
            format!("{how_far} late")
        }
        (Progress::Placed, Standing::Late) => format!("{how_far}, window missed"),
        (Progress::Planned | Progress::OutForDelivery, Standing::Late | Standing::AtRisk) => {
            format!("{how_far}, {}", lower(expected(standing)))
        }
        _ => how_far.to_owned(),
    }
}

/// What is done at an order's door, where it is not delivered and no more.
pub fn service(service: Service) -> Option<&'static str> {
    match service {
        Service::Deliver => None,
        Service::Collect => Some("Collect"),
        Service::Both => Some("Exchange"),
    }
}

/// A name or an address, wherever it is shown; what has been erased says so.
pub fn or_erased(text: String) -> String {
    if text.is_empty() { "Erased".to_owned() } else { text }
}

/// One line of an order's story.
pub fn story(fact: &StoryFact, now: Moment) -> String {
    match fact {
        StoryFact::Placed { windows, priority, skills, service } => {
            let mut text = format!("Order placed, promised {}", format::windows_from(windows, now));
            text += match service {
                Service::Deliver => "",
                Service::Collect => ", to be collected",
                Service::Both => ", to be exchanged",
            };
            if *priority > 0 {
                text += &format!(", priority {priority}");
            }
            if !skills.is_empty() {
                text += &format!(", needs {}", skills.join(", "));
            }
            text
        }
        StoryFact::Planned { label, sequence, arrival } => {
            format!("Planned as stop {sequence} of {label}, arriving {}", format::clock_from(*arrival, now))
        }
        StoryFact::Dropped => "Taken off its route".to_owned(),
        StoryFact::Loaded => "Left the hub".to_owned(),
        StoryFact::Unloaded => "Unloaded at the hub".to_owned(),
        StoryFact::Arrived => "Driver at the door".to_owned(),
        StoryFact::Left => "Driver went on without saying what came of it".to_owned(),
        StoryFact::Attempt { number, outcome: how, .. } => {
            format!("Attempt {number}: {}", lower(outcome(*how)))
        }
        StoryFact::Rescheduled { before, after } if before == after => {
            format!("Given another place for {}", format::window_from(*after, now))
        }
        StoryFact::Rescheduled { before, after } => format!(
            "Moved from {} to {}",
            format::window_from(*before, now),
            format::window_from(*after, now)
        ),
        StoryFact::Cancelled => "Cancelled".to_owned(),
        StoryFact::Erased => "Name, phone and address erased".to_owned(),
        StoryFact::CarriedOver { day } => {
            format!("Left open on its day: carried over to {}", format::day(*day))
        }
        StoryFact::ExceptionRaised { kind } => format!("Needs a person: {}", lower(exception_kind(*kind))),
        StoryFact::ExceptionClaimed => "Exception claimed".to_owned(),
        StoryFact::ExceptionReleased => "Exception released".to_owned(),
        StoryFact::ExceptionResolved { resolution } if resolution.is_empty() => {
            "Exception resolved".to_owned()
        }
        StoryFact::ExceptionResolved { resolution } => format!("Exception resolved: {resolution}"),
        StoryFact::ExceptionReopened => "Exception reopened".to_owned(),
    }
}

/// The standing whose mark stands beside a line of the story.
pub fn story_standing(fact: &StoryFact) -> Standing {
    match fact {
        StoryFact::Attempt { outcome, .. } if !outcome.is_success() => Standing::Late,
        StoryFact::ExceptionRaised { kind } => match kind {
            ExceptionKind::Silent | ExceptionKind::Unplanned => Standing::Unknown,
            ExceptionKind::OffShift | ExceptionKind::LateStart => Standing::AtRisk,
            _ => Standing::Late,
        },
        _ => Standing::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_erased_says_so() {
        assert_eq!(or_erased("Ġorġ Ħili".to_owned()), "Ġorġ Ħili");
        assert_eq!(or_erased(String::new()), "Erased");
        let now: Moment = "2026-11-23T08:00:00+01:00".parse().unwrap();
        let resolved = |what: &str| story(&StoryFact::ExceptionResolved { resolution: what.to_owned() }, now);
        assert_eq!(resolved("Called"), "Exception resolved: Called");
        assert_eq!(resolved(""), "Exception resolved");
    }

    #[test]
    fn a_late_order_says_so_wherever_it_is_named() {
        assert_eq!(order_state(Progress::OutForDelivery, Standing::Late), "Out for delivery, will be late");
        assert_eq!(order_state(Progress::Planned, Standing::AtRisk), "Planned, at risk");
        assert_eq!(order_state(Progress::Delivered, Standing::Late), "Delivered late");
        assert_eq!(order_state(Progress::Delivered, Standing::Done), "Delivered");
        assert_eq!(order_state(Progress::Collected, Standing::Late), "Collected late");
        let nothing = order_state(Progress::NothingTaken, Standing::Late);
        assert_eq!(nothing, "Nothing taken along, delivered late");
        assert_eq!(order_state(Progress::Collected, Standing::Done), "Collected");
        assert_eq!(order_state(Progress::Failed, Standing::Late), "Attempt failed");
    }
}
