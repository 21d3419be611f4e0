//! The tables in `docs/benchmarks.md`, made anew from all rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::instances::{Family, Solver, Wanted, trials};
use super::rows::Row;

const BEGIN: &str =
    "<!-- optimizer: written by `cargo xtask bench optimizer`, from docs/bench/optimizer.jsonl -->";
const END: &str = "<!-- optimizer: end -->";

/// The page with the tables between its marks replaced.
pub(super) fn replaced(page: &str, tables: &str) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).context("the page has no mark where the tables begin")?;
    let (_, after) = rest.split_once(END).context("the page has no mark where the tables end")?;
    Ok(format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))
}

/// The tables from those rows; each solver has one version in them.
pub(super) fn tables(rows: &[Row]) -> String {
    let field = Standings::of(rows);
    let mut text = String::new();
    text.push_str("Mean gap to the best known cost in percent; in brackets how many runs it is the mean of where some are missing, and how many found no plan that keeps all rules.\n\n");
    field.gaps(&mut text);
    text.push_str("\nRuns on the same instance, seed and time in which Doorstep's plan was better, the same, worse.\n\n");
    field.wins(&mut text);
    text.push_str("\nIterations a second, of all threads or processes; they are not the same step.\n\n");
    field.speed(&mut text);
    field.footer(&mut text);
    text
}

struct Standings<'a> {
    rows: &'a [Row],
    solvers: Vec<Solver>,
    /// The families and times that were run.
    lines: BTreeSet<(Family, u64)>,
}

impl<'a> Standings<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let ran = |solver: &&Solver| rows.iter().any(|row| row.solver == **solver);
        Self {
            rows,
            solvers: Solver::value_variants().iter().filter(ran).copied().collect(),
            lines: rows.iter().map(|row| (row.family, row.time)).collect(),
        }
    }

    fn head(&self, text: &mut String, first: &str, solvers: &[Solver]) {
        let titles: Vec<&str> = solvers.iter().map(|solver| solver.title()).collect();
        let _ = writeln!(text, "| {first} | {} |", titles.join(" | "));
        let _ = writeln!(text, "|{}", "---|".repeat(first.matches('|').count() + 1 + solvers.len()));
    }

    fn runs(&self, solver: Solver, family: Family, time: u64) -> Vec<&Row> {
        let same = |row: &&Row| (row.solver, row.family, row.time) == (solver, family, time);
        self.rows.iter().filter(same).collect()
    }

    fn gaps(&self, text: &mut String) {
        self.head(text, "set | s | goal", &self.solvers);
        for &(family, time) in &self.lines {
            let goal = family.goal(time).map_or_else(|| "–".to_owned(), |goal| goal.to_string());
            let cells: Vec<(Option<f64>, String)> =
                self.solvers.iter().map(|&solver| gap(&self.runs(solver, family, time), solver)).collect();
            let best = cells.iter().filter_map(|(mean, _)| *mean).fold(f64::INFINITY, f64::min);
            let cells: Vec<String> = cells
                .into_iter()
                .map(|(mean, cell)| if mean == Some(best) { format!("**{cell}**") } else { cell })
                .collect();
            let _ = writeln!(text, "| {} | {time} | {goal} | {} |", family.title(), cells.join(" | "));
        }
    }

    fn wins(&self, text: &mut String) {
        let peers: Vec<Solver> =
            self.solvers.iter().copied().filter(|&solver| solver != Solver::Ours).collect();
        self.head(text, "set | s", &peers);
        for &(family, time) in &self.lines {
            let ours = self.runs(Solver::Ours, family, time);
            let cells: Vec<String> =
                peers.iter().map(|&peer| against(&ours, &self.runs(peer, family, time))).collect();
            let _ = writeln!(text, "| {} | {time} | {} |", family.title(), cells.join(" | "));
        }
    }

    fn speed(&self, text: &mut String) {
        let counts =
            |solver: &Solver| self.rows.iter().any(|row| row.solver == *solver && row.iterations.is_some());
        let solvers: Vec<Solver> = self.solvers.iter().copied().filter(counts).collect();
        self.head(text, "set", &solvers);
        let families: BTreeSet<Family> = self.lines.iter().map(|(family, _)| *family).collect();
        for family in families {
            let cells: Vec<String> = solvers
                .iter()
                .map(|&solver| {
                    let of = self.rows.iter().filter(|row| (row.solver, row.family) == (solver, family));
                    mean(of.filter_map(Row::iterations_a_second)).map_or_else(|| "–".to_owned(), thousands)
                })
                .collect();
            let _ = writeln!(text, "| {} | {} |", family.title(), cells.join(" | "));
        }
    }

    fn footer(&self, text: &mut String) {
        let versions: BTreeMap<Solver, &str> =
            self.rows.iter().map(|row| (row.solver, row.version.as_str())).collect();
        let versions: Vec<String> =
            versions.into_iter().map(|(solver, version)| format!("{} {version}", solver.title())).collect();
        let starved: Vec<&Row> = self.rows.iter().filter(|row| row.starved()).collect();
        let by_the_clock = starved.iter().filter(|row| row.solver.is_timed_by_the_clock()).count();
        let _ = writeln!(
            text,
            "\n{} runs at equal wall time: {}. In {} of them other work left the solver less than 85 % of the cores it keeps busy: {by_the_clock} of those are timed by the clock, which makes them slower; the rest had all the seconds of their threads, in which they do a little less because caches are shared. `--starved` runs them again, on a quiet machine.",
            self.rows.len(),
            versions.join(", "),
            starved.len()
        );
    }
}

fn gap(runs: &[&Row], solver: Solver) -> (Option<f64>, String) {
    let Some(first) = runs.first() else { return (None, "–".to_owned()) };
    let (families, solvers, times) = ([first.family], [solver], [first.time]);
    let wanted = Wanted { families: &families, solvers: &solvers, times: &times, seeds: &[] };
    let planned = trials(&wanted).len();
    let failed = runs.iter().filter(|run| run.cost.is_none()).count();
    let notes = match (runs.len() < planned, failed) {
        (false, 0) => String::new(),
        (true, 0) => format!(" ({} of {planned})", runs.len()),
        (false, _) => format!(" ({failed} without a plan)"),
        (true, _) => format!(" ({} of {planned}, {failed} without a plan)", runs.len()),
    };
    match mean(runs.iter().filter_map(|run| run.gap())) {
        Some(mean) if failed == 0 => (Some(mean), format!("{mean:.2}{notes}")),
        Some(mean) => (None, format!("{mean:.2}{notes}")),
        None => (None, format!("–{notes}")),
    }
}

fn against(ours: &[&Row], theirs: &[&Row]) -> String {
    let mut counts = [0; 3];
    for our in ours {
        let same = |row: &&&Row| (&row.instance, row.seed) == (&our.instance, our.seed);
        let Some(their) = theirs.iter().find(same) else { continue };
        let cost = |row: &Row| row.cost.unwrap_or(f64::INFINITY);
        match cost(our).total_cmp(&cost(their)) {
            std::cmp::Ordering::Less => counts[0] += 1,
            std::cmp::Ordering::Equal => counts[1] += 1,
            std::cmp::Ordering::Greater => counts[2] += 1,
        }
    }
    if counts == [0; 3] {
        "–".to_owned()
    } else {
        format!("{} · {} · {}", counts[0], counts[1], counts[2])
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::super::rows::sample;
    use super::*;

    #[test]
    fn gaps_wins_and_speed_are_told() {
        let rows = [
            sample(Solver::Ours, "a", 101.0),
            sample(Solver::Ours, "b", 103.0),
            sample(Solver::Pyvrp, "a", 104.0),
            Row { cost: None, ..sample(Solver::Pyvrp, "b", 0.0) },
        ];
        let text = tables(&rows);
        assert!(text.contains("| set | s | goal | Doorstep | PyVRP |\n|---|---|---|---|---|\n"), "{text}");
        let gaps = "| X (100-1000) | 2 | 1 | **2.00 (2 of 12)** | 4.00 (2 of 12, 1 without a plan) |";
        assert!(text.contains(gaps), "{text}");
        assert!(text.contains("| X (100-1000) | 2 | 2 · 0 · 0 |"), "{text}");
        assert!(text.contains("| X (100-1000) | 500 | 250 |"), "{text}");
        assert!(text.contains("4 runs at equal wall time: Doorstep 1, PyVRP 1. In 0 of them"), "{text}");
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let page = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = replaced(&page, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert_eq!(replaced(&new, "new\n").unwrap(), new);
        assert!(replaced("nothing", "new").is_err());
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            ["12", "1,234", "1,234,567"],
            [12.0, 1234.0, 1_234_567.0].map(thousands).each_ref().map(String::as_str)
        );
    }
}
