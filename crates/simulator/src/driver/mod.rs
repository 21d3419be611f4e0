//! A driver's day: wait for the route, leave the hub, drive, knock, pause, drive on, come by for more, come home.
//!
//! The driver lives in the world's time and is carried forward to any moment at once, so the day does not depend on how often
//! somebody looks. Not here: the network, and real time (`crate::van`).

mod choice;
mod ledger;
mod taps;

use crate::phone::{Phone, Silence};
use crate::truth::Fact;
use crate::world::doors::Door;
use crate::world::drive::Spot;
use crate::world::leg::{Here, Leg};
use crate::world::mishaps::{Breakdown, Lull, NoStart};
use crate::world::{VanTruth, World, seconds};
use ledger::Visit;
use roads::LatLon;
use std::collections::HashSet;
use std::sync::Arc;
use taps::Taps;
use wire::Point;
use wire::driver::{Deed, DriverRoute, DriverStop};
use wire::{Instant, Outcome, RouteId, StopId};

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
    /// How many of the route's breaks have been taken.
    paused: (Option<RouteId>, usize),
    /// Where the vehicle stands while its driver is away from it.
    vehicle: LatLon,
    /// Since when the driver is at a door, and how the last order there ended.
    served: Option<(Instant, Outcome)>,
    left_with: usize,
    breakdown: Option<Breakdown>,
    no_start: Option<NoStart>,
    lull: Option<Lull>,
    taps: Taps,
}

struct Heard {
    route: DriverRoute,
    since: Instant,
}

enum State {
    AtHub,
    OnTheWay(Trip),
    OffRoad {
        trip: Trip,
        driven: chrono::Duration,
        since: Instant,
        until: Instant,
    },
    AtDoor {
        visit: Box<Visit>,
        at: LatLon,
        until: Instant,
        door: Door,
    },
    Loading {
        route: RouteId,
        since: Instant,
        until: Instant,
    },
    Standing {
        since: Instant,
        until: Instant,
    },
    /// A break, at the door that was served last.
    Pausing {
        at: LatLon,
        since: Instant,
        until: Instant,
    },
}

/// One drive from one place to the next.
struct Trip {
    to: Goal,
    leg: Leg,
    /// When this leg began; later than the trip when the driver turned around, or stood on the road.
    set_off: Instant,
    began: Instant,
    stood: chrono::Duration,
    breaks_at: Option<Instant>,
}

impl Trip {
    fn arrives(&self) -> Instant {
        self.set_off + seconds(self.leg.drive.whole_s())
    }

    fn next_change(&self) -> Instant {
        self.breaks_at.map_or(self.arrives(), |at| at.min(self.arrives()))
    }

    fn spot(&self, at: Instant) -> Spot {
        self.leg.drive.spot(elapsed_s(self.set_off, at))
    }

    /// Where driver and vehicle are.
    fn here(&self, at: Instant, stood_before: LatLon) -> Here {
        let (elapsed, driver) = (elapsed_s(self.set_off, at), self.spot(at).at);
        let vehicle = if elapsed < self.leg.back_s {
            stood_before
        } else if elapsed > self.leg.back_s + self.leg.drive_s {
            self.leg.vehicle
        } else {
            driver
        };
        Here { driver, vehicle }
    }
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
        let mishaps = truth.mishaps.clone();
        Self {
            world,
            vehicle: truth.bay,
            truth,
            state: State::AtHub,
            lived_to: since,
            route: None,
            closed: HashSet::new(),
            finished: HashSet::new(),
            fetched: HashSet::new(),
            paused: (None, 0),
            served: None,
            left_with: 0,
            breakdown: mishaps.breakdown,
            no_start: mishaps.no_start,
            lull: mishaps.lull,
            taps: Taps::default(),
        }
    }

    /// Lives on until `now`; the phone sees all of it.
    pub fn live_until(&mut self, now: Instant, phone: &mut Phone) {
        loop {
            let change = self.next_change().map(|at| at.max(self.lived_to));
            let until = change.map_or(now, |at| at.min(now)).max(self.lived_to);
            let moving = matches!(self.state, State::OnTheWay(_));
            phone.watch(self.lived_to, until, moving, |at| self.spot(at));
            self.tell_of(phone);
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
        let another = self.route.as_ref().is_none_or(|heard| {
            heard.route.route != route.route
                || matches!(self.state, State::AtHub) && heard.route.stops != route.stops
        });
        if another {
            self.record(&Fact::Heard { vehicle: &self.truth.label, route: &route });
        }
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
            State::OnTheWay(trip) => Some(trip.next_change()),
            State::OffRoad { until, .. }
            | State::AtDoor { until, .. }
            | State::Loading { until, .. }
            | State::Standing { until, .. }
            | State::Pausing { until, .. } => Some(*until),
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

    /// When the last driver of the day goes home whatever is left.
    pub fn gives_up(&self) -> Instant {
        self.truth.gives_up(None)
    }

    /// The same of the route at hand.
    fn goes_home(&self) -> Instant {
        self.truth.gives_up(self.route.as_ref().map(|heard| heard.route.planned_start))
    }

    fn leaves_at(&self) -> Option<Instant> {
        let Heard { route, since } = self.route.as_ref()?;
        let has_work = !self.finished.contains(&route.route) && self.next_stop().is_some();
        let late = self.truth.lateness + self.truth.mishaps.late_start.unwrap_or_default();
        has_work.then(|| (route.planned_start + late).max(*since))
    }

    fn next_stop(&self) -> Option<&DriverStop> {
        let heard = self.route.as_ref()?;
        heard.route.stops.iter().find(|stop| !self.closed.contains(&stop.stop))
    }

    fn spot(&self, at: Instant) -> Spot {
        match &self.state {
            State::AtHub | State::Loading { .. } | State::Standing { .. } => Spot::standing(self.truth.bay),
            State::OnTheWay(trip) => trip.spot(at),
            State::OffRoad { trip, driven, .. } => Spot::standing(trip.spot(trip.set_off + *driven).at),
            State::AtDoor { at, .. } | State::Pausing { at, .. } => Spot::standing(*at),
        }
    }

    fn change(&mut self, at: Instant, phone: &mut Phone) {
        match std::mem::replace(&mut self.state, State::AtHub) {
            State::AtHub => self.leave(at, phone),
            State::OnTheWay(trip) => match (trip.breaks_at, self.breakdown.take()) {
                (Some(breaks_at), Some(breakdown)) if breaks_at <= at => {
                    self.break_down(&breakdown, trip, at, phone);
                }
                (_, pending) => {
                    self.breakdown = pending;
                    self.arrive(&trip, at, phone);
                }
            },
            State::OffRoad { mut trip, driven, since, until } => {
                self.report(phone, at, "recovered", until, Deed::Recovered);
                trip.stood += at - since;
                trip.set_off = at - driven;
                trip.breaks_at = None;
                self.state = State::OnTheWay(trip);
                self.reconsider(phone);
            }
            State::Standing { since, .. } => {
                let reason = self.truth.mishaps.no_start.as_ref().map_or("", |no_start| no_start.reason);
                self.record(&Fact::NoStart { vehicle: &self.truth.label, from: since, until: at, reason });
                self.report(phone, at, "recovered", at, Deed::Recovered);
            }
            State::Loading { route, since, .. } => {
                phone.unplug(at);
                self.report(phone, at, "reloaded", at, Deed::Reloaded { route });
                self.record(&Fact::Reload { vehicle: &self.truth.label, arrived: since, left: at });
                if let Some(heard) = &mut self.route {
                    let brought = heard.route.stops.iter_mut().filter(|stop| stop.service.brings());
                    brought.for_each(|stop| stop.aboard = true);
                }
                self.go_on(Here::at(self.truth.bay), at, at, phone);
            }
            State::AtDoor { visit, at: place, door, .. } => {
                let (stop, outcome, note) = (visit.stop.stop, door.outcome, door.note.map(str::to_owned));
                let since = visit.arrived;
                let deed = if outcome.takes() {
                    Deed::Collected { stop, outcome, note }
                } else if outcome.is_success() {
                    Deed::Delivered { stop, outcome, note }
                } else {
                    Deed::Failed { stop, outcome, note }
                };
                let reference = visit.stop.reference.clone();
                self.tap_end(phone, at, &reference, stop, deed);
                self.record(&visit.fact(&self.world, &self.truth, &door, at));
                self.closed.insert(stop);
                match self.pause_at(at) {
                    Some(until) => self.state = State::Pausing { at: place, since: at, until },
                    None => {
                        self.served = Some((since, outcome));
                        self.go_on(Here { driver: place, vehicle: self.vehicle }, at, at, phone);
                    }
                }
            }
            State::Pausing { at: place, since, .. } => {
                self.record(&Fact::Break { vehicle: &self.truth.label, from: since, until: at });
                self.go_on(Here { driver: place, vehicle: self.vehicle }, at, at, phone);
            }
        }
    }

    /// Until when the driver pauses who is done at a door: the next break is taken at the first door after its earliest
    /// beginning, while there is more to do.
    fn pause_at(&mut self, at: Instant) -> Option<Instant> {
        let heard = self.route.as_ref()?;
        let route = Some(heard.route.route);
        let taken = if self.paused.0 == route { self.paused.1 } else { 0 };
        let planned = *heard.route.breaks.get(taken).filter(|planned| at >= planned.earliest)?;
        self.next_stop().filter(|_| at <= self.goes_home())?;
        self.paused = (route, taken + 1);
        Some(at + chrono::Duration::minutes(planned.minutes.into()))
    }

    fn leave(&mut self, at: Instant, phone: &mut Phone) {
        if let Some(NoStart { lasts, reason }) = self.no_start.take() {
            self.report(phone, at, "off_road", at, Deed::OffRoad { reason: reason.to_owned() });
            self.state = State::Standing { since: at, until: at + lasts };
            return;
        }
        phone.unplug(at);
        let Some(heard) = &self.route else { return };
        let (route, planned) = (heard.route.route, heard.route.planned_start);
        self.left_with = heard.route.stops.iter().filter(|stop| !self.closed.contains(&stop.stop)).count();
        self.report(phone, at, "departed", route, Deed::Departed { route });
        self.record(&Fact::Departed { vehicle: &self.truth.label, at, planned, stops: self.left_with });
        self.go_on(Here::at(self.truth.bay), at, at, phone);
    }

    fn arrive(&mut self, trip: &Trip, at: Instant, phone: &mut Phone) {
        self.vehicle = trip.leg.vehicle;
        match &trip.to {
            &Goal::Hub(route) => {
                self.plug_in(at, phone);
                self.report(phone, at, "returned", route, Deed::Returned { route });
                self.record(&Fact::Returned { vehicle: &self.truth.label, at });
                self.finished.insert(route);
            }
            &Goal::Load(route, before) => {
                self.fetched.insert(before);
                self.plug_in(at, phone);
                self.state = State::Loading { route, since: at, until: at + LOADING };
            }
            Goal::Stop(stop) => {
                let tapped = self.tap_arrival(phone, at, stop);
                let served = self.served.take().filter(|_| trip.leg.leads_nowhere());
                let (arrived, before) = served.map_or((at, None), |(since, before)| (since, Some(before)));
                let (attempt, door) = self.world.knock(&self.truth, stop, at, before, trip.leg.found);
                let begins = stop.window_from.min(self.goes_home()).max(at);
                let area = self.world.area_of(stop);
                let visit = Visit::of(trip, stop, attempt, area, (arrived, tapped), begins);
                let (place, until) = (trip.leg.drive.end(), begins + door.takes);
                self.state = State::AtDoor { visit: Box::new(visit), at: place, until, door };
            }
        }
    }

    fn break_down(&mut self, breakdown: &Breakdown, trip: Trip, at: Instant, phone: &mut Phone) {
        let (reason, until) = (breakdown.reason, at + breakdown.lasts);
        self.report(phone, at, "off_road", "road", Deed::OffRoad { reason: reason.to_owned() });
        let spot = trip.spot(at).at;
        let place = Point { lat: spot.lat, lon: spot.lon };
        self.record(&Fact::Breakdown { vehicle: &self.truth.label, at: place, from: at, until, reason });
        self.state = State::OffRoad { driven: at - trip.set_off, trip, since: at, until };
    }

    /// Sets off for the next open stop, or for the hub when there is none or the day is over. The trip began at `began`, which is
    /// earlier than now for who turns around.
    fn go_on(&mut self, here: Here, began: Instant, at: Instant, phone: &mut Phone) {
        if at > self.goes_home() {
            self.give_up(at, phone);
        }
        let Some(route) = self.route_id() else { return };
        let (to, leg) = match self.choose(here.driver, at) {
            Some(stop) if self.loads_before(stop.stop) => {
                let leg = self.world.leg(&self.truth, "load", here, self.truth.bay, at);
                (Goal::Load(route, stop.stop), leg)
            }
            Some(stop) => {
                let leg = self.world.leg_to_door(&self.truth, stop, here, at);
                (Goal::Stop(Box::new(stop.clone())), leg)
            }
            None => (Goal::Hub(route), self.world.leg(&self.truth, "hub", here, self.truth.bay, at)),
        };
        self.vehicle = here.vehicle;
        // Who stays at a door has come there once.
        let began = self.served.filter(|_| leg.leads_nowhere()).map_or(began, |(since, _)| since);
        let has_done = |share: f64| self.closed.len() as f64 >= share * self.left_with as f64;
        let may_break = |breakdown: &&Breakdown| has_done(breakdown.after) && !leg.leads_nowhere();
        let breaks = self.breakdown.as_ref().filter(may_break);
        let breaks_at = breaks.map(|breakdown| at + seconds(leg.back_s + breakdown.into * leg.drive_s));
        if let Some(Lull { lasts, forgets, .. }) = self.lull.take_if(|lull| has_done(lull.after)) {
            let until = at + lasts;
            phone.fall_silent(Silence { from: at, until, forgets });
            self.record(&Fact::Silence { vehicle: &self.truth.label, from: at, until, forgets });
        }
        let stood = chrono::Duration::zero();
        self.state = State::OnTheWay(Trip { to, leg, set_off: at, began, stood, breaks_at });
    }

    fn give_up(&mut self, at: Instant, phone: &mut Phone) {
        while let Some(next) = self.next_stop() {
            let (stop, at_hub) = (next.stop, next.service.brings() && !next.aboard);
            // What lies at the hub is nobody's failed attempt.
            if !at_hub {
                let (order, window_until) = (next.reference.as_str(), next.window_until);
                self.record(&Fact::GivenUp { vehicle: &self.truth.label, order, stop, window_until, at });
                let note = Some("Shift over".to_owned());
                let deed = Deed::Failed { stop, outcome: Outcome::FailedNoTime, note };
                self.report(phone, at, "ended", stop, deed);
            }
            self.closed.insert(stop);
        }
    }

    fn reconsider(&mut self, phone: &mut Phone) {
        let State::OnTheWay(trip) = &self.state else { return };
        let turns = match &trip.to {
            Goal::Stop(goal) => !self.has_open(goal.stop) || self.loads_before(goal.stop),
            Goal::Load(_, before) => !self.loads_before(*before),
            Goal::Hub(route) => self.route_id() == Some(*route) && self.next_stop().is_some(),
        };
        if turns {
            let (here, began) = (trip.here(self.lived_to, self.vehicle), trip.began);
            self.go_on(here, began, self.lived_to, phone);
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

    fn record(&self, fact: &Fact<'_>) {
        self.world.record(fact);
    }
}

fn elapsed_s(since: Instant, at: Instant) -> f64 {
    as_s(at - since)
}

fn as_s(duration: chrono::Duration) -> f64 {
    duration.num_milliseconds() as f64 / 1_000.0
}

#[cfg(test)]
mod tests;
