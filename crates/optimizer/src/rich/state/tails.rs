//! Two routes exchange what is behind a stop of each (Potvin and Rousseau, 1995): what strings that are taken out and put
//! back are too short for.

use super::State;
use crate::cost::Cost;
use crate::kernel::state::NONE;
use crate::rng::Rng;
use crate::travel::UNREACHABLE;
use crate::travel::time_shapes::seconds_of;

/// How many neighbours are looked at.
const NEAR: usize = 40;
/// How often one is overlooked.
const BLINK: f64 = 0.1;

/// Behind which node of either route its tail begins.
#[derive(Clone, Copy)]
struct Cut {
    one: usize,
    other: usize,
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// Exchanges the tails of a stop's route and another where that is cheapest by the ways that are new, if they cost less
    /// than `most` more; false if they do nowhere, or if it breaks something and has to be undone.
    pub(in crate::rich) fn swap_tails(&mut self, centre: usize, most: Cost, rng: &mut Rng) -> bool {
        let route = self.nodes[centre].route;
        if route == NONE {
            return false;
        }
        let mut best = None;
        let mut bound = most;
        for &near in self.instance.around(centre).iter().skip(1).take(NEAR) {
            let near = near as usize;
            let other = self.nodes[near].route;
            if other == NONE || other == route || rng.unit() < BLINK {
                continue;
            }
            let cuts = [
                Cut { one: centre, other: self.nodes[near].prev as usize },
                Cut { one: self.nodes[centre].prev as usize, other: near },
            ];
            for cut in cuts {
                if let Some(extra) = self.tails_cost((route, other), cut, bound) {
                    (bound, best) = (extra, Some((other, cut)));
                }
            }
        }
        let Some((other, cut)) = best else { return false };
        let excess = self.excess;
        self.touch(route);
        self.touch(other);
        let (mut first, tail) = self.split(route, cut.one);
        let (mut second, other_tail) = self.split(other, cut.other);
        first.extend(&other_tail);
        second.extend(&tail);
        self.replace_stops(route, &first);
        self.replace_stops(other, &second);
        self.excess <= excess
    }

    /// What the new ways cost more, if that is less than `bound`, and times and loads allow it.
    fn tails_cost(&self, (one, other): (u32, u32), cut: Cut, bound: Cost) -> Option<Cost> {
        let (next_one, next_other) = (self.nodes[cut.one].next as usize, self.nodes[cut.other].next as usize);
        let seam = |route: u32, before: usize, after: usize, end: u32| {
            let empty = before >= self.stops() && after >= self.stops();
            let to = if after < self.stops() { after } else { self.depot(end) };
            if empty { 0 } else { seconds_of(self.way(route, before, to)) }
        };
        let (there, back) = (seam(one, cut.one, next_other, one), seam(other, cut.other, next_one, other));
        if there >= UNREACHABLE || back >= UNREACHABLE {
            return None;
        }
        let specs = (self.tours[one as usize].spec, self.tours[other as usize].spec);
        let mut longer =
            there + back - i64::from(self.nodes[cut.one].arc) - i64::from(self.nodes[cut.other].arc);
        if specs.0.end != specs.1.end {
            let home = |route: u32, of: u32| {
                let last = self.nodes[self.depot(of)].prev as usize;
                if last >= self.stops() { 0 } else { seconds_of(self.way(route, last, self.depot(route))) }
            };
            if next_other < self.stops() {
                longer += home(one, other) - home(other, other);
            }
            if next_one < self.stops() {
                longer += home(other, one) - home(one, one);
            }
        }
        let price = specs.0.cost_per_driving_hour.min(specs.1.cost_per_driving_hour);
        let price = price + specs.0.cost_per_hour.min(specs.1.cost_per_hour);
        let extra = Cost::hourly(longer, price);
        if extra >= bound
            || self.nodes[cut.one].depart + there > self.nodes[next_other].latest
            || self.nodes[cut.other].depart + back > self.nodes[next_one].latest
        {
            return None;
        }
        (self.could_carry(one, cut.one, cut.other) && self.could_carry(other, cut.other, cut.one))
            .then_some(extra)
    }

    /// Whether a vehicle holds what is delivered up to a node of its route and behind one of another, and may serve that.
    fn could_carry(&self, route: u32, last: usize, behind: usize) -> bool {
        let dims = self.problem.dims;
        let spec = self.tours[route as usize].spec;
        let before = self.nodes[behind].next as usize;
        let reloads_alike = spec.reloads == self.tours[self.nodes[behind].route as usize].spec.reloads;
        let mut at = before;
        while at < self.stops() {
            let reloads = WIDE && self.nodes[at].halts.reload > 0;
            if self.problem.exclusions.excludes(route, at)
                || self.only(at).is_some()
                || (reloads && !reloads_alike)
            {
                return false;
            }
            at = self.nodes[at].next as usize;
        }
        (0..dims).all(|dim| {
            let mut room = spec.capacity[dim];
            let mut at = last;
            while at < self.stops() {
                room -= self.instance.demands[at * dims + dim];
                at = self.nodes[at].prev as usize;
            }
            at = before;
            while at < self.stops() {
                room -= self.instance.demands[at * dims + dim];
                at = self.nodes[at].next as usize;
            }
            room >= 0
        })
    }

    /// The stops of a route up to that node, and those behind it.
    fn split(&self, route: u32, last: usize) -> (Vec<u32>, Vec<u32>) {
        let mut stops = Vec::with_capacity(self.tours[route as usize].size as usize);
        self.walk(route, &mut stops);
        let kept = stops.iter().position(|&stop| stop as usize == last).map_or(0, |at| at + 1);
        let tail = stops.split_off(kept);
        (stops, tail)
    }

    /// Gives a route these stops instead.
    fn replace_stops(&mut self, route: u32, stops: &[u32]) {
        if !WIDE {
            let dims = self.problem.dims;
            let capacity = &self.tours[route as usize].spec.capacity;
            self.rooms[route as usize * dims..(route as usize + 1) * dims].copy_from_slice(capacity);
        }
        self.string(route, stops);
        let tour = &mut self.tours[route as usize];
        let before = std::mem::replace(&mut tour.size, stops.len() as u32);
        match (before == 0, stops.is_empty()) {
            (true, false) => {
                self.used += 1;
                self.idle.remove(&self.instance.kinds, route);
            }
            (false, true) => {
                self.used -= 1;
                self.idle.push(&self.instance.kinds, route);
            }
            _ => {}
        }
        if let (true, Some(&first)) = (WIDE && !self.tours[route as usize].spec.under_way, stops.first()) {
            self.nodes[first as usize].halts.reload = 0;
        }
        self.refresh(route);
    }
}
