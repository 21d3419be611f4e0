//! What is done when something happens: nothing, insertion, or a new plan.

use optimizer::{ChangePrices, Cost, Freedom, Settings, Solution, StopRule, best_insertions, replan};

use crate::live::{Day, Moment};

/// What a change costs in the new plan, in the town's money.
const PRICES: ChangePrices = ChangePrices { moved: 200, order: 40 };

/// How a day is led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The morning's plan is driven to its end.
    Nothing,
    /// What nobody serves goes where it is cheapest, and nothing else changes.
    Insertion,
    /// The balanced answer of `replan`, with so many steps for all three, on so many threads.
    Replan { steps: u64, threads: usize },
}

/// Answers to what has happened to these orders.
pub fn answer(policy: Policy, day: &mut Day<'_>, touched: &[usize]) {
    match policy {
        Policy::Nothing => {}
        Policy::Insertion => {
            let moment = day.moment();
            let plan = inserted(&moment);
            day.adopt(&moment, &plan);
        }
        Policy::Replan { steps, threads } => {
            let moment = day.moment();
            let near = Day::stops(&moment, touched);
            let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
            let settings = Settings { threads, near: &near, ..Settings::default() };
            let answers = replan(&moment.problem, &moment.given, PRICES, &stop, &settings);
            let balanced = answers.into_iter().find(|answer| answer.freedom == Freedom::Balanced);
            let plan = balanced.map_or_else(|| moment.given.clone(), |answer| answer.solution);
            day.adopt(&moment, &plan);
        }
    }
}

/// The plan with what nobody serves, one after the other where it costs least, if that is less than to leave it out.
fn inserted(moment: &Moment) -> Solution {
    let mut plan = moment.given.clone();
    for stop in moment.given.unserved.clone() {
        let penalty = moment.problem.stop(stop).map_or(0, |spec| spec.unserved_penalty);
        let best = best_insertions(&moment.problem, &plan, stop, 1).pop();
        if let Some(best) = best.filter(|best| best.cost < Cost::units(penalty)) {
            let vehicle = best.vehicle.index();
            plan.routes[vehicle].insert(best.position, stop);
            plan.stopovers[vehicle] = best.stopovers;
            plan.unserved.retain(|other| *other != stop);
        }
    }
    plan
}
