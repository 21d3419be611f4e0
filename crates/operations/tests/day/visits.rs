//! Several orders at one door are one visit: planned together, reached once, and each with an attempt of its own.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, report},
    history::settled,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{OrderId, Outcome, Role};
use operations::{Caller, PlanOutcome};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use store::stops::DayStop;
use wire::{
    driver::{Deed, DriverRoute, DriverStop, ReportStatus},
    machine::{PlaceOrder, PlaceOrders, PlacePackage},
    staff::figures::FigureKind,
};

/// Another order for the door of order `n`, written in other letters.
fn at_door_of(n: usize, number: usize) -> PlaceOrder {
    let there = order(n, at(8, 0), at(11, 30));
    PlaceOrder { address: there.address.to_uppercase(), at: there.at, ..order(number, at(8, 0), at(11, 30)) }
}

/// Places orders at half past six and plans the day at seven; answers the ids of the orders, and how many found no place.
async fn planned(hub: &Hub, orders: Vec<PlaceOrder>) -> (Vec<OrderId>, usize) {
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let answer = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    let ids = answer.results.iter().map(|result| result.order.unwrap()).collect();
    let outcome = hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let [PlanOutcome::Published { unplanned, .. }] = outcome[..] else { panic!("{outcome:?}") };
    (ids, unplanned)
}

/// The visits of a driver's route that several orders share.
fn shared(route: &DriverRoute) -> Vec<Vec<&DriverStop>> {
    let mut visits: BTreeMap<i32, Vec<&DriverStop>> = BTreeMap::new();
    for stop in &route.stops {
        visits.entry(stop.visit).or_default().push(stop);
    }
    visits.into_values().filter(|visit| visit.len() > 1).collect()
}

async fn stops_of(hub: &Hub, route: &DriverRoute) -> Vec<DayStop> {
    let mut conn = hub.database.read().await.unwrap();
    let day = at(12, 0).date_naive();
    store::stops::of_day(&mut conn, hub.keys.hub, day, Some(&[route.route])).await.unwrap()
}

/// A day of 24 orders, with two more for the door of the fourth; its van has left. Answers the van and its route.
async fn a_visit_on_the_road(hub: &Hub) -> (usize, DriverRoute) {
    let mut orders: Vec<_> = (0..24).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    orders.extend([at_door_of(3, 500), at_door_of(3, 501)]);
    assert_eq!(planned(hub, orders).await.1, 0);
    let routed = hub.routed(at(7, 20)).await;
    let (van, route) = routed.into_iter().find(|(_, route)| !shared(route).is_empty()).unwrap();
    hub.report(van, at(7, 32), Deed::Departed { route: route.route }).await;
    (van, hub.route(van, at(7, 33)).await)
}

#[tokio::test]
async fn the_plan_keeps_the_orders_of_a_door_together_and_counts_their_time_once() {
    let Some(hub) = Hub::open("visit_plan").await else { return };
    let mut orders: Vec<_> = (0..24).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    // A shorter window within that of its neighbour, and one that shares nothing with it.
    let soon = PlaceOrder { window_until: at(9, 30), ..at_door_of(3, 500) };
    let apart = PlaceOrder { window_from: at(12, 0), window_until: at(14, 0), ..at_door_of(3, 501) };
    let flat = PlaceOrder { address: "Triq il-Ħamrun 3, flat 2".into(), ..at_door_of(3, 502) };
    let twice = PlaceOrder { service_s: Some(300), ..at_door_of(7, 503) };
    orders.extend([soon, apart, flat, twice, at_door_of(7, 504)]);
    assert_eq!(planned(&hub, orders).await.1, 0);
    let mut visits = BTreeMap::new();
    for (_, route) in hub.routed(at(7, 20)).await {
        let stops = stops_of(&hub, &route).await;
        for visit in shared(&route) {
            let own: Vec<_> =
                stops.iter().filter(|s| visit.iter().any(|other| other.stop == s.stop.id)).collect();
            let first = &own[0].stop;
            for (n, next) in own.iter().enumerate().skip(1) {
                assert_eq!(next.stop.sequence, first.sequence + n as i32, "next to each other");
                assert_eq!((next.stop.planned_arrival, next.stop.travel_s), (first.planned_arrival, 0));
                assert_eq!(next.stop.planned_departure, first.planned_departure);
            }
            let begins = own.iter().map(|s| s.opens(first.planned_arrival)).max().unwrap();
            let takes = (first.planned_departure - begins).num_seconds();
            let mut references: Vec<_> = visit.iter().map(|stop| stop.reference.clone()).collect();
            references.sort();
            assert!(own.iter().all(|s| first.planned_arrival <= s.window.until()));
            visits.insert(references, takes);
        }
    }
    let reference = |n: usize| format!("BOO-{n:06}");
    let expected = [
        (vec![reference(3), reference(500)], 120 + 30),
        (vec![reference(7), reference(503), reference(504)], 300 + 30 + 30),
    ];
    assert_eq!(visits, BTreeMap::from(expected));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn one_who_arrives_is_there_for_all_and_each_order_ends_as_it_does() {
    let Some(hub) = Hub::open("visit_ends").await else { return };
    let (van, route) = a_visit_on_the_road(&hub).await;
    let visit: Vec<DriverStop> = shared(&route)[0].iter().map(|stop| (*stop).clone()).collect();
    let [one, two, three] = &visit[..] else { panic!("{visit:?}") };
    // Whoever says it of the second has said it of all.
    hub.report(van, at(8, 10), Deed::Arrived { stop: two.stop }).await;
    let there = |stops: Vec<DayStop>| -> Vec<Option<DateTime<Utc>>> {
        let own = stops.into_iter().filter(|s| visit.iter().any(|other| other.stop == s.stop.id));
        own.map(|s| s.stop.state.arrived_at()).collect()
    };
    assert_eq!(there(stops_of(&hub, &route).await), [Some(at(8, 10)); 3]);
    let ended = |stop: &DriverStop, outcome: Outcome| crate::common::ended(stop.stop, outcome);
    hub.report(van, at(8, 12), ended(one, Outcome::DeliveredToRecipient)).await;
    // A phone that says it of each is no trouble.
    hub.report(van, at(8, 12), Deed::Arrived { stop: two.stop }).await;
    hub.report(van, at(8, 13), ended(two, Outcome::FailedOther)).await;

    // Of the third nobody has said anything: it is open, with its visit.
    let left = hub.route(van, at(8, 14)).await;
    assert_eq!(left.stops.len(), route.stops.len() - 2);
    let own: Vec<_> = left.stops.iter().filter(|stop| stop.visit == one.visit).map(|s| s.stop).collect();
    assert_eq!(own, [three.stop]);
    let dispatcher = hub.person(Role::Dispatcher).await;
    let view = hub.at(at(8, 14)).route(&dispatcher, route.route).await.unwrap();
    let row = |stop: &DriverStop| view.stops.iter().find(|row| row.stop == stop.stop).unwrap();
    assert_eq!(
        [one, two, three].map(|stop| row(stop).together),
        [2, 0, 1],
        "ended ones are a list of their own"
    );
    hub.report(van, at(8, 15), ended(three, Outcome::DeliveredToMailbox)).await;
    // Later at another door.
    let next = left.stops.iter().find(|stop| stop.visit != one.visit).unwrap();
    hub.attempt(van, at(8, 30), next.stop, Outcome::DeliveredToRecipient).await;

    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let attempts: Vec<(bool, bool)> =
        sqlx::query_as("select further, arrived_at = $1 from attempts order by ended_at")
            .bind(at(8, 10))
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(attempts, [(false, true), (true, true), (true, true), (false, false)]);
    let manager = hub.person(Role::Manager).await;
    let ops = hub.at(at(9, 0));
    let figures = ops.figures(&manager, None, None).await.unwrap();
    assert_eq!((figures.stops, figures.first_attempt.whole, figures.first_attempt.part), (2, 4, 3));
    let rows = ops.figure_rows(&manager, None, None, FigureKind::StopsPerHour, 1).await.unwrap().routes;
    assert_eq!(rows.iter().map(|row| row.stops).sum::<i64>(), 2);
    settled(&hub).await;
    ops.count_rollups(&Caller::timer()).await.unwrap();
    let today = at(12, 0).date_naive();
    let mut read = hub.database.read().await.unwrap();
    let tally = store::rollups::tally(&mut read, hub.keys.hub, today, today).await.unwrap();
    assert_eq!((tally.attempts(), tally.visits()), (4, 2));
    state_equals_history(&hub).await;
    drop((conn, read));
    hub.close().await;
}

#[tokio::test]
async fn a_phone_that_never_says_arrived_was_there_for_all_unless_it_gave_up() {
    let Some(hub) = Hub::open("visit_untold").await else { return };
    let (van, route) = a_visit_on_the_road(&hub).await;
    let visit: Vec<DriverStop> = shared(&route)[0].iter().map(|stop| (*stop).clone()).collect();
    let pending = async |hub: &Hub| {
        let stops = stops_of(hub, &route).await;
        let own = stops.iter().filter(|s| visit.iter().any(|other| other.stop == s.stop.id));
        own.filter(|s| s.stop.state == domain::StopState::Pending).count()
    };
    let gave_up = Outcome::FailedNoTime;
    hub.report(van, at(8, 5), Deed::Failed { stop: visit[0].stop, outcome: gave_up, note: None }).await;
    assert_eq!(pending(&hub).await, 2, "nobody was there");
    let outcome = Outcome::DeliveredToRecipient;
    hub.report(van, at(8, 20), Deed::Delivered { stop: visit[1].stop, outcome, note: None }).await;
    assert_eq!(pending(&hub).await, 0);
    let ops = hub.at(at(8, 21));
    let device = hub.van(&ops, van).await;
    let deed = Deed::Delivered { stop: visit[2].stop, outcome, note: None };
    let answer = ops.record_outcomes(&device, vec![report(at(8, 21), deed)]).await.unwrap();
    assert_eq!(answer.results[0].result, ReportStatus::Stored);
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let further: Vec<bool> = sqlx::query_scalar("select further from attempts order by ended_at")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(further, [false, false, true]);
    state_equals_history(&hub).await;
    drop(conn);
    hub.close().await;
}

#[tokio::test]
async fn standing_at_the_door_is_arriving_at_all_of_its_orders_and_they_are_expected_at_once() {
    let Some(hub) = Hub::open("visit_stands").await else { return };
    let (van, route) = a_visit_on_the_road(&hub).await;
    // Everything before the visit is done.
    let first = shared(&route)[0][0].clone();
    let mut now = at(7, 40);
    for stop in route.stops.iter().filter(|stop| stop.sequence < first.sequence) {
        hub.attempt(van, now, stop.stop, Outcome::DeliveredToRecipient).await;
        now += TimeDelta::minutes(4);
    }
    let ops = hub.at(now);
    ops.watch(&Caller::timer()).await.unwrap();
    let etas: Vec<_> = stops_of(&hub, &route).await;
    let own = |stops: &[DayStop]| -> Vec<DayStop> {
        let at_door =
            |s: &&DayStop| s.stop.sequence >= first.sequence && s.stop.sequence < first.sequence + 3;
        stops.iter().filter(at_door).cloned().collect()
    };
    let expected: Vec<_> = own(&etas).iter().map(|s| s.eta.unwrap()).collect();
    assert_eq!(expected, [expected[0]; 3]);
    let next = etas.iter().find(|s| s.stop.sequence == first.sequence + 3);
    if let Some(next) = next {
        // Two minutes for one, half a minute each for the two others.
        let begins = own(&etas).iter().map(|s| s.opens(expected[0])).max().unwrap();
        assert!(next.eta.unwrap() >= begins + TimeDelta::seconds(180));
        let alone = TimeDelta::seconds(i64::from(next.stop.travel_s) + 3 * 120);
        assert!(next.eta.unwrap() < begins + alone, "their time is shared");
    }
    // The phone says nothing and stands there.
    let device = hub.van(&ops, van).await;
    let stands = |second: i64| wire::driver::Fix {
        speed_mps: Some(0.0),
        ..crate::common::fix(now + TimeDelta::seconds(second), first.at.lat, first.at.lon)
    };
    let later = hub.at(now + TimeDelta::minutes(3));
    later.record_positions(&device, (1..8).map(|n| stands(n * 20)).collect()).await.unwrap();
    later.watch(&Caller::timer()).await.unwrap();
    let came: Vec<_> = own(&stops_of(&hub, &route).await).iter().map(|s| s.stop.state.arrived_at()).collect();
    assert!(came[0].is_some() && came == [came[0]; 3], "{came:?}");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn cancelling_one_order_of_a_door_leaves_the_others() {
    let Some(hub) = Hub::open("visit_cancel").await else { return };
    let mut orders: Vec<_> = (0..12).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    orders.extend([at_door_of(3, 500), at_door_of(3, 501)]);
    let (ids, _) = planned(&hub, orders).await;
    let agent = hub.person(Role::Agent).await;
    hub.at(at(7, 10)).cancel_order(&agent, ids[12]).await.unwrap();
    let routed = hub.routed(at(7, 20)).await;
    let visits: Vec<_> = routed.iter().flat_map(|(_, route)| shared(route)).collect();
    assert_eq!(visits.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
    let mut references: Vec<_> = visits[0].iter().map(|stop| stop.reference.as_str()).collect();
    references.sort_unstable();
    assert_eq!(references, ["BOO-000003", "BOO-000501"]);
    let view = hub.at(at(7, 20)).order(&agent, ids[13]).await.unwrap();
    let before = view.ahead.unwrap().stops_before;
    let route = routed.iter().map(|(_, route)| route).find(|route| !shared(route).is_empty()).unwrap();
    let ahead = route.stops.iter().filter(|stop| stop.visit < visits[0][0].visit).count();
    assert_eq!(before, ahead as i64, "its neighbour is no stop before it");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_is_too_much_for_one_vehicle_at_one_visit_goes_with_several() {
    let Some(hub) = Hub::open("visit_room").await else { return };
    // A van takes 500 kg: of five orders of 200 kg at one door two go with each.
    let heavy = |number: usize| PlaceOrder {
        packages: vec![PlacePackage { barcode: format!("H{number}"), weight_g: 200_000, volume_ml: 8_000 }],
        ..at_door_of(3, number)
    };
    let (_, unplanned) = planned(&hub, (500..505).map(heavy).collect()).await;
    assert_eq!(unplanned, 0);
    let routed = hub.routed(at(7, 20)).await;
    let mut loads: Vec<_> = routed.iter().map(|(_, route)| route.stops.len()).collect();
    loads.sort_unstable();
    assert_eq!(loads, [1, 2, 2]);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_visit_that_finds_no_place_as_a_whole_is_taken_apart() {
    let Some(hub) = Hub::open("visit_apart").await else { return };
    // Each van is filled with 400 kg; two of 100 kg for one door fit, but never both into one van.
    let of = |number: usize, weight_g: i64, place: PlaceOrder| PlaceOrder {
        packages: vec![PlacePackage { barcode: format!("H{number}"), weight_g, volume_ml: 8_000 }],
        ..place
    };
    let mut orders: Vec<_> = (0..4).map(|n| of(n, 400_000, order(n, at(8, 0), at(18, 0)))).collect();
    let at_door = |number: usize| PlaceOrder { window_until: at(18, 0), ..at_door_of(30, number) };
    orders.extend((500..502).map(|n| of(n, 100_000, at_door(n))));
    let (_, unplanned) = planned(&hub, orders).await;
    assert_eq!(unplanned, 0);
    let routed = hub.routed(at(7, 20)).await;
    assert!(routed.iter().all(|(_, route)| shared(route).is_empty()));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_better_plan_moves_the_orders_of_a_visit_together_and_leaves_the_one_at_hand() {
    let Some(hub) = Hub::open("visit_moves").await else { return };
    let mut orders: Vec<_> = (0..30).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    for n in 0..30 {
        orders.push(at_door_of(n, 500 + n));
    }
    assert_eq!(planned(&hub, orders).await.1, 0);
    let routed = hub.routed(at(7, 20)).await;
    for (van, route) in &routed {
        assert_eq!(shared(route).len() * 2, route.stops.len());
        hub.report(*van, at(7, 35), Deed::Departed { route: route.route }).await;
    }
    // One more comes in, for which somebody has to come by the hub; nobody has arrived anywhere yet.
    let ops = hub.at(at(7, 40));
    let shop = hub.shop(&ops).await;
    let new = order(900, at(9, 0), at(11, 30));
    ops.place_orders(&shop, PlaceOrders::Single(Box::new(new))).await.unwrap();
    let dispatcher = hub.person(Role::Dispatcher).await;
    let proposal = hub.at(at(7, 41)).propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let freedom = proposal.answers[0].freedom;
    hub.at(at(7, 42)).accept_proposal(&dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
    let mut alone = vec![];
    for ((_, before), (_, route)) in routed.iter().zip(hub.routed(at(7, 43)).await) {
        let at_hand = |route: &DriverRoute| [0, 1].map(|n| route.stops[n].stop);
        assert_eq!(at_hand(before), at_hand(&route), "both orders of the visit at hand stay");
        let together: Vec<_> = shared(&route).concat().iter().map(|stop| stop.stop).collect();
        alone.extend(route.stops.into_iter().filter(|stop| !together.contains(&stop.stop)));
    }
    let alone: Vec<_> = alone.into_iter().map(|stop| stop.reference).collect();
    assert_eq!(alone, ["BOO-000900"]);
    state_equals_history(&hub).await;
    hub.close().await;
}
