//! Stops put down where breaks and charges are only known once they are there. Places are judged with breaks and charges
//! where they are now; where that promises too much, or nothing, others are tried, some of them computed in full.

use super::gaps::Spot;
use crate::cost::Cost;
use crate::evaluation::{Halts, Leg};
use crate::kernel::blinks::Blinks;
use crate::kernel::state::NONE;
use crate::kernel::working_plan::Mode;
use crate::model::{StopId, VehicleId};
use crate::rich::state::State;
use crate::rng::Rng;

/// How many places are tried for a stop before the best of them is taken.
const TRIES: usize = 4;
/// In which share of the cases places are computed in full although one was found, and in how many near routes.
const THOROUGH: f64 = 0.125;
const ROUTES: usize = 4;

/// Where a stop, or both ends of a shipment, may go.
#[derive(Clone, Copy)]
struct Places {
    spots: [Spot; 2],
    count: usize,
}

impl Places {
    fn one(spot: Spot) -> Self {
        Self { spots: [spot; 2], count: 1 }
    }

    fn both((pickup, delivery): (Spot, Spot)) -> Self {
        Self { spots: [pickup, delivery], count: 2 }
    }

    fn spots(&self) -> &[Spot] {
        &self.spots[..self.count]
    }

    /// What it was judged to cost.
    fn cost(&self) -> Cost {
        self.spots[self.count - 1].cost
    }
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// Puts down a stop, or both ends of its shipment, where that costs least; false if it stays out.
    pub(in crate::rich) fn settle(&mut self, stop: u32, blinks: &mut Blinks, rng: &mut Rng) -> bool {
        let searches = self.mode == Mode::Search && self.hope == 1;
        let fits_out = self.instance.fits_out && searches;
        let thorough = fits_out && self.tried.may_look() && rng.unit() < THOROUGH;
        let mut bound = self.bound_of(stop);
        let mut best = None;
        self.tried.clear();
        for _ in 0..TRIES {
            let Some(places) = self.places_of(stop, bound, blinks, rng) else { break };
            let before = self.cost;
            let mut is_as_judged = false;
            if self.set_down(places.spots()) {
                let cost = self.cost - before;
                is_as_judged = !searches || cost <= places.cost();
                if is_as_judged && !thorough {
                    return true;
                }
                self.take_back(places.spots());
                if cost < bound {
                    (bound, best) = (cost, Some(places));
                }
            }
            if is_as_judged {
                break;
            }
            match *places.spots() {
                [spot] => self.tried.note_spot(spot.stop, spot.before, spot.to, spot.on),
                [pickup, delivery] => self.tried.note_pair(pickup.before, delivery.before),
                _ => {}
            }
        }
        self.tried.clear();
        if thorough || (best.is_none() && fits_out && self.tried.may_look()) {
            best = self.computed_places(stop, bound).or(best);
        }
        best.is_some_and(|places| self.set_down(places.spots()))
    }

    fn bound_of(&self, stop: u32) -> Cost {
        if self.mode == Mode::Fullest { Cost::MAX } else { self.instance.penalty(stop) }
    }

    fn places_of(&mut self, stop: u32, bound: Cost, blinks: &mut Blinks, rng: &mut Rng) -> Option<Places> {
        let relations = &self.problem.relations;
        if let Some(shipment) = relations.shipment_of(StopId(stop)) {
            let ends = (shipment.pickup.index(), shipment.delivery.index());
            return self.best_pair(ends, bound, blinks, rng).map(Places::both);
        }
        let own = [StopId(stop)];
        let mut best: Option<Spot> = None;
        for &other in relations.alternatives_to(StopId(stop)).unwrap_or(&own) {
            let bound = best.map_or(bound, |best| best.cost);
            best = self.best_spot(other.index(), bound, blinks, rng).or(best);
        }
        best.map(Places::one)
    }

    /// Puts stops down in one route, each behind where the one before it stands; false, and nothing is changed, if that
    /// breaks something: what breaks and charges come to is only known then.
    fn set_down(&mut self, spots: &[Spot]) -> bool {
        let Some(first) = spots.first() else { return false };
        let tour = self.nodes[first.before].route;
        self.touch(tour);
        let excess = self.tours[tour as usize].excess;
        for spot in spots {
            let after = self.nodes[spot.before].next as usize;
            self.link_in(tour, spot.stop, spot.before);
            self.nodes[spot.stop].halts.reload = spot.to.reload;
            self.nodes[after].halts.reload = spot.on.reload;
        }
        self.refresh(tour);
        if self.tours[tour as usize].excess <= excess {
            return true;
        }
        self.take_back(spots);
        false
    }

    /// Takes out again what was put down last.
    fn take_back(&mut self, spots: &[Spot]) {
        let Some(first) = spots.first() else { return };
        let tour = self.nodes[first.stop].route;
        for spot in spots.iter().rev() {
            let after = self.nodes[spot.stop].next as usize;
            self.unlink(tour, spot.stop);
            self.nodes[after].halts.reload = spot.had;
        }
        self.refresh(tour);
    }

    /// The cheapest places in near routes and in one idle vehicle of each kind, with breaks and charges where they fit
    /// best then, that cost less than `bound`.
    fn computed_places(&mut self, stop: u32, mut bound: Cost) -> Option<Places> {
        let relations = &self.problem.relations;
        let shipment = relations.shipment_of(StopId(stop));
        let own = [StopId(stop)];
        let all = if shipment.is_some() {
            &own[..]
        } else {
            relations.alternatives_to(StopId(stop)).unwrap_or(&own)
        };
        let mut best = None;
        for &StopId(stop) in all {
            let stop = stop as usize;
            for route in self.routes_near(stop) {
                let delivery = shipment.map(|shipment| shipment.delivery.index());
                let (first, second) = (shipment.map_or(stop, |own| own.pickup.index()), delivery);
                if !self.has_room(route, first) || second.is_some_and(|second| !self.has_room(route, second))
                {
                    continue;
                }
                let found = self.computed_in(route, first, second, bound);
                if let Some(places) = found {
                    (bound, best) = (places.cost(), found);
                }
            }
        }
        best
    }

    fn routes_near(&mut self, stop: usize) -> Vec<u32> {
        if let Some(holder) = self.holder(stop) {
            return if self.is_here(holder) { vec![holder] } else { Vec::new() };
        }
        let mut routes = Vec::with_capacity(ROUTES + 1);
        for &near in self.instance.around(stop) {
            let route = self.nodes[near as usize].route;
            if route != NONE && !routes.contains(&route) {
                routes.push(route);
                if routes.len() == ROUTES {
                    break;
                }
            }
        }
        for kind in 0..self.idle.kinds() {
            routes.extend(self.idle_for(kind, stop, |route| self.has_room(route, stop)));
        }
        routes
    }

    fn computed_in(
        &mut self,
        route: u32,
        first: usize,
        second: Option<usize>,
        mut bound: Cost,
    ) -> Option<Places> {
        let mut stops: Vec<(u32, u8)> = Vec::new();
        let mut at = self.nodes[self.depot(route)].next as usize;
        while at < self.stops() {
            stops.push((at as u32, self.nodes[at].halts.reload));
            at = self.nodes[at].next as usize;
        }
        let mut best = None;
        for position in 0..=stops.len() {
            for (with, spot) in self.put_in(route, &stops, position, first) {
                let Some(second) = second else {
                    if let Some(cost) = self.computed(route, &with).filter(|cost| *cost < bound) {
                        (bound, best) = (cost, Some(Places::one(Spot { cost, ..spot })));
                    }
                    continue;
                };
                for behind in position + 1..=with.len() {
                    for (with, other) in self.put_in(route, &with, behind, second) {
                        if let Some(cost) = self.computed(route, &with).filter(|cost| *cost < bound) {
                            (bound, best) = (cost, Some(Places::both((spot, Spot { cost, ..other }))));
                        }
                    }
                }
            }
        }
        best
    }

    /// The stops with one more at that position, behind a reload that is there and before it.
    fn put_in(
        &self,
        route: u32,
        stops: &[(u32, u8)],
        position: usize,
        stop: usize,
    ) -> Vec<(Vec<(u32, u8)>, Spot)> {
        let before = position.checked_sub(1).map_or(self.depot(route), |before| stops[before].0 as usize);
        let had = stops.get(position).map_or(0, |next| next.1);
        let reload = |reload: u8| Halts { reload, ..Halts::NONE };
        let side = |own: u8, rest: u8| {
            let mut with = stops.to_vec();
            with.insert(position, (stop as u32, own));
            if let Some(next) = with.get_mut(position + 1) {
                next.1 = rest;
            }
            (with, Spot { cost: Cost::ZERO, stop, before, to: reload(own), on: reload(rest), had })
        };
        if had == 0 { vec![side(0, 0)] } else { vec![side(0, had), side(had, 0)] }
    }

    /// What the route costs more with these stops, computed in full; none if that breaks more.
    fn computed(&mut self, route: u32, stops: &[(u32, u8)]) -> Option<Cost> {
        let depot = self.depot(route);
        self.tried.looked_at += stops.len() as u64 + 1;
        self.evaluator.turn_to(VehicleId(route));
        let mut last = depot;
        for &(stop, reload) in stops {
            let way = self.way(route, last, stop as usize);
            self.evaluator.push(Leg { stop, way, halts: Halts { reload, ..Halts::NONE } });
            last = stop as usize;
        }
        let way = self.way(route, last, depot);
        self.evaluator.end_with(way, Halts::NONE);
        self.evaluator.fit_out();
        let (sums, tour) = (&self.evaluator.sums, &self.tours[route as usize]);
        let more = sums.price + sums.late + sums.change - tour.price - tour.late - tour.change;
        (sums.excess <= tour.excess).then_some(more)
    }
}
