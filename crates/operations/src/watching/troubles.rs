//! What of a watched day needs a person, and why it is over by itself.

use crate::{
    base::clock::new_id,
    day::{book::DayBook, standing::success},
    watching::expected::Estimate,
};
use chrono::TimeDelta;
use domain::{Exception, ExceptionId, ExceptionKind, ExceptionState, Instant, Route, RouteState, StopState};
use std::collections::HashMap;
use store::orders::Waiting;

/// A promise counts as missed once the estimate is this far beyond it: far more before its window is about to end, because
/// what is expected in hours is often otherwise by then. `cargo xtask bench estimates` has the curve.
const MISSED_MARGIN: TimeDelta = TimeDelta::minutes(2);
const MISSED_MARGIN_EARLY: TimeDelta = TimeDelta::minutes(12);
/// The same of a vehicle that is off the road: its estimate is a guess.
const MISSED_MARGIN_GUESSED: TimeDelta = TimeDelta::minutes(40);
/// A window is about to end for so long, which leaves time to mend what will miss it.
const ABOUT_TO_END: TimeDelta = TimeDelta::minutes(50);
/// A promise counts as saved once the estimate is this far inside it, so that an exception does not flicker.
const SAVED_MARGIN: TimeDelta = TimeDelta::minutes(3);

/// Every trouble of the day that has a cause now.
pub(crate) fn troubles(book: &DayBook, estimates: &[Estimate]) -> Vec<Exception> {
    let mut troubles = vec![];
    let blank = |kind, route: &Route| Exception {
        id: ExceptionId(new_id()),
        hub: book.hub.id,
        day: book.day,
        kind,
        order: None,
        stop: None,
        route: Some(route.id),
        vehicle: Some(route.vehicle),
        raised_at: book.now,
        save_by: None,
        state: ExceptionState::Open,
    };
    let by_route: HashMap<_, _> = estimates.iter().map(|e| (e.back.0, e)).collect();
    for route in book.routes.iter().filter(|r| !matches!(r.state, RouteState::Finished { .. })) {
        let e = by_route.get(&route.id);
        let etas: HashMap<_, _> = e.iter().flat_map(|e| &e.stops).copied().collect();
        for s in book.stops_of(route.id).iter().filter(|s| s.stop.state == StopState::Pending) {
            let is_cut_off = e.is_some_and(|e| e.cut_off.contains(&s.stop.id));
            if is_cut_off {
                troubles.push(Exception {
                    order: Some(s.stop.order),
                    stop: Some(s.stop.id),
                    save_by: Some(s.window.until()),
                    ..blank(ExceptionKind::CutOff, route)
                });
            }
            let until = s.window.until();
            let margin = missed_margin(until - book.now, e.is_none_or(|e| e.known));
            let late = book.now > until || etas.get(&s.stop.id).is_some_and(|eta| *eta > until + margin);
            // What cannot be reached is late because of that.
            if late && !is_cut_off {
                troubles.push(Exception {
                    order: Some(s.stop.order),
                    stop: Some(s.stop.id),
                    save_by: Some(s.window.until()),
                    ..blank(ExceptionKind::Late, route)
                });
            }
        }
        if e.is_some_and(|e| e.known && e.back.1 > route.shift_until) {
            let save_by = Some(route.shift_until);
            troubles.push(Exception { save_by, ..blank(ExceptionKind::OffShift, route) });
        }
        if book.is_silent(route) {
            troubles.push(blank(ExceptionKind::Silent, route));
        }
        if book.starts_late(route) {
            // The first promise that it will break.
            let open = book.stops_of(route.id).iter().filter(|s| s.stop.state.is_open());
            let save_by = open.map(|s| s.window.until()).min();
            troubles.push(Exception { save_by, ..blank(ExceptionKind::LateStart, route) });
        }
    }
    troubles
}

/// How far beyond a window that ends in so long an estimate has to be, which is `known` or a guess.
fn missed_margin(left: TimeDelta, known: bool) -> TimeDelta {
    match (left <= ABOUT_TO_END, known) {
        (true, _) => MISSED_MARGIN,
        (false, true) => MISSED_MARGIN_EARLY,
        (false, false) => MISSED_MARGIN_GUESSED,
    }
}

/// An order that the day's plan has no place for.
pub(crate) fn unplanned(book: &DayBook, order: &Waiting, now: Instant) -> Exception {
    Exception {
        id: ExceptionId(new_id()),
        hub: book.hub.id,
        day: book.day,
        kind: ExceptionKind::Unplanned,
        order: Some(order.id),
        stop: None,
        route: None,
        vehicle: None,
        raised_at: now,
        save_by: Some(order.until),
        state: ExceptionState::Open,
    }
}

/// Whether two are about the same trouble of the same thing.
pub(crate) fn same_subject(a: &Exception, b: &Exception) -> bool {
    a.kind == b.kind && a.stop == b.stop && a.order == b.order && a.route == b.route && a.vehicle == b.vehicle
}

/// Why an exception is over by itself, if it is.
pub(crate) fn settled(
    e: &Exception,
    book: &DayBook,
    estimates: &[Estimate],
    waiting: &[Waiting],
) -> Option<&'static str> {
    let route = e.route.and_then(|id| book.routes.iter().find(|r| r.id == id));
    let of_a_route =
        matches!(e.kind, ExceptionKind::OffShift | ExceptionKind::Silent | ExceptionKind::LateStart);
    if of_a_route && route.is_none() && e.day < book.day {
        // What is still out is part of the next day too.
        return Some("Its day is over");
    }
    match e.kind {
        ExceptionKind::Late => {
            let stop = book.stops.iter().find(|s| Some(s.stop.id) == e.stop);
            match stop.map(|s| (&s.stop.state, s)) {
                None => Some("The stop left the plan"),
                Some((StopState::Done { outcome, .. }, _)) if outcome.is_success() => Some(success(*outcome)),
                Some((StopState::Done { .. }, _)) => Some("Attempted"),
                Some((StopState::Pending, s)) => {
                    let eta = estimates.iter().flat_map(|e| &e.stops).find(|(id, _)| *id == s.stop.id)?.1;
                    (eta + SAVED_MARGIN <= s.window.until()).then_some("Back within its window")
                }
                Some(_) => None,
            }
        }
        ExceptionKind::CutOff => {
            let stop = book.stops.iter().find(|s| Some(s.stop.id) == e.stop);
            match stop.map(|s| s.stop.state) {
                None => Some("The stop left the plan"),
                Some(StopState::Pending) => {
                    let still = estimates.iter().any(|x| x.cut_off.iter().any(|id| Some(*id) == e.stop));
                    (!still).then_some("Can be reached again")
                }
                Some(_) => Some("Reached all the same"),
            }
        }
        ExceptionKind::OffShift => {
            let route = route?;
            if matches!(route.state, RouteState::Finished { .. }) {
                return Some("Back at the hub");
            }
            let back = estimates.iter().find(|x| x.back.0 == route.id)?.back.1;
            (back + SAVED_MARGIN <= route.shift_until).then_some("Back within its shift")
        }
        ExceptionKind::Silent => (!book.is_silent(route?)).then_some("Reports again"),
        ExceptionKind::LateStart => {
            let route = route?;
            if route.state.departed_at().is_some() {
                return Some("Has left");
            }
            (!book.starts_late(route)).then_some("Need not have left yet")
        }
        ExceptionKind::Breakdown => {
            let vehicle = book.vehicles.get(&e.vehicle?)?;
            (vehicle.state == domain::VehicleState::Available).then_some("Drives again")
        }
        ExceptionKind::Unplanned => {
            waiting.iter().all(|w| Some(w.id) != e.order).then_some("No longer waits for a plan")
        }
        ExceptionKind::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_wants_more_evidence_the_farther_its_window_ends() {
        let margin = |left, known| missed_margin(TimeDelta::minutes(left), known).num_minutes();
        assert_eq!([margin(300, false), margin(300, true), margin(51, true)], [40, 12, 12]);
        assert_eq!([margin(50, true), margin(50, false), margin(-5, true)], [2, 2, 2]);
        assert!(
            SAVED_MARGIN > TimeDelta::zero(),
            "what is raised settles well inside its window, or it would flicker"
        );
    }
}
