//! When a vehicle is where, if it serves these stops in this order.
//!
//! A vehicle leaves as late as it can without any service beginning later: it waits at its start, unpaid, rather
//! than at its first stop. One that is under way leaves at the beginning of its shift. Whether the times keep the
//! limits is reported, not enforced.

use crate::evaluation::{Evaluator, Point};
use crate::model::{Problem, Solution, StopId, Stopover, VehicleId, VehicleSpec, sound_stopovers};
use crate::route::Route;

/// One stop in its route; times in seconds since the origin, lengths in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which stop.
    pub stop: StopId,
    /// When the vehicle arrives.
    pub arrival: i64,
    /// When service begins: on arrival, or when the window opens.
    pub begin: i64,
    /// When the vehicle leaves.
    pub departure: i64,
    /// How long it drives from the stop before, or from the start.
    pub travel: i64,
    /// How long it waits for the window to open.
    pub waiting: i64,
    /// How long after the window service begins.
    pub late: i64,
}

/// A route in time; times in seconds since the origin, lengths in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// When the vehicle leaves its start.
    pub start: i64,
    /// When it is at its end; when it leaves its last stop if it has no end.
    pub end: i64,
    /// Its stops.
    pub visits: Vec<Visit>,
    /// What is aboard at the start, in each dimension.
    pub load: Vec<i64>,
    /// How long it drives in all, the way to the end included.
    pub driving: i64,
    /// How long it waits in all.
    pub waiting: i64,
    /// How long after the shift it ends.
    pub overtime: i64,
    /// What it does between its stops.
    pub halts: Vec<Halted>,
    /// How far it drives, in metres, as far as that is known.
    pub metres: i64,
    /// CO2e in grams, rounded down.
    pub grams: i64,
}

/// A stopover in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halted {
    /// What it is, and before which stop.
    pub stopover: Stopover,
    /// When it begins and ends, in seconds since the origin; a reload ends when the goods are released.
    pub from: i64,
    /// When it ends.
    pub to: i64,
}

impl Schedule {
    /// Seconds from leaving the start to the end of the route.
    #[must_use]
    pub const fn duration(&self) -> i64 {
        self.end - self.start
    }
}

/// The schedule of a vehicle that serves these stops in this order.
///
/// An arc that does not exist takes ten million seconds. Stops of another problem are passed over, and a vehicle of
/// another problem has the empty schedule. Without stops a vehicle stays at its start (or, if it is under way, drives
/// to its end). Breaks and charges are where they fit best; [`timetable`] takes them from a plan, and reloads too.
#[must_use]
pub fn schedule(problem: &Problem, vehicle: VehicleId, stops: &[StopId]) -> Schedule {
    let Some(spec) = problem.vehicle(vehicle) else { return Schedule::default() };
    let known: Vec<StopId> = stops.iter().copied().filter(|&stop| problem.stop(stop).is_some()).collect();
    if problem.wide || problem.measured(spec.matrix) {
        let mut evaluator = Evaluator::new(problem, vehicle);
        evaluator.take(vehicle, &known, &[]);
        evaluator.fit_out();
        return schedule_of(problem, spec, &known, &evaluator);
    }
    let route = Route::of(problem, vehicle, known);
    let visits: Vec<Visit> = (route.stops.iter().zip(&route.nodes).enumerate())
        .map(|(index, (&stop, node))| {
            let arrival = if index == 0 { route.start + node.travel } else { node.arrive };
            Visit {
                stop,
                arrival,
                begin: node.begin,
                departure: node.depart,
                travel: node.travel,
                waiting: node.begin - arrival,
                late: (node.begin - problem.row(stop).close).max(0),
            }
        })
        .collect();
    Schedule {
        start: route.start,
        end: route.end,
        waiting: visits.iter().map(|visit| visit.waiting).sum(),
        visits,
        load: route.load,
        driving: route.driving,
        overtime: (route.end - spec.shift.1).max(0),
        ..Schedule::default()
    }
}

/// The schedule of a vehicle in a plan, with its stopovers. Of what the plan cannot mean (see [`schedule`]) nothing is
/// said.
#[must_use]
pub fn timetable(problem: &Problem, solution: &Solution, vehicle: VehicleId) -> Schedule {
    let Some(spec) = problem.vehicle(vehicle) else { return Schedule::default() };
    let stops = solution.routes.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
    if !problem.wide {
        return schedule(problem, vehicle, stops);
    }
    let known = |stop: &StopId| problem.stop(*stop).is_some();
    let places: Vec<usize> = (0..stops.len()).filter(|&at| known(&stops[at])).collect();
    let stops: Vec<StopId> = stops.iter().copied().filter(known).collect();
    let given = solution.stopovers.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
    let mut evaluator = Evaluator::new(problem, vehicle);
    evaluator.take(vehicle, &stops, &sound_stopovers(spec, given, &places));
    evaluator.evaluate();
    schedule_of(problem, spec, &stops, &evaluator)
}

fn schedule_of(
    problem: &Problem,
    spec: &VehicleSpec,
    stops: &[StopId],
    evaluator: &Evaluator<'_>,
) -> Schedule {
    let visit = |(&stop, point): (&StopId, &Point)| Visit {
        stop,
        arrival: point.arrive,
        begin: point.begin,
        departure: point.depart,
        travel: point.drive,
        waiting: point.begin - point.arrive,
        late: (point.begin - problem.row(stop).close).max(0),
    };
    let sums = &evaluator.sums;
    let halted = |(stopover, from, to)| Halted { stopover, from, to };
    Schedule {
        start: sums.start,
        end: sums.end,
        visits: stops.iter().zip(&evaluator.points).map(visit).collect(),
        load: evaluator.load_at_start(),
        driving: sums.driving,
        waiting: sums.waiting,
        overtime: (sums.end - spec.shift.1).max(0),
        halts: evaluator.halts().into_iter().map(halted).collect(),
        metres: sums.metres,
        grams: sums.micrograms / 1_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_vehicle_waits_at_its_start_and_not_at_the_first_stop() {
        let mut builder = samples::line(&[]);
        let mut early = samples::stop(10);
        early.window = (500, 600);
        early.service = 5;
        let mut late = samples::stop(20);
        late.window = (700, 800);
        let stops = [builder.stop(early), builder.stop(late)];
        let problem = builder.build().unwrap();
        let vehicle = problem.vehicle_ids().next().unwrap();
        let schedule = schedule(&problem, vehicle, &stops);
        assert_eq!((schedule.start, schedule.end), (490, 720));
        assert_eq!(schedule.waiting, 185);
        assert_eq!(schedule.driving, 40);
        let [first, second] = schedule.visits[..] else { panic!("{schedule:?}") };
        assert_eq!((first.arrival, first.begin, first.departure, first.waiting), (500, 500, 505, 0));
        assert_eq!((second.arrival, second.begin, second.travel, second.late), (515, 700, 10, 0));
    }

    #[test]
    fn a_vehicle_under_way_starts_at_once_and_goes_home_without_stops() {
        let mut builder = samples::line(&[]);
        let mut out = samples::vehicle();
        (out.start, out.under_way, out.shift) = (30, true, (100, 120));
        let out = builder.vehicle(out);
        let mut stop = samples::stop(30);
        stop.window = (150, 160);
        let stop = builder.stop(stop);
        let problem = builder.build().unwrap();
        let empty = schedule(&problem, out, &[]);
        assert_eq!((empty.start, empty.end, empty.driving, empty.overtime), (100, 130, 30, 10));
        let waits = schedule(&problem, out, &[stop]);
        assert_eq!((waits.start, waits.waiting, waits.end), (100, 50, 180));
    }
}
