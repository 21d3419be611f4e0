//! Words about exceptions: what happened, why, and the best thing to do next.

use super::{exception_kind, expected, outcome};
use crate::format;
use crate::session::at_hub;
use domain::{ExceptionKind, Outcome, Standing};
use wire::staff::exceptions::ExceptionRow;

/// The best thing to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// What to do, as a button says it.
    pub says: String,
    /// Where it is done; nothing when it is not done on a page.
    pub href: Option<String>,
    /// What else to think of.
    pub why: String,
}

/// What went wrong, as a heading. A late stop is called what it is called on the map: it may only be at risk by now.
pub fn exception_heading(row: &ExceptionRow, standing: Standing) -> &'static str {
    let in_time = row.arrived.zip(row.window).is_some_and(|(at, window)| at <= window.until);
    match (row.kind, standing) {
        (ExceptionKind::Late, Standing::Done) if in_time => "In time",
        (ExceptionKind::Late, Standing::Done) => "Late",
        (ExceptionKind::Late, standing) => expected(standing),
        (kind, _) => exception_kind(kind),
    }
}

/// What happened and why, in one line.
pub fn cause(row: &ExceptionRow) -> String {
    let vehicle = row.label.as_deref().unwrap_or("The vehicle");
    // What is about an order has its promise.
    let promised =
        || row.window.map_or_else(String::new, |window| format!("Promised {}", format::window(window)));
    match row.kind {
        ExceptionKind::Failed => match (row.cause, &row.note) {
            (Some(Outcome::FailedOther), Some(note)) => format!("“{note}”"),
            (Some(cause), Some(note)) => format!("{}: “{note}”", outcome(cause)),
            (Some(cause), None) => outcome(cause).to_owned(),
            (None, _) => "The attempt failed; its story says how".to_owned(),
        },
        ExceptionKind::Late => {
            let expects = match (row.arrived, row.eta) {
                (Some(at), _) => format!("{vehicle} was there {}", format::clock(at)),
                (None, Some(eta)) => format!("{vehicle} expected {}", format::clock(eta)),
                (None, None) => "no estimate".to_owned(),
            };
            format!("{}, {expects}", promised())
        }
        ExceptionKind::Silent => "On the road without a position".to_owned(),
        ExceptionKind::OffShift => {
            let back = row.eta.map_or_else(String::new, |eta| format!(" at {}", format::clock(eta)));
            format!("Back{back}, after its shift ends")
        }
        ExceptionKind::Breakdown | ExceptionKind::LateStart => {
            let open = i64::from(row.open_stops.unwrap_or(0));
            let so = match row.kind {
                ExceptionKind::LateStart => "Should have left the hub",
                _ if row.resolution.is_some() => "Could not drive on",
                _ => "Cannot drive on",
            };
            format!("{so}, {} open", format::counted(open, "stop", "stops"))
        }
        ExceptionKind::Unplanned => {
            let promised = promised();
            match &row.placed_on {
                Some(label) => format!("{promised}; the plan that waits puts it on {label}"),
                None => format!("{promised}, and in no vehicle's route"),
            }
        }
        ExceptionKind::CutOff => match row.eta {
            Some(eta) => {
                format!("No road leads there until it opens; {vehicle} expected {}", format::clock(eta))
            }
            None => "No road leads there today".to_owned(),
        },
    }
}

/// What helps most, by what happened, for somebody who plans or only speaks with recipients.
pub fn next_step(row: &ExceptionRow, plans: bool) -> Option<NextStep> {
    if row.resolution.is_some() {
        return None;
    }
    let step = |says: &str, href: Option<String>, why: &str| {
        Some(NextStep { says: says.to_owned(), href, why: why.to_owned() })
    };
    let plan = || Some(at_hub("/control-room?plan=open&pane=detail"));
    let vehicle = || row.route.map(|route| at_hub(&format!("/control-room?route={route}")));
    let windows = || row.order.map(|order| at_hub(&format!("/deliveries/{order}?slots=1")));
    let story = || row.order.map(|order| at_hub(&format!("/deliveries/{order}")));
    // The number itself, for whoever has no phone in the browser.
    let call = |why: &str| {
        let phone = row.phone.as_deref().unwrap_or_default();
        step(&format!("Call {phone}"), format::tel(phone), why)
    };
    match row.kind {
        ExceptionKind::Failed => match row.cause {
            Some(Outcome::FailedNotHome) => {
                call("Agree on another window, then book it on the order's page.")
            }
            Some(Outcome::FailedCantFindAddress) => {
                call("Ask how the door is found and tell the driver, before another attempt.")
            }
            Some(Outcome::FailedNoParking | Outcome::FailedNoTime) => step(
                "Find a window",
                windows(),
                "Nobody stood at the door: the recipient only needs to hear the new time.",
            ),
            Some(Outcome::FailedPackageNotAvailable) => step(
                "Find the goods",
                story(),
                "To be delivered: look at the hub and in the vehicle. To be collected: ask when they are ready.",
            ),
            Some(Outcome::FailedPaymentNotReceived) => {
                call("Agree how it is paid before another attempt, or let the goods go back to the shop.")
            }
            Some(Outcome::FailedMissingRequiredProof) => {
                call("Say which proof to have at hand, then agree on another window.")
            }
            _ => step(
                "Read the story",
                story(),
                "A refused package goes back to the shop: another window would not help. Otherwise call the recipient.",
            ),
        },
        ExceptionKind::Late if !plans => {
            call("Say the new time, or agree on another window and book it on the order's page.")
        }
        ExceptionKind::Breakdown | ExceptionKind::OffShift if !plans => step(
            "See the vehicle",
            vehicle(),
            "A dispatcher can give its stops to others. Its open stops say who waits.",
        ),
        ExceptionKind::Unplanned if row.placed_on.is_some() && !plans => call(
            "A plan that waits for a dispatcher's yes gives the order its place. Until then it has none.",
        ),
        ExceptionKind::Late => {
            step("Plan again", plan(), "Another vehicle may be in time. If not, tell the recipient.")
        }
        ExceptionKind::Silent => {
            step("Reach the driver", vehicle(), "The estimates rest on the last position.")
        }
        ExceptionKind::LateStart => {
            step("Reach the driver", vehicle(), "If it cannot leave, others can take its stops.")
        }
        ExceptionKind::OffShift => {
            step("Plan again", plan(), "Stops that are not loaded can go to another vehicle.")
        }
        ExceptionKind::Breakdown if row.open_stops == Some(0) => {
            step("See the vehicle", vehicle(), "Nobody waits for it: it only has to come home.")
        }
        ExceptionKind::Breakdown => {
            step("Plan again", plan(), "Open stops that are not loaded can move to other vehicles.")
        }
        ExceptionKind::Unplanned if row.placed_on.is_some() => {
            step("Look at the plan", plan(), "Accepting it gives the order its place.")
        }
        ExceptionKind::Unplanned => {
            step("See why", windows(), "Its page says what each vehicle lacks, and which windows fit.")
        }
        ExceptionKind::CutOff => step(
            "See the roads",
            Some("/roads".to_owned()),
            "Open the road again if it is, or give the order another window.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Span;

    fn row(kind: ExceptionKind) -> ExceptionRow {
        let id = "00000000-0000-0000-0000-000000000001";
        let at = |clock: &str| format!("2024-03-13T{clock}:00+01:00").parse().unwrap();
        ExceptionRow {
            id: id.parse().unwrap(),
            kind,
            standing: Standing::Late,
            cause: None,
            note: None,
            placed_on: None,
            vehicle: None,
            label: Some("Van 07".to_owned()),
            route: id.parse().ok(),
            order: id.parse().ok(),
            reference: Some("A-1001".to_owned()),
            recipient: Some("Ġorġ Ħili".to_owned()),
            phone: Some("+356 2155 1234".to_owned()),
            address: None,
            window: Some(Span { from: at("14:05"), until: at("14:25") }),
            eta: None,
            arrived: None,
            open_stops: None,
            save_by: None,
            raised_at: at("13:00"),
            owner: None,
            resolution: None,
        }
    }

    #[test]
    fn a_failure_says_its_cause_and_is_advised_by_it() {
        let mut seen = Vec::new();
        for outcome in Outcome::ALL.into_iter().filter(|outcome| !outcome.is_success()) {
            let failed = ExceptionRow { cause: Some(outcome), ..row(ExceptionKind::Failed) };
            assert_eq!(cause(&failed), super::outcome(outcome));
            let step = next_step(&failed, true).unwrap();
            assert!(step.href.is_some(), "{outcome:?}");
            seen.push((step.says, step.why));
        }
        seen.dedup();
        assert!(seen.len() >= 6, "one advice does not fit all: {seen:?}");
    }

    #[test]
    fn the_word_goes_with_the_shape() {
        let late = row(ExceptionKind::Late);
        assert_eq!(exception_heading(&late, Standing::Late), "Will be late");
        assert_eq!(exception_heading(&late, Standing::AtRisk), "At risk");
        assert_eq!(exception_heading(&row(ExceptionKind::Failed), Standing::Late), "Attempt failed");
        let at = |clock: &str| format!("2024-03-13T{clock}:00+01:00").parse().ok();
        let reached =
            |clock| exception_heading(&ExceptionRow { arrived: at(clock), ..late.clone() }, Standing::Done);
        assert_eq!((reached("14:25"), reached("14:26")), ("In time", "Late"));
    }

    #[test]
    fn a_refused_package_is_not_sent_again() {
        let note = Some("Recipient refused the package".to_owned());
        let refused = ExceptionRow { cause: Some(Outcome::FailedOther), note, ..row(ExceptionKind::Failed) };
        assert_eq!(cause(&refused), "“Recipient refused the package”");
        let step = next_step(&refused, true).unwrap();
        assert!(
            step.why.contains("back to the shop") && !step.href.unwrap().contains("slots"),
            "{}",
            step.why
        );
    }

    #[test]
    fn a_row_says_what_is_so_by_now() {
        let at = |clock: &str| format!("2024-03-13T{clock}:00+01:00").parse().ok();
        let late = row(ExceptionKind::Late);
        assert_eq!(cause(&late), "Promised 14:05–14:25, no estimate");
        let reached = ExceptionRow { arrived: at("14:31"), ..late };
        assert_eq!(cause(&reached), "Promised 14:05–14:25, Van 07 was there 14:31");
        let stands =
            |open_stops| ExceptionRow { open_stops: Some(open_stops), ..row(ExceptionKind::Breakdown) };
        assert_eq!(cause(&stands(12)), "Cannot drive on, 12 stops open");
        assert_eq!(cause(&stands(0)), "Cannot drive on, 0 stops open");
        let waits = ExceptionRow { open_stops: Some(1), ..row(ExceptionKind::LateStart) };
        assert_eq!(cause(&waits), "Should have left the hub, 1 stop open");
        assert_eq!(next_step(&stands(0), true).unwrap().says, "See the vehicle");
    }

    #[test]
    fn who_cannot_plan_is_not_told_to() {
        for kind in ExceptionKind::ALL {
            let row = ExceptionRow { placed_on: Some("Van 12".to_owned()), open_stops: Some(3), ..row(kind) };
            let step = next_step(&row, false).unwrap();
            assert!(!step.href.unwrap_or_default().contains("plan=open"), "{kind:?}");
        }
        assert_eq!(next_step(&row(ExceptionKind::Late), false).unwrap().says, "Call +356 2155 1234");
    }

    #[test]
    fn who_is_to_be_called_can_be() {
        let absent = ExceptionRow { cause: Some(Outcome::FailedNotHome), ..row(ExceptionKind::Failed) };
        let step = next_step(&absent, true).unwrap();
        assert_eq!(
            (step.says.as_str(), step.href.as_deref()),
            ("Call +356 2155 1234", Some("tel:+35621551234"))
        );
    }

    #[test]
    fn an_order_that_a_waiting_plan_places_is_not_called_impossible() {
        let waits = ExceptionRow { placed_on: Some("Van 12".to_owned()), ..row(ExceptionKind::Unplanned) };
        assert_eq!(cause(&waits), "Promised 14:05–14:25; the plan that waits puts it on Van 12");
        assert_eq!(next_step(&waits, true).unwrap().says, "Look at the plan");
        let alone = row(ExceptionKind::Unplanned);
        let why = next_step(&alone, true).unwrap();
        assert!(
            why.says == "See why" && why.href.unwrap().ends_with("?slots=1"),
            "where vehicles say what they lack"
        );
        assert_eq!(cause(&alone), "Promised 14:05–14:25, and in no vehicle's route");
    }
}
