//! A plan of a rich problem that changes: rings of nodes, one through each vehicle, with what makes the price of an
//! insertion exact in constant time where lateness has none, and in the stops that it makes later where it has.

mod idle;
mod refresh;
mod tails;
mod tried;
mod undo;
mod wide;

use super::instance::Instance;
use crate::cost::Cost;
use crate::evaluation::{Evaluator, Halts, Point, Room};
use crate::kernel::plan::{Plan, Worth};
use crate::kernel::state::{CLOSED, NONE};
use crate::kernel::working_plan::Mode;
use crate::model::{NOBODY, Problem, VehicleId, VehicleSpec};
use idle::Idle;
use tried::Tried;

/// The latest arrival at a node until it is computed: its way on is new, or is left at another time.
pub(super) const UNKNOWN: i64 = i64::MIN;

/// One stop, or a vehicle at both ends of its route.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Node {
    pub(super) prev: u32,
    pub(super) next: u32,
    pub(super) route: u32,
    /// The packed arc to the next node, and the seconds that it takes as things are.
    pub(super) way: i32,
    pub(super) arc: i32,
    /// What is done on the way here.
    pub(super) halts: Halts,
    /// When it is left at the earliest.
    pub(super) depart: i64,
    /// The latest arrival that makes nothing from here on later than its hard limit, or than it is.
    pub(super) latest: i64,
    /// From arriving here to the end of the route, without waiting.
    pub(super) tail: i64,
    /// When the route ends at the earliest because of windows from here on.
    pub(super) floor: i64,
    /// What lateness costs from here on.
    pub(super) late: Cost,
}

impl Node {
    /// Leads on from here by another way.
    #[inline]
    pub(super) fn lead(&mut self, next: u32, way: i32) {
        (self.next, self.way, self.latest) = (next, way, UNKNOWN);
    }
}

/// What is known of a route.
#[derive(Clone, Copy)]
pub(super) struct Tour<'p> {
    pub(super) spec: &'p VehicleSpec,
    pub(super) matrix: usize,
    /// Whether places in it can be known from sums: see [`State::direct`].
    pub(super) direct: bool,
    pub(super) size: u32,
    /// When the vehicle leaves its start.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) driving: i64,
    /// How long it waits at stops.
    pub(super) waiting: i64,
    /// What it costs, lateness apart.
    pub(super) price: Cost,
    pub(super) late: Cost,
    /// What it costs that people know another plan.
    pub(super) change: Cost,
    pub(super) excess: i64,
    /// Metres, millionths of a gram of CO2e, and how often it reloads.
    pub(super) metres: i64,
    pub(super) micrograms: i64,
    pub(super) reloads: u32,
    /// Whether the vehicle exists for this state.
    pub(super) here: bool,
    /// The step in which it was saved.
    pub(super) saved: u64,
    /// Whether it differs from the best plan's.
    pub(super) dirty: bool,
}

/// Whether metres do not count.
fn is_direct(spec: &VehicleSpec) -> bool {
    spec.battery.is_none() && spec.cost_per_km == 0 && spec.max_distance.is_none() && spec.emissions.is_none()
}

pub(crate) struct State<'p, const CLOCKED: bool, const WIDE: bool> {
    pub(super) instance: &'p Instance<'p>,
    pub(super) problem: &'p Problem,
    pub(super) nodes: Vec<Node>,
    pub(super) tours: Vec<Tour<'p>>,
    /// By vehicle and dimension: what else it can hold; negative if it holds too much.
    pub(super) rooms: Vec<i64>,
    /// By node, twice: the seconds of the arc from it, and of the arc to it, kept apart to be read fast; [`CLOSED`] for
    /// who is in no route.
    pub(super) cuts: Vec<i32>,
    pub(super) absent: Vec<u32>,
    pub(super) pool: Vec<u32>,
    pub(super) cost: Cost,
    pub(super) excess: i64,
    pub(super) used: usize,
    pub(super) served: usize,
    pub(super) mode: Mode,
    pub(super) idle: Idle,
    /// By how many stops a new vehicle is going to be paid.
    pub(super) hope: i64,
    /// Whether routes may change their vehicle while stops are put back.
    pub(super) changing: bool,
    pub(super) step: u64,
    pub(super) log: Vec<(u32, Node)>,
    pub(super) log_tours: Vec<(u32, Tour<'p>)>,
    pub(super) log_rooms: Vec<i64>,
    pub(super) log_absent: Vec<u32>,
    pub(super) log_sums: (Cost, i64, usize, usize),
    pub(super) dirty: Vec<u32>,
    pub(super) best: Vec<Vec<u32>>,
    pub(super) best_absent: Vec<u32>,
    pub(super) best_worth: Worth,
    /// By vehicle: the turn in which its ends were tried.
    pub(super) ends_tried: Vec<u64>,
    /// How many stops have been put back.
    pub(super) turn: u64,
    /// What wide problems need of each node, and of each node and dimension; empty for others.
    pub(super) far: Vec<Point>,
    pub(super) room: Vec<Room>,
    pub(super) evaluator: Evaluator<'p>,
    pub(super) tried: Tried,
    pub(super) log_far: Vec<Point>,
    pub(super) log_room: Vec<Room>,
    pub(super) best_reloads: Vec<Vec<(u32, u8)>>,
}

impl<'p, const CLOCKED: bool, const WIDE: bool> State<'p, CLOCKED, WIDE> {
    pub(crate) fn new(instance: &'p Instance<'p>) -> Self {
        let problem = instance.problem;
        let stops = problem.stops.len();
        let blank = Node {
            prev: NONE,
            next: NONE,
            route: NONE,
            way: 0,
            arc: 0,
            halts: Halts::NONE,
            depart: 0,
            latest: 0,
            tail: 0,
            floor: 0,
            late: Cost::ZERO,
        };
        let mut nodes = vec![blank; stops + problem.vehicles.len()];
        let tours = problem.vehicle_ids().map(|vehicle| {
            let depot = (stops + vehicle.index()) as u32;
            nodes[depot as usize] = Node { prev: depot, next: depot, route: vehicle.0, ..blank };
            let spec = problem.spec(vehicle);
            Tour {
                spec,
                matrix: spec.matrix.index(),
                direct: is_direct(spec),
                size: 0,
                start: 0,
                end: 0,
                driving: 0,
                waiting: 0,
                price: Cost::ZERO,
                late: Cost::ZERO,
                change: Cost::ZERO,
                excess: 0,
                metres: 0,
                micrograms: 0,
                reloads: 0,
                here: false,
                saved: 0,
                dirty: false,
            }
        });
        let tours: Vec<Tour<'p>> = tours.collect();
        let count = nodes.len();
        Self {
            instance,
            problem,
            rooms: vec![0; tours.len() * problem.dims],
            best: vec![Vec::new(); tours.len()],
            ends_tried: vec![0; tours.len()],
            cuts: vec![CLOSED; 2 * count],
            nodes,
            tours,
            absent: Vec::new(),
            pool: Vec::new(),
            cost: Cost::ZERO,
            excess: 0,
            used: 0,
            served: 0,
            mode: Mode::Search,
            idle: Idle::new(&instance.kinds),
            changing: false,
            hope: 1,
            step: 0,
            log: Vec::new(),
            log_tours: Vec::new(),
            log_rooms: Vec::new(),
            log_absent: Vec::new(),
            log_sums: (Cost::ZERO, 0, 0, 0),
            dirty: Vec::new(),
            best_absent: Vec::new(),
            best_worth: Worth::default(),
            turn: 0,
            far: vec![Point::default(); if WIDE { count } else { 0 }],
            room: vec![Room::default(); if WIDE { count * problem.dims } else { 0 }],
            evaluator: Evaluator::new(problem, VehicleId(0)),
            tried: Tried::default(),
            log_far: Vec::new(),
            log_room: Vec::new(),
            best_reloads: if WIDE { vec![Vec::new(); problem.vehicles.len()] } else { Vec::new() },
        }
    }

    #[inline(always)]
    pub(super) fn stops(&self) -> usize {
        self.problem.stops.len()
    }

    #[inline(always)]
    pub(super) fn depot(&self, tour: u32) -> usize {
        self.stops() + tour as usize
    }

    pub(super) fn worth(&self) -> Worth {
        Worth { excess: self.excess, cost: self.cost.in_parts() }
    }

    pub(super) fn best_worth(&self) -> Worth {
        self.best_worth
    }

    pub(super) fn load(&mut self, plan: &Plan) {
        for node in &mut self.nodes {
            node.route = NONE;
        }
        self.cuts.fill(CLOSED);
        for tour in &mut self.tours {
            (tour.here, tour.dirty, tour.size) = (false, false, 0);
        }
        let capacities = self.problem.vehicles.iter().flat_map(|vehicle| &vehicle.capacity);
        self.rooms.iter_mut().zip(capacities).for_each(|(room, capacity)| *room = *capacity);
        self.idle.clear();
        self.dirty.clear();
        self.absent.clone_from(&plan.absent);
        self.absent.sort_unstable();
        (self.used, self.served, self.excess) = (0, 0, 0);
        self.cost = self.penalties(&plan.absent);
        self.pool.clear();
        self.pool.extend(plan.routes.iter().flatten().chain(&plan.absent));
        self.step += 1;
        self.best.iter_mut().for_each(Vec::clear);
        self.best_reloads.iter_mut().for_each(Vec::clear);
        for (index, (route, &vehicle)) in plan.routes.iter().zip(&plan.vehicles).enumerate() {
            let reloads = plan.reloads.get(index).map_or(&[][..], Vec::as_slice);
            self.fill(vehicle, route, reloads);
            self.best[vehicle as usize].clone_from(route);
            if WIDE {
                self.best_reloads[vehicle as usize] = reloads.to_vec();
            }
        }
        self.best_absent.clone_from(&self.absent);
        self.best_worth = self.worth();
    }

    /// Strings stops together in the ring of a route.
    pub(super) fn string(&mut self, tour: u32, stops: &[u32]) {
        let depot = self.depot(tour);
        let mut last = depot;
        for &stop in stops {
            let way = self.way(tour, last, stop as usize);
            self.nodes[last].lead(stop, way);
            let node = &mut self.nodes[stop as usize];
            (node.prev, node.route) = (last as u32, tour);
            self.carry(tour, stop as usize, 1);
            last = stop as usize;
        }
        let way = self.way(tour, last, depot);
        self.nodes[last].lead(depot as u32, way);
        let node = &mut self.nodes[depot];
        (node.prev, node.route) = (last as u32, tour);
    }

    fn fill(&mut self, tour: u32, stops: &[u32], reloads: &[(u32, u8)]) {
        self.string(tour, stops);
        for node in stops.iter().map(|&stop| stop as usize).chain([self.depot(tour)]) {
            self.nodes[node].halts = Halts::NONE;
        }
        for &(before, place) in reloads {
            if let Some(&stop) = stops.get(before as usize) {
                self.nodes[stop as usize].halts.reload = place;
            }
        }
        let info = &mut self.tours[tour as usize];
        (info.here, info.size) = (true, stops.len() as u32);
        (info.price, info.late, info.change, info.excess) = (Cost::ZERO, Cost::ZERO, Cost::ZERO, 0);
        self.served += stops.len();
        if stops.is_empty() {
            self.idle.push(&self.instance.kinds, tour);
        } else {
            self.used += 1;
        }
        self.refresh(tour);
    }

    pub(super) fn penalties(&self, stops: &[u32]) -> Cost {
        if WIDE {
            return stops.iter().map(|&stop| self.instance.penalty(stop)).sum();
        }
        stops.iter().map(|&stop| self.problem.rows[stop as usize].penalty).sum()
    }

    fn carry(&mut self, tour: u32, stop: usize, sign: i64) {
        if WIDE {
            return;
        }
        let dims = self.problem.dims;
        let rooms = &mut self.rooms[tour as usize * dims..(tour as usize + 1) * dims];
        let demands = &self.instance.demands[stop * dims..(stop + 1) * dims];
        rooms.iter_mut().zip(demands).for_each(|(room, demand)| *room -= sign * demand);
    }

    /// Whether the vehicle may serve the stop, and has room for it.
    #[inline]
    pub(super) fn has_room(&self, tour: u32, stop: usize) -> bool {
        if self.problem.exclusions.excludes(tour, stop) {
            return false;
        }
        if WIDE {
            return self.rides_along(tour, stop);
        }
        let dims = self.problem.dims;
        let rooms = &self.rooms[tour as usize * dims..(tour as usize + 1) * dims];
        let demands = &self.instance.demands[stop * dims..(stop + 1) * dims];
        rooms.iter().zip(demands).all(|(room, demand)| *demand == 0 || demand <= room)
    }

    /// Seconds that the stop takes that vehicle.
    #[inline]
    pub(super) fn service(&self, route: u32, stop: usize) -> i64 {
        if WIDE && self.problem.by_kind {
            return self.problem.stops[stop].service_by(self.tours[route as usize].spec.kind);
        }
        self.problem.rows[stop].service
    }

    /// The packed arc from node to node for that vehicle; its own node is its start, or its end.
    #[inline]
    pub(super) fn way(&self, tour: u32, from: usize, to: usize) -> i32 {
        let (ways, stops) = (&self.instance.ways, self.stops());
        if from < stops || to < stops {
            let matrix = self.tours[tour as usize].matrix;
            return if from < stops {
                ways.onward(tour, matrix, from, to)
            } else {
                ways.there(tour, matrix, from, to)
            };
        }
        ways.looked_up(tour, from, to)
    }

    /// What it costs more, as a change of the plan that people know, if the stop goes between these two.
    #[inline]
    pub(super) fn change(&self, route: u32, before: usize, stop: usize, after: usize) -> Cost {
        let Some(own) = self.problem.kept.get(stop) else { return Cost::ZERO };
        let before = if before < self.stops() { before as u32 } else { NOBODY };
        let mut change = own.change(route, before);
        if let Some(next) = self.problem.kept.get(after) {
            change += next.change(route, stop as u32) - next.change(route, before);
        }
        change
    }

    /// Appends the stops of a route.
    pub(super) fn walk(&self, tour: u32, into: &mut Vec<u32>) {
        let depot = self.depot(tour);
        let mut at = self.nodes[depot].next as usize;
        while at != depot {
            into.push(at as u32);
            at = self.nodes[at].next as usize;
        }
    }

    fn vehicles_here(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.tours.len() as u32).filter(|&tour| self.tours[tour as usize].here)
    }

    pub(super) fn best_plan(&self) -> Plan {
        let vehicles: Vec<u32> = self.vehicles_here().collect();
        let routes = vehicles.iter().map(|&tour| self.best[tour as usize].clone()).collect();
        let Worth { excess, cost } = self.best_worth;
        let reloads = if WIDE {
            vehicles.iter().map(|&tour| self.best_reloads[tour as usize].clone()).collect()
        } else {
            Vec::new()
        };
        Plan { routes, vehicles, reloads, absent: self.best_absent.clone(), cost, excess }
    }

    pub(super) fn plan(&self) -> Plan {
        let vehicles: Vec<u32> = self.vehicles_here().collect();
        let route = |&tour: &u32| {
            let mut stops = Vec::with_capacity(self.tours[tour as usize].size as usize);
            self.walk(tour, &mut stops);
            stops
        };
        let routes = vehicles.iter().map(route).collect();
        let Worth { excess, cost } = self.worth();
        let reloads =
            if WIDE { vehicles.iter().map(|&tour| self.reloads_of(tour)).collect() } else { Vec::new() };
        Plan { routes, vehicles, reloads, absent: self.absent.clone(), cost, excess }
    }

    /// Puts an absent stop behind `before`, in the route of that node.
    pub(super) fn insert(&mut self, stop: usize, before: usize) {
        let tour = self.nodes[before].route;
        self.touch(tour);
        self.link_in(tour, stop, before);
        self.refresh(tour);
    }

    /// Puts a stop behind `before`, with nothing done on the way to it.
    pub(super) fn link_in(&mut self, tour: u32, stop: usize, before: usize) {
        let after = self.nodes[before].next as usize;
        let (there, onward) = (self.way(tour, before, stop), self.way(tour, stop, after));
        self.nodes[before].lead(stop as u32, there);
        self.nodes[after].prev = stop as u32;
        let node = &mut self.nodes[stop];
        node.lead(after as u32, onward);
        (node.prev, node.route, node.halts) = (before as u32, tour, Halts::NONE);
        self.carry(tour, stop, 1);
        let info = &mut self.tours[tour as usize];
        info.size += 1;
        if info.size == 1 {
            self.used += 1;
            self.idle.remove(&self.instance.kinds, tour);
        }
        self.served += 1;
    }

    /// Says that a stop is in no route.
    #[inline]
    pub(super) fn take_out(&mut self, stop: usize) {
        self.nodes[stop].route = NONE;
        self.cuts[2 * stop..2 * stop + 2].fill(CLOSED);
    }

    pub(super) fn remove(&mut self, first: usize, count: usize, removed: &mut Vec<u32>) {
        if WIDE {
            self.remove_wide(&[(first, count)], removed);
            return;
        }
        let tour = self.nodes[first].route;
        self.touch(tour);
        let before = self.nodes[first].prev as usize;
        let mut at = first;
        for _ in 0..count {
            self.take_out(at);
            self.carry(tour, at, -1);
            removed.push(at as u32);
            at = self.nodes[at].next as usize;
        }
        let arc = self.way(tour, before, at);
        self.nodes[before].lead(at as u32, arc);
        self.nodes[at].prev = before as u32;
        let info = &mut self.tours[tour as usize];
        info.size -= count as u32;
        if info.size == 0 {
            self.used -= 1;
            self.idle.push(&self.instance.kinds, tour);
        }
        self.served -= count;
        self.refresh(tour);
    }

    /// The vehicle that alone may serve the stop.
    pub(super) fn only(&self, stop: usize) -> Option<VehicleId> {
        self.problem.rows[stop].only
    }

    pub(super) fn is_here(&self, tour: u32) -> bool {
        self.tours[tour as usize].here
    }
}
