//! How long the answers take that a dispatcher waits for: a morning plan of 1,500 stops and 40 vehicles, what a few
//! seconds of improvement are worth, and where one more stop fits among 1,000. Prints medians; keeps no history.

#[path = "../tests/town/mod.rs"]
mod town;

use std::hint::black_box;
use std::time::{Duration, Instant};

use optimizer::check::check;
use optimizer::{Budget, Solution, best_insertions, construct, improve};
use town::Town;

fn main() {
    let morning = Town { stops: 1500, vehicles: 40, seed: 1, rough: false, priced: false }.build();
    let mut times: Vec<Duration> = (0..5).map(|_| timed(|| construct(black_box(&morning))).1).collect();
    times.sort_unstable();
    let plan = construct(&morning);
    let report = check(&morning, &plan);
    println!(
        "construct 1500 x 40: median {:.0} ms; cost {}, {} h driving, {} vehicles, {} unserved, feasible {}",
        times[2].as_secs_f64() * 1e3,
        report.cost.in_units(),
        report.driving / 3600,
        report.vehicles_used,
        report.unserved,
        report.is_feasible(),
    );
    for seconds in [1, 3, 10] {
        let start = Instant::now();
        let steps = std::cell::Cell::new(0_u64);
        let stop = || {
            steps.set(steps.get() + 1);
            start.elapsed() >= Duration::from_secs(seconds)
        };
        let better = improve(&morning, plan.clone(), Budget::until(&stop), 1);
        let after = check(&morning, &better);
        println!(
            "improve {seconds:2} s: {} steps/s; cost {} ({:+.2} %), {} h driving, {} unserved, feasible {}",
            steps.get() / seconds,
            after.cost.in_units(),
            100.0 * (after.cost.in_parts() as f64 / report.cost.in_parts() as f64 - 1.0),
            after.driving / 3600,
            after.unserved,
            after.is_feasible(),
        );
    }
    for priced in [false, true] {
        insertion_query(priced);
    }
    let large = Town { stops: 6000, vehicles: 160, seed: 2, rough: false, priced: false }.build();
    let (plan, time) = timed(|| construct(&large));
    println!("construct 6000 x 160: {:.1} s; {} unserved", time.as_secs_f64(), check(&large, &plan).unserved);
}

fn insertion_query(priced: bool) {
    let day = Town { stops: 1001, vehicles: 80, seed: 3, rough: false, priced }.build();
    let full = construct(&day);
    let mut times: Vec<Duration> = day
        .stop_ids()
        .map(|stop| {
            let mut solution = Solution {
                routes: full
                    .routes
                    .iter()
                    .map(|route| route.iter().copied().filter(|s| *s != stop).collect())
                    .collect(),
                unserved: full.unserved.clone(),
            };
            solution.unserved.push(stop);
            timed(|| best_insertions(black_box(&day), &solution, stop, 5)).1
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

fn timed<T>(answer: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let answer = answer();
    (answer, start.elapsed())
}
