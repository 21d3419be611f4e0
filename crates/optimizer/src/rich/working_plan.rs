//! The state of a rich problem as ruin and recreate changes it.

use super::state::State;
use crate::cost::Cost;
use crate::kernel::blinks::Blinks;
use crate::kernel::plan::{Plan, Worth};
use crate::kernel::working_plan::{Link, Mode, WorkingPlan};
use crate::rng::Rng;

/// In which share of the steps of a search routes may change their vehicles; they are far from each other then, so that
/// most steps lead nowhere.
const CHANGING: f64 = 0.05;

impl<'p, const CLOCKED: bool, const WIDE: bool> WorkingPlan<'p> for State<'p, CLOCKED, WIDE> {
    #[inline(always)]
    fn stops(&self) -> usize {
        self.stops()
    }

    #[inline(always)]
    fn around(&self, stop: usize) -> &'p [u32] {
        self.instance.around(stop)
    }

    fn keys(&self, order: usize) -> &'p [i32] {
        &self.instance.keys[order]
    }

    fn is_timed(&self) -> bool {
        true
    }

    fn load(&mut self, plan: &Plan, _: usize) {
        self.load(plan);
    }

    fn pool(&self) -> &[u32] {
        &self.pool
    }

    fn served(&self) -> usize {
        self.served
    }

    fn used(&self) -> usize {
        self.used
    }

    fn absent(&mut self) -> &mut Vec<u32> {
        &mut self.absent
    }

    #[inline(always)]
    fn link(&self, node: usize) -> Link {
        let node = &self.nodes[node];
        Link { prev: node.prev, next: node.next, route: node.route }
    }

    fn size_of(&self, route: u32) -> usize {
        self.tours[route as usize].size as usize
    }

    fn worth(&self) -> Worth {
        self.worth()
    }

    fn begin(&mut self) {
        self.begin();
    }

    fn is_touched(&self, route: u32) -> bool {
        self.is_touched(route)
    }

    fn remove(&mut self, first: usize, count: usize, removed: &mut Vec<u32>) {
        self.remove(first, count, removed);
    }

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
            next = self.nodes[next].next as usize;
        }
        if WIDE {
            self.remove_wide(&[(first, ahead), (next, behind)], removed);
        } else {
            self.remove(first, ahead, removed);
            self.remove(next, behind, removed);
        }
    }

    fn forgive(&mut self, stops: &[u32]) {
        self.cost -= self.penalties(stops);
    }

    fn is_broken(&self) -> bool {
        false
    }

    fn recreate(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng) {
        self.changing = self.instance.changes
            && (self.mode == Mode::Changing || self.mode == Mode::Search && rng.unit() < CHANGING);
        self.put_back(stops, blinks, rng);
        if self.changing {
            for index in 0..self.log_tours.len() {
                self.change_to_cheapest(self.log_tours[index].0);
            }
        }
    }

    fn swaps_tails(&self) -> bool {
        self.instance.swaps_tails
    }

    fn swap_tails(&mut self, centre: usize, most: i64, rng: &mut Rng) -> bool {
        self.swap_tails(centre, Cost::parts(most), rng)
    }

    fn hope(&mut self, times: u32) {
        self.hope = i64::from(times);
    }

    fn changes(&self) -> bool {
        self.instance.changes
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    fn undo(&mut self) {
        self.undo();
    }

    fn keep(&mut self) -> bool {
        self.keep()
    }

    fn plan(&self) -> Plan {
        self.plan()
    }

    fn best_plan(&self) -> Plan {
        self.best_plan()
    }

    fn best_worth(&self) -> Worth {
        self.best_worth()
    }
}
