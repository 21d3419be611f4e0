//! How far a vehicle comes, what it does not have, and what binds stops to each other.

use super::*;
use crate::model::{Battery, Break, Reloads, Shipment};

fn charging(range: i64, at_start: i64) -> VehicleSpec {
    let battery = Some(Battery { range, at_start, stations: vec![20], seconds_per_km: 3 });
    VehicleSpec { battery, ..samples::vehicle() }
}

const CHARGE: Halt = Halt::Charge(0);

#[test]
fn a_vehicle_charges_what_is_missing_and_comes_no_farther_than_its_range() {
    // 10 of 50 km are left at the station, so it stays 120 s; the 60 km from there are 10 too many.
    let report = alone(road(1000), charging(50_000, 30_000), vec![stop(40)], &[(0, CHARGE)]);
    assert_eq!(report.violations, [Violation::Range { vehicle: FIRST, metres: 10_000 }]);
    assert_eq!((report.duration, report.charging, report.distance), (200, 120, 80_000));
    assert_eq!(report.score().excess, 10_000);
    let again = alone(road(1000), charging(50_000, 30_000), vec![stop(40)], &[(0, CHARGE), (1, CHARGE)]);
    assert_eq!((again.charging, again.violations), (120 + 120, vec![]));
}

#[test]
fn what_is_driven_on_an_empty_battery_is_summed_over_the_stretches() {
    let report = alone(road(1000), charging(50_000, 15_000), vec![stop(40)], &[(0, CHARGE)]);
    assert_eq!(report.violations, [Violation::Range { vehicle: FIRST, metres: 5_000 + 10_000 }]);
    assert_eq!(report.charging, 165);
    let without = alone(road(1000), charging(50_000, 15_000), vec![stop(40)], &[]);
    assert_eq!(without.violations, [Violation::Range { vehicle: FIRST, metres: 65_000 }]);
}

#[test]
fn charging_takes_whole_seconds_and_nothing_if_nothing_is_missing() {
    // 20 m are missing, that is 0.06 s.
    assert_eq!(alone(road(1), charging(90, 90), vec![stop(40)], &[(0, CHARGE)]).charging, 1);
    assert_eq!(alone(road(0), charging(90, 90), vec![stop(40)], &[(0, CHARGE)]).charging, 0);
}

#[test]
fn a_drive_that_is_too_far_is_named() {
    let spec = |most| VehicleSpec { max_distance: Some(most), ..samples::vehicle() };
    assert_eq!(alone(road(7), spec(560), vec![stop(40)], &[]).violations, []);
    let report = alone(road(7), spec(500), vec![stop(40)], &[]);
    assert_eq!(report.violations, [Violation::Distance { vehicle: FIRST, metres: 60 }]);
    assert_eq!(report.score().excess, 60);
}

#[test]
fn each_reload_too_many_counts() {
    let reloads = Some(Reloads { places: vec![0, 5], service: 0, most: 1 });
    let spec = VehicleSpec { reloads, ..samples::vehicle() };
    let stopovers = [(1, Halt::Reload(0)), (1, Halt::Reload(1)), (2, Halt::Reload(1))];
    let report = alone(road(1), spec, vec![stop(10), stop(10)], &stopovers);
    assert_eq!(report.violations, [Violation::Reloads { vehicle: FIRST, over: 2 }]);
    assert_eq!((report.reloads, report.distance, report.score().excess), (3, 40, 2 * BROKEN));
}

#[test]
fn stopovers_that_the_vehicle_does_not_have_are_named_and_left_out() {
    let mut builder = road(1);
    let breaks = vec![Break { window: (0, 1_000), duration: 5 }];
    builder.vehicle(VehicleSpec { breaks, ..charging(1_000, 1_000) });
    let route = vec![builder.stop(stop(10))];
    let problem = builder.build().unwrap();
    let given = [(0, Halt::Break(1)), (1, Halt::Reload(0)), (0, Halt::Charge(1)), (2, Halt::Break(0))]
        .map(|(before, what)| Stopover { before, what });
    let beyond = Stopover { before: 0, what: Halt::Break(0) };
    let stopovers = vec![given.to_vec(), vec![beyond]];
    let report = check(&problem, &Solution { routes: vec![route], unserved: vec![], stopovers });
    let unknown = |vehicle, stopover| Violation::UnknownStopover { vehicle, stopover };
    let mut expected = vec![unknown(VehicleId(1), beyond)];
    expected.extend(given.map(|stopover| unknown(FIRST, stopover)));
    assert_eq!(report.violations, expected);
    assert_eq!((report.duration, report.breaks, report.score().excess), (20, 0, 5 * BROKEN));
}

#[test]
fn a_vehicle_that_is_not_used_halts_nowhere() {
    let breaks = vec![Break { window: (0, 1_000), duration: 5 }];
    let spec = VehicleSpec { breaks, fixed_cost: 9, ..samples::vehicle() };
    let report = alone(road(1), spec.clone(), vec![], &[(0, Halt::Break(0))]);
    assert_eq!(report, Report::default());
    let out =
        alone(road(1), VehicleSpec { under_way: true, start: 30, ..spec }, vec![], &[(0, Halt::Break(0))]);
    assert_eq!((out.duration, out.distance, out.cost), (35, 30, Cost::units(9 + 35)));
}

/// Four stops for two vehicles, of which some are bound to each other.
fn bound(bind: impl FnOnce(&mut ProblemBuilder, [StopId; 4])) -> Problem {
    let mut builder = samples::line(&[]);
    builder.vehicle(samples::vehicle());
    let stops = [1, 2, 3, 4].map(|place| builder.stop(StopSpec { unserved_penalty: 50, ..stop(place) }));
    bind(&mut builder, stops);
    builder.build().unwrap()
}

/// The judgement of two routes, where the others are named as unserved.
fn split(problem: &Problem, first: &[u32], second: &[u32]) -> Report {
    let routes = [first, second].map(|route| route.iter().copied().map(StopId).collect()).to_vec();
    let served = |stop: &StopId| first.contains(&stop.0) || second.contains(&stop.0);
    let unserved = problem.stop_ids().filter(|stop| !served(stop)).collect();
    check(problem, &Solution { routes, unserved, ..Solution::default() })
}

#[test]
fn a_shipment_is_served_whole_by_one_vehicle_and_in_order() {
    let problem = bound(|builder, [pickup, delivery, ..]| {
        builder.shipment(Shipment { pickup, delivery, amount: vec![1] });
    });
    for (first, second) in [(&[0, 2, 1][..], &[3][..]), (&[], &[0, 1]), (&[2], &[3])] {
        assert_eq!(split(&problem, first, second).violations, [], "{first:?} {second:?}");
    }
    for (first, second) in [(&[0, 2][..], &[3][..]), (&[2], &[1]), (&[0], &[1]), (&[1, 2, 0], &[3])] {
        let report = split(&problem, first, second);
        assert_eq!(report.violations, [Violation::Shipment { shipment: 0 }], "{first:?} {second:?}");
        assert_eq!(report.score().excess, BROKEN);
    }
    // Unserved, both ends are, each at its penalty.
    let report = split(&problem, &[2], &[3]);
    assert_eq!((report.unserved, report.cost), (2, Cost::units(6 + 8 + 50 + 50)));
}

#[test]
fn a_shipment_that_is_torn_apart_is_not_aboard() {
    let problem = bound(|builder, [pickup, delivery, ..]| {
        builder.shipment(Shipment { pickup, delivery, amount: vec![101] });
    });
    assert_eq!(split(&problem, &[1, 0], &[]).violations, [Violation::Shipment { shipment: 0 }]);
    assert_eq!(
        split(&problem, &[0, 1], &[]).violations,
        [Violation::Capacity { vehicle: FIRST, dimension: 0, over: 1 }]
    );
}

#[test]
fn one_of_alternatives_is_enough_and_more_are_too_many() {
    let problem = bound(|builder, [_, first, second, third]| {
        builder.alternatives(vec![second, first, third]);
    });
    let report = split(&problem, &[0, 1], &[]);
    assert_eq!((report.violations, report.unserved, report.cost), (vec![], 0, Cost::units(4)));
    let none = split(&problem, &[0], &[]);
    assert_eq!((none.violations, none.unserved, none.cost), (vec![], 1, Cost::units(2 + 50)));
    let all = split(&problem, &[0, 1], &[2, 3]);
    assert_eq!(all.violations, [Violation::Alternatives { group: 0, over: 2 }]);
    assert_eq!(all.score().excess, 2 * BROKEN);
}

#[test]
fn alternatives_are_forgotten_only_if_none_of_them_is_named() {
    let problem = bound(|builder, [_, first, second, third]| {
        builder.alternatives(vec![second, first, third]);
    });
    let named = |routes: Vec<Vec<StopId>>, unserved: Vec<StopId>| {
        let report = check(&problem, &Solution { routes, unserved, ..Solution::default() });
        (report.violations, report.unserved)
    };
    let zero = vec![vec![StopId(0)]];
    assert_eq!(named(zero.clone(), vec![]), (vec![Violation::Missing { stop: StopId(2) }], 1));
    assert_eq!(named(zero.clone(), vec![StopId(2)]), (vec![], 1));
    assert_eq!(named(zero.clone(), vec![StopId(3)]), (vec![], 1));
    assert_eq!(named(vec![vec![StopId(0), StopId(3)]], vec![]), (vec![], 0));
    assert_eq!(named(zero, vec![StopId(3); 2]), (vec![Violation::Twice { stop: StopId(3) }], 1));
    assert!(check(&problem, &Solution::nothing_served(&problem)).is_feasible());
}

#[test]
fn a_group_together_is_served_by_one_vehicle() {
    let problem = bound(|builder, [first, second, third, _]| {
        builder.together(vec![first, second, third]);
    });
    assert_eq!(split(&problem, &[3], &[0, 2]).violations, []);
    let report = split(&problem, &[0, 1], &[2]);
    assert_eq!(report.violations, [Violation::Together { group: 0, over: 1 }]);
    assert_eq!(report.score().excess, BROKEN);
}

#[test]
fn of_a_group_apart_no_vehicle_serves_two() {
    let problem = bound(|builder, [first, second, third, fourth]| {
        builder.apart(vec![first, second, third, fourth]);
        builder.apart(vec![first, fourth]);
    });
    assert_eq!(split(&problem, &[0], &[3]).violations, []);
    let apart = |vehicle, group, over| Violation::Apart { vehicle, group, over };
    assert_eq!(split(&problem, &[0, 1], &[2, 3]).violations, [apart(FIRST, 0, 1), apart(VehicleId(1), 0, 1)]);
    let all = split(&problem, &[], &[0, 1, 2, 3]);
    assert_eq!(all.violations, [apart(VehicleId(1), 0, 3), apart(VehicleId(1), 1, 1)]);
    assert_eq!(all.score().excess, 4 * BROKEN);
}
