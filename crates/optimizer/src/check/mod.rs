//! The independent checker: recomputes a solution from scratch and names everything that is wrong with it.
//!
//! It shares the words of the model and the adding of money with the search, and not a line of its code, so a
//! mistake has to be made twice to pass. It is the oracle of the property tests and meant to run on every solution
//! before anyone sees it. What it computes is section 8 of `docs/optimizer.md`.

mod drive;
mod load;
mod relations;
mod steps;
#[cfg(test)]
mod tests;
mod violation;

use crate::cost::{Cost, Score};
use crate::model::{Allowed, Lateness, Problem, Solution, StopId, StopSpec, VehicleId, VehicleSpec};
use drive::{Drive, Moment};
use steps::{Action, Step};

pub use violation::{BROKEN, Violation};

/// What a solution comes to; lengths in seconds, summed over all routes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// The objective.
    pub cost: Cost,
    /// From leaving the start to the end of the route; from the beginning of the shift if the vehicle is under way. It is
    /// the sum of driving, waiting, service, breaks, loading and charging.
    pub duration: i64,
    /// Driving.
    pub driving: i64,
    /// Waiting for windows to open, for breaks, and for goods.
    pub waiting: i64,
    /// Service.
    pub service: i64,
    /// Breaks.
    pub breaks: i64,
    /// Loading at reloads, without waiting for goods.
    pub loading: i64,
    /// Charging.
    pub charging: i64,
    /// How often vehicles reload.
    pub reloads: usize,
    /// Metres driven, as far as they are known.
    pub distance: i64,
    /// Grams of CO2e emitted, rounded down.
    pub grams: i64,
    /// Lateness at stops, hard windows and priced ones.
    pub late: i64,
    /// How many stops are served late.
    pub late_stops: usize,
    /// Ending after the shift.
    pub overtime: i64,
    /// How many vehicles are used.
    pub vehicles_used: usize,
    /// How many stops are left out or forgotten; alternatives count as one.
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
        let excess = self.violations.iter().map(Violation::size).fold(0, i64::saturating_add);
        Score { excess, cost: self.cost }
    }
}

/// Recomputes the solution from scratch.
#[must_use]
pub fn check(problem: &Problem, solution: &Solution) -> Report {
    let mut report = Report::default();
    relations::count_visits(problem, solution, &mut report);
    let vehicles = problem.vehicle_ids().len();
    for (index, route) in solution.routes.iter().enumerate().skip(vehicles) {
        if !route.is_empty() {
            report.violations.push(Violation::UnknownVehicle { route: index });
        }
    }
    for (index, stopovers) in solution.stopovers.iter().enumerate().skip(vehicles) {
        let vehicle = relations::vehicle_of(index);
        let unknown = stopovers.iter().map(|&stopover| Violation::UnknownStopover { vehicle, stopover });
        report.violations.extend(unknown);
    }
    let mut emitted = 0_i128;
    for id in problem.vehicle_ids() {
        let Some(spec) = problem.vehicle(id) else { continue };
        let route = solution.routes.get(id.index()).map(Vec::as_slice).unwrap_or_default();
        let stopovers = solution.stopovers.get(id.index()).map(Vec::as_slice).unwrap_or_default();
        let steps = steps::steps(problem, id, spec, route, stopovers, &mut report);
        let stops: Vec<(StopId, &StopSpec)> =
            route.iter().filter_map(|&stop| Some((stop, problem.stop(stop)?))).collect();
        if stops.is_empty() && !spec.under_way {
            continue;
        }
        report.vehicles_used += 1;
        clock(problem, id, spec, &steps.all, &mut report);
        measure(id, spec, &steps, &mut report);
        permit(id, spec, &stops, &mut report);
        let millionths = weigh(problem, id, spec, &steps.all, &mut report);
        emitted = emitted.saturating_add(millionths);
        compare(id, &stops, &mut report);
    }
    report.grams = clamped(emitted / 1_000_000);
    report.cost += report.change_cost;
    report
}

/// What follows from when a vehicle does what.
fn clock(problem: &Problem, vehicle: VehicleId, spec: &VehicleSpec, steps: &[Step], report: &mut Report) {
    let (departure, moments) = Drive { problem, spec, steps }.times();
    let end = drive::end(&moments, departure);
    let mut driving = 0;
    for (step, moment) in steps.iter().zip(&moments) {
        if let (false, Some((from, to))) = (moment.reachable, step.leg) {
            report.violations.push(Violation::Unreachable { vehicle, from, to });
        }
        driving += moment.way;
        report.waiting += moment.waits;
        match step.action {
            Action::Serve(stop, visit) => {
                report.service += step.stay;
                be_late(vehicle, stop, visit, moment, report);
            }
            Action::Break(which, pause) => {
                report.breaks += step.stay;
                let seconds = moment.sets_out - pause.window.1;
                if seconds > 0 {
                    report.violations.push(Violation::BreakLate { vehicle, which, seconds });
                }
            }
            Action::Reload => {
                report.loading += step.stay;
                report.reloads += 1;
            }
            Action::Charge => report.charging += step.stay,
            Action::End => {}
        }
    }
    for (which, pause) in spec.breaks.iter().enumerate() {
        let taken = |step: &&Step| matches!(step.action, Action::Break(index, _) if index == which);
        let times = steps.iter().filter(taken).count();
        if times == 0 && departure < pause.window.1 && pause.window.1 < end {
            report.violations.push(Violation::BreakMissing { vehicle, which });
        }
        report.violations.extend((1..times).map(|_| Violation::BreakTwice { vehicle, which }));
    }
    let seconds = end - spec.shift.1;
    if seconds > 0 {
        report.overtime += seconds;
        match spec.overtime {
            Lateness::Hard => report.violations.push(Violation::Shift { vehicle, seconds }),
            Lateness::Priced { per_minute } => report.cost += Cost::minutely(seconds, per_minute),
        }
    }
    if spec.under_way {
        let first_trip = steps.iter().take_while(|step| !matches!(step.action, Action::Reload));
        report.violations.extend(first_trip.filter_map(|step| match step.action {
            Action::Serve(stop, visit)
                if visit.release.is_some_and(|at| at > spec.shift.0 || !spec.at_depot) =>
            {
                Some(Violation::NotAboard { vehicle, stop })
            }
            _ => None,
        }));
    }
    let duration = end - departure;
    if let Some(seconds) = spec.max_duration.map(|longest| duration - longest).filter(|over| *over > 0) {
        report.violations.push(Violation::Duration { vehicle, seconds });
    }
    report.driving += driving;
    report.duration += duration;
    report.cost += Cost::units(spec.fixed_cost);
    report.cost += Cost::hourly(duration, spec.cost_per_hour);
    report.cost += Cost::hourly(driving, spec.cost_per_driving_hour);
    if let Some(long) = spec.long_day.filter(|long| duration > long.after) {
        report.cost += Cost::hourly(duration - long.after, long.cost_per_hour);
    }
}

fn be_late(vehicle: VehicleId, stop: StopId, visit: &StopSpec, moment: &Moment, report: &mut Report) {
    let seconds = moment.begin - drive::last_close(visit);
    if seconds <= 0 {
        return;
    }
    report.late += seconds;
    report.late_stops += 1;
    match visit.lateness {
        Lateness::Hard => report.violations.push(Violation::Window { vehicle, stop, seconds }),
        Lateness::Priced { per_minute } => report.cost += Cost::minutely(seconds, per_minute),
    }
}

/// What follows from how far a vehicle drives, and how often it loads.
fn measure(vehicle: VehicleId, spec: &VehicleSpec, steps: &steps::Steps, report: &mut Report) {
    let reloads = steps.all.iter().filter(|step| matches!(step.action, Action::Reload)).count();
    let over = spec.reloads.as_ref().map_or(0, |own| reloads.saturating_sub(own.most));
    if over > 0 {
        let over = i64::try_from(over).unwrap_or(i64::MAX);
        report.violations.push(Violation::Reloads { vehicle, over });
    }
    let distance: i64 = steps.all.iter().map(|step| step.metres).sum();
    if let Some(metres) = spec.max_distance.map(|farthest| distance - farthest).filter(|over| *over > 0) {
        report.violations.push(Violation::Distance { vehicle, metres });
    }
    if steps.beyond_range > 0 {
        report.violations.push(Violation::Range { vehicle, metres: steps.beyond_range });
    }
    report.distance += distance;
    // A unit for a kilometre is 3600 parts for 1000 metres, which is 18 for 5.
    report.cost += Cost::parts(clamped(i128::from(distance) * i128::from(spec.cost_per_km) * 18 / 5));
}

/// Whether the vehicle may serve its stops.
fn permit(vehicle: VehicleId, spec: &VehicleSpec, stops: &[(StopId, &StopSpec)], report: &mut Report) {
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
}

/// What follows from what is aboard; returns what is emitted, in millionths of a gram.
fn weigh(
    problem: &Problem,
    vehicle: VehicleId,
    spec: &VehicleSpec,
    steps: &[Step],
    report: &mut Report,
) -> i128 {
    let loads = load::loads(problem, spec, steps);
    for (dimension, loads) in loads.iter().enumerate() {
        let most = loads.iter().copied().max().unwrap_or(0);
        let over = most - spec.capacity.get(dimension).copied().unwrap_or(0);
        if over > 0 {
            report.violations.push(Violation::Capacity { vehicle, dimension, over });
        }
    }
    let Some(emissions) = spec.emissions else { return 0 };
    let millionths = load::emitted(emissions, steps, &loads);
    let priced = millionths.saturating_mul(i128::from(emissions.cost_per_kg)).saturating_mul(3600);
    report.cost += Cost::parts(clamped(priced / 1_000_000_000));
    millionths
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

fn clamped(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
