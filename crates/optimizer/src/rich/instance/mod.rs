//! What the search over rich problems reads in its inner loops: who is near whom, by which ways, and who may drive.

use std::collections::HashMap;

mod ways;

use crate::cost::Cost;
use crate::kernel::buckets::Buckets;
use crate::kernel::instance::{AROUND, keep_least, median, round_trip};
use crate::kernel::order::ORDERS;
use crate::kernel::plan::Plan;
use crate::model::{Halt, Lateness, Problem, Skills, Solution, StopId, Stopover, VehicleSpec};
use crate::travel::UNREACHABLE;
use crate::travel::time_shapes::{TimeShapes, seconds_of};
use crate::travel::{Roads, Ways};
use ways::AllWays;

/// How many places beside neighbours a stop is tried at.
const CANDIDATES: usize = 80;
/// The same where of some places one is served, so that many near places have nobody there.
const CANDIDATES_OF_MANY: usize = 120;
/// How many seconds before its latest moment the search may think that a stop has to be left.
const LAX: i64 = 5;

/// An immutable problem for the search.
pub(crate) struct Instance<'p> {
    pub(super) problem: &'p Problem,
    pub(super) ways: AllWays<'p>,
    /// By profile: how its times change with the departure, if they do.
    courses: Vec<Option<&'p TimeShapes>>,
    /// Vehicles that are the same in everything have the same kind.
    pub(super) kinds: Vec<u32>,
    /// By vehicle: the same for vehicles that differ in what they hold and cost only.
    pub(super) classes: Vec<u32>,
    /// Whether a route could change to a vehicle of another kind for nothing but that.
    pub(super) changes: bool,
    /// By stop and dimension.
    pub(super) demands: Vec<i64>,
    /// Whether routes may exchange what is behind a stop of each: nothing has to stay together.
    pub(super) swaps_tails: bool,
    /// Whether lateness has a price anywhere.
    pub(super) priced: bool,
    /// Whether a vehicle has breaks or charges, whose places follow from its stops.
    pub(super) fits_out: bool,
    /// By stop: neighbours, times two, and one more if the stop goes before it.
    candidates: Vec<u32>,
    /// By stop: where its candidates end.
    ends: Vec<u32>,
    /// By profile and candidate: the packed arc between the two.
    arcs: Vec<Vec<i32>>,
    /// By candidate: the seconds between the two at the best hour and by the fastest profile.
    quickest: Vec<i32>,
    /// What an hour of driving costs at least.
    driving: i64,
    around: Vec<u32>,
    width: usize,
    pub(super) keys: [Vec<i32>; ORDERS],
}

impl<'p> Instance<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let stops = problem.stops.len();
        let mut instance = Self {
            problem,
            ways: AllWays::new(problem),
            courses: problem.matrices.iter().map(|ways| ways.time_shapes()).collect(),
            kinds: kinds(problem.vehicles.iter()),
            classes: kinds(problem.vehicles.iter().map(class).collect::<Vec<_>>().iter()),
            changes: false,
            swaps_tails: problem.vehicles.len() > 1 && !problem.relations.bind(),
            demands: problem.stops.iter().flat_map(|stop| stop.demand.iter().copied()).collect(),
            priced: problem.rows.iter().any(|row| row.per_minute.is_some()),
            fits_out: problem.vehicles.iter().any(|v| !v.breaks.is_empty() || v.battery.is_some()),
            candidates: Vec::new(),
            ends: Vec::new(),
            arcs: vec![Vec::new(); problem.matrices.len()],
            quickest: Vec::new(),
            driving: problem.vehicles.iter().map(|v| v.cost_per_driving_hour).min().unwrap_or(0),
            around: Vec::new(),
            width: AROUND.min(stops),
            keys: keys(problem),
        };
        let count = |of: &[u32]| of.iter().max().copied();
        // A plan that people know says who drives, so another vehicle is not for nothing there.
        instance.changes = count(&instance.kinds) > count(&instance.classes) && !problem.keeps();
        if problem.keeps() {
            // A place may be worth something because it is the one that people know.
            instance.driving = 0;
        }
        instance.find_neighbours();
        instance
    }

    /// How much longer the way to a candidate may be than the one it cuts, in seconds, for a stop that may cost no more
    /// than `bound`: by the triangle inequality the detour is at least twice that.
    #[inline]
    pub(super) fn reach(&self, bound: Cost) -> i64 {
        if self.driving == 0 { i64::MAX } else { bound.in_parts() / (2 * self.driving) }
    }

    /// The seconds between a stop and its candidate at the best hour and by the fastest profile.
    #[inline(always)]
    pub(super) fn quickest(&self, index: usize) -> i32 {
        self.quickest[index]
    }

    /// The places to try for a stop, each with its index for [`Self::arc`].
    #[inline(always)]
    pub(super) fn candidates(&self, stop: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let from = if stop == 0 { 0 } else { self.ends[stop - 1] as usize };
        (from..self.ends[stop] as usize).map(|index| (index, self.candidates[index]))
    }

    /// The packed arc between a stop and its neighbour in that profile.
    #[inline(always)]
    pub(super) fn arc(&self, matrix: usize, index: usize) -> i32 {
        self.arcs[matrix][index]
    }

    /// Seconds of a packed arc of that profile for who leaves then.
    #[inline(always)]
    pub(super) fn seconds<const CLOCKED: bool>(&self, matrix: usize, arc: i32, depart: i64) -> i64 {
        match self.courses[matrix] {
            Some(time_shapes) if CLOCKED => time_shapes.seconds(arc, depart),
            _ => i64::from(arc),
        }
    }

    /// Seconds that a packed arc of that profile takes at most.
    #[inline(always)]
    pub(super) fn most<const CLOCKED: bool>(&self, matrix: usize, arc: i32) -> i64 {
        match self.courses[matrix] {
            Some(time_shapes) if CLOCKED => time_shapes.most(arc),
            _ => i64::from(arc),
        }
    }

    /// Seconds that a packed arc of that profile takes at least.
    #[inline(always)]
    pub(super) fn least<const CLOCKED: bool>(&self, matrix: usize, arc: i32) -> i64 {
        match self.courses[matrix] {
            Some(time_shapes) if CLOCKED => time_shapes.least(arc),
            _ => i64::from(arc),
        }
    }

    /// About when to leave at the latest to be at the end of a packed arc of that profile by then, and not after that;
    /// `known` is what it takes at some time of the day.
    #[inline(always)]
    pub(super) fn leave_before<const CLOCKED: bool>(
        &self,
        matrix: usize,
        arc: i32,
        arrive: i64,
        known: i64,
    ) -> i64 {
        match self.courses[matrix] {
            Some(time_shapes) if CLOCKED => time_shapes.leave_before(arc, arrive, arrive - known, LAX),
            _ => arrive - i64::from(arc),
        }
    }

    /// When to leave at the latest to be at the end of a packed arc of that profile by then.
    #[inline(always)]
    pub(super) fn leave_by<const CLOCKED: bool>(&self, matrix: usize, arc: i32, arrive: i64) -> i64 {
        match self.courses[matrix] {
            Some(time_shapes) if CLOCKED => time_shapes.leave_by(arc, arrive),
            _ => arrive - i64::from(arc),
        }
    }

    pub(super) fn around(&self, stop: usize) -> &[u32] {
        &self.around[stop * self.width..(stop + 1) * self.width]
    }

    /// The ways of a profile that vehicles have.
    fn roads(&self, matrix: usize) -> Roads<'p> {
        Roads { ways: &self.problem.matrices[matrix], places: self.problem.places }
    }

    /// Seconds from stop to stop by the profile that is fastest there.
    pub(crate) fn far(&self, from: usize, to: usize) -> i64 {
        let (out, into) = self.ways.fastest(from, to);
        round_trip(out, into, UNREACHABLE)
    }

    /// How many stops there are.
    pub(crate) fn stops(&self) -> usize {
        self.problem.stops.len()
    }

    /// How many stops are never served because another of their alternatives is.
    pub(crate) fn spare(&self) -> usize {
        self.problem.relations.alternatives.iter().map(|all| all.len().saturating_sub(1)).sum()
    }

    pub(crate) fn vehicles(&self) -> usize {
        self.problem.vehicles.len()
    }

    /// What it costs to leave out a stop with all that cannot be served without it.
    pub(super) fn penalty(&self, stop: u32) -> Cost {
        let own = self.problem.rows[stop as usize].penalty;
        match self.problem.relations.shipment_of(StopId(stop)) {
            Some(shipment) => {
                self.problem.row(shipment.pickup).penalty + self.problem.row(shipment.delivery).penalty
            }
            None => own,
        }
    }

    /// Whether the stop stands for what is served or left out with it: it is not the delivery of a shipment.
    pub(super) fn represents(&self, stop: u32) -> bool {
        let shipment = self.problem.relations.shipment_of(StopId(stop));
        shipment.is_none_or(|shipment| shipment.delivery.0 != stop)
    }

    /// The stops that the same vehicle has to serve.
    pub(crate) fn kin(&self, stop: u32) -> &[StopId] {
        self.problem.relations.together_with(StopId(stop)).unwrap_or_default()
    }

    /// The one vehicle that may serve the stop, if it is bound to one.
    pub(crate) fn bound(&self, stop: u32) -> Option<u32> {
        self.problem.rows[stop as usize].only.map(|only| only.0)
    }

    /// The sound part of the solution. What it breaks it may go on to break.
    pub(crate) fn plan_of(&self, solution: &Solution) -> Plan {
        let solution = solution.sound(self.problem);
        let reload = |stopover: &Stopover| match stopover.what {
            Halt::Reload(place) => Some((stopover.before as u32, place as u8 + 1)),
            Halt::Break(_) | Halt::Charge(_) => None,
        };
        let reloads = |vehicle: usize| -> Vec<(u32, u8)> {
            solution.stopovers.get(vehicle).into_iter().flatten().filter_map(reload).collect()
        };
        Plan {
            reloads: if self.problem.wide { (0..self.vehicles()).map(reloads).collect() } else { Vec::new() },
            routes: solution.routes.iter().map(|route| route.iter().map(|stop| stop.0).collect()).collect(),
            vehicles: (0..self.vehicles() as u32).collect(),
            absent: solution
                .unserved
                .iter()
                .map(|stop| stop.0)
                .filter(|&stop| self.represents(stop))
                .collect(),
            ..Plan::default()
        }
    }

    /// What leaving out a stop costs in half of the cases, in parts.
    pub(crate) fn usual_penalty(&self) -> f64 {
        median(self.problem.rows.iter().map(|row| row.penalty.in_parts()).collect()) as f64
    }

    /// Whether time has a price, and not the ways alone.
    pub(crate) fn pays_time(&self) -> bool {
        let paid = |spec: &VehicleSpec| {
            spec.cost_per_hour > 0 || spec.long_day.is_some() || spec.overtime != Lateness::Hard
        };
        self.priced || self.problem.vehicles.iter().any(paid)
    }

    /// Whether it matters when a stop is served, or which of several.
    pub(crate) fn is_timed(&self) -> bool {
        let problem = self.problem;
        let last = problem.vehicles.iter().map(|vehicle| vehicle.shift.1).max().unwrap_or(0);
        let first = problem.vehicles.iter().map(|vehicle| vehicle.shift.0).min().unwrap_or(0);
        problem.rows.iter().any(|row| row.close < last || row.open > first)
            || !problem.relations.alternatives.is_empty()
    }

    /// What an arc of the plan costs on average, in parts of a [`Cost`](crate::Cost): the time it takes, at all its
    /// vehicle's prices of time.
    pub(crate) fn arc_of(&self, plan: &Plan) -> f64 {
        let (mut cost, mut arcs) = (0.0, 0_usize);
        for (route, &vehicle) in plan.routes.iter().zip(&plan.vehicles) {
            if route.is_empty() {
                continue;
            }
            let spec = &self.problem.vehicles[vehicle as usize];
            let roads = self.roads(spec.matrix.index());
            let places = route.iter().map(|&stop| self.problem.rows[stop as usize].place);
            let all: Vec<usize> = [spec.start].into_iter().chain(places).chain(spec.end).collect();
            let ways = all.windows(2).map(|pair| roads.seconds(pair[0], pair[1]));
            let seconds: i64 = ways.filter(|&way| way < UNREACHABLE).sum();
            cost += seconds as f64 * (spec.cost_per_hour + spec.cost_per_driving_hour) as f64;
            arcs += route.len() + 1;
        }
        (cost / arcs.max(1) as f64).max(1.0)
    }

    fn find_neighbours(&mut self) {
        let stops = self.problem.stops.len();
        let grid = self.points().map(|points| Buckets::new(&points));
        let mut near: Vec<(i64, u32)> = Vec::with_capacity(stops);
        let mut places: Vec<(i64, u32)> = Vec::with_capacity(2 * stops);
        let all_served = self.problem.relations.alternatives.is_empty();
        let candidates = if all_served { CANDIDATES } else { CANDIDATES_OF_MANY };
        for stop in 0..stops {
            near.clear();
            places.clear();
            let mut look = |other: usize| {
                if other == stop {
                    return;
                }
                let (out, into) = self.ways.fastest(stop, other);
                near.push((round_trip(out, into, UNREACHABLE), other as u32));
                if let Some(proximity) = self.proximity(other, stop, into) {
                    places.push((proximity, 2 * other as u32));
                }
                if let Some(proximity) = self.proximity(stop, other, out) {
                    places.push((proximity, 2 * other as u32 + 1));
                }
            };
            match &grid {
                Some(grid) => grid.near(stop, 2 * AROUND, &mut look),
                None => (0..stops).for_each(&mut look),
            }
            keep_least(&mut near, self.width - 1, |&item| item);
            self.around.push(stop as u32);
            self.around.extend(near.iter().map(|&(_, other)| other));
            keep_least(&mut places, candidates, |&item| item);
            for &(_, tagged) in &places {
                let other = (tagged >> 1) as usize;
                let (from, to) = if tagged & 1 == 1 { (stop, other) } else { (other, stop) };
                let (from, to) = (self.problem.rows[from].place, self.problem.rows[to].place);
                let mut quickest = i32::MAX;
                for matrix in 0..self.arcs.len() {
                    let arc = self.roads(matrix).packed(from, to);
                    self.arcs[matrix].push(arc);
                    let seconds = self.courses[matrix]
                        .map_or_else(|| seconds_of(arc), |time_shapes| time_shapes.least(arc));
                    quickest = quickest.min(i32::try_from(seconds).unwrap_or(i32::MAX));
                }
                self.quickest.push(quickest);
                self.candidates.push(tagged);
            }
            self.ends.push(self.candidates.len() as u32);
        }
    }

    /// Where the stops are, if that is known and there are too many of them to look at all pairs.
    fn points(&self) -> Option<Vec<(f64, f64)>> {
        let Ways::Plane(points, _) = self.problem.matrices.first()?.as_ref() else { return None };
        Some(self.problem.rows.iter().map(|row| points[row.place]).collect())
    }

    /// How far one is from the other as its successor: the way, and a part of the waiting or the lateness that cannot
    /// be avoided (Vidal, Crainic, Gendreau and Prins, 2013); none if it can never be in time.
    fn proximity(&self, from: usize, to: usize, way: i64) -> Option<i64> {
        let (a, b) = (&self.problem.rows[from], &self.problem.rows[to]);
        let late = a.open + a.service + way - b.close;
        if way >= UNREACHABLE || (late > 0 && b.per_minute.is_none()) {
            return None;
        }
        let wait = b.open - a.close - a.service - way;
        Some(way + wait.max(0) / 5 + late.max(0))
    }
}

fn kinds<'v>(vehicles: impl Iterator<Item = &'v VehicleSpec>) -> Vec<u32> {
    let mut known = HashMap::new();
    vehicles
        .map(|vehicle| {
            let next = known.len() as u32;
            *known.entry(vehicle).or_insert(next)
        })
        .collect()
}

/// The vehicle without what it holds and costs.
fn class(vehicle: &VehicleSpec) -> VehicleSpec {
    VehicleSpec {
        capacity: Vec::new(),
        fixed_cost: 0,
        cost_per_hour: 0,
        cost_per_driving_hour: 0,
        cost_per_km: 0,
        long_day: None,
        skills: Skills::default(),
        ..vehicle.clone()
    }
}

/// By order and stop: the share of a vehicle that it fills, the way from the first vehicle's start, how long its
/// window is, when it opens and when it closes.
fn keys(problem: &Problem) -> [Vec<i32>; ORDERS] {
    let Some(first) = problem.vehicles.first() else { return Default::default() };
    let roads = problem.roads(crate::VehicleId(0));
    let key = |of: &dyn Fn(usize) -> i64| -> Vec<i32> {
        let clamped = |stop| of(stop).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        (0..problem.stops.len()).map(clamped).collect()
    };
    let room: Vec<i64> = (0..problem.dims)
        .map(|dim| problem.vehicles.iter().map(|vehicle| vehicle.capacity[dim]).max().unwrap_or(0).max(1))
        .collect();
    let size = |stop: usize| -> i64 {
        let spec = &problem.stops[stop];
        let parts = spec.demand.iter().zip(&room).chain(spec.pickup.iter().zip(&room));
        parts.map(|(&demand, &room)| (demand as f64 / room as f64 * 1e6) as i64).max().unwrap_or(0)
    };
    let rows = &problem.rows;
    let way = |stop: usize| roads.seconds(first.start, rows[stop].place);
    [
        key(&|stop| -size(stop)),
        key(&|stop| -way(stop)),
        key(&way),
        key(&|stop| rows[stop].close - rows[stop].open),
        key(&|stop| rows[stop].open),
        key(&|stop| -rows[stop].close),
    ]
}
