//! `cargo xtask bench load`: years of history in a PostgreSQL of its own, what the questions that read all of it took, and
//! what they and the pages take now.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::throwaway::Throwaway;
use xtask::project::Project;
use xtask::run::{cargo, on_path, output, run, step};

/// How much history there is.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Days of history
    #[arg(long, default_value_t = 730)]
    days: u32,
    /// Orders a day
    #[arg(long, default_value_t = 1370)]
    orders: u32,
    /// Orders that wait for a plan on the last day, an exception each
    #[arg(long, default_value_t = 3000)]
    waiting: u32,
    /// Vehicles
    #[arg(long, default_value_t = 40)]
    vehicles: u32,
    /// Days of readings
    #[arg(long, default_value_t = 368)]
    position_days: u32,
}

/// The migration that made the difference.
const SCALE: &str = "0009_scale.sql";
/// The questions as they were asked before it, and as they are asked now: `-- name` before each.
const BEFORE: &str = include_str!("before.sql");
const AFTER: &str = include_str!("after.sql");
/// Each is asked so often; the median counts.
const TIMES: usize = 5;

/// Runs the benchmark.
///
/// # Errors
/// No PostgreSQL, no psql, or a statement that PostgreSQL refuses.
pub(super) fn load(project: &Project, options: &Options) -> Result<()> {
    let psql = on_path("psql").context("psql is not on the search path; install PostgreSQL's client")?;
    let server = Throwaway::start(project)?;
    let store = project.root.join("crates/store");
    let mut migrations: Vec<PathBuf> =
        fs::read_dir(store.join("migrations"))?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    migrations.sort();
    let (earlier, later): (Vec<_>, Vec<_>) = migrations
        .into_iter()
        .partition(|file| file.file_name().is_some_and(|name| name.as_encoded_bytes() < SCALE.as_bytes()));
    server.apply(&earlier)?;

    let Options { days, orders, waiting, vehicles, position_days } = options;
    let settings = format!(
        "set fill.days = {days}; set fill.orders = {orders}; set fill.waiting = {waiting}; set fill.vehicles = {vehicles};
         set fill.position_days = {position_days}; set fill.last = '2026-11-27'; set work_mem = '256MB';
         set maintenance_work_mem = '512MB';"
    );
    let folder = project.var.join("bench");
    fs::create_dir_all(&folder)?;
    let fill = folder.join("fill.sql");
    fs::write(&fill, settings + &fs::read_to_string(store.join("fill.sql"))?)?;
    step("filling", || {
        server.apply(&[fill])?;
        let size = "select format('%s orders, %s events, %s', (select count(*) from orders), (select count(*) from events),
                    pg_size_pretty(pg_database_size(current_database())))";
        Ok(output(Command::new(&psql).args(["-XAt", "-c", size]).arg(server.url()))?.trim().to_owned())
    })?;

    let before = timed(&psql, &server.url(), BEFORE)?;
    let began = Instant::now();
    server.apply(&later)?;
    run(Command::new(&psql).args(["-Xq", "-c", "analyze"]).arg(server.url()))?;
    println!("migration {SCALE}: {:.0} s", began.elapsed().as_secs_f64());
    let after = timed(&psql, &server.url(), AFTER)?;
    println!("\n| question | before | now |\n|---|---|---|");
    for (name, ms) in before {
        let now = after.iter().find(|(other, _)| *other == name).map(|(_, ms)| format!("{ms:.1} ms"));
        println!("| {name} | {ms:.1} ms | {} |", now.unwrap_or_default());
    }
    println!();
    run(cargo(project).env("DOORSTEP_LOAD", server.url()).args([
        "bench",
        "--package",
        "operations",
        "--bench",
        "load",
    ]))
}

/// The questions of a file with the median of how long each took, in milliseconds.
fn timed(psql: &std::path::Path, url: &str, questions: &str) -> Result<Vec<(String, f64)>> {
    let (setting, questions) = questions.split_once("-- name ").context("the file names no question")?;
    let mut took = vec![];
    for question in questions.split("-- name ") {
        let (name, sql) = question.split_once('\n').context("a question has no text")?;
        let script = format!("{setting}\\o /dev/null\n\\timing on\n{}", sql.repeat(TIMES));
        let file = std::env::temp_dir().join(format!("doorstep-load-{}.sql", std::process::id()));
        fs::write(&file, script)?;
        let printed =
            output(Command::new(psql).args(["-Xq", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&file).arg(url));
        fs::remove_file(&file)?;
        let mut said: Vec<f64> = printed?
            .lines()
            .filter_map(|line| line.strip_prefix("Time: ")?.split(' ').next()?.parse().ok())
            .collect();
        said.sort_by(f64::total_cmp);
        let median = said.get(said.len() / 2).context("psql said no time")?;
        took.push((name.trim().to_owned(), *median));
    }
    Ok(took)
}
