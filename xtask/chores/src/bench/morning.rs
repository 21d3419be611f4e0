//! `cargo xtask bench morning`: how good the demo's own morning plan is. A demo is started until its vans drive, keeping
//! the problem that its optimizer was given; that problem is then solved from the first plan on, as the product solves
//! it, and with more time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;

use super::comparison;
use xtask::project::Project;
use xtask::run::{output, run};

/// What is compared.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Another `doorstep-solve`, such as an older one, to solve the same problem
    #[arg(long)]
    against: Option<PathBuf>,
}

/// What `doorstep-solve --json` prints.
#[derive(Deserialize)]
struct Said {
    cost: f64,
    routes: usize,
    unserved: Vec<serde_json::Value>,
    feasible: bool,
}

const WAYS: [(&str, &[&str]); 5] = [
    ("first plan", &["--iterations", "0"]),
    ("as the product", &["--iterations", "60000"]),
    ("1 s", &["--time", "1"]),
    ("2 s", &["--time", "2"]),
    ("10 s", &["--time", "10"]),
];

/// Runs the benchmark.
///
/// # Errors
/// A demo that does not start, or a solver that fails.
pub(super) fn morning(project: &Project, options: &Options) -> Result<()> {
    let folder = project.var.join("bench/morning");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    run(Command::new(std::env::current_exe()?)
        .args(["demo", "--smoke"])
        .env("DOORSTEP_KEEP_PROBLEMS", &folder))?;
    let problem = std::fs::read_dir(&folder)
        .with_context(|| format!("the demo kept no problem in {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.to_string_lossy().contains("morning-"))
        .context("the demo planned no morning")?;
    let ours = comparison::build(project)?;
    println!("{}", problem.display());
    for (name, limit) in WAYS {
        for program in std::iter::once(&ours).chain(&options.against) {
            println!("  {name}, {}: {}", program.display(), solved(program, &problem, limit)?);
        }
    }
    Ok(())
}

fn solved(program: &Path, problem: &Path, limit: &[&str]) -> Result<String> {
    let said: Said = serde_json::from_str(&output(
        Command::new(program).arg(problem).args(["--threads", "2", "--seed", "1", "--json"]).args(limit),
    )?)?;
    Ok(format!(
        "cost {}, {} routes, {} unserved, feasible {}",
        said.cost,
        said.routes,
        said.unserved.len(),
        said.feasible
    ))
}
