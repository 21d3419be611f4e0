//! SWAP*: two stops of different routes exchange their routes, each going to its best place there and not to the
//! other's (Vidal, 2022).

use super::{NONE, Search};
use crate::kernel::metric::Metric;

/// How many of a stop's neighbours say which routes are near its own.
const LOOK: usize = 10;

/// A place in another route.
#[derive(Clone, Copy, Debug)]
struct Place {
    extra: i64,
    behind: u32,
}

const NOWHERE: Place = Place { extra: i64::MAX / 4, behind: NONE };

/// A stop that may change its route.
#[derive(Clone, Copy, Debug)]
struct Mover {
    stop: u32,
    /// What its own route saves without it.
    saved: i64,
    /// The best places in the other route.
    places: [Place; 3],
}

/// Memory that is used again.
#[derive(Debug, Default)]
pub(in crate::genetic) struct Scratch {
    movers: [Vec<Mover>; 2],
    others: Vec<u32>,
    seen: Vec<u32>,
}

/// Who goes where: `out` leaves the route and `stop` enters it behind `behind`.
#[derive(Clone, Copy, Debug)]
struct Change {
    out: u32,
    stop: u32,
    behind: u32,
}

impl<M: Metric, const TIMED: bool> Search<'_, M, TIMED> {
    /// Tries all pairs of near routes of which one has changed; whether any was improved.
    pub(super) fn swap_star_all(&mut self) -> bool {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.seen.clear();
        scratch.seen.resize(self.tours.len(), NONE);
        let mut moved = false;
        for a in 0..self.tours.len() as u32 {
            let last = std::mem::replace(&mut self.tours[a as usize].swapped, self.clock);
            self.find_others(a, last, &mut scratch);
            for index in 0..scratch.others.len() {
                moved |= self.swap_star(a, scratch.others[index], &mut scratch.movers);
            }
        }
        self.scratch = scratch;
        moved
    }

    /// The routes of a higher number near one, if they or it have changed since.
    fn find_others(&self, a: u32, last: u32, scratch: &mut Scratch) {
        scratch.others.clear();
        let depot = self.depot(a);
        let changed = self.tours[a as usize].changed > last;
        let mut at = self.next(depot);
        while at != depot {
            for &v in self.near.of(at).iter().take(LOOK) {
                let b = self.nodes[v as usize].tour;
                if b != NONE && b > a && scratch.seen[b as usize] != a {
                    scratch.seen[b as usize] = a;
                    if changed || self.tours[b as usize].changed > last {
                        scratch.others.push(b);
                    }
                }
            }
            at = self.next(at);
        }
    }

    fn swap_star(&mut self, a: u32, b: u32, movers: &mut [Vec<Mover>; 2]) -> bool {
        let (tour_a, tour_b) = (self.tours[a as usize], self.tours[b as usize]);
        if tour_a.size == 0 || tour_b.size == 0 {
            return false;
        }
        self.list_movers(a, b, &mut movers[0]);
        self.list_movers(b, a, &mut movers[1]);
        let over = self.load_price(tour_a.load) + self.load_price(tour_b.load);
        let mut least = (0, NOWHERE.behind, NOWHERE, NOWHERE.behind, NOWHERE);
        for u in &movers[0] {
            let demand = self.instance.sites[u.stop as usize].demand;
            for v in &movers[1] {
                let shift = demand - self.instance.sites[v.stop as usize].demand;
                let loads =
                    self.load_price(tour_a.load - shift) + self.load_price(tour_b.load + shift) - over;
                let bound = loads - u.saved - v.saved;
                if bound >= least.0 {
                    continue;
                }
                let (to_b, to_a) = (self.place_without(u, v.stop), self.place_without(v, u.stop));
                let delta = bound + to_b.extra + to_a.extra;
                if delta < least.0 {
                    least = (delta, u.stop, to_b, v.stop, to_a);
                }
            }
        }
        for (side, list) in movers.iter().enumerate() {
            let (from, to) = if side == 0 { (&tour_a, &tour_b) } else { (&tour_b, &tour_a) };
            if from.size == 1 {
                continue;
            }
            for mover in list {
                let demand = self.instance.sites[mover.stop as usize].demand;
                let loads = self.load_price(from.load - demand) + self.load_price(to.load + demand) - over;
                let delta = loads - mover.saved + mover.places[0].extra;
                if delta < least.0 {
                    least = match side {
                        0 => (delta, mover.stop, mover.places[0], NONE, NOWHERE),
                        _ => (delta, NONE, NOWHERE, mover.stop, mover.places[0]),
                    };
                }
            }
        }
        let (guess, u, to_b, v, to_a) = least;
        if guess >= 0 {
            return false;
        }
        let in_a = Change { out: u, stop: v, behind: to_a.behind };
        let in_b = Change { out: v, stop: u, behind: to_b.behind };
        let delta = self.changed(a, in_a) + self.changed(b, in_b);
        if delta >= 0 {
            return false;
        }
        for out in [u, v].into_iter().filter(|&out| out != NONE) {
            let (before, after) = (self.prev(out as usize), self.next(out as usize));
            self.link(before, after);
        }
        for change in [in_a, in_b].into_iter().filter(|change| change.stop != NONE) {
            let after = self.next(change.behind as usize);
            self.link(change.behind as usize, change.stop as usize);
            self.link(change.stop as usize, after);
        }
        self.settle(a, b, delta);
        true
    }

    /// The stops of `from` with their best places in `to`.
    fn list_movers(&self, from: u32, to: u32, list: &mut Vec<Mover>) {
        list.clear();
        let (depot, depot_to) = (self.depot(from), self.depot(to));
        let (warp, warp_to) = (self.tours[from as usize].warp, self.tours[to as usize].warp);
        let mut u = self.next(depot);
        while u != depot {
            let (before, after) = (self.prev(u), self.next(u));
            let bridge = self.distance(before, after);
            let mut saved = self.arc(before) + self.arc(u) - i64::from(bridge);
            if TIMED {
                let rest = self.head(before).join(bridge, self.tail(after));
                saved += self.warp_price(warp) - self.warp_price(rest);
            }
            let mut places = [NOWHERE; 3];
            let mut at = depot_to;
            loop {
                let next = self.next(at);
                let (there, onward) = (self.distance_to(u, at), self.distance(u, next));
                let mut extra = i64::from(there) + i64::from(onward) - self.arc(at);
                if extra < places[2].extra {
                    if TIMED {
                        let head = self.head(at).push(there, &self.instance.sites[u]);
                        extra +=
                            self.warp_price(head.join(onward, self.tail(next))) - self.warp_price(warp_to);
                    }
                    let place = Place { extra, behind: at as u32 };
                    if extra < places[0].extra {
                        places = [place, places[0], places[1]];
                    } else if extra < places[1].extra {
                        places = [places[0], place, places[1]];
                    } else if extra < places[2].extra {
                        places[2] = place;
                    }
                }
                at = next;
                if at == depot_to {
                    break;
                }
            }
            list.push(Mover { stop: u as u32, saved, places });
            u = after;
        }
    }

    /// The best place once `gone` has left the other route.
    #[inline]
    fn place_without(&self, mover: &Mover, gone: u32) -> Place {
        let before = self.nodes[gone as usize].prev;
        let (from, to) = (before as usize, self.next(gone as usize));
        let u = mover.stop as usize;
        let extra = self.way(from, u) + self.way(u, to) - self.way(from, to);
        let instead = Place { extra, behind: before };
        let free = mover.places.iter().find(|place| place.behind != before && place.behind != gone);
        match free {
            Some(&place) if place.extra < extra => place,
            _ => instead,
        }
    }

    /// What a change makes of a route's cost, exactly.
    fn changed(&self, tour: u32, change: Change) -> i64 {
        let info = &self.tours[tour as usize];
        let depot = self.depot(tour);
        let mut head = super::segment::Head { depart: 0, warp: 0 };
        let (mut way, mut last, mut at, mut due) = (0, depot, depot, change.behind as usize == depot);
        loop {
            let next = if due { change.stop as usize } else { self.next(at) };
            if !due {
                at = next;
                if next as u32 == change.out {
                    continue;
                }
            }
            due = !due && next as u32 == change.behind && next != depot;
            let arc = self.distance(last, next);
            way += i64::from(arc);
            if next == depot {
                let warp = if TIMED { head.join(arc, self.tail(depot)) } else { 0 };
                let demand = |stop: u32| self.instance.sites.get(stop as usize).map_or(0, |site| site.demand);
                let load = info.load - demand(change.out) + demand(change.stop);
                return way + self.load_price(load) + self.warp_price(warp) - info.way - info.penalty;
            }
            if TIMED {
                head = head.push(arc, &self.instance.sites[next]);
            }
            last = next;
        }
    }
}
