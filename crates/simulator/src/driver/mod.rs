//! A driver's day: wait for the route, leave the hub, drive, knock, drive on, come by for more, come home.
//!
//! The driver lives in the world's time and is carried forward to any moment at once, so the day does not depend on how often
//! somebody looks. Not here: the network, and real time (`crate::van`).

use crate::phone::Phone;
use crate::world::doors::Door;
use crate::world::drive::{Drive, Spot};
use crate::world::mishaps::{Breakdown, NoStart};
use crate::world::{VanTruth, World, seconds};
use roads::LatLon;
use std::collections::HashSet;
use std::sync::Arc;
use wire::Point;
use wire::intake::{Deed, DriverRoute, DriverStop, Report};
use wire::{Instant, Outcome, ReportId, RouteId, StopId};

/// How long it takes to find and load what is fetched.
const LOADING: chrono::Duration = chrono::Duration::minutes(4);

/// A driver with a vehicle.
pub struct Driver {
    world: Arc<World>,
    truth: VanTruth,
    state: State,
    lived_to: Instant,
    route: Option<Heard>,
    closed: HashSet<StopId>,
    finished: HashSet<RouteId>,
    fetched: HashSet<StopId>,
    breakdown: Option<Breakdown>,
    no_start: Option<NoStart>,
}

struct Heard {
    route: DriverRoute,
    since: Instant,
}

enum State {
    AtHub,
    OnTheWay { to: Goal, drive: Drive, set_off: Instant },
    OffRoad { to: Goal, drive: Drive, driven: chrono::Duration, until: Instant },
    AtDoor { stop: StopId, at: LatLon, until: Instant, door: Door },
    Loading { route: RouteId, until: Instant },
    Standing { until: Instant },
}

enum Goal {
    Stop(Box<DriverStop>),
    /// To fetch what is to come before that stop.
    Load(RouteId, StopId),
    Hub(RouteId),
}

impl Driver {
    /// A driver who stands at the hub since `since`.
    pub fn new(world: Arc<World>, truth: VanTruth, since: Instant) -> Self {
        let (breakdown, no_start) = (truth.mishaps.breakdown.clone(), truth.mishaps.no_start.clone());
        Self {
            world,
            truth,
            state: State::AtHub,
            lived_to: since,
            route: None,
            closed: HashSet::new(),
            finished: HashSet::new(),
            fetched: HashSet::new(),
            breakdown,
            no_start,
        }
    }

    /// Lives on until `now`; the phone sees all of it.
    pub fn live_until(&mut self, now: Instant, phone: &mut Phone) {
        loop {
            let change = self.next_change().map(|at| at.max(self.lived_to));
            let until = change.map_or(now, |at| at.min(now)).max(self.lived_to);
            let moving = matches!(self.state, State::OnTheWay { .. });
            phone.watch(self.lived_to, until, moving, |at| self.spot(at));
            self.lived_to = until;
            match change {
                Some(at) if at <= now => self.change(at, phone),
                _ => return,
            }
        }
    }

    /// Hears the newest route. A driver on the way to a stop that is no longer on it turns around.
    pub fn hear(&mut self, route: DriverRoute, phone: &mut Phone) {
        self.world.hear(&route.closures);
        let since = match &self.route {
            Some(heard) if heard.route.route == route.route => heard.since,
            _ => self.lived_to,
        };
        self.route = Some(Heard { route, since });
        self.reconsider(phone);
    }

    /// When something will happen next by itself.
    pub fn next_change(&self) -> Option<Instant> {
        match &self.state {
            State::AtHub => self.leaves_at(),
            State::OnTheWay { drive, set_off, .. } => {
                let arrives = *set_off + seconds(drive.whole_s());
                let breaks = self.breakdown.as_ref().map(|breakdown| breakdown.from.max(*set_off));
                Some(breaks.map_or(arrives, |at| at.min(arrives)))
            }
            State::OffRoad { until, .. }
            | State::AtDoor { until, .. }
            | State::Loading { until, .. }
            | State::Standing { until } => Some(*until),
        }
    }

    /// Whether the driver has a route.
    pub fn has_route(&self) -> bool {
        self.route.is_some()
    }

    /// Whether the driver stands at the hub with nothing to do.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::AtHub) && self.leaves_at().is_none()
    }

    /// When the driver goes home whatever is left.
    pub fn gives_up(&self) -> Instant {
        self.truth.gives_up
    }

    fn leaves_at(&self) -> Option<Instant> {
        let Heard { route, since } = self.route.as_ref()?;
        let has_work = !self.finished.contains(&route.route) && self.next_stop().is_some();
        has_work.then(|| (route.planned_start + self.truth.lateness).max(*since))
    }

    fn next_stop(&self) -> Option<&DriverStop> {
        let heard = self.route.as_ref()?;
        heard.route.stops.iter().find(|stop| !self.closed.contains(&stop.stop))
    }

    fn spot(&self, at: Instant) -> Spot {
        match &self.state {
            State::AtHub | State::Loading { .. } | State::Standing { .. } => Spot::standing(self.truth.bay),
            State::OnTheWay { drive, set_off, .. } => drive.spot(elapsed_s(*set_off, at)),
            State::OffRoad { drive, driven, .. } => Spot::standing(drive.spot(as_s(*driven)).at),
            State::AtDoor { at, .. } => Spot::standing(*at),
        }
    }

    fn change(&mut self, at: Instant, phone: &mut Phone) {
        match std::mem::replace(&mut self.state, State::AtHub) {
            State::AtHub => {
                if let Some(NoStart { lasts, reason }) = self.no_start.take() {
                    self.report(phone, at, "off_road", at, Deed::OffRoad { reason: reason.to_owned() });
                    self.state = State::Standing { until: at + lasts };
                } else if let Some(route) = self.route_id() {
                    self.report(phone, at, "departed", route, Deed::Departed { route });
                    self.go_on(self.truth.bay, at, phone);
                }
            }
            State::OnTheWay { to, drive, set_off } => match self.breakdown.take() {
                Some(breakdown) if breakdown.from <= at => {
                    self.break_down(&breakdown, to, drive, set_off, at, phone);
                }
                pending => {
                    self.breakdown = pending;
                    self.arrive(to, &drive, at, phone);
                }
            },
            State::OffRoad { to, drive, driven, until } => {
                self.report(phone, at, "recovered", until, Deed::Recovered);
                self.state = State::OnTheWay { to, drive, set_off: at - driven };
                self.reconsider(phone);
            }
            State::Standing { .. } => self.report(phone, at, "recovered", at, Deed::Recovered),
            State::Loading { route, .. } => {
                self.report(phone, at, "reloaded", at, Deed::Reloaded { route });
                if let Some(heard) = &mut self.route {
                    heard.route.stops.iter_mut().for_each(|stop| stop.aboard = true);
                }
                self.go_on(self.truth.bay, at, phone);
            }
            State::AtDoor { stop, at: place, door, .. } => {
                let (outcome, note) = (door.outcome, door.note.map(str::to_owned));
                let deed = if outcome.is_delivered() {
                    Deed::Delivered { stop, outcome, note }
                } else {
                    Deed::Failed { stop, outcome, note }
                };
                self.report(phone, at, "ended", stop, deed);
                self.closed.insert(stop);
                self.go_on(place, at, phone);
            }
        }
    }

    fn arrive(&mut self, to: Goal, drive: &Drive, at: Instant, phone: &mut Phone) {
        match to {
            Goal::Hub(route) => {
                self.report(phone, at, "returned", route, Deed::Returned { route });
                self.finished.insert(route);
            }
            Goal::Load(route, before) => {
                self.fetched.insert(before);
                self.state = State::Loading { route, until: at + LOADING };
            }
            Goal::Stop(stop) => {
                self.report(phone, at, "arrived", stop.stop, Deed::Arrived { stop: stop.stop });
                let door = self.world.knock(&self.truth, &stop, at);
                let begins = stop.window_from.min(self.truth.gives_up).max(at);
                let place = drive.spot(drive.whole_s()).at;
                self.state = State::AtDoor { stop: stop.stop, at: place, until: begins + door.takes, door };
            }
        }
    }

    fn break_down(
        &mut self,
        breakdown: &Breakdown,
        to: Goal,
        drive: Drive,
        set_off: Instant,
        at: Instant,
        phone: &mut Phone,
    ) {
        let reason = breakdown.reason.to_owned();
        self.report(phone, at, "off_road", breakdown.from, Deed::OffRoad { reason });
        self.state = State::OffRoad { to, drive, driven: at - set_off, until: at + breakdown.lasts };
    }

    /// Sets off for the next open stop, or for the hub when there is none or the day is over.
    fn go_on(&mut self, here: LatLon, at: Instant, phone: &mut Phone) {
        if at > self.truth.gives_up {
            self.give_up(at, phone);
        }
        let Some(route) = self.route_id() else { return };
        let (to, drive) = match self.next_stop() {
            Some(stop) if self.loads_before(stop.stop) => {
                let drive = self.world.drive(&self.truth, "load", here, self.truth.bay, at);
                (Goal::Load(route, stop.stop), drive)
            }
            Some(stop) => {
                let mut drive = self.world.drive(&self.truth, &stop.reference, here, place(stop.at), at);
                drive.linger(as_s(self.world.parking(&self.truth, stop)));
                (Goal::Stop(Box::new(stop.clone())), drive)
            }
            None => (Goal::Hub(route), self.world.drive(&self.truth, "hub", here, self.truth.bay, at)),
        };
        self.state = State::OnTheWay { to, drive, set_off: at };
    }

    fn give_up(&mut self, at: Instant, phone: &mut Phone) {
        while let Some((stop, aboard)) = self.next_stop().map(|stop| (stop.stop, stop.aboard)) {
            // What lies at the hub is nobody's failed attempt.
            if aboard {
                let note = Some("Shift over".to_owned());
                let deed = Deed::Failed { stop, outcome: Outcome::FailedNoTime, note };
                self.report(phone, at, "ended", stop, deed);
            }
            self.closed.insert(stop);
        }
    }

    fn reconsider(&mut self, phone: &mut Phone) {
        let State::OnTheWay { to, drive, set_off } = &self.state else { return };
        let turns = match to {
            Goal::Stop(goal) => !self.has_open(goal.stop) || self.loads_before(goal.stop),
            Goal::Load(_, before) => !self.loads_before(*before),
            Goal::Hub(route) => self.route_id() == Some(*route) && self.next_stop().is_some(),
        };
        if turns {
            let here = drive.spot(elapsed_s(*set_off, self.lived_to)).at;
            self.go_on(here, self.lived_to, phone);
        }
    }

    fn loads_before(&self, stop: StopId) -> bool {
        let asked = self.route.as_ref().and_then(|heard| heard.route.reload_before);
        asked == Some(stop) && !self.fetched.contains(&stop)
    }

    fn has_open(&self, stop: StopId) -> bool {
        let heard =
            self.route.as_ref().is_some_and(|heard| heard.route.stops.iter().any(|other| other.stop == stop));
        heard && !self.closed.contains(&stop)
    }

    fn route_id(&self) -> Option<RouteId> {
        self.route.as_ref().map(|heard| heard.route.route)
    }

    fn report(
        &self,
        phone: &mut Phone,
        at: Instant,
        deed: &str,
        subject: impl std::fmt::Display,
        what: Deed,
    ) {
        let id = self.world.draws().id("report", &format!("{}/{deed}/{subject}", self.truth.label));
        phone.report(Report { id: ReportId(id), at, what });
    }
}

fn place(at: Point) -> LatLon {
    LatLon { lat: at.lat, lon: at.lon }
}

fn elapsed_s(since: Instant, at: Instant) -> f64 {
    as_s(at - since)
}

fn as_s(duration: chrono::Duration) -> f64 {
    duration.num_milliseconds() as f64 / 1_000.0
}

#[cfg(test)]
mod tests;
