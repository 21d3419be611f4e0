//! What a builder refuses, and that it says where; and what it lets pass because it can be answered.

use optimizer::check::check;
use optimizer::{
    Fault, LIMITS, Lateness, LongDay, MatrixId, Problem, ProblemBuilder, Settings, Solution, StopRule,
    StopSpec, TimedMatrix, VehicleSpec, best_insertions, schedule, solve,
};

fn vehicle(matrix: MatrixId) -> VehicleSpec {
    VehicleSpec {
        matrix,
        start: 0,
        end: Some(0),
        shift: (0, 1000),
        overtime: Lateness::Hard,
        capacity: vec![10],
        fixed_cost: 0,
        cost_per_hour: 100,
        cost_per_driving_hour: 0,
        long_day: None,
        under_way: false,
        ..VehicleSpec::default()
    }
}

fn stop(place: usize) -> StopSpec {
    StopSpec {
        place,
        service: 10,
        window: (0, 1000),
        lateness: Lateness::Hard,
        demand: vec![1],
        only_vehicle: None,
        unserved_penalty: 100_000,
        ..StopSpec::default()
    }
}

fn after(problem: &Problem, steps: u64, start: Option<&Solution>) -> Solution {
    let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
    solve(problem, &stop, &Settings { start, ..Settings::default() }).solution
}

fn messages(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn all_faults_are_told_at_once_each_with_its_place() {
    let mut other = ProblemBuilder::new(1);
    other.matrix(1, vec![0]);
    let foreign_matrix = other.matrix(1, vec![0]);
    other.vehicle(vehicle(foreign_matrix));
    let foreign_vehicle = other.vehicle(vehicle(foreign_matrix));

    let mut builder = ProblemBuilder::new(1);
    builder.matrix(2, vec![0, 20_000_000, 5, 0]);
    let mut bad = vehicle(foreign_matrix);
    (bad.start, bad.end, bad.shift, bad.capacity) = (2, Some(7), (10, 9), vec![1, -1]);
    bad.fixed_cost = -5;
    bad.overtime = Lateness::Priced { per_minute: -1 };
    bad.long_day = Some(LongDay { after: -1, cost_per_hour: i64::MAX });
    builder.vehicle(bad);
    builder.stop(stop(1));
    let mut bad = stop(9);
    (bad.service, bad.window, bad.demand) = (-1, (0, i64::MAX), vec![]);
    bad.lateness = Lateness::Priced { per_minute: i64::MAX };
    bad.only_vehicle = Some(foreign_vehicle);
    bad.unserved_penalty = -1;
    builder.stop(bad);

    let most = LIMITS.price;
    assert_eq!(
        messages(&builder.build().unwrap_err()),
        [
            "matrix 0: 20000000 s from place 0 to place 1 is longer than can be (mark it unreachable)"
                .to_owned(),
            "vehicle 0 has matrix 1, which does not exist".to_owned(),
            "vehicle 0: place 2 does not exist, there are 2".to_owned(),
            "vehicle 0: place 7 does not exist, there are 2".to_owned(),
            "vehicle 0: the shift ends at 9, before it begins at 10".to_owned(),
            "vehicle 0: the capacity has 2 dimensions where the problem has 1".to_owned(),
            format!("vehicle 0: the capacity is -1, outside 0 to {}", LIMITS.load),
            format!("vehicle 0: the price of overtime is -1, outside 0 to {most}"),
            format!("vehicle 0: the fixed cost is -5, outside 0 to {most}"),
            format!("vehicle 0: the cost per hour of a long day is {}, outside 0 to {most}", i64::MAX),
            format!("vehicle 0: the length of a day is -1, outside 0 to {}", LIMITS.time),
            "stop 1 is for vehicle 1, which does not exist".to_owned(),
            "stop 1: place 9 does not exist, there are 2".to_owned(),
            format!("stop 1: the service time is -1, outside 0 to {}", LIMITS.length),
            format!("stop 1: the window is {}, outside {} to {}", i64::MAX, -LIMITS.time, LIMITS.time),
            format!("stop 1: the price of lateness is {}, outside 0 to {most}", i64::MAX),
            "stop 1: the demand has 0 dimensions where the problem has 1".to_owned(),
            format!("stop 1: the penalty for leaving it out is -1, outside 0 to {most}"),
        ]
    );
}

#[test]
fn matrices_must_be_square_and_of_one_size() {
    let mut builder = ProblemBuilder::new(0);
    builder.matrix(2, vec![0; 4]);
    builder.matrix(2, vec![0; 3]);
    builder.matrix(3, vec![0; 9]);
    builder.matrix(usize::MAX, vec![]);
    assert_eq!(
        builder.build().unwrap_err(),
        [
            Fault::MatrixShape { matrix: 1, places: 2, cells: 3 },
            Fault::MatrixPlaces { matrix: 2, places: 3, first: 2 },
            Fault::MatrixShape { matrix: 3, places: usize::MAX, cells: 0 },
        ]
    );
}

#[test]
fn breaks_that_make_no_course_are_refused() {
    let shapes = |breaks: Vec<i64>| {
        let mut builder = ProblemBuilder::new(0);
        let shapes = vec![vec![1_000; breaks.len()]];
        builder.timed_matrix(1, TimedMatrix { seconds: vec![0], shape: vec![0], breaks, shapes });
        builder.build().map(|_| ()).map_err(|faults| messages(&faults).join("\n"))
    };
    for wrong in [vec![], vec![i64::MIN, i64::MAX], vec![0, 3_600, 3_600], vec![0, LIMITS.time + 1]] {
        let fault = shapes(wrong).unwrap_err();
        assert!(fault.contains("breaks that rise"), "{fault}");
    }
    assert_eq!(shapes(vec![-LIMITS.time, LIMITS.time]), Ok(()));
}

#[test]
fn what_cannot_be_reached_is_left_out() {
    let mut builder = ProblemBuilder::new(1);
    let matrix = builder.matrix(3, vec![0, 5, u32::MAX, 5, 0, u32::MAX, 5, 5, 0]);
    builder.vehicle(vehicle(matrix));
    let (near, island) = (builder.stop(stop(1)), builder.stop(stop(2)));
    let problem = builder.build().unwrap();
    let solution = after(&problem, 0, None);
    assert_eq!((&solution.routes, &solution.unserved), (&vec![vec![near]], &vec![island]));
    assert!(check(&problem, &solution).is_feasible());
    assert_eq!(best_insertions(&problem, &solution, island, 5), []);
}

#[test]
fn a_fleet_of_none_serves_nothing() {
    let mut builder = ProblemBuilder::new(1);
    builder.matrix(2, vec![0; 4]);
    let stop = builder.stop(stop(1));
    let problem = builder.build().unwrap();
    assert_eq!(after(&problem, 0, None).unserved, [stop]);
}

#[test]
fn ids_of_another_problem_are_passed_over() {
    let mut larger = ProblemBuilder::new(1);
    let matrix = larger.matrix(2, vec![0, 5, 5, 0]);
    larger.vehicle(vehicle(matrix));
    let foreign_vehicle = larger.vehicle(vehicle(matrix));
    larger.stop(stop(1));
    let foreign_stop = larger.stop(stop(1));
    let mut builder = ProblemBuilder::new(1);
    let matrix = builder.matrix(2, vec![0, 5, 5, 0]);
    let own = builder.vehicle(vehicle(matrix));
    builder.stop(stop(1));
    let problem = builder.build().unwrap();
    let solution = after(&problem, 0, None);
    assert_eq!(best_insertions(&problem, &solution, foreign_stop, 5), []);
    assert_eq!(schedule(&problem, foreign_vehicle, &[]).visits, []);
    assert_eq!(schedule(&problem, own, &[foreign_stop]).visits, []);
}

#[test]
fn the_largest_measures_do_not_overflow() {
    let mut builder = ProblemBuilder::new(1);
    let far = u32::try_from(LIMITS.length).unwrap();
    let matrix = builder.matrix(2, vec![0, far, far, 0]);
    let mut dear = vehicle(matrix);
    (dear.shift, dear.capacity) = ((-LIMITS.time, LIMITS.time), vec![LIMITS.load]);
    (dear.fixed_cost, dear.cost_per_hour, dear.cost_per_driving_hour) =
        (LIMITS.price, LIMITS.price, LIMITS.price);
    dear.overtime = Lateness::Priced { per_minute: LIMITS.price };
    let dear = builder.vehicle(dear);
    let mut late = stop(1);
    (late.service, late.window, late.demand) =
        (LIMITS.length, (-LIMITS.time, -LIMITS.time), vec![LIMITS.load]);
    late.lateness = Lateness::Priced { per_minute: LIMITS.price };
    late.unserved_penalty = LIMITS.price;
    let stops: Vec<_> = (0..50).map(|_| builder.stop(late.clone())).collect();
    let problem = builder.build().unwrap();
    let all = optimizer::Solution {
        routes: vec![stops.clone()],
        unserved: Vec::new(),
        ..optimizer::Solution::default()
    };
    let better = after(&problem, 50, Some(&all));
    assert!(check(&problem, &better).score() <= check(&problem, &all).score());
    assert_eq!(schedule(&problem, dear, &stops).visits.len(), 50);
    assert!(check(&problem, &after(&problem, 0, None)).is_feasible());
}
