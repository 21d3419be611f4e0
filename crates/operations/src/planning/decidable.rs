//! What of a day can still be decided: which vehicles, from where and when, and which stops.
//!
//! Three rules hold: what a vehicle carries stays in it; what is at the hub leaves with a vehicle that is there or comes by
//! to fetch it, once; the stop that a driver is serving or driving to stays where it is. What is only collected lies at its
//! door, and any vehicle may come for it.

use crate::{
    base::convert::lat_lon,
    day::book::DayBook,
    fleet::{approach::Approaches, duties::Drive},
};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::{
    Break, Coordinate, Instant, Needs, Order, OrderId, OrderState, Route, RouteState, Service, Settings,
    ShiftId, StopId, StopState, Vehicle, VehicleState, Window, visit_s,
};
use std::{collections::HashMap, sync::Arc};
use store::{stops::DayStop, visits::visit_from};

/// Whether windows and shifts may be broken at a price.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// A morning plan keeps every promise that it takes on.
    Hard,
    /// A running day weighs one lateness against another.
    Priced,
}

/// A vehicle in a problem, in one shift.
#[derive(Clone)]
pub(crate) struct Runner {
    pub vehicle: Vehicle,
    /// In its usual hours for none.
    pub shift: Option<ShiftId>,
    /// What people call it in that shift.
    pub label: String,
    pub route: Option<Route>,
    /// Where it can start something new, and when.
    pub place: LatLon,
    pub free_at: Instant,
    pub shift_until: Instant,
    /// The driver's planned breaks, the first first.
    pub breaks: Vec<Break>,
    pub under_way: bool,
    /// Whether that place is the hub, where it can load.
    pub at_hub: bool,
    /// What it already carries beyond the problem's stops, also to the hub, in grams and millilitres.
    pub spoken_for: (i64, i64),
    /// The place in the route that the first new stop gets.
    pub next_sequence: i32,
}

/// One order of a stop in a problem.
#[derive(Clone)]
pub(crate) struct TaskOrder {
    pub id: OrderId,
    pub reference: String,
    pub address: String,
    pub stop: Option<StopId>,
    /// What is done at the door.
    pub service: Service,
    /// What it is promised.
    pub window: Window,
    /// Seconds at the door if it were alone.
    pub service_s: i32,
    /// As how many usual orders it counts when it is left out.
    pub weight: i64,
}

/// A stop in a problem: an order, or several at one door that are served at one visit.
#[derive(Clone)]
pub(crate) struct Task {
    /// In the order of their stops; at least one.
    pub orders: Vec<TaskOrder>,
    pub at: LatLon,
    /// The same as it was placed, by which doors are told apart.
    pub place: Coordinate,
    pub window: Window,
    /// The parts of the window in which it may be served; none for all of it.
    pub windows: Vec<Window>,
    pub needs: Needs,
    pub service_s: i32,
    /// What is handed over, in grams and millilitres.
    pub brings: (i64, i64),
    /// What is taken along to the hub.
    pub takes: (i64, i64),
    /// The one runner that may serve it, because it carries it.
    pub only: Option<usize>,
    /// As things stand, which runner serves it.
    pub given: Option<usize>,
    /// As things stand, whether that runner comes by the hub before it.
    pub via_hub: bool,
}

/// What an order's goods weigh and measure.
fn goods(order: &Order) -> (i64, i64) {
    (order.weight_g(), order.volume_ml())
}

/// Both together.
fn and(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.saturating_add(other.0), one.1.saturating_add(other.1))
}

impl Task {
    fn of(order: &Order, stop: Option<StopId>, only: Option<usize>, given: Option<usize>) -> Self {
        Self {
            orders: vec![TaskOrder {
                id: order.id,
                reference: order.reference.clone(),
                address: order.address.text.clone(),
                stop,
                service: order.service,
                window: order.promise.latest,
                service_s: order.service_s,
                weight: order.needs.priority.weight(),
            }],
            at: lat_lon(order.address.at),
            place: order.address.at,
            window: order.promise.latest,
            windows: order.windows().to_vec(),
            needs: order.needs.clone(),
            service_s: order.service_s,
            brings: if order.service.brings() { goods(order) } else { (0, 0) },
            takes: if order.service.takes() { goods(order) } else { (0, 0) },
            only,
            given,
            via_hub: false,
        }
    }

    /// The same order, asked for another window.
    pub fn with_window(&self, window: Window) -> Self {
        let orders = self.orders.iter().map(|order| TaskOrder { window, ..order.clone() }).collect();
        Self { orders, window, windows: vec![], given: None, via_hub: false, ..self.clone() }
    }

    /// The same order, asked for what it is promised.
    pub fn as_promised(&self) -> Self {
        let orders = self.orders.iter().map(|order| TaskOrder { stop: None, ..order.clone() }).collect();
        Self { orders, given: None, via_hub: false, ..self.clone() }
    }

    /// Whether an order is served here.
    pub fn serves(&self, order: OrderId) -> bool {
        self.orders.iter().any(|own| own.id == order)
    }

    /// Whether it brings anything, and does not only collect.
    fn loads(&self) -> bool {
        self.orders.iter().any(|order| order.service.brings())
    }

    /// Whether its goods are at the hub, so that a vehicle has to load them there.
    pub fn lies_at_hub(&self) -> bool {
        self.only.is_none() && self.loads()
    }

    /// Both at one visit. None where they are at two doors, ask for other vehicles, have too little time in common, one is aboard
    /// and the other at the hub, or where they are more than any of `runners` can take.
    fn joined(&self, other: &Self, runners: &[Runner], further_s: i64) -> Option<Self> {
        let line = |task: &Self| task.orders.first().map(|order| order.address.clone()).unwrap_or_default();
        let (one, two) = (line(self), line(other));
        let here = self.place == other.place && domain::is_one_door((self.place, &one), (other.place, &two));
        let alike = (self.only == other.only || !self.loads() || !other.loads())
            && self.given == other.given
            && self.needs.skills == other.needs.skills
            && self.needs.vehicles == other.needs.vehicles;
        if !here || !alike || other.via_hub {
            return None;
        }
        let window = if self.windows.is_empty() && other.windows.is_empty() {
            self.window.shared_with(other.window)?
        } else {
            Some(self.window).filter(|_| self.window == other.window && self.windows == other.windows)?
        };
        let orders: Vec<_> = self.orders.iter().chain(&other.orders).cloned().collect();
        let service_s = visit_s(orders.iter().map(|order| order.service_s), further_s);
        let (brings, takes) = (and(self.brings, other.brings), and(self.takes, other.takes));
        let only = self.only.or(other.only);
        let joined = Self { orders, window, service_s, brings, takes, only, ..self.clone() };
        let has_room = |runner: &Runner, goods: (i64, i64)| {
            runner.vehicle.capacity_g - runner.spoken_for.0 >= goods.0
                && runner.vehicle.capacity_ml - runner.spoken_for.1 >= goods.1
        };
        let can = |(index, runner): (usize, &Runner)| {
            joined.may_go_with(index, &runner.vehicle)
                && (only.is_some() || has_room(runner, brings))
                && (takes == (0, 0) || has_room(runner, takes))
        };
        runners.iter().enumerate().any(can).then_some(joined)
    }

    /// Whether a vehicle may serve it. What it carries already stays in it, whatever was asked for.
    pub fn may_go_with(&self, runner: usize, vehicle: &Vehicle) -> bool {
        self.only.map_or_else(|| self.needs.allow(vehicle.id, &vehicle.skills), |carrier| carrier == runner)
    }
}

/// The vehicles and stops of a day that can still be decided.
#[derive(Clone)]
pub(crate) struct Choices {
    pub runners: Vec<Runner>,
    pub tasks: Vec<Task>,
    pub hub: LatLon,
    pub now: Instant,
    pub approaches: Arc<Approaches>,
    pub settings: Arc<Settings>,
}

impl Choices {
    /// Reads from the day what can still be decided. `orders` are the day's orders.
    pub fn of_day(book: &DayBook, orders: &[Order]) -> Self {
        let by_id: HashMap<_, _> = orders.iter().map(|o| (o.id, o)).collect();
        let hub = lat_lon(book.hub.at);
        let mut runners: Vec<Runner> = vec![];
        let mut tasks: Vec<Task> = vec![];
        let mut vehicles: Vec<_> = book.vehicles.values().collect();
        vehicles.sort_by(|a, b| a.label.cmp(&b.label));

        for (vehicle, drive, route) in vehicles.into_iter().flat_map(|vehicle| turns(book, vehicle)) {
            let shift = route.map_or_else(|| drive.as_ref()?.shift, |route| route.shift);
            let begins = route.map(|r| r.planned_start).or_else(|| Some(drive.as_ref()?.from));
            let label = book.label(vehicle, shift, begins.unwrap_or(book.now));
            let off_road = matches!(vehicle.state, VehicleState::OffRoad { .. });
            let breaks = drive.as_ref().map(|drive| drive.breaks.clone()).unwrap_or_default();
            let runner = runners.len();
            let stops = route.map(|r| book.stops_of(r.id)).unwrap_or_default();
            let gone = stops.iter().filter(|s| !s.stop.state.is_open()).count();
            match route.map(|r| r.state) {
                Some(RouteState::Finished { .. }) => {}
                Some(RouteState::UnderWay { .. }) if off_road => {
                    for s in stops.iter().filter(|s| s.stop.state == StopState::Pending && !s.aboard) {
                        if let Some(order) = by_id.get(&s.stop.order) {
                            tasks.push(Task::of(order, Some(s.stop.id), None, None));
                        }
                    }
                }
                Some(RouteState::UnderWay { .. }) => {
                    let shift_until = route.map_or(book.now, |r| r.shift_until);
                    let reloads_before = route.and_then(|r| book.reloads_before(r));
                    let Onward { place, free_at, at_hub, at_hand } =
                        onward(book, vehicle, stops, reloads_before);
                    let is_open = |index: &usize| stops[*index].stop.state.is_open();
                    let mut open: Vec<_> = (0..stops.len()).filter(is_open).collect();
                    // What it carries for nobody here: what it could not hand over, or has collected, and the visit at hand,
                    // where what is taken along gets the room of what is handed over.
                    let here: Vec<_> = open.drain(..at_hand).map(|index| stops[index].stop.order).collect();
                    let ahead: Vec<_> = open.iter().map(|&index| stops[index].stop.order).collect();
                    let sum = |of: &dyn Fn(&Order) -> bool| {
                        orders.iter().filter(|o| of(o)).fold((0, 0), |all, o| and(all, goods(o)))
                    };
                    let is_aboard = |o: &Order| o.aboard == Some(vehicle.id);
                    let waits = |o: &Order| o.state == OrderState::Placed || ahead.contains(&o.id);
                    let kept = sum(&|o| is_aboard(o) && !waits(o) && !here.contains(&o.id));
                    let brought = sum(&|o| is_aboard(o) && here.contains(&o.id));
                    let taken = sum(&|o| o.service.takes() && here.contains(&o.id));
                    runners.push(Runner {
                        vehicle: vehicle.clone(),
                        shift,
                        label,
                        route: route.cloned(),
                        place,
                        free_at,
                        shift_until,
                        breaks,
                        under_way: true,
                        at_hub,
                        spoken_for: and(kept, (brought.0.max(taken.0), brought.1.max(taken.1))),
                        next_sequence: next_place(&stops[..gone + at_hand]),
                    });
                    for index in open {
                        let s = &stops[index];
                        if let Some(order) = by_id.get(&s.stop.order) {
                            let only = s.aboard.then_some(runner);
                            let via_hub = !at_hub && reloads_before == Some(index);
                            let task = Task::of(order, Some(s.stop.id), only, Some(runner));
                            tasks.push(Task { via_hub, ..task });
                        }
                    }
                }
                Some(RouteState::Published) | None => {
                    // Who does not work has no time: what is planned for the vehicle goes to others.
                    let works = drive.is_some();
                    let (from, until) = drive.map_or((book.now, book.now), |drive| (drive.from, drive.until));
                    let shift_until = route.filter(|_| works).map_or(until, |r| r.shift_until);
                    let ready = from + book.approaches.leaves_late;
                    let mut begins = ready.max(book.now + book.settings.yard());
                    if let Some(back) = book.busy_until(vehicle.id) {
                        begins = begins.max(back + book.settings.yard());
                    }
                    if !off_road && begins < shift_until {
                        runners.push(Runner {
                            vehicle: vehicle.clone(),
                            shift,
                            label,
                            route: route.cloned(),
                            place: hub,
                            free_at: begins,
                            shift_until,
                            breaks,
                            under_way: false,
                            at_hub: true,
                            spoken_for: (0, 0),
                            next_sequence: next_place(&stops[..gone]),
                        });
                    }
                    let given = (!off_road && begins < shift_until).then_some(runner);
                    for s in stops.iter().filter(|s| s.stop.state.is_open()) {
                        if let Some(order) = by_id.get(&s.stop.order) {
                            tasks.push(Task::of(order, Some(s.stop.id), None, given));
                        }
                    }
                }
            }
        }
        // What it carries goes with the first of its shifts.
        let numbered = runners.iter().enumerate().rev();
        let carriers: HashMap<_, _> = numbered.map(|(index, r)| (r.vehicle.id, index)).collect();
        for order in orders.iter().filter(|o| o.state == OrderState::Placed) {
            match order.aboard {
                None => tasks.push(Task::of(order, None, None, None)),
                Some(carrier) => {
                    if let Some(&index) = carriers.get(&carrier) {
                        tasks.push(Task::of(order, None, Some(index), None));
                    }
                }
            }
        }
        let (approaches, settings) = (book.approaches.clone(), book.settings.clone());
        Self { runners, tasks, hub, now: book.now, approaches, settings }
    }

    /// What was promised for a time that has passed can be served at any time of the day: nobody brought it, and it is owed.
    pub fn promise_broken_ones_the_day(&mut self) {
        let ends = self.runners.iter().map(|runner| runner.shift_until).max();
        for task in self.tasks.iter_mut().filter(|task| task.window.until() <= self.now) {
            let day = ends.and_then(|ends| Window::parse(self.now, ends).ok());
            task.window = day.unwrap_or(task.window);
            task.windows.clear();
        }
    }

    /// Leaves out tasks that lie near no road; answers which.
    pub fn take_unroaded(&mut self, roads: &dyn TravelTimes) -> Vec<OrderId> {
        let (on, off): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tasks).into_iter().partition(|t| {
            roads.snap(t.at, Profile::Van).is_some() && roads.snap(t.at, Profile::CargoBike).is_some()
        });
        self.tasks = on;
        off.iter().flat_map(|t| &t.orders).map(|order| order.id).collect()
    }

    /// Makes one stop of the orders at a door that follow each other on a route; with `all` also of those that have no place yet.
    #[must_use]
    pub fn with_visits(mut self, all: bool) -> Self {
        let further_s = self.settings.further_order_seconds;
        let mut tasks: Vec<Task> = Vec::with_capacity(self.tasks.len());
        // Those without a place, by where they are.
        let mut waiting: HashMap<Coordinate, Vec<usize>> = HashMap::new();
        for task in std::mem::take(&mut self.tasks) {
            let before = match task.given {
                Some(_) => tasks.len().checked_sub(1).into_iter().collect(),
                None => waiting.get(&task.place).cloned().unwrap_or_default(),
            };
            let joined =
                |&index: &usize| Some((index, tasks[index].joined(&task, &self.runners, further_s)?));
            if let Some((index, joined)) = before.iter().find_map(joined) {
                tasks[index] = joined;
                continue;
            }
            if task.given.is_none() && all {
                waiting.entry(task.place).or_default().push(tasks.len());
            }
            tasks.push(task);
        }
        self.tasks = tasks;
        self
    }
}

/// The shifts of a vehicle on the day, each with who drives and with its route, the one on the road first. Nobody drives what is
/// planned for a shift that was taken out of the roster.
fn turns<'a>(
    book: &'a DayBook,
    vehicle: &'a Vehicle,
) -> Vec<(&'a Vehicle, Option<Drive>, Option<&'a Route>)> {
    let routes: Vec<_> =
        book.routes_of(vehicle.id).map(|route| (route, book.drive(vehicle, route.shift))).collect();
    let has_route = |drive: &Drive| routes.iter().any(|(_, own)| own.as_ref() == Some(drive));
    let mut turns: Vec<_> = book
        .drives(vehicle)
        .into_iter()
        .filter(|drive| !has_route(drive))
        .map(|drive| (vehicle, Some(drive), None))
        .collect();
    turns.extend(routes.into_iter().map(|(route, drive)| (vehicle, drive, Some(route))));
    turns.sort_by_key(|(.., route)| !route.is_some_and(|r| matches!(r.state, RouteState::UnderWay { .. })));
    turns
}

/// The first place on a route, from 1, after those of its stops that a plan leaves as they are.
fn next_place(stops: &[DayStop]) -> i32 {
    stops.iter().map(|s| s.stop.sequence).max().unwrap_or(0) + 1
}

/// Where and when a vehicle on the road can start something new.
struct Onward {
    place: LatLon,
    free_at: Instant,
    /// Whether that is at the hub, where it is or comes to next.
    at_hub: bool,
    /// How many stops it serves or drives to before that: those of one visit, if any.
    at_hand: usize,
}

fn onward(book: &DayBook, vehicle: &Vehicle, stops: &[DayStop], reloads_before: Option<usize>) -> Onward {
    let seconds = |seconds: i32| TimeDelta::seconds(seconds.into());
    let next = stops.iter().position(|s| s.stop.state.is_open());
    let at_hub = next.is_some() && next == reloads_before;
    let open: Vec<_> = stops.iter().filter(|s| s.stop.state.is_open()).collect();
    let at_doors = open.iter().filter(|s| matches!(s.stop.state, StopState::Arrived { .. })).count();
    let at_hand = if at_hub { 0 } else { visit_from(open.iter().copied()).max(at_doors) };
    let (place, free_at) = match open.first() {
        Some(s) if at_hub => {
            let arrival = s.eta.unwrap_or(s.stop.planned_arrival);
            (lat_lon(book.hub.at), arrival - seconds(s.stop.travel_s))
        }
        Some(s) => {
            let arrival = match s.stop.state {
                StopState::Arrived { at } => at,
                _ => s.opens(s.eta.unwrap_or(s.stop.planned_arrival)),
            };
            let alone = open.iter().take(at_hand).map(|s| s.service_s);
            let service_s = visit_s(alone, book.settings.further_order_seconds);
            (lat_lon(s.at), arrival + seconds(service_s))
        }
        None => (book.latest.get(&vehicle.id).map_or(lat_lon(book.hub.at), |p| lat_lon(p.place)), book.now),
    };
    Onward { place, free_at: free_at.max(book.now), at_hub, at_hand }
}
