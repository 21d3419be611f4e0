//! Routes computed by hand, a few for each rule.

mod bounds;
mod loads;
mod times;

use super::*;
use crate::model::{Halt, Stopover};
use crate::{MatrixId, ProblemBuilder, samples};

/// The line, with so many metres from place to place.
fn road(metres: usize) -> ProblemBuilder {
    let mut builder = samples::road();
    let all = 0..samples::PLACES;
    let cells = all.clone().flat_map(|from| all.clone().map(move |to| (from.abs_diff(to) * metres) as u32));
    builder.metres(MatrixId(0), cells.collect());
    builder
}

/// A stop of nothing at any time.
fn stop(place: usize) -> StopSpec {
    StopSpec { demand: vec![0], ..samples::stop(place) }
}

/// The judgement of one route with what is done before which of its stops.
fn judge(problem: &Problem, route: &[StopId], stopovers: &[(usize, Halt)]) -> Report {
    let stopovers = stopovers.iter().map(|&(before, what)| Stopover { before, what }).collect();
    let unserved = problem.stop_ids().filter(|stop| !route.contains(stop)).collect();
    check(problem, &Solution { routes: vec![route.to_vec()], unserved, stopovers: vec![stopovers] })
}

/// The judgement of one vehicle that serves these in turn.
fn alone(
    mut builder: ProblemBuilder,
    spec: VehicleSpec,
    stops: Vec<StopSpec>,
    stopovers: &[(usize, Halt)],
) -> Report {
    builder.vehicle(spec);
    let route: Vec<StopId> = stops.into_iter().map(|stop| builder.stop(stop)).collect();
    let report = judge(&builder.build().unwrap(), &route, stopovers);
    let parts =
        [report.driving, report.waiting, report.service, report.breaks, report.loading, report.charging];
    assert_eq!(report.duration, parts.iter().sum::<i64>());
    report
}

const FIRST: VehicleId = VehicleId(0);

#[test]
fn a_route_is_computed_by_hand() {
    let mut builder = samples::line(&[]);
    let mut first = samples::stop(10);
    (first.window, first.service) = ((100, 200), 7);
    let mut second = samples::stop(30);
    (second.window, second.lateness) = ((0, 100), Lateness::Priced { per_minute: 60 });
    let stops = vec![builder.stop(first), builder.stop(second)];
    let third = builder.stop(samples::stop(1));
    let problem = builder.build().unwrap();
    let report =
        check(&problem, &Solution { routes: vec![stops], unserved: vec![third], ..Solution::default() });
    // Leaves at 90, serves from 100 to 107, is at 127 where it should be by 100, and back at 157.
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.waiting, report.service), (67, 60, 0, 7));
    assert_eq!((report.late, report.late_stops, report.unserved), (27, 1, 1));
    assert_eq!(report.cost, Cost::units(67 + 27 + 1_000_000));
}

#[test]
fn every_broken_rule_is_named() {
    let mut builder = samples::line(&[]);
    let other = builder.vehicle(samples::vehicle());
    let mut short = samples::vehicle();
    (short.shift, short.capacity) = ((0, 50), vec![2]);
    let short = builder.vehicle(short);
    let mut tight = samples::stop(40);
    (tight.window, tight.demand, tight.only_vehicle) = ((0, 30), vec![3], Some(other));
    let tight = builder.stop(tight);
    let forgotten = builder.stop(samples::stop(1));
    let problem = builder.build().unwrap();
    let unknown = StopId(9);
    let solution = Solution {
        routes: vec![vec![unknown], Vec::new(), vec![tight], vec![tight]],
        unserved: Vec::new(),
        ..Solution::default()
    };
    assert_eq!(
        check(&problem, &solution).violations,
        [
            Violation::UnknownStop { stop: unknown },
            Violation::Twice { stop: tight },
            Violation::Missing { stop: forgotten },
            Violation::UnknownVehicle { route: 3 },
            Violation::Window { vehicle: short, stop: tight, seconds: 10 },
            Violation::Shift { vehicle: short, seconds: 30 },
            Violation::WrongVehicle { vehicle: short, stop: tight },
            Violation::Capacity { vehicle: short, dimension: 0, over: 1 },
        ]
    );
}

#[test]
fn a_way_that_does_not_exist_is_named() {
    let mut builder = crate::ProblemBuilder::new(1);
    builder.matrix(2, vec![0, u32::MAX, 5, 0]);
    let vehicle = builder.vehicle(samples::vehicle());
    let stop = builder.stop(samples::stop(1));
    let problem = builder.build().unwrap();
    let report =
        check(&problem, &Solution { routes: vec![vec![stop]], unserved: Vec::new(), ..Solution::default() });
    assert!(report.violations.contains(&Violation::Unreachable { vehicle, from: 0, to: 1 }), "{report:?}");
}
