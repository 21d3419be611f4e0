//! A plan that may break rules at a price, with what makes a move in it judged quickly.
//!
//! Routes are rings through a node of their own for the depot. A node knows the way, load and time up to it and from it
//! on, so moves between routes are judged in constant time and moves within one by walking between the places (Vidal,
//! Crainic, Gendreau and Prins, 2013). A pair is tried again only when one of its routes has changed since (Vidal,
//! 2022).

mod descent;
mod optional;
mod relocate;
pub(super) mod segment;
mod swap;
mod swap_star;
mod two_opt;
mod two_opt_star;

use super::near::Near;
use super::prices::Prices;
use crate::kernel::instance::Instance;
use crate::kernel::metric::{Metric, NO_WAY};
use segment::{Head, Tail};

/// No route: the stop is absent.
pub(super) const NONE: u32 = u32::MAX;

/// A stop in its route, or the depot of one.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Node {
    pub(super) prev: u32,
    pub(super) next: u32,
    pub(super) tour: u32,
    /// How many stops come before it, itself counted; 0 for the depot.
    pub(super) rank: u32,
    /// The load of all stops up to it.
    pub(super) load: i32,
    /// The way to the next node.
    pub(super) arc: i32,
    depart: i32,
    latest: i32,
    warp: i64,
    tail: i64,
    /// The way from the depot to it.
    pub(super) way: i64,
    /// The way from it to the depot against the direction of the route.
    pub(super) back: i64,
}

const BLANK: Node = Node {
    prev: NONE,
    next: NONE,
    tour: NONE,
    rank: 0,
    load: 0,
    arc: 0,
    depart: 0,
    latest: 0,
    warp: 0,
    tail: 0,
    way: 0,
    back: 0,
};

/// A route as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tour {
    pub(super) load: i32,
    pub(super) size: u32,
    /// What its broken rules cost.
    pub(super) penalty: i64,
    pub(super) warp: i64,
    /// Its way, and its way against its direction.
    pub(super) way: i64,
    pub(super) back: i64,
    /// When it was last changed, by the clock of moves.
    pub(super) changed: u32,
    /// When its swaps with others were last tried.
    pub(super) swapped: u32,
}

/// The plan under search.
pub(super) struct Search<'a, M, const TIMED: bool> {
    pub(super) instance: &'a Instance<M>,
    pub(super) near: &'a Near,
    pub(super) nodes: Vec<Node>,
    pub(super) tours: Vec<Tour>,
    pub(super) prices: Prices,
    /// Counts moves.
    pub(super) clock: u32,
    pub(super) tested: Vec<u32>,
    pub(super) order: Vec<u32>,
    idle: Option<u32>,
    /// By stop: it fits into no route even alone, and stays out.
    pub(super) hopeless: Vec<bool>,
    pub(super) scratch: swap_star::Scratch,
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Ways, vehicles and what is left out.
    pub(super) cost: i64,
    /// Load over the capacity.
    pub(super) excess: i64,
    /// Time warp.
    pub(super) warp: i64,
    /// Ways that do not exist.
    pub(super) gaps: i64,
}

impl Totals {
    /// Whether no rule is broken.
    pub(super) const fn is_feasible(&self) -> bool {
        self.excess == 0 && self.warp == 0 && self.gaps == 0
    }

    /// With what broken rules cost.
    pub(super) const fn priced(&self, prices: Prices) -> i64 {
        self.cost + prices.load(self.excess) + prices.warp(self.warp)
    }
}

impl<'a, M: Metric, const TIMED: bool> Search<'a, M, TIMED> {
    pub(super) fn new(instance: &'a Instance<M>, near: &'a Near, prices: Prices) -> Self {
        let stops = instance.stops();
        Self {
            instance,
            near,
            nodes: vec![BLANK; stops],
            tours: Vec::new(),
            prices,
            clock: 1,
            tested: vec![0; stops],
            order: (0..stops as u32).collect(),
            idle: None,
            hopeless: (0..stops).map(|stop| is_hopeless(instance, stop)).collect(),
            scratch: swap_star::Scratch::default(),
        }
    }

    /// Takes up routes; stops that are in none are absent. Pairs of routes that are both `fresh` will be tried.
    pub(super) fn load<'r>(&mut self, routes: impl Iterator<Item = (&'r [u32], bool)>) {
        let stops = self.instance.stops();
        self.nodes.clear();
        self.nodes.resize(stops, BLANK);
        self.tours.clear();
        self.idle = None;
        self.clock = 2;
        self.tested.fill(1);
        for (route, fresh) in routes {
            let fitting = |stop: &&u32| !self.hopeless[**stop as usize];
            let kept: Vec<u32> = route.iter().filter(fitting).copied().collect();
            if kept.is_empty() {
                continue;
            }
            let tour = self.add_tour();
            let mut last = self.depot(tour);
            for &stop in &kept {
                self.link(last, stop as usize);
                last = stop as usize;
            }
            self.link(last, self.depot(tour));
            self.refresh(tour);
            let info = &mut self.tours[tour as usize];
            info.changed = if fresh { 2 } else { 0 };
            info.swapped = 1;
        }
    }

    /// The stops that some route can take.
    pub(super) fn hopeful(&self) -> impl Iterator<Item = u32> {
        (0..self.instance.stops() as u32).filter(|&stop| !self.hopeless[stop as usize])
    }

    fn add_tour(&mut self) -> u32 {
        let tour = self.tours.len() as u32;
        let depot = self.nodes.len() as u32;
        self.nodes.push(Node { prev: depot, next: depot, tour, latest: self.instance.end, ..BLANK });
        self.tours.push(Tour::default());
        tour
    }

    #[inline(always)]
    pub(super) fn depot(&self, tour: u32) -> usize {
        self.instance.stops() + tour as usize
    }

    #[inline(always)]
    pub(super) fn is_depot(&self, node: usize) -> bool {
        node >= self.instance.stops()
    }

    #[inline(always)]
    pub(super) fn distance(&self, from: usize, to: usize) -> i32 {
        let depot = self.instance.stops();
        self.instance.metric.outward(from.min(depot), to.min(depot))
    }

    /// As [`Self::distance`]; reads what lies near to the ways from `to` in memory.
    #[inline(always)]
    pub(super) fn distance_to(&self, to: usize, from: usize) -> i32 {
        let depot = self.instance.stops();
        self.instance.metric.inward(to.min(depot), from.min(depot))
    }

    #[inline(always)]
    pub(super) fn link(&mut self, from: usize, to: usize) {
        self.nodes[from].next = to as u32;
        self.nodes[to].prev = from as u32;
    }

    #[inline(always)]
    pub(super) fn next(&self, node: usize) -> usize {
        self.nodes[node].next as usize
    }

    #[inline(always)]
    pub(super) fn prev(&self, node: usize) -> usize {
        self.nodes[node].prev as usize
    }

    #[inline(always)]
    pub(super) fn arc(&self, node: usize) -> i64 {
        i64::from(self.nodes[node].arc)
    }

    #[inline(always)]
    pub(super) fn way(&self, from: usize, to: usize) -> i64 {
        i64::from(self.distance(from, to))
    }

    #[inline(always)]
    pub(super) fn tour(&self, node: usize) -> &Tour {
        &self.tours[self.nodes[node].tour as usize]
    }

    #[inline(always)]
    pub(super) fn head(&self, node: usize) -> Head {
        let node = &self.nodes[node];
        Head { depart: node.depart, warp: node.warp }
    }

    #[inline(always)]
    pub(super) fn tail(&self, node: usize) -> Tail {
        let node = &self.nodes[node];
        Tail { latest: node.latest, warp: node.tail }
    }

    /// Appends the nodes `from` to `to` as they stand in their route, `arc` being the way to the first.
    #[inline]
    pub(super) fn run(&self, mut head: Head, mut arc: i32, from: usize, to: usize) -> Head {
        let mut at = from;
        loop {
            head = head.push(arc, &self.instance.sites[at]);
            if at == to {
                return head;
            }
            let node = &self.nodes[at];
            (arc, at) = (node.arc, node.next as usize);
        }
    }

    /// As [`Self::run`] against the direction of the route: `to` comes before `from` in it.
    #[inline]
    pub(super) fn run_back(&self, mut head: Head, mut arc: i32, from: usize, to: usize) -> Head {
        let mut at = from;
        loop {
            head = head.push(arc, &self.instance.sites[at]);
            if at == to {
                return head;
            }
            let before = self.prev(at);
            (arc, at) = (self.distance(at, before), before);
        }
    }

    #[inline(always)]
    pub(super) fn load_price(&self, load: i32) -> i64 {
        self.prices.load(i64::from(load - self.instance.capacity))
    }

    #[inline(always)]
    pub(super) fn warp_price(&self, warp: i64) -> i64 {
        self.prices.warp(warp)
    }

    /// What it costs that a route of so many stops has so many others.
    #[inline(always)]
    pub(super) fn fixed(&self, before: u32, after: u32) -> i64 {
        match (before == 0, after == 0) {
            (true, false) => self.instance.fixed,
            (false, true) => -self.instance.fixed,
            _ => 0,
        }
    }

    /// Computes a route anew after its links have changed.
    pub(super) fn refresh(&mut self, tour: u32) {
        let depot = self.depot(tour);
        let mut at = depot;
        let (mut rank, mut load, mut way, mut back) = (0, 0, 0, 0);
        let mut head = Head { depart: 0, warp: 0 };
        loop {
            let next = self.next(at);
            let arc = self.distance(at, next);
            self.nodes[at].arc = arc;
            way += i64::from(arc);
            back += self.way(next, at);
            if next == depot {
                break;
            }
            let site = &self.instance.sites[next];
            rank += 1;
            load += site.demand;
            let node = &mut self.nodes[next];
            if TIMED {
                head = head.push(arc, site);
                (node.depart, node.warp) = (head.depart, head.warp);
            }
            (node.tour, node.rank, node.load, node.way, node.back) = (tour, rank, load, way, back);
            at = next;
        }
        let mut warp = 0;
        if TIMED {
            let mut tail = Tail { latest: self.instance.end, warp: 0 };
            warp = head.join(self.nodes[at].arc, tail);
            while at != depot {
                let node = &mut self.nodes[at];
                tail = tail.unshift(node.arc, &self.instance.sites[at]);
                (node.latest, node.tail) = (tail.latest, tail.warp);
                at = node.prev as usize;
            }
        }
        let penalty = self.load_price(load) + self.warp_price(warp);
        let clock = self.clock;
        let info = &mut self.tours[tour as usize];
        (info.size, info.load, info.warp, info.penalty) = (rank, load, warp, penalty);
        (info.way, info.back, info.changed) = (way, back, clock);
    }

    /// Changes what broken rules cost.
    pub(super) fn set_prices(&mut self, prices: Prices) {
        self.prices = prices;
        for tour in 0..self.tours.len() {
            let info = self.tours[tour];
            let penalty = self.load_price(info.load) + self.warp_price(info.warp);
            self.tours[tour].penalty = penalty;
            if penalty > 0 {
                self.tours[tour].changed = self.clock;
            }
        }
    }

    /// Ends a move that has changed the links of two routes, which may be one, and is said to change the cost so much.
    pub(super) fn settle(&mut self, a: u32, b: u32, delta: i64) {
        debug_assert!(!cfg!(test) || delta < 0 || self.nodes.iter().any(|node| node.tour == NONE));
        let before = if cfg!(test) { self.priced() } else { 0 };
        self.clock += 1;
        self.refresh(a);
        if a != b {
            self.refresh(b);
        }
        debug_assert!(
            !cfg!(test) || self.priced() == before + delta,
            "{} is not {before} and {delta}",
            self.priced()
        );
    }

    /// The sum that moves make smaller.
    pub(super) fn priced(&self) -> i64 {
        let tours =
            self.tours.iter().map(|tour| tour.way + tour.penalty + self.fixed(0, tour.size)).sum::<i64>();
        tours + self.left_out()
    }

    fn left_out(&self) -> i64 {
        let sites = self.nodes.iter().zip(&self.instance.sites);
        sites.filter(|(node, _)| node.tour == NONE).map(|(_, site)| site.penalty).sum()
    }

    /// A route without stops, if there may be one more.
    pub(super) fn idle_tour(&mut self) -> Option<u32> {
        if let Some(tour) = self.idle.filter(|&tour| self.tours[tour as usize].size == 0) {
            return Some(tour);
        }
        let empty = self.tours.iter().position(|tour| tour.size == 0).map(|tour| tour as u32);
        self.idle = match empty {
            None if self.tours.len() < self.instance.vehicles => Some(self.add_tour()),
            found => found,
        };
        self.idle
    }

    /// Appends the stops of a route.
    pub(super) fn walk(&self, tour: u32, into: &mut Vec<u32>) {
        let depot = self.depot(tour);
        let mut at = self.next(depot);
        while at != depot {
            into.push(at as u32);
            at = self.next(at);
        }
    }

    /// What the plan comes to.
    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for tour in self.tours.iter().filter(|tour| tour.size > 0) {
            totals.cost += tour.way + self.instance.fixed;
            totals.excess += i64::from((tour.load - self.instance.capacity).max(0));
            totals.warp += tour.warp;
        }
        totals.cost += self.left_out();
        totals.gaps = self.nodes.iter().filter(|node| node.tour != NONE && node.arc >= NO_WAY).count() as i64;
        totals
    }
}

fn is_hopeless<M: Metric>(instance: &Instance<M>, stop: usize) -> bool {
    let (site, depot) = (&instance.sites[stop], instance.stops());
    let (there, back) = (instance.metric.outward(depot, stop), instance.metric.outward(stop, depot));
    let head = Head { depart: 0, warp: 0 }.push(there, site);
    let late = head.join(back, Tail { latest: instance.end, warp: 0 }) > 0;
    site.demand > instance.capacity || there >= NO_WAY || back >= NO_WAY || (instance.timed && late)
}
