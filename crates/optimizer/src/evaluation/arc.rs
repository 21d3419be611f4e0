//! From one stop to the next with everything that is done in between.

use super::LONG_AGO;
use crate::model::{Halt, Problem, VehicleSpec};
use crate::route::NEVER;
use crate::travel::Roads;
use crate::travel::UNREACHABLE;

/// What is done between two stops: breaks on the first way, then a reload, then a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Halts {
    /// A bit for each break.
    pub(crate) breaks: u16,
    /// One more than the index of the place to reload at; 0 for none.
    pub(crate) reload: u8,
    /// One more than the index of the place to charge at; 0 for none.
    pub(crate) charge: u8,
}

impl Halts {
    pub(crate) const NONE: Self = Self { breaks: 0, reload: 0, charge: 0 };

    pub(crate) fn of(halts: impl Iterator<Item = Halt>) -> Self {
        let mut all = Self::NONE;
        for halt in halts {
            match halt {
                Halt::Break(index) => all.breaks |= 1 << index.min(15),
                Halt::Reload(index) => all.reload = index as u8 + 1,
                Halt::Charge(index) => all.charge = index as u8 + 1,
            }
        }
        all
    }

    pub(crate) fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The indices of its breaks.
    pub(crate) fn each_break(self) -> impl Iterator<Item = usize> {
        (0..16).filter(move |index| self.breaks >> index & 1 == 1)
    }

    pub(crate) fn each(self) -> impl Iterator<Item = Halt> {
        let some = |index: u8| usize::from(index).checked_sub(1);
        self.each_break()
            .map(Halt::Break)
            .chain(some(self.reload).map(Halt::Reload))
            .chain(some(self.charge).map(Halt::Charge))
    }
}

/// A ride from one stop to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ride {
    /// When it is over.
    pub(crate) arrive: i64,
    /// Seconds without waiting.
    pub(crate) ride: i64,
    /// The earliest arrival because of what is done on the way, and the latest leaving.
    pub(crate) not_before: i64,
    pub(crate) leave_by: i64,
    pub(crate) drive: i64,
    pub(crate) metres: i64,
    /// Seconds without waiting behind the reload, if there is one, or all of them.
    pub(crate) since_reload: i64,
    /// Metres since the last charge, at its end; and by how many metres the battery was too small on the way.
    pub(crate) used: i64,
    pub(crate) stranded: i64,
    /// How much too late breaks begin.
    pub(crate) late: i64,
    /// How many ways there are not.
    pub(crate) missing: i64,
}

impl Ride {
    fn from(leave: i64, used: i64) -> Self {
        Self {
            arrive: leave,
            ride: 0,
            not_before: LONG_AGO,
            leave_by: NEVER,
            drive: 0,
            metres: 0,
            since_reload: 0,
            used,
            stranded: 0,
            late: 0,
            missing: 0,
        }
    }
}

/// From where to where, when, and what is known of the battery and the goods.
#[derive(Clone, Copy)]
pub(crate) struct Trip {
    pub(crate) from: usize,
    /// None if the route ends where it is.
    pub(crate) to: Option<usize>,
    /// The packed arc between them.
    pub(crate) way: i32,
    pub(crate) leave: i64,
    /// Metres since the last charge, and for how many there is charge in all.
    pub(crate) used: i64,
    pub(crate) charged: i64,
    /// When the goods of the next trip are released.
    pub(crate) release: i64,
}

/// Rides from one stop to the next.
#[inline(always)]
pub(crate) fn ride(
    problem: &Problem,
    spec: &VehicleSpec,
    roads: Roads<'_>,
    halts: Halts,
    trip: Trip,
) -> Ride {
    let Trip { from, to, way, leave, used, charged, release } = trip;
    let metres = |from: usize, to: usize| problem.travel_metres(spec.matrix, from, to).unwrap_or(0);
    let mut ride = Ride::from(leave, used);
    if halts.is_none() {
        let Some(to) = to else { return ride };
        let seconds = roads.time_shapes().map_or_else(
            || crate::travel::time_shapes::seconds_of(way),
            |time_shapes| time_shapes.seconds(way, leave),
        );
        ride.arrive += seconds;
        (ride.ride, ride.drive, ride.since_reload) = (seconds, seconds, seconds);
        ride.missing = i64::from(seconds >= UNREACHABLE);
        if problem.measured(spec.matrix) {
            ride.metres = metres(from, to);
            ride.used += ride.metres;
        }
        return ride;
    }
    let rider = Rider { problem, spec, roads, here: from, charged, ride, seen: None };
    halting(rider, halts, to, release)
}

#[inline(never)]
fn halting(mut rider: Rider<'_>, halts: Halts, to: Option<usize>, release: i64) -> Ride {
    rider.through(halts, to, release);
    rider.ride
}

/// When what is done on a ride begins and ends.
pub(crate) fn halts_of(
    problem: &Problem,
    spec: &VehicleSpec,
    roads: Roads<'_>,
    halts: Halts,
    trip: Trip,
) -> Vec<(Halt, i64, i64)> {
    let Trip { from, to, leave, used, charged, release, .. } = trip;
    let ride = Ride::from(leave, used);
    let mut rider = Rider { problem, spec, roads, here: from, charged, ride, seen: Some(Vec::new()) };
    rider.through(halts, to, release);
    rider.seen.unwrap_or_default()
}

/// How long it takes to charge for so many metres.
pub(crate) fn charging_seconds(metres: i64, seconds_per_km: i64) -> i64 {
    let thousandths = i128::from(metres.max(0)) * i128::from(seconds_per_km);
    i64::try_from((thousandths + 999) / 1000).unwrap_or(NEVER)
}

/// A vehicle on its ride.
struct Rider<'a> {
    problem: &'a Problem,
    spec: &'a VehicleSpec,
    roads: Roads<'a>,
    here: usize,
    charged: i64,
    ride: Ride,
    /// What has been done, from when to when, if anybody asks.
    seen: Option<Vec<(Halt, i64, i64)>>,
}

impl Rider<'_> {
    /// Goes to the next stop with everything that is done on the way.
    fn through(&mut self, halts: Halts, to: Option<usize>, release: i64) {
        let place =
            |places: Option<&Vec<usize>>, index: u8| places?.get(usize::from(index).checked_sub(1)?).copied();
        let mut breaks = halts.breaks;
        let mut gone = 0;
        if let Some(depot) = place(self.spec.reloads.as_ref().map(|reloads| &reloads.places), halts.reload) {
            self.drive_to(depot, std::mem::take(&mut breaks));
            let since = self.ride.arrive;
            self.stay(self.spec.reloads.as_ref().map_or(0, |reloads| reloads.service));
            self.wait_until(release);
            gone = self.ride.ride;
            self.see(Halt::Reload(usize::from(halts.reload) - 1), since, self.ride.arrive);
        }
        if let Some(battery) = &self.spec.battery
            && let Some(station) = place(Some(&battery.stations), halts.charge)
        {
            self.drive_to(station, std::mem::take(&mut breaks));
            self.ride.stranded += (self.ride.used - self.charged).max(0);
            let missing = (battery.range - (self.charged - self.ride.used)).max(0);
            let since = self.ride.arrive;
            self.stay(charging_seconds(missing, battery.seconds_per_km));
            self.see(Halt::Charge(usize::from(halts.charge) - 1), since, self.ride.arrive);
            (self.ride.used, self.charged) = (0, battery.range);
        }
        match to {
            Some(to) => self.drive_to(to, breaks),
            None => self.rest(breaks, self.ride.arrive, self.ride.ride),
        }
        self.ride.since_reload = self.ride.ride - gone;
    }

    fn drive_to(&mut self, to: usize, breaks: u16) {
        let ride = &mut self.ride;
        let seconds = self.roads.seconds_at(self.here, to, ride.arrive);
        let metres = self.problem.travel_metres(self.spec.matrix, self.here, to).unwrap_or(0);
        ride.missing += i64::from(seconds >= UNREACHABLE);
        ride.drive += seconds;
        ride.metres += metres;
        ride.used += metres;
        self.here = to;
        let (left, gone) = (ride.arrive, ride.ride);
        self.stay(seconds);
        self.rest(breaks, left, gone);
    }

    /// Takes breaks: the first before, on or behind the way that was left for at `left`, further ones behind it.
    fn rest(&mut self, breaks: u16, mut left: i64, mut gone: i64) {
        for index in (Halts { breaks, ..Halts::NONE }).each_break() {
            let Some(pause) = self.spec.breaks.get(index) else { continue };
            let ride = &mut self.ride;
            ride.late += (left - pause.window.1).max(0);
            ride.leave_by = ride.leave_by.min(pause.window.1 - gone);
            let begin = left.max(pause.window.0);
            self.wait_until(pause.window.0);
            self.stay(pause.duration);
            self.see(Halt::Break(index), begin, begin + pause.duration);
            (left, gone) = (self.ride.arrive, self.ride.ride);
        }
    }

    fn see(&mut self, halt: Halt, from: i64, to: i64) {
        if let Some(seen) = &mut self.seen {
            seen.push((halt, from, to));
        }
    }

    fn stay(&mut self, seconds: i64) {
        self.ride.arrive += seconds;
        self.ride.ride += seconds;
        self.ride.not_before += seconds;
    }

    fn wait_until(&mut self, time: i64) {
        self.ride.arrive = self.ride.arrive.max(time);
        self.ride.not_before = self.ride.not_before.max(time);
    }
}
