//! Both ends of a shipment at once: the pickup beside what lies near, the delivery anywhere behind it.

use super::front::Front;
use super::gaps::Spot;
use crate::cost::Cost;
use crate::evaluation::{Halts, LONG_AGO};
use crate::kernel::blinks::Blinks;
use crate::kernel::state::NONE;
use crate::kernel::working_plan::Mode;
use crate::model::{NOBODY, StopId};
use crate::rich::state::State;
use crate::rng::Rng;

/// What is done on a way is done behind a stop that comes between, or before it.
fn sides(halts: Halts) -> impl Iterator<Item = (Halts, Halts)> {
    let count = if halts.is_none() { 1 } else { 2 };
    [(Halts::NONE, halts), (halts, Halts::NONE)].into_iter().take(count)
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// The cheapest spots for both ends that cost less than `bound`.
    pub(in crate::rich) fn best_pair(
        &mut self,
        ends: (usize, usize),
        mut bound: Cost,
        blinks: &mut Blinks,
        rng: &mut Rng,
    ) -> Option<(Spot, Spot)> {
        let pickup = ends.0;
        if self.problem.relations.apart_from(StopId(ends.0 as u32)).any(|other| other.index() == ends.1) {
            return None;
        }
        if let Some(holder) = self.holder(pickup).or_else(|| self.holder(ends.1)) {
            return if self.is_here(holder) { self.best_pair_in(holder, ends, bound) } else { None };
        }
        let instance = self.instance;
        self.turn += 1;
        let frugal = self.mode != Mode::Search;
        let mut best = None;
        if !frugal {
            best = self.opened_pair(ends, bound);
            bound = best.map_or(bound, |(_, delivery): (Spot, Spot)| delivery.cost);
        }
        for (_, tagged) in instance.candidates(pickup) {
            let near = (tagged >> 1) as usize;
            let route = self.nodes[near].route;
            if route == NONE || blinks.blink(rng) || !self.takes_pair(route, ends) {
                continue;
            }
            let before = if tagged & 1 == 1 { self.nodes[near].prev as usize } else { near };
            let depot = self.depot(route);
            let first = self.ends_tried[route as usize] != self.turn;
            self.ends_tried[route as usize] = self.turn;
            for before in
                [depot, self.nodes[depot].prev as usize].into_iter().filter(|_| first).chain([before])
            {
                if let Some(pair) = self.pair_behind(route, before, ends, bound) {
                    bound = pair.1.cost;
                    best = Some(pair);
                }
            }
        }
        if (frugal || self.hope > 1) && best.is_none() {
            best = self.opened_pair(ends, bound.times(self.hope));
        }
        if best.is_none() && [ends.0, ends.1].into_iter().any(|end| self.problem.exclusions.concern(end)) {
            for route in 0..self.tours.len() as u32 {
                if self.is_here(route)
                    && self.takes_pair(route, ends)
                    && let Some(pair) = self.best_pair_in(route, ends, bound)
                {
                    bound = pair.1.cost;
                    best = Some(pair);
                }
            }
        }
        best
    }

    fn takes_pair(&self, route: u32, ends: (usize, usize)) -> bool {
        self.has_room(route, ends.0) && self.has_room(route, ends.1)
    }

    fn opened_pair(&mut self, ends: (usize, usize), mut bound: Cost) -> Option<(Spot, Spot)> {
        let mut best = None;
        for kind in 0..self.idle.kinds() {
            let Some(route) = self.idle_for(kind, ends.0, |route| self.takes_pair(route, ends)) else {
                continue;
            };
            if let Some(pair) = self.pair_behind(route, self.depot(route), ends, bound) {
                bound = pair.1.cost;
                best = Some(pair);
            }
        }
        best
    }

    fn best_pair_in(&self, route: u32, ends: (usize, usize), mut bound: Cost) -> Option<(Spot, Spot)> {
        if !self.takes_pair(route, ends) {
            return None;
        }
        let depot = self.depot(route);
        let mut before = depot;
        let mut best = None;
        loop {
            if let Some(pair) = self.pair_behind(route, before, ends, bound) {
                bound = pair.1.cost;
                best = Some(pair);
            }
            before = self.nodes[before].next as usize;
            if before == depot {
                return best;
            }
        }
    }

    /// The cheapest spot for the delivery with the pickup behind that node; the delivery's spot has the cost of both.
    fn pair_behind(
        &self,
        route: u32,
        before: usize,
        ends: (usize, usize),
        mut bound: Cost,
    ) -> Option<(Spot, Spot)> {
        let after = self.nodes[before].next as usize;
        let all = self.nodes[after].halts;
        let release = self.problem.stops[ends.0].release.unwrap_or(LONG_AGO);
        let mut best = None;
        for (to, on) in sides(all) {
            let fits = if to.is_none() {
                self.fits(ends.0, after, |room, down, up| down <= room.deliver && up <= room.pick_up)
            } else {
                self.fits(ends.0, after, |room, down, up| {
                    down <= room.deliver_behind && up <= room.pick_up_behind
                })
            };
            let front = if fits { self.front(route, before, release) } else { None };
            let Some(front) = front.and_then(|front| {
                self.advance(&front, ends.0, to, release.max(self.far[after].release), true)
            }) else {
                continue;
            };
            let change = self.change(route, before, ends.0, after);
            let pickup = Spot { cost: change, stop: ends.0, before, to, on, had: all.reload };
            if let Some(delivery) = self.best_delivery(&pickup, front, ends.1, bound) {
                bound = delivery.cost;
                best = Some((pickup, delivery));
            }
        }
        best
    }

    /// The cheapest spot for the delivery behind a pickup that has just been come to.
    fn best_delivery(
        &self,
        pickup: &Spot,
        mut front: Front,
        delivery: usize,
        mut bound: Cost,
    ) -> Option<Spot> {
        let route = front.route;
        let depot = self.depot(route);
        let taken = front;
        let emissions = self.tours[route as usize].spec.emissions;
        let amounts = &self.problem.relations.shipment_of(StopId(delivery as u32))?.amount;
        let mut next = self.nodes[pickup.before].next as usize;
        let mut halts = pickup.on;
        let mut best = None;
        loop {
            if !self.holds(amounts, next, halts) {
                return best;
            }
            let release = self.far[next].release;
            for (to, on) in sides(halts) {
                let Some(there) = self.advance(&front, delivery, to, release, true) else { continue };
                let weight =
                    emissions.and_then(|e| Some(e.grams_per_tonne_km * amounts[e.weight?])).unwrap_or(0);
                let micrograms = weight.saturating_mul(there.metres - taken.metres);
                let Some(cost) = self.close(&there, next, on, release, micrograms) else { continue };
                let cost = cost + self.change_of_pair(pickup, delivery, front.node, next);
                if cost < bound && !self.tried.pair(pickup.before, front.node) {
                    bound = cost;
                    best = Some(Spot { cost, stop: delivery, before: front.node, to, on, had: halts.reload });
                }
            }
            if next == depot {
                return best;
            }
            match self.advance(&front, next, halts, release, false) {
                Some(on) => front = on,
                None => return best,
            }
            next = self.nodes[next].next as usize;
            halts = self.nodes[next].halts;
        }
    }

    /// Whether so much more can be aboard on the way to that node.
    fn holds(&self, amounts: &[i64], next: usize, halts: Halts) -> bool {
        let dims = self.problem.dims;
        let rooms = &self.room[next * dims..(next + 1) * dims];
        amounts.iter().zip(rooms).all(|(&amount, room)| {
            amount == 0 || (amount <= room.free && (halts.reload == 0 || amount <= room.free_behind))
        })
    }

    /// What both ends cost more as changes of the plan that people know.
    fn change_of_pair(&self, pickup: &Spot, delivery: usize, before: usize, after: usize) -> Cost {
        if !self.problem.keeps() {
            return Cost::ZERO;
        }
        if before != pickup.stop {
            let route = self.nodes[pickup.before].route;
            return pickup.cost + self.change(route, before, delivery, after);
        }
        let kept = &self.problem.kept;
        let route = self.nodes[pickup.before].route;
        let first = if pickup.before < self.stops() { pickup.before as u32 } else { NOBODY };
        let mut change =
            kept[pickup.stop].change(route, first) + kept[delivery].change(route, pickup.stop as u32);
        if let Some(next) = kept.get(after) {
            change += next.change(route, delivery as u32) - next.change(route, first);
        }
        change
    }
}
