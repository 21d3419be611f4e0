//! The entry to the search: from a problem, a stop rule and a seed to the best plan found.

use std::time::{Duration, Instant};

use crate::builder::LIMITS;
use crate::check::check;
use crate::engine::{self, SearchRequest};
use crate::kernel::instance::{AnyInstance, Instance};
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;

use crate::cost::{Cost, Score};
use crate::evaluation::fitted_out;
use crate::model::{Lateness, Problem, Solution, StopId};
use crate::renumber::Renumbered;
use crate::rich;
use crate::stop_rule::StopRule;

/// How to search.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Where the randomness comes from.
    pub seed: u64,
    /// How many threads work at it; 0 counts as 1.
    pub threads: usize,
    /// What to begin with; the answer is never worse.
    pub start: Option<&'a Solution>,
    /// Where something happened: the search looks mostly around these stops, if there are any.
    pub near: &'a [StopId],
    /// Called with improvements as they are found, at most some tens of times a second.
    pub on_improvement: Option<&'a (dyn Fn(&Progress<'_>) + Sync)>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { seed: 1, threads: 1, start: None, near: &[], on_improvement: None }
    }
}

/// A better solution than before.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Wall time since the call.
    pub elapsed: Duration,
    /// Iterations so far, of all threads.
    pub iterations: u64,
    /// How good it is.
    pub score: Score,
    /// The solution.
    pub solution: &'a Solution,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The best solution found; stops that fit nowhere are unserved.
    pub solution: Solution,
    /// How good it is, as the checker computes.
    pub score: Score,
    /// Iterations of all threads.
    pub iterations: u64,
    /// Wall time.
    pub elapsed: Duration,
}

/// The best plan found until `stop`, never worse than the given start by [`Score`].
///
/// With neither time nor iterations it takes as many iterations as are sensible for the number of stops. What fits
/// nowhere, or only at more than its penalty, is unserved.
#[must_use]
pub fn solve(problem: &Problem, stop: &StopRule<'_>, settings: &Settings<'_>) -> Outcome {
    let begun = Instant::now();
    let renumbered = Renumbered::of(problem);
    let start = settings.start.map(|start| renumbered.there(start)).unwrap_or_default();
    let on_better = |plan: &Plan, iterations: u64| {
        if let Some(listener) = settings.on_improvement {
            let solution = fitted_out(problem, &renumbered.back(&plan.to_solution(&renumbered.problem)));
            let score = check(problem, &solution).score();
            listener(&Progress { elapsed: begun.elapsed(), iterations, score, solution: &solution });
        }
    };
    let near = settings.near.iter().filter_map(|&stop| renumbered.name(stop)).map(|stop| stop.0).collect();
    let request = SearchRequest {
        stop,
        begun,
        seed: settings.seed,
        threads: settings.threads,
        near,
        on_better: &on_better,
    };
    let (plan, iterations) = match AnyInstance::of(&renumbered.problem) {
        Some(AnyInstance::Table(instance)) => classic(&instance, &start, &request),
        Some(AnyInstance::Plane(instance)) => classic(&instance, &start, &request),
        None => rich(&renumbered.problem, &start, &request),
    };
    debug_assert!(
        agrees_with_judge(&renumbered.problem, &plan),
        "the search and the checker compute differently"
    );
    let found = fitted_out(problem, &renumbered.back(&plan.to_solution(&renumbered.problem)));
    let score = check(problem, &found).score();
    let given = settings.start.map(|start| (check(problem, start).score(), start));
    let (score, solution) = match given {
        Some((given, start)) if given < score => (given, start.clone()),
        _ => (score, found),
    };
    Outcome { solution, score, iterations, elapsed: begun.elapsed() }
}

fn classic<M: Metric>(instance: &Instance<M>, start: &Solution, request: &SearchRequest<'_>) -> (Plan, u64) {
    let start = Plan::of(instance, start);
    if instance.timed {
        engine::run::<M, true>(instance, start, request)
    } else {
        engine::run::<M, false>(instance, start, request)
    }
}

fn rich(problem: &Problem, start: &Solution, request: &SearchRequest<'_>) -> (Plan, u64) {
    let instance = rich::Instance::new(problem);
    let start = instance.plan_of(start);
    if problem.stops.is_empty() || problem.vehicles.is_empty() {
        return (start, 0);
    }
    match (problem.is_clocked(), problem.wide) {
        (true, true) => engine::run_rich::<true, true>(&instance, start, request),
        (true, false) => engine::run_rich::<true, false>(&instance, start, request),
        (false, true) => engine::run_rich::<false, true>(&instance, start, request),
        (false, false) => engine::run_rich::<false, false>(&instance, start, request),
    }
}

/// Whether the search makes of a plan what the checker makes of it.
fn agrees_with_judge(problem: &Problem, plan: &Plan) -> bool {
    let rate = match AnyInstance::of(problem) {
        // The search's unit is a second of driving.
        Some(_) => problem.vehicles.first().map_or(1, |spec| spec.cost_per_driving_hour),
        None if plan.vehicles.is_empty() => return true,
        None => 1,
    };
    // What a second costs, if not a whole number, is not what a stop that is left out costs.
    if problem.stops.is_empty() || may_saturate(problem) || (rate != 1 && rate % 3600 != 0) {
        return true;
    }
    let judged = check(problem, &fitted_out(problem, &plan.to_solution(problem))).score();
    judged == Score { excess: plan.excess, cost: Cost::hourly(plan.cost, rate) }
}

/// Whether numbers are so large that a plan could cost more than can be counted. A sum that has once been saturated is
/// not what it was when what made it so large is gone again.
fn may_saturate(problem: &Problem) -> bool {
    let minutely = |lateness: Lateness| match lateness {
        Lateness::Hard => 0.0,
        Lateness::Priced { per_minute } => per_minute as f64 * 60.0,
    };
    let (mut time, mut price, mut load) = (0, 0.0_f64, 0);
    for stop in &problem.stops {
        time = stop.windows().map(|window| window.0.abs().max(window.1.abs())).fold(time, i64::max);
        time = time.max(stop.release.map_or(0, i64::abs));
        price = price.max(minutely(stop.lateness));
        load += stop.demand.iter().chain(&stop.pickup).sum::<i64>();
    }
    load += problem.relations.shipments.iter().flat_map(|shipment| &shipment.amount).sum::<i64>();
    let (mut charge, mut emitted) = (0.0_f64, 0.0_f64);
    for vehicle in &problem.vehicles {
        time = time.max(vehicle.shift.0.abs()).max(vehicle.shift.1.abs());
        let hourly = vehicle.cost_per_hour + vehicle.cost_per_driving_hour + 4 * vehicle.cost_per_km;
        price = price.max(minutely(vehicle.overtime)).max(hourly as f64);
        price = price.max(vehicle.long_day.map_or(0.0, |long| long.cost_per_hour as f64));
        charge = vehicle.battery.as_ref().map_or(charge, |battery| {
            charge.max(battery.range as f64 * battery.seconds_per_km as f64 / 1000.0)
        });
        let aboard = (load + vehicle.aboard.iter().sum::<i64>()) as f64;
        emitted = vehicle.emissions.map_or(emitted, |emissions| {
            let per_km =
                emissions.grams_per_km as f64 * 1000.0 + emissions.grams_per_tonne_km as f64 * aboard;
            emitted.max(LIMITS.length as f64 * per_km * emissions.cost_per_kg as f64 * 3.6e-6)
        });
    }
    let longest = time as f64 + 4.0 * LIMITS.length as f64 + charge;
    longest * price + emitted > i64::MAX as f64 / 64.0
}
