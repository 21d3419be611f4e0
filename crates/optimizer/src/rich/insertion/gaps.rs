//! Puts stops back where they cost least in wide problems: one by one, one of several, or both ends of a shipment at once.

use super::front::Front;
use super::recreate::Gap;
use crate::cost::Cost;
use crate::evaluation::{Halts, LONG_AGO, Room};
use crate::kernel::blinks::Blinks;
use crate::kernel::state::NONE;
use crate::kernel::working_plan::Mode;
use crate::model::{Lateness, VehicleId};
use crate::rich::instance::Instance;
use crate::rich::state::{State, Tour};
use crate::rng::Rng;

/// A place for a stop: behind which node, and what is done on the way to it and on the way on from it.
#[derive(Clone, Copy)]
pub(in crate::rich) struct Spot {
    pub(in crate::rich) cost: Cost,
    pub(in crate::rich) stop: usize,
    pub(in crate::rich) before: usize,
    pub(in crate::rich) to: Halts,
    pub(in crate::rich) on: Halts,
    /// The reload that is on the way there now.
    pub(in crate::rich) had: u8,
}

/// The cheapest spot so far, what the next has to cost less than, and how far from its candidates it can be then.
struct Best {
    bound: Cost,
    reach: i64,
    spot: Option<Spot>,
}

impl Best {
    #[inline]
    fn take(&mut self, instance: &Instance<'_>, spot: Option<Spot>) {
        if let Some(found) = spot {
            (self.bound, self.reach, self.spot) = (found.cost, instance.reach(found.cost), spot);
        }
    }
}

impl Spot {
    /// A spot where nothing is done on the way.
    const fn on_the_way(cost: Cost, stop: usize, before: usize) -> Self {
        Self { cost, stop, before, to: Halts::NONE, on: Halts::NONE, had: 0 }
    }
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    pub(in crate::rich) fn put_back_wide(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng) {
        for &stop in stops {
            if !self.settle(stop, blinks, rng) {
                self.absent.push(stop);
                self.cost += self.instance.penalty(stop);
            }
        }
    }

    /// The cheapest spot for the stop that costs less than `bound`.
    pub(in crate::rich) fn best_spot(
        &mut self,
        stop: usize,
        bound: Cost,
        blinks: &mut Blinks,
        rng: &mut Rng,
    ) -> Option<Spot> {
        if let Some(holder) = self.holder(stop) {
            return self.cheapest_spot_in(holder, stop, bound);
        }
        let instance = self.instance;
        self.turn += 1;
        let frugal = self.mode != Mode::Search;
        let mut best = Best { bound, reach: instance.reach(bound), spot: None };
        if !frugal {
            best.take(instance, self.opened_spot(stop, bound));
        }
        for (index, tagged) in instance.candidates(stop) {
            if self.is_too_far(index, tagged, best.reach) {
                continue;
            }
            let near = (tagged >> 1) as usize;
            let route = self.nodes[near].route;
            if route == NONE || blinks.blink(rng) {
                continue;
            }
            if self.ends_tried[route as usize] != self.turn {
                self.ends_tried[route as usize] = self.turn;
                if !self.has_room(route, stop) {
                    continue;
                }
                let depot = self.depot(route);
                for before in [depot, self.nodes[depot].prev as usize] {
                    best.take(instance, self.spot(route, before, stop, best.bound));
                }
            }
            let tour = &self.tours[route as usize];
            let before = if tagged & 1 == 1 { self.nodes[near].prev as usize } else { near };
            let after = self.nodes[before].next as usize;
            if !CLOCKED && self.nodes[after].halts.is_none() {
                let arc = instance.arc(tour.matrix, index);
                let (there, onward) = if tagged & 1 == 1 {
                    (instance.ways.there(route, tour.matrix, before, stop), arc)
                } else {
                    (arc, instance.ways.onward(route, tour.matrix, stop, after))
                };
                let gap = Gap { route, before, after, there, onward };
                if self.is_direct(route, stop, after) {
                    if !self.tried.spot(stop, before, Halts::NONE, Halts::NONE) {
                        let cost = self.direct(stop, gap, best.bound);
                        best.take(instance, cost.map(|cost| Spot::on_the_way(cost, stop, before)));
                    }
                    if tour.spec.reloads.is_some() && self.has_room(route, stop) {
                        best.take(instance, self.spot_of_two_trips(route, before, stop, best.bound));
                    }
                    continue;
                }
                if self.least(stop, gap) >= best.bound {
                    continue;
                }
            }
            if !self.has_room(route, stop) {
                continue;
            }
            best.take(instance, self.spot(route, before, stop, best.bound));
        }
        let Best { bound, spot: mut best, .. } = best;
        if (frugal || self.hope > 1) && best.is_none() {
            best = self.opened_spot(stop, bound.times(self.hope));
        }
        // Those who may serve it can all be far from here.
        if best.is_none() && self.problem.exclusions.concern(stop) {
            let vehicles =
                (0..self.tours.len() as u32).filter(|&route| !self.problem.exclusions.excludes(route, stop));
            let spots = vehicles.filter_map(|route| self.cheapest_spot_in(route, stop, bound));
            return spots.min_by_key(|spot| spot.cost);
        }
        best
    }

    /// The cheapest idle vehicle for the stop, one of each kind.
    fn opened_spot(&mut self, stop: usize, mut bound: Cost) -> Option<Spot> {
        let mut best = None;
        for kind in 0..self.idle.kinds() {
            let Some(route) = self.idle_for(kind, stop, |route| self.has_room(route, stop)) else {
                continue;
            };
            if let Some(spot) = self.spot(route, self.depot(route), stop, bound) {
                bound = spot.cost;
                best = Some(spot);
            }
        }
        best
    }

    /// The cheapest spot in the route of that vehicle, if it exists here.
    fn cheapest_spot_in(&self, route: u32, stop: usize, mut bound: Cost) -> Option<Spot> {
        if !self.is_here(route) || !self.has_room(route, stop) {
            return None;
        }
        let depot = self.depot(route);
        let mut before = depot;
        let mut best = None;
        loop {
            if let Some(spot) = self.spot(route, before, stop, bound) {
                bound = spot.cost;
                best = Some(spot);
            }
            before = self.nodes[before].next as usize;
            if before == depot {
                return best;
            }
        }
    }

    /// The best way to serve the stop behind that node, if it fits there and costs less than `bound`.
    pub(in crate::rich) fn spot(&self, route: u32, before: usize, stop: usize, bound: Cost) -> Option<Spot> {
        let after = self.nodes[before].next as usize;
        let plain = if self.nodes[after].halts.is_none() && self.is_direct(route, stop, after) {
            let (there, onward) = (self.way(route, before, stop), self.way(route, stop, after));
            let cost = self.direct(stop, Gap { route, before, after, there, onward }, bound);
            let spot = cost.map(|cost| Spot::on_the_way(cost, stop, before));
            spot.filter(|_| !self.tried.spot(stop, before, Halts::NONE, Halts::NONE))
        } else {
            self.spot_of_its_trip(route, before, stop, bound)
        };
        let bound = plain.map_or(bound, |spot| spot.cost);
        self.spot_of_two_trips(route, before, stop, bound).or(plain)
    }

    /// The same with what is done on the way there now.
    fn spot_of_its_trip(&self, route: u32, before: usize, stop: usize, mut bound: Cost) -> Option<Spot> {
        let after = self.nodes[before].next as usize;
        let halts = self.nodes[after].halts;
        let release = self.problem.stops[stop].release.unwrap_or(LONG_AGO);
        let change = self.change(route, before, stop, after);
        let mut best = None;
        let mut found = |to: Halts, on: Halts, cost: Option<Cost>| {
            let cost = cost.map(|cost| cost + change).filter(|cost| *cost < bound);
            if let Some(cost) = cost.filter(|_| !self.tried.spot(stop, before, to, on)) {
                bound = cost;
                best = Some(Spot { cost, stop, before, to, on, had: halts.reload });
            }
        };
        let gone = self.is_gone(route, before, stop);
        if !gone && self.fits(stop, after, |room, down, up| down <= room.deliver && up <= room.pick_up) {
            let front = self.front(route, before, release);
            let cost = front.and_then(|front| self.through(front, stop, after, Halts::NONE, halts, LONG_AGO));
            found(Halts::NONE, halts, cost);
        }
        if !halts.is_none() && (!gone || halts.reload > 0) {
            let behind = |room: &Room, down, up| down <= room.deliver_behind && up <= room.pick_up_behind;
            if self.fits(stop, after, behind) {
                let own = if halts.reload > 0 { LONG_AGO } else { release };
                let front = self.front(route, before, own);
                let cost =
                    front.and_then(|front| self.through(front, stop, after, halts, Halts::NONE, release));
                found(halts, Halts::NONE, cost);
            }
        }
        best
    }

    /// What is released cannot be in the first trip of a vehicle that has left.
    fn is_gone(&self, route: u32, before: usize, stop: usize) -> bool {
        let out = self.tours[route as usize].spec.left_without(self.problem.stops[stop].release);
        out && (before >= self.stops() || self.far[before].trip == 0)
    }

    /// The best way to serve the stop behind that node with one more reload beside it.
    fn spot_of_two_trips(&self, route: u32, before: usize, stop: usize, bound: Cost) -> Option<Spot> {
        let tour = &self.tours[route as usize];
        let reloads = tour.spec.reloads.as_ref().filter(|reloads| (tour.reloads as usize) < reloads.most)?;
        if before >= self.stops() && !tour.spec.under_way {
            return None;
        }
        let after = self.nodes[before].next as usize;
        let halts = self.nodes[after].halts;
        let release = self.problem.stops[stop].release.unwrap_or(LONG_AGO);
        let change = self.change(route, before, stop, after);
        let far = &self.far[after];
        let gone = self.is_gone(route, before, stop);
        let roads = self.problem.roads(VehicleId(route));
        let place_of = |node: usize, depot| self.problem.rows.get(node).map_or(depot, |row| Some(row.place));
        let (from, to) = (place_of(before, Some(tour.spec.start)), place_of(after, tour.spec.end));
        let at = Some(self.problem.rows[stop].place);
        let bounds = self.bounds_trips(tour);
        let is_worth = |through: &[Option<usize>], bound: Cost| {
            let ways = through.windows(2).filter_map(|way| way[0].zip(way[1]));
            !bounds || {
                let driving = ways.map(|(from, to)| roads.seconds(from, to)).sum();
                self.least_of_driving(route, stop, before, driving) + change < bound
            }
        };
        let spot = |to: Halts, on: Halts, cost: Option<Cost>| {
            let cost = cost? + change;
            let spot = Spot { cost, stop, before, to, on, had: halts.reload };
            Some(spot).filter(|_| !self.tried.spot(stop, before, to, on))
        };
        let mut best = Best { bound, reach: 0, spot: None };
        for (place, &depot) in (1_u8..).zip(&reloads.places) {
            let new = Halts { reload: place, ..Halts::NONE };
            let depot = Some(depot);
            if halts.reload > 0 {
                let had = reloads.places.get(usize::from(halts.reload) - 1).copied();
                // A trip of its own between two others.
                if is_worth(&[from, had, at, depot, to], best.bound)
                    && self.fits(stop, after, |room, down, up| down.max(up) <= room.free + room.aboard)
                    && after < self.stops()
                {
                    let front = self.front(route, before, LONG_AGO);
                    let next = front.and_then(|front| self.advance(&front, stop, halts, release, true));
                    let cost = next.and_then(|next| self.close(&next, after, new, far.release, 0));
                    best.take(self.instance, spot(halts, new, cost).filter(|spot| spot.cost < best.bound));
                }
                continue;
            }
            if is_worth(&[from, depot, at, to], best.bound)
                && self.fits(stop, after, |room, down, up| down <= room.free && up <= room.pick_up)
            {
                let front = self.front(route, before, LONG_AGO);
                let current =
                    if before < self.stops() { self.far[before].release } else { self.far[after].release };
                let release = release.max(current);
                let cost = front.and_then(|front| self.through(front, stop, after, new, halts, release));
                best.take(self.instance, spot(new, halts, cost).filter(|spot| spot.cost < best.bound));
            }
            if after < self.stops()
                && !gone
                && before < self.stops()
                && is_worth(&[from, at, depot, to], best.bound)
                && self.fits(stop, after, |room, down, up| {
                    down <= room.deliver + room.due && up <= room.free + room.due
                })
            {
                let front = self.front(route, before, release);
                let next = front.and_then(|front| self.advance(&front, stop, halts, LONG_AGO, true));
                let cost = next.and_then(|next| self.close(&next, after, new, far.release, 0));
                best.take(self.instance, spot(halts, new, cost).filter(|spot| spot.cost < best.bound));
            }
        }
        best.spot
    }

    /// Whether another trip costs at least its driving: it can bring forward what waits for goods, which counts where
    /// lateness and long days do.
    fn bounds_trips(&self, tour: &Tour<'_>) -> bool {
        !CLOCKED
            && tour.direct
            && !self.instance.priced
            && tour.spec.long_day.is_none()
            && tour.spec.overtime == Lateness::Hard
    }

    /// What it costs at the least if that much is driven from a node by the stop to the next.
    fn least_of_driving(&self, route: u32, stop: usize, before: usize, driving: i64) -> Cost {
        let tour = &self.tours[route as usize];
        let node = &self.nodes[before];
        let detour = driving - self.far[node.next as usize].drive;
        let longer = driving + self.service(route, stop) - i64::from(node.arc) - tour.waiting;
        Cost::hourly(detour, tour.spec.cost_per_driving_hour)
            + Cost::hourly(longer.max(0), tour.spec.cost_per_hour)
    }

    /// What it costs more to go through a new stop.
    fn through(
        &self,
        front: Front,
        stop: usize,
        after: usize,
        to: Halts,
        on: Halts,
        release: i64,
    ) -> Option<Cost> {
        let release = if to.reload > 0 && self.nodes[after].halts.reload == to.reload {
            release.max(self.far[after].release)
        } else {
            release
        };
        let next = self.advance(&front, stop, to, release, true)?;
        self.close(&next, after, on, self.far[after].release, self.carried(front, &next, stop, after))
    }

    /// What is emitted for carrying what the stop takes up and puts down, in millionths of a gram.
    fn carried(&self, front: Front, next: &Front, stop: usize, after: usize) -> i64 {
        let tour = &self.tours[front.route as usize];
        let Some((emissions, dim)) = tour.spec.emissions.and_then(|e| Some((e, e.weight?))) else { return 0 };
        let spec = &self.problem.stops[stop];
        let (far, room) = (&self.far[after], &self.room[after * self.problem.dims + dim]);
        let longer = next.metres - front.metres - far.metres;
        let before = far.trip_before - far.metres + (next.metres - front.metres);
        let up = spec.pickup.get(dim).copied().unwrap_or(0);
        let tonnes = room.aboard * longer + spec.demand[dim] * before + up * far.trip_after;
        emissions.grams_per_tonne_km.saturating_mul(tonnes)
    }

    /// Whether what the stop puts down and takes up fits in every dimension.
    pub(in crate::rich) fn fits(
        &self,
        stop: usize,
        after: usize,
        test: impl Fn(&Room, i64, i64) -> bool,
    ) -> bool {
        let dims = self.problem.dims;
        let spec = &self.problem.stops[stop];
        let rooms = &self.room[after * dims..(after + 1) * dims];
        rooms.iter().enumerate().all(|(dim, room)| {
            let (down, up) = (spec.demand[dim], spec.pickup.get(dim).copied().unwrap_or(0));
            (down == 0 && up == 0) || test(room, down, up)
        })
    }
}
