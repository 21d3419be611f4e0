//! What must hold on problems that have what the real world has, every pair of features together, with the independent
//! checker as the judge.

#[path = "../town/wide.rs"]
mod town;

use optimizer::check::check;
use optimizer::{
    ChangePrices, Cost, Halt, Insertion, Obstacle, Problem, Score, Settings, Solution, StopId, StopRule,
    Stopover, best_insertions, examine, fitted_out, replan, solve, timetable,
};

use crate::town::{Dice, first_plan};
use town::{Feature, scattered, wide_town};

/// Every feature with itself and with every other, some with a third, and some handfuls.
fn mixes(salt: u64) -> Vec<Vec<Feature>> {
    let mut dice = Dice(salt);
    let draw = |dice: &mut Dice| Feature::ALL[dice.roll(Feature::ALL.len() as i64) as usize];
    let mut all = Vec::new();
    for (index, &first) in Feature::ALL.iter().enumerate() {
        for &second in &Feature::ALL[index..] {
            let more = if dice.once_in(3) { 1 } else { 0 };
            all.push([first, second].into_iter().chain((0..more).map(|_| draw(&mut dice))).collect());
        }
    }
    all.extend((0..30).map(|_| (0..6).map(|_| draw(&mut dice)).collect::<Vec<_>>()));
    for features in &mut all {
        features.sort_unstable();
        features.dedup();
    }
    all
}

/// A problem for each of them.
fn problems(stops: usize, vehicles: usize, salt: u64) -> impl Iterator<Item = (Vec<Feature>, Problem)> {
    (0_u64..).zip(mixes(salt)).map(move |(index, features)| {
        let problem = wide_town(stops, vehicles, index.wrapping_mul(0x9E37_79B9) ^ salt, &features);
        (features, problem)
    })
}

/// Stops and reloads thrown into routes without a thought, breaks and charges where they fit.
fn thrown(problem: &Problem, seed: u64) -> Solution {
    let mut solution = scattered(problem, seed);
    let mut dice = Dice(seed ^ 0xB1A5);
    for (vehicle, route) in problem.vehicle_ids().zip(&solution.routes) {
        let reloads = problem.vehicle(vehicle).and_then(|spec| spec.reloads.as_ref());
        let places = reloads.map_or(0, |reloads| reloads.places.len());
        let all = (1..route.len()).filter(|_| places > 0 && dice.once_in(4)).collect::<Vec<_>>();
        let what = Halt::Reload(dice.roll(places as i64) as usize);
        let all = all.into_iter().take(reloads.map_or(0, |reloads| reloads.most));
        solution.stopovers.push(all.map(|before| Stopover { before, what }).collect());
    }
    fitted_out(problem, &solution)
}

#[test]
fn a_search_agrees_with_the_judge_on_every_mix_of_features() {
    for (stops, vehicles, salt) in [(24, 4, 1), (14, 2, 2), (40, 6, 3), (9, 9, 4)] {
        for (features, problem) in problems(stops, vehicles, salt) {
            let stop = StopRule { iterations: Some(120), ..StopRule::default() };
            let outcome = solve(&problem, &stop, &Settings { seed: salt, ..Settings::default() });
            let report = check(&problem, &outcome.solution);
            assert_eq!(report.score(), outcome.score, "{features:?}");
            let nothing = check(&problem, &Solution::nothing_served(&problem));
            assert!(report.score() <= nothing.score(), "{features:?}");
            if nothing.is_feasible() {
                assert!(report.is_feasible(), "{features:?}: {:?}", report.violations);
            }
        }
    }
}

#[test]
fn a_search_from_any_plan_is_never_worse_and_says_the_same_again() {
    for (features, problem) in problems(20, 3, 5) {
        let given = thrown(&problem, 9);
        let before = check(&problem, &given).score();
        let stop = StopRule { iterations: Some(60), ..StopRule::default() };
        let settings = Settings { start: Some(&given), ..Settings::default() };
        let found = solve(&problem, &stop, &settings);
        assert!(found.score <= before, "{features:?}");
        assert_eq!(found.solution, solve(&problem, &stop, &settings).solution, "{features:?}");
    }
}

#[test]
fn no_answer_to_a_plan_in_force_is_worse_than_that() {
    for (salt, messy) in [(9, true), (10, false)] {
        for (features, problem) in problems(18, 3, salt) {
            let given = if messy { thrown(&problem, salt) } else { first_plan(&problem) };
            let before = check(&problem, &given);
            let untouched = Score { cost: before.cost - before.change_cost, ..before.score() };
            let stop = StopRule { iterations: Some(90), ..StopRule::default() };
            let settings = Settings { seed: salt, threads: 2, ..Settings::default() };
            let prices = ChangePrices { moved: 60, order: 20 };
            for answer in replan(&problem, &given, prices, &stop, &settings) {
                let freedom = answer.freedom;
                assert!(answer.report.score() <= untouched, "{freedom:?} {features:?}");
                let kept = problem.keeping(&given, prices);
                let again = check(&kept, &answer.solution);
                assert_eq!(again.violations, answer.report.violations, "{freedom:?} {features:?}");
                assert_eq!(again.cost - again.change_cost, answer.report.cost, "{freedom:?} {features:?}");
            }
        }
    }
}

#[test]
fn a_timetable_is_what_the_judge_computes() {
    for (features, problem) in problems(26, 4, 6).chain(problems(26, 3, 7)) {
        let plan = thrown(&problem, 3);
        let report = check(&problem, &plan);
        let mut sums = (0, 0, 0, 0, 0);
        let mut grams = 0;
        for (vehicle, route) in problem.vehicle_ids().zip(&plan.routes) {
            let times = timetable(&problem, &plan, vehicle);
            if !route.is_empty() || problem.vehicle(vehicle).unwrap().under_way {
                let late: i64 = times.visits.iter().map(|visit| visit.late).sum();
                sums.0 += times.duration();
                sums.1 += times.driving;
                sums.2 += times.waiting;
                sums.3 += late;
                sums.4 += times.metres;
                grams += times.grams;
            }
            for pair in times.visits.windows(2) {
                assert!(pair[1].arrival >= pair[0].departure + pair[1].travel, "{features:?}");
            }
            for halt in &times.halts {
                assert!(halt.from <= halt.to && halt.to <= times.end, "{features:?}: {halt:?}");
            }
        }
        let judged = (report.duration, report.driving, report.waiting, report.late, report.distance);
        assert_eq!(sums, judged, "{features:?}");
        assert!((grams..grams + 5).contains(&report.grams), "{features:?}: {grams} {}", report.grams);
    }
}

#[test]
fn an_insertion_costs_what_it_says() {
    let mut found = 0;
    for (features, problem) in problems(22, 3, 8) {
        let mut plan = first_plan(&problem);
        let mut dice = Dice(4);
        let Some(stop) = problem.stop_ids().nth(dice.roll(22) as usize) else { continue };
        if problem.relations().shipment_of(stop).is_some() {
            assert_eq!(best_insertions(&problem, &plan, stop, 3), [], "{features:?}");
            continue;
        }
        without(&mut plan, stop);
        let stands_in = problem.relations().alternatives_to(stop).map_or(stop, |all| all[0]);
        if problem
            .relations()
            .alternatives_to(stop)
            .is_none_or(|all| all.iter().all(|s| plan.place_of(*s).is_none()))
        {
            plan.unserved.retain(|other| *other != stop && *other != stands_in);
            plan.unserved.push(stands_in);
            plan.unserved.sort_unstable();
        }
        let plan = fitted_out(&problem, &plan);
        let before = check(&problem, &plan);
        let penalty = Cost::units(problem.stop(stop).unwrap().unserved_penalty);
        let all = best_insertions(&problem, &plan, stop, usize::MAX);
        assert!(all.is_sorted_by_key(|insertion| insertion.cost), "{features:?}");
        for insertion in &all {
            found += 1;
            let with = inserted(&problem, &plan, stop, insertion);
            let after = check(&problem, &with);
            assert_eq!(insertion.cost, after.cost - before.cost + penalty, "{features:?}");
            assert!(after.score().excess <= before.score().excess, "{features:?}: {:?}", after.violations);
            assert_eq!(insertion.extra_seconds, after.duration - before.duration, "{features:?}");
            assert_eq!(insertion.extra_metres, after.distance - before.distance, "{features:?}");
            assert!((insertion.extra_grams - (after.grams - before.grams)).abs() <= 1, "{features:?}");
        }
    }
    assert!(found > 2_000, "only {found} places were tried");
}

fn without(plan: &mut Solution, stop: StopId) {
    for (index, route) in plan.routes.iter_mut().enumerate() {
        if let Some(at) = route.iter().position(|&other| other == stop) {
            route.remove(at);
            for over in plan.stopovers.get_mut(index).into_iter().flatten().filter(|over| over.before > at) {
                over.before -= 1;
            }
            // Nobody loads for nothing.
            let last = route.len();
            if let Some(own) = plan.stopovers.get_mut(index) {
                own.retain(|over| over.before < last || !matches!(over.what, Halt::Reload(_)));
            }
        }
    }
}

fn inserted(problem: &Problem, plan: &Solution, stop: StopId, insertion: &Insertion) -> Solution {
    let mut with = plan.clone();
    let vehicle = insertion.vehicle.index();
    with.unserved.retain(|other| {
        *other != stop && problem.relations().alternatives_to(stop).is_none_or(|all| !all.contains(other))
    });
    with.routes[vehicle].insert(insertion.position, stop);
    if problem.vehicle(insertion.vehicle).is_some() && !insertion.stopovers.is_empty()
        || !with.stopovers.is_empty()
    {
        with.stopovers.resize(with.routes.len(), Vec::new());
        with.stopovers[vehicle].clone_from(&insertion.stopovers);
    }
    with
}

#[test]
fn an_examination_adds_up_and_names_what_is_in_the_way() {
    let mut prices = 0;
    for (features, problem) in problems(24, 3, 11) {
        let thrown = thrown(&problem, 5);
        let report = check(&problem, &thrown);
        let examination = examine(&problem, &thrown, 1);
        let routes: Cost = examination.routes.iter().map(|route| route.costs.sum()).sum();
        let penalties: Cost = problem
            .stop_ids()
            .filter(|&stop| {
                let all = problem.relations().alternatives_to(stop);
                let first = all.is_none_or(|all| all[0] == stop);
                first && all.unwrap_or(&[stop]).iter().all(|&other| thrown.place_of(other).is_none())
            })
            .map(|stop| Cost::units(problem.stop(stop).unwrap().unserved_penalty))
            .sum();
        assert_eq!(routes + penalties, report.cost, "{features:?}");
        let named: usize = examination.routes.iter().map(|route| route.violations.len()).sum();
        assert_eq!(named + examination.violations.len(), report.violations.len(), "{features:?}");
        // What has nothing against it but its price can come in and breaks nothing.
        let plan = first_plan(&problem);
        let before = check(&problem, &plan).score().excess;
        for unserved in examine(&problem, &plan, 3).unserved {
            for way in unserved.ways {
                let only_price = matches!(way.obstacles[..], [Obstacle::Price { .. }]);
                if only_price && problem.relations().shipment_of(way.stop).is_none() {
                    let all = best_insertions(&problem, &plan, way.stop, usize::MAX);
                    let same =
                        |place: &&Insertion| (place.vehicle, place.position) == (way.vehicle, way.position);
                    let least = all.iter().filter(same).map(|place| place.cost).min();
                    let Obstacle::Price { cost, penalty } = way.obstacles[0] else { continue };
                    assert_eq!(least, Some(cost), "{features:?}");
                    let place = all.iter().find(same).expect("it fits there");
                    let after = check(&problem, &inserted(&problem, &plan, way.stop, place));
                    assert!(after.score().excess <= before, "{features:?}");
                    prices += 1;
                    let worth = Cost::units(problem.stop(way.stop).unwrap().unserved_penalty);
                    assert_eq!(penalty, worth, "{features:?}");
                }
                assert!(!way.obstacles.is_empty(), "{features:?}");
            }
        }
    }
    assert!(prices > 20, "only {prices} prices");
}
