//! Whether each stop is named as it should be, and whether what binds stops to each other holds.

use std::collections::BTreeMap;

use super::Report;
use super::violation::Violation;
use crate::cost::Cost;
use crate::model::{Problem, Solution, StopId, VehicleId};

/// Which route serves a stop, and as its how-manieth.
type Served = Option<(usize, usize)>;

/// Counts how often each stop is named and what of all is left out, and compares what is served with what binds it.
pub(super) fn count_visits(problem: &Problem, solution: &Solution, report: &mut Report) {
    let mut named = vec![false; problem.stop_ids().len()];
    let mut served: Vec<Served> = vec![None; named.len()];
    let in_routes = solution.routes.iter().enumerate().flat_map(|(route, stops)| {
        stops.iter().enumerate().map(move |(position, &stop)| (stop, Some((route, position))))
    });
    for (stop, place) in in_routes.chain(solution.unserved.iter().map(|&stop| (stop, None))) {
        let Some(named) = named.get_mut(stop.index()) else {
            report.violations.push(Violation::UnknownStop { stop });
            continue;
        };
        if *named {
            report.violations.push(Violation::Twice { stop });
        }
        *named = true;
        served[stop.index()] = served[stop.index()].or(place);
    }
    let mut bound = vec![false; named.len()];
    for stop in problem.relations().alternatives().iter().flatten() {
        bound[stop.index()] = true;
    }
    let alone = problem.stop_ids().filter(|stop| !bound[stop.index()]).map(|stop| vec![stop]);
    let mut one_of_each: Vec<Vec<StopId>> =
        alone.chain(problem.relations().alternatives().iter().cloned()).collect();
    one_of_each.sort_by_key(|stops| stops.first().copied());
    for stops in one_of_each {
        let Some((&first, spec)) = stops.first().and_then(|first| Some((first, problem.stop(*first)?)))
        else {
            continue;
        };
        if !stops.iter().any(|stop| named[stop.index()]) {
            report.violations.push(Violation::Missing { stop: first });
        }
        if stops.iter().all(|stop| served[stop.index()].is_none()) {
            report.unserved += 1;
            report.cost += Cost::units(spec.unserved_penalty);
        }
    }
    compare(problem, &served, report);
}

fn compare(problem: &Problem, served: &[Served], report: &mut Report) {
    let relations = problem.relations();
    let place = |stop: StopId| served.get(stop.index()).copied().flatten();
    for (index, shipment) in relations.shipments().iter().enumerate() {
        let whole = match (place(shipment.pickup), place(shipment.delivery)) {
            (None, None) => true,
            (Some((route, from)), Some((other, to))) => route == other && from < to,
            _ => false,
        };
        if !whole {
            report.violations.push(Violation::Shipment { shipment: index });
        }
    }
    for (group, stops) in relations.alternatives().iter().enumerate() {
        let over = too_many(stops.iter().filter(|stop| place(**stop).is_some()).count());
        if over > 0 {
            report.violations.push(Violation::Alternatives { group, over });
        }
    }
    // How many stops of a group each route has.
    let by_route = |stops: &[StopId]| {
        let mut routes: BTreeMap<usize, usize> = BTreeMap::new();
        for (route, _) in stops.iter().filter_map(|&stop| place(stop)) {
            *routes.entry(route).or_default() += 1;
        }
        routes
    };
    for (group, stops) in relations.together().iter().enumerate() {
        let over = too_many(by_route(stops).len());
        if over > 0 {
            report.violations.push(Violation::Together { group, over });
        }
    }
    for (group, stops) in relations.apart().iter().enumerate() {
        for (route, count) in by_route(stops) {
            let (vehicle, over) = (vehicle_of(route), too_many(count));
            if over > 0 {
                report.violations.push(Violation::Apart { vehicle, group, over });
            }
        }
    }
}

/// How many more than one.
fn too_many(count: usize) -> i64 {
    i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX)
}

/// Whose route that would be.
pub(super) fn vehicle_of(route: usize) -> VehicleId {
    VehicleId(u32::try_from(route).unwrap_or(u32::MAX))
}
