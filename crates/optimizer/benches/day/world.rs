//! The town of a day, what happens in it, and how long its ways really take. All of it follows from a seed, whatever the
//! policy does.

use optimizer::{
    Lateness, Problem, ProblemBuilder, Reloads, Settings, Solution, StopRule, StopSpec, VehicleId,
    VehicleSpec, solve, timetable,
};

use crate::town::{Dice, Town};

/// When the day begins, in seconds since midnight.
pub const MORNING: i64 = 8 * 3600;
/// Seconds that loading at the hub takes.
pub const LOADING: i64 = 600;
/// What an order that is not served costs, in the town's money.
pub const UNSERVED: i64 = 5000;
/// The place of the hub.
pub const HUB: usize = 0;

/// How much of a day there is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub stops: usize,
    pub vehicles: usize,
    pub late_orders: usize,
    pub cancellations: usize,
    pub breakdowns: usize,
    pub delays: usize,
}

/// What a day is made of.
pub struct World {
    pub vehicles: Vec<VehicleSpec>,
    /// What they are called in every problem.
    pub ids: Vec<VehicleId>,
    /// Those that come in late are the last.
    pub orders: Vec<StopSpec>,
    /// How many orders are known in the morning.
    pub known: usize,
    matrices: Vec<Vec<u32>>,
    places: usize,
    /// What ways really take follows from it; none if they take what is planned.
    pub noise: Option<u64>,
}

/// Something that happens, in seconds since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: i64,
    pub what: What,
}

/// What happens; orders and vehicles by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Ordered(usize),
    Cancelled(usize),
    /// The vehicle stands for so many seconds, or for the rest of the day.
    Broken(usize, Option<i64>),
    Delayed(usize, i64),
}

impl World {
    /// A town with small vehicles whose lateness has a price, and late orders that want to be served from an hour after
    /// they come in.
    pub fn new(size: Size, seed: u64) -> Self {
        let all = size.stops + size.late_orders;
        let town =
            Town { stops: all, vehicles: size.vehicles, seed, rough: false, priced: true, rush: false };
        let problem = town.build();
        let specs = problem.vehicle_ids().filter_map(|vehicle| problem.vehicle(vehicle).cloned());
        let vehicles: Vec<VehicleSpec> = specs
            .map(|spec| VehicleSpec {
                capacity: spec.capacity.iter().map(|room| room * 3 / 8).collect(),
                overtime: Lateness::Priced { per_minute: 80 },
                fixed_cost: 2000,
                ..spec
            })
            .collect();
        let specs = problem.stop_ids().filter_map(|stop| problem.stop(stop).cloned());
        let priced = |spec| StopSpec {
            lateness: Lateness::Priced { per_minute: 20 },
            unserved_penalty: UNSERVED,
            ..spec
        };
        let places = all + 1;
        let mut world = Self {
            vehicles,
            ids: problem.vehicle_ids().collect(),
            orders: specs.map(priced).collect(),
            known: size.stops,
            matrices: Vec::new(),
            places,
            noise: Some(seed),
        };
        let matrices =
            world.vehicles.iter().map(|spec| spec.matrix).collect::<std::collections::BTreeSet<_>>();
        for matrix in matrices {
            let way = |from, to| problem.travel_seconds(matrix, from, to, 0);
            let cell = |from, to| way(from, to).and_then(|way| u32::try_from(way).ok()).unwrap_or(u32::MAX);
            world
                .matrices
                .push((0..places).flat_map(|from| (0..places).map(move |to| cell(from, to))).collect());
        }
        world
    }

    /// A problem of these vehicles and stops; it holds together because the town did.
    pub fn problem(&self, vehicles: Vec<VehicleSpec>, stops: Vec<StopSpec>) -> Problem {
        let mut builder = ProblemBuilder::new(2);
        for matrix in &self.matrices {
            builder.matrix(self.places, matrix.clone());
        }
        for vehicle in vehicles {
            builder.vehicle(vehicle);
        }
        for stop in stops {
            builder.stop(stop);
        }
        builder.build().unwrap_or_else(|faults| panic!("a day should hold together: {faults:?}"))
    }

    /// What is known in the morning; nobody reloads yet.
    pub fn morning(&self) -> Problem {
        self.problem(self.vehicles.clone(), self.orders[..self.known].to_vec())
    }

    /// Where and how long a vehicle may reload, so many times.
    pub fn reloads(most: usize) -> Option<Reloads> {
        (most > 0).then(|| Reloads { places: vec![HUB], service: LOADING, most })
    }

    /// Seconds that a vehicle really drives: 0.9 to 1.3 of what is planned, the same for everybody who goes there.
    pub fn drive(&self, vehicle: usize, from: usize, to: usize) -> i64 {
        let planned =
            i64::from(self.matrices[self.vehicles[vehicle].matrix.index()][from * self.places + to]);
        let Some(seed) = self.noise else { return planned };
        let mut dice = Dice(seed ^ (from * self.places + to) as u64);
        dice.roll(2);
        planned * (900 + dice.roll(401)) / 1000
    }

    /// What happens on a day that begins with that plan. Late orders get their windows.
    pub fn events(&mut self, size: Size, morning: &Problem, plan: &Solution, seed: u64) -> Vec<Event> {
        let mut dice = Dice(seed ^ 0x0DD_DA15);
        let mut events = Vec::new();
        for order in self.known..self.orders.len() {
            let at = MORNING + 1800 + dice.roll(5 * 3600);
            self.orders[order].window = (at + 3600, at + 3 * 3600);
            events.push(Event { at, what: What::Ordered(order) });
        }
        let times: Vec<_> = morning.vehicle_ids().map(|vehicle| timetable(morning, plan, vehicle)).collect();
        let visits: Vec<(usize, i64)> = times
            .iter()
            .flat_map(|times| &times.visits)
            .map(|visit| (visit.stop.index(), visit.begin))
            .collect();
        for _ in 0..size.cancellations {
            let (order, begin) = visits[dice.roll(visits.len() as i64) as usize];
            let at = MORNING + dice.roll((begin - MORNING - 1800).max(1));
            events.push(Event { at, what: What::Cancelled(order) });
        }
        let used: Vec<usize> =
            (0..times.len()).filter(|&vehicle| !times[vehicle].visits.is_empty()).collect();
        for index in 0..size.breakdowns + size.delays {
            let vehicle = used[dice.roll(used.len() as i64) as usize];
            let at = times[vehicle].start + dice.roll(times[vehicle].duration());
            let what = if index >= size.breakdowns {
                What::Delayed(vehicle, 600 + dice.roll(3001))
            } else {
                What::Broken(vehicle, (index % 2 == 0).then(|| 3600 + dice.roll(5401)))
            };
            events.push(Event { at, what });
        }
        events.sort_by_key(|event| event.at);
        events
    }
}

/// The plan of a morning.
pub fn planned(morning: &Problem, steps: u64, threads: usize) -> Solution {
    let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
    solve(morning, &stop, &Settings { threads, ..Settings::default() }).solution
}
