//! What of a day can still be decided: which vehicles, from where and when, and which stops.
//!
//! Three rules hold: what a vehicle carries stays in it; what is at the hub leaves with a vehicle that is there or comes by
//! to fetch it, once; the stop that a driver is serving or driving to stays where it is.

use crate::{base::convert::lat_lon, day::board::DayBook, fleet::approach::Approaches};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::{
    Break, Instant, Needs, Order, OrderId, OrderState, Route, RouteState, Settings, StopId, StopState,
    Vehicle, VehicleState, Window,
};
use std::{collections::HashMap, sync::Arc};
use store::stops::DayStop;

/// Whether windows and shifts may be broken at a price.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// A morning plan keeps every promise that it takes on.
    Hard,
    /// A running day weighs one lateness against another.
    Priced,
}

/// A vehicle in a problem.
pub(crate) struct Runner {
    pub vehicle: Vehicle,
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
    /// What it already carries beyond the problem's stops, in grams and millilitres.
    pub spoken_for: (i64, i64),
    /// The place in the route that the first new stop gets.
    pub next_sequence: i32,
}

/// A stop in a problem.
#[derive(Clone)]
pub(crate) struct Task {
    pub order: OrderId,
    pub reference: String,
    pub address: String,
    pub stop: Option<StopId>,
    pub at: LatLon,
    pub window: Window,
    /// The parts of the window in which it may be served; none for all of it.
    pub windows: Vec<Window>,
    pub needs: Needs,
    pub service_s: i32,
    pub weight_g: i64,
    pub volume_ml: i64,
    /// The one runner that may serve it, because it carries it.
    pub only: Option<usize>,
    /// As things stand, which runner serves it.
    pub given: Option<usize>,
    /// As things stand, whether that runner comes by the hub before it.
    pub via_hub: bool,
}

impl Task {
    fn of(order: &Order, stop: Option<StopId>, only: Option<usize>, given: Option<usize>) -> Self {
        Self {
            order: order.id,
            reference: order.reference.clone(),
            address: order.address.text.clone(),
            stop,
            at: lat_lon(order.address.at),
            window: order.promise.latest,
            windows: order.windows().to_vec(),
            needs: order.needs.clone(),
            service_s: order.service_s,
            weight_g: order.weight_g(),
            volume_ml: order.volume_ml(),
            only,
            given,
            via_hub: false,
        }
    }

    /// The same order, asked for another window.
    pub fn with_window(&self, window: Window) -> Self {
        Self { window, windows: vec![], given: None, via_hub: false, ..self.clone() }
    }

    /// The same order, asked for what it is promised.
    pub fn as_promised(&self) -> Self {
        Self { stop: None, given: None, via_hub: false, ..self.clone() }
    }

    /// Whether a vehicle may serve it. What it carries already stays in it, whatever was asked for.
    pub fn may_go_with(&self, runner: usize, vehicle: &Vehicle) -> bool {
        self.only.map_or_else(|| self.needs.allow(vehicle.id, &vehicle.skills), |carrier| carrier == runner)
    }
}

/// The vehicles and stops of a day that can still be decided.
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
        let routes: HashMap<_, _> =
            book.routes.iter().filter(|r| r.day == book.day).map(|r| (r.vehicle, r)).collect();
        let mut vehicles: Vec<_> = book.vehicles.values().collect();
        vehicles.sort_by(|a, b| a.label.cmp(&b.label));

        for vehicle in vehicles {
            let route = routes.get(&vehicle.id).copied();
            let drive = book.drive(vehicle);
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
                    let open: Vec<_> = (0..stops.len()).filter(is_open).skip(usize::from(at_hand)).collect();
                    // What it carries for nobody here: the stop at hand, and what it could not hand over.
                    let ahead: Vec<_> = open.iter().map(|&index| stops[index].stop.order).collect();
                    let waits = |o: &Order| o.state == OrderState::Placed || ahead.contains(&o.id);
                    let held = orders.iter().filter(|o| o.aboard == Some(vehicle.id) && !waits(o));
                    runners.push(Runner {
                        vehicle: vehicle.clone(),
                        route: route.cloned(),
                        place,
                        free_at,
                        shift_until,
                        breaks,
                        under_way: true,
                        at_hub,
                        spoken_for: held.fold((0, 0), |(w, v), o| (w + o.weight_g(), v + o.volume_ml())),
                        next_sequence: (gone + usize::from(at_hand)) as i32 + 1,
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
                    let begins = ready.max(book.now + book.settings.yard());
                    if !off_road && begins < shift_until {
                        runners.push(Runner {
                            vehicle: vehicle.clone(),
                            route: route.cloned(),
                            place: hub,
                            free_at: begins,
                            shift_until,
                            breaks,
                            under_way: false,
                            at_hub: true,
                            spoken_for: (0, 0),
                            next_sequence: gone as i32 + 1,
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
        let carriers: HashMap<_, _> = runners.iter().enumerate().map(|(i, r)| (r.vehicle.id, i)).collect();
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
        off.into_iter().map(|t| t.order).collect()
    }
}

/// Where and when a vehicle on the road can start something new.
struct Onward {
    place: LatLon,
    free_at: Instant,
    /// Whether that is at the hub, where it is or comes to next.
    at_hub: bool,
    /// Whether it serves or drives to a stop before that.
    at_hand: bool,
}

fn onward(book: &DayBook, vehicle: &Vehicle, stops: &[DayStop], reloads_before: Option<usize>) -> Onward {
    let seconds = |seconds: i32| TimeDelta::seconds(seconds.into());
    let next = stops.iter().position(|s| s.stop.state.is_open());
    let at_hub = next.is_some() && next == reloads_before;
    let (place, free_at) = match next.and_then(|index| stops.get(index)) {
        Some(s) if at_hub => {
            let arrival = s.eta.unwrap_or(s.stop.planned_arrival);
            (lat_lon(book.hub.at), arrival - seconds(s.stop.travel_s))
        }
        Some(s) => {
            let arrival = match s.stop.state {
                StopState::Arrived { at } => at,
                _ => s.opens(s.eta.unwrap_or(s.stop.planned_arrival)),
            };
            (lat_lon(s.at), arrival + seconds(s.service_s))
        }
        None => (book.latest.get(&vehicle.id).map_or(lat_lon(book.hub.at), |p| lat_lon(p.place)), book.now),
    };
    Onward { place, free_at: free_at.max(book.now), at_hub, at_hand: next.is_some() && !at_hub }
}
