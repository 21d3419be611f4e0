//! A route of any kind, computed in full: when its vehicle is where, what is aboard, how far the battery lasts, what it
//! costs and what it breaks; and, for each stop, what lets an insertion beside it be judged without walking the route.
//!
//! What all of it means is said in `docs/optimizer.md`, section 8. The checker ([`crate::check`]) computes the same on its own.

mod arc;
mod fit;
mod load;
mod pass;

use crate::cost::{Cost, Score};
use crate::model::{Halt, Problem, Solution, StopId, Stopover, VehicleId, VehicleSpec};
use crate::travel::Roads;

pub(crate) use arc::{Halts, Ride, Trip, ride};
pub(crate) use load::Room;
pub(crate) use pass::{distance_cost, opening};

/// Earlier than any time, with room for taking from it.
pub(crate) const LONG_AGO: i64 = i64::MIN / 4;

/// One stop of a route as it is given: which, by which way from the stop before, and what is done before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) stop: u32,
    /// The packed arc from the stop before, or from the start.
    pub(crate) way: i32,
    pub(crate) halts: Halts,
}

/// One stop of a route, or its end, as it comes out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub(crate) halts: Halts,
    /// From leaving the stop before to arriving: seconds without waiting, the earliest arrival because of what is done on
    /// the way, and the latest leaving because of it.
    pub(crate) ride: i64,
    pub(crate) not_before: i64,
    pub(crate) leave_by: i64,
    /// Seconds of driving, and metres, on the way there.
    pub(crate) drive: i64,
    pub(crate) metres: i64,
    pub(crate) arrive: i64,
    pub(crate) begin: i64,
    pub(crate) depart: i64,
    /// The latest arrival that makes nothing from here on later than its hard limit, or than it is.
    pub(crate) latest: i64,
    /// From arriving here to the end of the route, without waiting.
    pub(crate) tail: i64,
    /// When the route ends at the earliest because of what comes from here on.
    pub(crate) floor: i64,
    /// What lateness costs from here on.
    pub(crate) late: Cost,
    /// Seconds from leaving the start to leaving here, without waiting, and the latest leaving of the start with nothing
    /// before here later than it may be.
    pub(crate) run: i64,
    pub(crate) slack: i64,
    /// Seconds from leaving on the trip to leaving here, without waiting, and the latest leaving on it with nothing before
    /// here later than it may be.
    pub(crate) trip_run: i64,
    pub(crate) trip_slack: i64,
    /// The how-manieth trip it is, and when its goods are released.
    pub(crate) trip: u32,
    pub(crate) release: i64,
    /// Seconds driven and metres from the start up to arriving here.
    pub(crate) driven: i64,
    pub(crate) gone: i64,
    /// Metres driven since the last charge on arriving here, for how many the battery lasts from here, and metres from
    /// here to the next charge.
    pub(crate) used: i64,
    pub(crate) left: i64,
    pub(crate) ahead: i64,
    /// Metres from the beginning of the trip to here, and from here to the end of the trip.
    pub(crate) trip_before: i64,
    pub(crate) trip_after: i64,
}

/// What a route comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    /// When it leaves its start.
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) driving: i64,
    pub(crate) waiting: i64,
    pub(crate) metres: i64,
    /// CO2e, in millionths of a gram.
    pub(crate) micrograms: i64,
    pub(crate) late: Cost,
    pub(crate) change: Cost,
    /// What it costs without lateness and changes.
    pub(crate) price: Cost,
    pub(crate) excess: i64,
    /// How many metres it drives beyond its range.
    pub(crate) stranded: i64,
}

impl Sums {
    pub(crate) fn score(&self) -> Score {
        Score { excess: self.excess, cost: self.price + self.late + self.change }
    }
}

/// The plan with breaks and charges where they fit best; those that it has are not kept.
#[must_use]
pub fn fitted_out(problem: &Problem, solution: &Solution) -> Solution {
    let needs = |spec: &VehicleSpec| !spec.breaks.is_empty() || spec.battery.is_some();
    let mut fitted = solution.clone();
    if problem.vehicles.is_empty() || !problem.vehicles.iter().any(needs) {
        return fitted;
    }
    let mut evaluator = Evaluator::new(problem, VehicleId(0));
    fitted.stopovers.resize(problem.vehicles.len(), Vec::new());
    for vehicle in problem.vehicle_ids().filter(|&vehicle| needs(problem.spec(vehicle))) {
        let known = |stop: &StopId| stop.index() < problem.stops.len();
        let stops: Vec<StopId> =
            solution.routes.get(vehicle.index()).into_iter().flatten().copied().filter(known).collect();
        evaluator.take(vehicle, &stops, &fitted.stopovers[vehicle.index()]);
        evaluator.fit_out();
        fitted.stopovers[vehicle.index()] = evaluator.stopovers();
    }
    fitted
}

/// Computes routes, one after the other.
pub(crate) struct Evaluator<'p> {
    problem: &'p Problem,
    vehicle: VehicleId,
    spec: &'p VehicleSpec,
    roads: Roads<'p>,
    /// The stops, and what is given of them.
    legs: Vec<Leg>,
    /// The way from the last stop to the end, and what is done before it.
    home: (i32, Halts),
    /// By stop, and one more for the end.
    pub(crate) points: Vec<Point>,
    /// By stop (and the end) and dimension.
    pub(crate) rooms: Vec<Room>,
    pub(crate) sums: Sums,
    /// By trip: when its last goods are released.
    releases: Vec<i64>,
    /// By stop and dimension: what it delivers and picks up, and what of it is a shipment's.
    flows: Vec<(i64, i64, i64)>,
    /// Stops whose shipment the route does not have whole and in order; nothing of it is aboard anywhere.
    torn: Vec<u32>,
}

impl<'p> Evaluator<'p> {
    pub(crate) fn new(problem: &'p Problem, vehicle: VehicleId) -> Self {
        Self {
            problem,
            vehicle,
            spec: problem.spec(vehicle),
            roads: problem.roads(vehicle),
            legs: Vec::new(),
            home: (0, Halts::NONE),
            points: Vec::new(),
            rooms: Vec::new(),
            sums: Sums::default(),
            releases: Vec::new(),
            flows: Vec::new(),
            torn: Vec::new(),
        }
    }

    /// Turns to another vehicle, without a route.
    pub(crate) fn turn_to(&mut self, vehicle: VehicleId) {
        self.vehicle = vehicle;
        self.spec = self.problem.spec(vehicle);
        self.roads = self.problem.roads(vehicle);
        self.legs.clear();
        self.torn.clear();
        self.home = (0, Halts::NONE);
    }

    /// Appends a stop to the route.
    pub(crate) fn push(&mut self, leg: Leg) {
        self.legs.push(leg);
    }

    /// Says what comes behind the last stop.
    pub(crate) fn end_with(&mut self, way: i32, halts: Halts) {
        self.home = (way, halts);
    }

    /// Takes up a route as a solution has it.
    pub(crate) fn take(&mut self, vehicle: VehicleId, stops: &[StopId], stopovers: &[Stopover]) {
        self.turn_to(vehicle);
        let mut place = self.spec.start;
        for (position, &stop) in stops.iter().enumerate() {
            let to = self.problem.row(stop).place;
            let halts =
                Halts::of(stopovers.iter().filter(|over| over.before == position).map(|over| over.what));
            self.legs.push(Leg { stop: stop.0, way: self.roads.packed(place, to), halts });
            place = to;
        }
        let position = |stop: StopId| stops.iter().position(|other| *other == stop);
        let relations = &self.problem.relations;
        let torn = |stop: &&StopId| {
            relations.shipment_of(**stop).is_some_and(|shipment| {
                let ends = position(shipment.pickup).zip(position(shipment.delivery));
                ends.is_none_or(|(pickup, delivery)| pickup > delivery)
            })
        };
        self.torn.extend(stops.iter().filter(torn).map(|stop| stop.0));
        let way = self.spec.end.map_or(0, |end| self.roads.packed(place, end));
        let behind = stopovers.iter().filter(|over| over.before >= stops.len());
        self.home = (way, Halts::of(behind.map(|over| over.what)));
    }

    /// Computes the route as it is given.
    pub(crate) fn evaluate(&mut self) {
        self.start();
        self.go();
    }

    /// Computes the route with its breaks and charges where they fit best; those that are given are not kept.
    pub(crate) fn fit_out(&mut self) {
        self.start();
        self.fit();
    }

    fn start(&mut self) {
        // What is left of another route is written over.
        self.points.resize(self.legs.len() + 1, Point::default());
        for (point, leg) in self.points.iter_mut().zip(&self.legs) {
            point.halts = leg.halts;
        }
        self.points[self.legs.len()].halts = self.home.1;
    }

    /// When what is done between the stops begins and ends.
    pub(crate) fn halts(&self) -> Vec<(Stopover, i64, i64)> {
        let mut all = Vec::new();
        for (before, point) in self.points.iter().enumerate().filter(|(_, point)| !point.halts.is_none()) {
            let seen = self.halts_before(before, point.halts);
            all.extend(seen.into_iter().map(|(what, from, to)| (Stopover { before, what }, from, to)));
        }
        all
    }

    /// When the vehicle can leave its start: with its shift, and with the goods of its first trip if it is not out yet.
    pub(crate) fn earliest(&self) -> i64 {
        if self.spec.under_way {
            return self.spec.shift.0;
        }
        self.spec.shift.0.max(self.releases.first().copied().unwrap_or(LONG_AGO))
    }

    /// Whether the vehicle has nothing to do.
    fn is_idle(&self) -> bool {
        self.legs.is_empty() && !self.spec.under_way
    }

    /// What is done between the stops, in order.
    pub(crate) fn stopovers(&self) -> Vec<Stopover> {
        let mut all = Vec::new();
        for (before, point) in self.points.iter().enumerate() {
            all.extend(point.halts.each().map(|what| Stopover { before, what }));
        }
        all
    }

    /// Where the stop of that position is; the end of the route behind the last; none behind an open end.
    fn place(&self, position: usize) -> Option<usize> {
        match self.legs.get(position) {
            Some(leg) => Some(self.problem.rows[leg.stop as usize].place),
            None => self.spec.end,
        }
    }

    /// Where the vehicle comes from on its way to that position.
    fn place_before(&self, position: usize) -> usize {
        let before = position.checked_sub(1).and_then(|before| self.legs.get(before));
        before.map_or(self.spec.start, |leg| self.problem.rows[leg.stop as usize].place)
    }

    /// The place of a halt that has one of its own.
    fn place_of(&self, halt: Halt) -> Option<usize> {
        match halt {
            Halt::Break(_) => None,
            Halt::Reload(index) => self.spec.reloads.as_ref()?.places.get(index).copied(),
            Halt::Charge(index) => self.spec.battery.as_ref()?.stations.get(index).copied(),
        }
    }
}
