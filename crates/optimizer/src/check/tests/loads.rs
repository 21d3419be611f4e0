//! What is aboard, and what that emits.

use super::*;
use crate::model::{Break, Emissions, Reloads, Shipment};

fn van(capacity: i64) -> VehicleSpec {
    let reloads = Some(Reloads { places: vec![0], service: 0, most: 5 });
    VehicleSpec { capacity: vec![capacity], reloads, ..samples::vehicle() }
}

/// A stop where so much is delivered and so much picked up.
fn changes(delivered: i64, picked_up: i64) -> StopSpec {
    StopSpec { demand: vec![delivered], pickup: vec![picked_up], ..stop(10) }
}

/// By how much the vehicle is over.
fn over(spec: VehicleSpec, stops: &[StopSpec], stopovers: &[(usize, Halt)]) -> i64 {
    let report = alone(samples::road(), spec, stops.to_vec(), stopovers);
    over_of(&report)
}

fn over_of(report: &Report) -> i64 {
    match report.violations[..] {
        [] => 0,
        [Violation::Capacity { vehicle: FIRST, dimension: 0, over }] => over,
        _ => panic!("{report:?}"),
    }
}

const RELOAD: Halt = Halt::Reload(0);

#[test]
fn a_vehicle_is_as_full_as_on_its_fullest_leg() {
    let (gives, takes) = (changes(6, 0), changes(4, 8));
    assert_eq!(over(van(10), &[gives.clone(), takes.clone()], &[]), 0);
    assert_eq!(over(van(10), &[takes, gives], &[]), 4);
}

#[test]
fn a_reload_ends_a_trip_and_what_was_picked_up_in_it() {
    let stops = [changes(4, 8), changes(0, 2), changes(9, 0)];
    assert_eq!(over(van(10), &stops, &[]), 13 - 4 + 8 + 2 - 10);
    assert_eq!(over(van(10), &stops, &[(2, RELOAD)]), 0);
    assert_eq!(over(van(10), &stops, &[(1, RELOAD)]), 1);
}

#[test]
fn what_is_aboard_stays_to_the_end_of_the_first_trip() {
    let spec = || VehicleSpec { aboard: vec![5], ..van(10) };
    let stops = [changes(5, 0), changes(10, 0)];
    assert_eq!(over(spec(), &stops, &[(1, RELOAD)]), 0);
    assert_eq!(over(spec(), &[changes(6, 0), changes(10, 0)], &[(1, RELOAD)]), 1);
    assert_eq!(over(spec(), &stops, &[]), 10);
    assert_eq!(over(VehicleSpec { aboard: vec![12], under_way: true, ..van(10) }, &[], &[]), 2);
}

#[test]
fn a_return_at_the_last_stop_counts_where_the_route_ends_there() {
    assert_eq!(over(VehicleSpec { end: None, ..van(10) }, &[changes(0, 12)], &[]), 2);
}

#[test]
fn each_dimension_counts_on_its_own() {
    let mut builder = ProblemBuilder::new(2);
    builder.matrix(1, vec![0]);
    builder.vehicle(VehicleSpec { capacity: vec![5, 5], ..samples::vehicle() });
    let both = |demand: [i64; 2], pickup: [i64; 2]| StopSpec {
        demand: demand.to_vec(),
        pickup: pickup.to_vec(),
        ..stop(0)
    };
    let route = [builder.stop(both([3, 3], [4, 0])), builder.stop(both([3, 1], [0, 9]))];
    let capacity = |dimension, over| Violation::Capacity { vehicle: FIRST, dimension, over };
    assert_eq!(judge(&builder.build().unwrap(), &route, &[]).violations, [capacity(0, 2), capacity(1, 4)]);
}

#[test]
fn a_shipment_is_aboard_between_its_ends_across_reloads() {
    let mut builder = samples::road();
    builder.vehicle(van(10));
    let [pickup, between, delivery, behind] =
        [changes(0, 0), changes(7, 0), changes(0, 0), changes(10, 0)].map(|stop| builder.stop(stop));
    builder.shipment(Shipment { pickup, delivery, amount: vec![4] });
    let problem = builder.build().unwrap();
    let over = |route: [StopId; 4], stopovers: &[(usize, Halt)]| over_of(&judge(&problem, &route, stopovers));
    assert_eq!(over([pickup, between, delivery, behind], &[(1, RELOAD), (3, RELOAD)]), 1);
    assert_eq!(over([pickup, delivery, between, behind], &[(2, RELOAD), (3, RELOAD)]), 0);
    assert_eq!(over([between, pickup, delivery, behind], &[(1, RELOAD), (3, RELOAD)]), 0);
    assert_eq!(over([between, pickup, delivery, behind], &[(1, RELOAD)]), 4);
}

#[test]
fn emissions_are_by_leg_and_by_what_is_aboard() {
    let emissions =
        Some(Emissions { grams_per_km: 200, grams_per_tonne_km: 50, weight: Some(0), cost_per_kg: 7 });
    let spec = |emissions| VehicleSpec { emissions, cost_per_hour: 0, ..van(1000) };
    // 10 km with half a tonne, 10 km with nothing.
    let report = alone(road(1000), spec(emissions), vec![changes(500, 0)], &[]);
    assert_eq!((report.distance, report.grams), (20_000, 2_250 + 2_000));
    assert_eq!(report.cost.in_parts(), 4_250 * 7 * 3600 / 1000);
    // Metres and kilograms: 30 m with 7 kg and 30 m with nothing are 12.0105 g.
    let small = alone(road(3), spec(emissions), vec![changes(7, 0)], &[]);
    assert_eq!((small.distance, small.grams), (60, 12));
    // 12,010,500 × 7 × 3600 / 10⁹ = 302.66
    assert_eq!(small.cost.in_parts(), 302);
    let without = emissions.map(|known| Emissions { weight: None, ..known });
    assert_eq!(alone(road(1000), spec(without), vec![changes(500, 0)], &[]).grams, 4_000);
    assert_eq!(alone(road(1000), spec(None), vec![changes(500, 0)], &[]).grams, 0);
}

#[test]
fn a_leg_with_a_break_is_as_heavy_as_without() {
    let emissions =
        Some(Emissions { grams_per_km: 0, grams_per_tonne_km: 50, weight: Some(0), cost_per_kg: 0 });
    let breaks = vec![Break { window: (0, 100), duration: 5 }];
    let spec = VehicleSpec { emissions, breaks, ..van(1000) };
    // The loads of both trips out, nothing back; from the reload with the break on the way.
    let stopovers = [(1, RELOAD), (1, Halt::Break(0))];
    let report = alone(road(1000), spec, vec![changes(400, 0), changes(1000, 0)], &stopovers);
    assert_eq!(report.violations, []);
    assert_eq!((report.distance, report.grams), (40_000, 200 + 500));
}

#[test]
fn grams_are_rounded_down_for_the_plan_and_money_for_each_route() {
    let mut builder = road(1);
    let emissions =
        Some(Emissions { grams_per_km: 70, grams_per_tonne_km: 0, weight: None, cost_per_kg: 250 });
    for _ in 0..2 {
        builder.vehicle(VehicleSpec { emissions, cost_per_hour: 0, ..van(10) });
    }
    let routes = [4, 4].map(|place| vec![builder.stop(stop(place))]).to_vec();
    let report = check(&builder.build().unwrap(), &Solution { routes, ..Solution::default() });
    // 8 m are 0.56 g and 504 parts, each.
    assert_eq!((report.grams, report.cost.in_parts()), (1, 2 * 504));
}

#[test]
fn a_kilometre_costs_its_price() {
    let spec = || VehicleSpec { cost_per_km: 7, cost_per_hour: 0, ..van(10) };
    assert_eq!(alone(road(1000), spec(), vec![stop(4)], &[]).cost, Cost::units(56));
    // 6 m × 7 × 18 / 5 = 151.2
    assert_eq!(alone(road(1), spec(), vec![stop(3)], &[]).cost.in_parts(), 151);
}
