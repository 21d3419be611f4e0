//! What the constraints cost: steps a second with each of them on the same day, with travel times by the hour beside
//! static ones, insertion queries where vehicles may reload, and how large a day may be. Prints medians; keeps no history.
//! `cargo bench -p optimizer --bench limits [features|hours|insertion|large]`.

#[path = "../tests/town/mod.rs"]
#[expect(dead_code, reason = "not every part of a town is needed here")]
mod town;
#[path = "../tests/town/wide.rs"]
mod wide;

use std::hint::black_box;
use std::time::{Duration, Instant};

use optimizer::check::check;
use optimizer::{Problem, Settings, Solution, StopRule, best_insertions, solve};
use town::Town;
use wide::{Feature, wide_town};

const TWO_THREADS: Settings<'_> =
    Settings { seed: 1, threads: 2, start: None, near: &[], on_improvement: None };
/// How often each thing is measured, in turn with what it is measured against.
const TIMES: usize = 5;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let parts: [(&str, fn()); 4] =
        [("features", features), ("hours", hours), ("insertion", insertion), ("large", large)];
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|wanted| wanted == name) {
            part();
        }
    }
}

/// Seconds of a search of so many steps.
fn seconds(problem: &Problem, steps: u64) -> f64 {
    let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
    let start = Instant::now();
    black_box(solve(black_box(problem), &stop, &TWO_THREADS));
    start.elapsed().as_secs_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// How many times as long one problem takes as another, measured in turn.
fn ratio(one: &Problem, other: &Problem, steps: u64) -> f64 {
    median((0..TIMES).map(|_| seconds(one, steps) / seconds(other, steps)).collect())
}

fn features() {
    const STEPS: u64 = 20_000;
    let plain = wide_town(400, 20, 1, &[]);
    println!("400 stops, 20 vehicles, {STEPS} steps: {:.2} s without any of these", seconds(&plain, STEPS));
    for feature in Feature::ALL {
        if feature != Feature::Rough {
            let with = wide_town(400, 20, 1, &[feature]);
            println!("  {feature:?}: {:.2} times as long", ratio(&with, &plain, STEPS));
        }
    }
}

fn hours() {
    const STEPS: u64 = 30_000;
    for (stops, vehicles) in [(400, 20), (1_000, 40)] {
        let town = Town { stops, vehicles, seed: 2, rough: false, priced: false, rush: false };
        let (always, rush) = (town.build(), Town { rush: true, ..town }.build());
        let times = ratio(&rush, &always, STEPS);
        let stop = StopRule { iterations: Some(STEPS), ..StopRule::default() };
        let report = check(&rush, &solve(&rush, &stop, &TWO_THREADS).solution);
        println!(
            "{stops} stops, {vehicles} vehicles, {STEPS} steps: with travel times by the hour {times:.2} times as long; \
             {} late, {} unserved, feasible {}",
            report.late_stops,
            report.unserved,
            report.is_feasible()
        );
    }
}

fn insertion() {
    let features: [(&str, &[Feature]); 3] = [
        ("nothing else", &[]),
        ("reloads and releases", &[Feature::Reloads, Feature::Releases]),
        ("breaks, kilometres and emissions", &[Feature::Breaks, Feature::Kilometres, Feature::Emissions]),
    ];
    for (name, features) in features {
        let day = wide_town(1_001, 80, 3, features);
        let stop = StopRule { iterations: Some(5_000), ..StopRule::default() };
        let full = solve(&day, &stop, &TWO_THREADS).solution;
        let mut times: Vec<f64> = day
            .stop_ids()
            .filter_map(|stop| {
                let (vehicle, position) = full.place_of(stop)?;
                let mut solution: Solution = full.clone();
                solution.routes[vehicle.index()].remove(position);
                if let Some(own) = solution.stopovers.get_mut(vehicle.index()) {
                    own.iter_mut().for_each(|own| own.before -= usize::from(own.before > position));
                }
                solution.unserved.push(stop);
                solution.unserved.sort_unstable();
                let start = Instant::now();
                black_box(best_insertions(black_box(&day), &solution, stop, 5));
                Some(start.elapsed().as_secs_f64() * 1e3)
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "insertion into 1,000 stops of 80 vehicles, {name}: median {:.2} ms, p99 {:.2} ms",
            times[times.len() / 2],
            times[times.len() * 99 / 100]
        );
    }
}

fn large() {
    let start = Instant::now();
    let day = wide_town(10_000, 200, 1, &[Feature::Skills, Feature::Breaks]);
    println!(
        "10,000 stops, 200 vehicles, with windows, skills and breaks: set up in {:.0} s",
        start.elapsed().as_secs_f64()
    );
    for seconds in [20, 60] {
        let stop = StopRule { time: Some(Duration::from_secs(seconds)), ..StopRule::default() };
        let start = Instant::now();
        let found = solve(&day, &stop, &TWO_THREADS);
        let took = start.elapsed().as_secs_f64();
        let report = check(&day, &found.solution);
        println!(
            "  {seconds} s ({took:.1}): cost {}, {} unserved, {} vehicles, {} steps, feasible {}; most resident {} MB",
            report.cost.in_units(),
            report.unserved,
            report.vehicles_used,
            found.iterations,
            report.is_feasible(),
            most_resident_mb().map_or("?".to_owned(), |mb| mb.to_string())
        );
    }
}

fn most_resident_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}
