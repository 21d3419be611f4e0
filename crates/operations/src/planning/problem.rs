//! From what can still be decided to a problem that the optimizer can solve, and back. Not here: what can be decided
//! (`choices`).

use crate::{
    OpsError, Result,
    base::{
        bounds::{MOST_G, MOST_ML},
        convert::profile,
        zone::Zone,
    },
    planning::{
        decidable::{Choices, Runner, Strictness, Task, TaskOrder},
        fitting::{Fitting, within},
        reachable::{DayOf, let_out, openings},
        time_grid::TimeGrid,
    },
};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::{Instant, OrderId, Settings, StopId, Window};
use optimizer::{
    Break, Halt, Halted, Insertion, Lateness, LongDay, MatrixId, Problem, ProblemBuilder, Reloads, Schedule,
    Solution, StopSpec, Stopover, VehicleSpec, schedule, timetable,
};
use std::{collections::HashMap, sync::Arc};

/// What an order left out weighs, in cents: more than any way to it may cost within the bounds of the settings.
const UNSERVED: i64 = 5_000_000;
/// Drive between two stops where nothing is known of it, in seconds.
const USUAL_HOP_S: i64 = 240;

impl Choices {
    /// Builds the problem. Times are seconds since `origin`.
    pub fn into_problem(
        self,
        roads: &dyn TravelTimes,
        zone: Zone,
        origin: Instant,
        strictness: Strictness,
    ) -> Result<DayProblem> {
        let Self { mut runners, tasks, hub, now, approaches, settings } = self;
        let margin = settings.risk_margin();
        let mut places = vec![hub];
        let mut runner_places: Vec<usize> = runners
            .iter()
            .map(|r| {
                if r.at_hub {
                    0
                } else {
                    places.push(r.place);
                    places.len() - 1
                }
            })
            .collect();
        let first_task = places.len();
        places.extend(tasks.iter().map(|t| t.at));

        let mut builder = ProblemBuilder::new(2);
        let mut days: Vec<DayOf> = vec![];
        let mut hop = None;
        let begins = runners.iter().map(|r| r.free_at).min().unwrap_or(origin);
        let ends = runners.iter().map(|r| r.shift_until).max().unwrap_or(origin).max(begins);
        let clock = TimeGrid { zone, origin };
        let span = (zone.wall(begins), zone.wall(ends));
        let used = |profile: &Profile| {
            runners.iter().any(|r| crate::base::convert::profile(r.vehicle.kind) == *profile)
        };
        let mut left: Vec<Profile> =
            [Profile::Van, Profile::ElectricVan, Profile::CargoBike].into_iter().filter(used).collect();
        while let Some(&first) = left.first() {
            // What takes two profiles equally long is looked up once.
            let (alike, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|other| *other == first || roads.are_alike(first, *other, span));
            left = others;
            let groups = blocks(&runners, &runner_places, &tasks, first_task, &alike);
            let day = roads.day_matrix(&places, &groups, first, span)?;
            hop = hop.or_else(|| usual_hop(&day.seconds, places.len(), first_task));
            days.push((alike, day));
        }
        let_out(&days, &mut runners, &mut runner_places, hub);
        let second = |at: Instant| (at - origin).num_seconds();
        let span = |w: &Window| (second(w.from()), second(in_hand(*w, strictness, margin)));
        let parts: Vec<Vec<(i64, i64)>> =
            tasks.iter().map(|t| t.spans().iter().map(span).collect()).collect();
        let whole = |parts: &Vec<(i64, i64)>| {
            let first = parts.first().copied().unwrap_or_default();
            (first.0, parts.last().map_or(first.1, |last| last.1))
        };
        let promised: Vec<(i64, i64)> = parts.iter().map(whole).collect();
        let windows = openings(&mut days, clock, (&tasks, first_task), &runners, &promised, strictness);
        // What no way leads to any more is not served as things stand either.
        let still = |runner: usize, place: usize| {
            let own = runners.get(runner).map(|r| profile(r.vehicle.kind));
            let day = days.iter().find(|(profiles, _)| own.is_some_and(|own| profiles.contains(&own)));
            day.is_none_or(|(_, day)| !day.connected(place).is_empty())
        };
        // Nor what its vehicle can do no longer.
        let fits = |task: &Task, runner: usize| {
            runners.get(runner).is_some_and(|r| task.may_go_with(runner, &r.vehicle))
        };
        let held: Vec<Option<usize>> = (first_task..)
            .zip(&tasks)
            .map(|(place, t)| t.given.filter(|&i| still(i, place) && fits(t, i)))
            .collect();
        let mut matrices: HashMap<Profile, MatrixId> = HashMap::new();
        let doors = places.get(first_task..).unwrap_or_default();
        for (alike, mut day) in days {
            approaches.add_to(&mut day, alike.contains(&Profile::CargoBike), doors);
            let matrix = clock.matrix(&mut builder, day);
            matrices.extend(alike.into_iter().map(|profile| (profile, matrix)));
        }
        let limit = |per_minute| match strictness {
            Strictness::Hard => Lateness::Hard,
            Strictness::Priced => Lateness::Priced { per_minute },
        };
        let hop = hop.unwrap_or(USUAL_HOP_S);
        let work: i64 = tasks.iter().map(|t| i64::from(t.service_s) + hop).sum();
        let opens = tasks.iter().map(|t| second(t.window.from())).min().unwrap_or(0);
        let closes = tasks.iter().map(|t| second(t.window.until())).max().unwrap_or(0);
        let hands = runners.iter().filter(|r| second(r.free_at) < closes).count();
        let fair = work / (hands.max(1) as i64);
        // Who is out can come by the hub for what lies there.
        let at_large = tasks.iter().any(Task::lies_at_hub) && runners.iter().any(|r| !r.at_hub);
        let (mut vehicles, fitting) = (vec![], Fitting::of(&tasks));
        for (runner, start) in runners.iter().zip(&runner_places) {
            let Some(&matrix) = matrices.get(&profile(runner.vehicle.kind)) else { continue };
            let free = second(runner.free_at);
            vehicles.push(
                builder.vehicle(VehicleSpec {
                    matrix,
                    start: *start,
                    end: Some(0),
                    shift: (free, second(runner.shift_until).max(free)),
                    overtime: limit(settings.overtime_minute_cents),
                    capacity: vec![
                        runner.vehicle.capacity_g.saturating_sub(runner.spoken_for.0).clamp(0, MOST_G),
                        runner.vehicle.capacity_ml.saturating_sub(runner.spoken_for.1).clamp(0, MOST_ML),
                    ],
                    // Who is out already costs it in any case.
                    fixed_cost: if runner.under_way { 0 } else { settings.vehicle_used_cents },
                    cost_per_hour: settings.driver_hour_cents,
                    cost_per_driving_hour: settings.driving_hour_cents(runner.vehicle.kind),
                    // What a driver waits until the first window opens is no share of the work.
                    long_day: (!runner.under_way).then_some(LongDay {
                        after: fair + (opens - free).max(0),
                        cost_per_hour: settings.long_day_hour_cents,
                    }),
                    // A driver is paid from the beginning of the shift, so nothing is won by leaving the hub later.
                    under_way: true,
                    at_depot: runner.at_hub,
                    skills: fitting.skills(&runner.vehicle),
                    reloads: (at_large && !runner.at_hub).then(|| Reloads {
                        places: vec![0],
                        service: settings.loading().num_seconds(),
                        most: 1,
                    }),
                    breaks: runner
                        .breaks
                        .iter()
                        .map(|b| Break {
                            window: (second(b.earliest()), second(b.latest())),
                            duration: b.length().num_seconds(),
                        })
                        .collect(),
                    ..VehicleSpec::default()
                }),
            );
        }
        let mut given = vec![vec![]; runners.len()];
        let mut stopovers = vec![vec![]; if at_large { runners.len() } else { 0 }];
        let mut unserved = vec![];
        let fetches = |runner: usize| {
            let fetched = |n: usize, t: &Task| t.lies_at_hub() && held[n] == Some(runner);
            !runners[runner].at_hub && tasks.iter().enumerate().any(|(n, t)| fetched(n, t))
        };
        let fetching: Vec<bool> = (0..runners.len()).map(fetches).collect();
        for (n, task) in tasks.iter().enumerate() {
            let mut open = within(&parts[n], windows[n], strictness).into_iter();
            let id = builder.stop(StopSpec {
                place: first_task + n,
                service: approaches.at_door_s(task.service_s),
                window: open.next().unwrap_or(windows[n]),
                more_windows: open.collect(),
                lateness: limit(settings.late_minute_cents),
                demand: vec![task.brings.0, task.brings.1],
                pickup: if task.takes == (0, 0) { vec![] } else { vec![task.takes.0, task.takes.1] },
                only_vehicle: task.only.and_then(|i| vehicles.get(i).copied()),
                release: (at_large && task.lies_at_hub()).then(|| second(now)),
                needs: fitting.needs(task),
                allowed: fitting.allowed(task, &runners, &vehicles),
                unserved_penalty: UNSERVED * task.orders.iter().map(|order| order.weight).sum::<i64>(),
                ..StopSpec::default()
            });
            let Some(runner) = held[n] else {
                unserved.push(id);
                continue;
            };
            if fetching[runner] && (task.via_hub || task.lies_at_hub()) && stopovers[runner].is_empty() {
                stopovers[runner].push(Stopover { before: given[runner].len(), what: Halt::Reload(0) });
            }
            given[runner].push(id);
        }
        let problem = builder.build().map_err(|faults| {
            let faults: Vec<_> = faults.iter().take(5).map(ToString::to_string).collect();
            OpsError::Broken(format!("the day makes no problem: {}", faults.join("; ")))
        })?;
        let opens = windows.iter().zip(&promised).map(|(open, whole)| (open.0 > whole.0).then_some(open.0));
        take_breaks(&problem, &given, &mut stopovers);
        let (given, opens) = (Solution { routes: given, unserved, stopovers }, opens.collect());
        Ok(DayProblem { problem, runners, tasks, given, opens, origin, hub, at_large, settings })
    }
}

/// As things stand each driver takes the breaks where they do least harm.
fn take_breaks(problem: &Problem, given: &[Vec<optimizer::StopId>], stopovers: &mut Vec<Vec<Stopover>>) {
    for (runner, (id, stops)) in problem.vehicle_ids().zip(given).enumerate() {
        if problem.vehicle(id).is_none_or(|spec| spec.breaks.is_empty()) {
            continue;
        }
        stopovers.resize(given.len(), vec![]);
        let taken = schedule(problem, id, stops).halts.into_iter().map(|halted| halted.stopover);
        stopovers[runner].extend(taken.filter(|halt| matches!(halt.what, Halt::Break(_))));
        stopovers[runner].sort_by_key(|halt| halt.before);
    }
}

/// The latest arrival that a plan may count on. A morning plan keeps the risk margin in hand, so that what goes slightly
/// wrong on the road breaks no promise.
fn in_hand(window: Window, strictness: Strictness, margin: TimeDelta) -> Instant {
    match strictness {
        Strictness::Hard if window.until() - window.from() > margin * 3 => window.until() - margin,
        _ => window.until(),
    }
}

/// Sets of places between which travel times are needed by vehicles with these profiles: what lies at the hub, and of each
/// vehicle on the road that and its own. What can never be driven is not computed, unless taking all is less work.
fn blocks(
    runners: &[Runner],
    runner_places: &[usize],
    tasks: &[Task],
    first_task: usize,
    wanted: &[Profile],
) -> Vec<Vec<usize>> {
    let bound_to = |runner: Option<usize>| {
        let own = tasks.iter().enumerate().filter(move |(_, t)| t.only == runner);
        own.map(|(n, _)| first_task + n)
    };
    let mut blocks = vec![std::iter::once(0).chain(bound_to(None)).collect()];
    for (index, runner) in runners.iter().enumerate() {
        if runner.under_way && wanted.contains(&profile(runner.vehicle.kind)) {
            let mut own = vec![0, runner_places[index]];
            own.extend(bound_to(Some(index)).chain(bound_to(None)));
            // At the hub both are one.
            own.dedup();
            blocks.push(own);
        }
    }
    let mut all: Vec<usize> = blocks.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let pairs: usize = blocks.iter().map(|block: &Vec<usize>| block.len().pow(2)).sum();
    if all.len().pow(2) <= pairs { vec![all] } else { blocks }
}

/// A problem with its translation: index for index, runners are the optimizer's vehicles and tasks its stops.
pub(crate) struct DayProblem {
    pub problem: Problem,
    pub runners: Vec<Runner>,
    pub tasks: Vec<Task>,
    /// As things stand.
    pub given: Solution,
    /// By task: the second before which a closure lets nobody through.
    opens: Vec<Option<i64>>,
    pub origin: Instant,
    pub hub: LatLon,
    /// Whether vehicles on the road may come by the hub for what lies there.
    pub at_large: bool,
    /// What is set for the hub.
    pub settings: Arc<Settings>,
}

/// One vehicle's part of a solution, in the day's terms.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct PlannedRoute {
    pub vehicle: domain::VehicleId,
    #[serde(default)]
    pub shift: Option<domain::ShiftId>,
    pub start: Instant,
    pub end: Instant,
    pub stops: Vec<PlannedStop>,
}

/// One stop of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct PlannedStop {
    pub order: OrderId,
    pub stop: Option<StopId>,
    pub sequence: i32,
    pub arrival: Instant,
    pub departure: Instant,
    /// From the stop before to this door: the drive, parking and the walk.
    pub travel_s: i32,
    /// Whether the vehicle comes by the hub first, to load.
    #[serde(default)]
    pub via_hub: bool,
    /// Whether the vehicle has nothing to load for it: it has the goods, or collects them.
    #[serde(default)]
    pub aboard: bool,
}

impl DayProblem {
    fn instant(&self, second: i64) -> Instant {
        self.origin + TimeDelta::seconds(second)
    }

    /// The runner's times if it serves these stops.
    pub fn schedule(&self, runner: usize, solution: &Solution) -> Option<Schedule> {
        let id = self.problem.vehicle_ids().nth(runner)?;
        solution.routes.get(runner)?;
        Some(timetable(&self.problem, solution, id))
    }

    /// Where one runner goes, from where it is to the hub.
    pub fn points(&self, runner: usize, solution: &Solution) -> Option<Vec<LatLon>> {
        let who = self.runners.get(runner)?;
        let own = solution.stopovers.get(runner).map(Vec::as_slice).unwrap_or_default();
        let mut points = vec![who.place];
        for (position, stop) in solution.routes.get(runner)?.iter().enumerate() {
            let reloads = |o: &&Stopover| o.before == position && matches!(o.what, Halt::Reload(_));
            points.extend(own.iter().filter(reloads).map(|_| self.hub));
            points.push(self.tasks.get(stop.index())?.at);
        }
        points.push(self.hub);
        Some(points)
    }

    /// What driver and vehicle cost more for an insertion, in cents.
    pub fn extra_cents(&self, runner: &Runner, insertion: &Insertion) -> i64 {
        let settings = &self.settings;
        let parts = insertion.extra_seconds * settings.driver_hour_cents
            + insertion.extra_driving * settings.driving_hour_cents(runner.vehicle.kind);
        let stays = self.given.routes.get(insertion.vehicle.index()).is_some_and(Vec::is_empty);
        let leaves = stays && !runner.under_way;
        (parts.max(0) + 3_599) / 3_600 + if leaves { settings.vehicle_used_cents } else { 0 }
    }

    /// What a vehicle on the road has aboard and cannot bring anywhere, as when its street is closed for days. It stays
    /// with it, behind all others.
    fn stuck(&self, runner: usize, solution: &Solution) -> impl Iterator<Item = (OrderId, StopId)> {
        let out = self.runners.get(runner).is_some_and(|who| who.under_way);
        let route = solution.routes.get(runner).map(Vec::as_slice).unwrap_or_default();
        let left_out = move |index: usize| out && !route.iter().any(|stop| stop.index() == index);
        let own = move |(index, task): &(usize, &Task)| task.only == Some(runner) && left_out(*index);
        let orders = self.tasks.iter().enumerate().filter(own).flat_map(|(_, task)| &task.orders);
        orders.filter_map(|order| Some((order.id, order.stop?)))
    }

    /// The orders that a solution serves by nobody.
    pub fn unserved(&self, solution: &Solution) -> impl Iterator<Item = &TaskOrder> {
        let left_out = solution.unserved.iter().filter_map(|stop| self.tasks.get(stop.index()));
        left_out.flat_map(|task| &task.orders)
    }

    /// Orders that a solution serves too late, and by how many seconds.
    pub fn late(&self, runner: usize, solution: &Solution) -> Vec<(OrderId, i64)> {
        let visits = self.schedule(runner, solution).map(|times| times.visits).unwrap_or_default();
        let late = visits.into_iter().filter(|visit| visit.late > 0);
        late.filter_map(|visit| Some((self.tasks.get(visit.stop.index())?, visit)))
            .flat_map(|(task, visit)| {
                let begins = self.instant(visit.begin);
                let by = move |order: &TaskOrder| match task.orders.len() {
                    1 => visit.late,
                    _ => (begins - order.window.until()).num_seconds(),
                };
                task.orders.iter().map(move |order| (order.id, by(order))).filter(|(_, late)| *late > 0)
            })
            .collect()
    }

    /// A solution's route of one runner, in the day's terms.
    pub fn planned(&self, runner: usize, solution: &Solution) -> Option<PlannedRoute> {
        let times = self.schedule(runner, solution)?;
        let who = self.runners.get(runner)?;
        let left_hub = |position: usize| {
            let reload = |halted: &&Halted| {
                halted.stopover.before == position && matches!(halted.stopover.what, Halt::Reload(_))
            };
            times.halts.iter().find(reload).map(|halted| halted.to)
        };
        // How long the driver pauses on the way from the hub to a stop.
        let paused = |position: usize, left: i64| -> i64 {
            let on_the_way = times.halts.iter().filter(|halted| {
                halted.stopover.before == position
                    && matches!(halted.stopover.what, Halt::Break(_))
                    && halted.from >= left
            });
            on_the_way.map(|halted| halted.to - halted.from).sum()
        };
        let mut stops: Vec<PlannedStop> = vec![];
        for (position, visit) in times.visits.iter().enumerate() {
            let index = visit.stop.index();
            let task = self.tasks.get(index)?;
            let from_hub = left_hub(position);
            let travel = from_hub.map_or(visit.travel, |left| visit.arrival - left - paused(position, left));
            for (nth, order) in task.orders.iter().enumerate() {
                // All of a visit are reached at once, and left together.
                let first = nth == 0;
                stops.push(PlannedStop {
                    order: order.id,
                    stop: order.stop,
                    sequence: who.next_sequence + stops.len() as i32,
                    arrival: self
                        .instant(self.opens[index].map_or(visit.arrival, |at| at.max(visit.arrival))),
                    departure: self.instant(visit.departure),
                    travel_s: if first { i32::try_from(travel).unwrap_or(i32::MAX) } else { 0 },
                    // Who is at the hub now, on the road, has it behind.
                    via_hub: first && (from_hub.is_some() || (who.under_way && who.at_hub && position == 0)),
                    aboard: task.only == Some(runner) || !order.service.brings(),
                });
            }
        }
        stops.extend(self.stuck(runner, solution).zip(who.next_sequence + stops.len() as i32..).map(
            |((order, stop), sequence)| PlannedStop {
                order,
                stop: Some(stop),
                sequence,
                arrival: self.instant(times.end),
                departure: self.instant(times.end),
                travel_s: 0,
                via_hub: false,
                aboard: true,
            },
        ));
        // A vehicle on the road keeps the departure that it had.
        let start = match &who.route {
            Some(route) if who.under_way => route.planned_start,
            _ => self.instant(times.start),
        };
        Some(PlannedRoute {
            vehicle: who.vehicle.id,
            shift: who.shift,
            start,
            end: self.instant(times.end),
            stops,
        })
    }
}

/// About how long the drive between two stops of a good route is, in seconds, before any route exists: the way to the
/// second nearest other stop, on average; none if too few are connected.
fn usual_hop(seconds: &[u32], places: usize, first_task: usize) -> Option<i64> {
    let second_nearest = |task: usize| {
        let row = seconds.get(task * places + first_task..(task + 1) * places)?;
        let others =
            row.iter().enumerate().filter(|(other, way)| first_task + other != task && **way != u32::MAX);
        let (mut nearest, mut second) = (u32::MAX, u32::MAX);
        for (_, &way) in others {
            if way < nearest {
                (nearest, second) = (way, nearest);
            } else {
                second = second.min(way);
            }
        }
        (second != u32::MAX).then_some(i64::from(second))
    };
    let hops: Vec<i64> = (first_task..places).filter_map(second_nearest).collect();
    (!hops.is_empty()).then(|| hops.iter().sum::<i64>() / hops.len() as i64)
}

#[cfg(test)]
mod tests {
    use super::usual_hop;

    #[test]
    fn the_usual_hop_is_to_the_second_nearest() {
        let no = u32::MAX;
        // A hub, then three stops in a row.
        let ways = [0, 9, 9, 9, 9, 0, 10, 30, 9, 10, 0, 20, 9, 30, 20, 0];
        assert_eq!(usual_hop(&ways, 4, 1), Some((30 + 20 + 30) / 3));
        assert_eq!(usual_hop(&[0, 9, 9, 9, 0, no, 9, no, 0], 3, 1), None);
        assert_eq!(usual_hop(&[0], 1, 1), None);
    }
}
