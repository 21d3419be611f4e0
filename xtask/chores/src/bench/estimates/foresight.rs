//! What could be known: when a vehicle would be at a door for one who knows all that has happened until a moment, and what is
//! usual of everything after it.
//!
//! It tells apart stops that were late for a cause that was there in time from those whose cause came too late to be
//! announced. Not here: what the product said (`super::published`).

use chrono::TimeDelta;

use super::facts::{At, Span, Tour, Truth, Visit};

/// When the vehicle would be at the door of its visit number `which`, known at `now`; `approach_s` says how long looking,
/// parking and walking are expected to take.
pub fn foreseen(
    truth: &Truth,
    tour: &Tour,
    which: usize,
    now: At,
    approach_s: &dyn Fn(&Visit) -> f64,
) -> Option<At> {
    let mut free = leaves(tour, now)?;
    for (index, visit) in tour.visits.iter().enumerate() {
        let there = arrives(truth, tour, visit, free, now, approach_s(visit));
        if index == which {
            return Some(there);
        }
        free = if visit.ended <= now {
            visit.ended
        } else {
            (there.max(visit.window_from) + seconds(visit.usual_at_door_s)).max(now)
        };
    }
    None
}

fn leaves(tour: &Tour, now: At) -> Option<At> {
    let (left, planned) = tour.departed?;
    let is_known = left <= now || tour.no_start.is_some_and(|span| span.from <= now);
    Some(if is_known { left } else { planned.max(now) })
}

fn arrives(truth: &Truth, tour: &Tour, visit: &Visit, free: At, now: At, approach_s: f64) -> At {
    if visit.arrived <= now {
        return visit.arrived;
    }
    let is_under_way = visit.set_off <= now;
    let began = if is_under_way { visit.set_off } else { free };
    let during = |span: &&Span| span.from <= now && span.until > visit.set_off && span.from < visit.arrived;
    let incident_s = if truth.incidents.iter().any(|span| during(&span)) { visit.incident_s } else { 0.0 };
    let weather_s = if truth.weather.iter().any(|span| during(&span)) { visit.weather_s } else { 0.0 };
    // How long a vehicle that stands will stand is counted as known: it is the cause that is there.
    let stands = tour.breakdowns.iter().any(|span| during(&span));
    let lost_s = if stands { visit.stood_s } else { 0.0 } + if is_under_way { visit.turned_s } else { 0.0 };
    let way_s = visit.back_s + visit.usual_drive_s + weather_s + incident_s + approach_s;
    (began + seconds(lost_s + way_s)).max(now)
}

fn seconds(s: f64) -> TimeDelta {
    TimeDelta::milliseconds((s * 1_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> At {
        format!("2026-06-15T{clock}:00Z").parse().unwrap()
    }

    fn visit(stop: &str, set_off: &str, arrived: &str, ended: &str) -> Visit {
        Visit {
            vehicle: "Van 01".into(),
            kind: "diesel_van".into(),
            stop: stop.into(),
            area: "town".into(),
            window_from: at("06:00"),
            window_until: at("09:00"),
            set_off: at(set_off),
            back_s: 0.0,
            turned_s: 0.0,
            usual_drive_s: 480.0,
            weather_s: 0.0,
            incident_s: 0.0,
            stood_s: 0.0,
            search_s: 0.0,
            walk_s: 0.0,
            usual_approach_s: 120.0,
            arrived: at(arrived),
            usual_at_door_s: 300.0,
            ended: at(ended),
        }
    }

    fn day() -> Truth {
        let tour = Tour {
            departed: Some((at("07:00"), at("07:00"))),
            visits: vec![
                visit("a", "07:00", "07:10", "07:15"),
                visit("b", "07:15", "08:25", "08:30"),
                visit("c", "08:30", "09:20", "09:25"),
            ],
            ..Tour::default()
        };
        Truth { tours: [("Van 01".to_owned(), tour)].into(), whole: true, ..Truth::default() }
    }

    fn known(truth: &Truth, which: usize, now: &str) -> At {
        foreseen(truth, &truth.tours["Van 01"], which, at(now), &|visit| visit.usual_approach_s).unwrap()
    }

    #[test]
    fn what_has_happened_counts_as_it_was_and_the_rest_as_usual() {
        let truth = day();
        assert_eq!(known(&truth, 0, "06:00"), at("07:10"));
        assert_eq!(known(&truth, 2, "06:00"), at("07:40"), "three ways of ten minutes, two doors of five");
        assert_eq!(known(&truth, 2, "07:20"), at("07:40"), "under way, and nothing has gone wrong yet");
        assert_eq!(known(&truth, 2, "08:00"), at("08:15"), "no sooner than now");
        assert_eq!(known(&truth, 2, "08:40"), at("08:40"));
        assert_eq!(known(&truth, 2, "10:00"), at("09:20"));
    }

    #[test]
    fn a_breakdown_is_known_once_it_has_begun() {
        let mut truth = day();
        let tour = truth.tours.get_mut("Van 01").unwrap();
        tour.breakdowns.push(Span { from: at("07:20"), until: at("08:20") });
        tour.visits[1].stood_s = 3_600.0;
        assert_eq!(known(&truth, 2, "07:19"), at("07:40"));
        assert_eq!(known(&truth, 2, "07:21"), at("08:40"));
    }

    #[test]
    fn an_incident_is_known_once_it_has_begun() {
        let mut truth = day();
        truth.tours.get_mut("Van 01").unwrap().visits[2].incident_s = 1_200.0;
        truth.incidents.push(Span { from: at("08:10"), until: at("09:30") });
        assert_eq!(known(&truth, 2, "08:09"), at("08:24"), "b is overdue, then its door and a usual way");
        assert_eq!(known(&truth, 2, "08:10"), at("08:45"));
    }

    #[test]
    fn one_who_does_not_start_is_known_to_leave_later() {
        let mut truth = day();
        let tour = truth.tours.get_mut("Van 01").unwrap();
        tour.departed = Some((at("08:30"), at("07:00")));
        tour.visits = vec![visit("a", "08:30", "08:40", "08:45")];
        assert_eq!(known(&truth, 0, "06:50"), at("07:10"));
        let tour = truth.tours.get_mut("Van 01").unwrap();
        tour.no_start = Some(Span { from: at("07:01"), until: at("08:30") });
        assert_eq!(known(&truth, 0, "07:02"), at("08:40"));
    }
}
