//! How good the plans are that a dispatcher waits for, and how long an insertion query takes: mornings and running
//! days of invented towns, planned in 1, 2 and 10 seconds, and where one more stop fits among 1,000. Prints what a plan
//! costs and medians; keeps no history.

#[path = "../tests/town/mod.rs"]
mod town;

use std::hint::black_box;
use std::time::{Duration, Instant};

use optimizer::check::check;
use optimizer::{ChangePrices, Problem, Settings, Solution, StopRule, best_insertions, replan, solve};
use town::{Town, first_plan};

fn main() {
    let morning = Town { stops: 1500, vehicles: 40, seed: 1, rough: false, priced: false, rush: false };
    let days = [
        ("morning, 1500 x 40", morning),
        ("the same, lateness priced", Town { priced: true, ..morning }),
        ("the first, with rush hours", Town { rush: true, ..morning }),
        (
            "small vehicles, tight windows, 600 x 60",
            Town { stops: 600, vehicles: 60, seed: 4, rough: true, priced: false, rush: false },
        ),
        (
            "small, 200 x 8",
            Town { stops: 200, vehicles: 8, seed: 5, rough: false, priced: false, rush: false },
        ),
        (
            "large, 6000 x 160",
            Town { stops: 6000, vehicles: 160, seed: 2, rough: false, priced: false, rush: false },
        ),
    ];
    for (name, day) in days {
        planned(name, &day.build());
    }
    for priced in [false, true] {
        insertion_query(priced);
    }
    (6..9).for_each(live_replan);
}

/// A morning of 1,000 stops and 80 vehicles after half of them have left: one of the others breaks down, twelve orders come
/// in, and there are three answers in two seconds.
fn live_replan(seed: u64) {
    const LATE_ORDERS: usize = 12;
    let town = Town { stops: 1000, vehicles: 80, seed, rough: false, priced: true, rush: false };
    let long = StopRule { iterations: Some(500_000), ..StopRule::default() };
    let two_threads = Settings { threads: 2, ..Settings::default() };
    // The morning's plan knows nothing of the last orders.
    let morning = town.changed(|_, stops| {
        let late = stops.len() - LATE_ORDERS;
        stops[late..].iter_mut().for_each(|stop| stop.unserved_penalty = 0);
    });
    let mut given = solve(&morning, &long, &two_threads).solution;
    let broken =
        (0..80).filter(|vehicle| vehicle % 2 == 1).max_by_key(|&v| given.routes[v].len()).unwrap_or(1);
    let by_stop: Vec<Option<_>> =
        morning.stop_ids().map(|stop| given.place_of(stop).map(|at| at.0)).collect();
    let day = town.changed(|vehicles, stops| {
        for (stop, vehicle) in stops.iter_mut().zip(&by_stop) {
            // Every second vehicle has left.
            stop.only_vehicle = vehicle.filter(|vehicle| vehicle.index() % 2 == 0);
        }
        vehicles[broken].capacity.fill(0);
    });
    let freed = std::mem::take(&mut given.routes[broken]);
    let late: Vec<_> = day.stop_ids().skip(1000 - LATE_ORDERS).collect();
    for route in &mut given.routes {
        route.retain(|stop| !late.contains(stop));
    }
    given.unserved = freed.iter().copied().chain(late.iter().copied()).collect();
    given.unserved.sort_unstable();
    given.unserved.dedup();
    let free =
        day.stop_ids().filter(|&stop| day.stop(stop).is_some_and(|spec| spec.only_vehicle.is_none())).count();
    let stop = StopRule { time: Some(Duration::from_secs(2)), ..StopRule::default() };
    let start = Instant::now();
    let answers = replan(&day, &given, ChangePrices { moved: 200, order: 40 }, &stop, &two_threads);
    let seconds = start.elapsed().as_secs_f64();
    let own = solve(&day, &long, &Settings { start: Some(&given), ..two_threads });
    let cheapest = check(&day, &own.solution).cost.in_units();
    println!(
        "live, 1000 x 80, {free} stops free, {} of a broken-down vehicle, {LATE_ORDERS} new: {seconds:.2} s",
        freed.len()
    );
    for answer in &answers {
        let report = &answer.report;
        println!(
            "  {:?}: {} to another vehicle ({:.1} % of the free), {} in another order; cost {} ({:+.2} % of what 500,000 steps for the free one alone come to), \
             {} unserved, {} late, feasible {}",
            answer.freedom,
            report.moved,
            100.0 * report.moved as f64 / free as f64,
            report.reordered,
            report.cost.in_units(),
            100.0 * (report.cost.in_units() as f64 / cheapest as f64 - 1.0),
            report.unserved,
            report.late_stops,
            report.is_feasible(),
        );
    }
}

fn planned(name: &str, day: &Problem) {
    let start = Instant::now();
    let first = check(day, &first_plan(day));
    println!("{name}: first plan {}, {:.2} s", first.cost.in_units(), start.elapsed().as_secs_f64());
    for seconds in [1, 2, 10] {
        let stop = StopRule { time: Some(Duration::from_secs(seconds)), ..StopRule::default() };
        let outcome = solve(day, &stop, &Settings { threads: 2, ..Settings::default() });
        let report = check(day, &outcome.solution);
        println!(
            "  {seconds:2} s: {}; {} steps/s, {} h driving, {} vehicles, {} unserved, feasible {}",
            report.cost.in_units(),
            outcome.iterations / seconds,
            report.driving / 3600,
            report.vehicles_used,
            report.unserved,
            report.is_feasible(),
        );
    }
}

fn insertion_query(priced: bool) {
    let day = Town { stops: 1001, vehicles: 80, seed: 3, rough: false, priced, rush: false }.build();
    let stop = StopRule { iterations: Some(20_000), ..StopRule::default() };
    let full = solve(&day, &stop, &Settings::default()).solution;
    let mut times: Vec<Duration> = day
        .stop_ids()
        .map(|stop| {
            let without = |route: &Vec<_>| route.iter().copied().filter(|other| *other != stop).collect();
            let mut solution = Solution {
                routes: full.routes.iter().map(without).collect(),
                unserved: full.unserved.clone(),
                ..Solution::default()
            };
            solution.unserved.push(stop);
            let start = Instant::now();
            black_box(best_insertions(black_box(&day), &solution, stop, 5));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "insertion into 1000 x 80, lateness {}: median {:.2} ms, p99 {:.2} ms",
        if priced { "priced" } else { "hard" },
        times[times.len() / 2].as_secs_f64() * 1e3,
        times[times.len() * 99 / 100].as_secs_f64() * 1e3,
    );
}
