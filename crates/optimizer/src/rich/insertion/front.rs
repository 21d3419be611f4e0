//! A changed route without walking it: from a stop on through what is new, and back to a stop from where all is known.

use crate::cost::Cost;
use crate::evaluation::{Halts, LONG_AGO, Ride, Trip, distance_cost, opening, ride};
use crate::kernel::working_plan::Mode;
use crate::model::VehicleId;
use crate::rich::state::State;
use crate::route::{NEVER, price};

/// How far a changed route has come.
#[derive(Clone, Copy)]
pub(in crate::rich) struct Front {
    pub(in crate::rich) route: u32,
    /// The node that it has come to, and where that is.
    pub(in crate::rich) node: usize,
    place: usize,
    /// When that is left.
    depart: i64,
    /// When the start is left.
    leave: i64,
    /// Seconds from leaving the start to there without waiting, and the latest start.
    run: i64,
    slack: i64,
    drive: i64,
    pub(in crate::rich) metres: i64,
    /// For how many metres the battery lasts.
    left: i64,
    late: Cost,
}

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// A route up to a node, with goods in its trip that are released then; none if that is too late for what lies before.
    pub(in crate::rich) fn front(&self, route: u32, node: usize, release: i64) -> Option<Front> {
        let tour = &self.tours[route as usize];
        let no_battery = tour.spec.battery.is_none();
        if node >= self.stops() {
            let charged = tour.spec.battery.as_ref().map_or(NEVER, |b| b.at_start);
            let depart =
                if tour.spec.under_way { tour.spec.shift.0 } else { self.nodes[node].depart.max(release) };
            return Some(Front {
                route,
                node,
                place: tour.spec.start,
                depart,
                leave: depart,
                run: 0,
                slack: NEVER,
                drive: 0,
                metres: 0,
                left: charged,
                late: Cost::ZERO,
            });
        }
        let (far, known) = (&self.far[node], &self.nodes[node]);
        let mut front = Front {
            route,
            node,
            place: self.problem.rows[node].place,
            depart: known.depart,
            leave: tour.start,
            run: far.run,
            slack: far.slack,
            drive: far.driven,
            metres: far.gone,
            left: if no_battery { NEVER } else { far.left },
            late: tour.late - self.nodes[known.next as usize].late,
        };
        if release > far.release && release > LONG_AGO {
            if release > far.trip_slack {
                return None;
            }
            front.depart = front.depart.max(release + far.trip_run);
        }
        Some(front)
    }

    /// The ride from a front to a node, or the end of its route.
    fn ride_on(&self, front: &Front, to: usize, halts: Halts, release: i64) -> Ride {
        let tour = &self.tours[front.route as usize];
        let place = self.problem.rows.get(to).map_or(tour.spec.end, |row| Some(row.place));
        let trip = Trip {
            from: front.place,
            to: place,
            way: self.way(front.route, front.node, to),
            leave: front.depart,
            used: 0,
            charged: front.left.min(tour.spec.battery.as_ref().map_or(0, |battery| battery.range)),
            release,
        };
        ride(self.problem, tour.spec, self.problem.roads(VehicleId(front.route)), halts, trip)
    }

    /// The front at a stop that comes next: one that is new to the route, or the one that is next in it.
    pub(in crate::rich) fn advance(
        &self,
        front: &Front,
        stop: usize,
        halts: Halts,
        release: i64,
        is_new: bool,
    ) -> Option<Front> {
        let ride = self.ride_on(front, stop, halts, release);
        let row = &self.problem.rows[stop];
        let spec = &self.problem.stops[stop];
        let tour = &self.tours[front.route as usize];
        let begin = opening(&spec.more_windows, spec.window, ride.arrive);
        let too_late = if is_new {
            row.per_minute.is_none() && begin > row.close
        } else {
            ride.arrive > self.nodes[stop].latest
        };
        if ride.missing > 0 || ride.late > 0 || too_late {
            return None;
        }
        let service = self.service(front.route, stop);
        let mut leave = front.leave;
        if front.node >= self.stops() && !tour.spec.under_way {
            leave = leave.max((begin - ride.ride).min(ride.leave_by));
        }
        let to = front.run + ride.ride;
        Some(Front {
            route: front.route,
            node: stop,
            place: row.place,
            depart: begin + service,
            leave,
            run: to + service,
            slack: front.slack.min(ride.leave_by.saturating_sub(front.run)).min(row.close.max(begin) - to),
            drive: front.drive + ride.drive,
            metres: front.metres + ride.metres,
            left: if halts.charge > 0 || front.left == NEVER { front.left } else { front.left - ride.metres },
            late: front.late + row.late_cost(begin),
        })
    }

    /// What the route costs more if it goes on from the front to that node as it does now, with so much more emitted for
    /// what is aboard; none if that breaks something.
    pub(in crate::rich) fn close(
        &self,
        front: &Front,
        next: usize,
        halts: Halts,
        release: i64,
        micrograms: i64,
    ) -> Option<Cost> {
        let ride = self.ride_on(front, next, halts, release);
        let (known, far) = (&self.nodes[next], &self.far[next]);
        let tour = &self.tours[front.route as usize];
        if ride.missing > 0 || ride.late > 0 || ride.arrive > known.latest {
            return None;
        }
        let spec = tour.spec;
        if let Some(battery) = &spec.battery
            && battery.stations.is_empty()
            && front.left - ride.metres < far.ahead
        {
            return None;
        }
        let end = (ride.arrive + known.tail).max(known.floor);
        let start = if spec.under_way { spec.shift.0 } else { front.leave };
        let mut begin = start;
        if let Some(most) = spec.max_duration.filter(|most| end - start > *most) {
            let to = front.run + ride.ride;
            let slack = front.slack.min(known.latest - to).min(ride.leave_by.saturating_sub(front.run));
            if !spec.under_way {
                begin = start.max(slack.min(end - to - known.tail)).min(start + (end - start - most));
            }
            if end - begin > most.max(tour.end - tour.start) {
                return None;
            }
        }
        let driving = front.drive + ride.drive + tour.driving - far.driven;
        let metres = front.metres + ride.metres + tour.metres - far.gone;
        if spec.max_distance.is_some_and(|most| metres > most.max(tour.metres)) {
            return None;
        }
        let late = if self.instance.priced && next < self.stops() {
            front.late + self.late_from_wide(next, ride.arrive)
        } else {
            front.late + known.late
        };
        let mut cost = price(spec, begin, end, driving) + late - tour.price - tour.late;
        if spec.cost_per_km > 0 || spec.emissions.is_some() {
            let longer = metres - tour.metres;
            let by_way = spec.emissions.map_or(0, |emissions| emissions.grams_per_km * 1000 * longer);
            cost += distance_cost(spec, metres, tour.micrograms + by_way + micrograms);
        }
        if self.mode == Mode::Fullest && tour.size == 0 && !spec.under_way {
            cost -= Cost::units(spec.fixed_cost);
        }
        Some(cost)
    }

    /// What lateness costs from that stop on if it is reached at `arrive`.
    pub(in crate::rich) fn late_from_wide(&self, mut at: usize, mut arrive: i64) -> Cost {
        let mut late = Cost::ZERO;
        while at < self.stops() {
            let (far, spec) = (&self.far[at], &self.problem.stops[at]);
            let begin = opening(&spec.more_windows, spec.window, arrive);
            if begin == far.begin {
                return late + far.late;
            }
            late += self.problem.rows[at].late_cost(begin);
            let leave = begin - far.begin + far.depart;
            at = self.nodes[at].next as usize;
            let next = &self.far[at];
            arrive = (leave + next.ride).max(next.not_before);
        }
        late
    }
}
