//! One run: start the solver, write its plan down, and have the plan judged from the file by a fresh process.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::Deserialize;

use super::instances::{Solver, Trial};
use super::peers::Peers;
use super::rows::Row;
use xtask::run::output;

/// A second PyVRP beside the first takes this much more as its seed.
const OTHER_SEED: u64 = 1000;

/// What is needed to run trials.
pub(super) struct Runner {
    /// `doorstep-solve`.
    pub(super) program: PathBuf,
    /// The folder of the instances.
    pub(super) data: PathBuf,
    /// Where plans are written, for whoever wants to look at one.
    pub(super) plans: PathBuf,
    pub(super) peers: Peers,
}

/// What `doorstep-solve --json` prints.
#[derive(Deserialize)]
struct Judged {
    cost: f64,
    routes: usize,
    iterations: u64,
    seconds: f64,
    feasible: bool,
}

/// What `xtask/peers/run.py` prints.
#[derive(Deserialize)]
struct Answer {
    routes: Option<Vec<Vec<usize>>>,
    iterations: Option<u64>,
    seconds: f64,
    cpu: f64,
}

impl Runner {
    /// Runs the trial; a solver that finds nothing, or fails, has a row without a cost.
    pub(super) fn run(&self, trial: &Trial, version: &str) -> Result<Row> {
        fs::create_dir_all(&self.plans)?;
        let row = Row {
            solver: trial.solver,
            version: version.to_owned(),
            family: trial.family,
            instance: trial.instance.to_owned(),
            time: trial.time,
            seed: trial.seed,
            cost: None,
            best: trial.best_known(&self.data)?,
            routes: 0,
            iterations: None,
            seconds: 0.0,
            cpu: 0.0,
        };
        match trial.solver {
            Solver::Ours => self.ours(trial, row),
            Solver::PyvrpPair => self.peer(trial, &[trial.seed, trial.seed + OTHER_SEED], row),
            _ => self.peer(trial, &[trial.seed], row),
        }
    }

    fn ours(&self, trial: &Trial, row: Row) -> Result<Row> {
        let plan = self.plan(trial, trial.seed);
        let before = children_cpu()?;
        let said: Judged = serde_json::from_str(&output(
            Command::new(&self.program)
                .arg(trial.file(&self.data))
                .args(["--threads", "2", "--json", "--time"])
                .arg(trial.time.to_string())
                .args(["--seed", &trial.seed.to_string(), "--out"])
                .arg(&plan),
        )?)?;
        let cpu = children_cpu()? - before;
        let judged = self.judge(trial, &plan)?;
        if (judged.cost - said.cost).abs() > 1e-6 {
            bail!("{} costs {}, and {} was said", plan.display(), judged.cost, said.cost);
        }
        let iterations = Some(said.iterations);
        let cost = judged.feasible.then_some(judged.cost);
        Ok(Row { cost, routes: judged.routes, iterations, seconds: said.seconds, cpu, ..row })
    }

    /// Several seeds run at the same time, and the best of them counts.
    fn peer(&self, trial: &Trial, seeds: &[u64], mut row: Row) -> Result<Row> {
        let children: Vec<Child> =
            seeds.iter().map(|&seed| self.start(trial, seed)).collect::<Result<Vec<_>>>()?;
        for (child, &seed) in children.into_iter().zip(seeds) {
            let output = child.wait_with_output()?;
            let printed = String::from_utf8_lossy(&output.stdout);
            let last = printed.lines().last().unwrap_or_default();
            let Ok(answer) = serde_json::from_str::<Answer>(last) else {
                let said = String::from_utf8_lossy(&output.stderr);
                println!("    failed: {}", said.lines().last().unwrap_or("it said nothing"));
                continue;
            };
            row.seconds = row.seconds.max(answer.seconds);
            row.cpu += answer.cpu;
            row.iterations = answer.iterations.map(|more| row.iterations.unwrap_or(0) + more);
            let Some(routes) = answer.routes.filter(|routes| !routes.is_empty()) else { continue };
            let plan = self.plan(trial, seed);
            fs::write(&plan, solution_file(&routes))?;
            let judged = match self.judge(trial, &plan) {
                Ok(judged) => judged,
                Err(error) => {
                    println!("    failed: {error:#}");
                    continue;
                }
            };
            if judged.feasible && row.cost.is_none_or(|cost| judged.cost < cost) {
                (row.cost, row.routes) = (Some(judged.cost), judged.routes);
            }
        }
        Ok(row)
    }

    fn start(&self, trial: &Trial, seed: u64) -> Result<Child> {
        let name = trial.solver.peer().context("we are no peer of ours")?;
        self.peers
            .command(name)
            .arg(trial.file(&self.data))
            .args(["--time", &trial.time.to_string(), "--seed", &seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {name}"))
    }

    fn plan(&self, trial: &Trial, seed: u64) -> PathBuf {
        let solver = trial.solver.title().replace(' ', "");
        self.plans.join(format!("{}-{}-{solver}-{seed}.sol", trial.instance, trial.time))
    }

    fn judge(&self, trial: &Trial, plan: &PathBuf) -> Result<Judged> {
        let mut command = Command::new(&self.program);
        command.arg(trial.file(&self.data)).arg("--check").arg(plan).arg("--json");
        Ok(serde_json::from_str(&output(&mut command)?)?)
    }
}

fn solution_file(routes: &[Vec<usize>]) -> String {
    let line = |(index, route): (usize, &Vec<usize>)| {
        let stops: Vec<String> = route.iter().map(usize::to_string).collect();
        format!("Route #{}: {}\n", index + 1, stops.join(" "))
    };
    routes.iter().enumerate().map(line).collect()
}

/// Processor seconds of all children so far that have ended.
fn children_cpu() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let spent = usage.user_time() + usage.system_time();
    Ok(spent.num_microseconds() as f64 / 1e6)
}
