//! `cargo xtask test`: everything that CI checks, in one line, with a table at the end.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::assets::{self, Effort};
use crate::throwaway::Throwaway;
use crate::{demo, extract, prepare, setup, walks};
use xtask::project::Project;
use xtask::run::{cargo, on_path, output, run};
use xtask::tidy;

/// What to leave out.
#[derive(Debug, Args)]
pub struct Options {
    /// Leave out the browser walks
    #[arg(long)]
    fast: bool,
}

/// How one step went.
struct Outcome {
    name: &'static str,
    took: Duration,
    fault: Option<String>,
}

/// Runs every check; one that fails does not hide the next.
///
/// # Errors
/// Names the first check that failed.
pub fn test(project: &Project, options: &Options) -> Result<()> {
    setup::for_demo(project)?;
    let skipped = skips(project);
    if skipped.exists() {
        std::fs::remove_file(&skipped)?;
    }
    let mut outcomes = Vec::new();
    let mut check = |name, work: &mut dyn FnMut() -> Result<()>| {
        println!("\n== {name}");
        let began = Instant::now();
        let fault = work().err().map(|error| format!("{error:#}"));
        if let Some(fault) = &fault {
            eprintln!("{name} failed: {fault}");
        }
        outcomes.push(Outcome { name, took: began.elapsed(), fault });
    };
    check("format", &mut || run(cargo(project).args(["fmt", "--all", "--check"])));
    check("tidy", &mut || tidy::tidy(project));
    check("dependencies", &mut || dependencies(project));
    check("checked queries", &mut || queries(project));
    check("clippy, host", &mut || {
        run(cargo(project)
            .args(["clippy", "--workspace", "--exclude", "frontend", "--all-targets"])
            .args(DENY))
    });
    check("clippy, solver", &mut || {
        run(cargo(project).args(["clippy"]).args(SOLVER).arg("--all-targets").args(DENY))
    });
    check("clippy, streets", &mut || {
        run(cargo(project).args(["clippy"]).args(STREETS).arg("--all-targets").args(DENY))
    });
    check("clippy, browser", &mut || {
        run(cargo(project).args(["clippy", "--package", "frontend", "--target", WASM]).args(DENY))
    });
    check("tests", &mut || tests(project));
    check("tests, solver", &mut || run(test_runner(project).args(SOLVER)));
    check("tests, streets", &mut || streets(project));
    check("assets", &mut || assets::build(project, Effort::Quick, &project.site()));
    check("programs", &mut || demo::build_programs(project));
    if options.fast {
        println!("\nSKIPPED: the browser walks, because of --fast");
    } else if walks::exist(project) {
        check("browser walks", &mut || walks::walks(project));
    } else {
        println!("\nSKIPPED: the browser walks, because end2end has none");
    }
    say_what_was_skipped(project);
    report(&outcomes)
}

/// Where tests that cannot run here say so.
fn skips(project: &Project) -> PathBuf {
    project.target.join("skipped-tests.txt")
}

/// Names the tests that lacked something that this machine may lack.
fn say_what_was_skipped(project: &Project) {
    let said = std::fs::read_to_string(skips(project)).unwrap_or_default();
    let said: BTreeSet<&str> = said.lines().collect();
    if !said.is_empty() {
        println!("\nSKIPPED, {}:", said.len());
        said.iter().for_each(|line| println!("  {line}"));
    }
}

const WASM: &str = "wasm32-unknown-unknown";
/// The optimizer as a program of its own, apart from the rest, which is built without its command line.
const SOLVER: [&str; 4] = ["--package", "optimizer", "--features", "cli"];
/// The streets as a program of their own.
const STREETS: [&str; 4] = ["--package", "roads", "--features", "cli"];
const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// Crates that nobody uses, and licences, bans and sources.
fn dependencies(project: &Project) -> Result<()> {
    run(setup::checkers::machete(project)?
        .current_dir(&project.root)
        .args(["app", "crates", "server", "xtask"]))?;
    match setup::checkers::deny(project) {
        Some(mut deny) => run(deny.current_dir(&project.root).args(["check", "licenses", "bans", "sources"])),
        None => {
            println!("SKIPPED: licences and bans; `cargo install cargo-deny` brings what checks them");
            Ok(())
        }
    }
}

fn queries(project: &Project) -> Result<()> {
    if setup::postgres::folder(project).is_none() {
        println!(
            "SKIPPED: with DATABASE_URL set and no PostgreSQL programs, queries are not checked against .sqlx"
        );
        return Ok(());
    }
    prepare::check(project)
}

/// Unit, property, store and whole-product tests of the host crates, on a real PostgreSQL.
fn tests(project: &Project) -> Result<()> {
    extract::extract(project)?;
    let (_running, url) = match std::env::var_os("DATABASE_URL") {
        Some(url) => (None, url),
        None => {
            let database = Throwaway::start(project)?;
            let url = database.url().into();
            (Some(database), url)
        }
    };
    let mut tests = test_runner(project);
    tests
        .args(["--workspace", "--exclude", "frontend"])
        .env("DATABASE_URL", url)
        .env("DOORSTEP_MUST_RUN", "1")
        .env("DOORSTEP_EXTRACTS", project.extracts());
    match setup::osrm::programs(project) {
        Ok(programs) => {
            tests.env("DOORSTEP_OSRM", programs);
        }
        Err(fault) => println!("SKIPPED: the test against a real OSRM server: {fault:#}"),
    }
    run(&mut tests)
}

/// The streets' program; everything else of that crate is among the other tests.
fn streets(project: &Project) -> Result<()> {
    run(test_runner(project)
        .args(STREETS)
        .args(["--test", "command_line"])
        .env("DOORSTEP_MUST_RUN", "1")
        .env("DOORSTEP_EXTRACTS", project.extracts()))
}

/// `cargo nextest run`, or `cargo test` where nextest is not installed; one test that fails does not hide the next.
fn test_runner(project: &Project) -> Command {
    let mut command = cargo(project);
    command.env("DOORSTEP_SKIPS", skips(project));
    if on_path("cargo-nextest").is_some()
        && output(Command::new("cargo-nextest").args(["nextest", "--version"])).is_ok()
    {
        command.args(["nextest", "run", "--no-fail-fast"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command
}

fn report(outcomes: &[Outcome]) -> Result<()> {
    println!();
    for outcome in outcomes {
        let word = if outcome.fault.is_some() { "FAILED" } else { "ok" };
        println!("{word:<7} {:<16} {:>7.1} s", outcome.name, outcome.took.as_secs_f64());
    }
    match outcomes.iter().find_map(|outcome| Some((outcome.name, outcome.fault.as_ref()?))) {
        Some((name, fault)) => bail!("{name} failed first: {fault}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests_of_the_report {
    use super::*;

    #[test]
    fn the_first_failure_is_named() {
        let outcome = |name, fault: Option<&str>| Outcome {
            name,
            took: Duration::from_secs(1),
            fault: fault.map(str::to_owned),
        };
        assert!(report(&[outcome("format", None)]).is_ok());
        let said =
            report(&[outcome("format", None), outcome("tidy", Some("x")), outcome("tests", Some("y"))]);
        assert_eq!(said.unwrap_err().to_string(), "tidy failed first: x");
    }
}
