//! Exchanges some stops that follow each other with some others.

use super::Search;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// The last of `COUNT` stops from `u` on, or none if the route ends before.
    fn last_of<const COUNT: usize>(&self, u: usize) -> Option<usize> {
        let mut last = u;
        for _ in 1..COUNT {
            last = self.next(last);
            if self.is_depot(last) {
                return None;
            }
        }
        Some(last)
    }

    /// Exchanges `A` stops from `u` on with `B` stops from `v` on, if that helps. They must not touch each other: then
    /// it would be a relocation.
    #[inline]
    pub(super) fn swap<const A: usize, const B: usize>(&mut self, u: usize, v: usize) -> bool {
        let (Some(u_last), Some(v_last)) = (self.last_of::<A>(u), self.last_of::<B>(v)) else { return false };
        let (a, b) = (self.nodes[u].tour, self.nodes[v].tour);
        let (u_rank, v_rank) = (self.nodes[u].rank as usize, self.nodes[v].rank as usize);
        if a == b && u_rank + A >= v_rank && v_rank + B >= u_rank {
            return false;
        }
        let (u_before, u_after) = (self.prev(u), self.next(u_last));
        let (v_before, v_after) = (self.prev(v), self.next(v_last));
        let (to_v, from_v) = (self.distance(u_before, v), self.distance_to(u_after, v_last));
        let (to_u, from_u) = (self.distance_to(u, v_before), self.distance(u_last, v_after));
        let mut delta = i64::from(to_v) + i64::from(from_v) + i64::from(to_u) + i64::from(from_u);
        delta -= self.arc(u_before) + self.arc(u_last) + self.arc(v_before) + self.arc(v_last);
        let (tour_a, tour_b) = (self.tours[a as usize], self.tours[b as usize]);
        if a == b {
            if delta >= tour_a.penalty {
                return false;
            }
            if TIMED {
                let warp = if u_rank < v_rank {
                    let head = self.run(self.head(u_before), to_v, v, v_last);
                    let head = self.run(head, from_v, u_after, v_before);
                    self.run(head, to_u, u, u_last).join(from_u, self.tail(v_after))
                } else {
                    let head = self.run(self.head(v_before), to_u, u, u_last);
                    let head = self.run(head, from_u, v_after, u_before);
                    self.run(head, to_v, v, v_last).join(from_v, self.tail(u_after))
                };
                delta += self.warp_price(warp) - self.warp_price(tour_a.warp);
            }
        } else {
            delta -= tour_a.penalty + tour_b.penalty;
            if delta >= 0 {
                return false;
            }
            let u_load = self.nodes[u_last].load - self.nodes[u].load + self.instance.sites[u].demand;
            let v_load = self.nodes[v_last].load - self.nodes[v].load + self.instance.sites[v].demand;
            delta += self.load_price(tour_a.load - u_load + v_load);
            delta += self.load_price(tour_b.load - v_load + u_load);
            if delta >= 0 {
                return false;
            }
            if TIMED {
                let head = self.run(self.head(u_before), to_v, v, v_last);
                delta += self.warp_price(head.join(from_v, self.tail(u_after)));
                if delta >= 0 {
                    return false;
                }
                let head = self.run(self.head(v_before), to_u, u, u_last);
                delta += self.warp_price(head.join(from_u, self.tail(v_after)));
            }
        }
        if delta >= 0 {
            return false;
        }
        self.link(u_before, v);
        self.link(v_last, u_after);
        self.link(v_before, u);
        self.link(u_last, v_after);
        self.settle(a, b, delta);
        true
    }
}
