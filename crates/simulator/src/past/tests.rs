//! A day of the past: its plan, both ways of playing it, and what is written down.

use super::plan::{self, Times};
use super::{play, record};
use crate::driver::Driver;
use crate::phone::Phone;
use crate::scenario::{Scenario, Size};
use crate::streets::Streets;
use crate::testing::{StraightStreets, ordinary};
use crate::truth::Truth;
use crate::world::World;
use anyhow::Result;
use chrono::Duration;
use roads::{LatLon, Profile, Wall};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wire::driver::{Deed, DriverRoute, Report};
use wire::history::HistoryRecord;

impl Times for StraightStreets {
    fn between(&self, places: &[LatLon], _: Profile, _: Wall) -> Result<Vec<Option<u32>>> {
        Ok(places.iter().flat_map(|from| self.seconds_to(*from, places)).collect())
    }
}

fn day() -> Scenario {
    let mut day = ordinary(3, Size { vans: 8, orders: 120, late_orders: 10, first_order: 1 }, 2_000);
    for order in day.orders.iter_mut().filter(|order| order.says.at.is_none()) {
        let door = order.behind.door;
        order.says.at = Some(wire::Point { lat: door.lat, lon: door.lon });
    }
    day
}

#[test]
fn a_plan_serves_nearly_all_within_their_windows_and_is_the_same_again() {
    let day = day();
    let rounds = plan::plan(&day, &StraightStreets).unwrap();
    assert_eq!(rounds, plan::plan(&day, &StraightStreets).unwrap());
    let served: Vec<usize> =
        rounds.iter().flat_map(|round| round.stops.iter().map(|stop| stop.order)).collect();
    assert_eq!(served.len(), served.iter().collect::<HashSet<_>>().len(), "nobody is served twice");
    assert!(served.len() >= 110, "{} of {} are served", served.len(), day.orders.len());
    let late = rounds
        .iter()
        .flat_map(|round| &round.stops)
        .filter(|stop| day.orders[stop.order].says.window_until + Duration::minutes(10) < stop.arrival);
    assert_eq!(late.count(), 0);
    let before_it_came = rounds.iter().flat_map(|round| round.stops.iter().map(move |stop| (round, stop)));
    let unknown = before_it_came
        .filter(|(round, stop)| day.orders[stop.order].placed_at.is_some_and(|at| at > round.planned_at));
    assert_eq!(unknown.count(), 0, "what is placed later is planned later");
}

/// What a driver reports who is looked after every second and told the round every half a minute, as by a server: what is done
/// is left out, and what has left the hub is aboard.
fn looked_after(
    scenario: &Scenario,
    world: &Arc<World>,
    (index, van): (usize, usize),
    routes: &[DriverRoute],
) -> Vec<Report> {
    let (_, vans) = World::of(scenario, Arc::new(StraightStreets), Truth::default());
    let truth = vans[van].clone();
    let reception = Arc::clone(&world.town().reception);
    let mut phone =
        Phone::new(world.draws(), index, &truth.label, String::new(), 1.0, &world.shares().phones, reception);
    let since = scenario.day.after(Duration::hours(-1));
    let mut driver = Driver::new(Arc::clone(world), truth, since);
    let mut told = routes.to_vec();
    for second in 0..18 * 3_600 {
        let now = since + Duration::seconds(second);
        driver.live_until(now, &mut phone);
        if second % 30 != 0 {
            continue;
        }
        let reports = phone.queued_reports();
        let ended: HashSet<_> = reports
            .iter()
            .filter_map(|report| match &report.what {
                Deed::Delivered { stop, .. } | Deed::Collected { stop, .. } | Deed::Failed { stop, .. } => {
                    Some(*stop)
                }
                _ => None,
            })
            .collect();
        let back =
            |route: &DriverRoute| reports.iter().any(|r| r.what == Deed::Returned { route: route.route });
        let Some(route) = told.iter_mut().find(|route| !back(route)) else { continue };
        let left = phone.has_departed(route.route);
        route.stops.retain(|stop| !ended.contains(&stop.stop));
        route.stops.iter_mut().for_each(|stop| stop.aboard = left && stop.service.brings());
        driver.hear(route.clone(), &mut phone);
    }
    phone.queued_reports()
}

#[test]
fn the_day_is_the_same_however_it_is_played() {
    let day = day();
    let rounds = plan::plan(&day, &StraightStreets).unwrap();
    let (mut tried, mut fast_s, mut slow_s) = (0, 0.0, 0.0);
    for van in 0..day.vehicles.len() {
        let world = || Arc::new(World::of(&day, Arc::new(StraightStreets), Truth::default()).0);
        let (one, other) = (world(), world());
        let mut own: Vec<_> = rounds.iter().enumerate().filter(|(_, round)| round.van == van).collect();
        own.sort_by_key(|(_, round)| round.start);
        let routes: Vec<DriverRoute> =
            own.iter().map(|(nth, round)| play::route_of(&day, &one, *nth, round)).collect();
        let (_, vans) = World::of(&day, Arc::new(StraightStreets), Truth::default());
        let fast: Vec<Report> = play::drive(&day, &one, (van, &vans[van]), routes.clone())
            .into_iter()
            .flat_map(|(_, reports, _)| reports)
            .collect();
        let slow = looked_after(&day, &other, (van, van), &routes);
        let outcomes = |reports: &[Report]| -> HashMap<String, (wire::Outcome, wire::Instant)> {
            reports
                .iter()
                .filter_map(|report| match &report.what {
                    Deed::Delivered { stop, outcome, .. }
                    | Deed::Collected { stop, outcome, .. }
                    | Deed::Failed { stop, outcome, .. } => Some((stop.to_string(), (*outcome, report.at))),
                    _ => None,
                })
                .collect()
        };
        let (fast, slow) = (outcomes(&fast), outcomes(&slow));
        assert_eq!(fast.len(), slow.len(), "vehicle {van}");
        for (stop, (outcome, at)) in &fast {
            let (same, then) = slow[stop];
            assert_eq!(*outcome, same, "vehicle {van}, stop {stop}");
            let opens = day.day.after(Duration::zero());
            fast_s += (*at - opens).as_seconds_f64();
            slow_s += (then - opens).as_seconds_f64();
            tried += 1;
        }
    }
    assert!(tried > 90, "only {tried} were tried");
    assert!((fast_s - slow_s).abs() < 0.01 * fast_s, "{fast_s} s and {slow_s} s");
}

#[test]
fn what_is_written_down_can_have_been() {
    let day = day();
    let planned = plan::plan(&day, &StraightStreets).unwrap();
    let (world, vans) = World::of(&day, Arc::new(StraightStreets), Truth::default());
    let played = play::play(&day, &Arc::new(world), &vans, &planned);
    let records = record::records(&day, &planned, &played, true);
    let mut rounds = HashMap::new();
    let (mut orders, mut told, mut fixes) = (0, 0, 0);
    for record in &records {
        if let HistoryRecord::Route(route) = record {
            assert!(route.departed_at <= route.finished_at, "{route:?}");
            assert!(rounds.insert(route.key.clone(), route.clone()).is_none(), "keys are unique");
        }
    }
    for record in records {
        match record {
            HistoryRecord::Order(order) => {
                orders += 1;
                let mut last = order.placed_at;
                for attempt in &order.attempts {
                    let round = &rounds[&attempt.route];
                    let arrived = attempt.arrived_at.unwrap_or(attempt.ended_at);
                    assert!(last <= arrived && arrived <= attempt.ended_at, "{order:?}");
                    assert!(
                        round.departed_at <= arrived && attempt.ended_at <= round.finished_at,
                        "{order:?}"
                    );
                    last = attempt.ended_at;
                    told += attempt.estimates.len();
                    assert!(attempt.estimates.iter().all(|said| said.made_at < arrived), "{order:?}");
                }
            }
            HistoryRecord::Positions(positions) => fixes += positions.fixes.len(),
            HistoryRecord::Route(_) => {}
        }
    }
    assert!(
        orders > 90 && told > 3 * orders && fixes > 200,
        "{orders} orders, {told} estimates, {fixes} positions"
    );
}
