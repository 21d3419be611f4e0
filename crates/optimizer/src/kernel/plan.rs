//! A plan in the kernel's words, and the way there and back.

use super::instance::Instance;
use super::metric::{Metric, NO_WAY};
use crate::model::{Halt, Problem, Solution, StopId, Stopover};

/// How good a plan is: the less the better, and breaking a rule is worse than any cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Worth {
    /// How far hard rules are broken; a search for plain problems never breaks any.
    pub(crate) excess: i64,
    pub(crate) cost: i64,
}

/// Routes of stops, and the stops in none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) routes: Vec<Vec<u32>>,
    /// Who drives each route, where vehicles differ; then routes may be empty.
    pub(crate) vehicles: Vec<u32>,
    /// Where each route reloads, where any may: before the stop of which position, and one more than the place's index.
    pub(crate) reloads: Vec<Vec<(u32, u8)>>,
    pub(crate) absent: Vec<u32>,
    pub(crate) cost: i64,
    /// See [`Worth::excess`].
    pub(crate) excess: i64,
}

impl Plan {
    /// As much of the solution as breaks nothing: of a route that does, the stops are kept in turn that can be.
    pub(crate) fn of<M: Metric>(instance: &Instance<M>, solution: &Solution) -> Self {
        let mut seen = vec![false; instance.stops()];
        let mut routes: Vec<Vec<u32>> = Vec::new();
        for route in solution.routes.iter().take(instance.vehicles) {
            let mut fresh = Vec::with_capacity(route.len());
            for stop in route {
                if seen.get(stop.index()).is_some_and(|seen| !seen) {
                    seen[stop.index()] = true;
                    fresh.push(stop.0);
                }
            }
            let kept = sound(instance, fresh);
            if !kept.is_empty() {
                routes.push(kept);
            }
        }
        seen.fill(false);
        for &stop in routes.iter().flatten() {
            seen[stop as usize] = true;
        }
        let absent = (0..seen.len()).filter(|&stop| !seen[stop]).map(|stop| stop as u32).collect();
        Self { routes, absent, ..Self::default() }
    }

    /// The solution that it stands for.
    pub(crate) fn to_solution(&self, problem: &Problem) -> Solution {
        let mut routes = vec![Vec::new(); problem.vehicles.len()];
        let mut stopovers = Vec::new();
        for (index, route) in self.routes.iter().enumerate() {
            let vehicle = self.vehicles.get(index).map_or(index, |&vehicle| vehicle as usize);
            routes[vehicle] = route.iter().copied().map(StopId).collect();
            if let Some(reloads) = self.reloads.get(index).filter(|reloads| !reloads.is_empty()) {
                stopovers.resize(problem.vehicles.len(), Vec::new());
                let reload = |&(before, place): &(u32, u8)| Stopover {
                    before: before as usize,
                    what: Halt::Reload(usize::from(place) - 1),
                };
                stopovers[vehicle] = reloads.iter().map(reload).collect();
            }
        }
        let mut unserved: Vec<StopId> = Vec::with_capacity(self.absent.len());
        for stop in self.absent.iter().copied().map(StopId) {
            let all = problem.relations.alternatives_to(stop);
            unserved.push(all.and_then(|all| all.first().copied()).unwrap_or(stop));
            unserved.extend(problem.relations.shipment_of(stop).map(|shipment| shipment.delivery));
        }
        unserved.sort_unstable();
        Solution { routes, unserved, stopovers }
    }

    pub(crate) fn worth(&self) -> Worth {
        Worth { excess: self.excess, cost: self.cost }
    }

    /// Adds the routes of another part.
    pub(crate) fn join(&mut self, other: Self) {
        self.cost += other.cost;
        self.excess += other.excess;
        self.routes.extend(other.routes);
        self.vehicles.extend(other.vehicles);
        self.reloads.extend(other.reloads);
        self.absent.extend(other.absent);
    }
}

/// The route if it breaks nothing, or else its stops in turn that can be had with a way home behind each.
fn sound<M: Metric>(instance: &Instance<M>, route: Vec<u32>) -> Vec<u32> {
    if Drive::along(instance, &route).is_some_and(|drive| drive.comes_home(instance)) {
        return route;
    }
    let mut drive = Drive::new(instance);
    let mut kept = Vec::new();
    for stop in route {
        if let Some(next) = drive.on(instance, stop as usize).filter(|next| next.comes_home(instance)) {
            drive = next;
            kept.push(stop);
        }
    }
    kept
}

/// How far a route has come.
#[derive(Clone, Copy)]
struct Drive {
    at: usize,
    time: i32,
    /// What is picked up, and the most that is ever aboard.
    picked: i32,
    peak: i32,
}

impl Drive {
    fn new<M: Metric>(instance: &Instance<M>) -> Self {
        Self { at: instance.stops(), time: 0, picked: 0, peak: 0 }
    }

    fn along<M: Metric>(instance: &Instance<M>, route: &[u32]) -> Option<Self> {
        route.iter().try_fold(Self::new(instance), |drive, &stop| drive.on(instance, stop as usize))
    }

    fn on<M: Metric>(self, instance: &Instance<M>, stop: usize) -> Option<Self> {
        let site = &instance.sites[stop];
        let way = instance.metric.outward(self.at, stop);
        let begin = self.time.saturating_add(way).max(site.open);
        // What is delivered here is aboard from the start.
        let picked = self.picked.saturating_add(instance.pickup(stop));
        let peak = self.peak.saturating_add(site.demand).max(picked);
        let fits = way < NO_WAY && peak <= instance.capacity && (!instance.timed || begin <= site.close);
        let time = begin.saturating_add(site.service);
        fits.then_some(Self { at: stop, time, picked, peak })
    }

    fn comes_home<M: Metric>(self, instance: &Instance<M>) -> bool {
        let way = instance.metric.outward(self.at, instance.stops());
        way < NO_WAY && (!instance.timed || self.time.saturating_add(way) <= instance.end)
    }
}
