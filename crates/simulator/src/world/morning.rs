//! What is known before the day begins, as it goes into the truth file: the weather, the town, the orders, the incidents.
//!
//! Not here: what happens during the day (`crate::driver`).

use super::incidents::Incident;
use crate::scenario::Scenario;
use crate::town::households::Household;
use crate::truth::{Fact, Truth};
use roads::LatLon;
use std::collections::BTreeSet;
use wire::Point;

/// Tells all of it.
pub fn tell(scenario: &Scenario, incidents: &[Incident], truth: &Truth) {
    let (town, day) = (&scenario.town, &scenario.day);
    let strength = scenario.shares.calendar.wet_slows;
    for spell in &scenario.date.spells {
        let at = |hours: f64| day.midnight() + chrono::Duration::seconds((hours * 3_600.0) as i64);
        truth.record(&Fact::Weather {
            weather: spell.weather,
            from: at(spell.from_h),
            until: at(spell.until_h),
            drives_slower: spell.weather.slows_driving(strength),
            walks_slower: spell.weather.slows_walking(strength),
        });
    }
    for zone in town.reception.zones() {
        let (what, radius_m, blind) = (zone.what, zone.radius_m, zone.blind);
        truth.record(&Fact::DeadZone { what, at: point(zone.at), radius_m, blind });
    }
    for lane in &town.closed_lanes {
        let places = lane.places.iter().copied().map(point).collect();
        truth.record(&Fact::ClosedLane { street: &lane.street, places });
    }
    let who: BTreeSet<usize> = scenario.orders.iter().map(|order| order.behind.household).collect();
    who.iter()
        .filter_map(|number| town.households.get(*number))
        .for_each(|own| truth.record(&household(own)));
    for order in &scenario.orders {
        let (says, behind) = (&order.says, &order.behind);
        truth.record(&Fact::Order {
            order: &says.reference,
            household: behind.household,
            person: behind.person,
            area: town.areas.at(behind.door),
            at: says.at,
            door: point(behind.door),
            address: &says.address,
            slip: behind.slip,
            prepared: behind.prepared,
            placed_at: order.placed_at,
            window_from: says.window_from,
            window_until: says.window_until,
            service_s: says.service_s,
        });
        if let Some(act) = behind.act {
            let by_message = town.households.get(behind.household).is_some_and(|own| own.answers);
            truth.record(&Fact::Act { order: &says.reference, act: act.what, at: act.at, by_message });
        }
    }
    for incident in incidents {
        truth.record(&Fact::Incident {
            kind: incident.kind,
            name: &incident.name,
            near: &incident.near,
            at: point(incident.centre),
            radius_m: incident.radius_m,
            from: incident.from,
            until: incident.until,
            times_slower: incident.factor,
        });
    }
}

fn household(own: &Household) -> Fact<'_> {
    Fact::Household {
        household: own.number,
        kind: own.kind,
        at: point(own.at),
        people: own.people.len(),
        shift_h: own.shift_h,
        floor: own.floor,
        lift: own.lift,
        quirk: own.quirk,
        door_times: own.door_times,
        climb_s: own.climb_s,
        parking_times: own.parking_times,
        rate: own.rate,
        answers: own.answers,
    }
}

fn point(at: LatLon) -> Point {
    Point { lat: at.lat, lon: at.lon }
}
