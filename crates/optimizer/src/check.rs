//! The independent judge: recomputes a solution from scratch and names everything that is wrong with it.
//!
//! It shares the words of the model and the adding of money with the search, and not a line of its reckoning, so a
//! mistake has to be made twice to pass. It is the oracle of the property tests and meant to run on every solution
//! before anyone sees it.

use thiserror::Error;

use crate::cost::{Cost, Score};
use crate::model::{Allowed, Lateness, Problem, Solution, StopId, StopSpec, VehicleId, VehicleSpec};

/// What a violation that has no size counts in [`Score::excess`].
pub const BROKEN: i64 = 1_000_000;

/// How long an arc that does not exist is taken to last, in seconds, so that the rest can be reckoned.
const NO_WAY: i64 = 10_000_000;

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// A vehicle carries more than it holds.
    #[error("vehicle {} is {over} over its capacity in dimension {dimension}", vehicle.index())]
    Capacity {
        /// Which vehicle.
        vehicle: VehicleId,
        /// In which dimension, counted from 0.
        dimension: usize,
        /// By how much.
        over: i64,
    },
    /// A stop with a hard window is served after it.
    #[error("stop {} is served {seconds} s after its window by vehicle {}", stop.index(), vehicle.index())]
    Window {
        /// By which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
        /// How long after.
        seconds: i64,
    },
    /// A vehicle without overtime ends after its shift.
    #[error("vehicle {} ends {seconds} s after its shift", vehicle.index())]
    Shift {
        /// Which vehicle.
        vehicle: VehicleId,
        /// How long after.
        seconds: i64,
    },
    /// A vehicle is to drive where there is no way.
    #[error("vehicle {} has no way from place {from} to place {to}", vehicle.index())]
    Unreachable {
        /// Which vehicle.
        vehicle: VehicleId,
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
    },
    /// A stop is served by a vehicle that may not serve it.
    #[error("stop {} may not be served by vehicle {}", stop.index(), vehicle.index())]
    WrongVehicle {
        /// Which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
    },
    /// A vehicle cannot do what a stop needs.
    #[error("vehicle {} cannot do what stop {} needs", vehicle.index(), stop.index())]
    Skill {
        /// Which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
    },
    /// A stop is named more than once, in routes or as unserved; reported for each time too many.
    #[error("stop {} is named more than once", stop.index())]
    Twice {
        /// Which stop.
        stop: StopId,
    },
    /// A stop is neither in a route nor unserved.
    #[error("stop {} is forgotten", stop.index())]
    Missing {
        /// Which stop.
        stop: StopId,
    },
    /// A stop is named that the problem does not have.
    #[error("stop {} does not exist", stop.index())]
    UnknownStop {
        /// Which stop.
        stop: StopId,
    },
    /// A route belongs to a vehicle that the problem does not have.
    #[error("route {route} has stops and no vehicle")]
    UnknownVehicle {
        /// The index of the route.
        route: usize,
    },
}

impl Violation {
    /// What it counts in [`Score::excess`].
    #[must_use]
    pub const fn size(&self) -> i64 {
        match *self {
            Self::Capacity { over, .. } => over,
            Self::Window { seconds, .. } | Self::Shift { seconds, .. } => seconds,
            Self::Unreachable { .. }
            | Self::WrongVehicle { .. }
            | Self::Skill { .. }
            | Self::Twice { .. }
            | Self::Missing { .. }
            | Self::UnknownStop { .. }
            | Self::UnknownVehicle { .. } => BROKEN,
        }
    }
}

/// What a solution comes to; lengths in seconds, summed over all routes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// The objective.
    pub cost: Cost,
    /// From leaving the start to the end of the route.
    pub duration: i64,
    /// Driving.
    pub driving: i64,
    /// Waiting for windows to open.
    pub waiting: i64,
    /// Service.
    pub service: i64,
    /// Lateness at stops, hard windows and priced ones.
    pub late: i64,
    /// How many stops are served late.
    pub late_stops: usize,
    /// Ending after the shift.
    pub overtime: i64,
    /// How many vehicles are used.
    pub vehicles_used: usize,
    /// How many stops are left out or forgotten.
    pub unserved: usize,
    /// How many stops are served by another vehicle than in the plan that they are kept in.
    pub moved: usize,
    /// How many stops of the same vehicle have another stop before them than there.
    pub reordered: usize,
    /// The part of the cost that is the price of these changes.
    pub change_cost: Cost,
}

impl Report {
    /// Whether no rule is broken; stops may be unserved.
    #[must_use]
    pub fn is_feasible(&self) -> bool {
        self.violations.is_empty()
    }

    /// The solution's place among others.
    #[must_use]
    pub fn score(&self) -> Score {
        Score { excess: self.violations.iter().map(Violation::size).sum(), cost: self.cost }
    }
}

/// Recomputes the solution from scratch.
#[must_use]
pub fn check(problem: &Problem, solution: &Solution) -> Report {
    let mut report = Report::default();
    count_visits(problem, solution, &mut report);
    for (index, route) in solution.routes.iter().enumerate().skip(problem.vehicle_ids().len()) {
        if !route.is_empty() {
            report.violations.push(Violation::UnknownVehicle { route: index });
        }
    }
    for id in problem.vehicle_ids() {
        let Some(spec) = problem.vehicle(id) else { continue };
        let stops: Vec<(StopId, &StopSpec)> = solution
            .routes
            .get(id.index())
            .into_iter()
            .flatten()
            .filter_map(|&stop| Some((stop, problem.stop(stop)?)))
            .collect();
        drive(problem, id, spec, &stops, &mut report);
        weigh(problem, id, spec, &stops, &mut report);
        compare(id, &stops, &mut report);
    }
    report.cost += report.change_cost;
    report
}

fn count_visits(problem: &Problem, solution: &Solution, report: &mut Report) {
    let mut named = vec![0_usize; problem.stop_ids().len()];
    let mut served = vec![false; named.len()];
    let in_routes = solution.routes.iter().flatten().map(|&stop| (stop, true));
    for (stop, in_route) in in_routes.chain(solution.unserved.iter().map(|&stop| (stop, false))) {
        let Some(times) = named.get_mut(stop.index()) else {
            report.violations.push(Violation::UnknownStop { stop });
            continue;
        };
        *times += 1;
        if *times > 1 {
            report.violations.push(Violation::Twice { stop });
        }
        served[stop.index()] |= in_route;
    }
    for stop in problem.stop_ids() {
        if named[stop.index()] == 0 {
            report.violations.push(Violation::Missing { stop });
        }
        if let (false, Some(spec)) = (served[stop.index()], problem.stop(stop)) {
            report.unserved += 1;
            report.cost += Cost::units(spec.unserved_penalty);
        }
    }
}

fn drive(
    problem: &Problem,
    vehicle: VehicleId,
    spec: &VehicleSpec,
    stops: &[(StopId, &StopSpec)],
    report: &mut Report,
) {
    if stops.is_empty() && !spec.under_way {
        return;
    }
    report.vehicles_used += 1;
    let travel = |from: usize, to: usize, clock: i64, report: &mut Report| {
        problem.travel_seconds(spec.matrix, from, to, clock).unwrap_or_else(|| {
            report.violations.push(Violation::Unreachable { vehicle, from, to });
            NO_WAY
        })
    };
    let departure = match stops.first() {
        Some((_, first)) if !spec.under_way => {
            let arrives = |leave: i64| {
                let way = problem.travel_seconds(spec.matrix, spec.start, first.place, leave);
                leave + way.unwrap_or(NO_WAY)
            };
            last_departure(spec.shift.0, first.window.0, &arrives)
        }
        _ => spec.shift.0,
    };
    let (mut clock, mut place, mut driving) = (departure, spec.start, 0);
    for &(stop, visit) in stops {
        let way = travel(place, visit.place, clock, report);
        clock += way;
        driving += way;
        if clock < visit.window.0 {
            report.waiting += visit.window.0 - clock;
            clock = visit.window.0;
        }
        let seconds = clock - visit.window.1;
        if seconds > 0 {
            report.late += seconds;
            report.late_stops += 1;
            match visit.lateness {
                Lateness::Hard => report.violations.push(Violation::Window { vehicle, stop, seconds }),
                Lateness::Priced { per_minute } => report.cost += Cost::minutely(seconds, per_minute),
            }
        }
        clock += visit.service;
        report.service += visit.service;
        place = visit.place;
    }
    if let Some(end) = spec.end {
        let way = travel(place, end, clock, report);
        clock += way;
        driving += way;
    }
    let seconds = clock - spec.shift.1;
    if seconds > 0 {
        report.overtime += seconds;
        match spec.overtime {
            Lateness::Hard => report.violations.push(Violation::Shift { vehicle, seconds }),
            Lateness::Priced { per_minute } => report.cost += Cost::minutely(seconds, per_minute),
        }
    }
    let duration = clock - departure;
    report.driving += driving;
    report.duration += duration;
    report.cost += Cost::units(spec.fixed_cost);
    report.cost += Cost::hourly(duration, spec.cost_per_hour);
    report.cost += Cost::hourly(driving, spec.cost_per_driving_hour);
    if let Some(long) = spec.long_day.filter(|long| duration > long.after) {
        report.cost += Cost::hourly(duration - long.after, long.cost_per_hour);
    }
}

/// The latest departure from `earliest` on with which one arrives by `by`, or `earliest` if even that is too late; by
/// halving, as who leaves later never arrives earlier.
fn last_departure(earliest: i64, by: i64, arrives: &dyn Fn(i64) -> i64) -> i64 {
    let (mut good, mut late) = (earliest, by.max(earliest) + 1);
    while late - good > 1 {
        let middle = good + (late - good) / 2;
        if arrives(middle) <= by { good = middle } else { late = middle }
    }
    good
}

fn weigh(
    problem: &Problem,
    vehicle: VehicleId,
    spec: &VehicleSpec,
    stops: &[(StopId, &StopSpec)],
    report: &mut Report,
) {
    for &(stop, visit) in stops {
        let listed = match &visit.allowed {
            Allowed::All => true,
            Allowed::Only(vehicles) => vehicles.contains(&vehicle),
            Allowed::AllBut(vehicles) => !vehicles.contains(&vehicle),
        };
        if !listed || visit.only_vehicle.is_some_and(|only| only != vehicle) {
            report.violations.push(Violation::WrongVehicle { vehicle, stop });
        }
        if (0..64).any(|skill| visit.needs.0 >> skill & 1 > spec.skills.0 >> skill & 1) {
            report.violations.push(Violation::Skill { vehicle, stop });
        }
    }
    for dimension in 0..problem.capacity_dims() {
        let load: i64 = stops.iter().filter_map(|(_, visit)| visit.demand.get(dimension)).sum();
        let over = load - spec.capacity.get(dimension).copied().unwrap_or(0);
        if over > 0 {
            report.violations.push(Violation::Capacity { vehicle, dimension, over });
        }
    }
}

/// Compares a route with the plan that its stops are kept in.
fn compare(vehicle: VehicleId, stops: &[(StopId, &StopSpec)], report: &mut Report) {
    let before = std::iter::once(None).chain(stops.iter().map(|(stop, _)| Some(*stop)));
    for ((_, visit), before) in stops.iter().zip(before) {
        let Some(kept) = visit.kept else { continue };
        if kept.vehicle != vehicle {
            report.moved += 1;
            report.change_cost += Cost::units(kept.moved_price);
        } else if kept.behind != before {
            report.reordered += 1;
            report.change_cost += Cost::units(kept.order_price);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_route_is_reckoned_by_hand() {
        let mut builder = samples::line(&[]);
        let mut first = samples::stop(10);
        (first.window, first.service) = ((100, 200), 7);
        let mut second = samples::stop(30);
        (second.window, second.lateness) = ((0, 100), Lateness::Priced { per_minute: 60 });
        let stops = vec![builder.stop(first), builder.stop(second)];
        let third = builder.stop(samples::stop(1));
        let problem = builder.build().unwrap();
        let report =
            check(&problem, &Solution { routes: vec![stops], unserved: vec![third], ..Solution::default() });
        // Leaves at 90, serves from 100 to 107, is at 127 where it should be by 100, and back at 157.
        assert_eq!(report.violations, []);
        assert_eq!((report.duration, report.driving, report.waiting, report.service), (67, 60, 0, 7));
        assert_eq!((report.late, report.late_stops, report.unserved), (27, 1, 1));
        assert_eq!(report.cost, Cost::units(67 + 27 + 1_000_000));
    }

    #[test]
    fn every_broken_rule_is_named() {
        let mut builder = samples::line(&[]);
        let other = builder.vehicle(samples::vehicle());
        let mut short = samples::vehicle();
        (short.shift, short.capacity) = ((0, 50), vec![2]);
        let short = builder.vehicle(short);
        let mut tight = samples::stop(40);
        (tight.window, tight.demand, tight.only_vehicle) = ((0, 30), vec![3], Some(other));
        let tight = builder.stop(tight);
        let forgotten = builder.stop(samples::stop(1));
        let problem = builder.build().unwrap();
        let unknown = StopId(9);
        let solution = Solution {
            routes: vec![vec![unknown], Vec::new(), vec![tight], vec![tight]],
            unserved: Vec::new(),
            ..Solution::default()
        };
        assert_eq!(
            check(&problem, &solution).violations,
            [
                Violation::UnknownStop { stop: unknown },
                Violation::Twice { stop: tight },
                Violation::Missing { stop: forgotten },
                Violation::UnknownVehicle { route: 3 },
                Violation::Window { vehicle: short, stop: tight, seconds: 10 },
                Violation::Shift { vehicle: short, seconds: 30 },
                Violation::WrongVehicle { vehicle: short, stop: tight },
                Violation::Capacity { vehicle: short, dimension: 0, over: 1 },
            ]
        );
    }

    #[test]
    fn a_way_that_does_not_exist_is_named() {
        let mut builder = crate::ProblemBuilder::new(1);
        builder.matrix(2, vec![0, u32::MAX, 5, 0]);
        let vehicle = builder.vehicle(samples::vehicle());
        let stop = builder.stop(samples::stop(1));
        let problem = builder.build().unwrap();
        let report = check(
            &problem,
            &Solution { routes: vec![vec![stop]], unserved: Vec::new(), ..Solution::default() },
        );
        assert!(
            report.violations.contains(&Violation::Unreachable { vehicle, from: 0, to: 1 }),
            "{report:?}"
        );
    }
}
