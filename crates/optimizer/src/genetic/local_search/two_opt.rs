//! Turns a part of a route around.

use super::Search;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// Turns around what lies behind `u` up to and with `v`, if `u` comes first and that helps.
    #[inline]
    pub(super) fn two_opt(&mut self, u: usize, v: usize) -> bool {
        if self.nodes[u].rank >= self.nodes[v].rank {
            return false;
        }
        let (first, after) = (self.next(u), self.next(v));
        if first == v {
            return false;
        }
        let tour = self.nodes[v].tour;
        let info = self.tours[tour as usize];
        let (there, onward) = (self.distance(u, v), self.distance(first, after));
        let mut delta = i64::from(there) + i64::from(onward) - self.arc(u) - self.arc(v);
        let (from, to) = (&self.nodes[first], &self.nodes[v]);
        delta += (to.back - from.back) - (to.way - from.way);
        if delta >= info.penalty {
            return false;
        }
        if TIMED {
            let warp = self.run_back(self.head(u), there, v, first).join(onward, self.tail(after));
            delta += self.warp_price(warp) - self.warp_price(info.warp);
        }
        if delta >= 0 {
            return false;
        }
        self.turn(first, v);
        self.link(u, v);
        self.link(first, after);
        self.settle(tour, tour, delta);
        true
    }

    /// Turns the links between two nodes around; those outwards are the caller's.
    pub(super) fn turn(&mut self, first: usize, last: usize) {
        let (mut behind, mut at) = (first, first);
        while at != last {
            let next = self.next(at);
            self.nodes[at].prev = next as u32;
            self.nodes[at].next = behind as u32;
            (behind, at) = (at, next);
        }
        self.nodes[last].next = behind as u32;
    }
}
