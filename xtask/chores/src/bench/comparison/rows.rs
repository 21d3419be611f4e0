//! What was measured: a line of JSON for each run, appended to `docs/bench/optimizer.jsonl`; the last line of a run
//! counts.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::instances::{Family, Solver, Trial};

/// Below this part of the cores that it could have had, a solver was starved by something else on the machine.
const STARVED: f64 = 0.85;

/// One run and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) solver: Solver,
    /// The commit for ours, the release for a peer.
    pub(super) version: String,
    pub(super) family: Family,
    pub(super) instance: String,
    pub(super) time: u64,
    pub(super) seed: u64,
    /// The plan's cost as our checker computes it from the routes; none if there was no complete plan that keeps the
    /// rules.
    pub(super) cost: Option<f64>,
    /// The best cost that was known.
    pub(super) best: f64,
    pub(super) routes: usize,
    /// None where a solver does not say.
    pub(super) iterations: Option<u64>,
    /// Wall time of the search.
    pub(super) seconds: f64,
    /// Processor time of the search, of all cores.
    pub(super) cpu: f64,
}

/// What makes two rows measurements of the same.
pub(super) type Key = (Solver, String, Family, String, u64, u64);

impl Row {
    /// How far above the best known cost, in percent.
    pub(super) fn gap(&self) -> Option<f64> {
        Some((self.cost? / self.best - 1.0) * 100.0)
    }

    /// Whether something else on the machine took from it. Seconds of a thread are the same in number then, but less is
    /// done in them, because caches are shared.
    pub(super) fn starved(&self) -> bool {
        self.cpu < STARVED * f64::from(self.solver.cores()) * self.seconds
    }

    /// Iterations in a second on cores of its own.
    pub(super) fn iterations_a_second(&self) -> Option<f64> {
        Some(self.iterations? as f64 * f64::from(self.solver.cores()) / self.cpu)
    }

    pub(super) fn key(&self) -> Key {
        key(self.solver, &self.version, self.family, &self.instance, self.time, self.seed)
    }
}

/// The key that the trial's row will have.
pub(super) fn key_of(trial: &Trial, version: &str) -> Key {
    key(trial.solver, version, trial.family, trial.instance, trial.time, trial.seed)
}

fn key(solver: Solver, version: &str, family: Family, instance: &str, time: u64, seed: u64) -> Key {
    (solver, version.to_owned(), family, instance.to_owned(), time, seed)
}

/// All rows of the file, in the order in which they were first written; none if there is no file.
pub(super) fn load(file: &Path) -> Result<Vec<Row>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut at: BTreeMap<Key, usize> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Row = serde_json::from_str(line)
            .with_context(|| format!("{}:{} is not a row", file.display(), index + 1))?;
        match at.get(&row.key()).and_then(|&at| rows.get_mut(at)) {
            Some(earlier) => *earlier = row,
            None => {
                at.insert(row.key(), rows.len());
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

/// Adds a row at the end of the file; its times to the hundredth of a second.
pub(super) fn append(file: &Path, row: &Row) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let hundredths = |seconds: f64| (seconds * 100.0).round() / 100.0;
    let row = Row { seconds: hundredths(row.seconds), cpu: hundredths(row.cpu), ..row.clone() };
    let mut line = serde_json::to_string(&row)?;
    line.push('\n');
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    Ok(file.write_all(line.as_bytes())?)
}

#[cfg(test)]
pub(super) fn sample(solver: Solver, instance: &str, cost: f64) -> Row {
    Row {
        solver,
        version: "1".to_owned(),
        family: Family::X,
        instance: instance.to_owned(),
        time: 2,
        seed: 1,
        cost: Some(cost),
        best: 100.0,
        routes: 3,
        iterations: Some(1000),
        seconds: 2.0,
        cpu: 4.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_of_a_run_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench/rows.jsonl");
        assert!(load(&file).unwrap().is_empty());
        for row in [
            sample(Solver::Ours, "a", 105.0),
            sample(Solver::Ours, "b", 103.0),
            sample(Solver::Ours, "a", 101.0),
        ] {
            append(&file, &row).unwrap();
        }
        let rows = load(&file).unwrap();
        assert_eq!(rows, [sample(Solver::Ours, "a", 101.0), sample(Solver::Ours, "b", 103.0)]);
        assert!((rows[0].gap().unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_solver_without_its_cores_was_starved() {
        let mut row = sample(Solver::Ours, "a", 105.0);
        assert!(!row.starved());
        row.cpu = 3.0;
        assert!(row.starved());
        row.solver = Solver::Pyvrp;
        assert!(!row.starved());
    }
}
