//! What the benches of live use (`benches/day`, `benches/dynamic`) would get wrong in silence: whether a day that goes as
//! planned costs what was planned, who gets what is aboard a broken vehicle, and what has to go now.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../benches/day/policy.rs"]
mod answers;
#[path = "../benches/dynamic/policy.rs"]
mod dispatch;
#[path = "../benches/day/live.rs"]
mod live;
#[path = "../benches/dynamic/rules.rs"]
mod rules;
#[expect(dead_code, reason = "not all of a town is needed here")]
mod town;
#[path = "../benches/day/world.rs"]
mod world;

use answers::{Policy, answer};
use dispatch::{Sampling, consensus, everything};
use live::{Day, Outcome};
use optimizer::check::check;
use optimizer::{ProblemBuilder, Solution, StopSpec, VehicleSpec, timetable};
use rules::{Customers, Epoch, Request, departure, play};
use town::Dice;
use world::{Event, MORNING, Size, What, World, planned};

const SMALL: Size =
    Size { stops: 60, vehicles: 8, late_orders: 6, cancellations: 4, breakdowns: 2, delays: 3 };
const REPLAN: Policy = Policy::Replan { steps: 600, threads: 1 };

/// A world whose ways take what is planned.
fn as_planned(size: Size, seed: u64) -> World {
    let mut world = World::new(size, seed);
    world.noise = None;
    world
}

fn led(world: &World, plan: &Solution, events: &[Event], policy: Policy) -> Outcome {
    let mut day = Day::new(world);
    day.begin(world.morning(), plan);
    for &event in events {
        day.advance(event.at);
        let touched = day.happens(event);
        answer(policy, &mut day, &touched);
    }
    day.finish()
}

#[test]
fn a_day_that_goes_as_planned_costs_what_was_planned() {
    for seed in 1..4 {
        let world = as_planned(SMALL, seed);
        let morning = world.morning();
        let plan = planned(&morning, 2000, 1);
        let report = check(&morning, &plan);
        let outcome = led(&world, &plan, &[], Policy::Nothing);
        assert_eq!((outcome.cost, outcome.driving), (report.cost, report.driving));
        assert_eq!((outcome.late, outcome.unserved), (report.late, report.unserved));
        assert_eq!((outcome.moved, outcome.impossible), (0, 0));
    }
}

#[test]
fn a_day_in_pieces_is_the_same_day() {
    let world = World::new(SMALL, 5);
    let plan = planned(&world.morning(), 2000, 1);
    let mut day = Day::new(&world);
    day.begin(world.morning(), &plan);
    (0..200).for_each(|step| day.advance(MORNING + step * 173));
    assert_eq!(day.finish(), led(&world, &plan, &[], Policy::Nothing));
}

#[test]
fn a_plan_with_reloads_costs_what_was_planned_too() {
    let world = as_planned(Size { stops: 70, vehicles: 1, late_orders: 0, ..SMALL }, 2);
    let mut day = Day::new(&world);
    let moment = day.moment();
    let plan = planned(&moment.problem, 3000, 1);
    let report = check(&moment.problem, &plan);
    assert!(report.reloads > 0 && report.is_feasible(), "{report:?}");
    day.adopt(&moment, &plan);
    let outcome = day.finish();
    assert_eq!((outcome.cost, outcome.driving, outcome.impossible), (report.cost, report.driving, 0));
}

#[test]
fn in_the_middle_of_a_day_the_rest_of_the_plan_costs_what_is_still_to_pay() {
    let world = as_planned(SMALL, 3);
    let plan = planned(&world.morning(), 2000, 1);
    let mut day = Day::new(&world);
    day.begin(world.morning(), &plan);
    day.advance(MORNING + 4 * 3600);
    let moment = day.moment();
    let rest = check(&moment.problem, &moment.given);
    assert!(rest.is_feasible() && rest.unserved == 0 && rest.driving > 0, "{rest:?}");
    day.adopt(&moment, &moment.given);
    let whole = check(&world.morning(), &plan);
    let outcome = day.finish();
    assert_eq!((outcome.cost, outcome.driving), (whole.cost, whole.driving));
    assert!(rest.driving < whole.driving);
}

#[test]
fn no_policy_serves_what_is_not_aboard() {
    for seed in 1..4 {
        let mut world = World::new(SMALL, seed);
        let morning = world.morning();
        let plan = planned(&morning, 2000, 1);
        let events = world.events(SMALL, &morning, &plan, seed);
        let [nothing, insertion, replanned] =
            [Policy::Nothing, Policy::Insertion, REPLAN].map(|policy| led(&world, &plan, &events, policy));
        assert_eq!([nothing.impossible, insertion.impossible, replanned.impossible], [0, 0, 0]);
        assert!(nothing.unserved >= SMALL.late_orders && nothing.moved == 0, "{nothing:?}");
        assert!(
            insertion.unserved < nothing.unserved && replanned.unserved < nothing.unserved,
            "{seed} {nothing:?} {insertion:?} {replanned:?}"
        );
    }
}

#[test]
fn what_is_aboard_a_broken_vehicle_is_lost_and_the_rest_is_free() {
    let world = as_planned(SMALL, 1);
    let morning = world.morning();
    let plan = planned(&morning, 2000, 1);
    let times: Vec<_> = morning.vehicle_ids().map(|vehicle| timetable(&morning, &plan, vehicle)).collect();
    let (broken, times) = times.iter().enumerate().max_by_key(|(_, times)| times.visits.len()).unwrap();
    for (at, lost) in [(times.start, 0), (times.visits[1].departure, times.visits.len() - 2)] {
        let mut day = Day::new(&world);
        day.begin(morning.clone(), &plan);
        day.advance(at);
        let touched = day.happens(Event { at, what: What::Broken(broken, None) });
        let moment = day.moment();
        let free = moment.given.unserved.len();
        assert_eq!(Day::stops(&moment, &touched).len(), free);
        assert_eq!(free, if lost == 0 { times.visits.len() } else { 0 });
        assert!(moment.given.routes[broken].is_empty());
        let outcome = day.finish();
        assert_eq!(outcome.unserved, free + lost);
    }
}

#[test]
fn a_delay_and_a_repair_take_their_time_and_a_cancellation_saves_its() {
    let world = as_planned(SMALL, 1);
    let morning = world.morning();
    let plan = planned(&morning, 2000, 1);
    let route = plan.routes.iter().position(|route| route.len() > 3).unwrap();
    let times = timetable(&morning, &plan, morning.vehicle_ids().nth(route).unwrap());
    let at = times.visits[0].departure;
    let happens = |what| led(&world, &plan, &[Event { at, what }], Policy::Nothing);
    let undisturbed = led(&world, &plan, &[], Policy::Nothing);
    let delayed = happens(What::Delayed(route, 3600));
    assert!(delayed.cost > undisturbed.cost && delayed.driving == undisturbed.driving);
    assert_eq!(happens(What::Broken(route, Some(3600))), delayed);
    let done = happens(What::Cancelled(times.visits[0].stop.index()));
    assert_eq!(done, undisturbed);
    let cancelled = happens(What::Cancelled(times.visits[2].stop.index()));
    assert!(cancelled.cost != undisturbed.cost && cancelled.unserved == undisturbed.unserved);
    assert!(cancelled.driving < undisturbed.driving);
}

#[test]
fn ways_take_as_long_for_everybody_and_not_much_longer_than_planned() {
    let (world, planned) = (World::new(SMALL, 7), as_planned(SMALL, 7));
    let mut ratios: Vec<i64> = Vec::new();
    for (from, to) in (0..60).flat_map(|from| (from + 1..60).map(move |to| (from, to))) {
        let way = world.drive(0, from, to);
        assert_eq!(way, world.drive(1, from, to));
        ratios.push(1000 * way / planned.drive(0, from, to));
    }
    let mean = ratios.iter().sum::<i64>() / ratios.len() as i64;
    assert!(
        ratios.iter().all(|ratio| (880..=1300).contains(ratio)) && (1080..1120).contains(&mean),
        "{mean}"
    );
}

/// Customers along a street, 10 s from one to the next; windows open every half hour.
fn street() -> Customers {
    let mut builder = ProblemBuilder::new(1);
    let seconds = (0..61_u32).flat_map(|from| (0..61).map(move |to| 10 * from.abs_diff(to))).collect();
    let matrix = builder.matrix(61, seconds);
    let capacity = vec![10];
    let spec = VehicleSpec {
        matrix,
        capacity,
        shift: (0, 30_000),
        cost_per_driving_hour: 3600,
        ..VehicleSpec::default()
    };
    builder.vehicle(spec);
    for place in 1..=60 {
        let opens = 3600 + 1800 * (place as i64 % 10);
        let window = (opens, opens + 7200);
        builder.stop(StopSpec { place, window, service: 60, demand: vec![1], ..StopSpec::default() });
    }
    Customers::of(&builder.build().unwrap()).unwrap()
}

#[test]
fn what_would_be_too_late_in_the_next_epoch_has_to_go() {
    let customers = street();
    assert_eq!((customers.epochs(), departure(0), departure(1)), ((0, 4), 3600, 7200));
    let request = |place, close| Request { place, window: (0, close), service: 60, demand: 1 };
    let epoch = |number| Epoch { customers: &customers, number, last: 4, known: &[] };
    assert!(epoch(0).must_go(&request(60, 7799)) && !epoch(0).must_go(&request(60, 7800)));
    assert!(epoch(1).must_go(&request(60, 7800)));
    // It has to be back as well: 600 s there, 60 s, and 600 s home.
    let back = |closes| {
        let mut customers = street();
        customers.closes = closes;
        !Epoch { customers: &customers, ..epoch(0) }.must_go(&request(60, 20_000))
    };
    assert!(!back(7200 + 1259) && back(7200 + 1260));
    assert!(epoch(4).must_go(&request(1, 30_000)));
}

#[test]
fn only_what_can_still_be_served_is_asked_for_and_a_seed_is_a_day() {
    let customers = street();
    let drawn = |seed| customers.draw(3, &mut Dice(seed));
    assert!(!drawn(1).is_empty() && drawn(1).len() < 100, "{}", drawn(1).len());
    assert!(drawn(1).iter().all(|request| customers.in_time(request, departure(3))));
    assert!(drawn(1) == drawn(1) && drawn(1) != drawn(2));
}

#[test]
fn a_route_may_leave_as_long_as_it_is_in_time_and_not_too_full() {
    let customers = street();
    let request = |place, window| Request { place, window, service: 60, demand: 4 };
    let route = [request(10, (0, 5000)), request(20, (5050, 5100))];
    assert_eq!(customers.latest_leave(&route), Some(5100 - 100 - 60 - 100));
    assert_eq!(customers.latest_leave(&[route[0], route[1], route[1]]), None);
    assert_eq!(customers.latest_leave(&[route[0], request(20, (30_000, 40_000))]), None);
    assert_eq!(customers.latest_leave(&[]), Some(30_000));
}

#[test]
fn a_policy_that_breaks_the_rules_is_refused() {
    let customers = street();
    let alone = |epoch: &Epoch<'_>| (0..epoch.known.len()).map(|index| vec![index]).collect::<Vec<_>>();
    assert!(play(&customers, 1, &mut |epoch| alone(epoch)).is_ok());
    let refused = |change: &dyn Fn(&mut Vec<Vec<usize>>)| {
        play(&customers, 1, &mut |epoch| {
            let mut routes = alone(epoch);
            change(&mut routes);
            routes
        })
        .unwrap_err()
    };
    assert!(refused(&|routes| routes.clear()).contains("had to go"));
    assert!(refused(&|routes| routes.push(vec![0])).contains("twice"));
    assert!(refused(&|routes| routes.push(vec![9999])).contains("unknown"));
    assert!(refused(&|routes| *routes = vec![routes.concat()]).contains("too full"));
}

#[test]
fn waiting_for_more_drives_less_than_going_at_once() {
    let customers = street();
    let sampling = Sampling { futures: 4, rounds: 2, epochs: 2, steps_for_stop: 10, goes: 50, waits: 25 };
    let greedy = play(&customers, 1, &mut |epoch| everything(epoch, 5000)).unwrap();
    let ours = play(&customers, 1, &mut |epoch| consensus(epoch, &sampling, 5000, 1)).unwrap();
    assert_eq!((ours.requests, ours.epochs), (greedy.requests, 5));
    assert!(ours.driving < greedy.driving && ours.routes <= greedy.routes, "{ours:?} {greedy:?}");
}
