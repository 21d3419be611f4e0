//! A plan that changes: rings of nodes, each with what makes an insertion beside it judged in constant time.
//!
//! Every route is a ring through a node of its own that stands for the depot at both ends. Each node knows when it is
//! left at the earliest and how late it may be reached, so an insertion needs two additions and two comparisons
//! (Christiaens and Vanden Berghe, 2020; the feasible half of Vidal et al., 2013). Routes are saved when they are first
//! touched in a step, so that a step can be undone in the time it took.

mod aboard;
mod raise;
mod recreate;
mod tails;
mod working_plan;

use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;

/// No route: the stop is absent.
pub(crate) const NONE: u32 = u32::MAX;
/// The arc beside a stop that is in no route: so short that nothing is ever put there.
pub(crate) const CLOSED: i32 = i32::MIN / 4;

/// One stop, or the depot of one route.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Node {
    pub(crate) prev: u32,
    pub(crate) next: u32,
    pub(crate) route: u32,
    /// When it is left at the earliest.
    pub(crate) depart: i32,
    /// The latest beginning of service that keeps everything behind it in time.
    pub(crate) latest: i32,
    /// The way to the next node.
    pub(crate) arc: i32,
    /// The most that is aboard up to and on the way to the next node, and the most from that way on, where anything is
    /// picked up.
    pub(crate) front: i32,
    pub(crate) rear: i32,
}

const BLANK: Node =
    Node { prev: NONE, next: NONE, route: NONE, depart: 0, latest: 0, arc: 0, front: 0, rear: 0 };

/// What is known of a route.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tour {
    pub(crate) load: i32,
    pub(crate) size: u32,
    /// The step in which it was saved.
    saved: u64,
    /// Whether it differs from the best plan's route of the same index.
    dirty: bool,
    /// Whether it is on the stack of idle routes.
    idle: bool,
}

pub(crate) struct State<'a, M, const TIMED: bool> {
    pub(crate) instance: &'a Instance<M>,
    pub(crate) nodes: Vec<Node>,
    /// How long the arcs behind and before each node are, side by side, so that most places are ruled out without a
    /// look at their nodes.
    pub(crate) cuts: Vec<i32>,
    pub(crate) tours: Vec<Tour>,
    pub(crate) absent: Vec<u32>,
    /// All stops that exist for this state.
    pub(crate) pool: Vec<u32>,
    pub(crate) cost: i64,
    pub(crate) used: usize,
    /// How many stops are in routes.
    pub(crate) served: usize,
    /// Most routes this state may have.
    pub(crate) most: usize,
    /// A removal left a route that cannot keep its windows.
    pub(crate) broken: bool,
    /// Stops come in whatever they cost, and vehicles cost nothing: for a first plan, as one stop alone may not be
    /// worth a vehicle that many are.
    pub(crate) lifted: bool,
    /// By how many stops a new vehicle is going to be paid.
    pub(crate) hope: i64,
    /// What leaving a stop out costs more than its penalty.
    pub(super) raise: i64,
    idle: Vec<u32>,
    step: u64,
    log: Vec<(u32, Node)>,
    log_tours: Vec<(u32, Tour)>,
    log_absent: Vec<u32>,
    log_sums: (i64, usize, usize),
    dirty: Vec<u32>,
    best: Vec<Vec<u32>>,
    pub(super) best_absent: Vec<u32>,
    pub(crate) best_cost: i64,
}

impl<'a, M: Metric, const TIMED: bool> State<'a, M, TIMED> {
    pub(crate) fn new(instance: &'a Instance<M>) -> Self {
        Self {
            instance,
            nodes: vec![BLANK; instance.stops()],
            cuts: Vec::new(),
            tours: Vec::new(),
            absent: Vec::new(),
            pool: Vec::new(),
            cost: 0,
            used: 0,
            served: 0,
            most: 0,
            broken: false,
            lifted: false,
            hope: 1,
            raise: 0,
            idle: Vec::new(),
            step: 0,
            log: Vec::new(),
            log_tours: Vec::new(),
            log_absent: Vec::new(),
            log_sums: (0, 0, 0),
            dirty: Vec::new(),
            best: Vec::new(),
            best_absent: Vec::new(),
            best_cost: 0,
        }
    }

    /// Takes up a plan, or the part of one; `most` is how many routes it may have. Stops that are not in it do not
    /// exist for this state.
    pub(crate) fn load(&mut self, plan: &Plan, most: usize) {
        for node in &mut self.nodes[..self.instance.stops()] {
            node.route = NONE;
        }
        self.nodes.truncate(self.instance.stops());
        self.cuts.clear();
        self.cuts.resize(2 * self.instance.stops(), CLOSED);
        self.tours.clear();
        self.idle.clear();
        self.dirty.clear();
        self.absent.clone_from(&plan.absent);
        self.absent.sort_unstable();
        (self.used, self.served, self.most, self.broken) = (0, 0, most.max(plan.routes.len()), false);
        self.cost = self.penalties(&plan.absent);
        self.pool.clear();
        self.pool.extend(plan.routes.iter().flatten().chain(&plan.absent));
        self.step += 1;
        for route in &plan.routes {
            let tour = self.add_tour();
            self.fill(tour, route);
        }
        self.best.clone_from(&plan.routes);
        self.best_absent.clone_from(&self.absent);
        self.best_cost = self.cost;
        for tour in &mut self.tours {
            tour.dirty = false;
        }
        self.dirty.clear();
    }

    /// Replaces an empty route by the given stops, which must be in none.
    fn fill(&mut self, tour: u32, stops: &[u32]) {
        let depot = self.depot(tour);
        let mut last = depot;
        for &stop in stops {
            let arc = self.distance(last, stop as usize);
            self.link(last, stop as usize, arc);
            self.cost += i64::from(arc);
            let node = &mut self.nodes[stop as usize];
            node.route = tour;
            // So that the sweeps below see a change.
            (node.depart, node.latest) = (i32::MIN, i32::MIN);
            self.tours[tour as usize].load += self.instance.sites[stop as usize].demand;
            last = stop as usize;
        }
        let arc = self.distance(last, depot);
        self.cost += i64::from(arc);
        self.link(last, depot, arc);
        self.tours[tour as usize].size = stops.len() as u32;
        self.served += stops.len();
        if !stops.is_empty() {
            self.used += 1;
            self.cost += self.instance.fixed;
        }
        self.forward(depot);
        self.backward(depot);
        self.weigh(tour);
    }

    fn add_tour(&mut self) -> u32 {
        let tour = self.tours.len() as u32;
        let depot = self.nodes.len() as u32;
        self.tours.push(Tour::default());
        self.nodes.push(Node { prev: depot, next: depot, route: tour, latest: self.instance.end, ..BLANK });
        self.cuts.extend([0, 0]);
        self.best.resize(self.tours.len().max(self.best.len()), Vec::new());
        tour
    }

    /// Makes one node follow another.
    #[inline(always)]
    pub(super) fn link(&mut self, from: usize, to: usize, arc: i32) {
        let node = &mut self.nodes[from];
        (node.next, node.arc) = (to as u32, arc);
        self.nodes[to].prev = from as u32;
        self.cuts[2 * from] = arc;
        self.cuts[2 * to + 1] = arc;
    }

    #[inline(always)]
    pub(crate) fn depot(&self, tour: u32) -> usize {
        self.instance.stops() + tour as usize
    }

    /// The index of a node in the metric: all depots are one.
    #[inline(always)]
    pub(crate) fn place(&self, node: usize) -> usize {
        node.min(self.instance.stops())
    }

    #[inline(always)]
    pub(crate) fn distance(&self, from: usize, to: usize) -> i32 {
        self.instance.metric.outward(self.place(from), self.place(to))
    }

    /// A route without stops, if there may be one more.
    pub(crate) fn idle_tour(&mut self) -> Option<u32> {
        if self.used >= self.most {
            return None;
        }
        while let Some(&tour) = self.idle.last() {
            if self.tours[tour as usize].size == 0 {
                return Some(tour);
            }
            self.tours[tour as usize].idle = false;
            self.idle.pop();
        }
        let tour = self.add_tour();
        self.rest(tour);
        Some(tour)
    }

    pub(super) fn rest(&mut self, tour: u32) {
        let info = &mut self.tours[tour as usize];
        if !info.idle {
            info.idle = true;
            self.idle.push(tour);
        }
    }

    /// Begins a step that may be undone.
    pub(crate) fn begin(&mut self) {
        self.step += 1;
        self.broken = false;
        self.log.clear();
        self.log_tours.clear();
        self.log_absent.clone_from(&self.absent);
        self.log_sums = (self.cost, self.used, self.served);
    }

    /// Whether a route has been changed in this step.
    pub(crate) fn is_touched(&self, tour: u32) -> bool {
        self.tours[tour as usize].saved == self.step
    }

    /// Saves a route before its first change in this step.
    #[inline]
    pub(crate) fn touch(&mut self, tour: u32) {
        let info = &mut self.tours[tour as usize];
        if info.saved == self.step {
            return;
        }
        info.saved = self.step;
        self.log_tours.push((tour, *info));
        let depot = self.instance.stops() + tour as usize;
        let mut at = depot;
        loop {
            let node = self.nodes[at];
            self.log.push((at as u32, node));
            at = node.next as usize;
            if at == depot {
                return;
            }
        }
    }

    /// Puts everything back to where it was at [`Self::begin`].
    pub(crate) fn undo(&mut self) {
        for index in 0..self.log_absent.len() {
            let stop = self.log_absent[index] as usize;
            self.nodes[stop].route = NONE;
            self.cuts[2 * stop..2 * stop + 2].fill(CLOSED);
        }
        for &(index, node) in &self.log {
            self.nodes[index as usize] = node;
            self.cuts[2 * index as usize] = node.arc;
            self.cuts[2 * node.next as usize + 1] = node.arc;
        }
        for index in 0..self.log_tours.len() {
            let (tour, saved) = self.log_tours[index];
            let info = &mut self.tours[tour as usize];
            (info.load, info.size) = (saved.load, saved.size);
            if saved.size == 0 {
                self.rest(tour);
            }
        }
        std::mem::swap(&mut self.absent, &mut self.log_absent);
        (self.cost, self.used, self.served) = self.log_sums;
    }

    /// Keeps what this step changed; remembers the plan if it is the best so far.
    pub(crate) fn keep(&mut self) -> bool {
        for &(tour, _) in &self.log_tours {
            let info = &mut self.tours[tour as usize];
            if !info.dirty {
                info.dirty = true;
                self.dirty.push(tour);
            }
        }
        if self.cost >= self.best_cost {
            return false;
        }
        self.best_cost = self.cost;
        for index in 0..self.dirty.len() {
            let tour = self.dirty[index];
            self.tours[tour as usize].dirty = false;
            let mut stops = std::mem::take(&mut self.best[tour as usize]);
            stops.clear();
            self.walk(tour, &mut stops);
            self.best[tour as usize] = stops;
        }
        self.dirty.clear();
        self.best_absent.clone_from(&self.absent);
        true
    }

    /// Takes all stops out of the route whose stops have been absent least, and does without it from now on.
    pub(crate) fn give_up_route(&mut self, absences: &[u64]) {
        let mut stops = Vec::new();
        let mut least = None;
        for tour in (0..self.tours.len() as u32).filter(|&tour| self.tours[tour as usize].size > 0) {
            stops.clear();
            self.walk(tour, &mut stops);
            let sum: u64 = stops.iter().map(|&stop| absences[stop as usize]).sum();
            if least.is_none_or(|(least, _, _)| sum < least) {
                least = Some((sum, tour, stops.len()));
            }
        }
        let Some((_, tour, size)) = least else { return };
        self.begin();
        let first = self.nodes[self.depot(tour)].next as usize;
        let mut absent = std::mem::take(&mut self.absent);
        let already = absent.len();
        self.remove(first, size, &mut absent);
        self.cost += self.penalties(&absent[already..]);
        self.absent = absent;
        self.keep();
        self.most = self.used;
    }

    /// Appends the stops of a route.
    pub(crate) fn walk(&self, tour: u32, into: &mut Vec<u32>) {
        let depot = self.depot(tour);
        let mut at = self.nodes[depot].next as usize;
        while at != depot {
            into.push(at as u32);
            at = self.nodes[at].next as usize;
        }
    }

    /// The best plan since [`Self::load`].
    pub(crate) fn best_plan(&self) -> Plan {
        let routes = self.best.iter().filter(|route| !route.is_empty()).cloned().collect();
        Plan { routes, absent: self.best_absent.clone(), cost: self.best_cost_unraised(), ..Plan::default() }
    }

    /// The plan as it is.
    pub(crate) fn plan(&self) -> Plan {
        let mut routes = Vec::with_capacity(self.used);
        for tour in 0..self.tours.len() {
            if self.tours[tour].size > 0 {
                let mut stops = Vec::with_capacity(self.tours[tour].size as usize);
                self.walk(tour as u32, &mut stops);
                routes.push(stops);
            }
        }
        let cost = self.cost - self.raise * self.absent.len() as i64;
        Plan { routes, absent: self.absent.clone(), cost, ..Plan::default() }
    }

    /// Puts an absent stop behind `before`, at an extra way of `extra`.
    pub(crate) fn insert(&mut self, stop: usize, before: usize, extra: i32) {
        let tour = self.nodes[before].route;
        self.touch(tour);
        let after = self.nodes[before].next as usize;
        let (there, onward) = (self.distance(before, stop), self.distance(stop, after));
        let site = &self.instance.sites[stop];
        self.link(before, stop, there);
        self.link(stop, after, onward);
        let node = &mut self.nodes[stop];
        (node.route, node.depart, node.latest) = (tour, i32::MIN, i32::MIN);
        let info = &mut self.tours[tour as usize];
        if info.size == 0 {
            self.used += 1;
            self.cost += self.instance.fixed;
        }
        info.size += 1;
        info.load += site.demand;
        self.served += 1;
        self.cost += i64::from(extra);
        self.forward(before);
        self.backward(after);
        self.weigh(tour);
    }

    /// Takes `count` stops out, from `first` on, all of one route.
    pub(crate) fn remove(&mut self, first: usize, count: usize, removed: &mut Vec<u32>) {
        let tour = self.nodes[first].route;
        self.touch(tour);
        let before = self.nodes[first].prev as usize;
        let mut saved = i64::from(self.nodes[before].arc);
        let mut load = 0;
        let mut at = first;
        for _ in 0..count {
            let node = &mut self.nodes[at];
            node.route = NONE;
            self.cuts[2 * at..2 * at + 2].fill(CLOSED);
            saved += i64::from(node.arc);
            load += self.instance.sites[at].demand;
            removed.push(at as u32);
            at = node.next as usize;
        }
        let arc = if at == before { 0 } else { self.distance(before, at) };
        self.link(before, at, arc);
        self.cost += i64::from(arc) - saved;
        let info = &mut self.tours[tour as usize];
        info.size -= count as u32;
        info.load -= load;
        self.served -= count;
        if info.size == 0 {
            self.used -= 1;
            self.cost -= self.instance.fixed;
            self.rest(tour);
        }
        self.forward(before);
        self.backward(at);
        self.weigh(tour);
        if TIMED && self.nodes[before].depart.saturating_add(arc) > self.nodes[at].latest {
            self.broken = true;
        }
    }

    /// Recomputes departures behind a node until one is what it was.
    #[inline]
    pub(super) fn forward(&mut self, from: usize) {
        if !TIMED {
            return;
        }
        let stops = self.instance.stops();
        let mut here = self.nodes[from];
        loop {
            let at = here.next as usize;
            if at >= stops {
                return;
            }
            let site = &self.instance.sites[at];
            let depart = here.depart.saturating_add(here.arc).max(site.open) + site.service;
            let node = &mut self.nodes[at];
            if node.depart == depart {
                return;
            }
            node.depart = depart;
            here = *node;
        }
    }

    /// Recomputes the latest beginnings before a node until one is what it was.
    #[inline]
    pub(super) fn backward(&mut self, from: usize) {
        if !TIMED {
            return;
        }
        let stops = self.instance.stops();
        let mut here = self.nodes[from];
        loop {
            let at = here.prev as usize;
            if at >= stops {
                return;
            }
            let site = &self.instance.sites[at];
            let node = &mut self.nodes[at];
            let latest = here.latest.saturating_sub(node.arc + site.service).min(site.close);
            if node.latest == latest {
                return;
            }
            node.latest = latest;
            here = *node;
        }
    }
}
