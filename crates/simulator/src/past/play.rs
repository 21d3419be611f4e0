//! A day of the past as it went: the drivers of a live day, carried from one change to the next without waiting for anything.

use super::plan::PlannedRound;
use crate::driver::Driver;
use crate::phone::Phone;
use crate::scenario::Scenario;
use crate::shares::Phones;
use crate::world::{VanTruth, World};
use chrono::Duration;
use std::collections::HashMap;
use std::sync::Arc;
use wire::driver::{Deed, DriverRoute, DriverStop, Fix, Report};
use wire::roster::PlannedBreak;
use wire::{Instant, Outcome, Point, RouteId, StopId};

/// A round as it went.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedRound {
    /// Which of the planned rounds.
    pub round: usize,
    /// When it left and was back.
    pub departed_at: Instant,
    /// When it was back.
    pub finished_at: Instant,
    /// What was tried, in the order of time.
    pub tries: Vec<Try>,
    /// Where its phone was.
    pub fixes: Vec<Fix>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// Which of the orders.
    pub order: usize,
    /// When the driver said to be there; nothing when nobody said so.
    pub arrived_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
    /// How.
    pub outcome: Outcome,
    /// What the driver wrote.
    pub note: Option<String>,
}

const BEFORE_OPENING: Duration = Duration::hours(-1);
/// Nothing goes on for so many changes.
const MOST_CHANGES: usize = 100_000;

/// Plays all rounds of a day as they were planned.
pub fn play(
    scenario: &Scenario,
    world: &Arc<World>,
    vans: &[VanTruth],
    rounds: &[PlannedRound],
) -> Vec<PlayedRound> {
    let mut played = vec![];
    for (van, truth) in vans.iter().enumerate() {
        let mut own: Vec<(usize, &PlannedRound)> =
            rounds.iter().enumerate().filter(|(_, r)| r.van == van).collect();
        own.sort_by_key(|(_, round)| round.start);
        let routes = own.iter().map(|(nth, round)| route_of(scenario, world, *nth, round)).collect();
        let driven = drive(scenario, world, (van, truth), routes);
        for ((nth, round), (route, reports, fixes)) in own.into_iter().zip(driven) {
            let orders = round.stops.iter().map(|planned| planned.order);
            let by_stop = route.stops.iter().map(|stop| stop.stop).zip(orders).collect();
            played.extend(read(nth, route.route, &by_stop, reports, fixes));
        }
    }
    played
}

/// Drives the rounds of one vehicle, one after the other; answers what its phone says of each.
pub fn drive(
    scenario: &Scenario,
    world: &Arc<World>,
    (index, truth): (usize, &VanTruth),
    routes: Vec<DriverRoute>,
) -> Vec<(DriverRoute, Vec<Report>, Vec<Fix>)> {
    if routes.is_empty() {
        return vec![];
    }
    // What a phone with a wrong clock says would have been refused, and sent again once it was set.
    let right = Phones { wrong_clock: 0.0, far_off_clock: 0.0, ..world.shares().phones.clone() };
    let reception = Arc::clone(&world.town().reception);
    let mut phone = Phone::new(world.draws(), index, &truth.label, String::new(), 1.0, &right, reception);
    world.record(&truth.fact(phone.truth()));
    let mut driver = Driver::new(Arc::clone(world), truth.clone(), scenario.day.after(BEFORE_OPENING));
    let mut driven = vec![];
    for mut route in routes {
        driver.hear(route.clone(), &mut phone);
        for _ in 0..MOST_CHANGES {
            let Some(at) = driver.next_change() else { break };
            driver.live_until(at, &mut phone);
            // What leaves the hub is aboard.
            let missing = |stop: &DriverStop| !stop.aboard && stop.service.brings();
            if phone.has_departed(route.route) && route.stops.iter().any(missing) {
                let brought = route.stops.iter_mut().filter(|stop| stop.service.brings());
                brought.for_each(|stop| stop.aboard = true);
                driver.hear(route.clone(), &mut phone);
            }
        }
        let (reports, fixes) = phone.take();
        driven.push((route, reports, fixes));
    }
    driven
}

/// What a driver is told of a round.
pub(super) fn route_of(scenario: &Scenario, world: &World, nth: usize, round: &PlannedRound) -> DriverRoute {
    let name = format!("{}/{nth}", scenario.day.date());
    let stop = |(place, planned): (usize, &super::plan::PlannedStop)| {
        let says = &scenario.orders.get(planned.order)?.says;
        Some(DriverStop {
            stop: StopId(world.draws().id("past stop", &format!("{name}/{}", says.reference))),
            sequence: i32::try_from(place + 1).unwrap_or(i32::MAX),
            visit: i32::try_from(place + 1).unwrap_or(i32::MAX),
            reference: says.reference.clone(),
            address: says.address.clone(),
            at: says.at?,
            recipient: says.recipient.name.clone(),
            window_from: says.window_from,
            window_until: says.window_until,
            service_s: says.service_s.unwrap_or(120),
            service: says.service.unwrap_or_default(),
            aboard: false,
            notes: says.notes.clone(),
            windows: vec![],
        })
    };
    let mut stops: Vec<DriverStop> = round.stops.iter().enumerate().filter_map(stop).collect();
    // Orders at one door that follow each other are one visit, as the product has it.
    for place in 1..stops.len() {
        let (before, visit) = (stops[place - 1].at, stops[place - 1].visit);
        if stops[place].at == before {
            stops[place].visit = visit;
        }
    }
    let breaks: Vec<PlannedBreak> = match scenario.roster.get(round.van) {
        Some(Some(crate::scenario::roster::Duty::Drives(hours))) => {
            hours.iter().filter(|own| own.spare == round.spare).filter_map(|own| own.pause).collect()
        }
        _ => vec![],
    };
    DriverRoute {
        route: RouteId(world.draws().id("past route", &name)),
        revision: 1,
        planned_start: round.start,
        hub: Point { lat: scenario.hub.lat, lon: scenario.hub.lon },
        stops,
        reload_before: None,
        breaks,
        closures: vec![],
    }
}

/// Reads what came of a round from its driver's reports; nothing for one that never left.
fn read(
    round: usize,
    id: RouteId,
    by_stop: &HashMap<StopId, usize>,
    reports: Vec<Report>,
    fixes: Vec<Fix>,
) -> Option<PlayedRound> {
    let (mut departed, mut finished) = (None, None);
    let mut arrived: HashMap<StopId, Instant> = HashMap::new();
    let mut tries: Vec<(StopId, Try)> = vec![];
    for Report { at, what, .. } in reports {
        match what {
            Deed::Departed { route } if route == id => departed = departed.or(Some(at)),
            Deed::Returned { route } if route == id => finished = Some(at),
            Deed::Arrived { stop } => {
                arrived.entry(stop).or_insert(at);
            }
            Deed::Delivered { stop, outcome, note }
            | Deed::Collected { stop, outcome, note }
            | Deed::Failed { stop, outcome, note } => {
                let Some(order) = by_stop.get(&stop) else { continue };
                let arrived_at = arrived.get(&stop).copied();
                tries.push((stop, Try { order: *order, arrived_at, ended_at: at, outcome, note }));
            }
            _ => {}
        }
    }
    let departed_at = departed?;
    // Who taps late may tap what came first last.
    let possible = |(_, tried): (StopId, Try)| {
        let arrived_at = tried.arrived_at.map(|at| at.max(departed_at));
        let ended_at = tried.ended_at.max(arrived_at.unwrap_or(departed_at));
        Try { arrived_at, ended_at, ..tried }
    };
    let mut tries: Vec<Try> = tries.into_iter().map(possible).collect();
    tries.sort_by_key(|tried| tried.ended_at);
    let last = tries.last().map_or(departed_at, |tried| tried.ended_at);
    let finished_at = finished.unwrap_or(last).max(last);
    Some(PlayedRound { round, departed_at, finished_at, tries, fixes })
}
