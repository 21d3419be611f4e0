//! `cargo xtask bench history`: days of the pretended world brought into a PostgreSQL of its own.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::extract;
use crate::throwaway::Throwaway;
use xtask::project::Project;
use xtask::run::{cargo, run};

/// How much history there is.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Days of history
    #[arg(long, default_value_t = 56)]
    days: u32,
    /// Orders on an ordinary day
    #[arg(long, default_value_t = 1500)]
    orders: u32,
    /// Vehicles
    #[arg(long, default_value_t = 40)]
    vans: u32,
}

/// The last of the days.
const LAST: &str = "2026-11-22";

/// Runs the benchmark.
///
/// # Errors
/// No PostgreSQL, no map, or a history that is refused.
pub(super) fn history(project: &Project, options: &Options) -> Result<()> {
    extract::extract(project)?;
    let Options { days, orders, vans } = options;
    run(cargo(project).args(["build", "--release", "--package", "simulator"]))?;
    let folder = project.var.join("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join("history.jsonl");
    let simulator = project.program("simulator");
    let simulator = simulator.parent().and_then(|debug| debug.parent()).context("no target folder")?;
    let mut play = Command::new(simulator.join("release/simulator"));
    play.args(["past", "--position-days", "0", "--until", LAST, "--days", &days.to_string()]);
    play.args(["--orders", &orders.to_string(), "--vans", &vans.to_string()]);
    play.arg("--city").arg(project.malta()).arg("--var").arg(&project.var).arg("--out").arg(&file);
    run(&mut play)?;

    let server = Throwaway::start(project)?;
    let mut migrations: Vec<_> = fs::read_dir(project.root.join("crates/store/migrations"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    migrations.sort();
    if !server.apply(&migrations)? {
        bail!("psql is not on the search path; install PostgreSQL's client");
    }
    run(cargo(project).env("DOORSTEP_LOAD", server.url()).env("DOORSTEP_HISTORY", &file).args([
        "bench",
        "--package",
        "operations",
        "--bench",
        "history",
    ]))
}
