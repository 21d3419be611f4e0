//! What the search over rich problems must come to, on problems that are plain to see through.

use std::collections::BTreeSet;

use super::{Instance, State};
use crate::check::{Violation, check};
use crate::cost::{Cost, Score};
use crate::evaluation::fitted_out;
use crate::kernel::anneal::Annealer;
use crate::kernel::state::NONE;
use crate::kernel::working_plan::WorkingPlan;
use crate::live::ChangePrices;
use crate::model::{Allowed, Problem, Skills, Solution, StopId};
use crate::rng::Rng;
use crate::samples;
use crate::solve::{Settings, solve};
use crate::stop_rule::StopRule;

fn after(problem: &Problem, steps: u64, start: Option<&Solution>) -> Solution {
    let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
    solve(problem, &stop, &Settings { start, ..Settings::default() }).solution
}

#[test]
fn a_zigzag_becomes_a_sweep() {
    let problem = samples::line(&[10, 20, 30, 40, 50]).build().unwrap();
    let ids: Vec<StopId> = problem.stop_ids().collect();
    let zigzag = Solution {
        routes: vec![vec![ids[3], ids[0], ids[4], ids[1], ids[2]]],
        unserved: Vec::new(),
        ..Solution::default()
    };
    assert_eq!(check(&problem, &zigzag).driving, 40 + 30 + 40 + 30 + 10 + 30);
    assert_eq!(check(&problem, &after(&problem, 200, Some(&zigzag))).driving, 100);
    assert_eq!(after(&problem, 0, Some(&zigzag)), zigzag);
}

#[test]
fn a_broken_start_is_mended() {
    let mut builder = samples::line(&[]);
    let mut urgent = samples::stop(20);
    urgent.window = (0, 20);
    let (slow, urgent) = (builder.stop(samples::stop(40)), builder.stop(urgent));
    let problem = builder.build().unwrap();
    let late = Solution { routes: vec![vec![slow, urgent]], unserved: Vec::new(), ..Solution::default() };
    assert_eq!(check(&problem, &late).score(), Score { excess: 40, cost: Cost::units(80) });
    let mended = after(&problem, 100, Some(&late));
    assert_eq!(check(&problem, &mended).score(), Score { excess: 0, cost: Cost::units(80) });
}

#[test]
fn the_search_computes_as_the_checker_does() {
    computes_as_the_checker_does::<false>(samples::line(&[]));
    let (seconds, shape) = (0..samples::PLACES)
        .flat_map(|from| {
            (0..samples::PLACES).map(move |to| (from.abs_diff(to) as u32, (from + to) as u8 % 3))
        })
        .unzip();
    let shapes =
        vec![vec![65_536; 4], vec![65_536, 120_000, 60_000, 65_536], vec![40_000, 65_536, 90_000, 80_000]];
    let mut clocked = crate::ProblemBuilder::new(1);
    let times = crate::TimedMatrix { seconds, shape, breaks: vec![0, 100, 260, 400], shapes };
    clocked.timed_matrix(samples::PLACES, times);
    clocked.vehicle(samples::vehicle());
    computes_as_the_checker_does::<true>(clocked);
}

#[test]
fn changes_of_a_plan_are_computed_as_the_checker_does() {
    let mut builder = samples::line(&[10, 20, 30, 40, 50, 60]);
    builder.vehicle(samples::vehicle());
    let problem = builder.build().unwrap();
    let ids: Vec<StopId> = problem.stop_ids().collect();
    let known = Solution {
        routes: vec![vec![ids[3], ids[0], ids[5]], vec![ids[1], ids[2]]],
        unserved: vec![ids[4]],
        ..Solution::default()
    };
    let problem = problem.keeping(&known, ChangePrices { moved: 37, order: 11 });
    let instance = Instance::new(&problem);
    let mut state = State::<false, false>::new(&instance);
    state.load(&instance.plan_of(&known));
    let mut annealer = Annealer::new(5, vec![0, 3]);
    for step in 0..300 {
        changed(&mut annealer, &mut state, step);
        let plan = WorkingPlan::plan(&state);
        let report = check(&problem, &plan.to_solution(&problem));
        assert_eq!((report.score().excess, report.cost.in_parts()), (plan.excess, plan.cost));
        let priced = 37 * report.moved as i64 + 11 * report.reordered as i64;
        assert_eq!(report.change_cost, Cost::units(priced));
        if step % 2 == 0 {
            state.undo();
        } else {
            state.keep();
        }
    }
}

/// Changes the plan one way or the other; whether tails have been exchanged.
fn changed<const CLOCKED: bool, const WIDE: bool>(
    annealer: &mut Annealer,
    state: &mut State<'_, CLOCKED, WIDE>,
    step: u64,
) -> bool {
    if !step.is_multiple_of(5) {
        assert!(annealer.ruin_and_recreate(state));
        return false;
    }
    state.begin();
    let centre = state.pool[step as usize % state.pool.len()] as usize;
    let swapped = state.swap_tails(centre, Cost::MAX, &mut Rng::new(step));
    if !swapped {
        state.undo();
        state.begin();
    }
    swapped
}

/// Everything that a wide problem can have and that leaves places on its ways to be known from sums.
fn wide_town(priced: bool) -> Problem {
    let mut builder = samples::line(&[]);
    let long = crate::VehicleSpec { max_duration: Some(260), ..samples::vehicle() };
    let tired = crate::Break { window: (100, 200), duration: 20 };
    builder.vehicle(crate::VehicleSpec { breaks: vec![tired], kind: 1, ..long.clone() });
    builder.vehicle(long.clone());
    let reloads = crate::Reloads { places: vec![0, 40], service: 3, most: 2 };
    builder.vehicle(crate::VehicleSpec { reloads: Some(reloads), capacity: vec![30], ..long });
    for index in 0..36 {
        let mut stop = samples::stop(1 + index * 37 % 100);
        let opens = 30 * (index as i64 % 7);
        (stop.service, stop.window, stop.demand) = (5, (opens, opens + 120), vec![4]);
        stop.unserved_penalty = 150;
        match index % 6 {
            0 => stop.pickup = vec![3],
            1 => stop.more_windows = vec![(opens + 150, opens + 300)],
            2 => stop.service_by_kind = vec![5, 2],
            3 if priced => stop.lateness = crate::Lateness::Priced { per_minute: 2 },
            4 => stop.release = Some(opens / 2),
            _ => {}
        }
        builder.stop(stop);
    }
    builder.build().unwrap()
}

#[test]
fn a_wide_search_computes_as_the_checker_does() {
    let problem = wide_town(true);
    assert!(problem.wide);
    let instance = Instance::new(&problem);
    assert!(instance.swaps_tails);
    let mut state = State::<false, true>::new(&instance);
    state.load(&instance.plan_of(&Solution::default()));
    let mut annealer = Annealer::new(3, vec![]);
    let mut swapped = 0;
    for step in 0..500 {
        swapped += u32::from(changed(&mut annealer, &mut state, step));
        let plan = WorkingPlan::plan(&state);
        let solution = fitted_out(&problem, &plan.to_solution(&problem));
        let score = check(&problem, &solution).score();
        assert_eq!((score.excess, score.cost.in_parts()), (plan.excess, plan.cost), "{step}");
        if step % 3 == 0 { state.undo() } else { _ = state.keep() }
    }
    assert!(swapped > 10, "{swapped}");
}

#[test]
fn a_tail_with_a_reload_goes_to_nobody_who_may_not_reload() {
    let mut builder = samples::road();
    let reloads = crate::Reloads { places: vec![0], service: 0, most: 1 };
    let twice = crate::VehicleSpec { reloads: Some(reloads), ..samples::vehicle() };
    builder.vehicle(twice.clone());
    builder.vehicle(samples::vehicle());
    builder.vehicle(twice);
    let ids: Vec<StopId> =
        [60, 40, 20, 70, 50, 30, 65, 45, 25].map(|place| builder.stop(samples::stop(place))).to_vec();
    let problem = builder.build().unwrap();
    let instance = Instance::new(&problem);
    let reload = vec![crate::Stopover { before: 1, what: crate::Halt::Reload(0) }];
    let start = Solution {
        routes: ids.chunks(3).map(<[_]>::to_vec).collect(),
        stopovers: vec![reload.clone(), Vec::new(), reload],
        ..Solution::default()
    };
    let mut state = State::<false, true>::new(&instance);
    let (mut swapped, mut moved) = (0, 0);
    for step in 0..500 {
        state.load(&instance.plan_of(&start));
        assert_eq!(state.excess, 0);
        state.begin();
        let centre = step as usize % ids.len();
        if state.swap_tails(centre, Cost::MAX, &mut Rng::new(step)) {
            swapped += 1;
            let plan = WorkingPlan::plan(&state).to_solution(&problem);
            assert_eq!(check(&problem, &plan).violations, []);
            moved += u32::from(plan.stopovers[0].iter().chain(&plan.stopovers[2]).any(|one| one.before != 1));
        }
    }
    assert!(swapped > 50 && moved > 0, "{swapped} {moved}");
}

#[test]
fn a_reload_of_who_may_not_is_a_fault() {
    let mut builder = samples::line(&[10, 20]);
    builder.vehicle(crate::VehicleSpec { max_duration: Some(1000), ..samples::vehicle() });
    let problem = builder.build().unwrap();
    let instance = Instance::new(&problem);
    let mut plan =
        instance.plan_of(&Solution { routes: vec![problem.stop_ids().collect()], ..Solution::default() });
    plan.reloads = vec![vec![(1, 1)]];
    let mut state = State::<false, true>::new(&instance);
    state.load(&plan);
    assert!(state.excess > 0);
}

#[test]
fn what_sums_tell_of_a_place_is_what_walking_through_it_tells() {
    told_as_walked(&wide_town(true));
    told_as_walked(&wide_town(false));
}

fn told_as_walked(problem: &Problem) {
    let instance = Instance::new(problem);
    let mut state = State::<false, true>::new(&instance);
    state.load(&instance.plan_of(&Solution::default()));
    let mut annealer = Annealer::new(9, vec![]);
    let (mut direct_places, mut refused, mut reloading) = (0, 0, 0);
    for step in 0..200 {
        annealer.ruin_and_recreate(&mut state);
        state.keep();
        let stop = state.pool[step % state.pool.len()] as usize;
        state.begin();
        if state.nodes[stop].route != NONE {
            state.remove(stop, 1, &mut Vec::new());
        }
        for route in 0..state.tours.len() as u32 {
            let depot = state.depot(route);
            let mut before = depot;
            loop {
                let after = state.nodes[before].next as usize;
                if state.nodes[after].halts.is_none() {
                    let direct = state.is_direct(route, stop, after);
                    let able = state.has_room(route, stop);
                    let sums = state.spot(route, before, stop, Cost::MAX).filter(|_| able);
                    state.tours[route as usize].direct = false;
                    let walked = state.spot(route, before, stop, Cost::MAX);
                    state.tours[route as usize].direct = true;
                    let walked = walked.filter(|_| able);
                    assert_eq!(sums.map(|spot| spot.cost), walked.map(|spot| spot.cost));
                    direct_places += u32::from(direct && sums.is_some());
                    refused += u32::from(direct && sums.is_none());
                    reloading += u32::from(sums.is_some_and(|spot| spot.to.reload + spot.on.reload > 0));
                }
                before = after;
                if before == depot {
                    break;
                }
            }
        }
        state.undo();
    }
    assert!(direct_places > 100 && refused > 100 && reloading > 20, "{direct_places} {refused} {reloading}");
}

fn computes_as_the_checker_does<const CLOCKED: bool>(mut builder: crate::ProblemBuilder) {
    builder.vehicle(crate::VehicleSpec { end: None, ..samples::vehicle() });
    for index in 0..40 {
        let mut stop = samples::stop(1 + index * 37 % 100);
        let opens = 40 * (index as i64 % 7);
        (stop.service, stop.window, stop.demand) = (5, (opens, opens + 90), vec![4]);
        stop.unserved_penalty = 150;
        builder.stop(stop);
    }
    let problem = builder.build().unwrap();
    assert_eq!(problem.is_clocked(), CLOCKED);
    let instance = Instance::new(&problem);
    let mut state = State::<CLOCKED, false>::new(&instance);
    state.load(&instance.plan_of(&Solution::default()));
    let mut annealer = Annealer::new(3, vec![]);
    let mut kept = BTreeSet::new();
    let mut swapped = 0;
    for step in 0..500 {
        swapped += u32::from(changed(&mut annealer, &mut state, step));
        let plan = WorkingPlan::plan(&state);
        let score = check(&problem, &plan.to_solution(&problem)).score();
        assert_eq!((score.excess, score.cost.in_parts()), (plan.excess, plan.cost));
        if step % 3 == 0 {
            state.undo();
        } else {
            state.keep();
            kept.insert(plan.cost);
        }
    }
    assert!(swapped > 0);
    let best = state.best_plan().to_solution(&problem);
    assert_eq!(Some(check(&problem, &best).cost.in_parts()), kept.first().copied());
    assert!(!best.unserved.is_empty() && best.routes.iter().all(|route| route.len() > 3), "{best:?}");
}

#[test]
fn a_given_plan_that_cannot_be_meant_is_kept_if_mending_it_is_worse() {
    let no = u32::MAX;
    let mut builder = crate::ProblemBuilder::new(1);
    // Place 2 is the only way from 1 to 3, and its stop is another vehicle's.
    builder.matrix(4, vec![0, 1, 9, 9, 9, 0, 1, no, 9, 9, 0, 1, 1, 9, 9, 0]);
    builder.vehicle(samples::vehicle());
    let other = builder.vehicle(samples::vehicle());
    let mut foreign = samples::stop(2);
    foreign.only_vehicle = Some(other);
    let route = vec![builder.stop(samples::stop(1)), builder.stop(foreign), builder.stop(samples::stop(3))];
    let problem = builder.build().unwrap();
    let given = Solution { routes: vec![route, Vec::new()], unserved: Vec::new(), ..Solution::default() };
    assert_eq!(after(&problem, 0, Some(&given)), given);
}

#[test]
fn what_does_not_fit_or_does_not_pay_is_left_out_and_nothing_else() {
    let mut builder = samples::line(&[10, 20, 30]);
    let mut large = samples::stop(1);
    large.demand = vec![1000];
    let mut dear = samples::stop(1);
    (dear.service, dear.unserved_penalty) = (3600, 1);
    let left_out = [builder.stop(large), builder.stop(dear)];
    let problem = builder.build().unwrap();
    let solution = after(&problem, 0, None);
    assert_eq!(solution.unserved, left_out);
    let report = check(&problem, &solution);
    assert!(report.is_feasible(), "{report:?}");
    assert_eq!(report.driving, 60);
}

#[test]
fn only_who_is_allowed_and_able_serves_a_stop() {
    let (lift, cold) = (Skills(1), Skills(2));
    let mut builder = samples::road();
    let plain = builder.vehicle(samples::vehicle());
    // Whoever can lift costs more, and has something to do at the other end.
    let lifts = builder.vehicle(crate::VehicleSpec { skills: lift, fixed_cost: 50, ..samples::vehicle() });
    let near = |place, needs, allowed| crate::StopSpec { needs, allowed, ..samples::stop(place) };
    let heavy = builder.stop(near(10, lift, Allowed::All));
    let frozen = builder.stop(near(10, cold, Allowed::All));
    let named = builder.stop(near(90, Skills(0), Allowed::Only(vec![lifts])));
    let shunned = builder.stop(near(90, Skills(0), Allowed::AllBut(vec![lifts])));
    let nobodys = builder.stop(near(10, Skills(0), Allowed::Only(vec![])));
    let problem = builder.build().unwrap();
    let solution = after(&problem, 300, None);
    assert_eq!(solution.unserved, [frozen, nobodys]);
    assert_eq!(solution.routes[plain.index()], [shunned]);
    assert!(
        solution.routes[lifts.index()].contains(&heavy) && solution.routes[lifts.index()].contains(&named)
    );
    assert!(check(&problem, &solution).is_feasible());
    let wrong = Solution {
        routes: vec![vec![heavy], vec![shunned]],
        unserved: vec![frozen, named, nobodys],
        ..Solution::default()
    };
    let violations = check(&problem, &wrong).violations;
    assert_eq!(
        violations,
        [
            Violation::Skill { vehicle: plain, stop: heavy },
            Violation::WrongVehicle { vehicle: lifts, stop: shunned }
        ]
    );
    assert_eq!(after(&problem, 0, Some(&wrong)).routes, solution.routes);
    let examination = crate::examine(&problem, &solution, 2).unserved;
    assert_eq!(examination[0].ways[0].obstacles, [crate::Obstacle::Skill]);
    assert_eq!(examination[1].ways[0].obstacles, [crate::Obstacle::NotAllowed]);
}

#[test]
fn a_price_on_long_days_spreads_the_work() {
    let used = |long_day| {
        let mut builder = samples::road();
        let vehicle = crate::VehicleSpec { long_day, ..samples::vehicle() };
        builder.vehicle(vehicle.clone());
        builder.vehicle(vehicle);
        for place in [10, 20, 30, 40] {
            let mut stop = samples::stop(place);
            stop.service = 100;
            builder.stop(stop);
        }
        let problem = builder.build().unwrap();
        let mut lengths: Vec<usize> = after(&problem, 200, None).routes.iter().map(Vec::len).collect();
        lengths.sort_unstable();
        lengths
    };
    assert_eq!(used(None), [0, 4]);
    assert_eq!(used(Some(crate::LongDay { after: 300, cost_per_hour: 36_000 })), [2, 2]);
}

#[test]
fn given_routes_keep_their_order_until_there_is_a_better_one() {
    let problem = samples::line(&[10, 20, 30]).build().unwrap();
    let ids: Vec<StopId> = problem.stop_ids().collect();
    let given =
        Solution { routes: vec![vec![ids[2], ids[0]]], unserved: vec![ids[1]], ..Solution::default() };
    let solution = after(&problem, 0, Some(&given));
    let kept: Vec<StopId> = solution.routes[0].iter().copied().filter(|stop| *stop != ids[1]).collect();
    assert_eq!(kept, [ids[2], ids[0]]);
    assert!(solution.unserved.is_empty());
}

#[test]
fn no_vehicles_and_no_stops_are_answered() {
    let nothing = crate::ProblemBuilder::new(0).build().unwrap();
    assert_eq!(after(&nothing, 10, None), Solution::default());
}
