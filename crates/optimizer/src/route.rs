//! One vehicle's route with everything that lets an insertion be judged without walking the route.
//!
//! For each stop it keeps, going forward, when service begins and ends, and, going backward, how late a vehicle may
//! arrive and when the route then ends. The end as a function of the arrival at a stop is `max(arrival + tail,
//! floor)`, and such functions compose into such a function, so both are single numbers (the feasible half of the
//! segments in Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity management for
//! a large class of vehicle routing problems with time-windows", 2013). Only the price of lateness needs a walk, and
//! only until the begin of service is what it was before.
//!
//! "How late may it arrive" is meant against the route as it stands: a stop that is late already may not become
//! later. So the same test works on the broken routes of a day that went wrong.

use crate::check::BROKEN;
use crate::cost::{Cost, Score};
use crate::model::{Lateness, NOBODY, Problem, StopId, StopRow, VehicleId, VehicleSpec};
use crate::travel::Roads;
use crate::travel::UNREACHABLE;

/// Later than any time, with room for adding to it.
pub(crate) const NEVER: i64 = i64::MAX / 4;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// When the vehicle arrives if it starts with its shift.
    pub(crate) arrive: i64,
    pub(crate) begin: i64,
    pub(crate) depart: i64,
    /// How long the drive there takes.
    pub(crate) travel: i64,
    place: usize,
    /// The latest arrival that makes nothing from here on later than its hard limit, or than it is.
    latest: i64,
    /// From arriving here to the end of the route, without waiting.
    tail: i64,
    /// When the route ends at the earliest because of windows from here on.
    floor: i64,
    /// What lateness costs before this stop, and from here on.
    late_before: Cost,
    late_from: Cost,
    /// Whether lateness has a price anywhere from here on.
    priced: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) vehicle: VehicleId,
    pub(crate) stops: Vec<StopId>,
    pub(crate) nodes: Vec<Node>,
    /// What is aboard at the start, in each dimension.
    pub(crate) load: Vec<i64>,
    /// When the vehicle leaves its start.
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Seconds of driving.
    pub(crate) driving: i64,
    pub(crate) score: Score,
    late: Cost,
    /// What it costs that people know another plan.
    change: Cost,
    latest_end: i64,
}

/// Where a stop would go, and what it would cost more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub(crate) extra: Cost,
    pub(crate) position: usize,
}

impl Route {
    pub(crate) fn of(problem: &Problem, vehicle: VehicleId, stops: Vec<StopId>) -> Self {
        let mut route = Self {
            vehicle,
            stops,
            nodes: Vec::new(),
            load: vec![0; problem.dims],
            start: 0,
            end: 0,
            driving: 0,
            score: Score::default(),
            late: Cost::ZERO,
            change: Cost::ZERO,
            latest_end: NEVER,
        };
        route.refresh(problem);
        route
    }

    /// Whether the vehicle may serve the stop at all and has room for it.
    pub(crate) fn accepts(&self, problem: &Problem, stop: StopId) -> bool {
        let spec = problem.spec(self.vehicle);
        problem.may_serve(self.vehicle, stop)
            && (self.load.iter().zip(problem.demand(stop)).zip(&spec.capacity))
                .all(|((load, demand), capacity)| *demand == 0 || load + demand <= *capacity)
    }

    /// Shows each position for the stop that breaks nothing and costs less than `bound` more to `see`, which answers
    /// with the bound from there on.
    pub(crate) fn each_opening(
        &self,
        problem: &Problem,
        stop: StopId,
        mut bound: Cost,
        mut see: impl FnMut(Opening) -> Cost,
    ) {
        if !self.accepts(problem, stop) {
            return;
        }
        let site = self.site(problem, stop);
        let closes = site.row.per_minute.map_or(site.row.close, |_| NEVER);
        let in_time = self.nodes.partition_point(|node| node.depart <= closes);
        for position in 0..=in_time {
            if let Some(extra) = self.extra_at(&site, position, bound) {
                bound = see(Opening { extra, position });
            }
        }
    }

    fn site<'p>(&self, problem: &'p Problem, stop: StopId) -> Site<'p> {
        Site {
            problem,
            stop,
            roads: problem.roads(self.vehicle),
            spec: problem.spec(self.vehicle),
            row: problem.row(stop),
        }
    }

    /// What the stop costs more at that position; none if it would break something, or cost `bound` or more.
    fn extra_at(&self, site: &Site<'_>, position: usize, bound: Cost) -> Option<Cost> {
        let Site { roads, spec, row, .. } = *site;
        let (from, leave) = match position.checked_sub(1) {
            Some(before) => (self.nodes[before].place, self.nodes[before].depart),
            None => (spec.start, spec.shift.0),
        };
        let there = roads.seconds_at(from, row.place, leave);
        let arrive = leave + there;
        let begin = arrive.max(row.open);
        if there == UNREACHABLE || (row.per_minute.is_none() && begin > row.close) {
            return None;
        }
        let depart = begin + row.service;
        let next = self.nodes.get(position);
        let to = next.map(|next| next.place).or(spec.end);
        let (onward, replaced) = to.map_or((0, 0), |to| {
            (roads.seconds_at(row.place, to, depart), roads.seconds_at(from, to, leave))
        });
        let arrive_next = depart + onward;
        if onward == UNREACHABLE || arrive_next > next.map_or(self.latest_end, |next| next.latest) {
            return None;
        }
        if roads.time_shapes().is_some() {
            // What comes behind takes longer or shorter at other times, so only driving it tells.
            let mut stops = self.stops.clone();
            stops.insert(position, site.stop);
            let extra = Self::of(site.problem, self.vehicle, stops).score.cost - self.score.cost;
            return (extra < bound).then_some(extra);
        }
        let end = next.map_or(arrive_next, |next| (arrive_next + next.tail).max(next.floor));
        let start = if position == 0 { start(spec, begin - there) } else { self.start };
        let was_idle = self.stops.is_empty() && !spec.under_way;
        let driving = self.driving + there + onward - if was_idle { 0 } else { replaced };
        let others_late = next.map_or(self.late, |next| next.late_before);
        let late = others_late + row.late_cost(begin);
        let base = price(spec, start, end, driving) + self.change - self.score.cost + late;
        let base = base + self.change_at(site, position);
        let Some(next) = next.filter(|next| next.priced) else {
            return (base < bound).then_some(base);
        };
        if arrive_next >= next.arrive && base + next.late_from >= bound {
            return None;
        }
        let extra = base + self.late_after(site, position, arrive_next);
        (extra < bound).then_some(extra)
    }

    /// What it costs more there as a change of the plan that people know.
    fn change_at(&self, site: &Site<'_>, position: usize) -> Cost {
        let kept = &site.problem.kept;
        let Some(own) = kept.get(site.stop.index()) else { return Cost::ZERO };
        let before = position.checked_sub(1).map_or(NOBODY, |before| self.stops[before].0);
        let mut change = own.change(self.vehicle.0, before);
        if let Some(next) = self.stops.get(position) {
            let next = &kept[next.index()];
            change += next.change(self.vehicle.0, site.stop.0) - next.change(self.vehicle.0, before);
        }
        change
    }

    /// What lateness costs from that position on if the vehicle arrives there at `arrive`.
    fn late_after(&self, site: &Site<'_>, position: usize, mut arrive: i64) -> Cost {
        let mut late = Cost::ZERO;
        for (index, node) in self.nodes.iter().enumerate().skip(position) {
            let row = site.problem.row(self.stops[index]);
            let begin = arrive.max(row.open);
            if begin == node.begin {
                return late + node.late_from;
            }
            late += row.late_cost(begin);
            arrive = begin + row.service;
            if let Some(next) = self.nodes.get(index + 1) {
                arrive += site.roads.seconds_at(node.place, next.place, arrive);
            }
        }
        late
    }

    /// Recomputes everything from the stops.
    pub(crate) fn refresh(&mut self, problem: &Problem) {
        let spec = problem.spec(self.vehicle);
        let roads = problem.roads(self.vehicle);
        let excess = self.go_forward(problem, spec, roads);
        self.go_backward(problem, spec, roads);
        let idle = self.stops.is_empty() && !spec.under_way;
        self.change = Cost::ZERO;
        if problem.keeps() {
            let before = std::iter::once(NOBODY).chain(self.stops.iter().map(|stop| stop.0));
            let change =
                |(stop, before): (&StopId, u32)| problem.kept[stop.index()].change(self.vehicle.0, before);
            self.change = self.stops.iter().zip(before).map(change).sum();
        }
        let price = || price(spec, self.start, self.end, self.driving) + self.late + self.change;
        let cost = if idle { Cost::ZERO } else { price() };
        self.score = Score { excess, cost };
    }

    fn go_forward(&mut self, problem: &Problem, spec: &VehicleSpec, roads: Roads<'_>) -> i64 {
        let mut excess = 0;
        self.nodes.clear();
        self.load.fill(0);
        self.late = Cost::ZERO;
        self.driving = 0;
        self.start = spec.shift.0;
        let (mut place, mut time) = (spec.start, spec.shift.0);
        for &stop in &self.stops {
            let row = problem.row(stop);
            let mut travel = roads.seconds_at(place, row.place, time);
            excess += if travel == UNREACHABLE { BROKEN } else { 0 };
            let arrive = time + travel;
            let begin = arrive.max(row.open);
            if row.per_minute.is_none() {
                excess += (begin - row.close).max(0);
            }
            if self.nodes.is_empty() {
                self.start = start(spec, roads.leave_by(place, row.place, begin));
                travel = roads.seconds_at(place, row.place, self.start);
            }
            for (load, demand) in self.load.iter_mut().zip(problem.demand(stop)) {
                *load += demand;
            }
            (place, time) = (row.place, begin + row.service);
            self.driving += travel;
            self.nodes.push(Node {
                arrive,
                begin,
                depart: time,
                travel,
                place,
                latest: NEVER,
                tail: 0,
                floor: 0,
                late_before: self.late,
                late_from: Cost::ZERO,
                priced: false,
            });
            self.late += row.late_cost(begin);
        }
        if let Some(end) = spec.end.filter(|_| spec.under_way || !self.stops.is_empty()) {
            let travel = roads.seconds_at(place, end, time);
            excess += if travel == UNREACHABLE { BROKEN } else { 0 };
            self.driving += travel;
            time += travel;
        }
        self.end = time;
        self.latest_end = NEVER;
        if spec.overtime == Lateness::Hard {
            excess += (self.end - spec.shift.1).max(0);
            self.latest_end = spec.shift.1.max(self.end);
        }
        let over = self.load.iter().zip(&spec.capacity).map(|(load, capacity)| (load - capacity).max(0));
        excess + over.sum::<i64>()
    }

    fn go_backward(&mut self, problem: &Problem, spec: &VehicleSpec, roads: Roads<'_>) {
        let (mut latest, mut tail, mut floor) = (self.latest_end, 0, -NEVER);
        let (mut late, mut priced) = (Cost::ZERO, false);
        let mut to = spec.end;
        for (node, &stop) in self.nodes.iter_mut().zip(&self.stops).rev() {
            let row = problem.row(stop);
            let onward = to.map_or(0, |to| roads.seconds_at(node.place, to, node.depart)) + row.service;
            floor = floor.max(row.open + onward + tail);
            tail += onward;
            latest = to.map_or(latest, |to| roads.leave_by(node.place, to, latest)) - row.service;
            if row.per_minute.is_none() {
                latest = latest.min(row.close.max(node.begin));
            }
            late += row.late_cost(node.begin);
            priced |= row.per_minute.is_some();
            node.priced = priced;
            (node.latest, node.tail, node.floor, node.late_from) = (latest, tail, floor, late);
            to = Some(node.place);
        }
    }
}

/// What stays the same while one stop is tried at every position of one route.
struct Site<'a> {
    problem: &'a Problem,
    stop: StopId,
    roads: Roads<'a>,
    spec: &'a VehicleSpec,
    row: &'a StopRow,
}

/// When the vehicle leaves if it could leave at `just_in_time` without being late for its first service.
pub(crate) fn start(spec: &VehicleSpec, just_in_time: i64) -> i64 {
    if spec.under_way { spec.shift.0 } else { just_in_time.max(spec.shift.0) }
}

/// What a route that is used costs, lateness apart.
pub(crate) fn price(spec: &VehicleSpec, start: i64, end: i64, driving: i64) -> Cost {
    let duration = end - start;
    let mut cost = Cost::units(spec.fixed_cost)
        + Cost::hourly(duration, spec.cost_per_hour)
        + Cost::hourly(driving, spec.cost_per_driving_hour);
    if let Some(long) = spec.long_day {
        cost += Cost::hourly((duration - long.after).max(0), long.cost_per_hour);
    }
    if let Lateness::Priced { per_minute } = spec.overtime {
        cost += Cost::minutely((end - spec.shift.1).max(0), per_minute);
    }
    cost
}
