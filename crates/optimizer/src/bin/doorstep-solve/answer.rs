//! What came of it, in the forms that people and programs read.

use optimizer::check::Report;
use optimizer::io::{Instance, Messages, PlanFile, plot, write_solution};
use optimizer::{Solution, why_unserved};
use serde_json::json;

/// How many broken rules a table lists.
const SHOWN: usize = 10;

/// For how many customers who are left out it is said why.
const EXPLAINED: usize = 10;

/// A plan with its figures.
pub struct Answer<'a> {
    /// Of which instance.
    pub instance: &'a Instance,
    /// The plan.
    pub solution: Solution,
    /// What the checker says of it.
    pub report: Report,
    /// Iterations of all threads; 0 for a plan that was only checked.
    pub iterations: u64,
    /// From the start of the program.
    pub seconds: f64,
    /// The name of the solution file that was checked, and what was read from it.
    pub file: Option<(String, PlanFile)>,
}

impl Answer<'_> {
    /// Whether everybody is served who has to be and no rule is broken.
    fn feasible(&self) -> bool {
        self.report.is_feasible() && self.instance.is_complete(&self.solution)
    }

    fn cost(&self) -> f64 {
        self.instance.cost(&self.solution, &self.report)
    }

    fn routes(&self) -> usize {
        self.solution.routes.iter().filter(|route| !route.is_empty()).count()
    }

    /// The numbers of the customers who are left out, as in solution files.
    fn left_out(&self) -> Vec<usize> {
        self.solution.unserved.iter().map(|&stop| self.instance.number(stop)).collect()
    }

    fn messages(&self) -> Messages<'_> {
        let file = self.file.as_ref().map(|(name, plan)| (name.as_str(), plan));
        Messages { instance: self.instance, solution: &self.solution, file }
    }

    fn violations(&self) -> Vec<String> {
        self.messages().violations(&self.report.violations)
    }

    /// Why the first customers are left out who are.
    fn reasons(&self) -> Vec<(usize, String)> {
        let unserved = why_unserved(&self.instance.problem, &self.solution, 1, EXPLAINED);
        let messages = self.messages();
        unserved.iter().map(|own| (self.instance.number(own.stop), messages.reason(own))).collect()
    }

    /// One line of JSON.
    pub fn json(&self) -> String {
        let cost = self.instance.cost_text(self.cost()).parse().unwrap_or_else(|_| self.cost());
        let reason = |(customer, why): (usize, String)| json!({ "customer": customer, "reason": why });
        let object = json!({
            "instance": self.instance.name,
            "customers": self.instance.problem.stop_ids().len(),
            "cost": cost,
            "routes": self.routes(),
            "iterations": self.iterations,
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "feasible": self.feasible(),
            "unserved": self.left_out(),
            "reasons": self.reasons().into_iter().map(reason).collect::<Vec<_>>(),
            "violations": self.violations(),
        });
        format!("{object}\n")
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut rows = vec![
            ("instance", self.instance.name.clone()),
            ("customers", self.instance.problem.stop_ids().len().to_string()),
            ("cost", self.instance.cost_text(self.cost())),
            ("routes", self.routes().to_string()),
            ("iterations", self.iterations.to_string()),
            ("seconds", format!("{:.2}", self.seconds)),
            ("feasible", if self.feasible() { "yes" } else { "no" }.to_owned()),
        ];
        let left_out = self.left_out();
        if !left_out.is_empty() {
            let numbers: Vec<String> = left_out.iter().map(usize::to_string).collect();
            rows.push(("left out", numbers.join(" ")));
            let why = |(customer, why): (usize, String)| ("because", format!("{customer}: {why}"));
            rows.extend(self.reasons().into_iter().map(why));
        }
        let broken = self.violations();
        let more = broken.len().saturating_sub(SHOWN);
        rows.extend(broken.into_iter().take(SHOWN).map(|violation| ("broken", violation)));
        if more > 0 {
            rows.push(("broken", format!("and {more} more")));
        }
        rows.iter().map(|(name, value)| format!("{name:<11}{value}\n")).collect()
    }

    /// The solution file's text.
    pub fn solution_file(&self) -> String {
        write_solution(self.instance, &self.solution, self.cost())
    }

    /// The picture, where the instance says where its places are.
    pub fn plot(&self) -> Option<String> {
        plot(self.instance, &self.solution, self.cost())
    }
}
