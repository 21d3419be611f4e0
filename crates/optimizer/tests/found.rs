//! What fuzzing has found, each as small as it gets. That the search and the checker agree is asserted in `solve`.

use std::sync::atomic::AtomicBool;

use optimizer::check::check;
use optimizer::{
    Break, ChangePrices, Halt, Lateness, ProblemBuilder, Settings, Shipment, Solution, StopId, StopRule,
    StopSpec, Stopover, VehicleSpec, replan, solve, timetable,
};

/// Three places, a minute from each other.
fn triangle() -> ProblemBuilder {
    let mut builder = ProblemBuilder::new(0);
    builder.matrix(3, vec![0, 60, 60, 60, 0, 60, 60, 60, 0]);
    builder
}

fn stop(place: usize) -> StopSpec {
    StopSpec { place, unserved_penalty: 1000, ..StopSpec::default() }
}

const AT_ONCE: StopRule<'_> = StopRule { time: None, iterations: Some(200), cancel: None };

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
fn a_lateness_that_costs_more_than_can_be_counted_is_not_paid() {
    let mut builder = triangle();
    let per_minute = optimizer::LIMITS.price;
    let shift = (optimizer::LIMITS.time, optimizer::LIMITS.time);
    builder.vehicle(VehicleSpec {
        shift,
        fixed_cost: optimizer::LIMITS.price,
        overtime: Lateness::Priced { per_minute },
        ..VehicleSpec::default()
    });
    let late = builder.stop(StopSpec { lateness: Lateness::Priced { per_minute }, ..stop(1) });
    let problem = builder.build().unwrap();
    let found = solve(&problem, &AT_ONCE, &Settings::default());
    assert_eq!(check(&problem, &found.solution).violations, []);
    assert_eq!(found.solution.unserved, [late]);
}

#[test]
fn waiting_for_a_break_on_the_way_home_is_waiting() {
    let mut builder = triangle();
    let breaks = vec![Break { window: (1000, 2000), duration: 300 }];
    let vehicle = builder.vehicle(VehicleSpec { breaks, ..VehicleSpec::default() });
    let served = builder.stop(stop(1));
    let problem = builder.build().unwrap();
    let stopovers = vec![vec![Stopover { before: 1, what: Halt::Break(0) }]];
    let plan = Solution { routes: vec![vec![served]], unserved: Vec::new(), stopovers };
    let times = timetable(&problem, &plan, vehicle);
    assert_eq!((times.end, times.waiting), (1300, 880));
    assert_eq!(times.waiting, check(&problem, &plan).waiting);
}

#[test]
fn a_replan_takes_any_prices_and_any_number_of_steps() {
    let mut builder = triangle();
    builder.vehicle(VehicleSpec::default());
    let served = builder.stop(stop(1));
    let problem = builder.build().unwrap();
    let given = Solution { routes: vec![vec![served]], ..Solution::default() };
    let cancel = AtomicBool::new(true);
    let stop = StopRule { iterations: Some(u64::MAX), cancel: Some(&cancel), ..StopRule::default() };
    let prices = ChangePrices { moved: i64::MAX, order: i64::MIN };
    let answers = replan(&problem, &given, prices, &stop, &Settings::default());
    assert!(answers.iter().all(|answer| answer.solution.routes == given.routes));
}
