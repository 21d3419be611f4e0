//! A day ends when its last vehicle is back, not when the calendar says so; and what is open then stays in sight.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order},
};
use chrono::TimeDelta;
use domain::{ExceptionKind, Outcome, Role};
use operations::Caller;
use wire::{driver::Deed, machine::PlaceOrders, staff::exceptions::QueueFilter};

#[tokio::test]
async fn a_van_on_the_road_keeps_its_route_over_midnight() {
    let Some(hub) = Hub::open("over_midnight").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(20).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 0), route.stops[0].stop, Outcome::FailedNotHome).await;

    let night = at(23, 59) + TimeDelta::minutes(2);
    let ops = hub.at(night);
    ops.watch(&Caller::timer()).await.unwrap();
    let own = hub.route(n, night).await;
    assert_eq!((own.route, own.stops.len()), (route.route, route.stops.len() - 1));
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert!(board.routes.iter().any(|r| r.route == route.route), "the day runs until the van is back");
    assert_eq!(board.head.day, at(12, 0).date_naive());
    let stop = own.stops[0].stop;
    hub.attempt(n, night + TimeDelta::minutes(5), stop, Outcome::DeliveredToRecipient).await;
    hub.report(n, night + TimeDelta::minutes(30), Deed::Returned { route: route.route }).await;
    state_equals_history(&hub).await;

    // Now it is the next day; what the last one left open is still there.
    let ops = hub.at(night + TimeDelta::minutes(40));
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let count = |kind| queue.rows.iter().filter(|r| r.kind == kind).count();
    assert_eq!(count(ExceptionKind::Failed), 1);
    assert_eq!(
        count(ExceptionKind::Unplanned),
        20 - 2,
        "what came back, and what never left, waits for somebody"
    );
    assert_eq!(queue.rows.len(), 1 + 20 - 2, "late, silent and off shift are over: {:?}", queue.rows);
    assert_eq!(queue.open as usize, queue.rows.len(), "what is counted is what is listed");
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!(board.counts.waiting, 20 - 2);
    assert_eq!(board.counts.exceptions as usize, queue.rows.len());

    // What a person has ended is not raised again the day after.
    let row = queue.rows.iter().find(|r| r.kind == ExceptionKind::Unplanned).unwrap();
    ops.resolve(&dispatcher, row.id, "They collect it themselves".into()).await.unwrap();
    let next = hub.at(night + TimeDelta::hours(30));
    next.watch(&Caller::timer()).await.unwrap();
    let later = next.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert!(later.rows.iter().all(|r| r.order != row.order), "{:?}", later.rows);
    assert_eq!(later.rows.len(), queue.rows.len() - 1);
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_van_that_is_out_when_the_next_day_is_planned_is_shown_with_it() {
    let Some(hub) = Hub::open("out_at_dawn").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(20).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let dawn = at(8, 0) + TimeDelta::days(1);
    let ops = hub.at(dawn);
    ops.watch(&Caller::timer()).await.unwrap();
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!(board.head.day, dawn.date_naive());
    assert_eq!(board.routes.iter().map(|r| r.route).collect::<Vec<_>>(), [route.route]);
    assert_eq!(hub.route(n, dawn).await.route, route.route);
    assert!(ops.route(&dispatcher, route.route).await.is_ok());
    hub.attempt(n, dawn, route.stops[0].stop, Outcome::DeliveredToRecipient).await;
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn what_a_van_that_never_left_was_to_bring_stays_in_sight_and_gets_another_window() {
    let Some(hub) = Hub::open("never_left").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(20).await;
    let tomorrow = TimeDelta::days(1);
    let shop_day = hub.at(at(6, 30) + tomorrow);
    let shop = hub.shop(&shop_day).await;
    let next = (100..104).map(|n| order(n, at(8, 0) + tomorrow, at(12, 0) + tomorrow)).collect();
    shop_day.place_orders(&shop, PlaceOrders::Bulk { orders: next }).await.unwrap();
    hub.at(at(7, 0) + tomorrow).plan_morning(&Caller::timer()).await.unwrap();

    let ops = hub.at(at(7, 10) + tomorrow);
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let left: Vec<_> =
        queue.rows.iter().filter(|r| r.kind == ExceptionKind::Unplanned).filter_map(|r| r.order).collect();
    assert_eq!(left.len(), 20, "nobody brought any of them");
    ops.reschedule(&dispatcher, left[0], (at(14, 0) + tomorrow, at(16, 0) + tomorrow), None).await.unwrap();
    ops.cancel_order(&dispatcher, left[1]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows.iter().filter(|r| r.kind == ExceptionKind::Unplanned).count(), 18);
    state_equals_history(&hub).await;
}
