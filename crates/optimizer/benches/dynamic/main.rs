//! The dynamic problem of the EURO meets NeurIPS 2022 competition on its own instances: what is dispatched every hour
//! while more comes in. Prints seconds of driving of two policies on the same days, and how far the competition's teams
//! were apart on theirs; needs `DOORSTEP_DATA`. Searches end by steps, so the driving does not depend on the machine.

mod policy;
mod rules;
#[path = "../shared/mod.rs"]
mod shared;
#[path = "../../tests/town/mod.rs"]
#[expect(dead_code, reason = "only its dice are needed here")]
mod town;

use std::path::{Path, PathBuf};

use optimizer::io::{Convention, Objective, read_instance};
use policy::{Sampling, consensus, everything};
use rules::{Customers, play};
use shared::timed;

/// Steps of the search for the routes of an epoch: where everything goes, and behind sampled futures. Both policies take
/// about as many seconds of processor.
const STEPS: (u64, u64) = (1_000_000, 200_000);
const SAMPLING: Sampling =
    Sampling { futures: 10, rounds: 2, epochs: 2, steps_for_stop: 25, goes: 50, waits: 20 };
const SEEDS: u64 = 2;
/// So many of the instances, in alphabetical order.
const INSTANCES: usize = 6;

fn main() {
    let Some(folder) = folder() else { return };
    let published = std::fs::read_to_string(folder.join("bks.json")).unwrap_or_default();
    let published: serde_json::Value = serde_json::from_str(&published).unwrap_or_default();
    println!("{SAMPLING:?}; {STEPS:?} steps for the routes of an epoch");
    println!("| instance | seed | requests | greedy | ours | | s an epoch, greedy and ours |");
    let mut gains = Vec::new();
    let mut teams = Vec::new();
    for file in files(&folder).into_iter().take(INSTANCES) {
        let convention = Convention { rounding: None, objective: Objective::Distance };
        let Ok(instance) = read_instance(&file, convention) else {
            println!("SKIPPED: {} cannot be read", file.display());
            continue;
        };
        let Some(customers) = Customers::of(&instance.problem) else { continue };
        for seed in 1..=SEEDS {
            let (greedy, greedy_seconds) =
                timed(|| play(&customers, seed, &mut |epoch| everything(epoch, STEPS.0)));
            let (ours, our_seconds) =
                timed(|| play(&customers, seed, &mut |epoch| consensus(epoch, &SAMPLING, STEPS.1, seed)));
            match (greedy, ours) {
                (Ok(greedy), Ok(ours)) => {
                    let gain = percent(ours.driving as f64, greedy.driving as f64);
                    gains.push(gain);
                    println!(
                        "| {} | {seed} | {} | {} | {} | {gain:+.2} % | {:.1}, {:.1} |",
                        instance.name,
                        ours.requests,
                        greedy.driving,
                        ours.driving,
                        greedy_seconds / greedy.epochs as f64,
                        our_seconds / ours.epochs as f64,
                    );
                }
                (greedy, ours) => println!("| {} | {seed} | BROKEN: {greedy:?} {ours:?} |", instance.name),
            }
        }
        teams.push(beside_greedy(&published[&instance.name]["dynamic"]["results"]));
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    println!("ours beside greedy, mean of {}: {:+.2} %", gains.len(), mean(&gains));
    println!(
        "published, 120 s an epoch on other samples, beside the competition's greedy, means of the instances:"
    );
    let mut means: Vec<(f64, String)> = Vec::new();
    for (name, _) in teams.first().into_iter().flatten() {
        let own = teams.iter().flatten().filter(|(team, _)| team == name).map(|(_, gain)| *gain);
        means.push((mean(&own.collect::<Vec<_>>()), name.clone()));
    }
    means.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (gain, team) in means {
        println!("  {team}: {gain:+.2} %");
    }
}

fn percent(value: f64, of: f64) -> f64 {
    100.0 * (value / of - 1.0)
}

/// The teams' published results in percent of the published greedy baseline.
fn beside_greedy(results: &serde_json::Value) -> Vec<(String, f64)> {
    let Some(greedy) = results["baseline_greedy"].as_f64() else { return Vec::new() };
    let teams = results.as_object().into_iter().flatten();
    let teams = teams.filter(|(team, _)| !team.starts_with("baseline"));
    teams.filter_map(|(team, driving)| Some((team.clone(), percent(driving.as_f64()?, greedy)))).collect()
}

fn folder() -> Option<PathBuf> {
    let Some(data) = std::env::var_os("DOORSTEP_DATA") else {
        println!("SKIPPED: DOORSTEP_DATA does not name a folder with the benchmark instances in `vrp`");
        return None;
    };
    let folder = PathBuf::from(data).join("vrp/vrptw-ortec-real");
    if !folder.is_dir() {
        println!("SKIPPED: {} does not exist", folder.display());
        return None;
    }
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "gz")).collect();
    files.sort();
    files
}
