//! What ruin and recreate asks of a plan in work, whichever kind of problem it is for.

use super::blinks::Blinks;
use super::plan::{Plan, Worth};
use crate::rng::Rng;

/// Where a node stands in its ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) prev: u32,
    pub(crate) next: u32,
    /// Its route, or [`NONE`](super::state::NONE) of an absent stop.
    pub(crate) route: u32,
}

/// How stops are put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For a first plan.
    First,
    /// For a first plan that serves what it can: stops come in whatever they cost, and vehicles cost nothing, as one
    /// stop alone may not be worth a vehicle that many are.
    Fullest,
    /// For a first plan whose routes may change to larger vehicles.
    Changing,
    /// In a search.
    Search,
}

/// A plan that changes: rings of stops, each through a node of its route's own.
pub(crate) trait WorkingPlan<'a>: Send {
    /// How many stops there are in the whole problem; nodes from there on belong to routes.
    fn stops(&self) -> usize;
    /// The stops near one, itself first.
    fn around(&self, stop: usize) -> &'a [u32];
    /// By stop: what to sort by in one of the [`ORDERS`](super::order::ORDERS).
    fn keys(&self, order: usize) -> &'a [i32];
    /// Whether windows can matter.
    fn is_timed(&self) -> bool;

    /// Takes up a plan, or the part of one, of at most `most` routes. Stops that are not in it do not exist.
    fn load(&mut self, plan: &Plan, most: usize);
    /// The stops that exist.
    fn pool(&self) -> &[u32];
    /// How many stops are in routes.
    fn served(&self) -> usize;
    /// How many routes have stops.
    fn used(&self) -> usize;
    fn absent(&mut self) -> &mut Vec<u32>;
    fn link(&self, node: usize) -> Link;
    fn size_of(&self, route: u32) -> usize;
    fn worth(&self) -> Worth;

    /// Begins a step that may be undone.
    fn begin(&mut self);
    /// Whether a route has been changed in this step.
    fn is_touched(&self, route: u32) -> bool;
    /// Takes `count` stops out, from `first` on, all of one route.
    fn remove(&mut self, first: usize, count: usize, removed: &mut Vec<u32>);
    /// Takes `ahead` stops out from `first` on, leaves `kept`, and takes out `behind` more, all of one route.
    fn remove_around(
        &mut self,
        first: usize,
        ahead: usize,
        kept: usize,
        behind: usize,
        removed: &mut Vec<u32>,
    ) {
        let mut next = first;
        for _ in 0..ahead + kept {
            next = self.link(next).next as usize;
        }
        self.remove(first, ahead, removed);
        self.remove(next, behind, removed);
    }
    /// Takes the penalties of these absent stops off the cost, as they are about to be put back.
    fn forgive(&mut self, stops: &[u32]);
    /// Whether what has been removed may have broken something.
    fn is_broken(&self) -> bool;
    /// Inserts each stop in turn, or leaves it absent if it fits nowhere or costs more than its penalty.
    fn recreate(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng);
    /// Says by how many stops a new vehicle is going to be paid, from now on: the first of them may cost so many times what
    /// it is worth.
    fn hope(&mut self, times: u32);
    /// Lets leaving a stop out cost so much more than its penalty, from now on; what the plans cost that are handed out
    /// knows nothing of it.
    fn raise_penalties(&mut self, _raise: i64) {}
    /// Whether routes may change their vehicles.
    fn changes(&self) -> bool {
        false
    }
    /// Whether routes may exchange their tails.
    fn swaps_tails(&self) -> bool {
        false
    }
    /// Exchanges the tail of a stop's route with that of one that lies near, for about so much at most; false if the plan
    /// may be broken and has to be undone.
    fn swap_tails(&mut self, _centre: usize, _most: i64, _rng: &mut Rng) -> bool {
        false
    }
    /// How stops are put back from now on.
    fn set_mode(&mut self, mode: Mode);
    /// Puts everything back to where it was at [`Self::begin`].
    fn undo(&mut self);
    /// Keeps what this step changed; remembers the plan if it is the best since [`Self::load`].
    fn keep(&mut self) -> bool;

    /// The plan as it is.
    fn plan(&self) -> Plan;
    /// The best plan since [`Self::load`].
    fn best_plan(&self) -> Plan;
    fn best_worth(&self) -> Worth;
}
