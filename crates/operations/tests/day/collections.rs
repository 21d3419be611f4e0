//! Orders that are collected at their doors, and those that are exchanged there, from the shop to the hub.

use crate::{
    a_day::state_equals_history,
    by_the_hub::leave,
    common::{Hub, at, ended, order, report, well},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{OrderId, OrderState, Outcome, Role, Service, Standing};
use operations::{Caller, PlanOutcome};
use sqlx::{Connection, PgConnection};
use wire::{
    driver::{Deed, DriverRoute, DriverStop, ReportStatus},
    machine::{PlaceOrder, PlaceOrders, PlacePackage},
    staff::{
        control_room::ProposalView,
        deliveries::{Lack, Progress, StoryFact},
    },
};

/// Order `n` of a morning, with this service and so many kilograms.
fn asked(n: usize, service: Service, kg: i64) -> PlaceOrder {
    let packages = vec![PlacePackage { barcode: format!("P{n}"), weight_g: kg * 1_000, volume_ml: 8_000 }];
    PlaceOrder { service: Some(service), packages, ..order(n, at(8, 0), at(11, 30)) }
}

/// Places orders, and answers their ids.
async fn placed(hub: &Hub, now: DateTime<Utc>, orders: Vec<PlaceOrder>) -> Vec<OrderId> {
    let ops = hub.at(now);
    let shop = hub.shop(&ops).await;
    let answer = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    answer.results.iter().map(|result| result.order.unwrap_or_else(|| panic!("{result:?}"))).collect()
}

/// Places orders and plans the day; answers their ids.
async fn planned(hub: &Hub, orders: Vec<PlaceOrder>) -> Vec<OrderId> {
    let ids = placed(hub, at(6, 30), orders).await;
    let outcome = hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    assert!(matches!(outcome[..], [PlanOutcome::Published { unplanned: 0, .. }]), "{outcome:?}");
    ids
}

/// Twenty deliveries with a collection and an exchange among them, and all vans on the road. Answers the ids of the two.
async fn on_the_road(hub: &Hub) -> [OrderId; 2] {
    let mut orders: Vec<_> = (0..20).map(|n| asked(n, Service::Deliver, 2)).collect();
    orders.extend([asked(20, Service::Collect, 2), asked(21, Service::Both, 2)]);
    let ids = planned(hub, orders).await;
    leave(hub).await;
    [ids[20], ids[21]]
}

/// The van that serves an order, with its route and the order's stop.
async fn serving(hub: &Hub, now: DateTime<Utc>, reference: &str) -> (usize, DriverRoute, DriverStop) {
    for (van, route) in hub.routed(now).await {
        if let Some(stop) = route.stops.iter().find(|stop| stop.reference == reference).cloned() {
            return (van, route, stop);
        }
    }
    panic!("nobody serves {reference}");
}

async fn stored(hub: &Hub, id: OrderId) -> domain::Order {
    store::orders::get(&mut hub.database.read().await.unwrap(), id).await.unwrap().unwrap()
}

/// Why a report is refused.
async fn refused(hub: &Hub, van: usize, now: DateTime<Utc>, what: Deed) -> String {
    let ops = hub.at(now);
    let device = hub.van(&ops, van).await;
    let answer = ops.record_outcomes(&device, vec![report(now, what)]).await.unwrap().results.remove(0);
    assert_eq!(answer.result, ReportStatus::Refused, "{answer:?}");
    answer.why.unwrap()
}

async fn proposed(hub: &Hub, dispatcher: &Caller, now: DateTime<Utc>) -> ProposalView {
    hub.at(now).propose_plan(dispatcher, None).await.unwrap().unwrap()
}

/// Accepts the first answer of a proposal.
async fn accepted(hub: &Hub, dispatcher: &Caller, now: DateTime<Utc>, proposal: &ProposalView) {
    let freedom = proposal.answers[0].freedom;
    hub.at(now).accept_proposal(dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
}

#[tokio::test]
async fn a_collection_is_taken_along_and_unloaded_at_the_hub() {
    let Some(hub) = Hub::open("collected").await else { return };
    let [collect, _] = on_the_road(&hub).await;
    let (van, route, stop) = serving(&hub, at(7, 40), "BOO-000020").await;
    // Nothing of it is loaded, and nobody comes by the hub for it.
    assert_eq!((stop.service, stop.aboard), (Service::Collect, false));
    assert_eq!(route.reload_before, None);
    let order = stored(&hub, collect).await;
    assert!(matches!(order.state, OrderState::Planned { .. }) && order.aboard.is_none(), "{order:?}");
    let agent = hub.person(Role::Agent).await;
    let view = hub.at(at(7, 40)).order(&agent, collect).await.unwrap();
    assert_eq!((view.hit.progress, view.hit.service), (Progress::Planned, Service::Collect));
    assert!(view.can_cancel && view.ahead.is_some());

    hub.report(van, at(8, 10), Deed::Arrived { stop: stop.stop }).await;
    let why = refused(&hub, van, at(8, 11), ended(stop.stop, Outcome::DeliveredToRecipient)).await;
    assert!(why.contains("send collected"), "{why}");
    let why = refused(&hub, van, at(8, 11), ended(stop.stop, Outcome::Exchanged)).await;
    assert!(why.contains("send collected"), "{why}");
    let (outcome, note) = (Outcome::Collected, None);
    let deed = Deed::Delivered { stop: stop.stop, outcome, note };
    let why = refused(&hub, van, at(8, 11), deed).await;
    assert!(why.contains("kind `collected`"), "{why}");
    hub.report(van, at(8, 12), ended(stop.stop, Outcome::Collected)).await;

    let order = stored(&hub, collect).await;
    assert_eq!(order.state, OrderState::Collected { at: at(8, 12) });
    let label = format!("Van {van:02}");
    let ops = hub.at(at(8, 20));
    let view = ops.order(&agent, collect).await.unwrap();
    assert_eq!((view.hit.progress, view.aboard.as_deref()), (Progress::Collected, Some(label.as_str())));
    assert!(!view.can_cancel && !view.can_reschedule);
    assert_eq!(view.hit.standing, domain::Standing::Done);
    let row = ops.route(&hub.person(Role::Dispatcher).await, route.route).await.unwrap();
    let row = row.stops.into_iter().find(|row| row.stop == stop.stop).unwrap();
    assert_eq!((row.service, row.outcome), (Service::Collect, Some(Outcome::Collected)));
    state_equals_history(&hub).await;

    hub.report(van, at(9, 0), Deed::Returned { route: route.route }).await;
    let order = stored(&hub, collect).await;
    assert_eq!((order.state, order.aboard), (OrderState::Collected { at: at(8, 12) }, None));
    let story = hub.at(at(9, 1)).order(&agent, collect).await.unwrap().story;
    let says = |fact: &dyn Fn(&StoryFact) -> bool| story.iter().filter(|line| fact(&line.what)).count();
    assert_eq!(says(&|fact| matches!(fact, StoryFact::Loaded)), 0);
    assert_eq!(says(&|fact| matches!(fact, StoryFact::Unloaded)), 1);
    assert_eq!(says(&|fact| matches!(fact, StoryFact::Placed { service: Service::Collect, .. })), 1);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn an_exchange_takes_something_along_or_is_a_delivery() {
    let Some(hub) = Hub::open("exchanged").await else { return };
    let mut orders: Vec<_> = (0..10).map(|n| asked(n, Service::Deliver, 2)).collect();
    orders.extend([asked(20, Service::Both, 2), asked(21, Service::Both, 2)]);
    let ids = planned(&hub, orders).await;
    leave(&hub).await;
    let agent = hub.person(Role::Agent).await;
    for (n, outcome, aboard) in [(20, Outcome::Exchanged, true), (21, Outcome::DeliveredToThirdParty, false)]
    {
        let (van, _, stop) = serving(&hub, at(8, 0), &format!("BOO-{n:06}")).await;
        assert_eq!((stop.service, stop.aboard), (Service::Both, true), "what it brings is loaded");
        let why = refused(&hub, van, at(8, 10), ended(stop.stop, Outcome::Collected)).await;
        assert!(why.contains("send exchanged"), "{why}");
        hub.attempt(van, at(8, 11), stop.stop, outcome).await;
        let order = stored(&hub, ids[n - 10]).await;
        assert!(matches!(order.state, OrderState::Delivered { .. }), "{order:?}");
        assert_eq!(order.aboard.is_some(), aboard);
        let found = hub.at(at(8, 12)).find_orders(&agent, &stop.reference, 1).await.unwrap().hits.remove(0);
        let so_far = if aboard { Progress::Delivered } else { Progress::NothingTaken };
        assert_eq!((found.progress, found.standing), (so_far, Standing::Done));
        let page = hub.at(at(8, 12)).order(&agent, found.order).await.unwrap().hit;
        assert_eq!((page.progress, page.service), (so_far, Service::Both));
    }
    // Nothing is collected where it is only delivered.
    let (van, route, stop) = serving(&hub, at(8, 20), "BOO-000003").await;
    for outcome in [Outcome::Collected, Outcome::Exchanged] {
        let why = refused(&hub, van, at(8, 20), ended(stop.stop, outcome)).await;
        assert!(why.contains("nothing is collected"), "{why}");
    }
    hub.report(van, at(8, 21), Deed::Returned { route: route.route }).await;
    for (van, route) in hub.routed(at(8, 22)).await {
        if van != 4 && !route.stops.is_empty() {
            hub.report(van, at(8, 22), Deed::Returned { route: route.route }).await;
        }
    }
    assert_eq!(stored(&hub, ids[10]).await.aboard, None);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_collection_that_fails_waits_for_another_window() {
    let Some(hub) = Hub::open("not_collected").await else { return };
    let [collect, _] = on_the_road(&hub).await;
    let (van, _, stop) = serving(&hub, at(7, 40), "BOO-000020").await;
    hub.attempt(van, at(8, 10), stop.stop, Outcome::FailedPackageNotAvailable).await;
    let order = stored(&hub, collect).await;
    assert!(matches!(order.state, OrderState::Failed { .. }) && order.aboard.is_none());
    // Anybody on the road can come for it: none has to fetch it first.
    let agent = hub.person(Role::Agent).await;
    let ops = hub.at(at(8, 15));
    ops.watch(&Caller::timer()).await.unwrap();
    let slots = ops.slots(&agent, collect).await.unwrap().slots;
    let today: Vec<_> = slots.iter().filter(|slot| slot.label.is_some()).collect();
    assert!(!today.is_empty() && slots.len() > today.len(), "{slots:?}");
    let window = (today[0].window.from.to_utc(), today[0].window.until.to_utc());
    ops.reschedule(&agent, collect, window, Some(&today[0].quote)).await.unwrap();
    let (van, route, again) = serving(&hub, at(8, 16), "BOO-000020").await;
    assert_ne!(again.stop, stop.stop);
    assert_eq!((route.reload_before, again.aboard), (None, false));
    state_equals_history(&hub).await;
    hub.attempt(van, at(8, 40), again.stop, Outcome::Collected).await;
    assert!(matches!(stored(&hub, collect).await.state, OrderState::Collected { .. }));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_collection_moves_between_vans_that_are_out_without_coming_by_the_hub() {
    let Some(hub) = Hub::open("collection_moves").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let [collect, _] = on_the_road(&hub).await;
    // One comes in while everybody is out.
    let [late] = placed(&hub, at(7, 45), vec![asked(30, Service::Collect, 2)]).await[..] else { panic!() };
    let proposal = proposed(&hub, &dispatcher, at(7, 46)).await;
    let least = &proposal.answers[0];
    assert_eq!((least.gains.promises_kept, least.gains.promises_lost), (1, 0), "{least:?}");
    assert!(least.changes.iter().all(|change| !change.fetched), "{least:?}");
    accepted(&hub, &dispatcher, at(7, 46), &proposal).await;
    for (_, route) in hub.routed(at(7, 47)).await {
        assert_eq!(route.reload_before, None);
    }
    state_equals_history(&hub).await;

    // Its van breaks down: another that is out comes for both.
    let (broken, _, stop) = serving(&hub, at(7, 47), "BOO-000020").await;
    hub.report(broken, at(7, 48), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let proposal = proposed(&hub, &dispatcher, at(7, 49)).await;
    let least = &proposal.answers[0];
    assert!(least.changes.iter().all(|change| !change.fetched), "{least:?}");
    assert!(least.changes.iter().any(|change| change.order == collect));
    accepted(&hub, &dispatcher, at(7, 49), &proposal).await;
    let (other, route, moved) = serving(&hub, at(7, 50), "BOO-000020").await;
    assert!(other != broken && moved.stop == stop.stop && route.reload_before.is_none());
    state_equals_history(&hub).await;
    hub.attempt(other, at(8, 30), moved.stop, Outcome::Collected).await;
    let (van, _, stop) = serving(&hub, at(8, 32), "BOO-000030").await;
    hub.attempt(van, at(8, 40), stop.stop, Outcome::Collected).await;
    let carries = [stored(&hub, collect).await, stored(&hub, late).await].map(|order| order.aboard);
    assert!(carries.iter().all(Option::is_some));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_full_van_delivers_before_it_collects_and_has_the_room_again_at_the_hub() {
    let Some(hub) = Hub::open("collection_room").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let agent = hub.person(Role::Agent).await;
    // A van takes 500 kg. The collection lies on the way to the deliveries.
    let of =
        |n: usize, service, kg| PlaceOrder { only_vehicles: vec!["Van 01".into()], ..asked(n, service, kg) };
    let mut near = of(3, Service::Collect, 400);
    near.at = Some(wire::Point { lat: 35.904, lon: 14.45 });
    let mut far = [of(1, Service::Deliver, 250), of(2, Service::Deliver, 240)];
    for (n, order) in far.iter_mut().enumerate() {
        order.at = Some(wire::Point { lat: 35.93 + 0.002 * n as f64, lon: 14.45 });
    }
    let ids = planned(&hub, far.into_iter().chain([near]).collect()).await;
    let route = hub.route(1, at(7, 20)).await;
    let services: Vec<_> = route.stops.iter().map(|stop| stop.service).collect();
    assert_eq!(services, [Service::Deliver, Service::Deliver, Service::Collect]);
    hub.report(1, at(7, 32), Deed::Departed { route: route.route }).await;
    let mut now = at(8, 0);
    for stop in &route.stops {
        hub.attempt(1, now, stop.stop, well(stop)).await;
        now += TimeDelta::minutes(10);
    }
    assert_eq!(stored(&hub, ids[2]).await.aboard, Some(hub.keys.vehicles[0].id));

    // With 400 kg aboard there is room for a small one, and none for a large one.
    let more = [of(4, Service::Collect, 90), of(5, Service::Collect, 200)];
    let more = placed(&hub, now, more.to_vec()).await;
    let proposal = proposed(&hub, &dispatcher, now).await;
    assert_eq!(proposal.answers[0].gains.unplanned_after, 1, "{proposal:?}");
    accepted(&hub, &dispatcher, now, &proposal).await;
    assert!(stored(&hub, more[0]).await.state.stop().is_some());
    assert_eq!(stored(&hub, more[1]).await.state, OrderState::Placed);
    let slots = hub.at(now).slots(&agent, more[1]).await.unwrap();
    assert!(slots.slots.iter().all(|slot| slot.label.is_none()), "{slots:?}");
    let lacks =
        |reason: &wire::staff::deliveries::Reason| reason.what.iter().any(|way| way.lack == Lack::Weight);
    assert!(slots.reasons.iter().any(lacks), "{slots:?}");

    // By the hub everything is unloaded, once.
    hub.report(1, now, Deed::Reloaded { route: route.route }).await;
    assert_eq!(stored(&hub, ids[2]).await.aboard, None);
    let slots = hub.at(now).slots(&agent, more[1]).await.unwrap();
    assert!(slots.slots.iter().any(|slot| slot.label.as_deref() == Some("Van 01")), "{slots:?}");
    let stop = hub.route(1, now).await.stops.remove(0);
    hub.attempt(1, now + TimeDelta::minutes(10), stop.stop, Outcome::Collected).await;
    hub.report(1, now + TimeDelta::minutes(20), Deed::Returned { route: route.route }).await;
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let unloaded: i64 = sqlx::query_scalar("select count(*) from events where kind = 'order_unloaded'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(unloaded, 2);
    state_equals_history(&hub).await;
    drop(conn);
    hub.close().await;
}

#[tokio::test]
async fn a_van_that_is_full_of_what_it_brings_comes_for_a_large_one_when_it_has_delivered() {
    let Some(hub) = Hub::open("collection_later").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let of =
        |n: usize, service, kg| PlaceOrder { only_vehicles: vec!["Van 01".into()], ..asked(n, service, kg) };
    planned(&hub, (0..4).map(|n| of(n, Service::Deliver, 120)).collect()).await;
    leave(&hub).await;
    // It is out with 480 kg, and gives the room of three doors to what is collected.
    placed(&hub, at(7, 40), vec![of(10, Service::Collect, 370)]).await;
    let proposal = proposed(&hub, &dispatcher, at(7, 41)).await;
    accepted(&hub, &dispatcher, at(7, 41), &proposal).await;
    let route = hub.route(1, at(7, 42)).await;
    let place = route.stops.iter().position(|stop| stop.service == Service::Collect).unwrap();
    assert!(place >= 3, "{route:?}");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_was_collected_and_is_heard_of_late_is_at_the_hub_already() {
    let Some(hub) = Hub::open("collected_late").await else { return };
    let [collect, _] = on_the_road(&hub).await;
    let (van, route, stop) = serving(&hub, at(7, 40), "BOO-000020").await;
    hub.report(van, at(9, 0), Deed::Returned { route: route.route }).await;
    assert_eq!(stored(&hub, collect).await.state, OrderState::Placed, "nobody has said that it was there");
    let ops = hub.at(at(9, 10));
    let device = hub.van(&ops, van).await;
    let late = report(at(8, 30), ended(stop.stop, Outcome::Collected));
    let answer = ops.record_outcomes(&device, vec![late]).await.unwrap();
    assert_eq!(answer.results[0].result, ReportStatus::Stored, "{answer:?}");
    let order = stored(&hub, collect).await;
    assert_eq!((order.state, order.aboard), (OrderState::Collected { at: at(8, 30) }, None));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_is_delivered_and_what_is_collected_at_one_door_are_one_visit() {
    let Some(hub) = Hub::open("collection_visit").await else { return };
    let mut orders: Vec<_> = (0..12).map(|n| asked(n, Service::Deliver, 2)).collect();
    let there = asked(3, Service::Deliver, 2);
    orders.extend([(500, Service::Collect), (501, Service::Both), (502, Service::Deliver)].map(
        |(n, service)| PlaceOrder { address: there.address.clone(), at: there.at, ..asked(n, service, 2) },
    ));
    planned(&hub, orders).await;
    let visit = async |now| {
        let (van, route, stop) = serving(&hub, now, "BOO-000500").await;
        let own: Vec<_> = route.stops.iter().filter(|other| other.visit == stop.visit).cloned().collect();
        (van, own)
    };
    assert_eq!(visit(at(7, 20)).await.1.len(), 4, "before it leaves");
    leave(&hub).await;
    let (van, own) = visit(at(7, 40)).await;
    assert_eq!(own.len(), 4, "and on the road");
    // A plan that is made now leaves them together.
    let dispatcher = hub.person(Role::Dispatcher).await;
    placed(&hub, at(7, 41), vec![asked(900, Service::Deliver, 2), asked(901, Service::Collect, 2)]).await;
    let proposal = proposed(&hub, &dispatcher, at(7, 42)).await;
    accepted(&hub, &dispatcher, at(7, 42), &proposal).await;
    let (same, own_now) = visit(at(7, 43)).await;
    assert_eq!((same, own_now.len()), (van, 4));
    hub.report(van, at(8, 10), Deed::Arrived { stop: own[0].stop }).await;
    for (minute, stop) in (12..).zip(&own) {
        hub.report(van, at(8, minute), ended(stop.stop, well(stop))).await;
    }
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let further: i64 =
        sqlx::query_scalar("select count(*) from attempts where further").fetch_one(&mut conn).await.unwrap();
    assert_eq!(further, 3);
    state_equals_history(&hub).await;
    drop(conn);
    hub.close().await;
}
