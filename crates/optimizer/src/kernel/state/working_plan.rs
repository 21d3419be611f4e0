//! The state of a plain problem as ruin and recreate changes it.

use super::State;
use crate::kernel::blinks::Blinks;
use crate::kernel::metric::Metric;
use crate::kernel::plan::{Plan, Worth};
use crate::kernel::working_plan::{Link, Mode, WorkingPlan};
use crate::rng::Rng;

impl<'a, M: Metric, const TIMED: bool> WorkingPlan<'a> for State<'a, M, TIMED> {
    #[inline(always)]
    fn stops(&self) -> usize {
        self.instance.stops()
    }

    #[inline(always)]
    fn around(&self, stop: usize) -> &'a [u32] {
        self.instance.around(stop)
    }

    fn keys(&self, order: usize) -> &'a [i32] {
        &self.instance.keys[order]
    }

    fn is_timed(&self) -> bool {
        TIMED
    }

    fn load(&mut self, plan: &Plan, most: usize) {
        self.load(plan, most);
    }

    #[inline(always)]
    fn pool(&self) -> &[u32] {
        &self.pool
    }

    #[inline(always)]
    fn served(&self) -> usize {
        self.served
    }

    #[inline(always)]
    fn used(&self) -> usize {
        self.used
    }

    #[inline(always)]
    fn absent(&mut self) -> &mut Vec<u32> {
        &mut self.absent
    }

    #[inline(always)]
    fn link(&self, node: usize) -> Link {
        let node = &self.nodes[node];
        Link { prev: node.prev, next: node.next, route: node.route }
    }

    #[inline(always)]
    fn size_of(&self, route: u32) -> usize {
        self.tours[route as usize].size as usize
    }

    #[inline(always)]
    fn worth(&self) -> Worth {
        Worth { excess: 0, cost: self.cost }
    }

    #[inline]
    fn begin(&mut self) {
        self.begin();
    }

    #[inline(always)]
    fn is_touched(&self, route: u32) -> bool {
        self.is_touched(route)
    }

    #[inline]
    fn remove(&mut self, first: usize, count: usize, removed: &mut Vec<u32>) {
        self.remove(first, count, removed);
    }

    #[inline]
    fn forgive(&mut self, stops: &[u32]) {
        self.cost -= self.penalties(stops);
    }

    #[inline(always)]
    fn is_broken(&self) -> bool {
        self.broken
    }

    #[inline]
    fn recreate(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng) {
        self.put_back(stops, blinks, rng);
    }

    fn swaps_tails(&self) -> bool {
        // Breeding does it better.
        !self.instance.is_bred()
    }

    fn swap_tails(&mut self, centre: usize, most: i64, rng: &mut Rng) -> bool {
        self.swap_tails(centre, most, rng)
    }

    fn hope(&mut self, times: u32) {
        self.hope = i64::from(times);
    }

    fn raise_penalties(&mut self, raise: i64) {
        self.raise_penalties(raise);
    }

    fn set_mode(&mut self, mode: Mode) {
        self.lifted = mode == Mode::Fullest;
    }

    #[inline]
    fn undo(&mut self) {
        self.undo();
    }

    #[inline]
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
        Worth { excess: 0, cost: self.best_cost_unraised() }
    }
}
