//! One order's history in its reader's words.

use crate::base::zone::Zone;
use domain::{Actor, Event, Fact, PersonId, RouteId};
use std::collections::HashMap;
use wire::staff::deliveries::{StoryFact, StoryLine};

/// Names that a story needs.
pub(crate) struct Names {
    pub people: HashMap<PersonId, String>,
    /// The vehicle's label of each route.
    pub routes: HashMap<RouteId, String>,
    pub shop: String,
    /// The vehicle's label of each vehicle.
    pub vehicles: HashMap<domain::VehicleId, String>,
}

/// The lines of a story, in the order in which things happened, then in which they were recorded. It begins with the
/// order's placement, whatever the clocks of those say who spoke of it. Events that say nothing to its reader are left
/// out.
pub(crate) fn story_lines(events: &[Event], names: &Names, zone: Zone) -> Vec<StoryLine> {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|e| {
        (!matches!(e.fact, Fact::OrderPlaced { .. }), e.occurred_at, e.recorded_at, rank(&e.fact))
    });
    events
        .into_iter()
        .filter_map(|e| {
            let by = match e.actor {
                Actor::Person(id) => names.people.get(&id).cloned(),
                Actor::Vehicle(id) => names.vehicles.get(&id).cloned(),
                Actor::Shop(_) => Some(names.shop.clone()),
                Actor::Machine | Actor::Timer => None,
            };
            Some(StoryLine { at: zone.moment(e.occurred_at), by, what: line(&e.fact, names, zone)? })
        })
        .collect()
}

/// What must have come first of things that were recorded as of one moment.
fn rank(fact: &Fact) -> u8 {
    match fact {
        Fact::OrderRescheduled { .. } => 0,
        Fact::StopDropped { .. } => 1,
        Fact::StopPlanned { .. } => 2,
        Fact::OrderLoaded { .. } => 3,
        Fact::StopArrived { .. } | Fact::StopLeft { .. } => 4,
        Fact::AttemptMade { .. } => 5,
        // These stay as they were recorded.
        Fact::ExceptionRaised { .. }
        | Fact::ExceptionClaimed { .. }
        | Fact::ExceptionReleased { .. }
        | Fact::ExceptionResolved { .. }
        | Fact::ExceptionReopened { .. } => 7,
        _ => 6,
    }
}

fn line(fact: &Fact, names: &Names, zone: Zone) -> Option<StoryFact> {
    Some(match fact {
        Fact::OrderPlaced { order } => StoryFact::Placed {
            windows: match order.needs.windows.parts() {
                [] => vec![zone.span(order.promised)],
                several => several.iter().map(|part| zone.span(*part)).collect(),
            },
            priority: order.needs.priority.number(),
            skills: order.needs.skills.codes(),
            service: order.service,
        },
        Fact::StopPlanned { route, sequence, arrival, .. } => StoryFact::Planned {
            label: names.routes.get(route).cloned().unwrap_or_default(),
            sequence: *sequence,
            arrival: zone.moment(*arrival),
        },
        Fact::StopDropped { .. } => StoryFact::Dropped,
        Fact::OrderLoaded { .. } => StoryFact::Loaded,
        Fact::OrderUnloaded { .. } => StoryFact::Unloaded,
        Fact::StopArrived { .. } => StoryFact::Arrived,
        Fact::StopLeft { .. } => StoryFact::Left,
        Fact::AttemptMade { attempt, .. } => StoryFact::Attempt {
            number: attempt.number,
            outcome: attempt.outcome,
            note: attempt.note.clone(),
        },
        Fact::OrderRescheduled { before, after, .. } => {
            StoryFact::Rescheduled { before: zone.span(*before), after: zone.span(*after) }
        }
        Fact::OrderCarriedOver { day, .. } => StoryFact::CarriedOver { day: *day },
        Fact::OrderCancelled { .. } => StoryFact::Cancelled,
        Fact::RecipientErased { .. } => StoryFact::Erased,
        Fact::ExceptionRaised { exception } => StoryFact::ExceptionRaised { kind: exception.kind },
        Fact::ExceptionClaimed { .. } => StoryFact::ExceptionClaimed,
        Fact::ExceptionReleased { .. } => StoryFact::ExceptionReleased,
        Fact::ExceptionResolved { resolution, .. } => {
            StoryFact::ExceptionResolved { resolution: resolution.clone() }
        }
        Fact::ExceptionReopened { .. } => StoryFact::ExceptionReopened,
        Fact::VehicleJoined { .. }
        | Fact::VehicleOffRoad { .. }
        | Fact::VehicleRecovered { .. }
        | Fact::ShiftRostered { .. }
        | Fact::ShiftRemoved { .. }
        | Fact::DayOpened { .. }
        | Fact::DayClosed { .. }
        | Fact::PlanPublished { .. }
        | Fact::PlanSuperseded { .. }
        | Fact::RoutePublished { .. }
        | Fact::RouteDeparted { .. }
        | Fact::RouteFinished { .. }
        | Fact::RoadClosed { .. }
        | Fact::ClosureLifted { .. }
        | Fact::WeatherSet { .. }
        | Fact::ZoneDrawn { .. }
        | Fact::ZoneEnded { .. } => return None,
    })
}
