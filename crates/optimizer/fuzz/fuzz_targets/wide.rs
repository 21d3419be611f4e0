//! Any bytes as a small problem with any features and a plan for it: whatever holds together is judged, explained, solved
//! from that plan, and asked where each stop could go.

#![no_main]

mod feed;

use feed::Feed;
use libfuzzer_sys::fuzz_target;
use optimizer::check::{Report, Violation, check};
use optimizer::{
    ChangePrices, Cost, Halt, Problem, Settings, Solution, StopRule, StopId, Stopover, best_insertions, examine,
    fitted_out, json, replan, solve, timetable,
};

/// Beyond this a cost may be a sum that has been saturated on its way, so that differences of such sums mean nothing.
const SATURATED: i64 = i64::MAX / 16;

fuzz_target!(|bytes: &[u8]| {
    let mut feed = Feed::new(bytes);
    let again = feed.once_in(4);
    let Some((problem, given)) = feed.problem() else { return };
    let written = json::write("any", &problem).expect("there are no coordinates");
    if std::env::var_os("FUZZ_SHOW").is_some() {
        println!("{written}\n{given:?}");
    }
    let before = check(&problem, &given);
    let read = json::read(&written).expect("what we write we read").problem;
    assert_eq!(check(&read, &given), before, "the same problem, written and read");
    let _ = fitted_out(&problem, &given);
    problem.vehicle_ids().for_each(|vehicle| drop(timetable(&problem, &given, vehicle)));
    problem.stop_ids().for_each(|stop| drop(best_insertions(&problem, &given, stop, 3)));
    assert_eq!(examine(&problem, &given, 2).score, before.score());

    let stop = StopRule { iterations: Some(60), ..StopRule::default() };
    let outcome = solve(&problem, &stop, &Settings { start: Some(&given), ..Settings::default() });
    let report = check(&problem, &outcome.solution);
    assert_eq!(report.score(), outcome.score, "the search and the checker agree");
    assert!(outcome.score <= before.score(), "no answer is worse than what was given");
    let names_twice = |violation: &Violation| matches!(violation, Violation::Twice { .. });
    if again && !before.violations.iter().any(names_twice) {
        for answer in
            replan(&problem, &given, ChangePrices { moved: 50, order: 20 }, &stop, &Settings::default())
        {
            let without_changes = before.cost - before.change_cost;
            assert!(answer.report.score().excess <= before.score().excess);
            let cheaper = answer.report.cost <= without_changes;
            assert!(cheaper || answer.report.score().excess < before.score().excess || saturated(&before));
        }
    }
    if outcome.solution == given {
        return;
    }
    describe(&problem, &outcome.solution, &report);
    for stop in problem.stop_ids() {
        insert(&problem, &outcome.solution, stop);
    }
});

fn saturated(report: &Report) -> bool {
    report.cost.in_parts() > SATURATED || report.change_cost.in_parts() > SATURATED
}

/// The times of all vehicles are those that the checker computes.
fn describe(problem: &Problem, plan: &Solution, report: &Report) {
    let (mut duration, mut driving, mut waiting, mut late, mut metres) = (0, 0, 0, 0, 0);
    for (vehicle, route) in problem.vehicle_ids().zip(&plan.routes) {
        let times = timetable(problem, plan, vehicle);
        if route.is_empty() && problem.vehicle(vehicle).is_some_and(|spec| !spec.under_way) {
            continue;
        }
        duration += times.duration();
        driving += times.driving;
        waiting += times.waiting;
        late += times.visits.iter().map(|visit| visit.late).sum::<i64>();
        metres += times.metres;
    }
    let judged = (report.duration, report.driving, report.waiting, report.late, report.distance);
    assert_eq!((duration, driving, waiting, late, metres), judged);
}

/// Leaves no reload that loads for no stop, which no plan that makes sense has.
fn drop_idle_reloads(under_way: bool, route: &[StopId], stopovers: &mut Vec<Stopover>) {
    let mut last = None;
    stopovers.retain(|over| {
        let reload = matches!(over.what, Halt::Reload(_));
        let fits = (usize::from(!under_way)..route.len()).contains(&over.before) && last != Some(over.before);
        if reload && fits {
            last = Some(over.before);
        }
        !reload || fits
    });
}

/// Taken out of the plan, the stop costs where it goes back in what it is said to.
fn insert(problem: &Problem, plan: &Solution, stop: StopId) {
    if problem.relations().shipment_of(stop).is_some() {
        return;
    }
    let mut plan = plan.clone();
    for (index, route) in plan.routes.iter_mut().enumerate() {
        let Some(at) = route.iter().position(|&other| other == stop) else { continue };
        route.remove(at);
        for over in plan.stopovers.get_mut(index).into_iter().flatten().filter(|over| over.before > at) {
            over.before -= 1;
        }
    }
    let group = problem.relations().alternatives_to(stop).unwrap_or(std::slice::from_ref(&stop));
    if group.iter().all(|&other| plan.place_of(other).is_none()) {
        plan.unserved.retain(|other| !group.contains(other));
        plan.unserved.push(group[0]);
        plan.unserved.sort_unstable();
    }
    for (vehicle, own) in problem.vehicle_ids().zip(&mut plan.stopovers) {
        drop_idle_reloads(
            problem.vehicle(vehicle).is_some_and(|spec| spec.under_way),
            &plan.routes[vehicle.index()],
            own,
        );
    }
    let plan = fitted_out(problem, &plan);
    let before = check(problem, &plan);
    let penalty = Cost::units(problem.stop(stop).map_or(0, |spec| spec.unserved_penalty));
    for insertion in best_insertions(problem, &plan, stop, usize::MAX) {
        let mut with = plan.clone();
        let vehicle = insertion.vehicle.index();
        with.unserved.retain(|other| !group.contains(other));
        with.routes[vehicle].insert(insertion.position, stop);
        if !insertion.stopovers.is_empty() || !with.stopovers.is_empty() {
            with.stopovers.resize(with.routes.len(), Vec::new());
            with.stopovers[vehicle].clone_from(&insertion.stopovers);
        }
        let after = check(problem, &with);
        assert!(after.score().excess <= before.score().excess, "{:?}", after.violations);
        assert_eq!(insertion.extra_seconds, after.duration - before.duration);
        assert_eq!(insertion.extra_driving, after.driving - before.driving);
        assert_eq!(insertion.extra_metres, after.distance - before.distance);
        if !saturated(&before) && !saturated(&after) {
            assert_eq!(insertion.cost, after.cost - before.cost + penalty);
        }
    }
}
