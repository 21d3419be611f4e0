//! `cargo xtask bench NAME`: one benchmark by the name of its crate.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::extract;
use crate::project::Project;
use crate::run::{cargo, run};

/// Which benchmark, and what to hand on to it.
#[derive(Debug, Args)]
pub struct Options {
    /// The benchmark
    #[arg(value_enum)]
    name: Bench,
    /// Anything after `--` goes to the benchmark
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Bench {
    /// Reading a city, and its travel-time matrices
    Roads,
    /// Building a plan
    Optimizer,
    /// A control-room page with 40 routes and 1,500 stops
    Server,
}

impl Bench {
    /// The package and the bench target.
    fn target(self) -> (&'static str, &'static str) {
        match self {
            Self::Roads => ("roads", "city"),
            Self::Optimizer => ("optimizer", "construct"),
            Self::Server => ("server", "page"),
        }
    }
}

/// Runs one benchmark.
///
/// # Errors
/// When it does not compile or fails.
pub fn bench(project: &Project, options: &Options) -> Result<()> {
    extract::extract(project)?;
    let (package, target) = options.name.target();
    run(cargo(project)
        .env("DOORSTEP_EXTRACTS", project.extracts())
        .args(["bench", "--package", package, "--bench", target, "--"])
        .args(&options.rest))
}
