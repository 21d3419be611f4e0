//! A day as it goes: where the vehicles are, what they have aboard, what has been served, and what it has cost.

use std::collections::{BTreeSet, VecDeque};

use optimizer::{
    Cost, Halt, Lateness, Problem, Solution, StopId, StopSpec, Stopover, VehicleSpec, timetable,
};

use crate::world::{Event, HUB, LOADING, MORNING, What, World};

/// How often a vehicle may come back for more while it is out.
const RELOADS: usize = 2;

/// What a vehicle does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Serve(usize),
    Reload,
}

/// What has become of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nobody has ordered it yet.
    Unknown,
    Open,
    Cancelled,
    Served {
        vehicle: usize,
        late: i64,
    },
}

#[derive(Clone, Debug)]
struct Vehicle {
    place: usize,
    /// When it can leave that place.
    free: i64,
    /// Since when it is out; none while it is at the hub.
    out: Option<i64>,
    /// When it is to leave the hub.
    leaves: i64,
    tasks: VecDeque<Task>,
    aboard: BTreeSet<usize>,
    reloads: usize,
    used: bool,
    broken: bool,
    overtime: i64,
}

/// A day under way.
pub struct Day<'w> {
    world: &'w World,
    now: i64,
    vehicles: Vec<Vehicle>,
    fates: Vec<Fate>,
    /// By order that was known in the morning: its vehicle then.
    morning: Vec<Option<usize>>,
    cost: Cost,
    driving: i64,
    /// How often a plan would have served what was not aboard.
    impossible: usize,
}

/// A problem in the middle of a day.
pub struct Moment {
    pub problem: Problem,
    /// The plan in force.
    pub given: Solution,
    /// By stop: the order.
    orders: Vec<usize>,
}

/// What a day came to; lengths in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Hours, driving, vehicles, overtime, lateness and what was not served, at the prices of the plan.
    pub cost: Cost,
    pub driving: i64,
    pub late_stops: usize,
    pub late: i64,
    pub overtime: i64,
    pub unserved: usize,
    /// Of the morning's orders those that another vehicle served.
    pub moved: usize,
    pub impossible: usize,
}

impl<'w> Day<'w> {
    /// The morning: everybody is at the hub.
    pub fn new(world: &'w World) -> Self {
        let vehicle = |spec: &VehicleSpec| Vehicle {
            place: HUB,
            free: spec.shift.0,
            out: None,
            leaves: spec.shift.0,
            tasks: VecDeque::new(),
            aboard: BTreeSet::new(),
            reloads: RELOADS,
            used: false,
            broken: false,
            overtime: 0,
        };
        let fate = |order| if order < world.known { Fate::Open } else { Fate::Unknown };
        Self {
            world,
            now: MORNING,
            vehicles: world.vehicles.iter().map(vehicle).collect(),
            fates: (0..world.orders.len()).map(fate).collect(),
            morning: vec![None; world.orders.len()],
            cost: Cost::ZERO,
            driving: 0,
            impossible: 0,
        }
    }

    /// Begins with a plan of [`World::morning`].
    pub fn begin(&mut self, problem: Problem, plan: &Solution) {
        for (vehicle, route) in plan.routes.iter().enumerate() {
            route.iter().for_each(|stop| self.morning[stop.index()] = Some(vehicle));
        }
        let orders = (0..self.world.known).collect();
        self.adopt(&Moment { problem, given: Solution::default(), orders }, plan);
    }

    /// Everything until then is driven; what is begun is brought to its end.
    pub fn advance(&mut self, until: i64) {
        for vehicle in 0..self.vehicles.len() {
            while self.goes_on(vehicle, until) {}
        }
        self.now = until;
    }

    /// The vehicle's next deed, if it begins before then.
    fn goes_on(&mut self, index: usize, until: i64) -> bool {
        let vehicle = &mut self.vehicles[index];
        if vehicle.broken {
            return false;
        }
        let Some(since) = vehicle.out else {
            let leaves = vehicle.leaves.max(vehicle.free);
            let goes = leaves < until && !vehicle.tasks.is_empty();
            if goes {
                (vehicle.out, vehicle.free, vehicle.used) = (Some(leaves), leaves, true);
                vehicle.load();
            }
            return goes;
        };
        if vehicle.free >= until {
            return false;
        }
        let task = vehicle.tasks.pop_front();
        let to = if let Some(Task::Serve(order)) = task { self.world.orders[order].place } else { HUB };
        if let Some(Task::Serve(order)) = task
            && !vehicle.aboard.remove(&order)
        {
            self.impossible += 1;
            return true;
        }
        let way = self.world.drive(index, vehicle.place, to);
        self.driving += way;
        self.cost += Cost::hourly(way, self.world.vehicles[index].cost_per_driving_hour);
        vehicle.place = to;
        vehicle.free += way;
        match task {
            Some(Task::Serve(order)) => {
                let spec = &self.world.orders[order];
                let begin = vehicle.free.max(spec.window.0);
                vehicle.free = begin + spec.service;
                self.fates[order] = Fate::Served { vehicle: index, late: (begin - spec.window.1).max(0) };
            }
            Some(Task::Reload) => {
                vehicle.reloads = vehicle.reloads.saturating_sub(1);
                vehicle.free += LOADING;
                vehicle.load();
            }
            None => {
                let spec = &self.world.vehicles[index];
                self.cost += Cost::hourly(vehicle.free - since, spec.cost_per_hour);
                vehicle.overtime = vehicle.overtime.max(vehicle.free - spec.shift.1);
                vehicle.out = None;
                vehicle.aboard.clear();
                vehicle.free += LOADING;
            }
        }
        true
    }

    /// Something happens now; answers with the orders that it touches.
    pub fn happens(&mut self, event: Event) -> Vec<usize> {
        match event.what {
            What::Ordered(order) => {
                self.fates[order] = Fate::Open;
                vec![order]
            }
            What::Cancelled(order) => {
                if self.fates[order] != Fate::Open {
                    return Vec::new();
                }
                self.fates[order] = Fate::Cancelled;
                let doing = |vehicle: &&mut Vehicle| vehicle.tasks.contains(&Task::Serve(order));
                let Some(vehicle) = self.vehicles.iter_mut().find(doing) else { return Vec::new() };
                vehicle.tasks.retain(|&task| task != Task::Serve(order));
                vehicle.tidy();
                vehicle.orders()
            }
            What::Broken(index, repair) => {
                let vehicle = &mut self.vehicles[index];
                vehicle.free = vehicle.free.max(event.at);
                let touched = vehicle.orders();
                if let Some(seconds) = repair {
                    vehicle.free += seconds;
                } else if !vehicle.broken {
                    vehicle.broken = true;
                    vehicle.tasks.clear();
                    if let Some(since) = vehicle.out {
                        self.cost +=
                            Cost::hourly(vehicle.free - since, self.world.vehicles[index].cost_per_hour);
                    }
                }
                touched
            }
            What::Delayed(index, seconds) => {
                let vehicle = &mut self.vehicles[index];
                vehicle.free = vehicle.free.max(event.at) + seconds;
                vehicle.orders()
            }
        }
    }

    /// What is to be decided now: what is done is not in it, who is out starts where he is free next, what is loaded is
    /// bound, and what is not has to be fetched at the hub.
    pub fn moment(&self) -> Moment {
        let lost =
            |order: &usize| self.vehicles.iter().any(|other| other.broken && other.aboard.contains(order));
        let open = (0..self.fates.len()).filter(|&order| self.fates[order] == Fate::Open);
        let orders: Vec<usize> = open.filter(|order| !lost(order)).collect();
        let vehicles: Vec<VehicleSpec> = self
            .vehicles
            .iter()
            .zip(&self.world.vehicles)
            .map(|(vehicle, spec)| vehicle.spec(spec, self.now))
            .collect();
        let stop = |&order: &usize| {
            let carrier = self.vehicles.iter().position(|vehicle| vehicle.aboard.contains(&order));
            StopSpec {
                only_vehicle: carrier.map(|carrier| self.world.ids[carrier]),
                release: carrier.is_none().then_some(self.now),
                ..self.world.orders[order].clone()
            }
        };
        let problem = self.world.problem(vehicles, orders.iter().map(stop).collect());
        let given = self.given(&problem, &orders);
        Moment { problem, given, orders }
    }

    fn given(&self, problem: &Problem, orders: &[usize]) -> Solution {
        let stops: Vec<StopId> = problem.stop_ids().collect();
        let mut given = Solution::nothing_served(problem);
        given.stopovers = vec![Vec::new(); self.vehicles.len()];
        for (index, vehicle) in self.vehicles.iter().enumerate() {
            for &task in &vehicle.tasks {
                let route = &mut given.routes[index];
                match task {
                    Task::Serve(order) => route.extend(orders.binary_search(&order).map(|stop| stops[stop])),
                    Task::Reload => {
                        given.stopovers[index].push(Stopover { before: route.len(), what: Halt::Reload(0) });
                    }
                }
            }
        }
        let served: BTreeSet<StopId> = given.routes.iter().flatten().copied().collect();
        given.unserved.retain(|stop| !served.contains(stop));
        given
    }

    /// From now on this is the plan.
    pub fn adopt(&mut self, moment: &Moment, plan: &Solution) {
        for (id, vehicle) in moment.problem.vehicle_ids().zip(&mut self.vehicles) {
            let none = Vec::new();
            let route = &plan.routes[id.index()];
            let stopovers = plan.stopovers.get(id.index()).unwrap_or(&none);
            vehicle.tasks.clear();
            for position in 0..=route.len() {
                let reloads = stopovers.iter().filter(|over| over.before == position);
                vehicle.tasks.extend(reloads.map(|_| Task::Reload));
                vehicle
                    .tasks
                    .extend(route.get(position).map(|stop| Task::Serve(moment.orders[stop.index()])));
            }
            if vehicle.out.is_none() {
                vehicle.leaves = timetable(&moment.problem, plan, id).start;
            }
        }
    }

    /// The stops of these orders.
    pub fn stops(moment: &Moment, orders: &[usize]) -> Vec<StopId> {
        let known: BTreeSet<usize> = orders.iter().copied().collect();
        moment
            .problem
            .stop_ids()
            .zip(&moment.orders)
            .filter(|(_, order)| known.contains(order))
            .map(|(stop, _)| stop)
            .collect()
    }

    /// The rest of the day, and what all of it came to.
    pub fn finish(mut self) -> Outcome {
        self.advance(i64::MAX);
        let mut outcome = Outcome {
            cost: self.cost,
            driving: self.driving,
            late_stops: 0,
            late: 0,
            overtime: self.vehicles.iter().map(|vehicle| vehicle.overtime).sum(),
            unserved: 0,
            moved: 0,
            impossible: self.impossible,
        };
        for (vehicle, spec) in self.vehicles.iter().zip(&self.world.vehicles) {
            outcome.cost += Cost::units(if vehicle.used { spec.fixed_cost } else { 0 });
            outcome.cost += priced(spec.overtime, vehicle.overtime);
        }
        for ((fate, spec), morning) in self.fates.iter().zip(&self.world.orders).zip(&self.morning) {
            match *fate {
                Fate::Unknown | Fate::Cancelled => {}
                Fate::Open => {
                    outcome.unserved += 1;
                    outcome.cost += Cost::units(spec.unserved_penalty);
                }
                Fate::Served { vehicle, late } => {
                    outcome.late_stops += usize::from(late > 0);
                    outcome.late += late;
                    outcome.cost += priced(spec.lateness, late);
                    outcome.moved += usize::from(morning.is_some_and(|other| other != vehicle));
                }
            }
        }
        outcome
    }
}

/// What so many seconds after a limit cost.
fn priced(lateness: Lateness, seconds: i64) -> Cost {
    match lateness {
        Lateness::Hard => Cost::ZERO,
        Lateness::Priced { per_minute } => Cost::minutely(seconds, per_minute),
    }
}

impl Vehicle {
    /// Takes aboard what it serves before it reloads.
    fn load(&mut self) {
        for &task in &self.tasks {
            match task {
                Task::Serve(order) => self.aboard.insert(order),
                Task::Reload => break,
            };
        }
    }

    /// What it is to serve.
    fn orders(&self) -> Vec<usize> {
        let served = |task: &Task| if let Task::Serve(order) = task { Some(*order) } else { None };
        self.tasks.iter().filter_map(served).collect()
    }

    /// Drops reloads for nothing.
    fn tidy(&mut self) {
        let tasks: Vec<Task> = self.tasks.drain(..).collect();
        let next = tasks.iter().skip(1).map(Some).chain([None]);
        let idle = |next: Option<&Task>| !matches!(next, Some(Task::Serve(_)));
        self.tasks = tasks
            .iter()
            .zip(next)
            .filter(|(task, next)| **task != Task::Reload || !idle(*next))
            .map(|(task, _)| *task)
            .collect();
    }

    /// What it is to a plan that is made now.
    fn spec(&self, spec: &VehicleSpec, now: i64) -> VehicleSpec {
        let begins = self.free.max(now);
        VehicleSpec {
            start: self.place,
            under_way: self.out.is_some() && !self.broken,
            shift: (begins, spec.shift.1.max(begins)),
            capacity: if self.broken { vec![0; spec.capacity.len()] } else { spec.capacity.clone() },
            fixed_cost: if self.used { 0 } else { spec.fixed_cost },
            reloads: World::reloads(if self.broken { 0 } else { self.reloads }),
            ..spec.clone()
        }
    }
}
