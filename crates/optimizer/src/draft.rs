//! A solution in the making: every route with its figures, who serves what, and what it all comes to.
//!
//! Whatever it is made from, a draft is sound: each stop is in one route, by a vehicle that may serve it, or unserved.
//! Which moves to make is for `construct` and `improve` to say.

use crate::cost::Score;
use crate::model::{Problem, Solution, StopId, VehicleId};
use crate::route::Route;

#[derive(Clone, Debug)]
pub(crate) struct Draft<'p> {
    pub(crate) problem: &'p Problem,
    pub(crate) routes: Vec<Route>,
    /// By stop: whose how-manieth it is.
    places: Vec<Option<(VehicleId, usize)>>,
    score: Score,
}

impl<'p> Draft<'p> {
    /// The given solution, with what cannot be meant (stops of another problem, second visits, vehicles that may not
    /// serve the stop) taken out.
    pub(crate) fn from(problem: &'p Problem, mut given: Solution) -> Self {
        let mut places = vec![None; problem.stops.len()];
        let mut score = Score { excess: 0, cost: problem.rows.iter().map(|row| row.penalty).sum() };
        let routes: Vec<Route> = problem
            .vehicle_ids()
            .map(|vehicle| {
                let mut stops = given.routes.get_mut(vehicle.index()).map(std::mem::take).unwrap_or_default();
                stops.retain(|stop| {
                    let Some(row) = problem.rows.get(stop.index()) else { return false };
                    let sound = places[stop.index()].is_none() && row.only.is_none_or(|only| only == vehicle);
                    if sound {
                        places[stop.index()] = Some((vehicle, 0));
                        score.cost -= row.penalty;
                    }
                    sound
                });
                Route::of(problem, vehicle, stops)
            })
            .collect();
        for route in &routes {
            score.excess += route.score.excess;
            score.cost += route.score.cost;
        }
        for route in &routes {
            number(&mut places, route);
        }
        Self { problem, routes, places, score }
    }

    pub(crate) fn score(&self) -> Score {
        self.score
    }

    pub(crate) fn place_of(&self, stop: StopId) -> Option<(VehicleId, usize)> {
        self.places[stop.index()]
    }

    pub(crate) fn unserved(&self) -> Vec<StopId> {
        self.problem.stop_ids().filter(|&stop| self.place_of(stop).is_none()).collect()
    }

    pub(crate) fn insert(&mut self, stop: StopId, vehicle: VehicleId, position: usize) {
        self.score.cost -= self.problem.row(stop).penalty;
        let problem = self.problem;
        self.change(vehicle, |route| route.insert(problem, stop, position));
    }

    /// Takes `count` stops out of a route, from `first` on; gives them to `taken`.
    pub(crate) fn remove(&mut self, vehicle: VehicleId, first: usize, count: usize, taken: &mut Vec<StopId>) {
        let from = taken.len();
        let problem = self.problem;
        self.change(vehicle, |route| {
            let end = (first + count).min(route.stops.len());
            taken.extend(route.stops.drain(first.min(end)..end));
            route.refresh(problem);
        });
        for stop in &taken[from..] {
            self.places[stop.index()] = None;
            self.score.cost += problem.row(*stop).penalty;
        }
    }

    /// Undoes changes: `before` are the changed routes as they were, `moved` all stops that were taken out or put in.
    pub(crate) fn restore(&mut self, score: Score, before: &mut Vec<Route>, moved: &[StopId]) {
        for stop in moved {
            self.places[stop.index()] = None;
        }
        for route in before.drain(..) {
            number(&mut self.places, &route);
            let index = route.vehicle.index();
            self.routes[index] = route;
        }
        self.score = score;
    }

    pub(crate) fn to_solution(&self) -> Solution {
        Solution {
            routes: self.routes.iter().map(|route| route.stops.clone()).collect(),
            unserved: self.unserved(),
        }
    }

    fn change(&mut self, vehicle: VehicleId, change: impl FnOnce(&mut Route)) {
        let route = &mut self.routes[vehicle.index()];
        let before = route.score;
        change(route);
        number(&mut self.places, route);
        self.score.excess += route.score.excess - before.excess;
        self.score.cost += route.score.cost - before.cost;
    }
}

fn number(places: &mut [Option<(VehicleId, usize)>], route: &Route) {
    for (position, stop) in route.stops.iter().enumerate() {
        places[stop.index()] = Some((route.vehicle, position));
    }
}
