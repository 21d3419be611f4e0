//! The insertion query: where could this stop go, what would it cost, and who would be late for it?
//!
//! It changes nothing. The same question prices a delivery slot, places an urgent order and moves a stop by hand.

use crate::cost::Cost;
use crate::evaluation::{Evaluator, fitted_out};
use crate::model::{Halt, Problem, Solution, StopId, Stopover, VehicleId, VehicleSpec};
use crate::route::{Opening, Route};
use crate::schedule::{Schedule, schedule, timetable};

/// One place for a stop, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// In whose route.
    pub vehicle: VehicleId,
    /// As its how-manieth stop, counted from 0.
    pub position: usize,
    /// What the whole solution costs more than with the stop left out at no penalty.
    pub cost: Cost,
    /// By how many seconds the route takes longer, from leaving its start to its end; waiting that the stop fills is
    /// not counted twice.
    pub extra_seconds: i64,
    /// By how many seconds the vehicle drives longer.
    pub extra_driving: i64,
    /// When the vehicle arrives, in seconds since the origin.
    pub arrival: i64,
    /// When service begins.
    pub begin: i64,
    /// Who becomes late, or later, and by how many seconds more beyond the window: the stop itself and those after it,
    /// in order of service. Only where lateness is priced; hard windows are kept.
    pub extra_late: Vec<(StopId, i64)>,
    /// By how many seconds more the vehicle ends after its shift.
    pub extra_overtime: i64,
    /// By how many metres it drives farther, as far as that is known.
    pub extra_metres: i64,
    /// How many grams of CO2e more are emitted.
    pub extra_grams: i64,
    /// What the vehicle does between its stops then: its breaks may have moved, and it may reload once more.
    pub stopovers: Vec<Stopover>,
}

/// The `k` cheapest places for the stop, the cheapest first; of equals the lowest vehicle and position first.
///
/// Empty if it fits nowhere without breaking a hard limit, if the solution serves it already, or if the id is of
/// another problem. Its penalty does not count: whether it is worth it is the caller's question. An alternative can be
/// asked for while none of them is served; the ends of a shipment cannot, as one alone has no place.
#[must_use]
pub fn best_insertions(problem: &Problem, solution: &Solution, stop: StopId, k: usize) -> Vec<Insertion> {
    let solution = solution.sound(problem);
    let stands_in = problem.relations.alternatives_to(stop).and_then(|all| all.first()).unwrap_or(&stop);
    if solution.unserved.binary_search(stands_in).is_err() {
        return Vec::new();
    }
    if problem.wide {
        return wide_insertions(problem, &solution, stop, k);
    }
    let stops = solution.routes.into_iter().zip(problem.vehicle_ids());
    let routes: Vec<Route> = stops.map(|(stops, vehicle)| Route::of(problem, vehicle, stops)).collect();
    let mut best: Vec<(Cost, VehicleId, usize)> = Vec::new();
    for route in &routes {
        let bound = worst_of(&best, k);
        route.each_opening(problem, stop, bound, |Opening { extra, position }| {
            let place = (extra, route.vehicle, position);
            let rank = best.partition_point(|other| *other < place);
            if rank < k {
                best.insert(rank, place);
                best.truncate(k);
            }
            worst_of(&best, k)
        });
    }
    best.into_iter()
        .filter_map(|(cost, vehicle, position)| {
            consequences(problem, &routes[vehicle.index()], stop, position, cost)
        })
        .collect()
}

/// What a place must cost less than to be among the `k` best.
fn worst_of(best: &[(Cost, VehicleId, usize)], k: usize) -> Cost {
    best.last().filter(|_| best.len() == k).map_or(Cost::MAX, |(cost, ..)| *cost)
}

fn consequences(
    problem: &Problem,
    route: &Route,
    stop: StopId,
    position: usize,
    cost: Cost,
) -> Option<Insertion> {
    let before = schedule(problem, route.vehicle, &route.stops);
    let mut stops = route.stops.clone();
    stops.insert(position, stop);
    let after = schedule(problem, route.vehicle, &stops);
    let visit = after.visits.get(position)?;
    Some(Insertion {
        vehicle: route.vehicle,
        position,
        cost,
        extra_seconds: after.duration() - before.duration(),
        extra_driving: after.driving - before.driving,
        arrival: visit.arrival,
        begin: visit.begin,
        extra_late: later(&before, &after, position),
        extra_overtime: after.overtime - before.overtime,
        extra_metres: after.metres - before.metres,
        extra_grams: after.grams - before.grams,
        stopovers: Vec::new(),
    })
}

/// As [`best_insertions`], for problems whose routes have to be computed in full.
fn wide_insertions(problem: &Problem, solution: &Solution, stop: StopId, k: usize) -> Vec<Insertion> {
    let relations = &problem.relations;
    if relations.shipment_of(stop).is_some() {
        return Vec::new();
    }
    let of = |other: StopId| solution.place_of(other).map(|(vehicle, _)| vehicle);
    let apart: Vec<VehicleId> = relations.apart_from(stop).filter_map(of).collect();
    let together = relations.together_with(stop).and_then(|all| all.iter().find_map(|&other| of(other)));
    let mut best: Vec<(Cost, VehicleId, usize, Vec<Stopover>)> = Vec::new();
    for vehicle in problem.vehicle_ids() {
        let welcome = !apart.contains(&vehicle) && together.is_none_or(|with| with == vehicle);
        if !welcome || !problem.may_serve(vehicle, stop) {
            continue;
        }
        let mut evaluator = Evaluator::new(problem, vehicle);
        let stops = &solution.routes[vehicle.index()];
        let given = solution.stopovers.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
        evaluator.take(vehicle, stops, given);
        evaluator.fit_out();
        let before = evaluator.sums.score();
        for position in 0..=stops.len() {
            let mut with = stops.clone();
            with.insert(position, stop);
            for stopovers in with_room(problem.spec(vehicle), given, position, stops.len()) {
                evaluator.take(vehicle, &with, &stopovers);
                evaluator.fit_out();
                let after = evaluator.sums.score();
                if after.excess > before.excess {
                    continue;
                }
                let place = (after.cost - before.cost, vehicle, position, stopovers);
                let rank = best.partition_point(|other| *other < place);
                if rank < k {
                    best.insert(rank, place);
                    best.truncate(k);
                }
            }
        }
    }
    best.into_iter()
        .filter_map(|(cost, vehicle, position, stopovers)| {
            let mut after = solution.clone();
            after.routes[vehicle.index()].insert(position, stop);
            after.stopovers.resize(problem.vehicles.len(), Vec::new());
            after.stopovers[vehicle.index()] = stopovers;
            let after = fitted_out(problem, &after);
            let times = timetable(problem, &after, vehicle);
            let before = timetable(problem, &fitted_out(problem, solution), vehicle);
            let visit = times.visits.get(position)?;
            Some(Insertion {
                vehicle,
                position,
                cost,
                extra_seconds: times.duration() - before.duration(),
                extra_driving: times.driving - before.driving,
                arrival: visit.arrival,
                begin: visit.begin,
                extra_late: later(&before, &times, position),
                extra_overtime: times.overtime - before.overtime,
                extra_metres: times.metres - before.metres,
                extra_grams: times.grams - before.grams,
                stopovers: after.stopovers[vehicle.index()].clone(),
            })
        })
        .collect()
}

/// The ways to have a stop at that position: what is done there before it or behind it, and one reload more before it or
/// behind it.
pub(crate) fn with_room(
    spec: &VehicleSpec,
    given: &[Stopover],
    position: usize,
    stops: usize,
) -> Vec<Vec<Stopover>> {
    let moved = |stays: bool| -> Vec<Stopover> {
        let shift = |over: &Stopover| {
            let behind = over.before > position || (over.before == position && !stays);
            Stopover { before: over.before + usize::from(behind), ..*over }
        };
        given.iter().map(shift).collect()
    };
    let mut ways = vec![moved(false)];
    if given.iter().any(|over| over.before == position) {
        ways.push(moved(true));
    }
    let reload = |over: &Stopover| matches!(over.what, Halt::Reload(_));
    let used = given.iter().filter(|over| reload(over)).count();
    let here = given.iter().any(|over| over.before == position && reload(over));
    if let Some(reloads) = spec.reloads.as_ref().filter(|reloads| used < reloads.most) {
        for place in 0..reloads.places.len() {
            let mut add = |stays: bool, before: usize| {
                let mut way = moved(stays);
                way.push(Stopover { before, what: Halt::Reload(place) });
                way.sort_unstable();
                ways.push(way);
            };
            if (position > 0 || spec.under_way) && !here {
                add(false, position);
            }
            if position > 0 && position < stops {
                add(true, position + 1);
            }
        }
    }
    ways
}

fn later(before: &Schedule, after: &Schedule, position: usize) -> Vec<(StopId, i64)> {
    let was = |index: usize| {
        let old =
            if index < position { Some(index) } else { index.checked_sub(1).filter(|_| index > position) };
        old.and_then(|old| before.visits.get(old)).map_or(0, |visit| visit.late)
    };
    (after.visits.iter().enumerate())
        .map(|(index, visit)| (visit.stop, visit.late - was(index)))
        .filter(|(_, extra)| *extra > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use crate::{Lateness, ProblemBuilder};

    /// A hub, a vehicle and a route to 10 and 30.
    fn line() -> (ProblemBuilder, Vec<StopId>) {
        let mut builder = samples::line(&[]);
        let mut last = samples::stop(30);
        (last.window, last.lateness) = ((0, 40), Lateness::Priced { per_minute: 60 });
        let route = vec![builder.stop(samples::stop(10)), builder.stop(last)];
        (builder, route)
    }

    #[test]
    fn places_come_by_price_with_all_that_follows() {
        let (mut builder, route) = line();
        let (vehicle, last) = (VehicleId(0), route[1]);
        let mut stop = samples::stop(20);
        stop.service = 15;
        let stop = builder.stop(stop);
        let problem = builder.build().unwrap();
        let solution = Solution { routes: vec![route], unserved: vec![stop], ..Solution::default() };
        let insertion = |position, cost, seconds, driving, arrival, late: &[(StopId, i64)]| Insertion {
            vehicle,
            position,
            cost: Cost::units(cost),
            extra_seconds: seconds,
            extra_driving: driving,
            arrival,
            begin: arrival,
            extra_late: late.to_vec(),
            extra_overtime: 0,
            extra_metres: 0,
            extra_grams: 0,
            stopovers: Vec::new(),
        };
        // On the way back it is nobody's loss; on the way out the last stop is reached at 45 instead of 30.
        assert_eq!(
            best_insertions(&problem, &solution, stop, 9),
            [
                insertion(2, 15, 15, 0, 40, &[]),
                insertion(1, 20, 15, 0, 20, &[(last, 5)]),
                insertion(0, 60, 35, 20, 20, &[(last, 25)]),
            ]
        );
        assert_eq!(best_insertions(&problem, &solution, stop, 1).len(), 1);
        assert_eq!(best_insertions(&problem, &solution, stop, 0), []);
        assert_eq!(best_insertions(&problem, &solution, last, 9), []);
    }

    #[test]
    fn a_detour_that_is_a_short_cut_is_not_passed_over() {
        let mut builder = ProblemBuilder::new(1);
        // From 1 to 3 it is far, but not by way of 2.
        builder.matrix(4, vec![0, 60, 1, 9, 9, 0, 1, 100, 9, 1, 0, 1, 9, 9, 9, 0]);
        builder.vehicle(samples::vehicle());
        let mut late = samples::stop(3);
        (late.window, late.lateness) = ((0, 0), Lateness::Priced { per_minute: 60 });
        let route = vec![builder.stop(samples::stop(1)), builder.stop(late)];
        let stop = builder.stop(samples::stop(2));
        let problem = builder.build().unwrap();
        let solution = Solution { routes: vec![route], unserved: vec![stop], ..Solution::default() };
        let [best] = &best_insertions(&problem, &solution, stop, 1)[..] else { panic!("it fits") };
        assert_eq!((best.position, best.cost, best.extra_seconds), (1, Cost::units(-196), -98));
    }

    #[test]
    fn a_van_that_is_too_full_still_takes_what_weighs_nothing() {
        let (mut builder, mut route) = line();
        let mut heavy = samples::stop(10);
        heavy.demand = vec![1000];
        route.push(builder.stop(heavy));
        let mut letter = samples::stop(20);
        letter.demand = vec![0];
        let (letter, parcel) = (builder.stop(letter), builder.stop(samples::stop(20)));
        let problem = builder.build().unwrap();
        let solution =
            Solution { routes: vec![route], unserved: vec![letter, parcel], ..Solution::default() };
        assert_eq!(best_insertions(&problem, &solution, parcel, 9), []);
        assert_eq!(best_insertions(&problem, &solution, letter, 9).len(), 4);
    }
}
