//! The projector of figures: counts of attempts and of times on the road, by the days of each hub's calendar.

use super::projector::{Numbered, Projector, Stopped};
use crate::{Caller, Operations, Result, base::zone::Zone};
use domain::{
    Day, Fact, HubId, Instant, Outcome, RouteId, VehicleId,
    figures::{AttemptCounts, AttemptFacts, RoadCounts, RoadTime, Tally},
};
use std::collections::{BTreeMap, HashMap};
use store::{
    Tx,
    rollups::{self, AttemptRow, RouteRow},
};

const ROLLUPS: Projector = Projector { name: rollups::NAME, step: |tx, events| Box::pin(count(tx, events)) };

impl Operations {
    /// One round of counting: a timer's verb. Says how many events it has taken up.
    pub async fn count_rollups(&self, caller: &Caller) -> Result<usize> {
        caller.timer_only()?;
        self.project(&ROLLUPS).await
    }
}

/// What a part of the history adds.
#[derive(Default)]
struct Counted {
    attempts: BTreeMap<(HubId, Day, Instant, &'static str), (Outcome, AttemptCounts)>,
    routes: BTreeMap<(HubId, Day, VehicleId), RoadCounts>,
    /// When the routes left that left in this part.
    left: HashMap<RouteId, Instant>,
}

impl Counted {
    fn attempt(&mut self, hub: HubId, zone: Zone, ended_at: Instant, facts: &AttemptFacts) {
        let key = (hub, zone.day(ended_at), zone.hour(ended_at), facts.outcome.code());
        let own = self.attempts.entry(key).or_insert((facts.outcome, AttemptCounts::default()));
        for (_, counts) in Tally::of(facts).outcomes().filter(|(outcome, _)| *outcome == facts.outcome) {
            own.1 += counts;
        }
    }

    fn road(&mut self, hub: HubId, day: Day, vehicle: VehicleId, counts: RoadCounts) {
        *self.routes.entry((hub, day, vehicle)).or_default() += counts;
    }
}

async fn count(tx: &mut Tx, events: &[Numbered]) -> std::result::Result<(), Stopped> {
    let mut zones = HashMap::new();
    for hub in store::hubs::all(tx).await? {
        zones.insert(hub.id, Zone::parse(&hub.zone)?);
    }
    let mut counted = Counted::default();
    for (place, Numbered { event, .. }) in events.iter().enumerate() {
        let (hub, at) = (event.hub, event.occurred_at);
        let zone =
            || zones.get(&hub).copied().ok_or_else(|| Stopped::At(place, format!("there is no hub {hub}")));
        match &event.fact {
            Fact::AttemptMade { attempt, promise, .. } => {
                let facts = AttemptFacts {
                    number: attempt.number,
                    arrived_at: attempt.arrived_at,
                    outcome: attempt.outcome,
                    promise: *promise,
                    further: attempt.further,
                };
                counted.attempt(hub, zone()?, at, &facts);
            }
            Fact::RouteDeparted { route, vehicle } => {
                counted.left.insert(*route, at);
                let left = RoadTime { departed_at: at, finished_at: None };
                counted.road(hub, zone()?.day(at), *vehicle, Tally::of_route(&left).roads);
            }
            Fact::RouteFinished { route, vehicle } => {
                let departed_at = match counted.left.get(route) {
                    Some(left) => Some(*left),
                    None => rollups::departure(tx, *route).await?,
                };
                let Some(departed_at) = departed_at else {
                    return Err(Stopped::At(place, format!("route {route} is back and has never left")));
                };
                let day = zone()?.day(departed_at);
                let out = Tally::of_route(&RoadTime { departed_at, finished_at: None }).roads;
                let back = Tally::of_route(&RoadTime { departed_at, finished_at: Some(at) }).roads;
                counted.road(
                    hub,
                    day,
                    *vehicle,
                    RoadCounts {
                        routes: back.routes - out.routes,
                        road_ms: back.road_ms - out.road_ms,
                        still_out: back.still_out - out.still_out,
                        out_since_ms: back.out_since_ms - out.out_since_ms,
                    },
                );
            }
            _ => {}
        }
    }
    let attempts: Vec<_> = counted
        .attempts
        .into_iter()
        .map(|((hub, day, hour, _), (outcome, counts))| AttemptRow { hub, day, hour, outcome, counts })
        .collect();
    let routes: Vec<_> = counted
        .routes
        .into_iter()
        .map(|((hub, day, vehicle), counts)| RouteRow { hub, day, vehicle, counts })
        .collect();
    rollups::add_attempts(tx, &attempts).await?;
    rollups::add_routes(tx, &routes).await?;
    Ok(())
}
