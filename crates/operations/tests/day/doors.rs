//! Doors that drivers pass by, take out of turn, or leave without a word.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, report},
};
use domain::{Day, ExceptionKind, OrderId, Outcome, Role, StopState};
use operations::Caller;
use store::stops::DayStop;
use wire::{
    driver::{Deed, DriverRoute},
    machine::{PlaceOrders, PlacePackage},
    roster::{DutyCode, SaveShift},
    staff::{
        deliveries::StoryFact,
        exceptions::{QueueFilter, QueueView},
    },
};

fn monday() -> Day {
    at(12, 0).date_naive()
}

/// A day of `count` orders that the first van alone drives; it has left at 07:32. Answers its route.
async fn one_van(hub: &Hub, count: usize) -> DriverRoute {
    let dispatcher = hub.person(Role::Dispatcher).await;
    let stays = |n: usize| SaveShift {
        vehicle: hub.keys.vehicles[n - 1].id,
        day: monday(),
        duty: DutyCode::Off,
        driver: None,
        from: None,
        until: None,
        breaks: vec![],
        replaces: None,
        another: false,
    };
    let asks = (2..=4).map(stays).collect();
    hub.at(at(6, 5)).save_shifts(&dispatcher, None, asks).await.unwrap();
    hub.plan(count).await;
    let route = hub.route(1, at(7, 20)).await;
    hub.report(1, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.route(1, at(7, 33)).await
}

async fn stops(hub: &Hub) -> Vec<DayStop> {
    let mut conn = hub.database.read().await.unwrap();
    store::stops::of_day(&mut conn, hub.keys.hub, monday(), None).await.unwrap()
}

async fn queue(hub: &Hub, caller: &Caller) -> QueueView {
    hub.at(at(12, 0)).queue(caller, None, QueueFilter::Unresolved).await.unwrap()
}

#[tokio::test]
async fn an_order_that_is_left_at_its_door_without_a_word_waits_for_the_driver_to_come_back() {
    let Some(hub) = Hub::open("left_open").await else { return };
    let route = one_van(&hub, 10).await;
    let (agent, dispatcher) = (hub.person(Role::Agent).await, hub.person(Role::Dispatcher).await);
    let left = &route.stops[0];
    hub.report(1, at(8, 5), Deed::Arrived { stop: left.stop }).await;
    let done = Outcome::DeliveredToRecipient;
    hub.attempt(1, at(8, 12), route.stops[1].stop, done).await;
    let after_one = stops(&hub).await;
    assert_eq!(after_one[0].stop.state, StopState::Pending, "nobody is at two doors");
    let comes_last = async |now| {
        hub.at(now).watch(&Caller::timer()).await.unwrap();
        let now = stops(&hub).await;
        let last = now.iter().filter(|s| s.stop.id != left.stop).filter_map(|s| s.eta).max().unwrap();
        assert!(now[0].eta.unwrap() > last, "the driver goes on, and comes back after all others");
        now
    };
    comes_last(at(8, 15)).await;
    hub.attempt(1, at(8, 20), route.stops[2].stop, done).await;
    // Of a door before that one we hear when the driver is elsewhere.
    hub.report(1, at(8, 24), Deed::Arrived { stop: route.stops[3].stop }).await;
    let ops = hub.at(at(8, 25));
    let late = vec![report(at(8, 17), Deed::Arrived { stop: route.stops[4].stop })];
    ops.record_outcomes(&hub.van(&ops, 1).await, late).await.unwrap();
    let states: Vec<_> = stops(&hub).await.iter().map(|s| s.stop.state).collect();
    assert_eq!(states[3..5], [StopState::Arrived { at: at(8, 24) }, StopState::Pending]);
    let now = comes_last(at(8, 26)).await;
    let own = now[0].stop.order;
    let story = hub.at(at(8, 24)).order(&agent, own).await.unwrap().story;
    let facts: Vec<_> = story.iter().map(|line| (line.at.to_utc(), &line.what)).collect();
    assert!(facts.contains(&(at(8, 5), &StoryFact::Arrived)), "{facts:?}");
    assert!(facts.contains(&(at(8, 12), &StoryFact::Left)), "{facts:?}");
    assert!(hub.route(1, at(8, 24)).await.stops.iter().any(|stop| stop.stop == left.stop));

    // Past its window it is late as any other.
    hub.at(at(11, 40)).watch(&Caller::timer()).await.unwrap();
    let late = queue(&hub, &dispatcher).await.rows;
    assert!(late.iter().any(|row| row.kind == ExceptionKind::Late && row.order == Some(own)), "{late:?}");
    // What is said after all counts.
    hub.attempt(1, at(11, 45), left.stop, done).await;
    let attempts = hub.at(at(11, 50)).order(&agent, own).await.unwrap();
    assert!(attempts.story.iter().any(|line| matches!(line.what, StoryFact::Attempt { number: 1, .. })));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_van_at_a_door_out_of_turn_takes_the_windows_that_are_offered() {
    let Some(hub) = Hub::open("out_of_turn").await else { return };
    let route = one_van(&hub, 10).await;
    let agent = hub.person(Role::Agent).await;
    let done = Outcome::DeliveredToRecipient;
    hub.attempt(1, at(8, 5), route.stops[0].stop, done).await;
    hub.report(1, at(8, 15), Deed::Arrived { stop: route.stops[6].stop }).await;
    hub.at(at(8, 16)).watch(&Caller::timer()).await.unwrap();
    let ahead = stops(&hub).await;
    assert!(matches!(ahead[6].stop.state, StopState::Arrived { .. }));

    let own = ahead[4].stop.order;
    let ops = hub.at(at(8, 17));
    let offers = ops.slots(&agent, own).await.unwrap().slots;
    let offer = offers.iter().find(|offer| offer.label.is_some()).unwrap();
    let window = (offer.window.from.to_utc(), offer.window.until.to_utc());
    ops.reschedule(&agent, own, window, Some(&offer.quote)).await.unwrap();
    let now = stops(&hub).await;
    let mut places: Vec<_> = now.iter().map(|s| s.stop.sequence).collect();
    places.dedup();
    assert_eq!(places.len(), now.len(), "no two stops have one place: {places:?}");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn who_comes_by_the_hub_is_at_no_door() {
    let Some(hub) = Hub::open("by_the_hub_left").await else { return };
    let route = one_van(&hub, 6).await;
    hub.report(1, at(8, 5), Deed::Arrived { stop: route.stops[0].stop }).await;
    hub.report(1, at(8, 30), Deed::Reloaded { route: route.route }).await;
    assert_eq!(stops(&hub).await[0].stop.state, StopState::Pending);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn doors_near_each_other_are_served_on_foot() {
    let Some(hub) = Hub::open("near_doors").await else { return };
    let mut orders: Vec<_> = (0..6).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    let mut next_door = order(0, at(8, 0), at(11, 30));
    next_door.reference = "BOO-000900".into();
    next_door.address = "Triq il-Ħamrun 0A".into();
    next_door.packages = vec![PlacePackage { barcode: "P900".into(), weight_g: 500, volume_ml: 500 }];
    next_door.at.as_mut().unwrap().lat += 0.0003;
    orders.push(next_door);
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let is_pair = |reference: &str| ["BOO-000000", "BOO-000900"].contains(&reference);
    let routed = hub.routed(at(7, 20)).await;
    let (van, route) = routed.iter().find(|(_, r)| r.stops.iter().any(|s| is_pair(&s.reference))).unwrap();
    hub.report(*van, at(7, 32), Deed::Departed { route: route.route }).await;
    let pair: Vec<_> = route.stops.iter().filter(|stop| is_pair(&stop.reference)).collect();
    assert_eq!(pair.len(), 2, "one van brings both");
    hub.report(*van, at(8, 5), Deed::Arrived { stop: pair[0].stop }).await;
    hub.report(*van, at(8, 6), Deed::Arrived { stop: pair[1].stop }).await;
    let at_doors: Vec<OrderId> = stops(&hub)
        .await
        .into_iter()
        .filter(|s| matches!(s.stop.state, StopState::Arrived { .. }))
        .map(|s| s.stop.order)
        .collect();
    assert_eq!(at_doors.len(), 2);
    state_equals_history(&hub).await;
    hub.close().await;
}
