//! The one door to the search: from a problem, a stop rule and a seed to the best plan found.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::check::check;
use crate::construct::{construct, construct_from};
use crate::cost::Score;
use crate::improve::{Budget, improve};
use crate::model::{Problem, Solution};

/// When to stop: at whichever comes first. Without any of them the search ends after a fixed number of iterations that
/// grows with the number of stops.
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

/// The best plan found until `stop`, never worse than the given start by [`Score`].
#[must_use]
pub fn solve(problem: &Problem, stop: &Stop<'_>, settings: &Settings<'_>) -> Outcome {
    let start = Instant::now();
    let first = match settings.start {
        Some(given) => construct_from(problem, given.clone()),
        None => construct(problem),
    };
    let iterations = std::cell::Cell::new(0_u64);
    let over = || {
        iterations.set(iterations.get() + 1);
        stop.time.is_some_and(|time| start.elapsed() >= time)
            || stop.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    };
    let most = stop.iterations.unwrap_or(if stop.time.is_some() { u64::MAX } else { 100_000 });
    let solution = improve(problem, first, Budget::iterations(most).or_until(&over), settings.seed);
    let score = check(problem, &solution).score();
    if let Some(tell) = settings.on_improvement {
        tell(&Progress {
            elapsed: start.elapsed(),
            iterations: iterations.get(),
            score,
            solution: &solution,
        });
    }
    Outcome { solution, score, iterations: iterations.get(), elapsed: start.elapsed() }
}
