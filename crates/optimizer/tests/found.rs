//! What fuzzing has found, each as small as it gets. That the search and the judge agree is asserted in `solve`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use optimizer::check::check;
use optimizer::{Lateness, ProblemBuilder, Settings, Shipment, Stop, StopId, StopSpec, VehicleSpec, solve};

/// Three places, a minute from each other.
fn triangle() -> ProblemBuilder {
    let mut builder = ProblemBuilder::new(0);
    builder.matrix(3, vec![0, 60, 60, 60, 0, 60, 60, 60, 0]);
    builder
}

fn stop(place: usize) -> StopSpec {
    StopSpec { place, unserved_penalty: 1000, ..StopSpec::default() }
}

const AT_ONCE: Stop<'_> = Stop { time: None, iterations: Some(200), cancel: None };

#[test]
fn a_shipment_whose_ends_may_not_ride_together_is_left_out() {
    let mut builder = triangle();
    builder.vehicle(VehicleSpec::default());
    let ends: Vec<StopId> = [1, 2, 2].into_iter().map(|place| builder.stop(stop(place))).collect();
    builder.shipment(Shipment { pickup: ends[0], delivery: ends[1], amount: Vec::new() });
    builder.apart(ends[..2].to_vec());
    let problem = builder.build().unwrap();
    let found = solve(&problem, &AT_ONCE, &Settings::default());
    assert_eq!(check(&problem, &found.solution).violations, []);
    assert_eq!(found.solution.unserved, ends[..2]);
}

#[test]
fn a_lateness_that_costs_more_than_can_be_counted_is_not_held_against_the_rest() {
    let mut builder = triangle();
    let per_minute = optimizer::LIMITS.price;
    let shift = (optimizer::LIMITS.time, optimizer::LIMITS.time);
    builder.vehicle(VehicleSpec {
        under_way: true,
        shift,
        overtime: Lateness::Priced { per_minute },
        ..VehicleSpec::default()
    });
    builder.vehicle(VehicleSpec::default());
    let lateness = Lateness::Priced { per_minute };
    let late = builder.stop(StopSpec { lateness, ..stop(1) });
    let free = builder.stop(stop(2));
    let problem = builder.build().unwrap();
    let found = solve(&problem, &AT_ONCE, &Settings::default());
    assert_eq!(check(&problem, &found.solution).violations, []);
    assert!(found.solution.routes[1].contains(&late) && found.solution.place_of(free).is_some());
}
