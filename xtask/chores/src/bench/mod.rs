//! `cargo xtask bench NAME`: one benchmark.

mod comparison;
mod endpoints;
mod estimates;
mod history;
mod load;
mod morning;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::extract;
use crate::setup;
use xtask::project::Project;
use xtask::run::{cargo, run};

/// Which benchmark, and what to hand on to it.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Reading a city, and its travel-time matrices
    Roads(Rest),
    /// Lines of addresses as people write them: how many are placed, wrong, refused
    Addresses(Rest),
    /// Our streets beside an OSRM server on the same extract
    Osrm(Rest),
    /// Building a plan
    Plan(Rest),
    /// A control-room page with 40 routes and 1,500 stops
    Server(Rest),
    /// Single readings over HTTP from 128 phones, and the live feed to 1,000 viewers
    Crowd(Rest),
    /// A fuzzer at every endpoint and every server function: nothing may break
    Endpoints(endpoints::Options),
    /// The demo's own morning plan, before and after the search
    Morning(morning::Options),
    /// Pages and questions on a million orders
    Load(load::Options),
    /// Days of the pretended world brought in as history
    History(history::Options),
    /// Whole days, and how good what the product said about them was, against what really happened
    Estimates(estimates::Options),
    /// The optimizer against its peers on the classic instances
    Optimizer(comparison::Options),
}

#[derive(Debug, Args)]
struct Rest {
    /// Anything after `--` goes to the benchmark
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Runs one benchmark.
///
/// # Errors
/// When it does not compile or fails.
pub fn bench(project: &Project, options: &Options) -> Result<()> {
    match &options.bench {
        Bench::Roads(rest) => target(project, "roads", "city", rest),
        Bench::Addresses(rest) => target(project, "roads", "addresses", rest),
        Bench::Osrm(rest) => beside_osrm(project, rest),
        Bench::Plan(rest) => target(project, "optimizer", "plan", rest),
        Bench::Server(rest) => target(project, "server", "page", rest),
        Bench::Crowd(rest) => target(project, "server", "crowd", rest),
        Bench::Endpoints(options) => endpoints::endpoints(project, options),
        Bench::Morning(options) => morning::morning(project, options),
        Bench::Load(options) => load::load(project, options),
        Bench::History(options) => history::history(project, options),
        Bench::Estimates(options) => estimates::estimates(project, options),
        Bench::Optimizer(options) => comparison::comparison(project, options),
    }
}

fn beside_osrm(project: &Project, rest: &Rest) -> Result<()> {
    extract::extract(project)?;
    let programs = setup::osrm::programs(project)?;
    run(cargo(project)
        .env("DOORSTEP_EXTRACTS", project.extracts())
        .env("DOORSTEP_OSRM", programs)
        .env("DOORSTEP_OSRM_DATA", project.var.join("osrm/malta"))
        .args(["bench", "--package", "roads", "--bench", "osrm", "--"])
        .args(&rest.rest))
}

fn target(project: &Project, package: &str, target: &str, rest: &Rest) -> Result<()> {
    extract::extract(project)?;
    run(cargo(project)
        .env("DOORSTEP_EXTRACTS", project.extracts())
        .args(["bench", "--package", package, "--bench", target, "--"])
        .args(&rest.rest))
}
