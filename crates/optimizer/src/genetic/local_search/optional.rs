//! Stops that may be left out at a price: in, out, or in the place of another.

use super::{NONE, Search};
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// What it costs to have `u`, which is absent, behind `v`.
    fn entering(&self, u: usize, v: usize) -> i64 {
        let after = self.next(v);
        let (there, onward) = (self.distance(v, u), self.distance(u, after));
        let tour = self.tour(v);
        let site = &self.instance.sites[u];
        let mut delta = i64::from(there) + i64::from(onward) - self.arc(v) - tour.penalty;
        delta += self.fixed(tour.size, tour.size + 1) + self.load_price(tour.load + site.demand);
        if TIMED {
            delta += self.warp_price(self.head(v).push(there, site).join(onward, self.tail(after)));
        }
        delta
    }

    fn enter(&mut self, u: usize, v: usize, delta: i64) {
        let tour = self.nodes[v].tour;
        let after = self.next(v);
        self.link(v, u);
        self.link(u, after);
        self.settle(tour, tour, delta);
    }

    /// The cheapest place beside a neighbour, or in an empty route, and what it costs.
    fn cheapest(&mut self, u: usize) -> Option<(i64, usize)> {
        let near = self.near;
        let mut least: Option<(i64, usize)> = None;
        let idle = self.idle_tour().map(|tour| self.depot(tour));
        let served = near.of(u).iter().map(|&v| v as usize).filter(|&v| self.nodes[v].tour != NONE);
        for place in served.flat_map(|v| [v, self.prev(v)]).chain(idle) {
            let delta = self.entering(u, place);
            if least.is_none_or(|(least, _)| delta < least) {
                least = Some((delta, place));
            }
        }
        least
    }

    /// Puts an absent stop in, or in the place of a neighbour, if that helps.
    pub(super) fn try_insert(&mut self, u: usize) -> bool {
        let penalty = self.instance.sites[u].penalty;
        if let Some((delta, place)) = self.cheapest(u).filter(|&(delta, _)| delta < penalty) {
            self.enter(u, place, delta - penalty);
            return true;
        }
        let near = self.near;
        near.of(u).iter().any(|&v| self.nodes[v as usize].tour != NONE && self.replace(u, v as usize))
    }

    /// Puts an absent stop in whatever it costs; false if there is no place at all.
    pub(in crate::genetic) fn force(&mut self, u: usize) -> bool {
        let Some((delta, place)) = self.cheapest(u) else { return false };
        self.enter(u, place, delta - self.instance.sites[u].penalty);
        true
    }

    /// Puts `u`, which is absent, in the place of `v`, if that helps.
    fn replace(&mut self, u: usize, v: usize) -> bool {
        let (before, after, index) = (self.prev(v), self.next(v), self.nodes[v].tour);
        let (site, old) = (&self.instance.sites[u], &self.instance.sites[v]);
        let (there, onward) = (self.distance(before, u), self.distance(u, after));
        let tour = self.tour(v);
        let mut delta = i64::from(there) + i64::from(onward) - self.arc(before) - self.arc(v);
        delta += old.penalty - site.penalty - tour.penalty;
        delta += self.load_price(tour.load - old.demand + site.demand);
        if TIMED {
            delta += self.warp_price(self.head(before).push(there, site).join(onward, self.tail(after)));
        }
        if delta >= 0 {
            return false;
        }
        self.link(before, u);
        self.link(u, after);
        self.settle_without(v, index, delta);
        true
    }

    /// Leaves `u` out, if that helps.
    pub(super) fn try_remove(&mut self, u: usize) -> bool {
        let (before, after, index) = (self.prev(u), self.next(u), self.nodes[u].tour);
        let (site, tour) = (&self.instance.sites[u], self.tour(u));
        let bridge = self.distance(before, after);
        let mut delta = i64::from(bridge) - self.arc(before) - self.arc(u);
        delta += site.penalty + self.fixed(tour.size, tour.size - 1) - tour.penalty;
        if delta >= 0 {
            return false;
        }
        delta += self.load_price(tour.load - site.demand);
        if TIMED {
            delta += self.warp_price(self.head(before).join(bridge, self.tail(after)));
        }
        if delta >= 0 {
            return false;
        }
        self.link(before, after);
        self.settle_without(u, index, delta);
        true
    }

    /// Ends a move that has taken a stop's links away.
    fn settle_without(&mut self, stop: usize, tour: u32, delta: i64) {
        self.settle(tour, tour, delta - self.instance.sites[stop].penalty);
        self.nodes[stop].tour = NONE;
    }
}
