//! `cargo xtask bench estimates`: plays whole days, asks from outside what the product says, and scores it against what
//! really happened.
//!
//! The days follow each other in one database, as in life, so that each is estimated from what the days before it have taught. The
//! product never sees the truth. Not here: the world (`crates/simulator`).

mod alarms;
mod facts;
mod foresight;
mod published;
mod score;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use serde::Serialize;

use crate::children::Interrupt;
use crate::demo::{self, Day, Running};
use crate::extract;
use alarms::Alarms;
use facts::Truth;
use published::{Record, Recorder};
use score::Errors;
use xtask::project::Project;
use xtask::run::step;

/// Which days, and how fast.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Seeds of the days, such as 1,2,3
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
    /// Seeds of days that are played before these, to learn from, and not scored
    #[arg(long, value_delimiter = ',')]
    learn: Vec<u64>,
    /// How many times faster than life, 1 to 60; the table says whether the product kept up
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=60))]
    factor: u32,
    /// How many vans
    #[arg(long, default_value_t = 40)]
    vans: u32,
    /// How many orders
    #[arg(long, default_value_t = 1500)]
    orders: u32,
    /// Another street extract than Malta's (.osm.pbf)
    #[arg(long)]
    city: Option<PathBuf>,
    /// Use the programs as they were built last
    #[arg(long)]
    built: bool,
    /// Score the days that were recorded in --into before, without playing any
    #[arg(long)]
    recorded: bool,
    /// A folder for the database: it is kept, and the next run goes on after the days that it holds
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Where records and scores go; var/bench/estimates when left out
    #[arg(long)]
    into: Option<PathBuf>,
}

/// How often the product is asked, in seconds of the world's time.
const ASK_EVERY_WORLD_S: f64 = 25.0;
/// And in real time at most so often.
const ASK_EVERY_AT_LEAST: Duration = Duration::from_millis(500);
/// A day that is not over by then hangs.
const LONGEST_DAY_WORLD_H: f64 = 20.0;

/// The whole result, as JSON.
#[derive(Debug, Serialize)]
pub struct Scores {
    /// The seeds of the days.
    pub seeds: Vec<u64>,
    /// World seconds in a real one; nothing when days were only scored again.
    pub factor: Option<u32>,
    /// Estimates against arrivals, by horizon and group.
    pub estimates: score::Table,
    /// What could have been said of the same arrivals, by horizon and group: with the usual approach of each kind and area,
    /// and with the best single one for each kind.
    pub knowable: [score::Table; 2],
    /// The morning's plan against arrivals, by group.
    pub plan: std::collections::BTreeMap<String, Errors>,
    /// Arrivals as the product keeps them against those that were, by group.
    pub arrivals: std::collections::BTreeMap<String, Errors>,
    /// Late alarms.
    pub alarms: Alarms,
    /// How well the product kept up.
    pub pace: Pace,
}

/// Whether the world went too fast for the product, or for the one who asked it.
#[derive(Debug, Default, Serialize)]
pub struct Pace {
    /// Median world seconds from an arrival until the product was seen to know of it; the question itself comes every 25.
    pub heard_after_s: f64,
    /// The same, 95th percentile.
    pub heard_after_p95_s: f64,
    /// The longest world seconds between two questions.
    pub longest_gap_s: f64,
}

/// Runs the benchmark.
///
/// # Errors
/// A program that fails, a day that does not end, or a record that cannot be read.
pub(super) fn estimates(project: &Project, options: &Options) -> Result<()> {
    let into = options.into.clone().unwrap_or_else(|| project.var.join("bench/estimates"));
    if !options.recorded {
        play(project, options, &into)?;
    }
    let days = options.seeds.iter().map(|seed| read(&into, *seed)).collect::<Result<Vec<_>>>()?;
    let scores = Scores {
        seeds: options.seeds.clone(),
        factor: (!options.recorded).then_some(options.factor),
        estimates: score::estimates(&days),
        knowable: score::knowable(&days),
        plan: score::plans(&days),
        arrivals: score::arrivals(&days),
        alarms: alarms::alarms(&days),
        pace: pace(&days),
    };
    let json = into.join("scores.json");
    xtask::files::write(&json, &serde_json::to_vec_pretty(&scores)?)?;
    println!("\n{}\nAs JSON in {}", table::of(&scores), project.short(&json));
    Ok(())
}

fn play(project: &Project, options: &Options, into: &Path) -> Result<()> {
    let interrupt = Interrupt::listen()?;
    if options.city.is_none() {
        extract::extract(project)?;
    }
    if !options.built {
        demo::build_programs(project)?;
    }
    // The temporary folder, because every database user may enter it and its path is short enough for a socket.
    let var = match &options.keep {
        Some(folder) => std::path::absolute(folder)?,
        None => std::env::temp_dir().join(format!("doorstep-days-{}", std::process::id())),
    };
    let count = var.join("days");
    let before: u32 = fs::read_to_string(&count).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let site = var.join("site");
    fs::create_dir_all(site.join("assets/none"))?;
    fs::write(site.join("manifest.json"), r#"{"assets":"assets/none"}"#)?;
    let played = (before..).zip(options.learn.iter().chain(&options.seeds)).try_for_each(|(before, seed)| {
        step(&format!("day {seed}"), || play_day(project, options, *seed, before, &var, into, &interrupt))?;
        xtask::files::write(&count, (before + 1).to_string().as_bytes())
    });
    if options.keep.is_none() {
        fs::remove_dir_all(&var).with_context(|| format!("could not remove {}", var.display()))?;
    }
    played
}

fn play_day(
    project: &Project,
    options: &Options,
    seed: u64,
    days_before: u32,
    var: &Path,
    into: &Path,
    interrupt: &Interrupt,
) -> Result<String> {
    let folder = day_folder(into, seed);
    fs::create_dir_all(&folder)?;
    let site = var.join("site");
    let &Options { factor, vans, orders, .. } = options;
    let day = Day { seed, factor, vans, orders, date: working_day(days_before), days_before };
    let chosen = demo::Options::unseen(day, options.city.clone(), folder.join("truth.jsonl"), site);
    let Some(mut running) = Running::start(project, &chosen, var, interrupt)? else { bail!("interrupted") };
    let played = record(&mut running, options.factor, &folder.join("published.jsonl"), interrupt);
    running.stop();
    for log in ["server.log", "simulator.log"] {
        let _not_written = fs::copy(var.join("log").join(log), folder.join(log));
    }
    played.with_context(|| format!("logs are in {}", project.short(&folder)))
}

/// Asks until the simulator has played its day.
fn record(running: &mut Running, factor: u32, file: &Path, interrupt: &Interrupt) -> Result<String> {
    let mut recorder = Recorder::to(file)?;
    let pause = Duration::from_secs_f64(ASK_EVERY_WORLD_S / f64::from(factor)).max(ASK_EVERY_AT_LEAST);
    let longest = Duration::from_secs_f64(LONGEST_DAY_WORLD_H * 3_600.0 / f64::from(factor));
    let (began, mut most, mut asked, mut unanswered) = (Instant::now(), 0, 0, 0);
    while !running.is_over()? {
        if interrupt.came() {
            bail!("interrupted");
        }
        if began.elapsed() > longest {
            bail!("the day was not over after {LONGEST_DAY_WORLD_H} hours of the world's time");
        }
        let since = Instant::now();
        match running.ask("/api/v1/estimates") {
            Ok(body) => {
                let answer = serde_json::from_str(&body).context("the estimates are not what was agreed")?;
                most = most.max(recorder.keep(answer)?);
                asked += 1;
            }
            // Before the hub is set up there is nothing to ask for, and a busy server is asked again.
            Err(_) => unanswered += 1,
        }
        thread::sleep(pause.saturating_sub(since.elapsed()));
    }
    if most == 0 {
        bail!("no plan was published, so there is nothing to score");
    }
    Ok(format!("{most} stops, asked {asked} times, {unanswered} times without an answer"))
}

/// The date of a day: working days one after the other, always the same, because a Sunday's traffic is another.
fn working_day(before: u32) -> String {
    let (weeks, days) = (before / 5, before % 5);
    let monday = NaiveDate::from_ymd_opt(2026, 6, 15).unwrap_or_default();
    (monday + TimeDelta::days((weeks * 7 + days).into())).to_string()
}

fn day_folder(into: &Path, seed: u64) -> PathBuf {
    into.join(format!("seed-{seed}"))
}

fn read(into: &Path, seed: u64) -> Result<(Truth, Record)> {
    let folder = day_folder(into, seed);
    let truth = Truth::read(&folder.join("truth.jsonl"))?;
    if !truth.whole {
        println!("  day {seed} was ended early; what happened until then is scored");
    }
    Ok((truth, Record::read(&folder.join("published.jsonl"))?))
}

fn pace(days: &[(Truth, Record)]) -> Pace {
    let heard = |record: &Record, visit: &facts::Visit| {
        let heard = record.stops.get(&visit.stop)?.heard()?;
        Some((heard - visit.arrived).as_seconds_f64())
    };
    let mut after: Vec<f64> = days
        .iter()
        .flat_map(|(truth, record)| truth.visits().filter_map(|visit| heard(record, visit)))
        .collect();
    after.sort_by(f64::total_cmp);
    let gaps = days.iter().map(|(_, record)| record.longest_gap.as_seconds_f64());
    Pace {
        heard_after_s: score::quantile(&after, 0.5),
        heard_after_p95_s: score::quantile(&after, 0.95),
        longest_gap_s: gaps.fold(0.0, f64::max),
    }
}
