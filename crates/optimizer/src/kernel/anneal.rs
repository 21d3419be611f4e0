//! Simulated annealing over ruin and recreate steps, by the share of the budget that is spent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::metric::Metric;
use super::recreate::Blinks;
use super::state::State;
use crate::rng::Rng;

/// How often the clock is looked at, in steps.
const GLANCE: u64 = 32;

/// How many absent stops a step tries to bring in at most.
const ABSENT: usize = 30;

/// How warm it is, between the beginning and the end of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cooling {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Cooling {
    /// The part of this cooling between two shares.
    pub(crate) fn between(self, first: f64, last: f64) -> Self {
        Self { from: self.at(first), to: self.at(last) }
    }

    /// Geometric.
    pub(crate) fn at(self, share: f64) -> f64 {
        self.from * (self.to / self.from).powf(share)
    }
}

/// When a slice is over.
#[derive(Clone, Copy)]
pub(crate) struct Slice<'a> {
    /// From when to when on the clock, if by the clock.
    pub(crate) clock: Option<(Instant, Instant)>,
    /// After that many steps.
    pub(crate) steps: u64,
    pub(crate) cancel: Option<&'a AtomicBool>,
}

impl Slice<'_> {
    /// Whether it lasts after that many steps.
    pub(crate) fn lasts(&self, done: u64) -> bool {
        done < self.steps && (!done.is_multiple_of(GLANCE) || self.spent(done) < 1.0)
    }

    /// Which share of it is over.
    fn spent(&self, done: u64) -> f64 {
        if self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            return 1.0;
        }
        let by_steps = done as f64 / self.steps.max(1) as f64;
        let by_clock = self.clock.map_or(0.0, |(start, end)| {
            let whole = end.saturating_duration_since(start).as_secs_f64();
            start.elapsed().as_secs_f64() / whole.max(1e-9)
        });
        by_steps.max(by_clock)
    }
}

/// What one thread needs beside its state.
pub(crate) struct Walker {
    rng: Rng,
    blinks: Blinks,
    removed: Vec<u32>,
}

impl Walker {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), blinks: Blinks::new(), removed: Vec::new() }
    }

    /// Steps until the slice is over; returns how many.
    pub(crate) fn anneal<M: Metric, const TIMED: bool>(
        &mut self,
        state: &mut State<'_, M, TIMED>,
        cooling: Cooling,
        slice: Slice<'_>,
    ) -> u64 {
        if state.served + state.absent.len() == 0 {
            return 0;
        }
        let mut done = 0;
        let mut warmth = cooling.from;
        while done < slice.steps {
            if done.is_multiple_of(GLANCE) {
                let share = slice.spent(done);
                if share >= 1.0 {
                    break;
                }
                warmth = cooling.at(share);
            }
            done += 1;
            self.step(state, warmth);
        }
        done
    }

    /// Inserts what is absent.
    pub(crate) fn fill<M: Metric, const TIMED: bool>(&mut self, state: &mut State<'_, M, TIMED>) {
        state.begin();
        let mut stops = std::mem::take(&mut state.absent);
        state.cost -= state.instance.penalties(&stops);
        let keys = &state.instance.keys[1];
        stops.sort_unstable_by_key(|&stop| (keys[stop as usize], stop));
        state.recreate(&stops, &mut self.blinks, &mut self.rng);
        state.keep();
    }

    fn step<M: Metric, const TIMED: bool>(&mut self, state: &mut State<'_, M, TIMED>, warmth: f64) {
        let before = state.cost;
        let sound = self.ruin_and_recreate(state);
        let limit = before as f64 - warmth * (1.0 - self.rng.unit()).ln();
        if sound && (state.cost as f64) < limit {
            state.keep();
        } else {
            state.undo();
        }
    }

    /// Changes the plan around a random stop; false if the plan may be broken and has to be undone.
    pub(crate) fn ruin_and_recreate<M: Metric, const TIMED: bool>(
        &mut self,
        state: &mut State<'_, M, TIMED>,
    ) -> bool {
        state.begin();
        self.removed.clear();
        if state.absent.len() <= ABSENT {
            self.removed.append(&mut state.absent);
        } else {
            for _ in 0..ABSENT {
                let at = self.rng.below(state.absent.len());
                self.removed.push(state.absent.swap_remove(at));
            }
        }
        state.cost -= state.instance.penalties(&self.removed);
        let centre = state.pool[self.rng.below(state.pool.len())] as usize;
        state.ruin(centre, &mut self.rng, &mut self.removed);
        if state.broken {
            return false;
        }
        state.order(&mut self.removed, &mut self.rng);
        state.recreate(&self.removed, &mut self.blinks, &mut self.rng);
        true
    }
}
