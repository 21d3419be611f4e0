//! What a plan is made of and what stands in its way: what each route costs and breaks, and for each stop that nobody
//! serves the vehicle that comes closest and the least that would have to give.
//!
//! [`examine`] takes any plan as it is, one made by hand too: it keeps the order of its stops, gives them their best times,
//! and names everything that is wrong. Nothing here searches.

mod wide;

use crate::check::{Violation, check};
use crate::cost::{Cost, Score};
use crate::evaluation::Evaluator;
use crate::model::{Lateness, NOBODY, Problem, Solution, StopId, VehicleId};
use crate::route::Route;
use crate::schedule::{Schedule, Visit, schedule, timetable};

/// A plan, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// By vehicle.
    pub routes: Vec<ExaminedRoute>,
    /// Why nobody serves these stops, in ascending order.
    pub unserved: Vec<Unserved>,
    /// What is wrong with the plan as a whole: stops that are named twice, forgotten or unknown, and what binds stops to each
    /// other and does not hold.
    pub violations: Vec<Violation>,
    /// How good it is.
    pub score: Score,
}

/// A route, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExaminedRoute {
    /// Whose route.
    pub vehicle: VehicleId,
    /// Its times, leaving as late as no service begins later for it.
    pub schedule: Schedule,
    /// What its cost is made of.
    pub costs: RouteCosts,
    /// What it breaks.
    pub violations: Vec<Violation>,
}

/// What the cost of a route is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteCosts {
    /// For using the vehicle at all.
    pub fixed: Cost,
    /// For the hours from its start to its end.
    pub hours: Cost,
    /// For driving, on top.
    pub driving: Cost,
    /// For the kilometres.
    pub kilometres: Cost,
    /// For what is emitted.
    pub emissions: Cost,
    /// For the hours beyond a fair day, on top.
    pub long_day: Cost,
    /// For ending after the shift.
    pub overtime: Cost,
    /// For stops that are served after their windows.
    pub lateness: Cost,
    /// For stops that people know in another place of the plan.
    pub changes: Cost,
}

impl RouteCosts {
    /// All of it.
    #[must_use]
    pub fn sum(&self) -> Cost {
        let time = self.hours + self.driving + self.long_day + self.overtime + self.lateness;
        self.fixed + time + self.kilometres + self.emissions + self.changes
    }
}

/// Why nobody serves a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// Which stop.
    pub stop: StopId,
    /// The ways to serve it all the same that need the least, the closest vehicle's first: of each vehicle the one that
    /// needs least. Empty if there is no vehicle at all.
    pub ways: Vec<WayIn>,
}

/// A place for a stop, and what would have to give for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// Which stop: the one that is asked for, or one of its alternatives.
    pub stop: StopId,
    /// In whose route.
    pub vehicle: VehicleId,
    /// As its how-manieth stop, counted from 0. The delivery of a shipment comes right behind its pickup.
    pub position: usize,
    /// What stands in the way; each of these has to give.
    pub obstacles: Vec<Obstacle>,
}

/// One thing that keeps a stop out of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The stop is bound to another vehicle.
    Bound {
        /// To which.
        to: VehicleId,
    },
    /// The vehicle is not allowed there.
    NotAllowed,
    /// The vehicle cannot do what the stop needs.
    Skill,
    /// No way leads there, or on from there.
    NoWay,
    /// The vehicle is too full.
    Room {
        /// In which dimension, counted from 0.
        dimension: usize,
        /// By how much.
        over: i64,
    },
    /// The stop's window closes too early.
    Window {
        /// By how many seconds.
        seconds: i64,
    },
    /// Another stop, whose window is hard, would be served too late, or later than it is.
    Other {
        /// The one that would be latest.
        stop: StopId,
        /// By how many seconds.
        seconds: i64,
    },
    /// The shift ends too early.
    Shift {
        /// By how many seconds.
        seconds: i64,
    },
    /// The vehicle is under way, and the goods are not aboard.
    NotAboard,
    /// It may not ride with a stop that the vehicle serves.
    Apart {
        /// With which.
        from: StopId,
    },
    /// It has to ride with stops that another vehicle serves.
    Together {
        /// Which vehicle.
        with: VehicleId,
    },
    /// A break would be owed and fit nowhere, or begin too late.
    Break {
        /// The index of the break in [`VehicleSpec::breaks`](crate::VehicleSpec::breaks).
        which: usize,
        /// By how many seconds it would be too late.
        seconds: i64,
    },
    /// The route would take too long.
    Duration {
        /// By how many seconds.
        seconds: i64,
    },
    /// The route would be too far.
    Distance {
        /// By how many metres.
        metres: i64,
    },
    /// The battery would not last.
    Range {
        /// By how many metres.
        metres: i64,
    },
    /// It fits, and leaving it out is cheaper.
    Price {
        /// What it would cost.
        cost: Cost,
        /// What leaving it out costs.
        penalty: Cost,
    },
}

impl Obstacle {
    /// How much would have to give, to be compared with others: what cannot be bought most of all, then what is missing,
    /// loads by their share of the vehicle.
    fn weight(&self, capacity: &[i64]) -> i64 {
        match *self {
            Self::NoWay => 1_000_000_000_000,
            Self::Bound { .. }
            | Self::NotAllowed
            | Self::Skill
            | Self::NotAboard
            | Self::Apart { .. }
            | Self::Together { .. } => 1_000_000_000,
            Self::Room { dimension, over } => {
                let room = capacity.get(dimension).copied().unwrap_or(0).max(1);
                10_000 + (over as f64 / room as f64 * 100_000.0) as i64
            }
            Self::Window { seconds }
            | Self::Other { seconds, .. }
            | Self::Shift { seconds }
            | Self::Break { seconds, .. }
            | Self::Duration { seconds } => seconds,
            // As long as it takes at ten metres a second.
            Self::Distance { metres } | Self::Range { metres } => metres / 10,
            Self::Price { .. } => 0,
        }
    }
}

/// Explains a plan: see [`Examination`]. At most `most` ways for each stop that nobody serves.
#[must_use]
pub fn examine(problem: &Problem, solution: &Solution, most: usize) -> Examination {
    let report = check(problem, solution);
    let whose = |violation: &Violation| {
        violation.vehicle().filter(|vehicle| vehicle.index() < problem.vehicle_ids().len())
    };
    let no_stops = Vec::new();
    let route = |vehicle: VehicleId| {
        let stops = solution.routes.get(vehicle.index()).unwrap_or(&no_stops);
        ExaminedRoute {
            vehicle,
            schedule: timetable(problem, solution, vehicle),
            costs: costs(problem, solution, vehicle, stops),
            violations: report.violations.iter().filter(|v| whose(v) == Some(vehicle)).copied().collect(),
        }
    };
    Examination {
        routes: problem.vehicle_ids().map(route).collect(),
        unserved: why_unserved(problem, solution, most, usize::MAX),
        violations: report.violations.iter().filter(|v| whose(v).is_none()).copied().collect(),
        score: report.score(),
    }
}

/// Why nobody serves the first so many stops that are left out: at most `most` ways for each.
#[must_use]
pub fn why_unserved(problem: &Problem, solution: &Solution, most: usize, stops: usize) -> Vec<Unserved> {
    let sound = solution.sound(problem);
    let why = |&stop: &StopId| {
        let mut ways: Vec<(i64, WayIn)> =
            problem.vehicle_ids().filter_map(|vehicle| nearest(problem, &sound, vehicle, stop)).collect();
        ways.sort_by_key(|(weight, way)| (*weight, way.vehicle));
        Unserved { stop, ways: ways.into_iter().take(most).map(|(_, way)| way).collect() }
    };
    sound.unserved.iter().take(stops).map(why).collect()
}

fn costs(problem: &Problem, solution: &Solution, vehicle: VehicleId, stops: &[StopId]) -> RouteCosts {
    let spec = problem.spec(vehicle);
    let times = timetable(problem, solution, vehicle);
    let mut emitted = 0;
    if spec.emissions.is_some() {
        let mut evaluator = Evaluator::new(problem, vehicle);
        let known: Vec<StopId> = stops.iter().copied().filter(|&stop| problem.stop(stop).is_some()).collect();
        let stopovers = solution.stopovers.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
        evaluator.take(vehicle, &known, stopovers);
        evaluator.evaluate();
        emitted = evaluator.sums.micrograms;
    }
    if times.visits.is_empty() && !spec.under_way {
        return RouteCosts::default();
    }
    let long =
        spec.long_day.map(|long| Cost::hourly((times.duration() - long.after).max(0), long.cost_per_hour));
    let overtime = match spec.overtime {
        Lateness::Priced { per_minute } => Cost::minutely(times.overtime, per_minute),
        Lateness::Hard => Cost::ZERO,
    };
    let before = std::iter::once(NOBODY).chain(times.visits.iter().map(|visit| visit.stop.0));
    let change = |(visit, before): (&Visit, u32)| {
        problem.kept.get(visit.stop.index()).map_or(Cost::ZERO, |kept| kept.change(vehicle.0, before))
    };
    RouteCosts {
        fixed: Cost::units(spec.fixed_cost),
        hours: Cost::hourly(times.duration(), spec.cost_per_hour),
        driving: Cost::hourly(times.driving, spec.cost_per_driving_hour),
        kilometres: Cost::kilometres(times.metres, spec.cost_per_km),
        emissions: spec.emissions.map_or(Cost::ZERO, |own| Cost::emissions(emitted, own.cost_per_kg)),
        long_day: long.unwrap_or_default(),
        overtime,
        lateness: times.visits.iter().map(|visit| problem.row(visit.stop).late_cost(visit.begin)).sum(),
        changes: times.visits.iter().zip(before).map(change).sum(),
    }
}

fn nearest(problem: &Problem, solution: &Solution, vehicle: VehicleId, stop: StopId) -> Option<(i64, WayIn)> {
    if problem.wide {
        wide::closest(problem, solution, vehicle, stop)
    } else {
        closest(problem, solution, vehicle, stop)
    }
}

/// The place in a vehicle's route that needs least for the stop, with how much that is.
fn closest(problem: &Problem, solution: &Solution, vehicle: VehicleId, stop: StopId) -> Option<(i64, WayIn)> {
    let route = solution.routes.get(vehicle.index())?;
    let before = schedule(problem, vehicle, route);
    let capacity = &problem.vehicle(vehicle)?.capacity;
    let cost = |stops: Vec<StopId>| Route::of(problem, vehicle, stops).score.cost;
    let now = cost(route.clone());
    let place = |position: usize| {
        let mut obstacles = obstacles(problem, vehicle, route, &before, stop, position);
        if obstacles.is_empty() {
            let mut with = route.clone();
            with.insert(position, stop);
            obstacles.push(Obstacle::Price { cost: cost(with) - now, penalty: problem.row(stop).penalty });
        }
        let weight = obstacles.iter().map(|obstacle| obstacle.weight(capacity)).sum();
        (weight, WayIn { stop, vehicle, position, obstacles })
    };
    (0..=route.len()).map(place).min_by_key(|(weight, way)| (*weight, way.position))
}

/// What of the stop itself keeps it from the vehicle, wherever it would go.
fn who_may_not(problem: &Problem, vehicle: VehicleId, stop: StopId) -> Vec<Obstacle> {
    let (spec, visit) = (problem.spec(vehicle), &problem.stops[stop.index()]);
    let mut obstacles = Vec::new();
    if let Some(to) = problem.row(stop).only.filter(|only| *only != vehicle) {
        obstacles.push(Obstacle::Bound { to });
    }
    if !visit.allowed.allows(vehicle) {
        obstacles.push(Obstacle::NotAllowed);
    }
    if !spec.skills.cover(visit.needs) {
        obstacles.push(Obstacle::Skill);
    }
    obstacles
}

fn obstacles(
    problem: &Problem,
    vehicle: VehicleId,
    route: &[StopId],
    before: &Schedule,
    stop: StopId,
    position: usize,
) -> Vec<Obstacle> {
    let spec = problem.spec(vehicle);
    let mut obstacles = who_may_not(problem, vehicle, stop);
    for (dimension, (load, demand)) in before.load.iter().zip(problem.demand(stop)).enumerate() {
        let over = load + demand - spec.capacity[dimension];
        if over > 0 && *demand > 0 {
            obstacles.push(Obstacle::Room { dimension, over });
        }
    }
    let mut stops = route.to_vec();
    stops.insert(position, stop);
    let after = schedule(problem, vehicle, &stops);
    let places = stops.iter().map(|stop| problem.row(*stop).place);
    let mut all = std::iter::once(spec.start).chain(places).chain(spec.end).skip(position);
    let around: Vec<usize> = all.by_ref().take(3).collect();
    if around.windows(2).any(|ends| problem.travel_seconds(spec.matrix, ends[0], ends[1], 0).is_none()) {
        obstacles.push(Obstacle::NoWay);
        return obstacles;
    }
    let is_hard = |stop: StopId| problem.row(stop).per_minute.is_none();
    let late = after.visits[position].late;
    if late > 0 && is_hard(stop) {
        obstacles.push(Obstacle::Window { seconds: late });
    }
    let was = |index: usize| before.visits.get(index - 1).map_or(0, |visit| visit.late);
    let later = after.visits.iter().enumerate().skip(position + 1).filter_map(|(index, visit)| {
        (is_hard(visit.stop) && visit.late > was(index)).then_some((visit.late, visit.stop))
    });
    if let Some((seconds, stop)) = later.max() {
        obstacles.push(Obstacle::Other { stop, seconds });
    }
    if spec.overtime == Lateness::Hard && after.overtime > before.overtime {
        obstacles.push(Obstacle::Shift { seconds: after.overtime });
    }
    obstacles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn each_kind_of_obstacle_is_named_with_what_it_lacks() {
        let mut builder = samples::line(&[10]);
        let other =
            builder.vehicle(crate::VehicleSpec { shift: (0, 150), capacity: vec![4], ..samples::vehicle() });
        let mut early = samples::stop(80);
        early.window = (0, 60);
        let mut heavy = samples::stop(20);
        heavy.demand = vec![102];
        let mut bound = samples::stop(90);
        (bound.only_vehicle, bound.demand) = (Some(other), vec![2]);
        let mut cheap = samples::stop(50);
        cheap.unserved_penalty = 30;
        let [early, heavy, bound, cheap] = [early, heavy, bound, cheap].map(|stop| builder.stop(stop));
        let problem = builder.build().unwrap();
        let served: Vec<StopId> = problem.stop_ids().take(1).collect();
        let plan = Solution {
            routes: vec![served, vec![]],
            unserved: vec![early, heavy, bound, cheap],
            ..Solution::default()
        };
        let examination = examine(&problem, &plan, 2).unserved;
        let first = |stop| &examination.iter().find(|u| u.stop == stop).unwrap().ways[0];
        assert_eq!(first(early).obstacles, [Obstacle::Window { seconds: 20 }]);
        assert_eq!(first(heavy).obstacles, [Obstacle::Room { dimension: 0, over: 3 }]);
        assert_eq!(
            (first(bound).vehicle, &first(bound).obstacles[..]),
            (other, &[Obstacle::Shift { seconds: 30 }][..])
        );
        let price = Obstacle::Price { cost: Cost::units(80), penalty: Cost::units(30) };
        assert_eq!((first(cheap).vehicle.index(), &first(cheap).obstacles[..]), (0, &[price][..]));
        assert_eq!(examination[0].ways.len(), 2);
    }

    #[test]
    fn a_stop_that_another_hard_window_keeps_out_says_whose() {
        let mut builder = samples::line(&[]);
        let mut next = samples::stop(30);
        next.window = (0, 35);
        let mut far = samples::stop(40);
        far.window = (0, 45);
        let (next, far) = (builder.stop(next), builder.stop(far));
        let mut slow = samples::stop(20);
        (slow.service, slow.window) = (60, (0, 25));
        let slow = builder.stop(slow);
        let problem = builder.build().unwrap();
        let plan = Solution { routes: vec![vec![next, far]], unserved: vec![slow], ..Solution::default() };
        let examination = examine(&problem, &plan, 9);
        assert_eq!(examination.unserved[0].ways[0].obstacles, [Obstacle::Window { seconds: 35 }]);
        let mut early = plan.clone();
        early.routes[0].swap(0, 1);
        let broken = examine(&problem, &early, 9);
        assert_eq!(
            broken.routes[0].violations,
            [Violation::Window { vehicle: VehicleId(0), stop: next, seconds: 15 }]
        );
    }

    #[test]
    fn what_a_driver_is_owed_is_said_of_the_route_and_what_binds_stops_of_the_plan() {
        let mut builder = samples::road();
        let breaks = vec![crate::Break { window: (10, 20), duration: 5 }];
        let vehicle = builder.vehicle(crate::VehicleSpec { breaks, ..samples::vehicle() });
        let [pickup, delivery] = [30, 40].map(|place| builder.stop(samples::stop(place)));
        builder.shipment(crate::Shipment { pickup, delivery, amount: vec![1] });
        let problem = builder.build().unwrap();
        let stopover = crate::Stopover { before: 0, what: crate::Halt::Break(0) };
        let plan = Solution {
            routes: vec![vec![pickup]],
            unserved: vec![delivery],
            stopovers: vec![Vec::new(), vec![stopover]],
        };
        let examination = examine(&problem, &plan, 1);
        assert_eq!(examination.routes[0].violations, [Violation::BreakMissing { vehicle, which: 0 }]);
        let unknown = Violation::UnknownStopover { vehicle: VehicleId(1), stopover };
        assert_eq!(examination.violations, [Violation::Shipment { shipment: 0 }, unknown]);
    }
}
