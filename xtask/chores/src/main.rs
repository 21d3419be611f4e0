//! The verbs of `cargo xtask`: set-up, build, demo, tests, benches and screens.
//!
//! Every verb sets up what it needs, says each step in one line with its time, and does nothing twice. Not here: anything
//! that the product needs while it runs.

mod assets;
mod bench;
mod children;
mod database;
mod demo;
mod dev;
mod extract;
mod http;
mod prepare;
mod release;
mod setup;
mod stamp;
mod test;
mod throwaway;
mod walks;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use xtask::project::Project;
use xtask::tidy;

/// Chores of the Doorstep project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Chore {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start everything with a day in progress: sets up, builds, prints the address and a sign-in link per role
    Demo(demo::Options),
    /// Everything that CI checks: format, tidy, clippy, tests on real PostgreSQL, browser walks
    Test(test::Options),
    /// The demo, rebuilt and restarted when a source changes
    Dev(demo::Options),
    /// Keep a development database up and print its DATABASE_URL
    Db,
    /// Build what browsers download into target/site
    Assets(assets::Options),
    /// Assemble target/release-folder: optimised server, assets, systemd unit
    Release,
    /// Picture every page in both sizes and themes
    Screens,
    /// Run one benchmark: roads, plan, server, load, the endpoints, whole days against the truth, or the optimizer against its
    /// peers
    Bench(bench::Options),
    /// Write the checked queries of crates/store to .sqlx
    Prepare(prepare::Options),
    /// Check who may use whom, and that no folder is unaccounted for
    Tidy,
    /// Fetch tools and extracts without building
    Setup(setup::Options),
}

fn main() -> ExitCode {
    match carry_out(&Chore::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(verb: &Verb) -> Result<()> {
    let project = Project::find()?;
    match verb {
        Verb::Demo(options) => demo::demo(&project, options),
        Verb::Test(options) => test::test(&project, options),
        Verb::Dev(options) => dev::dev(&project, options),
        Verb::Db => database::db(&project),
        Verb::Assets(options) => assets::assets(&project, options),
        Verb::Release => release::release(&project),
        Verb::Screens => walks::screens(&project),
        Verb::Bench(options) => bench::bench(&project, options),
        Verb::Prepare(options) => prepare::prepare(&project, options),
        Verb::Tidy => tidy::tidy(&project),
        Verb::Setup(options) => setup::everything(&project, options),
    }
}
