//! Exchanges the ends of two routes (Potvin and Rousseau, 1995).

use super::Search;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// Goes on behind `u` with `v` and what follows it, and behind what was before `v` with what followed `u`, if that
    /// helps. `v` may be the depot of an empty route.
    #[inline]
    pub(super) fn two_opt_star(&mut self, u: usize, v: usize) -> bool {
        let (a, b) = (self.nodes[u].tour, self.nodes[v].tour);
        let (x, p) = (self.next(u), self.prev(v));
        let (there, onward) = (self.distance(u, v), self.distance_to(x, p));
        let mut delta = i64::from(there) + i64::from(onward) - self.arc(u) - self.arc(p);
        let (tour_a, tour_b) = (self.tours[a as usize], self.tours[b as usize]);
        let (kept_a, kept_b) = (self.nodes[u].rank, self.nodes[p].rank);
        let size_a = kept_a + tour_b.size - kept_b;
        delta += self.fixed(tour_a.size, size_a);
        delta += self.fixed(tour_b.size, tour_a.size + tour_b.size - size_a);
        delta -= tour_a.penalty + tour_b.penalty;
        if delta >= 0 {
            return false;
        }
        let load_a = self.nodes[u].load + tour_b.load - self.nodes[p].load;
        delta += self.load_price(load_a) + self.load_price(tour_a.load + tour_b.load - load_a);
        if delta >= 0 {
            return false;
        }
        if TIMED {
            delta += self.warp_price(self.head(u).join(there, self.tail(v)));
            delta += self.warp_price(self.head(p).join(onward, self.tail(x)));
            if delta >= 0 {
                return false;
            }
        }
        let (depot_a, depot_b) = (self.depot(a), self.depot(b));
        let (last_a, last_b) = (self.prev(depot_a), self.prev(depot_b));
        if v == depot_b {
            self.link(u, depot_a);
        } else {
            self.link(u, v);
            self.link(last_b, depot_a);
        }
        if x == depot_a {
            self.link(p, depot_b);
        } else {
            self.link(p, x);
            self.link(last_a, depot_b);
        }
        self.settle(a, b, delta);
        true
    }

    /// Goes on behind `u` with `v` and what came before it, turned around; what followed both becomes the other route.
    #[inline]
    pub(super) fn two_opt_star_turned(&mut self, u: usize, v: usize) -> bool {
        let (a, b) = (self.nodes[u].tour, self.nodes[v].tour);
        let (depot_a, depot_b) = (self.depot(a), self.depot(b));
        let (x, y) = (self.next(u), self.next(v));
        let (tour_a, tour_b) = (self.tours[a as usize], self.tours[b as usize]);
        let (from, to) = (&self.nodes[u], &self.nodes[v]);
        let mut delta = self.way(u, v) + self.way(x, y) - self.arc(u) - self.arc(v) + to.back - to.way;
        if x != depot_a {
            let after = &self.nodes[x];
            delta += (tour_a.back - after.back) - (tour_a.way - after.way);
        }
        delta += self.fixed(tour_b.size, tour_a.size + tour_b.size - from.rank - to.rank);
        delta -= tour_a.penalty + tour_b.penalty;
        if delta >= 0 {
            return false;
        }
        let load_a = from.load + to.load;
        delta += self.load_price(load_a) + self.load_price(tour_a.load + tour_b.load - load_a);
        if delta >= 0 {
            return false;
        }
        let (first_b, last_a) = (self.next(depot_b), self.prev(depot_a));
        self.turn(first_b, v);
        self.link(u, v);
        self.link(first_b, depot_a);
        if x == depot_a {
            self.link(depot_b, y);
        } else {
            self.turn(x, last_a);
            self.link(depot_b, last_a);
            self.link(x, y);
        }
        self.settle(a, b, delta);
        true
    }
}
