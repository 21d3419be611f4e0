//! The one door to the search: from a problem, a stop rule and a seed to the best plan found.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::check::check;
use crate::engine::{self, Order};
use crate::kernel::instance::{AnyInstance, Instance};
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;

use crate::construct::{construct, construct_from};
use crate::cost::Score;
use crate::improve::{Budget, improve};
use crate::model::{Problem, Solution};

/// When to stop: at whichever comes first. Without time and iterations the search ends after a number of
/// iterations that grows with the number of stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stop<'a> {
    /// Wall time since the call.
    pub time: Option<Duration>,
    /// Iterations of all threads together. The same seed, threads and iterations then give the same answer.
    pub iterations: Option<u64>,
    /// Set from another thread.
    pub cancel: Option<&'a AtomicBool>,
}

/// How to search.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Where the randomness comes from.
    pub seed: u64,
    /// How many threads work at it; 0 counts as 1.
    pub threads: usize,
    /// What to begin with; the answer is never worse.
    pub start: Option<&'a Solution>,
    /// Told of improvements as they are found, at most some tens of times a second.
    pub on_improvement: Option<&'a (dyn Fn(&Progress<'_>) + Sync)>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { seed: 1, threads: 1, start: None, on_improvement: None }
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
    /// How good it is, as the checker reckons.
    pub score: Score,
    /// Iterations of all threads.
    pub iterations: u64,
    /// Wall time.
    pub elapsed: Duration,
}

impl Stop<'_> {
    /// Whether somebody has said so.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}

/// The best plan found until `stop`, never worse than the given start by [`Score`].
///
/// With neither time nor iterations it takes as many iterations as are sensible for the number of stops. What fits
/// nowhere, or only at more than its penalty, is unserved.
#[must_use]
pub fn solve(problem: &Problem, stop: &Stop<'_>, settings: &Settings<'_>) -> Outcome {
    let begun = Instant::now();
    let (found, iterations) = match AnyInstance::of(problem) {
        Some(AnyInstance::Table(instance)) => classic(problem, &instance, stop, settings, begun),
        Some(AnyInstance::Plane(instance)) => classic(problem, &instance, stop, settings, begun),
        None => rich(problem, stop, settings, begun),
    };
    let score = check(problem, &found).score();
    let given = settings.start.map(|start| (check(problem, start).score(), start));
    let (score, solution) = match given {
        Some((given, start)) if given < score => (given, start.clone()),
        _ => (score, found),
    };
    Outcome { solution, score, iterations, elapsed: begun.elapsed() }
}

fn classic<M: Metric>(
    problem: &Problem,
    instance: &Instance<M>,
    stop: &Stop<'_>,
    settings: &Settings<'_>,
    begun: Instant,
) -> (Solution, u64) {
    let nothing = Solution::default();
    let start = Plan::of(instance, settings.start.unwrap_or(&nothing));
    let tell = |plan: &Plan, iterations: u64| {
        tell(problem, settings, begun, iterations, || plan.to_solution(problem));
    };
    let order = Order { stop, begun, seed: settings.seed, threads: settings.threads, tell: &tell };
    let (best, iterations) = if instance.timed {
        engine::run::<M, true>(instance, start, &order)
    } else {
        engine::run::<M, false>(instance, start, &order)
    };
    (best.to_solution(problem), iterations)
}

fn rich(problem: &Problem, stop: &Stop<'_>, settings: &Settings<'_>, begun: Instant) -> (Solution, u64) {
    let first = match settings.start {
        Some(given) => construct_from(problem, given.clone()),
        None => construct(problem),
    };
    tell(problem, settings, begun, 0, || first.clone());
    let steps = Cell::new(0_u64);
    let over = || {
        steps.set(steps.get() + 1);
        stop.time.is_some_and(|time| begun.elapsed() >= time) || stop.is_cancelled()
    };
    if over() {
        return (first, 0);
    }
    let unlimited = if stop.time.is_some() { u64::MAX } else { 20_000 };
    let budget = Budget::iterations(stop.iterations.unwrap_or(unlimited)).or_until(&over);
    let best = improve(problem, first, budget, settings.seed);
    tell(problem, settings, begun, steps.get(), || best.clone());
    (best, steps.get())
}

fn tell(
    problem: &Problem,
    settings: &Settings<'_>,
    begun: Instant,
    iterations: u64,
    solution: impl Fn() -> Solution,
) {
    if let Some(listener) = settings.on_improvement {
        let solution = solution();
        let score = check(problem, &solution).score();
        listener(&Progress { elapsed: begun.elapsed(), iterations, score, solution: &solution });
    }
}
