//! What must hold on any problem, judged by the independent checker.

#[path = "../town/mod.rs"]
mod town;
mod wide;

use optimizer::check::{Violation, check};
use optimizer::{
    ChangePrices, Cost, Freedom, Obstacle, Problem, Settings, Solution, StopId, StopRule, best_insertions,
    examine, replan, schedule, solve,
};
use proptest::prelude::*;
use town::{Dice, Town, first_plan};

fn towns() -> impl Strategy<Value = Town> {
    (0..45_usize, 0..7_usize, any::<u64>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(stops, vehicles, seed, rough, priced, rush)| Town { stops, vehicles, seed, rough, priced, rush },
    )
}

/// Stops thrown into routes without a thought: broken in most ways, but each stop once.
fn thrown(problem: &Problem, seed: u64) -> Solution {
    let mut dice = Dice(seed);
    let mut solution = Solution {
        routes: vec![Vec::new(); problem.vehicle_ids().len()],
        unserved: Vec::new(),
        ..Solution::default()
    };
    for stop in problem.stop_ids() {
        let route = dice.roll(solution.routes.len() as i64 + 1) as usize;
        solution.routes.get_mut(route).unwrap_or(&mut solution.unserved).push(stop);
    }
    solution
}

/// The town's problem, sometimes with a plan that people know already.
fn built(town: Town) -> Problem {
    let problem = town.build();
    if town.seed.is_multiple_of(3) {
        let known = thrown(&problem, town.seed >> 7);
        problem.keeping(&known, ChangePrices { moved: 35, order: 15 })
    } else {
        problem
    }
}

/// The same solution without the stop's penalty, for an insertion is priced without it.
fn cost_unserved_free(problem: &Problem, solution: &Solution, stop: StopId) -> Cost {
    let penalty = problem.stop(stop).map_or(0, |spec| spec.unserved_penalty);
    check(problem, solution).cost - Cost::units(penalty)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_first_plan_breaks_nothing(town in towns()) {
        let problem = built(town);
        let solution = first_plan(&problem);
        let report = check(&problem, &solution);
        let under_way_alone = check(&problem, &Solution::nothing_served(&problem));
        prop_assert!(report.score() <= under_way_alone.score());
        if under_way_alone.is_feasible() {
            prop_assert!(report.is_feasible(), "{:?}", report.violations);
        }
        prop_assert_eq!(&solution, &first_plan(&problem));
    }

    #[test]
    fn filling_a_messy_plan_keeps_it_or_breaks_less(town in towns(), seed in any::<u64>()) {
        let problem = built(town);
        let mut given = thrown(&problem, seed);
        for (route, vehicle) in given.routes.iter_mut().zip(problem.vehicle_ids()) {
            route.retain(|&stop| problem.may_serve(vehicle, stop));
        }
        let served: Vec<Vec<StopId>> = given.routes.clone();
        given.unserved = problem.stop_ids().filter(|&stop| given.place_of(stop).is_none()).collect();
        let at_once = StopRule { iterations: Some(0), ..StopRule::default() };
        let filled = solve(&problem, &at_once, &Settings { start: Some(&given), ..Settings::default() });
        prop_assert!(filled.score <= check(&problem, &given).score());
        for (route, own) in filled.solution.routes.iter().zip(&served) {
            let kept: Vec<StopId> = route.iter().copied().filter(|stop| own.contains(stop)).collect();
            prop_assert_eq!(&kept, own);
        }
    }

    #[test]
    fn an_insertion_costs_what_it_says_and_nothing_is_overlooked(town in towns(), seed in any::<u64>(), messy in any::<bool>()) {
        let problem = built(town);
        let mut solution = if messy { thrown(&problem, seed) } else { first_plan(&problem) };
        let Some(stop) = problem.stop_ids().nth(Dice(seed).roll(town.stops as i64) as usize) else { return Ok(()) };
        for route in &mut solution.routes {
            route.retain(|&other| other != stop);
        }
        for (route, vehicle) in solution.routes.iter_mut().zip(problem.vehicle_ids()) {
            route.retain(|&other| problem.may_serve(vehicle, other));
        }
        solution.unserved = problem.stop_ids().filter(|&other| solution.place_of(other).is_none()).collect();
        let before = check(&problem, &solution);
        let free = cost_unserved_free(&problem, &solution, stop);
        let insertions = best_insertions(&problem, &solution, stop, usize::MAX);
        let mut found = Vec::new();
        for insertion in &insertions {
            let mut with = solution.clone();
            with.unserved.retain(|&other| other != stop);
            with.routes[insertion.vehicle.index()].insert(insertion.position, stop);
            let after = check(&problem, &with);
            prop_assert_eq!(insertion.cost, after.cost - free);
            prop_assert!(after.score().excess <= before.score().excess, "{:?}", after.violations);
            prop_assert_eq!(insertion.extra_driving, after.driving - before.driving);
            prop_assert_eq!(insertion.extra_seconds, after.duration - before.duration);
            prop_assert_eq!(insertion.extra_overtime, after.overtime - before.overtime);
            let more: i64 = insertion.extra_late.iter().map(|(_, seconds)| seconds).sum();
            prop_assert!(more >= after.late - before.late, "{more} {} {}", after.late, before.late);
            found.push((insertion.vehicle, insertion.position));
        }
        prop_assert!(insertions.is_sorted_by_key(|insertion| insertion.cost));
        // Whatever breaks nothing that was whole must be among them.
        for vehicle in problem.vehicle_ids() {
            for position in 0..=solution.routes[vehicle.index()].len() {
                let mut with = solution.clone();
                with.unserved.retain(|&other| other != stop);
                with.routes[vehicle.index()].insert(position, stop);
                if check(&problem, &with).is_feasible() {
                    prop_assert!(found.contains(&(vehicle, position)), "{vehicle:?} {position} is overlooked");
                }
            }
        }
        let few = best_insertions(&problem, &solution, stop, 3);
        prop_assert_eq!(&few[..], &insertions[..insertions.len().min(3)]);
    }

    #[test]
    fn no_answer_is_worse_than_the_plan_as_it_stands(town in towns(), seed in any::<u64>(), messy in any::<bool>()) {
        let problem = town.build();
        let given = if messy { thrown(&problem, seed) } else { first_plan(&problem) };
        let stop = StopRule { iterations: Some(600), ..StopRule::default() };
        let answers = replan(&problem, &given, ChangePrices { moved: 60, order: 20 }, &stop, &Settings::default());
        prop_assert_eq!(answers.iter().map(|answer| answer.freedom).collect::<Vec<_>>(), Freedom::ALL);
        for answer in &answers {
            prop_assert!(answer.report.score() <= check(&problem, &given).score());
            let report = check(&problem, &answer.solution);
            prop_assert_eq!(answer.report.score(), report.score());
            let sound = check(&problem, &given).violations.is_empty();
            let moved = problem.stop_ids().filter(|&stop| {
                let (was, is) = (given.place_of(stop), answer.solution.place_of(stop));
                was.zip(is).is_some_and(|(was, is)| was.0 != is.0)
            });
            prop_assert!(!sound || answer.report.moved == moved.count());
        }
    }

    #[test]
    fn a_schedule_is_what_the_checker_computes(town in towns(), seed in any::<u64>()) {
        let problem = built(town);
        let solution = thrown(&problem, seed);
        let report = check(&problem, &solution);
        let (mut driving, mut waiting, mut late, mut duration, mut overtime) = (0, 0, 0, 0, 0);
        for (route, vehicle) in solution.routes.iter().zip(problem.vehicle_ids()) {
            let schedule = schedule(&problem, vehicle, route);
            driving += schedule.driving;
            waiting += schedule.waiting;
            duration += schedule.duration();
            overtime += if route.is_empty() && !problem.vehicle(vehicle).unwrap().under_way { 0 } else { schedule.overtime };
            let mut clock = schedule.start;
            for visit in &schedule.visits {
                prop_assert_eq!(visit.arrival, clock + visit.travel);
                prop_assert_eq!(visit.begin, visit.arrival + visit.waiting);
                clock = visit.departure;
                late += visit.late;
            }
        }
        prop_assert_eq!((driving, waiting, late), (report.driving, report.waiting, report.late));
        prop_assert_eq!((duration, overtime), (report.duration, report.overtime));
        let examination = examine(&problem, &solution, 1);
        let penalty = |stop: &StopId| Cost::units(problem.stop(*stop).unwrap().unserved_penalty);
        let costs: Cost = examination.routes.iter().map(|route| route.costs.sum()).sum();
        prop_assert_eq!(costs + solution.unserved.iter().map(penalty).sum(), report.cost);
        let named = examination.routes.iter().map(|route| route.violations.len()).sum::<usize>() + examination.violations.len();
        prop_assert_eq!((named, examination.score), (report.violations.len(), report.score()));
        let is_sound = report.violations.iter().all(|v| !matches!(v, Violation::WrongVehicle { .. } | Violation::Skill { .. }));
        for unserved in &examination.unserved {
            prop_assert_eq!(unserved.ways.is_empty(), town.vehicles == 0);
            // What is not in the way is really no obstacle: without those that are named, the stop fits there.
            for way in unserved.ways.iter().filter(|_| is_sound) {
                let only_price = matches!(way.obstacles[..], [Obstacle::Price { .. }]);
                let mut with = solution.clone();
                with.unserved.retain(|stop| *stop != unserved.stop);
                with.routes[way.vehicle.index()].insert(way.position, unserved.stop);
                let excess = check(&problem, &with).score().excess;
                let was = report.score().excess;
                prop_assert!(if only_price { excess <= was } else { was > 0 || excess > 0 }, "{:?}", way);
            }
        }
    }
}

#[test]
fn a_large_town_is_served() {
    let problem =
        Town { stops: 4000, vehicles: 110, seed: 5, rough: false, priced: false, rush: false }.build();
    let solution = first_plan(&problem);
    let report = check(&problem, &solution);
    assert!(report.is_feasible(), "{:?}", report.violations);
    assert!(report.unserved <= 40, "{} of 4000 unserved", report.unserved);
}

#[test]
fn a_first_plan_becomes_a_fifth_cheaper() {
    let problem =
        Town { stops: 300, vehicles: 12, seed: 9, rough: false, priced: false, rush: false }.build();
    let first = first_plan(&problem);
    let stop = StopRule { iterations: Some(10_000), ..StopRule::default() };
    let better = solve(&problem, &stop, &Settings::default()).solution;
    let (before, after) = (check(&problem, &first), check(&problem, &better));
    println!("{} to {} s driving, cost {:?} to {:?}", before.driving, after.driving, before.cost, after.cost);
    assert!(
        after.cost.in_units() * 100 < before.cost.in_units() * 80,
        "{:?} to {:?}",
        before.cost,
        after.cost
    );
}
