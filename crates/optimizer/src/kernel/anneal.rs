//! Simulated annealing over ruin and recreate steps, by the share of the budget that is spent.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::atomic::{self, AtomicBool};
use std::time::Instant;

use super::blinks::Blinks;
use super::order::order;
use super::ruin::ruin;
use super::working_plan::WorkingPlan;
use crate::rng::Rng;

/// How often the clock is looked at, in steps.
const GLANCE: u64 = 32;

/// Which share of the steps is around where something happened, if anything has.
const NEAR: f64 = 0.7;

/// Which share of the steps exchanges tails of routes, where routes can.
const TAILS: f64 = 0.3;

/// How many absent stops a step tries to bring in at most.
const ABSENT: usize = 30;
/// In which share of the steps with absent stops those around the step's centre are tried, all together, and a vehicle is
/// taken for them in the hope of some more; and how many more at most.
const HOPE: f64 = 0.1;
const HOPED: usize = 60;

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

    /// The same with the beginning at most that warm, and the end a tenth of that.
    pub(crate) fn held_below(self, most: f64) -> Self {
        Self { from: self.from.min(most), to: self.to.min(most / 10.0) }
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
        if self.cancel.is_some_and(|cancel| cancel.load(atomic::Ordering::Relaxed)) {
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
pub(crate) struct Annealer {
    rng: Rng,
    blinks: Blinks,
    removed: Vec<u32>,
    /// Stops around which something happened.
    near: Vec<u32>,
    is_absent: HashSet<u32>,
}

impl Annealer {
    pub(crate) fn new(seed: u64, near: Vec<u32>) -> Self {
        Self {
            rng: Rng::new(seed),
            blinks: Blinks::new(),
            removed: Vec::new(),
            near,
            is_absent: HashSet::new(),
        }
    }

    /// Steps until the slice is over; returns how many.
    pub(crate) fn anneal<'a, G: WorkingPlan<'a>>(
        &mut self,
        state: &mut G,
        cooling: Cooling,
        slice: Slice<'_>,
    ) -> u64 {
        if state.pool().is_empty() {
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
    pub(crate) fn fill<'a, G: WorkingPlan<'a>>(&mut self, state: &mut G) {
        state.begin();
        let mut stops = std::mem::take(state.absent());
        state.forgive(&stops);
        let keys = state.keys(1);
        stops.sort_unstable_by_key(|&stop| (keys[stop as usize], stop));
        state.recreate(&stops, &mut self.blinks, &mut self.rng);
        state.keep();
    }

    fn step<'a, G: WorkingPlan<'a>>(&mut self, state: &mut G, warmth: f64) {
        let before = state.worth();
        let (sound, more) = if state.swaps_tails() && self.rng.unit() < TAILS {
            state.begin();
            let (centre, more) = (self.centre(state), self.allowance(warmth));
            (state.swap_tails(centre, more as i64, &mut self.rng), more)
        } else {
            (self.ruin_and_recreate(state), self.allowance(warmth))
        };
        let after = state.worth();
        let limit = before.cost as f64 + more;
        let good = match after.excess.cmp(&before.excess) {
            Ordering::Less => true,
            Ordering::Equal => (after.cost as f64) < limit,
            Ordering::Greater => false,
        };
        if sound && good {
            state.keep();
        } else {
            state.undo();
        }
    }

    /// How much more a plan may cost to be kept.
    fn allowance(&mut self, warmth: f64) -> f64 {
        -warmth * (1.0 - self.rng.unit()).ln()
    }

    /// A random stop to change something around.
    fn centre<'a, G: WorkingPlan<'a>>(&mut self, state: &G) -> usize {
        let somewhere = self.near.is_empty() || self.rng.unit() >= NEAR;
        let pool = if somewhere { state.pool() } else { &self.near };
        pool[self.rng.below(pool.len())] as usize
    }

    /// Changes the plan around a random stop; false if the plan may be broken and has to be undone.
    pub(crate) fn ruin_and_recreate<'a, G: WorkingPlan<'a>>(&mut self, state: &mut G) -> bool {
        state.begin();
        self.removed.clear();
        let centre = self.centre(state);
        let hopeful = !state.absent().is_empty() && self.rng.unit() < HOPE;
        if hopeful {
            state.hope(2 + self.rng.below(HOPED) as u32);
            self.take_near(state, centre);
        }
        let absent = state.absent();
        let most = ABSENT.saturating_sub(self.removed.len());
        if absent.len() <= most {
            self.removed.append(absent);
        } else {
            for _ in 0..most {
                let at = self.rng.below(absent.len());
                self.removed.push(absent.swap_remove(at));
            }
        }
        state.forgive(&self.removed);
        ruin(state, centre, &mut self.rng, &mut self.removed);
        if state.is_broken() {
            state.hope(1);
            return false;
        }
        order(&mut self.removed, state.is_timed(), |order| state.keys(order), &mut self.rng);
        state.recreate(&self.removed, &mut self.blinks, &mut self.rng);
        if hopeful {
            state.hope(1);
        }
        true
    }

    /// Takes the absent stops nearest to the centre.
    fn take_near<'a, G: WorkingPlan<'a>>(&mut self, state: &mut G, centre: usize) {
        let around = state.around(centre);
        let absent = state.absent();
        if absent.len() <= ABSENT {
            return;
        }
        self.is_absent.clear();
        self.is_absent.extend(absent.iter().copied());
        let near = around.iter().filter(|stop| self.is_absent.contains(*stop)).take(HOPED);
        self.removed.extend(near.copied());
        let taken = &self.removed;
        absent.retain(|stop| !taken.contains(stop));
    }
}
