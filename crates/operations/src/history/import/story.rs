//! The story of an order of the past, told by the facts that a live day would have left, and what they add up to.

use super::rounds::Round;
use crate::{base::bounds, base::clock::new_id};
use chrono::TimeDelta;
use domain::{
    Actor, Attempt, AttemptId, Event, Fact, HubId, Instant, Ledger, Order, PlacedOrder, Refusal, Route,
    RouteState, Source, Stop, StopId, Window,
};
use std::collections::{HashMap, HashSet};
use store::estimates::Kept;
use wire::history::PastAttempt;

const MOST_NOTE: usize = 300;
/// The hours of a round stand for a promise; a round of which only one moment is known lasts so long.
const SHORTEST_PROMISE: TimeDelta = TimeDelta::hours(1);
const HORIZONS_MIN: [i16; 5] = crate::watching::ranges::HORIZONS_MIN;

/// A visit to a door.
pub(super) struct Visit {
    /// Which of the rounds.
    pub round: usize,
    /// What was sent of it.
    pub attempt: PastAttempt,
}

/// What came of an order.
pub(super) struct Story {
    /// The order in the end.
    pub order: Order,
    /// What happened, in the order of time.
    pub facts: Vec<(Instant, Actor, Fact)>,
    /// Its stops.
    pub stops: Vec<Stop>,
    /// Its attempts, each with what was promised when it ended.
    pub attempts: Vec<(Attempt, Window)>,
    /// What was said of its arrivals.
    pub kept: Vec<Kept>,
}

/// Places of stops in their rounds, and at which doors a driver was already.
#[derive(Default)]
pub(super) struct Doors {
    sequences: HashMap<usize, i32>,
    served: HashSet<(usize, Instant, u64, u64)>,
}

struct Teller {
    hub: HubId,
    ledger: Ledger,
    facts: Vec<(Instant, Actor, Fact)>,
}

impl Teller {
    fn say(&mut self, at: Instant, actor: Actor, fact: Fact) -> Result<(), Refusal> {
        let (source, hub) = (Source::Import, self.hub);
        let event = Event { occurred_at: at, recorded_at: at, source, actor, hub, fact };
        self.ledger.apply(&event)?;
        self.facts.push((at, actor, event.fact));
        Ok(())
    }
}

/// Tells the story of an order that was visited on these rounds.
pub(super) fn tell(
    order: Order,
    visits: &[Visit],
    cancelled_at: Option<Instant>,
    rounds: &[Round],
    doors: &mut Doors,
) -> Result<Story, String> {
    possible(&order, visits, cancelled_at, rounds)?;
    let (id, hub, shop) = (order.id, order.hub, order.shop);
    let mut teller = Teller { hub, ledger: Ledger::default(), facts: vec![] };
    for round in visits.iter().filter_map(|visit| rounds.get(visit.round)) {
        let route = Route { state: RouteState::Published, ..round.route.clone() };
        teller.ledger.routes.insert(route.id, route);
    }
    let said = |refusal: Refusal| refusal.to_string();
    let placed = Fact::OrderPlaced { order: Box::new(PlacedOrder::of(&order)) };
    teller.say(order.placed_at, Actor::Shop(shop), placed).map_err(said)?;
    let (mut stops, mut attempts, mut kept) = (vec![], vec![], vec![]);
    let (mut at, mut before): (Instant, Option<&Round>) = (order.placed_at, None);
    for (number, visit) in (1_i32..).zip(visits) {
        let Some(round) = rounds.get(visit.round) else { continue };
        let (driver, sent) = (Actor::Vehicle(round.route.vehicle), &visit.attempt);
        let now = teller.ledger.orders.get(&id).cloned().ok_or("the order was not placed")?;
        if let Some(before) =
            before.filter(|before| now.aboard.is_some() && before.route.id != round.route.id)
        {
            at = at.max(before.finished_at);
            let carrier = Actor::Vehicle(before.route.vehicle);
            teller.say(at, carrier, Fact::OrderUnloaded { order: id }).map_err(said)?;
        }
        if now.day != round.route.day {
            let (before, day) = (now.day, round.route.day);
            teller.say(at, Actor::Timer, Fact::OrderCarriedOver { order: id, before, day }).map_err(said)?;
        }
        if number > 1 {
            let after = promised_anew(sent, round)?;
            let (before, day) = (now.promise.latest, round.route.day);
            teller
                .say(at, Actor::Machine, Fact::OrderRescheduled { order: id, before, after, day })
                .map_err(|_| "window_until: it was over when the attempt before had failed".to_owned())?;
        }
        let loaded =
            now.aboard == Some(round.route.vehicle) && before.is_some_and(|b| b.route.id == round.route.id);
        let arrived_at = sent.arrived_at.unwrap_or(sent.ended_at);
        let sequence = doors.sequences.entry(visit.round).or_default();
        *sequence += 1;
        let planned_arrival = sent.planned_arrival.unwrap_or(arrived_at);
        let stop = StopId(new_id());
        let planned = Fact::StopPlanned {
            stop,
            route: round.route.id,
            order: id,
            sequence: *sequence,
            arrival: planned_arrival,
            departure: planned_arrival + TimeDelta::seconds(order.service_s.into()),
            travel_s: sent.travel_s.unwrap_or_default(),
            loaded,
            via_hub: false,
        };
        at = at.max(round.planned_at);
        teller.say(at, Actor::Timer, planned).map_err(said)?;
        if order.service.brings() && !loaded {
            at = at.max(round.departed_at);
            let vehicle = round.route.vehicle;
            teller.say(at, driver, Fact::OrderLoaded { order: id, stop, vehicle }).map_err(said)?;
        }
        if sent.arrived_at.is_some() {
            let route = round.route.id;
            teller.say(arrived_at, driver, Fact::StopArrived { stop, order: id, route }).map_err(said)?;
        }
        let place =
            (visit.round, arrived_at, order.address.at.lat().to_bits(), order.address.at.lon().to_bits());
        let note = sent.note.as_deref().map(bounds::one_line).filter(|note| !note.is_empty());
        let attempt = Attempt {
            id: AttemptId(new_id()),
            stop,
            order: id,
            route: round.route.id,
            number,
            arrived_at,
            ended_at: sent.ended_at,
            outcome: sent.outcome,
            note: note
                .map(|note| note.chars().filter(|letter| !letter.is_control()).take(MOST_NOTE).collect()),
            further: !doors.served.insert(place),
        };
        let promise = teller.ledger.orders.get(&id).map_or(order.promise, |now| now.promise);
        let (made, vehicle) = (attempt.clone(), round.route.vehicle);
        teller
            .say(sent.ended_at, driver, Fact::AttemptMade { attempt: made, promise, vehicle })
            .map_err(|refusal| format!("outcome: {refusal}"))?;
        kept.extend(estimates(stop, sent)?);
        attempts.push((attempt, promise.latest));
        stops.push(stop);
        (at, before) = (sent.ended_at, Some(round));
    }
    let aboard = teller.ledger.orders.get(&id).is_some_and(|now| now.aboard.is_some());
    if let Some(last) = before.filter(|_| aboard) {
        at = at.max(last.finished_at);
        let carrier = Actor::Vehicle(last.route.vehicle);
        teller.say(at, carrier, Fact::OrderUnloaded { order: id }).map_err(said)?;
    }
    if let Some(cancelled_at) = cancelled_at {
        teller
            .say(at.max(cancelled_at), Actor::Shop(shop), Fact::OrderCancelled { order: id })
            .map_err(|refusal| format!("cancelled_at: {refusal}"))?;
    }
    let Teller { ledger, facts, .. } = teller;
    let end = ledger.orders.get(&id).ok_or("the order was not placed")?;
    let order = Order { day: end.day, promise: end.promise, state: end.state, aboard: end.aboard, ..order };
    let stops = stops.iter().filter_map(|id| ledger.stops.get(id)).cloned().collect();
    Ok(Story { order, facts, stops, attempts, kept })
}

/// Says what cannot have been.
fn possible(
    order: &Order,
    visits: &[Visit],
    cancelled_at: Option<Instant>,
    rounds: &[Round],
) -> Result<(), String> {
    if visits.is_empty() && cancelled_at.is_none() {
        return Err("attempts: there is none, and the order was not cancelled; say cancelled_at, or leave it out: an order that \
                    is still to be delivered is placed by its shop"
            .to_owned());
    }
    if cancelled_at.is_some_and(|at| at < order.placed_at) {
        return Err("cancelled_at lies before placed_at".to_owned());
    }
    let mut last = order.placed_at;
    for (number, visit) in (1..).zip(visits) {
        let (sent, Some(round)) = (&visit.attempt, rounds.get(visit.round)) else { continue };
        let arrived = sent.arrived_at.unwrap_or(sent.ended_at);
        if arrived < last {
            let than = if number == 1 { "placed_at" } else { "the end of the attempt before" };
            return Err(format!("attempt {number}: it lies before {than}"));
        }
        if sent.ended_at < arrived {
            return Err(format!("attempt {number}: ended_at lies before arrived_at"));
        }
        if arrived < round.departed_at || sent.ended_at > round.finished_at {
            return Err(format!("attempt {number}: the round {} was not on the road then", round.key));
        }
        last = sent.ended_at;
    }
    let done = visits.iter().position(|visit| visit.attempt.outcome.is_success());
    if done.is_some_and(|done| done + 1 < visits.len() || cancelled_at.is_some()) {
        return Err("outcome: what was delivered or collected is over; nothing follows it".to_owned());
    }
    Ok(())
}

/// What was promised after an attempt had failed.
fn promised_anew(sent: &PastAttempt, round: &Round) -> Result<Window, String> {
    let (from, until) = match (sent.window_from, sent.window_until) {
        (Some(from), Some(until)) => (from, until),
        (None, None) => {
            let until = round.route.planned_end.max(sent.ended_at);
            (round.route.planned_start.min(until - SHORTEST_PROMISE), until)
        }
        _ => return Err("window_from and window_until: give both or neither".to_owned()),
    };
    Window::parse(from, until).map_err(|refusal| format!("window_until: {refusal}"))
}

fn estimates(stop: StopId, sent: &PastAttempt) -> Result<Vec<Kept>, String> {
    let one = |e: &wire::history::PastEstimate| {
        if !HORIZONS_MIN.contains(&e.horizon_min) {
            return Err("estimates: horizon_min is 120, 60, 30, 15 or 10".to_owned());
        }
        let range = e.early.zip(e.late);
        if range.is_some_and(|(early, late)| early > late) || e.early.is_some() != e.late.is_some() {
            return Err("estimates: early and late are both given or left out, the earlier first".to_owned());
        }
        Ok(Kept { stop, horizon_min: e.horizon_min, made_at: e.made_at, arrival: e.arrival, range })
    };
    sent.estimates.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::import::testing::{order, round, visit};
    use domain::Outcome;

    fn codes(story: &Story) -> Vec<&'static str> {
        story.facts.iter().map(|(_, _, fact)| fact.code()).collect()
    }

    #[test]
    fn a_delivery_leaves_the_facts_of_a_live_day() {
        let rounds = [round(0, 8, 12)];
        let told = tell(
            order(),
            &[visit(0, 9, Outcome::DeliveredToRecipient)],
            None,
            &rounds,
            &mut Doors::default(),
        );
        let told = told.unwrap();
        assert_eq!(
            codes(&told),
            ["order_placed", "stop_planned", "order_loaded", "stop_arrived", "attempt_made"]
        );
        assert_eq!(told.order.state.code(), "delivered");
        assert_eq!((told.stops.len(), told.attempts.len()), (1, 1));
        let mut times: Vec<_> = told.facts.iter().map(|(at, ..)| *at).collect();
        times.dedup();
        assert!(times.is_sorted());
    }

    #[test]
    fn what_failed_is_promised_anew_and_brought_the_day_after() {
        let rounds = [round(0, 8, 12), round(1, 8, 12)];
        let visits = vec![visit(0, 9, Outcome::FailedNotHome), visit(1, 9, Outcome::DeliveredToMailbox)];
        let told = tell(order(), &visits, None, &rounds, &mut Doors::default()).unwrap();
        let after =
            ["order_unloaded", "order_carried_over", "order_rescheduled", "stop_planned", "order_loaded"];
        assert_eq!(codes(&told)[5..10], after);
        assert_eq!(told.order.day, rounds[1].route.day);
        assert_ne!(told.order.promise.latest, told.order.promise.original);
        assert_eq!(told.attempts[1].0.number, 2);
    }

    #[test]
    fn two_orders_at_one_door_are_one_visit() {
        let rounds = [round(0, 8, 12)];
        let mut doors = Doors::default();
        let further = |doors: &mut Doors| {
            let visits = vec![visit(0, 9, Outcome::DeliveredToRecipient)];
            tell(order(), &visits, None, &rounds, doors).unwrap().attempts[0].0.further
        };
        assert_eq!([further(&mut doors), further(&mut doors)], [false, true]);
    }

    #[test]
    fn what_cannot_have_been_is_refused_by_name() {
        let rounds = [round(0, 8, 12), round(1, 8, 12)];
        let why = |visits: Vec<Visit>, cancelled| {
            tell(order(), &visits, cancelled, &rounds, &mut Doors::default()).map(|_| ()).unwrap_err()
        };
        assert!(why(vec![], None).contains("not cancelled"));
        assert!(why(vec![visit(0, 20, Outcome::FailedNotHome)], None).contains("not on the road"));
        let delivered = Outcome::DeliveredToRecipient;
        assert!(why(vec![visit(0, 9, delivered), visit(1, 9, delivered)], None).contains("is over"));
        assert!(
            why(vec![visit(1, 9, Outcome::FailedNotHome), visit(0, 9, delivered)], None).contains("before")
        );
        assert!(why(vec![visit(0, 9, Outcome::Collected)], None).contains("outcome"));
        let mut early = visit(0, 9, delivered);
        early.attempt.arrived_at = Some(order().placed_at - TimeDelta::days(1));
        assert!(why(vec![early], None).contains("placed_at"));
    }
}
