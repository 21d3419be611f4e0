//! A plan in the middle of its day: the plan that people know, what became of it, and three answers to that.
//!
//! What is done is no longer in the problem. What is under way is where its vehicle starts; what is loaded or locked is
//! bound to its vehicle ([`StopSpec::only_vehicle`](crate::StopSpec::only_vehicle)); the rest is free, but free does not
//! mean for nothing. A stop that goes to another vehicle is a parcel that somebody has to find at the hub, and a stop in
//! another order is one that the driver did not expect, so both have a price ([`Kept`]). The least change pays much more
//! for them than the balanced answer, and the free one nothing; none is ever worse than the plan as it stands.

use std::time::{Duration, Instant};

use crate::builder::LIMITS;
use crate::check::{Report, check};
use crate::model::{Kept, KeptRow, Problem, Solution, StopId, VehicleId};
use crate::schedule::timetable;
use crate::solve::{Settings, solve};
use crate::stop_rule::StopRule;

/// How many times as much as in the balanced answer a change costs in the least one.
const LEAST: i64 = 10;

/// How free the answer is to change the plan that people know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freedom {
    /// Only what mends much.
    Least,
    /// What is worth its trouble.
    Balanced,
    /// Whatever is cheapest.
    Free,
}

impl Freedom {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Least, Self::Balanced, Self::Free];

    const fn times(self) -> i64 {
        match self {
            Self::Least => LEAST,
            Self::Balanced => 1,
            Self::Free => 0,
        }
    }
}

/// What a change of the plan costs in the balanced answer, in money units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePrices {
    /// A stop that another vehicle serves.
    pub moved: i64,
    /// A stop of the same vehicle with another stop before it.
    pub order: i64,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How free it was.
    pub freedom: Freedom,
    /// The plan.
    pub solution: Solution,
    /// What it comes to, without the prices of changes; [`Report::moved`] and [`Report::reordered`] count them.
    pub report: Report,
}

impl Problem {
    /// The problem with every stop kept where it is in that plan; stops that it does not serve may go anywhere. A price
    /// beyond [`LIMITS`] counts as much as they allow.
    #[must_use]
    pub fn keeping(&self, plan: &Solution, prices: ChangePrices) -> Self {
        let mut problem = self.clone();
        let [moved_price, order_price] =
            [prices.moved, prices.order].map(|price| price.clamp(0, LIMITS.price));
        for spec in &mut problem.stops {
            spec.kept = None;
        }
        let plan = plan.sound(self);
        for (vehicle, route) in self.vehicle_ids().zip(&plan.routes) {
            let mut behind = None;
            for &stop in route {
                let kept = Kept { vehicle, behind, moved_price, order_price };
                problem.stops[stop.index()].kept = Some(kept);
                behind = Some(stop);
            }
        }
        problem.kept = KeptRow::all(&problem.stops);
        problem
    }
}

/// Three answers to what became of a plan: the least change first, then the balanced, then the free one.
///
/// The budget of `stop` is for all three together; the search looks mostly where something happened: around
/// [`Settings::near`], and around stops that the plan serves late or not at all. [`Settings::start`] is not read. Each
/// answer is at least as good as the given plan by [`Score`](crate::Score).
#[must_use]
pub fn replan(
    problem: &Problem,
    given: &Solution,
    prices: ChangePrices,
    stop: &StopRule<'_>,
    settings: &Settings<'_>,
) -> Vec<Answer> {
    let begun = Instant::now();
    let near = events(problem, given, settings.near);
    let mut best = given.clone();
    let mut answers = Vec::with_capacity(Freedom::ALL.len());
    for (turn, freedom) in (1_u32..).zip(Freedom::ALL) {
        let times = |price: i64| price.saturating_mul(freedom.times());
        let priced =
            problem.keeping(given, ChangePrices { moved: times(prices.moved), order: times(prices.order) });
        let share = |whole: Duration| (whole * turn / 3).saturating_sub(begun.elapsed());
        let own = StopRule {
            time: stop.time.map(share),
            iterations: stop.iterations.map(|all| all / 3 + u64::from(all % 3 >= u64::from(turn))),
            ..*stop
        };
        // What a less free answer found is a beginning for a freer one.
        best = solve(&priced, &own, &Settings { start: Some(&best), near: &near, ..*settings }).solution;
        let mut report = check(&priced, &best);
        report.cost -= std::mem::take(&mut report.change_cost);
        answers.push(Answer { freedom, solution: best.clone(), report });
    }
    answers
}

/// Where something happened: what the caller names, and what the plan serves late or not at all.
fn events(problem: &Problem, given: &Solution, named: &[StopId]) -> Vec<StopId> {
    let mut near: Vec<StopId> = named.iter().chain(&given.unserved).copied().collect();
    for index in 0..given.routes.len().min(problem.vehicle_ids().len()) {
        let times = timetable(problem, given, VehicleId(index as u32));
        near.extend(times.visits.iter().filter(|visit| visit.late > 0).map(|visit| visit.stop));
    }
    near.retain(|stop| stop.index() < problem.stop_ids().len());
    near.sort_unstable();
    near.dedup();
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_stop_moves_only_where_that_is_worth_its_price() {
        // The second vehicle goes out for a stop that the first one passes: 40 s that it could save.
        let mut builder = samples::line(&[10, 20, 30]);
        let second = crate::VehicleSpec { fixed_cost: 0, ..samples::vehicle() };
        builder.vehicle(second);
        let problem = builder.build().unwrap();
        let ids: Vec<StopId> = problem.stop_ids().collect();
        let given = Solution {
            routes: vec![vec![ids[0], ids[2]], vec![ids[1]]],
            unserved: Vec::new(),
            ..Solution::default()
        };
        let moved = |price: i64| {
            let stop = StopRule { iterations: Some(600), ..StopRule::default() };
            let prices = ChangePrices { moved: price, order: 0 };
            let answers = replan(&problem, &given, prices, &stop, &Settings::default());
            answers.iter().map(|answer| answer.report.moved).collect::<Vec<_>>()
        };
        assert_eq!(moved(1), [1, 1, 1]);
        assert_eq!(moved(10), [0, 1, 1]);
        let [least, balanced, free] = moved(100)[..] else { panic!("three answers") };
        assert!((least, balanced) == (0, 0) && free > 0);
    }

    #[test]
    fn what_nobody_serves_and_what_is_late_is_where_something_happened() {
        let mut builder = samples::line(&[10, 20]);
        let mut late = samples::stop(30);
        (late.window, late.lateness) = ((0, 5), crate::Lateness::Priced { per_minute: 1 });
        let late = builder.stop(late);
        let problem = builder.build().unwrap();
        let ids: Vec<StopId> = problem.stop_ids().collect();
        let given =
            Solution { routes: vec![vec![ids[0], late]], unserved: vec![ids[1]], ..Solution::default() };
        assert_eq!(events(&problem, &given, &[late, StopId(99)]), [ids[1], late]);
    }
}
