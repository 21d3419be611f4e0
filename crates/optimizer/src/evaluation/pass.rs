//! Along a route and back: times and prices.

use super::arc::{Trip, ride};
use super::{Evaluator, LONG_AGO, Point, Sums};
use crate::check::BROKEN;
use crate::cost::Cost;
use crate::model::{Lateness, NOBODY, StopId};
use crate::route::{NEVER, price, start};

/// What going along a route found that may not be, and what it adds up to.
#[derive(Clone, Copy, Default)]
struct Tally {
    end: i64,
    driving: i64,
    waiting: i64,
    metres: i64,
    excess: i64,
    stranded: i64,
}

impl Evaluator<'_> {
    /// Computes everything from what is given and done between the stops.
    pub(super) fn go(&mut self) {
        self.find_releases();
        self.sums = Sums::default();
        let earliest = self.earliest();
        let mut leave = earliest;
        let mut tally = self.forward(leave);
        if let (false, Some(first)) =
            (self.spec.under_way, self.points.first().filter(|_| !self.legs.is_empty()))
        {
            let opens = self.problem.stops[self.legs[0].stop as usize]
                .windows()
                .any(|window| window.0 == first.begin);
            let held = opens || first.not_before == first.arrive;
            let later =
                if held { start(self.spec, self.last_leave(earliest, first.begin)) } else { earliest };
            if later > leave {
                let plain = self.points[0].halts.is_none() && self.roads.time_shapes().is_none();
                if plain && self.points[0].begin >= later + self.points[0].ride {
                    // Only the waiting before the first service becomes shorter.
                    self.points[0].arrive = later + self.points[0].ride;
                    tally.waiting -= later - leave;
                } else {
                    tally = self.forward(later);
                }
                leave = later;
            }
            if let Some(most) = self.spec.max_duration.filter(|most| tally.end - leave > *most) {
                let over = tally.end - leave - most;
                let later = self.latest_start(leave, tally.end).min(leave + over);
                if later > leave {
                    leave = later;
                    tally = self.forward(leave);
                }
            }
        }
        (self.sums.start, self.sums.end, self.sums.waiting) = (leave, tally.end, tally.waiting);
        let mut excess = tally.excess + tally.stranded;
        let mut latest = NEVER;
        if self.spec.overtime == Lateness::Hard {
            excess += (tally.end - self.spec.shift.1).max(0);
            latest = self.spec.shift.1.max(tally.end);
        }
        self.backward(latest, false);
        excess += self.weigh();
        self.measure();
        if self.is_idle() {
            return;
        }
        (self.sums.driving, self.sums.stranded) = (tally.driving, tally.stranded);
        self.sums.metres = tally.metres;
        excess += self.broken();
        self.sums.excess = excess;
        self.add_up();
    }

    /// By trip: when its last goods are released.
    fn find_releases(&mut self) {
        self.releases.clear();
        self.releases.push(LONG_AGO);
        for (leg, point) in self.legs.iter().zip(&self.points) {
            if point.halts.reload > 0 {
                self.releases.push(LONG_AGO);
            }
            let release = self.problem.stops[leg.stop as usize].release.unwrap_or(LONG_AGO);
            if let Some(last) = self.releases.last_mut() {
                *last = release.max(*last);
            }
        }
        if self.points.last().is_some_and(|home| home.halts.reload > 0) {
            self.releases.push(LONG_AGO);
        }
    }

    /// Seconds of service there.
    fn service(&self, position: usize) -> i64 {
        let stop = self.legs[position].stop as usize;
        if self.problem.by_kind {
            self.problem.stops[stop].service_by(self.spec.kind)
        } else {
            self.problem.rows[stop].service
        }
    }

    /// Goes along from leaving the start then.
    fn forward(&mut self, leave: i64) -> Tally {
        let battery = self.spec.battery.as_ref();
        let mut tally = Tally::default();
        let (mut time, mut used, mut trip) = (leave, 0, 0);
        let mut charged = battery.map_or(0, |battery| battery.at_start);
        let (mut run, mut slack) = (0, NEVER);
        let (mut trip_run, mut trip_slack) = (0, NEVER);
        let idle = self.is_idle();
        let mut from = self.spec.start;
        for position in 0..=self.legs.len() {
            let halts = self.points[position].halts;
            trip += usize::from(halts.reload > 0);
            let to = if idle { None } else { self.place(position) };
            let ride = ride(
                self.problem,
                self.spec,
                self.roads,
                halts,
                Trip {
                    from,
                    to,
                    way: self.legs.get(position).map_or(self.home.0, |leg| leg.way),
                    leave: time,
                    used,
                    charged,
                    release: self.releases.get(trip).copied().unwrap_or(LONG_AGO),
                },
            );
            from = to.unwrap_or(from);
            tally.driving += ride.drive;
            tally.metres += ride.metres;
            tally.excess += ride.late + ride.missing * BROKEN;
            tally.stranded += ride.stranded;
            if let (true, Some(battery)) = (halts.charge > 0, battery) {
                charged = battery.range;
            }
            used = ride.used;
            let release = self.releases.get(trip).copied().unwrap_or(LONG_AGO);
            let point = &mut self.points[position];
            (point.driven, point.gone) = (tally.driving, tally.metres);
            (point.left, point.release, point.trip) = (charged - used, release, trip as u32);
            (point.ride, point.not_before, point.leave_by) = (ride.ride, ride.not_before, ride.leave_by);
            (point.drive, point.metres, point.used) = (ride.drive, ride.metres, used);
            (point.arrive, point.begin, point.depart) = (ride.arrive, ride.arrive, ride.arrive);
            slack = slack.min(ride.leave_by.max(time).saturating_sub(run));
            run += ride.ride;
            if halts.reload > 0 {
                (trip_run, trip_slack) = (0, NEVER);
            }
            trip_run += ride.since_reload;
            let Some(leg) = self.legs.get(position) else {
                (point.run, point.slack) = (run, slack);
                (point.trip_run, point.trip_slack) = (trip_run, trip_slack);
                tally.waiting += ride.arrive - time - ride.ride;
                tally.end = ride.arrive;
                break;
            };
            let row = &self.problem.rows[leg.stop as usize];
            let spec = &self.problem.stops[leg.stop as usize];
            let begin = opening(&spec.more_windows, spec.window, ride.arrive);
            if row.per_minute.is_none() {
                tally.excess += (begin - row.close).max(0);
            }
            // Nothing that is left and come to at once is waited for.
            tally.waiting += begin - time - ride.ride;
            slack = slack.min(row.close.max(begin) - run);
            trip_slack = trip_slack.min(row.close.max(begin) - trip_run);
            let service = self.service(position);
            run += service;
            trip_run += service;
            time = begin + service;
            let point = &mut self.points[position];
            (point.begin, point.depart, point.run, point.slack) = (begin, time, run, slack);
            (point.trip_run, point.trip_slack) = (trip_run, trip_slack);
        }
        if battery.is_some() {
            tally.stranded += (used - charged).max(0);
        }
        tally
    }

    /// When to leave the start at the latest so that the first service begins by `begin`, given that it does for who leaves
    /// at `earliest`.
    fn last_leave(&self, earliest: i64, begin: i64) -> i64 {
        let point = &self.points[0];
        if self.roads.time_shapes().is_none() {
            return (begin - point.ride).min(point.leave_by.max(earliest));
        }
        if point.halts.is_none() {
            return self.roads.leave_by(self.place_before(0), self.place(0).unwrap_or(0), begin);
        }
        let arrives = |leave: i64| {
            let trip = Trip {
                from: self.place_before(0),
                to: self.place(0),
                way: self.legs[0].way,
                leave,
                used: 0,
                charged: self.spec.battery.as_ref().map_or(0, |battery| battery.at_start),
                release: LONG_AGO,
            };
            ride(self.problem, self.spec, self.roads, point.halts, trip)
        };
        let late = point.leave_by.max(earliest);
        halved(earliest, begin.min(late), |leave| leave <= late && arrives(leave).arrive <= begin)
    }

    /// The latest start with the end by `end`, and services and breaks no later than they may be or are.
    fn latest_start(&mut self, leave: i64, end: i64) -> i64 {
        if self.roads.time_shapes().is_none() {
            self.backward(end, true);
            let first = &self.points[0];
            return (first.latest - first.ride).min(first.leave_by.max(leave));
        }
        let before: Vec<Point> = self.points.clone();
        let bounds: Vec<(i64, i64)> = (0..self.legs.len())
            .map(|position| {
                let row = &self.problem.rows[self.legs[position].stop as usize];
                (row.close.max(before[position].begin), before[position].begin)
            })
            .collect();
        let late_breaks = |points: &[Point]| -> Vec<i64> {
            let left = |position: usize| if position == 0 { None } else { Some(points[position - 1].depart) };
            points
                .iter()
                .enumerate()
                .map(|(position, point)| left(position).map_or(0, |at| (at - point.leave_by).max(0)))
                .collect()
        };
        let breaks = late_breaks(&before);
        let last = end;
        let latest = halved(leave, last, |from| {
            let tally = self.forward(from);
            tally.end <= end
                && self.points.iter().zip(&bounds).all(|(point, bound)| point.begin <= bound.0)
                && (from <= self.points[0].leave_by.max(leave))
                && late_breaks(&self.points).iter().zip(&breaks).all(|(now, was)| now <= was)
        });
        self.points = before;
        latest
    }

    /// Goes back from the end, which is to be by `latest`. `bound` holds services with a price of lateness to their windows
    /// too.
    fn backward(&mut self, latest: i64, bound: bool) {
        let (mut latest, mut tail, mut floor, mut late) = (latest, 0, LONG_AGO, Cost::ZERO);
        let home = self.legs.len();
        let point = &mut self.points[home];
        (point.latest, point.tail, point.floor, point.late) = (latest, tail, floor, late);
        for position in (0..home).rev() {
            let Point { ride, not_before, leave_by, halts, .. } = self.points[position + 1];
            let service = self.service(position);
            let leg = &self.legs[position];
            let row = &self.problem.rows[leg.stop as usize];
            let point = &mut self.points[position];
            floor = floor.max(not_before.saturating_add(tail));
            tail += ride;
            let way = self.legs.get(position + 1).map_or(self.home.0, |next| next.way);
            let leave = match self.roads.time_shapes() {
                Some(time_shapes) if halts.is_none() && (position + 1 < home || self.spec.end.is_some()) => {
                    time_shapes.leave_by(way, latest)
                }
                _ => latest - ride,
            };
            latest = leave.min(leave_by.max(point.depart)) - service;
            tail += service;
            floor = floor.max(row.open.saturating_add(tail));
            if bound || row.per_minute.is_none() {
                latest = latest.min(row.close.max(point.begin));
            }
            let spec = &self.problem.stops[leg.stop as usize];
            if !spec.more_windows.is_empty() {
                latest = closing(&spec.more_windows, spec.window, latest);
            }
            late += row.late_cost(point.begin);
            (point.latest, point.tail, point.floor, point.late) = (latest, tail, floor, late);
        }
    }

    /// Breaks that are owed or not, and reloads.
    fn broken(&self) -> i64 {
        let mut faults = 0;
        for (index, pause) in self.spec.breaks.iter().enumerate() {
            let taken =
                self.points.iter().filter(|point| point.halts.breaks >> index & 1 == 1).count() as i64;
            let owed = self.sums.start < pause.window.1 && self.sums.end > pause.window.1;
            faults += if taken == 0 { i64::from(owed) } else { taken - 1 };
        }
        let most = self.spec.reloads.as_ref().map_or(0, |reloads| reloads.most);
        let times = self.points.iter().filter(|point| point.halts.reload > 0).count();
        faults += times.saturating_sub(most) as i64;
        if self.spec.under_way {
            let first_trip =
                self.legs.iter().zip(&self.points).take_while(|(_, point)| point.halts.reload == 0);
            let release = |leg: &super::Leg| self.problem.stops[leg.stop as usize].release;
            faults += first_trip.filter(|(leg, _)| self.spec.left_without(release(leg))).count() as i64;
        }
        let duration = self.sums.end - self.sums.start;
        let long = self.spec.max_duration.map_or(0, |most| (duration - most).max(0));
        let far = self.spec.max_distance.map_or(0, |most| (self.sums.metres - most).max(0));
        faults * BROKEN + long + far
    }

    /// Metres to charges and along trips, and what is emitted.
    fn measure(&mut self) {
        if !self.problem.measured(self.spec.matrix) {
            for point in &mut self.points {
                (point.ahead, point.trip_before, point.trip_after) = (0, 0, 0);
            }
            return;
        }
        let mut gone = 0;
        for point in &mut self.points {
            // What is before a reload on the way belongs to the trip that ends; the difference is small.
            gone = if point.halts.reload > 0 { point.metres } else { gone + point.metres };
            point.trip_before = gone;
        }
        let (mut ahead, mut left) = (0, 0);
        for point in self.points.iter_mut().rev() {
            (point.ahead, point.trip_after) = (ahead, left);
            ahead = if point.halts.charge > 0 { 0 } else { ahead + point.metres };
            left = if point.halts.reload > 0 { 0 } else { left + point.metres };
        }
    }

    /// What is emitted on the legs of the route, in millionths of a gram.
    fn emitted(&self) -> i64 {
        let Some(emissions) = self.spec.emissions else { return 0 };
        let dims = self.problem.dims;
        let mut sum = 0_i64;
        for position in 0..self.points.len() {
            let weight = |free: fn(&super::Room) -> i64| {
                let dim = emissions.weight?;
                Some(self.spec.capacity[dim] - free(&self.rooms[position * dims + dim]))
            };
            let of = |metres: i64, aboard: Option<i64>| {
                let grams = emissions
                    .grams_per_km
                    .saturating_mul(1000)
                    .saturating_add(emissions.grams_per_tonne_km.saturating_mul(aboard.unwrap_or(0)));
                metres.saturating_mul(grams)
            };
            let (before, behind) = self.metres_around_reload(position);
            sum = sum
                .saturating_add(of(before, weight(|room| room.free)))
                .saturating_add(of(behind, weight(|room| room.free_behind)));
        }
        sum
    }

    /// Metres on the way to that position before a reload, and behind it.
    fn metres_around_reload(&self, position: usize) -> (i64, i64) {
        let point = &self.points[position];
        if point.halts.reload == 0 {
            return (point.metres, 0);
        }
        let depot = self.place_of(crate::model::Halt::Reload(usize::from(point.halts.reload) - 1));
        let before = depot.and_then(|depot| {
            self.problem.travel_metres(self.spec.matrix, self.place_before(position), depot)
        });
        let before = before.unwrap_or(0);
        (before, point.metres - before)
    }

    /// What the route costs.
    fn add_up(&mut self) {
        let sums = &self.sums;
        let mut cost = price(self.spec, sums.start, sums.end, sums.driving);
        let micrograms = self.emitted();
        cost += distance_cost(self.spec, self.sums.metres, micrograms);
        self.sums.price = cost;
        self.sums.micrograms = micrograms;
        self.sums.late = self.points[0].late;
        self.sums.change = Cost::ZERO;
        if self.problem.keeps() {
            let mut before = NOBODY;
            for leg in &self.legs {
                self.sums.change +=
                    self.problem.kept[StopId(leg.stop).index()].change(self.vehicle.0, before);
                before = leg.stop;
            }
        }
    }
}

/// What metres and emissions cost.
pub(crate) fn distance_cost(spec: &crate::VehicleSpec, metres: i64, micrograms: i64) -> Cost {
    if spec.cost_per_km == 0 && spec.emissions.is_none() {
        return Cost::ZERO;
    }
    Cost::kilometres(metres, spec.cost_per_km)
        + spec.emissions.map_or(Cost::ZERO, |emissions| Cost::emissions(micrograms, emissions.cost_per_kg))
}

/// When service begins for who arrives then.
pub(crate) fn opening(more: &[(i64, i64)], window: (i64, i64), arrive: i64) -> i64 {
    let mut last = window;
    for &next in more {
        if arrive <= last.1 {
            break;
        }
        last = next;
    }
    arrive.max(last.0)
}

/// The latest arrival whose service begins by `begin`.
fn closing(more: &[(i64, i64)], window: (i64, i64), begin: i64) -> i64 {
    let mut latest = begin.min(window.1);
    for &next in more {
        if begin >= next.0 {
            latest = begin.min(next.1);
        }
    }
    let last = more.last().copied().unwrap_or(window);
    if begin > last.1 { begin } else { latest }
}

/// The last number from `good` to `most` for which it holds, as it does for `good`; once it does not, it never does.
fn halved(good: i64, most: i64, mut holds: impl FnMut(i64) -> bool) -> i64 {
    let (mut good, mut bad) = (good, most.max(good) + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if holds(middle) { good = middle } else { bad = middle }
    }
    good
}
