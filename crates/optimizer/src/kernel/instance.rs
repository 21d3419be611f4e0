//! What the kernel searches on: the problem with everything it needs side by side in memory, measured from the start
//! of the shift, in 32 bits.
//!
//! It takes problems with one kind of vehicle, one depot, one dimension of load at most (delivered or picked up), hard
//! windows, and a price on driving only. The search's unit of cost is one second of driving.

use std::ops::Add;

use crate::builder::wide_checks::is_beyond_pickups;
use crate::model::{Lateness, Problem, VehicleId, VehicleSpec};
use crate::travel::UNREACHABLE;
use crate::travel::{Roads, Ways};

use super::buckets::Buckets;
use super::metric::{End, Metric, NO_WAY, Plane, Table};
use super::order::ORDERS;

/// The latest point in time, in seconds from the start of the shift: eight years, whatever the windows say.
const HORIZON: i64 = 1 << 28;
/// How many places beside neighbours a stop is tried at, where windows matter and where they do not.
const CANDIDATES: (usize, usize) = (200, 260);
/// How many stops around one may lose a string together with it.
pub(crate) const AROUND: usize = 100;

/// Up to this many stops, plans are bred.
const BRED: usize = 300;

/// What is known of a stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) open: i32,
    pub(crate) close: i32,
    pub(crate) service: i32,
    pub(crate) demand: i32,
    /// What leaving it out costs.
    pub(crate) penalty: i64,
}

/// A place where a stop may go: behind or before a neighbour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// The neighbour, times two, and one more if the stop goes before it.
    pub(crate) tagged: u32,
    /// The way between them.
    pub(crate) arc: i32,
}

impl Candidate {
    #[inline(always)]
    pub(crate) fn node(self) -> usize {
        (self.tagged >> 1) as usize
    }

    #[inline(always)]
    pub(crate) fn before(self) -> bool {
        self.tagged & 1 == 1
    }
}

/// An immutable problem for the kernel.
pub(crate) struct Instance<M> {
    pub(crate) metric: M,
    pub(crate) sites: Vec<Site>,
    /// What is picked up at each stop; empty if nothing is anywhere.
    pub(crate) pickups: Vec<i32>,
    pub(crate) capacity: i32,
    pub(crate) vehicles: usize,
    /// What using a vehicle costs.
    pub(crate) fixed: i64,
    /// When the shift ends.
    pub(crate) end: i32,
    candidates: Vec<Candidate>,
    candidate_ends: Vec<u32>,
    around: Vec<u32>,
    around_width: usize,
    /// By order and stop: the key to sort by.
    pub(crate) keys: [Vec<i32>; ORDERS],
    /// Whether windows or the shift can ever matter.
    pub(crate) timed: bool,
}

/// A problem of the kernel with its metric.
pub(crate) enum AnyInstance {
    Table(Instance<Table>),
    Plane(Instance<Plane>),
}

impl AnyInstance {
    /// The problem as the kernel takes it, or none if it has something that the kernel does not know.
    pub(crate) fn of(problem: &Problem) -> Option<Self> {
        let spec = problem.vehicle(VehicleId(0))?;
        if problem.stops.is_empty() || is_beyond_pickups(problem) || !is_plain(problem, spec) {
            return None;
        }
        let size = problem.stops.len() + 1;
        let roads = problem.roads(VehicleId(0));
        match roads.ways {
            Ways::Plane(all, rounding) => {
                let places = problem.rows.iter().map(|row| row.place).chain([spec.start]);
                let points = places.map(|place| all[place]).collect();
                let end = match spec.end {
                    Some(end) if end == spec.start => End::Start,
                    Some(end) => End::At(all[end]),
                    None => End::Anywhere,
                };
                Instance::new(problem, spec, Plane { points, rounding: *rounding, end }).map(Self::Plane)
            }
            _ => {
                let table = Table::new(size, |from, to| distance(problem, spec, roads, from, to));
                Instance::new(problem, spec, table).map(Self::Table)
            }
        }
    }
}

/// Whether all that the problem has is known to the kernel.
fn is_plain(problem: &Problem, spec: &VehicleSpec) -> bool {
    let ranges = spec.shift.1 >= spec.shift.0
        && problem.dims <= 1
        && !problem.is_clocked()
        && !problem.keeps()
        && problem.exclusions.is_empty()
        && spec.cost_per_driving_hour > 0
        && spec.cost_per_hour == 0
        && spec.long_day.is_none()
        && !spec.under_way
        && spec.overtime == Lateness::Hard;
    let load: i64 =
        problem.stops.iter().flat_map(|stop| stop.demand.first().into_iter().chain(&stop.pickup)).sum();
    ranges
        && load < i64::from(i32::MAX / 4)
        && problem.vehicles.iter().all(|other| other == spec)
        && problem.stops.iter().all(|stop| {
            stop.lateness == Lateness::Hard
                && stop.only_vehicle.is_none()
                && stop.window.0 - spec.shift.0 < HORIZON
                && stop.service < HORIZON / 4
        })
}

fn distance(problem: &Problem, spec: &VehicleSpec, roads: Roads<'_>, from: usize, to: usize) -> i32 {
    let stops = problem.rows.len();
    let seconds = match (from < stops, to < stops) {
        (true, true) => roads.seconds(problem.rows[from].place, problem.rows[to].place),
        (false, true) => roads.seconds(spec.start, problem.rows[to].place),
        (true, false) => spec.end.map_or(0, |end| roads.seconds(problem.rows[from].place, end)),
        (false, false) => 0,
    };
    if seconds == UNREACHABLE { NO_WAY } else { seconds as i32 }
}

impl<M: Metric> Instance<M> {
    /// None if a route may go on after the kernel's horizon.
    fn new(problem: &Problem, spec: &VehicleSpec, metric: M) -> Option<Self> {
        let stops = problem.rows.len();
        let rate = spec.cost_per_driving_hour;
        let base = spec.shift.0;
        let seconds = |units: i64| (i128::from(units) * 3600 / i128::from(rate)) as i64;
        let sites: Vec<Site> = problem
            .stops
            .iter()
            .map(|stop| Site {
                open: (stop.window.0 - base).max(0) as i32,
                close: (stop.window.1 - base).clamp(-1, HORIZON) as i32,
                service: stop.service as i32,
                demand: stop.demand.first().map_or(0, |&demand| demand as i32),
                penalty: seconds(stop.unserved_penalty),
            })
            .collect();
        let end = (spec.shift.1 - base).min(HORIZON) as i32;
        let capacity = spec.capacity.first().map_or(i32::MAX / 4, |&c| c.min(i64::from(i32::MAX / 4)) as i32);
        let pickups: Vec<i32> =
            problem.stops.iter().map(|stop| stop.pickup.first().map_or(0, |&amount| amount as i32)).collect();
        let mut instance = Self {
            metric,
            pickups: if pickups.iter().any(|&amount| amount > 0) { pickups } else { Vec::new() },
            capacity,
            vehicles: problem.vehicles.len(),
            fixed: seconds(spec.fixed_cost),
            end,
            candidates: Vec::new(),
            candidate_ends: Vec::new(),
            around: Vec::new(),
            around_width: 0,
            keys: Default::default(),
            timed: true,
            sites,
        };
        let beyond = |time: i64| time - base > HORIZON;
        let cut_off = beyond(spec.shift.1) || problem.stops.iter().any(|stop| beyond(stop.window.1));
        let longest = instance.longest_route();
        if cut_off && longest > HORIZON {
            return None;
        }
        instance.timed = instance.time_matters(longest);
        instance.find_neighbours();
        let depot = stops;
        let key = |of: &dyn Fn(usize, &Site) -> i32| -> Vec<i32> {
            instance.sites.iter().enumerate().map(|(stop, site)| of(stop, site)).collect()
        };
        instance.keys = [
            key(&|stop, site| -site.demand - instance.pickup(stop)),
            key(&|stop, _| -instance.metric.inward(stop, depot)),
            key(&|stop, _| instance.metric.inward(stop, depot)),
            key(&|_, site| site.close - site.open),
            key(&|_, site| site.open),
            key(&|_, site| -site.close),
        ];
        Some(instance)
    }

    /// How many stops there are; also the index of the depot.
    pub(crate) fn stops(&self) -> usize {
        self.sites.len()
    }

    /// Whether anything is picked up anywhere.
    #[inline(always)]
    pub(crate) fn picks_up(&self) -> bool {
        !self.pickups.is_empty()
    }

    /// Whether plans are bred (see [`crate::genetic`], which knows nothing of pickups).
    pub(crate) fn is_bred(&self) -> bool {
        (2..=BRED).contains(&self.stops()) && !self.picks_up()
    }

    /// What is picked up at a stop.
    #[inline(always)]
    pub(crate) fn pickup(&self, stop: usize) -> i32 {
        self.pickups.get(stop).copied().unwrap_or(0)
    }

    /// What leaving out a stop costs in half of the cases.
    pub(crate) fn usual_penalty(&self) -> i64 {
        median(self.sites.iter().map(|site| site.penalty).collect())
    }

    /// What leaving these stops out costs.
    pub(crate) fn penalties(&self, stops: &[u32]) -> i64 {
        stops.iter().map(|&stop| self.sites[stop as usize].penalty).sum()
    }

    #[inline(always)]
    pub(crate) fn candidates(&self, stop: usize) -> &[Candidate] {
        let from = if stop == 0 { 0 } else { self.candidate_ends[stop - 1] };
        &self.candidates[from as usize..self.candidate_ends[stop] as usize]
    }

    /// The stops around one, itself first.
    pub(crate) fn around(&self, stop: usize) -> &[u32] {
        &self.around[stop * self.around_width..(stop + 1) * self.around_width]
    }

    /// An upper limit of how long any route takes, or more than the horizon if some arc does not exist.
    fn longest_route(&self) -> i64 {
        let stops = self.stops();
        let longest =
            |from: usize| (0..=stops).map(|to| i64::from(self.metric.outward(from, to))).max().unwrap_or(0);
        // On a plane the way through the start is an upper limit, and cheap.
        let farthest = if stops > 0 && self.metric.point(0).is_some() {
            let home = (0..stops).map(|stop| i64::from(self.metric.outward(stop, stops))).max().unwrap_or(0);
            home.max(2 * longest(stops))
        } else {
            (0..=stops).map(longest).max().unwrap_or(0)
        };
        let service = self.sites.iter().map(|site| i64::from(site.service)).max().unwrap_or(0);
        let open = self.sites.iter().map(|site| i64::from(site.open)).max().unwrap_or(0);
        open + (farthest + service) * (self.most_in_a_route() + 1)
    }

    /// How many stops a vehicle has room for at most.
    fn most_in_a_route(&self) -> i64 {
        let mut demands: Vec<i32> = self.sites.iter().map(|site| site.demand).collect();
        demands.sort_unstable();
        let mut room = self.capacity;
        let fits = |demand: &&i32| {
            room = room.saturating_sub(**demand);
            room >= 0
        };
        demands.iter().take_while(fits).count() as i64
    }

    fn time_matters(&self, longest_route: i64) -> bool {
        let closes = self.sites.iter().map(|site| i64::from(site.close)).min().unwrap_or(0);
        longest_route > closes.min(i64::from(self.end))
    }

    fn find_neighbours(&mut self) {
        let stops = self.stops();
        let width = AROUND.min(stops);
        let mut near: Vec<(i32, u32)> = Vec::with_capacity(stops);
        let mut places: Vec<(i32, Candidate)> = Vec::with_capacity(2 * stops);
        self.around_width = width;
        let candidates = if self.timed { CANDIDATES.0 } else { CANDIDATES.1 };
        let points: Option<Vec<(f64, f64)>> = (0..stops).map(|stop| self.metric.point(stop)).collect();
        let grid = points.map(|points| Buckets::new(&points));
        for stop in 0..stops {
            near.clear();
            places.clear();
            let mut look = |other: usize| {
                if other == stop {
                    return;
                }
                let (out, into) = (self.metric.outward(stop, other), self.metric.inward(stop, other));
                near.push((round_trip(out, into, NO_WAY), other as u32));
                if let Some(proximity) = self.proximity(other, stop, into) {
                    places.push((proximity, Candidate { tagged: 2 * other as u32, arc: into }));
                }
                if let Some(proximity) = self.proximity(stop, other, out) {
                    places.push((proximity, Candidate { tagged: 2 * other as u32 + 1, arc: out }));
                }
            };
            match &grid {
                Some(grid) => grid.near(stop, 2 * AROUND, &mut look),
                None => (0..stops).for_each(&mut look),
            }
            keep_least(&mut near, width - 1, |&(distance, other)| (distance, other));
            self.around.push(stop as u32);
            self.around.extend(near.iter().map(|&(_, other)| other));
            keep_least(&mut places, candidates, |&(proximity, place)| (proximity, place.tagged));
            self.candidates.extend(places.iter().map(|&(_, place)| place));
            self.candidate_ends.push(self.candidates.len() as u32);
        }
    }

    /// How far one is from the other as its successor: the way, and a part of the waiting that cannot be avoided
    /// (Vidal, Crainic, Gendreau and Prins, 2013); none if it can never be in time.
    fn proximity(&self, from: usize, to: usize, way: i32) -> Option<i32> {
        let (a, b) = (&self.sites[from], &self.sites[to]);
        let ready = a.open.saturating_add(a.service).saturating_add(way);
        if way >= NO_WAY || ready > b.close {
            return None;
        }
        let wait = i64::from(b.open) - i64::from(a.close) - i64::from(a.service) - i64::from(way);
        Some(way.saturating_add((wait.max(0) / 5) as i32))
    }
}

/// How far two are from each other, there and back; a way that does not exist is as long as the other.
pub(crate) fn round_trip<T: Copy + Ord + Add<Output = T>>(out: T, into: T, no_way: T) -> T {
    match (out < no_way, into < no_way) {
        (true, false) => out + out,
        (false, true) => into + into,
        _ => out + into,
    }
}

/// Leaves the `count` least, in order.
pub(crate) fn keep_least<T, K: Ord>(items: &mut Vec<T>, count: usize, key: impl Fn(&T) -> K) {
    if items.len() > count && count > 0 {
        items.select_nth_unstable_by_key(count - 1, &key);
    }
    items.truncate(count);
    items.sort_unstable_by_key(&key);
}

/// The number in the middle, or the largest there is if there is none.
pub(crate) fn median(mut numbers: Vec<i64>) -> i64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(i64::MAX)
}
