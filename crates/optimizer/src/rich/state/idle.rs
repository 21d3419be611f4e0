//! Vehicles without stops, and routes that change their vehicle.

use super::State;
use crate::cost::Cost;
use crate::evaluation::distance_cost;
use crate::kernel::state::NONE;
use crate::model::{NOBODY, VehicleSpec};
use crate::route::price;

/// The vehicles that exist and have no stops, by kind.
pub(in crate::rich) struct Idle {
    of_kind: Vec<Vec<u32>>,
    /// By vehicle: its place among those of its kind, or [`NONE`].
    at: Vec<u32>,
}

impl Idle {
    pub(in crate::rich) fn new(kinds: &[u32]) -> Self {
        let count = kinds.iter().max().map_or(0, |most| *most as usize + 1);
        Self { of_kind: vec![Vec::new(); count], at: vec![NONE; kinds.len()] }
    }

    pub(in crate::rich) fn clear(&mut self) {
        self.of_kind.iter_mut().for_each(Vec::clear);
        self.at.fill(NONE);
    }

    pub(in crate::rich) fn push(&mut self, kinds: &[u32], vehicle: u32) {
        let own = &mut self.of_kind[kinds[vehicle as usize] as usize];
        self.at[vehicle as usize] = own.len() as u32;
        own.push(vehicle);
    }

    pub(in crate::rich) fn remove(&mut self, kinds: &[u32], vehicle: u32) {
        let own = &mut self.of_kind[kinds[vehicle as usize] as usize];
        let at = std::mem::replace(&mut self.at[vehicle as usize], NONE) as usize;
        own.swap_remove(at);
        if let Some(&moved) = own.get(at) {
            self.at[moved as usize] = at as u32;
        }
    }

    pub(in crate::rich) fn has(&self, vehicle: u32) -> bool {
        self.at[vehicle as usize] != NONE
    }

    pub(in crate::rich) fn kinds(&self) -> usize {
        self.of_kind.len()
    }

    /// One of that kind that will do. What one of them cannot do the others cannot, unless they are `unlike` for some other
    /// reason.
    pub(in crate::rich) fn one_of(
        &self,
        kind: usize,
        unlike: bool,
        will_do: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let tried = if unlike { usize::MAX } else { 1 };
        self.of_kind[kind].iter().rev().take(tried).copied().find(|&vehicle| will_do(vehicle))
    }
}

/// What a route would cost with another vehicle, which differs in what it holds and costs only.
#[derive(Clone, Copy)]
pub(in crate::rich) struct Change<'p> {
    pub(in crate::rich) vehicle: u32,
    pub(in crate::rich) spec: &'p VehicleSpec,
}

impl<'p, const CLOCKED: bool, const WIDE: bool> State<'p, CLOCKED, WIDE> {
    /// An idle vehicle of that kind for the stop: the one that people know it with, if it is one of them.
    pub(in crate::rich) fn idle_for(
        &self,
        kind: usize,
        stop: usize,
        will_do: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let known = self.problem.kept.get(stop).map(|kept| kept.vehicle).filter(|&vehicle| {
            vehicle != NOBODY
                && self.idle.has(vehicle)
                && self.instance.kinds[vehicle as usize] as usize == kind
                && will_do(vehicle)
        });
        known.or_else(|| self.idle.one_of(kind, self.problem.exclusions.concern(stop), &will_do))
    }

    /// Idle vehicles, one of each kind, that could drive the route instead of its own: they differ from it in what they
    /// hold and cost only, and may serve all of its stops.
    pub(in crate::rich) fn siblings(&self, route: u32) -> impl Iterator<Item = Change<'p>> + '_ {
        let instance = self.instance;
        let own = instance.kinds[route as usize] as usize;
        let class = instance.classes[route as usize];
        (0..self.idle.kinds()).filter(move |&kind| kind != own).filter_map(move |kind| {
            let same = |vehicle: u32| {
                instance.classes[vehicle as usize] == class && self.may_take_over(vehicle, route)
            };
            let vehicle = self.idle.one_of(kind, !self.problem.exclusions.is_empty(), same)?;
            Some(Change { vehicle, spec: self.tours[vehicle as usize].spec })
        })
    }

    /// Who of the siblings has room for the stop too, and lets it be served.
    pub(in crate::rich) fn larger_siblings(
        &self,
        route: u32,
        stop: usize,
    ) -> impl Iterator<Item = Change<'p>> + '_ {
        let dims = self.problem.dims;
        let own = self.tours[route as usize].spec;
        let used = self.tours[route as usize].size > 0;
        self.siblings(route).filter(move |_| used).filter(move |change| {
            let rooms = &self.rooms[route as usize * dims..(route as usize + 1) * dims];
            let demands = &self.instance.demands[stop * dims..(stop + 1) * dims];
            let capacities = change.spec.capacity.iter().zip(&own.capacity);
            !self.problem.exclusions.excludes(change.vehicle, stop)
                && rooms
                    .iter()
                    .zip(demands)
                    .zip(capacities)
                    .all(|((room, demand), (theirs, own))| *demand <= room + theirs - own)
        })
    }

    fn may_take_over(&self, vehicle: u32, route: u32) -> bool {
        let depot = self.depot(route);
        let mut at = self.nodes[depot].next as usize;
        while at != depot {
            if self.problem.exclusions.excludes(vehicle, at)
                || self.only(at).is_some_and(|only| only.0 != vehicle)
            {
                return false;
            }
            at = self.nodes[at].next as usize;
        }
        true
    }

    /// Gives a route to the cheapest vehicle that would do.
    pub(in crate::rich) fn change_to_cheapest(&mut self, route: u32) {
        let tour = &self.tours[route as usize];
        if !self.instance.changes || tour.size == 0 || tour.excess > 0 {
            return;
        }
        let (mut least, mut best) = (Cost::ZERO, None);
        for change in self.siblings(route) {
            let more = self.dearer_with(route, change.spec);
            if more < least && self.would_hold(route, change.spec) {
                (least, best) = (more, Some(change.vehicle));
            }
        }
        if let Some(vehicle) = best {
            self.change_vehicle(route, vehicle);
        }
    }

    fn dearer_with(&self, route: u32, spec: &VehicleSpec) -> Cost {
        let tour = &self.tours[route as usize];
        price(spec, tour.start, tour.end, tour.driving) + distance_cost(spec, tour.metres, tour.micrograms)
            - tour.price
    }

    fn would_hold(&self, route: u32, spec: &VehicleSpec) -> bool {
        let dims = self.problem.dims;
        let own = self.tours[route as usize].spec;
        let more = spec.capacity.iter().zip(&own.capacity).map(|(theirs, own)| theirs - own);
        if WIDE {
            let depot = self.depot(route);
            return more.enumerate().all(|(dim, more)| {
                let mut at = depot;
                loop {
                    let room = &self.room[at * dims + dim];
                    if room.free.min(room.free_behind) + more < 0 {
                        return false;
                    }
                    at = self.nodes[at].next as usize;
                    if at == depot {
                        return true;
                    }
                }
            });
        }
        let rooms = &self.rooms[route as usize * dims..(route as usize + 1) * dims];
        rooms.iter().zip(more).all(|(room, more)| room + more >= 0)
    }

    /// Gives all stops of a route to an idle vehicle.
    pub(in crate::rich) fn change_vehicle(&mut self, from: u32, to: u32) {
        self.touch(from);
        self.touch(to);
        let (old, new) = (self.depot(from), self.depot(to));
        let (home, alone) = (self.nodes[old], self.nodes[new]);
        let mut at = home.next as usize;
        while at != old {
            self.nodes[at].route = to;
            at = self.nodes[at].next as usize;
        }
        self.nodes[home.next as usize].prev = new as u32;
        self.nodes[home.prev as usize].next = new as u32;
        self.nodes[new].prev = home.prev;
        self.nodes[new].lead(home.next, home.way);
        self.nodes[old].prev = old as u32;
        self.nodes[old].lead(old as u32, alone.way);
        let dims = self.problem.dims;
        for dim in 0..if WIDE { 0 } else { dims } {
            let (own, theirs) = (from as usize * dims + dim, to as usize * dims + dim);
            let capacity = |tour: u32| self.tours[tour as usize].spec.capacity[dim];
            self.rooms[theirs] = capacity(to) - (capacity(from) - self.rooms[own]);
            self.rooms[own] = capacity(from);
        }
        self.tours[to as usize].size = std::mem::take(&mut self.tours[from as usize].size);
        self.idle.remove(&self.instance.kinds, to);
        self.idle.push(&self.instance.kinds, from);
        self.refresh(from);
        self.refresh(to);
    }
}
