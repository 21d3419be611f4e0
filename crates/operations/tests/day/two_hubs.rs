//! Two hubs in one organisation: each has its day, its people, its picture and its figures, and knows nothing of the other.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, set_up},
};
use domain::{HubId, Outcome, Role};
use operations::{Caller, Operations, OpsError};
use wire::{
    Point,
    driver::Deed,
    machine::{PlaceOrders, PlaceStatus, SetUp, SetUpAnswer},
    staff::exceptions::QueueFilter,
};

/// Two degrees east of the first hub, and two hours ahead of UTC.
fn second() -> SetUp {
    let mut ask = set_up();
    ask.hub.another = true;
    ask.hub.name = "Second hub".into();
    ask.hub.at = Point { lat: 35.9, lon: 16.45 };
    ask.hub.zone = "Europe/Athens".into();
    ask
}

pub async fn open_second(hub: &Hub, ops: &Operations) -> SetUpAnswer {
    ops.set_up(&hub.machine(ops).await, second()).await.unwrap()
}

/// Four orders at the first hub and six at the second, which says so by their place alone.
pub async fn place_at_both(hub: &Hub) {
    let ops = hub.at(at(5, 30));
    let shop = hub.shop(&ops).await;
    let east = |n: usize| {
        let mut order = order(n, at(8, 0), at(11, 30));
        order.at = order.at.map(|at| Point { lon: at.lon + 2.0, ..at });
        order
    };
    let orders = (0..4).map(|n| order(n, at(8, 0), at(11, 30))).chain((10..16).map(east)).collect();
    let answer = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    assert!(answer.results.iter().all(|r| r.result == PlaceStatus::Placed), "{answer:?}");
}

#[tokio::test]
async fn each_hub_has_its_own_day() {
    let Some(hub) = Hub::open("two_hubs").await else { return };
    let east = open_second(&hub, &hub.at(at(5, 0))).await;
    let (first, east_id) = (Some(hub.keys.hub), Some(east.hub));
    assert_ne!(first, east_id);
    place_at_both(&hub).await;
    let dispatcher = hub.person(Role::Dispatcher).await;

    // Seven o'clock comes an hour earlier in Athens.
    let timer = Caller::timer();
    hub.at(at(6, 0)).plan_morning(&timer).await.unwrap();
    let ops = hub.at(at(6, 1));
    let stops = async |ops: &Operations, hub| ops.board(&dispatcher, hub).await.unwrap().counts.stops;
    assert_eq!((stops(&ops, first).await, stops(&ops, east_id).await), (0, 6));
    hub.at(at(7, 0)).plan_morning(&timer).await.unwrap();
    let ops = hub.at(at(7, 1));
    assert_eq!((stops(&ops, first).await, stops(&ops, east_id).await), (4, 6));
    assert_eq!(stops(&ops, None).await, 4, "without a question it is the oldest hub");
    let head = ops.board(&dispatcher, east_id).await.unwrap().head;
    assert_eq!((head.hub.as_str(), head.zone.as_str()), ("Second hub", "Europe/Athens"));

    // A driver of the second hub works; what happened is filed there.
    let van = async |ops: &Operations, n: usize| ops.who_by_device(&east.vehicles[n].key).await.unwrap();
    let (mut own, mut route) = (van(&ops, 0).await, None);
    for n in 0..3 {
        own = van(&ops, n).await;
        if let Ok(found) = ops.driver_route(&own.0).await {
            route = Some(found);
            break;
        }
    }
    let route = route.unwrap();
    assert_eq!(own.2, east.hub);
    let report = async |minute, what| {
        let ops = hub.at(at(8, minute));
        let own =
            ops.who_by_device(&east.vehicles.iter().find(|v| v.id == own.1).unwrap().key).await.unwrap().0;
        let answer =
            ops.record_outcomes(&own, vec![crate::common::report(at(8, minute), what)]).await.unwrap();
        assert_eq!(answer.results[0].result, wire::driver::ReportStatus::Stored, "{answer:?}");
    };
    let stop = route.stops[0].stop;
    report(0, Deed::Departed { route: route.route }).await;
    report(10, Deed::Arrived { stop }).await;
    let outcome = Outcome::FailedNotHome;
    report(13, Deed::Failed { stop, outcome, note: None }).await;
    let ops = hub.at(at(8, 14));
    ops.watch(&timer).await.unwrap();
    let queue = async |hub| ops.queue(&dispatcher, hub, QueueFilter::Unresolved).await.unwrap().rows;
    assert!(queue(first).await.iter().all(|row| row.reference.as_deref() < Some("BOO-000010")));
    assert!(queue(east_id).await.iter().any(|row| row.kind == domain::ExceptionKind::Failed));
    let manager = hub.person(Role::Manager).await;
    let failed = async |hub| ops.figures(&manager, hub, None).await.unwrap().first_attempt.whole;
    assert_eq!((failed(first).await, failed(east_id).await), (0, 1));

    state_equals_history(&hub).await;
}

#[tokio::test]
async fn hubs_are_told_apart_by_their_ids() {
    let Some(hub) = Hub::open("which_hub").await else { return };
    let ops = hub.at(at(5, 0));
    let machine = hub.machine(&ops).await;
    let refused = async |ask: SetUp| match ops.set_up(&machine, ask).await {
        Err(OpsError::Invalid(why)) => why,
        other => panic!("{other:?}"),
    };
    let east = ops.set_up(&machine, second()).await.unwrap();
    assert!(refused(second()).await.contains("hub.name"), "sent twice it makes no third hub");
    assert!(refused(set_up()).await.contains("several hubs"));
    let mut ask = second();
    ask.hub.id = Some(east.hub);
    assert!(refused(ask.clone()).await.contains("another"));
    ask.hub.another = false;
    ask.hub.name = "Renamed".into();
    assert_eq!(ops.set_up(&machine, ask).await.unwrap().hub, east.hub);

    // An order may name its hub, and is refused when that is none or too far from the door.
    let shop = hub.shop(&ops).await;
    let place = async |hub: HubId, n: usize| {
        let mut order = order(n, at(8, 0), at(11, 30));
        order.hub = Some(hub);
        let answer = ops.place_orders(&shop, PlaceOrders::Single(Box::new(order))).await.unwrap();
        (answer.results[0].result, answer.results[0].why.clone().unwrap_or_default())
    };
    assert_eq!(place(hub.keys.hub, 1).await.0, PlaceStatus::Placed);
    assert!(place(east.hub, 2).await.1.contains("not near"));
    assert!(place(HubId(uuid::Uuid::now_v7()), 3).await.1.contains("there is no hub"));
    assert_eq!(ops.hubs_within_reach(&Caller::timer()).len(), 2);
    hub.close().await;
}
