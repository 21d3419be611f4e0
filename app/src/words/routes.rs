//! Words about vehicles, routes and plans: what is wrong, what can be done, what a proposal changes.

use super::{expected, outcome};
use crate::format;
use domain::{Outcome, Standing};
use std::borrow::Cow;
use wire::staff::control_room::{Change, Freedom, Gains, RoutePhase, RouteRow, StopRow};

/// A vehicle's standing in a word: what is unknown about a vehicle is where it is.
pub fn vehicle_standing(row: &RouteRow) -> Cow<'static, str> {
    // Every promise is kept, and yet it is not where it should be.
    if let (RoutePhase::UnderWay, Standing::OnTime, Some(minutes @ 5..)) =
        (row.phase, row.standing, row.behind_min)
    {
        return format!("{} behind plan", format::minutes(minutes)).into();
    }
    let word = match (row.phase, row.standing) {
        (RoutePhase::OffRoad, _) => "Broken down",
        (RoutePhase::Finished, Standing::Done) => "Back",
        (RoutePhase::Published, Standing::OnTime) => "At the hub",
        (_, Standing::Unknown) => "Silent",
        (_, other) => expected(other),
    };
    word.into()
}

/// How a stop stands, in a word or two, on the map and in every list.
pub fn stop_state(stop: &StopRow) -> &'static str {
    match (stop.outcome, stop.arrived, stop.standing) {
        (Some(Outcome::Collected), _, Standing::Late) => "Collected late",
        (Some(Outcome::Exchanged), _, Standing::Late) => "Exchanged late",
        (Some(how), _, Standing::Late) if how.is_success() => "Delivered late",
        (Some(how), ..) if how.is_success() && !how.takes() => "Delivered",
        (Some(how), ..) => outcome(how),
        (None, Some(_), Standing::Late) => "At the door, late",
        (None, Some(_), _) => "At the door",
        (None, None, standing) => expected(standing),
    }
}

/// What is wrong with a route, in one sentence.
pub fn trouble(row: &RouteRow) -> String {
    let open = row.total - row.done;
    let behind = match row.behind_min {
        Some(minutes) if minutes >= 5 => format!(", {} behind the plan", format::minutes(minutes)),
        _ => String::new(),
    };
    match (row.phase, row.standing) {
        (RoutePhase::OffRoad, _) => {
            format!("Cannot drive on, with {} open.", format::counted(open, "stop", "stops"))
        }
        (RoutePhase::Finished, _) => match row.back_at {
            Some(at) => format!("Back at the hub since {}.", format::clock(at)),
            None => "Back at the hub.".to_owned(),
        },
        (_, Standing::Unknown) => {
            format!("Sends no position, with {} open.", format::counted(open, "stop", "stops"))
        }
        _ if row.late > 0 => {
            format!("{} will be late{behind}.", format::counted(row.late, "stop", "stops"))
        }
        _ if row.at_risk > 0 => format!("{} at risk{behind}.", format::counted(row.at_risk, "stop", "stops")),
        _ if row.off_shift => match row.back_at {
            Some(at) => format!("Back at {}, after the shift ends.", format::clock(at)),
            None => "Back after the shift ends.".to_owned(),
        },
        _ if row.failed > 0 => {
            format!(
                "{} failed; every open promise holds{behind}.",
                format::counted(row.failed, "attempt", "attempts")
            )
        }
        (RoutePhase::Published, Standing::AtRisk) => {
            "Should have left the hub; every promise holds so far.".to_owned()
        }
        (RoutePhase::Published, _) => "At the hub; every promise holds so far.".to_owned(),
        _ => format!("Every promise holds{behind}."),
    }
}

/// What can be done about it, in one sentence.
pub fn remedy(row: &RouteRow) -> &'static str {
    match (row.phase, row.standing) {
        (RoutePhase::OffRoad, _) => "Plan again: open stops that are not loaded can move to other vehicles.",
        (RoutePhase::Finished, _) => "Nothing more to do.",
        (_, Standing::Unknown) => "Reach the driver. The estimates rest on the last position.",
        _ if row.late > 0 || row.off_shift => "Plan again, or tell the recipients of the late stops.",
        _ if row.at_risk > 0 => "Watch it, or plan again to win time.",
        (RoutePhase::Published, Standing::AtRisk) => "Reach the driver.",
        _ if row.failed > 0 => "Agree on new windows under Exceptions.",
        _ => "Nothing to do.",
    }
}

/// How free a proposal is to change the plan.
pub fn freedom(freedom: Freedom) -> &'static str {
    match freedom {
        Freedom::Least => "Least change",
        Freedom::Balanced => "Balanced",
        Freedom::Free => "Free hand",
    }
}

/// What a proposal gains by changing so many stops, in one sentence.
pub fn gains(gains: &Gains, changes: i64) -> String {
    let mut parts = vec![format!("Changes {}", format::counted(changes, "stop", "stops"))];
    let promises = |count| format::counted(count, "promise", "promises");
    match (gains.promises_kept, gains.promises_lost) {
        (0, 0) => {}
        (kept, 0) => parts.push(format!("keeps {}", promises(kept))),
        (0, lost) => parts.push(format!("breaks {}", promises(lost))),
        (kept, lost) => parts.push(format!("keeps {}, breaks {}", promises(kept), format::count(lost))),
    }
    match gains.work_min_before - gains.work_min_after {
        0 => {}
        saved if saved > 0 => parts.push(format!("saves {}", format::minutes(saved))),
        more => parts.push(format!("takes {} more", format::minutes(-more))),
    }
    let longer = gains.overtime_min_after - gains.overtime_min_before;
    if longer > 0 {
        parts.push(format!("{} overtime", format::minutes(longer)));
    }
    parts.join(", ") + "."
}

/// What a vehicle on the road comes by the hub for.
pub fn fetches(orders: i64) -> String {
    format!("Fetches {}", format::counted(orders, "order", "orders"))
}

/// What a proposal does with one stop.
pub fn change(change: &Change) -> String {
    let eta = match change.eta_before {
        Some(before) => format!("{} → {}", format::clock(before), format::clock(change.eta_after)),
        None => format::clock(change.eta_after),
    };
    let place = match (&change.from, change.sequence_before) {
        (None, _) => format!("gets stop {} of {}", change.sequence_after, change.to),
        (Some(from), _) if *from != change.to => {
            format!("{from} → {}, stop {}", change.to, change.sequence_after)
        }
        (Some(_), Some(before)) => format!("{}, stop {before} → {}", change.to, change.sequence_after),
        (Some(_), None) => format!("{}, stop {}", change.to, change.sequence_after),
    };
    let fetched = if change.fetched { ", fetched at the hub" } else { "" };
    format!("{place}{fetched}, arrival {eta}, promised {}", format::window(change.window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::VehicleKind;

    fn row(standing: Standing, behind_min: i64) -> RouteRow {
        let id = "00000000-0000-0000-0000-000000000001";
        RouteRow {
            route: id.parse().unwrap(),
            vehicle: id.parse().unwrap(),
            label: "Van 07".to_owned(),
            kind: VehicleKind::DieselVan,
            driver: "D".to_owned(),
            standing,
            phase: RoutePhase::UnderWay,
            done: 3,
            failed: 0,
            late: 0,
            at_risk: 0,
            on_time: 3,
            total: 9,
            behind_min: Some(behind_min),
            back_at: None,
            off_shift: false,
        }
    }

    #[test]
    fn a_plan_says_which_promises_it_keeps_and_breaks() {
        let message = |promises_kept, promises_lost| {
            gains(&Gains { promises_kept, promises_lost, ..Gains::default() }, 1)
        };
        assert_eq!(message(0, 0), "Changes 1 stop.");
        assert_eq!(message(2, 0), "Changes 1 stop, keeps 2 promises.");
        assert_eq!(message(0, 1), "Changes 1 stop, breaks 1 promise.");
        assert_eq!(message(29, 10), "Changes 1 stop, keeps 29 promises, breaks 10.");
    }

    #[test]
    fn a_plan_that_keeps_drivers_longer_says_so() {
        let message = |before, after| {
            let (overtime_min_before, overtime_min_after) = (before, after);
            gains(&Gains { promises_kept: 2, overtime_min_before, overtime_min_after, ..Gains::default() }, 3)
        };
        assert_eq!(message(10, 10), "Changes 3 stops, keeps 2 promises.");
        assert_eq!(message(90, 10), "Changes 3 stops, keeps 2 promises.");
        assert_eq!(message(10, 55), "Changes 3 stops, keeps 2 promises, 45 min overtime.");
    }

    #[test]
    fn a_van_that_should_have_left_is_not_called_idle() {
        let waits = |standing| RouteRow { phase: RoutePhase::Published, ..row(standing, 0) };
        assert_eq!(trouble(&waits(Standing::OnTime)), "At the hub; every promise holds so far.");
        let late = waits(Standing::AtRisk);
        assert_eq!(trouble(&late), "Should have left the hub; every promise holds so far.");
        assert_eq!(remedy(&late), "Reach the driver.");
    }

    #[test]
    fn who_is_behind_the_plan_and_in_time_is_told_both() {
        let behind = row(Standing::OnTime, 43);
        assert_eq!(
            (vehicle_standing(&behind).as_ref(), trouble(&behind).as_str()),
            ("43 min behind plan", "Every promise holds, 43 min behind the plan.")
        );
        let punctual = row(Standing::OnTime, 4);
        assert_eq!(
            (vehicle_standing(&punctual).as_ref(), trouble(&punctual).as_str()),
            ("On time", "Every promise holds.")
        );
        let late = RouteRow { late: 2, ..row(Standing::Late, 43) };
        assert_eq!(
            (vehicle_standing(&late).as_ref(), trouble(&late).as_str()),
            ("Will be late", "2 stops will be late, 43 min behind the plan.")
        );
    }
}
