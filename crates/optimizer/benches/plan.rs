//! How good the plans are that a dispatcher waits for, and how long an insertion query takes: mornings and running
//! days of invented towns, planned in 1, 2 and 10 seconds, and where one more stop fits among 1,000. Prints what a plan
//! costs and medians; keeps no history.

#[path = "../tests/town/mod.rs"]
mod town;

use std::hint::black_box;
use std::time::{Duration, Instant};

use optimizer::check::check;
use optimizer::{Problem, Settings, Solution, Stop, best_insertions, solve};
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
}

fn planned(name: &str, day: &Problem) {
    let start = Instant::now();
    let first = check(day, &first_plan(day));
    println!("{name}: first plan {}, {:.2} s", first.cost.in_units(), start.elapsed().as_secs_f64());
    for seconds in [1, 2, 10] {
        let stop = Stop { time: Some(Duration::from_secs(seconds)), ..Stop::default() };
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
    let stop = Stop { iterations: Some(20_000), ..Stop::default() };
    let full = solve(&day, &stop, &Settings::default()).solution;
    let mut times: Vec<Duration> = day
        .stop_ids()
        .map(|stop| {
            let without = |route: &Vec<_>| route.iter().copied().filter(|other| *other != stop).collect();
            let mut solution = Solution {
                routes: full.routes.iter().map(without).collect(),
                unserved: full.unserved.clone(),
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
