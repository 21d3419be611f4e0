//! `cargo xtask bench doors`: the fuzzer of the whole-product tests, for longer.

use anyhow::Result;
use clap::Args;

use crate::extract;
use xtask::project::Project;
use xtask::run::{cargo, run};

/// How much is sent.
#[derive(Debug, Args)]
pub struct Options {
    /// How many requests
    #[arg(long, default_value_t = 20_000)]
    requests: u64,
    /// Other requests
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Sends the requests and prints a row for each endpoint.
///
/// # Errors
/// When a request is answered by 500 or more, something panics, or too few get past authentication and parsing.
pub fn endpoints(project: &Project, options: &Options) -> Result<()> {
    extract::extract(project)?;
    run(cargo(project)
        .env("DOORSTEP_EXTRACTS", project.extracts())
        .env("DOORSTEP_FUZZ_REQUESTS", options.requests.to_string())
        .env("DOORSTEP_FUZZ_SEED", options.seed.to_string())
        .args(["test", "--package", "server", "--test", "product", "--"])
        .args(["every_door_is_tried", "--nocapture"]))
}
