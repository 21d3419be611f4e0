//! Which vehicles may serve which stops, and when, in the optimizer's terms.

use crate::planning::decidable::{Runner, Strictness, Task};
use domain::{Skill, Vehicle, Window};
use optimizer::{Allowed, Skills, VehicleId};
use std::collections::BTreeSet;

/// The optimizer tells so many skills apart; further ones count as leave that a vehicle has not got.
const APART: usize = 64;

/// The skills that a problem's stops need, each with a number.
pub(crate) struct Fitting(Vec<Skill>);

impl Fitting {
    pub fn of(tasks: &[Task]) -> Self {
        let needed: BTreeSet<_> =
            tasks.iter().filter(|t| t.only.is_none()).flat_map(|t| t.needs.skills.iter()).collect();
        Self(needed.into_iter().take(APART).cloned().collect())
    }

    fn bits(&self, skills: &domain::Skills) -> Skills {
        let numbered = skills.iter().filter_map(|skill| self.0.binary_search(skill).ok());
        Skills(numbered.fold(0, |bits, number| bits | 1 << number))
    }

    /// What a vehicle can do.
    pub fn skills(&self, vehicle: &Vehicle) -> Skills {
        self.bits(&vehicle.skills)
    }

    /// What a stop needs; nothing where the goods are in a vehicle already.
    pub fn needs(&self, task: &Task) -> Skills {
        if task.only.is_some() { Skills::default() } else { self.bits(&task.needs.skills) }
    }

    /// Who may serve a stop, beside what skills say; `ids` are the runners' in the problem.
    pub fn allowed(&self, task: &Task, runners: &[Runner], ids: &[VehicleId]) -> Allowed {
        let numbered = |skill: &Skill| self.0.binary_search(skill).is_ok();
        let rare: Vec<_> = task.needs.skills.iter().filter(|skill| !numbered(skill)).collect();
        if task.only.is_some() || (rare.is_empty() && task.needs.vehicles.are_all()) {
            return Allowed::All;
        }
        let may_not = |runner: &Runner| {
            let skills = &runner.vehicle.skills;
            !task.needs.vehicles.allow(runner.vehicle.id)
                || rare.iter().any(|needed| skills.iter().all(|own| own != *needed))
        };
        let barred = runners.iter().zip(ids).filter(|(runner, _)| may_not(runner));
        Allowed::AllBut(barred.map(|(_, id)| *id).collect())
    }
}

impl Task {
    /// The windows in which it may be served, by time: at least one.
    pub fn spans(&self) -> &[Window] {
        if self.windows.is_empty() { std::slice::from_ref(&self.window) } else { &self.windows }
    }
}

/// What of a stop's windows lies within what closures leave open, in seconds. Where that is nothing, a stop that may be late
/// is served when it is open, and another keeps what it was promised.
pub(crate) fn within(windows: &[(i64, i64)], open: (i64, i64), strictness: Strictness) -> Vec<(i64, i64)> {
    if let [_] = windows {
        return vec![open];
    }
    let left = windows.iter().map(|&(from, until)| (from.max(open.0), until.min(open.1)));
    let left: Vec<_> = left.filter(|(from, until)| from <= until).collect();
    match (left.is_empty(), strictness) {
        (false, _) => left,
        (true, Strictness::Priced) => vec![open],
        (true, Strictness::Hard) => windows.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_keep_what_is_open_of_each() {
        let (two, hard, priced) = ([(0, 60), (100, 160)], Strictness::Hard, Strictness::Priced);
        assert_eq!(within(&[(0, 60)], (10, 50), hard), [(10, 50)]);
        assert_eq!(within(&two, (0, 160), hard), two);
        assert_eq!(within(&two, (30, 120), priced), [(30, 60), (100, 120)]);
        assert_eq!(within(&two, (90, 160), hard), [(100, 160)]);
        assert_eq!(within(&two, (300, 300), priced), [(300, 300)]);
        assert_eq!(within(&two, (70, 90), hard), two);
    }
}
