//! What must hold of `solve` on any problem, judged by the independent checker.

mod town;

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use optimizer::check::check;
use optimizer::{
    Lateness, Problem, ProblemBuilder, Rounding, Score, Settings, Solution, StopRule, StopSpec, VehicleSpec,
    solve,
};
use proptest::prelude::*;
use town::{Dice, Town, first_plan};

/// A classic problem: points, one depot, vehicles that are all the same, a price on driving.
#[derive(Clone, Copy, Debug)]
struct Classic {
    stops: usize,
    vehicles: usize,
    seed: u64,
    timed: bool,
    /// Penalties that are worth paying, ways that are missing, windows that cannot be kept, no way home to pay.
    rough: bool,
    fixed: i64,
    /// A matrix with detours instead of points.
    matrix: bool,
    /// Stops give something back, too.
    returns: bool,
}

impl Classic {
    fn build(self) -> Problem {
        let mut dice = Dice(self.seed);
        let mut builder = ProblemBuilder::new(1);
        let points: Vec<(f64, f64)> =
            (0..=self.stops).map(|_| (dice.roll(100) as f64, dice.roll(100) as f64)).collect();
        let matrix = if self.matrix {
            let mut cells = Vec::new();
            for from in &points {
                for to in &points {
                    let way = Rounding::Dimacs.seconds((from.0 - to.0).hypot(from.1 - to.1));
                    let missing = self.rough && from != to && dice.once_in(30);
                    cells.push(if missing { u32::MAX } else { way + dice.roll(50) as u32 });
                }
            }
            builder.matrix(points.len(), cells)
        } else {
            builder.points(points, Rounding::Dimacs)
        };
        let horizon = if self.timed { 4_000 } else { 10_000_000 };
        for _ in 0..self.vehicles {
            builder.vehicle(VehicleSpec {
                matrix,
                start: 0,
                end: (!self.rough || self.seed.is_multiple_of(2)).then_some(0),
                shift: (100, 100 + horizon),
                overtime: Lateness::Hard,
                capacity: vec![20],
                fixed_cost: self.fixed,
                cost_per_hour: 0,
                cost_per_driving_hour: 3600,
                long_day: None,
                under_way: false,
                ..VehicleSpec::default()
            });
        }
        for place in 1..=self.stops {
            let opens = dice.roll(3_000);
            let pickup = if self.returns && dice.once_in(2) { vec![dice.roll(8)] } else { Vec::new() };
            let window = if self.timed { (opens, opens + 200 + dice.roll(900)) } else { (0, horizon) };
            builder.stop(StopSpec {
                place,
                service: if self.timed { 50 } else { 0 },
                window,
                lateness: Lateness::Hard,
                demand: vec![dice.roll(if self.rough { 23 } else { 6 })],
                pickup,
                only_vehicle: None,
                unserved_penalty: if self.rough && dice.once_in(3) { 300 } else { 1_000_000 },
                ..StopSpec::default()
            });
        }
        builder.build().unwrap_or_else(|faults| panic!("it should hold together: {faults:?}"))
    }
}

fn classics() -> impl Strategy<Value = Classic> {
    (0..40_usize, 0..15_usize, any::<u64>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<[bool; 2]>())
        .prop_map(|(stops, vehicles, seed, timed, rough, dear, [matrix, returns])| {
            let fixed = if dear { 100_000 } else { 0 };
            Classic { stops, vehicles, seed, timed, rough, fixed, matrix, returns }
        })
}

fn thrown(problem: &Problem, seed: u64) -> Solution {
    let mut dice = Dice(seed);
    let mut solution = Solution::nothing_served(problem);
    solution.unserved.clear();
    for stop in problem.stop_ids() {
        let route = dice.roll(solution.routes.len() as i64 + 1) as usize;
        solution.routes.get_mut(route).unwrap_or(&mut solution.unserved).push(stop);
    }
    solution
}

fn steps(iterations: u64) -> StopRule<'static> {
    StopRule { iterations: Some(iterations), ..StopRule::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_classic_answer_breaks_nothing_and_repeats_itself(classic in classics(), seed in any::<u64>(), threads in 1..3_usize) {
        let problem = classic.build();
        let settings = Settings { seed, threads, ..Settings::default() };
        let outcome = solve(&problem, &steps(400), &settings);
        let report = check(&problem, &outcome.solution);
        prop_assert!(report.is_feasible(), "{:?}", report.violations);
        prop_assert_eq!(report.score(), outcome.score);
        prop_assert!(outcome.score <= check(&problem, &Solution::nothing_served(&problem)).score());
        prop_assert!(outcome.iterations <= 400);
        prop_assert_eq!(&outcome.solution, &solve(&problem, &steps(400), &settings).solution);
    }

    #[test]
    fn a_start_is_never_made_worse(classic in classics(), seed in any::<u64>(), messy in any::<bool>(), threads in 1..3_usize) {
        let problem = classic.build();
        let given = if messy { thrown(&problem, seed) } else { first_plan(&problem) };
        let settings = Settings { seed, threads, start: Some(&given), ..Settings::default() };
        let outcome = solve(&problem, &steps(100), &settings);
        prop_assert!(outcome.score <= check(&problem, &given).score());
    }

    #[test]
    fn a_rich_answer_is_as_good_as_its_start(stops in 0..40_usize, vehicles in 0..6_usize, seed in any::<u64>(), rough in any::<bool>(), priced in any::<bool>()) {
        let problem = Town { stops, vehicles, seed, rough, priced, rush: seed % 2 == 0 }.build();
        let given = thrown(&problem, seed);
        let settings = Settings { seed, threads: 2, start: Some(&given), ..Settings::default() };
        let outcome = solve(&problem, &steps(100), &settings);
        prop_assert_eq!(check(&problem, &outcome.solution).score(), outcome.score);
        prop_assert!(outcome.score <= check(&problem, &given).score());
        prop_assert_eq!(&outcome.solution, &solve(&problem, &steps(100), &settings).solution);
    }
}

#[test]
fn many_stops_on_two_threads_repeat_themselves() {
    let classic = Classic {
        stops: 600,
        vehicles: 200,
        seed: 4,
        timed: true,
        rough: false,
        fixed: 0,
        matrix: false,
        returns: false,
    };
    let problem = classic.build();
    for threads in [1, 2] {
        let settings = Settings { threads, ..Settings::default() };
        let [one, two] = [0; 2].map(|_| solve(&problem, &steps(20_000), &settings));
        assert_eq!(one.solution, two.solution);
        assert!(check(&problem, &one.solution).is_feasible());
        assert_eq!(one.iterations, 20_000);
    }
}

#[test]
fn points_computed_on_demand_are_served_and_time_is_kept() {
    let classic = Classic {
        stops: 3_000,
        vehicles: 3_000,
        seed: 8,
        timed: false,
        rough: false,
        fixed: 0,
        matrix: false,
        returns: false,
    };
    let problem = classic.build();
    let stop = StopRule { time: Some(Duration::from_millis(500)), ..StopRule::default() };
    let outcome = solve(&problem, &stop, &Settings { threads: 2, ..Settings::default() });
    let report = check(&problem, &outcome.solution);
    assert!(report.is_feasible() && report.unserved == 0);
    assert!(outcome.elapsed < Duration::from_secs(3), "{:?}", outcome.elapsed);
}

#[test]
fn vehicles_are_saved_where_they_cost() {
    let classic = Classic {
        stops: 100,
        vehicles: 100,
        seed: 2,
        timed: false,
        rough: false,
        fixed: 100_000,
        matrix: false,
        returns: false,
    };
    let problem = classic.build();
    let outcome = solve(&problem, &steps(20_000), &Settings::default());
    let demand: i64 = problem.stop_ids().filter_map(|stop| Some(problem.stop(stop)?.demand[0])).sum();
    let used = outcome.solution.routes.iter().filter(|route| !route.is_empty()).count();
    assert_eq!(used as i64, (demand + 19) / 20);
}

#[test]
fn progress_is_told_in_order_and_a_word_ends_it() {
    let classic = Classic {
        stops: 200,
        vehicles: 50,
        seed: 6,
        timed: true,
        rough: false,
        fixed: 0,
        matrix: true,
        returns: false,
    };
    let problem = classic.build();
    let heard: Mutex<Vec<Score>> = Mutex::default();
    let listen = |progress: &optimizer::Progress<'_>| {
        assert_eq!(check(&problem, progress.solution).score(), progress.score);
        heard.lock().unwrap().push(progress.score);
    };
    let settings = Settings { on_improvement: Some(&listen), threads: 2, ..Settings::default() };
    let outcome = solve(&problem, &steps(10_000), &settings);
    let heard = heard.into_inner().unwrap();
    assert!(heard.len() > 1 && heard.is_sorted_by(|before, after| after < before), "{heard:?}");
    assert_eq!(heard.last(), Some(&outcome.score));
    let cancel = AtomicBool::new(true);
    let stop = StopRule { time: Some(Duration::from_secs(60)), cancel: Some(&cancel), ..StopRule::default() };
    assert!(solve(&problem, &stop, &Settings::default()).elapsed < Duration::from_secs(10));
}

/// Stops on points with one kind of vehicle.
fn simple(
    points: Vec<(f64, f64)>,
    vehicles: usize,
    spec: impl Fn(&mut VehicleSpec),
    penalty: i64,
) -> Problem {
    let mut builder = ProblemBuilder::new(1);
    let places = points.len();
    let matrix = builder.points(points, Rounding::Round);
    let mut vehicle = VehicleSpec {
        matrix,
        start: 0,
        end: Some(0),
        shift: (0, 10_000_000),
        overtime: Lateness::Hard,
        capacity: vec![20],
        fixed_cost: 0,
        cost_per_hour: 0,
        cost_per_driving_hour: 3600,
        long_day: None,
        under_way: false,
        ..VehicleSpec::default()
    };
    spec(&mut vehicle);
    for _ in 0..vehicles {
        builder.vehicle(vehicle.clone());
    }
    for place in 1..places {
        builder.stop(StopSpec {
            place,
            service: 0,
            window: (0, 10_000_000),
            lateness: Lateness::Hard,
            demand: vec![1],
            only_vehicle: None,
            unserved_penalty: penalty,
            ..StopSpec::default()
        });
    }
    builder.build().unwrap_or_else(|faults| panic!("it should hold together: {faults:?}"))
}

fn scattered(stops: usize, seed: u64) -> Vec<(f64, f64)> {
    let mut dice = Dice(seed);
    (0..=stops).map(|_| (dice.roll(1_000) as f64, dice.roll(1_000) as f64)).collect()
}

#[test]
fn a_vehicle_that_no_stop_is_worth_alone_serves_many() {
    let problem = simple(scattered(400, 3), 40, |vehicle| vehicle.fixed_cost = 8_000, 2_000);
    let outcome = solve(&problem, &steps(20_000), &Settings::default());
    assert!(outcome.solution.unserved.len() < 20, "{} are left out", outcome.solution.unserved.len());
}

#[test]
fn a_vehicle_dearer_than_any_way_is_used_where_leaving_out_is_dearer() {
    let dear = |vehicle: &mut VehicleSpec| {
        vehicle.fixed_cost = 1_000_000;
        vehicle.cost_per_driving_hour = 10;
    };
    let problem = simple(scattered(400, 4), 40, dear, 1_000_000_000);
    let outcome = solve(&problem, &steps(5_000), &Settings::default());
    assert!(outcome.solution.unserved.is_empty(), "{} are left out", outcome.solution.unserved.len());
}

#[test]
fn open_routes_on_many_points_need_no_table_and_no_end() {
    let mut points = scattered(5_000, 5);
    points[4_000] = (5_000_000.0, 0.0);
    let problem = simple(points, 300, |vehicle| vehicle.end = None, 1_000_000_000);
    let stop = StopRule { time: Some(Duration::from_millis(500)), ..StopRule::default() };
    let outcome = solve(&problem, &stop, &Settings { threads: 2, ..Settings::default() });
    let report = check(&problem, &outcome.solution);
    assert!(report.is_feasible() && report.unserved == 0);
    assert!(outcome.elapsed < Duration::from_secs(3), "{:?}", outcome.elapsed);
}

#[test]
fn far_more_stops_than_fit_neither_break_anything_nor_outlast_the_time() {
    let problem = simple(scattered(10_000, 6), 2, |_| {}, 1_000_000);
    let stop = StopRule { time: Some(Duration::from_millis(500)), ..StopRule::default() };
    let outcome = solve(&problem, &stop, &Settings { threads: 2, ..Settings::default() });
    let report = check(&problem, &outcome.solution);
    assert!(report.is_feasible());
    assert_eq!(report.unserved, 10_000 - 40);
    assert!(outcome.elapsed < Duration::from_secs(3), "{:?}", outcome.elapsed);
}

#[test]
fn a_route_may_last_as_long_as_its_shift_however_long_that_is() {
    let like = simple(scattered(1, 1), 1, |_| {}, 1_000_000_000);
    let (vehicle, stop) = (like.vehicle_ids().next().unwrap(), like.stop_ids().next().unwrap());
    let mut builder = ProblemBuilder::new(1);
    let cells = (0..31_u32 * 31).map(|cell| (cell / 31).abs_diff(cell % 31) * 300_000).collect();
    let matrix = builder.matrix(31, cells);
    let shift = (0, 100_000_000_000);
    let capacity = vec![30];
    builder.vehicle(VehicleSpec { matrix, shift, capacity, ..like.vehicle(vehicle).unwrap().clone() });
    for place in 1..31 {
        let stop = like.stop(stop).unwrap().clone();
        builder.stop(StopSpec { place, service: 9_000_000, window: shift, ..stop });
    }
    let problem = builder.build().unwrap();
    let outcome = solve(&problem, &steps(2_000), &Settings::default());
    assert!(outcome.solution.unserved.is_empty(), "{} are left out", outcome.solution.unserved.len());
}

#[test]
fn all_the_time_there_is_ends_by_a_word() {
    let problem = simple(scattered(50, 7), 5, |_| {}, 1_000_000);
    let cancel = AtomicBool::new(true);
    let stop = StopRule { time: Some(Duration::MAX), cancel: Some(&cancel), ..StopRule::default() };
    let outcome = solve(&problem, &stop, &Settings { threads: 64, ..Settings::default() });
    assert!(check(&problem, &outcome.solution).is_feasible());
}
