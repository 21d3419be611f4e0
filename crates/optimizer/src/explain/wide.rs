//! Why a stop has no place in a route that has to be computed in full.

use super::{Obstacle, WayIn, who_may_not};
use crate::evaluation::Evaluator;
use crate::insert::with_room;
use crate::model::{Lateness, Problem, Solution, StopId, Stopover, VehicleId};
use crate::travel::UNREACHABLE;

/// The place in a vehicle's route that needs least for the stop, or for one of its alternatives, with how much that is.
pub(super) fn closest(
    problem: &Problem,
    solution: &Solution,
    vehicle: VehicleId,
    stop: StopId,
) -> Option<(i64, WayIn)> {
    let capacity = &problem.vehicle(vehicle)?.capacity;
    let own = [stop];
    let all = problem.relations.alternatives_to(stop).unwrap_or(&own);
    let ways = all.iter().flat_map(|&stop| ways_in(problem, solution, vehicle, stop));
    let weighed =
        ways.map(|way| (way.obstacles.iter().map(|obstacle| obstacle.weight(capacity)).sum::<i64>(), way));
    weighed.min_by_key(|(weight, way)| (*weight, way.stop, way.position))
}

/// Each place of the stop in the route, and what stands in its way.
fn ways_in(problem: &Problem, solution: &Solution, vehicle: VehicleId, stop: StopId) -> Vec<WayIn> {
    let route = &solution.routes[vehicle.index()];
    let given = solution.stopovers.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
    let shipment = problem.relations.shipment_of(stop);
    let new: Vec<StopId> = shipment.map_or(vec![stop], |shipment| vec![shipment.pickup, shipment.delivery]);
    let mut always: Vec<Obstacle> =
        new.iter().flat_map(|&stop| who_may_not(problem, vehicle, stop)).collect();
    always.extend(new.iter().flat_map(|&stop| company(problem, solution, vehicle, stop)));
    let before = Found::of(problem, vehicle, route, given);
    let mut ways = Vec::new();
    for position in 0..=route.len() {
        let mut with = route.clone();
        with.splice(position..position, new.iter().copied());
        let stopovers = with_room(problem.spec(vehicle), given, position, route.len());
        let least = stopovers.into_iter().map(|mut own| {
            if new.len() > 1 {
                own.iter_mut().filter(|over| over.before > position).for_each(|over| over.before += 1);
            }
            Found::of(problem, vehicle, &with, &own)
        });
        let least = least.map(|after| (after.beyond(&before, &new), after.cost));
        let capacity = &problem.spec(vehicle).capacity;
        let weight = |all: &[Obstacle]| all.iter().map(|obstacle| obstacle.weight(capacity)).sum::<i64>();
        let Some((found, cost)) = least.min_by_key(|(found, cost)| (weight(found), *cost)) else { continue };
        let mut obstacles = always.clone();
        obstacles.extend(found);
        if obstacles.is_empty() {
            let penalty = new.iter().map(|stop| problem.row(*stop).penalty).sum();
            obstacles.push(Obstacle::Price { cost: cost - before.cost, penalty });
        }
        ways.push(WayIn { stop, vehicle, position, obstacles });
    }
    ways
}

/// Who may not ride along, or has to.
fn company(problem: &Problem, solution: &Solution, vehicle: VehicleId, stop: StopId) -> Vec<Obstacle> {
    let relations = &problem.relations;
    let of = |other: StopId| solution.place_of(other).map(|(vehicle, _)| vehicle);
    let apart = relations.apart_from(stop).filter(|&other| other != stop && of(other) == Some(vehicle));
    let mut found: Vec<Obstacle> = apart.map(|from| Obstacle::Apart { from }).collect();
    let holder = relations.together_with(stop).and_then(|all| all.iter().find_map(|&other| of(other)));
    found.extend(holder.filter(|with| *with != vehicle).map(|with| Obstacle::Together { with }));
    found
}

/// What a route comes to, and how far it goes beyond its limits.
struct Found {
    cost: crate::Cost,
    /// By stop in order: how late it is, where it may not be late.
    late: Vec<(StopId, i64)>,
    shift: i64,
    rooms: Vec<i64>,
    duration: i64,
    distance: i64,
    range: i64,
    /// By break: how late it is; the whole route beyond its window if it is owed and not taken.
    breaks: Vec<i64>,
    not_aboard: usize,
    missing: bool,
}

impl Found {
    fn of(problem: &Problem, vehicle: VehicleId, route: &[StopId], stopovers: &[Stopover]) -> Self {
        let spec = problem.spec(vehicle);
        let mut evaluator = Evaluator::new(problem, vehicle);
        evaluator.take(vehicle, route, stopovers);
        evaluator.fit_out();
        let sums = &evaluator.sums;
        let points = &evaluator.points;
        let late = route.iter().zip(points).map(|(&stop, point)| {
            let row = problem.row(stop);
            (stop, if row.per_minute.is_none() { (point.begin - row.close).max(0) } else { 0 })
        });
        let dims = problem.capacity_dims();
        let over = |dim: usize| {
            let free =
                evaluator.rooms.iter().skip(dim).step_by(dims).map(|room| room.free.min(room.free_behind));
            (-free.min().unwrap_or(0)).max(0)
        };
        let breaks = spec.breaks.iter().enumerate().map(|(index, pause)| {
            let taken = points.iter().position(|point| point.halts.breaks >> index & 1 == 1);
            match taken {
                Some(position) => {
                    let left = position.checked_sub(1).map_or(sums.start, |before| points[before].depart);
                    (left - pause.window.1).max(0)
                }
                None if sums.start < pause.window.1 => (sums.end - pause.window.1).max(0),
                None => 0,
            }
        });
        let first_trip = route.iter().zip(points).take_while(|(_, point)| point.halts.reload == 0);
        let is_left = |stop: &StopId| spec.left_without(problem.stops[stop.index()].release);
        Self {
            cost: sums.score().cost,
            late: late.collect(),
            shift: if spec.overtime == Lateness::Hard { (sums.end - spec.shift.1).max(0) } else { 0 },
            rooms: (0..dims).map(over).collect(),
            duration: spec.max_duration.map_or(0, |most| (sums.end - sums.start - most).max(0)),
            distance: spec.max_distance.map_or(0, |most| (sums.metres - most).max(0)),
            range: sums.stranded,
            breaks: breaks.collect(),
            not_aboard: first_trip.filter(|(stop, _)| is_left(stop)).count(),
            missing: points.iter().any(|point| point.drive >= UNREACHABLE),
        }
    }

    /// What is worse than it was before these stops came in.
    fn beyond(&self, before: &Self, new: &[StopId]) -> Vec<Obstacle> {
        let mut all = Vec::new();
        if self.missing && !before.missing {
            return vec![Obstacle::NoWay];
        }
        if self.not_aboard > before.not_aboard {
            all.push(Obstacle::NotAboard);
        }
        for (dimension, (&over, &was)) in self.rooms.iter().zip(&before.rooms).enumerate() {
            if over > was {
                all.push(Obstacle::Room { dimension, over });
            }
        }
        let was =
            |stop: StopId| before.late.iter().find(|(other, _)| *other == stop).map_or(0, |(_, late)| *late);
        let own = self.late.iter().filter(|(stop, _)| new.contains(stop)).map(|(_, late)| *late).max();
        if let Some(seconds) = own.filter(|late| *late > 0) {
            all.push(Obstacle::Window { seconds });
        }
        let others = self.late.iter().filter(|(stop, late)| !new.contains(stop) && *late > was(*stop));
        if let Some(&(stop, seconds)) = others.max_by_key(|(stop, late)| (*late, *stop)) {
            all.push(Obstacle::Other { stop, seconds });
        }
        let more = |now: i64, was: i64| (now > was).then_some(now);
        all.extend(more(self.shift, before.shift).map(|seconds| Obstacle::Shift { seconds }));
        all.extend(more(self.duration, before.duration).map(|seconds| Obstacle::Duration { seconds }));
        all.extend(more(self.distance, before.distance).map(|metres| Obstacle::Distance { metres }));
        all.extend(more(self.range, before.range).map(|metres| Obstacle::Range { metres }));
        for (which, (&seconds, &was)) in self.breaks.iter().zip(&before.breaks).enumerate() {
            all.extend(more(seconds, was).map(|seconds| Obstacle::Break { which, seconds }));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Battery, Break, VehicleSpec};
    use crate::{ProblemBuilder, StopSpec, examine, samples};

    /// What stands in the way of the last stop with that vehicle, with the stops before it served in order.
    fn in_the_way(
        spec: VehicleSpec,
        stops: Vec<StopSpec>,
        bind: impl Fn(&mut ProblemBuilder, &[StopId]),
    ) -> Vec<Obstacle> {
        let mut builder = samples::road();
        let metres = (0..samples::PLACES)
            .flat_map(|from| (0..samples::PLACES).map(move |to| from.abs_diff(to) as u32 * 10));
        builder.metres(crate::MatrixId(0), metres.collect());
        builder.vehicle(spec);
        let ids: Vec<StopId> = stops.into_iter().map(|stop| builder.stop(stop)).collect();
        bind(&mut builder, &ids);
        let problem = builder.build().unwrap();
        let (last, served) = ids.split_last().unwrap();
        let plan = Solution { routes: vec![served.to_vec()], unserved: vec![*last], ..Solution::default() };
        let examination = examine(&problem, &plan, 1);
        examination.unserved[0].ways[0].obstacles.clone()
    }

    #[test]
    fn each_limit_of_a_route_is_named_with_what_it_lacks() {
        let stops = || vec![samples::stop(20), samples::stop(50)];
        let free = |_: &mut ProblemBuilder, _: &[StopId]| ();
        let long = VehicleSpec { max_duration: Some(90), ..samples::vehicle() };
        assert_eq!(in_the_way(long, stops(), free), [Obstacle::Duration { seconds: 10 }]);
        let far = VehicleSpec { max_distance: Some(940), ..samples::vehicle() };
        assert_eq!(in_the_way(far, stops(), free), [Obstacle::Distance { metres: 60 }]);
        let battery = Battery { range: 900, at_start: 900, stations: vec![], seconds_per_km: 0 };
        let electric = VehicleSpec { battery: Some(battery), ..samples::vehicle() };
        assert_eq!(in_the_way(electric, stops(), free), [Obstacle::Range { metres: 100 }]);
        // A service of a minute from 20 to 80 and no way to halt before 45.
        let pause = Break { window: (30, 45), duration: 40 };
        let tired =
            VehicleSpec { breaks: vec![pause], shift: (20, 1_000), under_way: true, ..samples::vehicle() };
        let slow = StopSpec { service: 60, window: (0, 25), place: 0, ..samples::stop(0) };
        let examination = in_the_way(tired, vec![slow], free);
        assert_eq!(examination, [Obstacle::Break { which: 0, seconds: 35 }]);
    }

    #[test]
    fn company_and_goods_that_are_not_aboard_are_named() {
        let stops = || vec![samples::stop(20), samples::stop(50)];
        let apart = |builder: &mut ProblemBuilder, ids: &[StopId]| builder.apart(ids.to_vec());
        assert_eq!(in_the_way(samples::vehicle(), stops(), apart), [Obstacle::Apart { from: StopId(0) }]);
        let out = VehicleSpec { under_way: true, ..samples::vehicle() };
        let late = vec![samples::stop(20), StopSpec { release: Some(7), ..samples::stop(50) }];
        assert_eq!(in_the_way(out, late, |_, _| ()), [Obstacle::NotAboard]);
    }
}
