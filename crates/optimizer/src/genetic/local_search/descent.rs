//! Going down: every stop tries the moves with its neighbours, and the first that helps is made, until none does.

use super::{NONE, Search};
use crate::kernel::metric::Metric;
use crate::rng::Rng;

/// What a route saves in ways when stops leave it.
struct Saved {
    /// The last of one, two and three stops.
    ends: [usize; 3],
    ways: [i64; 3],
    /// Two that will be turned around.
    turned: i64,
}

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// Moves on until no move helps.
    pub(in crate::genetic) fn descend(&mut self, rng: &mut Rng) {
        let mut order = std::mem::take(&mut self.order);
        rng.shuffle(&mut order);
        let mut first = true;
        loop {
            let begun = self.clock;
            for &stop in &order {
                self.improve(stop as usize, first);
            }
            let moved = self.clock != begun;
            if !moved && !first && !self.swap_star_all() {
                break;
            }
            first = false;
        }
        self.order = order;
    }

    /// Tries all moves of one stop.
    fn improve(&mut self, u: usize, first: bool) {
        let last = std::mem::replace(&mut self.tested[u], self.clock);
        if self.nodes[u].tour == NONE {
            if !self.hopeless[u] {
                self.try_insert(u);
            }
            return;
        }
        if self.tour(u).changed > last && self.try_remove(u) {
            return;
        }
        let near = self.near;
        let mut saved = self.saved(u);
        for &v in near.of(u) {
            let v = v as usize;
            if self.nodes[v].tour == NONE || (self.tour(u).changed <= last && self.tour(v).changed <= last) {
                continue;
            }
            let before = self.prev(v);
            if self.pair(u, v, &saved) || (self.is_depot(before) && self.behind_depot(u, before)) {
                saved = self.saved(u);
            }
        }
        if !first
            && self.tour(u).changed > last
            && let Some(tour) = self.idle_tour()
        {
            let depot = self.depot(tour);
            let _ = self.behind_depot(u, depot) || self.two_opt_star(u, depot);
        }
    }

    fn saved(&self, u: usize) -> Saved {
        let mut saved = Saved { ends: [u; 3], ways: [i64::MIN / 4; 3], turned: i64::MIN / 4 };
        let before = self.prev(u);
        let mut last = u;
        for count in 0..3 {
            let after = self.next(last);
            saved.ends[count] = last;
            saved.ways[count] = self.arc(before) + self.arc(last) - self.way(before, after);
            if count == 1 {
                let (from, to) = (&self.nodes[u], &self.nodes[last]);
                saved.turned = saved.ways[1] + (to.way - from.way) - (to.back - from.back);
            }
            if self.is_depot(after) {
                break;
            }
            last = after;
        }
        saved
    }

    /// The moves that bring `u` and `v` beside each other.
    #[inline]
    fn pair(&mut self, u: usize, v: usize, saved: &Saved) -> bool {
        let metric = &self.instance.metric;
        let depot = self.instance.stops();
        let behind = self.next(v).min(depot);
        // What may be won beside the ways.
        let slack = self.tour(u).penalty + self.tour(v).penalty + self.instance.fixed + self.arc(v);
        let to_u = i64::from(metric.inward(u, v));
        let [_, second, third] = saved.ends;
        let helps =
            |there: i64, end: usize, won: i64| there + i64::from(metric.outward(end, behind)) < won + slack;
        let one = helps(to_u, u, saved.ways[0]);
        let two = helps(to_u, second, saved.ways[1]);
        let three = helps(to_u, third, saved.ways[2]);
        let turned = helps(i64::from(metric.inward(second, v)), u, saved.turned);
        if (one && self.relocate::<1, false>(u, v))
            || (two && self.relocate::<2, false>(u, v))
            || (turned && self.relocate::<2, true>(u, v))
            || (three && self.relocate::<3, false>(u, v))
            || (u < v && self.swap::<1, 1>(u, v))
            || self.swap::<2, 1>(u, v)
            || (u < v && self.swap::<2, 2>(u, v))
        {
            return true;
        }
        if self.nodes[u].tour == self.nodes[v].tour {
            return self.two_opt(u, v);
        }
        self.two_opt_star(u, v) || (!TIMED && u < v && self.two_opt_star_turned(u, v))
    }

    /// The moves that make `u` the first stop of a route.
    fn behind_depot(&mut self, u: usize, depot: usize) -> bool {
        self.relocate::<1, false>(u, depot)
            || self.relocate::<2, false>(u, depot)
            || self.relocate::<2, true>(u, depot)
            || self.relocate::<3, false>(u, depot)
            || (self.nodes[u].tour == self.nodes[depot].tour && self.two_opt(depot, u))
    }
}
