//! Puts stops back where they cost least: greedy insertion with blinks (Christiaens and Vanden Berghe, 2020), beside
//! near stops, at exact prices.

use crate::cost::Cost;
use crate::kernel::blinks::Blinks;
use crate::kernel::state::NONE;
use crate::kernel::working_plan::Mode;
use crate::model::VehicleSpec;
use crate::rich::state::State;
use crate::rng::Rng;
use crate::route::{price, start};
use crate::travel::UNREACHABLE;

/// A place for a stop: behind which node of which route, and the packed arcs there and on.
#[derive(Clone, Copy)]
pub(in crate::rich) struct Gap {
    pub(in crate::rich) route: u32,
    pub(in crate::rich) before: usize,
    pub(in crate::rich) after: usize,
    pub(in crate::rich) there: i32,
    pub(in crate::rich) onward: i32,
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    pub(in crate::rich) fn put_back(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng) {
        if WIDE {
            self.put_back_wide(stops, blinks, rng);
            return;
        }
        for &stop in stops {
            let place = match self.only(stop as usize) {
                Some(only) => self.cheapest_in(only.0, stop as usize).map(|(_, before)| (before, None)),
                None => self.best_place(stop as usize, blinks, rng),
            };
            match place {
                Some((before, None)) => self.insert(stop as usize, before),
                Some((before, Some(vehicle))) => {
                    let route = self.nodes[before].route;
                    let before = if before >= self.stops() { self.depot(vehicle) } else { before };
                    self.change_vehicle(route, vehicle);
                    self.insert(stop as usize, before);
                }
                None => {
                    self.absent.push(stop);
                    self.cost += self.problem.rows[stop as usize].penalty;
                }
            }
        }
    }

    /// What the stop may cost at most.
    pub(in crate::rich) fn bound(&self, stop: usize) -> Cost {
        if self.mode == Mode::Fullest { Cost::MAX } else { self.problem.rows[stop].penalty }
    }

    /// Behind which node the stop costs least, and which vehicle drives the route then if not its own.
    fn best_place(
        &mut self,
        stop: usize,
        blinks: &mut Blinks,
        rng: &mut Rng,
    ) -> Option<(usize, Option<u32>)> {
        let instance = self.instance;
        self.turn += 1;
        // Vehicles are added more easily than given up, so a first plan begins with as few as it can.
        let frugal = self.mode != Mode::Search;
        let (mut bound, opened) = if frugal { (self.bound(stop), None) } else { self.opened(stop, 1) };
        let mut place = opened.map(|before| (before, None));
        let mut reach = instance.reach(bound);
        for (index, tagged) in instance.candidates(stop) {
            if self.is_too_far(index, tagged, reach) {
                continue;
            }
            let near = (tagged >> 1) as usize;
            let route = self.nodes[near].route;
            if route == NONE || blinks.blink(rng) {
                continue;
            }
            if self.ends_tried[route as usize] != self.turn {
                self.ends_tried[route as usize] = self.turn;
                let depot = self.depot(route);
                for before in [depot, self.nodes[depot].prev as usize] {
                    if let Some(extra) = self.best_gap(route, before, stop, bound) {
                        (bound, place, reach) = (extra, Some((before, None)), instance.reach(extra));
                    }
                }
            }
            let tour = &self.tours[route as usize];
            let arc = instance.arc(tour.matrix, index);
            let (before, after, there, onward) = if tagged & 1 == 1 {
                let before = self.nodes[near].prev as usize;
                (before, near, instance.ways.there(route, tour.matrix, before, stop), arc)
            } else {
                let after = self.nodes[near].next as usize;
                (near, after, arc, instance.ways.onward(route, tour.matrix, stop, after))
            };
            let gap = Gap { route, before, after, there, onward };
            if self.least(stop, gap) >= bound {
                continue;
            }
            if let Some((extra, vehicle)) = self.extra_with(stop, gap, bound) {
                (bound, place, reach) = (extra, Some((before, vehicle)), instance.reach(extra));
            }
        }
        if (frugal || self.hope > 1) && place.is_none() {
            place = self.opened(stop, self.hope).1.map(|before| (before, None));
        }
        // Those who may serve it can all be far from here.
        if place.is_none() && self.problem.exclusions.concern(stop) {
            let vehicles =
                (0..self.tours.len() as u32).filter(|&route| !self.problem.exclusions.excludes(route, stop));
            let places = vehicles.filter_map(|route| self.cheapest_in(route, stop));
            return places.min_by_key(|(extra, _)| *extra).map(|(_, before)| (before, None));
        }
        place
    }

    /// Whether a stop beside that candidate makes too much of a detour, known by the arc that it would cut alone.
    #[inline(always)]
    pub(in crate::rich) fn is_too_far(&self, index: usize, tagged: u32, reach: i64) -> bool {
        i64::from(self.instance.quickest(index)) - i64::from(self.cuts[tagged as usize]) > reach
    }

    /// What the stop costs there at the least, at what its ways take at the best hour.
    #[inline]
    pub(in crate::rich) fn least(&self, stop: usize, gap: Gap) -> Cost {
        let Gap { route, before, after, .. } = gap;
        let tour = &self.tours[route as usize];
        let there = self.instance.least::<CLOCKED>(tour.matrix, gap.there);
        let onward = self.instance.least::<CLOCKED>(tour.matrix, gap.onward);
        let detour = there + onward - i64::from(self.nodes[before].arc);
        // A route takes at least as long as its ways and its services.
        let longer = (detour + self.service(route, stop) - tour.waiting).max(0);
        Cost::hourly(detour, tour.spec.cost_per_driving_hour)
            + Cost::hourly(longer, tour.spec.cost_per_hour)
            + self.change(route, before, stop, after)
    }

    /// The cheapest idle vehicle for the stop, one of each kind: what it costs, or else the bound, and its node.
    fn opened(&mut self, stop: usize, hope: i64) -> (Cost, Option<usize>) {
        let (mut bound, mut place) = (self.bound(stop).times(hope), None);
        for kind in 0..self.idle.kinds() {
            let will_do = |route: u32| !self.problem.exclusions.excludes(route, stop);
            let Some(route) = self.idle_for(kind, stop, will_do) else {
                continue;
            };
            if let Some(extra) = self.best_gap(route, self.depot(route), stop, bound) {
                (bound, place) = (extra, Some(self.depot(route)));
            }
        }
        (bound, place)
    }

    /// What the stop costs in the route of that vehicle, and behind which node.
    fn cheapest_in(&self, route: u32, stop: usize) -> Option<(Cost, usize)> {
        if !self.is_here(route) {
            return None;
        }
        let (mut bound, mut place) = (self.bound(stop), None);
        let depot = self.depot(route);
        let mut before = depot;
        loop {
            if let Some(extra) = self.best_gap(route, before, stop, bound) {
                (bound, place) = (extra, Some((extra, before)));
            }
            before = self.nodes[before].next as usize;
            if before == depot {
                return place;
            }
        }
    }

    /// What the stop costs behind that node, if it fits there and costs less than `bound`.
    fn best_gap(&self, route: u32, before: usize, stop: usize, bound: Cost) -> Option<Cost> {
        if !self.has_room(route, stop) {
            return None;
        }
        let after = self.nodes[before].next as usize;
        let (there, onward) = (self.way(route, before, stop), self.way(route, stop, after));
        let gap = Gap { route, before, after, there, onward };
        if self.least(stop, gap) >= bound {
            return None;
        }
        self.extra(stop, gap, self.tours[route as usize].spec, bound)
    }

    /// What the stop costs more there, and who drives the route then if its own vehicle has no room.
    #[inline]
    fn extra_with(&self, stop: usize, gap: Gap, bound: Cost) -> Option<(Cost, Option<u32>)> {
        if self.has_room(gap.route, stop) {
            let own = self.tours[gap.route as usize].spec;
            return self.extra(stop, gap, own, bound).map(|extra| (extra, None));
        }
        if !self.changing {
            return None;
        }
        let mut best = None;
        for change in self.larger_siblings(gap.route, stop) {
            let bound = best.map_or(bound, |(extra, _)| extra);
            if let Some(extra) = self.extra(stop, gap, change.spec, bound) {
                best = Some((extra, Some(change.vehicle)));
            }
        }
        best
    }

    /// What the stop costs more there with a vehicle of that price; none if it would break something, or cost `bound` or more.
    #[inline]
    fn extra(&self, stop: usize, gap: Gap, spec: &VehicleSpec, bound: Cost) -> Option<Cost> {
        let Gap { route, before, after, there: way_there, onward: way_on } = gap;
        let row = &self.problem.rows[stop];
        let (ahead, next) = (&self.nodes[before], &self.nodes[after]);
        let (tour, instance) = (&self.tours[route as usize], self.instance);
        let mut there = instance.seconds::<CLOCKED>(tour.matrix, way_there, ahead.depart);
        let begin = (ahead.depart + there).max(row.open);
        if there >= UNREACHABLE || (row.per_minute.is_none() && begin > row.close) {
            return None;
        }
        let onward = instance.seconds::<CLOCKED>(tour.matrix, way_on, begin + row.service);
        let arrive_next = begin + row.service + onward;
        if onward >= UNREACHABLE || arrive_next > next.latest {
            return None;
        }
        let replaced = i64::from(ahead.arc);
        let first = before >= self.stops();
        let end = (arrive_next + next.tail).max(next.floor);
        let leave = if first {
            start(tour.spec, instance.leave_by::<CLOCKED>(tour.matrix, way_there, begin))
        } else {
            tour.start
        };
        if CLOCKED && first {
            there = instance.seconds::<CLOCKED>(tour.matrix, way_there, leave);
        }
        let idle = tour.size == 0 && !tour.spec.under_way;
        let driving = tour.driving + there + onward - if idle { 0 } else { replaced };
        let mut base = price(spec, leave, end, driving) - tour.price + row.late_cost(begin);
        base += self.change(route, before, stop, after);
        if self.mode == Mode::Fullest && idle {
            base -= Cost::units(tour.spec.fixed_cost);
        }
        if !self.instance.priced || after >= self.stops() {
            return (base < bound).then_some(base);
        }
        let arrives = ahead.depart + replaced;
        if arrive_next >= arrives && base >= bound {
            return None;
        }
        let extra = base + self.late_from(tour.matrix, after, arrive_next) - next.late;
        (extra < bound).then_some(extra)
    }

    /// What lateness costs from that stop on if it is reached at `arrive`.
    pub(in crate::rich) fn late_from(&self, matrix: usize, mut at: usize, mut arrive: i64) -> Cost {
        let mut late = Cost::ZERO;
        while at < self.stops() {
            let (node, row) = (&self.nodes[at], &self.problem.rows[at]);
            let begin = arrive.max(row.open);
            if begin + row.service == node.depart {
                return late + node.late;
            }
            late += row.late_cost(begin);
            let leave = begin + row.service;
            arrive = leave + self.instance.seconds::<CLOCKED>(matrix, node.way, leave);
            at = node.next as usize;
        }
        late
    }
}
