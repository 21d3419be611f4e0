//! The state that a history adds up to. The tables beside the events must equal it, and a test compares them; what names a
//! person is outside it, because no fact holds it.

use crate::{
    Attempt, AttemptId, Closure, ClosureId, Event, Exception, ExceptionId, Fact, HubDay, HubId, Order,
    OrderId, Plan, PlanId, PlanState, Refusal, Route, RouteId, ServiceDay, Shift, ShiftId, Stop, StopId,
    StopState, Vehicle, VehicleId, VehicleState, Weather, Zone, ZoneId,
};
use std::{collections::BTreeMap, fmt};

/// Everything that events make, keyed by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// Vehicles.
    pub vehicles: BTreeMap<VehicleId, Vehicle>,
    /// Lines of the roster.
    pub shifts: BTreeMap<ShiftId, Shift>,
    /// Service days, by hub.
    pub days: BTreeMap<HubDay, ServiceDay>,
    /// Orders.
    pub orders: BTreeMap<OrderId, Order>,
    /// Plans.
    pub plans: BTreeMap<PlanId, Plan>,
    /// Routes.
    pub routes: BTreeMap<RouteId, Route>,
    /// Stops.
    pub stops: BTreeMap<StopId, Stop>,
    /// Attempts.
    pub attempts: BTreeMap<AttemptId, Attempt>,
    /// Exceptions.
    pub exceptions: BTreeMap<ExceptionId, Exception>,
    /// Closures.
    pub closures: BTreeMap<ClosureId, Closure>,
    /// The weather, by hub, where somebody has said what it is.
    pub weather: BTreeMap<HubId, Weather>,
    /// Zones.
    pub zones: BTreeMap<ZoneId, Zone>,
}

fn change<K: Ord + Copy, V: Clone>(
    map: &mut BTreeMap<K, V>,
    key: K,
    step: impl FnOnce(V) -> Result<V, Refusal>,
) -> Result<(), Refusal> {
    let slot = map.get_mut(&key).ok_or(Refusal::UnknownSubject)?;
    *slot = step(slot.clone())?;
    Ok(())
}

impl Ledger {
    /// Adds one event, by the same transitions that the verbs use.
    ///
    /// Refuses an event that no legal history could contain.
    pub fn apply(&mut self, event: &Event) -> Result<(), Refusal> {
        let at = event.occurred_at;
        let person = match event.actor {
            crate::Actor::Person(id) => Some(id),
            _ => None,
        };
        match &event.fact {
            Fact::VehicleJoined { vehicle } => {
                // Renewing a vehicle says nothing of whether it drives.
                let state =
                    self.vehicles.get(&vehicle.id).map_or(VehicleState::Available, |v| v.state.clone());
                self.vehicles.insert(vehicle.id, (**vehicle).clone().into_vehicle(state));
            }
            Fact::VehicleOffRoad { vehicle, reason } => {
                change(&mut self.vehicles, *vehicle, |v| Ok(v.break_down(at, reason.clone())))?;
            }
            Fact::VehicleRecovered { vehicle } => {
                change(&mut self.vehicles, *vehicle, |v| Ok(v.recover()))?;
            }
            Fact::ShiftRostered { shift } => {
                self.shifts.insert(shift.id, shift.clone());
            }
            Fact::ShiftRemoved { shift, .. } => {
                self.shifts.remove(shift).ok_or(Refusal::UnknownSubject)?;
            }
            Fact::OrderPlaced { order } => {
                self.orders.insert(order.id, (**order).clone().into_order(at));
            }
            Fact::OrderRescheduled { order, after, day, .. } => {
                change(&mut self.orders, *order, |o| o.reschedule(*after, *day, at))?;
            }
            Fact::OrderCarriedOver { order, day, .. } => {
                change(&mut self.orders, *order, |o| o.carry_over(*day))?;
            }
            Fact::OrderCancelled { order } => {
                change(&mut self.orders, *order, |o| o.cancel(at))?;
            }
            Fact::DayOpened { day } => {
                let opened = ServiceDay::open(event.hub, *day, at);
                self.days.insert(opened.id(), opened);
            }
            Fact::DayClosed { day } => {
                change(&mut self.days, HubDay { hub: event.hub, day: *day }, |d| d.close(at))?;
            }
            Fact::RecipientErased { order } => {
                change(&mut self.orders, *order, Order::erase)?;
            }
            Fact::PlanPublished { plan } => {
                self.plans.insert(plan.id, plan.clone());
            }
            Fact::PlanSuperseded { plan } => {
                change(&mut self.plans, *plan, |mut p| {
                    p.state = PlanState::Superseded;
                    Ok(p)
                })?;
            }
            Fact::RoutePublished { route } => {
                // A plan says where to go, never how far somebody has come.
                let state = self.routes.get(&route.id).map_or(route.state, |r| r.state);
                self.routes.insert(route.id, Route { state, ..route.clone() });
            }
            Fact::StopPlanned {
                stop,
                route,
                order,
                sequence,
                arrival,
                departure,
                travel_s,
                loaded,
                via_hub,
            } => {
                let state = self.stops.get(stop).map_or(StopState::Pending, |s| s.state);
                self.stops.insert(
                    *stop,
                    Stop {
                        id: *stop,
                        route: *route,
                        order: *order,
                        sequence: *sequence,
                        planned_arrival: *arrival,
                        planned_departure: *departure,
                        travel_s: *travel_s,
                        via_hub: *via_hub,
                        state,
                    },
                );
                let vehicle = self.routes.get(route).ok_or(Refusal::UnknownSubject)?.vehicle;
                change(&mut self.orders, *order, |o| {
                    if *loaded { o.load(*stop, vehicle) } else { o.plan(*stop) }
                })?;
            }
            Fact::StopDropped { stop, order } => {
                change(&mut self.stops, *stop, |s| s.abandon(at))?;
                change(&mut self.orders, *order, |o| Ok(o.lose_stop(*stop)))?;
            }
            Fact::RouteDeparted { route, .. } => {
                change(&mut self.routes, *route, |r| r.depart(at))?;
            }
            Fact::OrderLoaded { order, stop, vehicle } => {
                change(&mut self.orders, *order, |o| o.load(*stop, *vehicle))?;
            }
            Fact::OrderUnloaded { order } => {
                change(&mut self.orders, *order, |o| Ok(o.unload()))?;
            }
            Fact::StopArrived { stop, .. } => {
                change(&mut self.stops, *stop, |s| s.arrive(at))?;
            }
            Fact::StopLeft { stop, .. } => {
                change(&mut self.stops, *stop, Stop::leave)?;
            }
            Fact::AttemptMade { attempt, vehicle, .. } => {
                change(&mut self.stops, attempt.stop, |s| s.end(attempt.ended_at, attempt.outcome))?;
                change(&mut self.orders, attempt.order, |o| {
                    o.end(attempt.outcome, *vehicle, attempt.ended_at)
                })?;
                self.attempts.insert(attempt.id, attempt.clone());
            }
            Fact::RouteFinished { route, .. } => {
                change(&mut self.routes, *route, |r| r.finish(at))?;
            }
            Fact::ExceptionRaised { exception } => {
                self.exceptions.insert(exception.id, exception.clone());
            }
            Fact::ExceptionClaimed { exception } => {
                let by = person.ok_or(Refusal::UnknownSubject)?;
                change(&mut self.exceptions, *exception, |e| e.claim(by, at))?;
            }
            Fact::ExceptionReleased { exception } => {
                let by = person.ok_or(Refusal::UnknownSubject)?;
                change(&mut self.exceptions, *exception, |e| e.release(by))?;
            }
            Fact::ExceptionResolved { exception, resolution, .. } => {
                change(&mut self.exceptions, *exception, |e| e.resolve(person, at, resolution.clone()))?;
            }
            Fact::ExceptionReopened { exception } => {
                change(&mut self.exceptions, *exception, |e| Ok(e.reopen()))?;
            }
            Fact::RoadClosed { closure } => {
                self.closures.insert(closure.id, (**closure).clone());
            }
            Fact::ClosureLifted { closure } => {
                change(&mut self.closures, *closure, |c| Ok(c.lift(at)))?;
            }
            Fact::WeatherSet { weather } => {
                self.weather.insert(event.hub, *weather);
            }
            Fact::ZoneDrawn { zone } => {
                self.zones.insert(zone.id, (**zone).clone());
            }
            Fact::ZoneEnded { zone, day } => {
                change(&mut self.zones, *zone, |z| Ok(z.ended(*day)))?;
            }
        }
        Ok(())
    }

    /// What is not the same in another one, a line each: the kind, the id and both values.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        self.compare(other, |kind, id, one, other| match one {
            Some(_) => format!("{kind} {id}: {one:?} against {other:?}"),
            None => format!("{kind} {id}: nothing against {other:?}"),
        })
    }

    /// The same without the values, when this one is what the events add up to and the other what the tables hold.
    pub fn differing(&self, other: &Self) -> Vec<String> {
        self.compare(other, |kind, id, one, other| match (one, other) {
            (Some(_), Some(_)) => {
                format!("{kind} {id}: the table holds something else than the events add up to")
            }
            (Some(_), None) => format!("{kind} {id}: the table does not hold it"),
            _ => format!("{kind} {id}: no event has made it"),
        })
    }

    fn compare(&self, other: &Self, say: Say) -> Vec<String> {
        fn of<K: Ord + fmt::Display, V: PartialEq + fmt::Debug>(
            (kind, one, other, say): (&str, &BTreeMap<K, V>, &BTreeMap<K, V>, Say),
        ) -> Vec<String> {
            let line = |id: &K, one: Option<&V>, other: Option<&V>| {
                let shown = |value: Option<&V>| value.map(|value| format!("{value:?}"));
                say(kind, id, shown(one).as_deref(), shown(other).as_deref())
            };
            let here = one.iter().filter(|(id, value)| other.get(id) != Some(value));
            let only = other.iter().filter(|(id, _)| !one.contains_key(id));
            let here = here.map(|(id, value)| line(id, Some(value), other.get(id)));
            here.chain(only.map(|(id, value)| line(id, None, Some(value)))).collect()
        }
        [
            of(("vehicle", &self.vehicles, &other.vehicles, say)),
            of(("shift", &self.shifts, &other.shifts, say)),
            of(("day", &self.days, &other.days, say)),
            of(("order", &self.orders, &other.orders, say)),
            of(("plan", &self.plans, &other.plans, say)),
            of(("route", &self.routes, &other.routes, say)),
            of(("stop", &self.stops, &other.stops, say)),
            of(("attempt", &self.attempts, &other.attempts, say)),
            of(("exception", &self.exceptions, &other.exceptions, say)),
            of(("closure", &self.closures, &other.closures, say)),
            of(("weather of hub", &self.weather, &other.weather, say)),
            of(("zone", &self.zones, &other.zones, say)),
        ]
        .concat()
    }
}

/// How a difference is said: the kind, the id and both values as text.
type Say = fn(&str, &dyn fmt::Display, Option<&str>, Option<&str>) -> String;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_whichever_side_it_is_on() {
        let hub = |n: u128| HubId(uuid::Uuid::from_u128(n));
        let one =
            Ledger { weather: [(hub(1), Weather::Dry), (hub(2), Weather::Rain)].into(), ..Ledger::default() };
        let other =
            Ledger { weather: [(hub(1), Weather::Rain), (hub(3), Weather::Dry)].into(), ..Ledger::default() };
        assert!(one.differences(&one).is_empty());
        let differences = one.differences(&other);
        assert_eq!(differences.len(), 3, "{differences:?}");
        assert!(
            differences[0].contains("Dry")
                && differences[0].contains("Rain")
                && differences[2].contains("nothing"),
            "{differences:?}"
        );
    }
}
