//! Moves some stops that follow each other to behind another, in their order or turned around (Or-opt).

use super::Search;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// Moves `COUNT` stops from `u` on to behind `v`, if that helps.
    #[inline]
    pub(super) fn relocate<const COUNT: usize, const TURNED: bool>(&mut self, u: usize, v: usize) -> bool {
        let mut last = u;
        for _ in 1..COUNT {
            last = self.next(last);
            if last == v || self.is_depot(last) {
                return false;
            }
        }
        let before = self.prev(u);
        if v == u || v == before {
            return false;
        }
        let (after, behind) = (self.next(last), self.next(v));
        let (first, end) = if TURNED { (last, u) } else { (u, last) };
        let bridge = self.distance(before, after);
        let (there, onward) = (self.distance_to(first, v), self.distance(end, behind));
        let mut delta = i64::from(bridge) - self.arc(before) - self.arc(last);
        delta += i64::from(there) + i64::from(onward) - self.arc(v);
        if TURNED {
            let (from, to) = (&self.nodes[u], &self.nodes[last]);
            delta += (to.back - from.back) - (to.way - from.way);
        }
        let (a, b) = (self.nodes[u].tour, self.nodes[v].tour);
        let (from, to) = (self.tours[a as usize], self.tours[b as usize]);
        let enter = |search: &Self, head| {
            if TURNED { search.run_back(head, there, last, u) } else { search.run(head, there, u, last) }
        };
        if a == b {
            if delta >= from.penalty {
                return false;
            }
            if TIMED {
                let warp = if self.nodes[v].rank > self.nodes[u].rank {
                    let head = self.run(self.head(before), bridge, after, v);
                    enter(self, head).join(onward, self.tail(behind))
                } else {
                    let head = enter(self, self.head(v));
                    self.run(head, onward, behind, before).join(bridge, self.tail(after))
                };
                delta += self.warp_price(warp) - self.warp_price(from.warp);
            }
        } else {
            delta +=
                self.fixed(from.size, from.size - COUNT as u32) + self.fixed(to.size, to.size + COUNT as u32);
            delta -= from.penalty + to.penalty;
            if delta >= 0 {
                return false;
            }
            let load = self.nodes[last].load - self.nodes[before].load;
            delta += self.load_price(from.load - load) + self.load_price(to.load + load);
            if delta >= 0 {
                return false;
            }
            if TIMED {
                let left = self.head(before).join(bridge, self.tail(after));
                let joined = enter(self, self.head(v)).join(onward, self.tail(behind));
                delta += self.warp_price(left) + self.warp_price(joined);
            }
        }
        if delta >= 0 {
            return false;
        }
        self.link(before, after);
        if TURNED {
            let mut moved = [u; COUNT];
            for place in 1..COUNT {
                moved[place] = self.next(moved[place - 1]);
            }
            let mut ahead = v;
            for &stop in moved.iter().rev() {
                self.link(ahead, stop);
                ahead = stop;
            }
            self.link(u, behind);
        } else {
            self.link(v, u);
            self.link(last, behind);
        }
        self.settle(a, b, delta);
        true
    }
}
