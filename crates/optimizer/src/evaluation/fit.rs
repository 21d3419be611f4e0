//! Where breaks and charges fit best into a route whose stops and reloads are given.

use super::arc::{Halts, Trip, halts_of, ride};
use super::pass::opening;
use super::{Evaluator, LONG_AGO};
use crate::model::Halt;
use crate::route::price;

/// How many breaks a vehicle may have.
const MOST_BREAKS: usize = 16;

impl Evaluator<'_> {
    pub(super) fn fit(&mut self) {
        for point in &mut self.points {
            (point.halts.breaks, point.halts.charge) = (0, 0);
        }
        self.go();
        if self.is_idle() {
            return;
        }
        self.fit_charges();
        let mut left = self.spec.breaks.len().min(MOST_BREAKS);
        while left > 0 {
            let owed = (0..self.spec.breaks.len().min(MOST_BREAKS)).find(|&index| self.owes(index));
            let Some(position) = owed.and_then(|index| self.best_break(index)) else { break };
            self.points[position].halts.breaks |= 1 << owed.unwrap_or_default();
            self.go();
            left -= 1;
        }
        if self.sums.excess > 0 && !self.spec.breaks.is_empty() {
            self.mend_breaks();
        }
    }

    /// Tries every break everywhere, and without it, as long as that breaks less or costs less.
    fn mend_breaks(&mut self) {
        let mut best = self.sums.score();
        let mut improved = true;
        while improved {
            improved = false;
            for index in 0..self.spec.breaks.len().min(MOST_BREAKS) {
                let mut kept = self.place_of_break(index);
                for position in std::iter::once(None).chain((0..self.points.len()).map(Some)) {
                    if position == kept || position.is_some_and(|position| self.place(position).is_none()) {
                        continue;
                    }
                    self.move_break(index, position);
                    self.go();
                    if self.sums.score() < best {
                        (best, kept, improved) = (self.sums.score(), position, true);
                    }
                }
                self.move_break(index, kept);
            }
        }
        self.go();
    }

    fn place_of_break(&self, index: usize) -> Option<usize> {
        self.points.iter().position(|point| point.halts.breaks >> index & 1 == 1)
    }

    fn move_break(&mut self, index: usize, position: Option<usize>) {
        for point in &mut self.points {
            point.halts.breaks &= !(1 << index);
        }
        if let Some(point) = position.and_then(|position| self.points.get_mut(position)) {
            point.halts.breaks |= 1 << index;
        }
    }

    /// Whether a break is owed and not taken.
    fn owes(&self, index: usize) -> bool {
        let pause = self.spec.breaks[index];
        let taken = self.place_of_break(index).is_some();
        !taken && self.sums.start < pause.window.1 && self.sums.end > pause.window.1
    }

    /// The position before which the break does least harm.
    fn best_break(&self, index: usize) -> Option<usize> {
        let pause = self.spec.breaks[index];
        let mut best = None;
        for position in 0..self.points.len() {
            if self.place(position).is_none() {
                continue;
            }
            let mut halts = self.points[position].halts;
            halts.breaks |= 1 << index;
            let left = self.left(position);
            for (start, left) in
                [Some((self.sums.start, left)), self.other_start(position, halts)].into_iter().flatten()
            {
                let ride = self.ride_to(position, halts, left);
                let point = &self.points[position];
                let over = (ride.arrive - point.latest).max(0);
                let end = (ride.arrive + point.tail).max(point.floor);
                let cost = price(self.spec, start, end, self.sums.driving).in_parts();
                let late = self.late_if(position, ride.arrive);
                let worth = (ride.late + over, late.saturating_add(cost), end, ride.arrive - left);
                if best.is_none_or(|(known, _)| worth < known) {
                    best = Some((worth, position));
                }
            }
            if left > pause.window.1 {
                break;
            }
        }
        best.map(|(_, position)| position)
    }

    /// When the start would be left, and by that the way to the first stop begun, with that done on it.
    fn other_start(&self, position: usize, halts: Halts) -> Option<(i64, i64)> {
        let earliest = self.earliest();
        let first = self.legs.first().filter(|_| position == 0 && !self.spec.under_way)?;
        let ride = self.ride_to(0, halts, earliest);
        let spec = &self.problem.stops[first.stop as usize];
        let begin = opening(&spec.more_windows, spec.window, ride.arrive);
        let held = begin > ride.arrive || ride.not_before == ride.arrive;
        let latest = (begin - ride.ride).min(ride.leave_by.max(earliest));
        let start = if held { latest.max(earliest) } else { earliest };
        Some((start, start))
    }

    /// When the stop before that position is left.
    fn left(&self, position: usize) -> i64 {
        position.checked_sub(1).map_or(self.sums.start, |before| self.points[before].depart)
    }

    fn ride_to(&self, position: usize, halts: Halts, leave: i64) -> super::arc::Ride {
        ride(self.problem, self.spec, self.roads, halts, self.trip_to(position, leave))
    }

    /// What is done before that position, from when to when.
    pub(super) fn halts_before(&self, position: usize, halts: Halts) -> Vec<(Halt, i64, i64)> {
        let trip = self.trip_to(position, self.left(position));
        halts_of(self.problem, self.spec, self.roads, halts, trip)
    }

    fn trip_to(&self, position: usize, leave: i64) -> Trip {
        let before = position.checked_sub(1).map(|before| &self.points[before]);
        let at_start = || self.spec.battery.as_ref().map_or(0, |battery| battery.at_start);
        let charged = before.map_or_else(at_start, |before| before.left + before.used);
        let trip = self.points[position].trip as usize;
        Trip {
            from: self.place_before(position),
            to: self.place(position),
            way: self.legs.get(position).map_or(self.home.0, |leg| leg.way),
            leave,
            used: before.map_or(0, |before| before.used),
            charged,
            release: self.releases.get(trip).copied().unwrap_or(LONG_AGO),
        }
    }

    /// What lateness costs from that position on if it is reached then, in parts.
    fn late_if(&self, position: usize, mut arrive: i64) -> i64 {
        let mut late = crate::Cost::ZERO;
        for at in position..self.legs.len() {
            let stop = self.legs[at].stop as usize;
            let spec = &self.problem.stops[stop];
            let begin = super::pass::opening(&spec.more_windows, spec.window, arrive);
            let point = &self.points[at];
            if begin == point.begin {
                return (late + point.late).in_parts();
            }
            late += self.problem.rows[stop].late_cost(begin);
            let next = &self.points[at + 1];
            arrive = (begin - point.begin + point.depart + next.ride).max(next.not_before);
        }
        late.in_parts()
    }

    /// Charges where the battery would not last: on the way with the least detour of those that can still be reached.
    fn fit_charges(&mut self) {
        let Some(battery) = self.spec.battery.as_ref().filter(|battery| !battery.stations.is_empty()) else {
            return;
        };
        for _ in 0..self.points.len() {
            let mut from = 0;
            let mut charged = battery.at_start;
            let mut short = None;
            for (position, point) in self.points.iter().enumerate() {
                if point.halts.charge > 0 {
                    (from, charged) = (position, battery.range);
                }
                if point.used > charged {
                    short = Some(position);
                    break;
                }
            }
            let Some(last) = short else { return };
            let first = if self.points[from].halts.charge > 0 { from + 1 } else { from };
            let Some((position, station)) = self.best_charge(first, last, charged) else { return };
            self.points[position].halts.charge = station;
            self.go();
        }
    }

    /// Before which position of these, and where, to charge; as late as it can be among equals.
    fn best_charge(&self, first: usize, last: usize, charged: i64) -> Option<(usize, u8)> {
        let battery = self.spec.battery.as_ref()?;
        let mut best: Option<((bool, i64), usize, u8)> = None;
        for position in (first..=last).rev() {
            self.place(position)?;
            for (station, &place) in (1_u8..).zip(&battery.stations) {
                let halts = Halts { charge: station, ..self.points[position].halts };
                let ride = self.ride_to(position, halts, self.left(position));
                let before = position.checked_sub(1).map_or(0, |before| self.points[before].used);
                let way = self.problem.travel_metres(self.spec.matrix, self.place_before(position), place);
                let reached = halts.reload > 0 || before + way? <= charged;
                let worth = (!reached || ride.used > battery.range, ride.ride - self.points[position].ride);
                if best.is_none_or(|(known, ..)| worth < known) {
                    best = Some((worth, position, station));
                }
            }
        }
        best.filter(|((stranded, _), ..)| !stranded).map(|(_, position, station)| (position, station))
    }
}
