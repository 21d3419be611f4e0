//! Two routes exchange what is behind a stop of each (Potvin and Rousseau, 1995): what strings that are taken out and put
//! back are too short for.

use super::{NONE, State};
use crate::kernel::metric::{Metric, NO_WAY};
use crate::rng::Rng;

/// How many places beside neighbours are looked at.
const NEAR: usize = 40;
/// How often one is overlooked.
const BLINK: f64 = 0.1;

/// Behind which node of either route its tail begins, and the ways to the other's.
#[derive(Clone, Copy)]
struct Cut {
    one: usize,
    other: usize,
    there: i32,
    back: i32,
}

/// What a route has up to some node.
#[derive(Clone, Copy, Default)]
struct Head {
    size: u32,
    load: i32,
    picked: i32,
}

impl<M: Metric, const TIMED: bool> State<'_, M, TIMED> {
    /// Exchanges the tails of a stop's route and another where that is cheapest, for less than `most`; false if it is
    /// nowhere.
    pub(super) fn swap_tails(&mut self, centre: usize, most: i64, rng: &mut Rng) -> bool {
        let instance = self.instance;
        let route = self.nodes[centre].route;
        if route == NONE {
            return false;
        }
        let mut best: Option<(i64, Cut)> = None;
        for candidate in instance.candidates(centre).iter().take(NEAR) {
            let near = candidate.node();
            let other = self.nodes[near].route;
            if other == NONE || other == route || rng.unit() < BLINK {
                continue;
            }
            let (one, other) = if candidate.before() {
                (centre, self.nodes[near].prev as usize)
            } else {
                (self.nodes[centre].prev as usize, near)
            };
            let bound = best.map_or(most, |(extra, _)| extra);
            best = self.exchange(one, other, bound).or(best);
        }
        best.map(|best| self.cross(best)).is_some()
    }

    /// What the exchange behind these two nodes costs, if less than `bound` and both routes keep their windows and loads.
    fn exchange(&self, one: usize, other: usize, bound: i64) -> Option<(i64, Cut)> {
        let stops = self.instance.stops();
        let (a, b) = (&self.nodes[one], &self.nodes[other]);
        let (next_a, next_b) = (a.next as usize, b.next as usize);
        let seam = |from: usize, to: usize| {
            if from >= stops && to >= stops { 0 } else { self.distance(from, to) }
        };
        let cut = Cut { one, other, there: seam(one, next_b), back: seam(other, next_a) };
        let mut extra = i64::from(cut.there) + i64::from(cut.back) - i64::from(a.arc) - i64::from(b.arc);
        let merged = one >= stops && next_b >= stops || other >= stops && next_a >= stops;
        if merged {
            extra -= self.instance.fixed;
        }
        if extra >= bound || cut.there >= NO_WAY || cut.back >= NO_WAY {
            return None;
        }
        if TIMED
            && (a.depart.saturating_add(cut.there) > self.nodes[next_b].latest
                || b.depart.saturating_add(cut.back) > self.nodes[next_a].latest)
        {
            return None;
        }
        self.could_carry(one, other).then_some((extra, cut))
    }

    /// Whether neither route would have too much aboard with the other's tail.
    fn could_carry(&self, one: usize, other: usize) -> bool {
        let capacity = self.instance.capacity;
        let (a, b) = (&self.nodes[one], &self.nodes[other]);
        let (head_a, head_b) = (self.head(one), self.head(other));
        let tail_a = self.tours[a.route as usize].load - head_a.load;
        let tail_b = self.tours[b.route as usize].load - head_b.load;
        if head_a.load + tail_b > capacity || head_b.load + tail_a > capacity {
            return false;
        }
        let (more, picked) = (tail_b - tail_a, head_a.picked - head_b.picked);
        !self.instance.picks_up()
            || (a.front + more <= capacity
                && b.front - more <= capacity
                && b.rear + picked <= capacity
                && a.rear - picked <= capacity)
    }

    fn head(&self, node: usize) -> Head {
        let mut head = Head::default();
        let mut at = node;
        while at < self.instance.stops() {
            head.size += 1;
            head.load += self.instance.sites[at].demand;
            head.picked += self.instance.pickup(at);
            at = self.nodes[at].prev as usize;
        }
        head
    }

    fn cross(&mut self, (extra, cut): (i64, Cut)) {
        let (a, b) = (self.nodes[cut.one].route, self.nodes[cut.other].route);
        self.touch(a);
        self.touch(b);
        let (head_a, head_b) = (self.head(cut.one), self.head(cut.other));
        let (tour_a, tour_b) = (self.tours[a as usize], self.tours[b as usize]);
        let size = head_a.size + tour_b.size - head_b.size;
        let load = head_a.load + tour_b.load - head_b.load;
        let tails = [self.tail(cut.one), self.tail(cut.other)];
        self.append(cut.one, cut.there, tails[1]);
        self.append(cut.other, cut.back, tails[0]);
        self.cost += extra;
        for (tour, size, load) in
            [(a, size, load), (b, tour_a.size + tour_b.size - size, tour_a.load + tour_b.load - load)]
        {
            let info = &mut self.tours[tour as usize];
            (info.size, info.load) = (size, load);
            self.weigh(tour);
            if size == 0 {
                self.used -= 1;
                self.rest(tour);
            }
        }
    }

    /// The first and last stop behind a node, if there are any.
    fn tail(&self, node: usize) -> Option<(usize, usize)> {
        let depot = self.depot(self.nodes[node].route);
        let next = self.nodes[node].next as usize;
        (next != depot).then(|| (next, self.nodes[depot].prev as usize))
    }

    /// Lets a route go on behind a node, `arc` away, with these stops of another.
    fn append(&mut self, node: usize, arc: i32, tail: Option<(usize, usize)>) {
        let route = self.nodes[node].route;
        let depot = self.depot(route);
        let Some((first, last)) = tail else {
            self.link(node, depot, arc);
            return self.backward(depot);
        };
        self.link(node, first, arc);
        let home = self.nodes[last].arc;
        self.link(last, depot, home);
        let mut at = first;
        while at != depot {
            self.nodes[at].route = route;
            at = self.nodes[at].next as usize;
        }
        self.forward(node);
        self.backward(first);
    }
}
