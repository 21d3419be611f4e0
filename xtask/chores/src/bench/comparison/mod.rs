//! `cargo xtask bench optimizer`: our solver and its peers on the public instances, at equal wall time, every plan
//! judged from its file by our checker. Can be run in pieces: what has been measured is kept and not run again.

mod instances;
mod peers;
mod rows;
mod run;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::instances::{Family, Solver, Trial, Wanted, trials};
use self::peers::Peers;
use self::rows::Row;
use self::run::Runner;
use xtask::project::Project;
use xtask::run::{begin, cargo, output, run};

/// What a commit of ours is known by: what the solver is made of.
const OURS: [&str; 2] = ["crates/optimizer/src", "crates/optimizer/Cargo.toml"];

/// Which part of the benchmark to run; without any of these all of it but Belgium and the rich problems.
#[derive(Debug, Args)]
pub struct Options {
    /// Only these sets of instances
    #[arg(long, value_enum, value_delimiter = ',')]
    family: Vec<Family>,
    /// Only these solvers
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Solver>,
    /// Only runs of so many seconds: 2, 10 or 30; 60 for Belgium; 10 or 60 for rich problems
    #[arg(long, value_delimiter = ',')]
    time: Vec<u64>,
    /// Only these seeds: 1 or 2
    #[arg(long, value_delimiter = ',')]
    seed: Vec<u64>,
    /// Run again what got too little of the processor
    #[arg(long)]
    starved: bool,
    /// Print what is measured and keep nothing, as for a solver that is not committed yet
    #[arg(long)]
    unrecorded: bool,
    /// Run nothing, only write the tables
    #[arg(long, conflicts_with_all = ["starved", "unrecorded"])]
    table: bool,
    /// Install the peers into var/peers and end
    #[arg(long, exclusive = true)]
    install_peers: bool,
}

/// Runs what is asked for and not measured yet, and writes the tables.
///
/// # Errors
/// When the solver does not compile or breaks, or files cannot be read or written.
pub fn comparison(project: &Project, options: &Options) -> Result<()> {
    if options.install_peers {
        return peers::install(project);
    }
    let file = project.root.join("docs/bench/optimizer.jsonl");
    if !options.table {
        measure(project, options, &file)?;
    }
    if options.unrecorded {
        return Ok(());
    }
    let rows = rows::load(&file)?;
    let page = project.root.join("docs/benchmarks.md");
    let text = fs::read_to_string(&page)?;
    let current = commit(project)?;
    fs::write(&page, table::replaced(&text, &table::tables(&of_one_version(&rows, &current)))?)?;
    println!("  the tables are in {}", project.short(&page));
    Ok(())
}

fn measure(project: &Project, options: &Options, file: &Path) -> Result<()> {
    let Some(data) = data_folder() else {
        println!("SKIPPED: DOORSTEP_DATA does not name a folder with the benchmark instances in `vrp`");
        return Ok(());
    };
    let wanted = Wanted {
        families: &options.family,
        solvers: &options.only,
        times: &options.time,
        seeds: &options.seed,
    };
    let peers = Peers::find(project)?;
    let ours = if options.unrecorded { "uncommitted".to_owned() } else { commit(project)? };
    let rows = rows::load(file)?;
    let mut missing = BTreeSet::new();
    let mut open: Vec<(Trial, String)> = Vec::new();
    for trial in trials(&wanted) {
        let version =
            if trial.solver == Solver::Ours { Some(ours.as_str()) } else { peers.version(trial.solver) };
        let Some(version) = version else {
            missing.insert(trial.solver);
            continue;
        };
        let key = rows::key_of(&trial, version);
        let done = rows.iter().find(|row| row.key() == key);
        if options.unrecorded || done.is_none_or(|row| options.starved && row.starved()) {
            open.push((trial, version.to_owned()));
        }
    }
    for solver in missing {
        println!(
            "SKIPPED: {}, which is not installed; `cargo xtask bench optimizer --install-peers` does that",
            solver.title()
        );
    }
    if !options.unrecorded && open.iter().any(|(trial, _)| trial.solver == Solver::Ours) {
        refuse_uncommitted(project)?;
    }
    let runner = Runner { program: build(project)?, data, plans: project.target.join("xtask/plans"), peers };
    for (index, (trial, version)) in open.iter().enumerate() {
        let row = runner.run(trial, version).with_context(|| trial.instance)?;
        println!("  {}/{} {}", index + 1, open.len(), line_of(&row));
        if !options.unrecorded {
            rows::append(file, &row)?;
        }
    }
    Ok(())
}

fn line_of(row: &Row) -> String {
    let gap = row.gap().map_or_else(|| "no plan".to_owned(), |gap| format!("{gap:.3} %"));
    format!(
        "{} {} {} s seed {}: {gap} ({:.1} s, {:.1} s of processor{})",
        row.solver.title(),
        row.instance,
        row.time,
        row.seed,
        row.seconds,
        row.cpu,
        if row.starved() { ", STARVED" } else { "" }
    )
}

/// The folder of the instances in the one that is named, if it exists.
fn data_folder() -> Option<PathBuf> {
    std::env::var_os("DOORSTEP_DATA")
        .map(|data| Path::new(&data).join("vrp"))
        .filter(|folder| folder.is_dir())
}

/// Builds `doorstep-solve`.
pub(super) fn build(project: &Project) -> Result<PathBuf> {
    begin("building doorstep-solve");
    run(cargo(project).args(["build", "--quiet", "--release", "--package", "optimizer"]).args([
        "--features",
        "cli",
        "--bin",
        "doorstep-solve",
    ]))?;
    Ok(project.target.join("release/doorstep-solve"))
}

fn git(project: &Project) -> Command {
    let mut command = Command::new("git");
    command.current_dir(&project.root);
    command
}

/// The last commit that changed the solver.
fn commit(project: &Project) -> Result<String> {
    let said = output(git(project).args(["log", "-1", "--format=%h", "--abbrev=10", "--"]).args(OURS))?;
    Ok(said.trim().to_owned())
}

fn refuse_uncommitted(project: &Project) -> Result<()> {
    let said = output(git(project).args(["status", "--porcelain", "--"]).args(OURS))?;
    if !said.trim().is_empty() {
        bail!("the solver has changes that are not committed; commit them, or measure with --unrecorded");
    }
    Ok(())
}

/// For each set and time, the rows of the current commit of ours, or of the last one that was measured there; of each
/// peer, of the release that was measured last.
fn of_one_version(rows: &[Row], current: &str) -> Vec<Row> {
    let line = |row: &Row| (row.solver, row.family, row.time);
    let mut chosen = BTreeMap::new();
    for row in rows {
        let version = chosen.entry(line(row)).or_insert(&row.version);
        if *version != current {
            *version = &row.version;
        }
    }
    rows.iter().filter(|row| chosen.get(&line(row)) == Some(&&row.version)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_show_one_version_of_each_solver() {
        let of = |version: &str, instance| Row {
            version: version.to_owned(),
            ..rows::sample(Solver::Ours, instance, 101.0)
        };
        let slow = Row { time: 60, ..of("old", "a") };
        let all = [of("old", "a"), of("new", "a"), of("old", "b"), slow];
        let shown = |current| -> Vec<String> {
            of_one_version(&all, current).into_iter().map(|row| row.version).collect()
        };
        assert_eq!(shown("new"), ["new", "old"], "another time has no newer one");
        assert_eq!(shown("newest"), ["old", "old", "old"], "the one that was measured last");
    }
}
