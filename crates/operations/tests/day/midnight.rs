//! A day ends when its last vehicle is back, not when the calendar says so; and what is open then stays in sight.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, set_up},
};
use chrono::TimeDelta;
use domain::{Day, ExceptionKind, Outcome, Refusal, Role};
use operations::{Caller, OpsError};
use wire::{
    driver::Deed,
    machine::{PlaceOrders, PlaceStatus},
    staff::{deliveries::StoryFact, exceptions::QueueFilter},
};

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
async fn what_a_van_that_never_left_was_to_bring_is_brought_the_next_day() {
    let Some(hub) = Hub::open("never_left").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(20).await;
    let tomorrow = TimeDelta::days(1);
    let shop_day = hub.at(at(6, 30) + tomorrow);
    let shop = hub.shop(&shop_day).await;
    let next = (100..104).map(|n| order(n, at(8, 0) + tomorrow, at(12, 0) + tomorrow)).collect();
    shop_day.place_orders(&shop, PlaceOrders::Bulk { orders: next }).await.unwrap();
    hub.at(at(7, 0) + tomorrow).plan_morning(&Caller::timer()).await.unwrap();

    // The day before is closed by the clock, and what it left is planned first thing: nobody brought any of it.
    let ops = hub.at(at(7, 10) + tomorrow);
    ops.watch(&Caller::timer()).await.unwrap();
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!((board.head.day, board.counts.stops, board.counts.waiting), (tomorrow_day(), 24, 0));
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let late: Vec<_> =
        queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late).filter_map(|r| r.order).collect();
    assert_eq!(late.len(), 20, "their promises are broken, and somebody should tell the recipients");
    let story = ops.order(&dispatcher, late[0]).await.unwrap().story;
    assert!(
        story.iter().any(|line| matches!(line.what, StoryFact::CarriedOver { day } if day == tomorrow_day()))
    );
    ops.reschedule(&dispatcher, late[0], (at(14, 0) + tomorrow, at(16, 0) + tomorrow), None).await.unwrap();
    ops.cancel_order(&dispatcher, late[1]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late).count(), 18);
    state_equals_history(&hub).await;
}

/// Tuesday, 24 November 2026.
fn tomorrow_day() -> Day {
    at(12, 0).date_naive().succ_opt().unwrap()
}

#[tokio::test]
async fn a_dispatcher_closes_the_day_when_all_vans_are_back() {
    let Some(hub) = Hub::open("close_day").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(12).await;
    let day = at(12, 0).date_naive();
    let routed = hub.routed(at(7, 20)).await;
    for (n, route) in &routed {
        hub.report(*n, at(7, 32), Deed::Departed { route: route.route }).await;
        hub.attempt(*n, at(8, 0), route.stops[0].stop, Outcome::DeliveredToRecipient).await;
        hub.attempt(*n, at(8, 10), route.stops[1].stop, Outcome::FailedNotHome).await;
    }
    let ops = hub.at(at(9, 0));
    ops.watch(&Caller::timer()).await.unwrap();
    assert!(ops.board(&dispatcher, None).await.unwrap().head.closing.is_none());
    let refused = ops.close_day(&dispatcher, None, day).await;
    assert!(matches!(refused, Err(OpsError::Refused(Refusal::VehiclesOut))), "{refused:?}");
    let manager = hub.person(Role::Manager).await;
    assert!(matches!(ops.close_day(&manager, None, day).await, Err(OpsError::NotAllowed { .. })));
    assert!(matches!(ops.close_day(&dispatcher, None, tomorrow_day()).await, Err(OpsError::NotFound)));

    for (n, route) in &routed {
        hub.report(*n, at(12, 0), Deed::Returned { route: route.route }).await;
    }
    let ops = hub.at(at(17, 0));
    ops.watch(&Caller::timer()).await.unwrap();
    assert!(ops.board(&dispatcher, None).await.unwrap().head.closing.is_some());
    ops.close_day(&dispatcher, None, day).await.unwrap();
    ops.close_day(&dispatcher, None, day).await.unwrap();
    state_equals_history(&hub).await;

    // The next day runs; what is left is part of it, and nothing more is promised for the one that is over.
    ops.watch(&Caller::timer()).await.unwrap();
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!((board.head.day, board.counts.stops), (tomorrow_day(), 0));
    assert_eq!(board.counts.waiting as usize, 12 - 2 * routed.len());
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let count = |kind| queue.rows.iter().filter(|r| r.kind == kind).count();
    assert_eq!(count(ExceptionKind::Failed), routed.len());
    let shop = hub.shop(&ops).await;
    let place = async |n, from, until| {
        let answer =
            ops.place_orders(&shop, PlaceOrders::Single(Box::new(order(n, from, until)))).await.unwrap();
        answer.results.into_iter().next().unwrap()
    };
    let late = place(50, at(18, 0), at(20, 0)).await;
    assert!(late.result == PlaceStatus::Refused && late.why.unwrap().contains("closed"));
    let day_after = TimeDelta::days(1);
    assert_eq!(place(51, at(9, 0) + day_after, at(11, 0) + day_after).await.result, PlaceStatus::Placed);
    let failed = queue.rows.iter().find(|r| r.kind == ExceptionKind::Failed).unwrap().order.unwrap();
    let slots = ops.slots(&dispatcher, failed).await.unwrap().slots;
    assert!(!slots.is_empty() && slots.iter().all(|slot| slot.window.from.date_naive() > day), "{slots:?}");
    let gone = ops.reschedule(&dispatcher, failed, (at(18, 0), at(20, 0)), None).await;
    assert!(matches!(gone, Err(OpsError::SlotGone)), "{gone:?}");

    // At seven it is planned with what was carried over; what failed waits until somebody has agreed on a window.
    hub.at(at(7, 0) + day_after).plan_morning(&Caller::timer()).await.unwrap();
    let ops = hub.at(at(7, 1) + day_after);
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!(board.counts.stops as usize, 12 - 2 * routed.len() + 1);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_is_carried_over_needs_nobody_until_its_promise_is_broken() {
    let Some(hub) = Hub::open("carried").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(12).await;
    for (n, route) in hub.routed(at(7, 20)).await {
        hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
        hub.report(n, at(9, 0), Deed::Returned { route: route.route }).await;
    }
    let without_a_place = async |now| {
        let ops = hub.at(now);
        ops.watch(&Caller::timer()).await.unwrap();
        let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
        queue.rows.iter().filter(|row| row.kind == ExceptionKind::Unplanned).count()
    };
    assert_eq!(without_a_place(at(9, 5)).await, 12);
    hub.at(at(9, 10)).close_day(&dispatcher, None, at(12, 0).date_naive()).await.unwrap();
    assert_eq!(without_a_place(at(9, 11)).await, 0, "the next plan looks for places");
    assert_eq!(without_a_place(at(11, 31)).await, 12, "nobody came when it was promised");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_shift_passes_midnight() {
    let Some(hub) = Hub::open("night_shift").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let mut ask = set_up();
    for vehicle in &mut ask.vehicles {
        vehicle.shift_from = time(18, 0);
        vehicle.shift_until = time(2, 0);
    }
    ask.hub.plan_at = time(17, 0);
    let ops = hub.at(at(6, 0));
    let keys = ops.set_up(&hub.machine(&ops).await, ask).await.unwrap();
    let shop = hub.shop(&ops).await;
    let orders = (0..40).map(|n| order(n, at(20, 0), at(23, 59))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    hub.at(at(17, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let board = hub.at(at(17, 1)).board(&dispatcher, None).await.unwrap();
    assert_eq!((board.counts.stops, board.counts.waiting), (40, 0));

    // One van never leaves. Its shift lasts until two, so half past midnight is still Monday.
    let night = at(23, 59) + TimeDelta::minutes(31);
    let ops = hub.at(night);
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(ops.board(&dispatcher, None).await.unwrap().head.day, at(12, 0).date_naive());
    let mut tokens = vec![];
    for key in &keys.vehicles {
        let van = ops.who_by_device(&key.key).await.unwrap().0;
        tokens.extend(ops.driver_route(&van).await.ok().map(|route| (van, route)));
    }
    assert!(!tokens.is_empty(), "drivers keep their routes over midnight");
    let (van, route) = tokens.remove(0);
    let left = crate::common::report(night, Deed::Departed { route: route.route });
    ops.record_outcomes(&van, vec![left]).await.unwrap();

    // After two nobody else works on, but one is out: the day goes on until it is back.
    let after = at(23, 59) + TimeDelta::minutes(151);
    let ops = hub.at(after);
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(ops.board(&dispatcher, None).await.unwrap().head.day, at(12, 0).date_naive());
    let back = crate::common::report(after, Deed::Returned { route: route.route });
    ops.record_outcomes(&van, vec![back]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!((board.head.day, board.counts.waiting), (tomorrow_day(), 40));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_hub_that_was_not_served_for_days_goes_on_today() {
    let Some(hub) = Hub::open("days_off").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(8).await;
    let later = at(6, 0) + TimeDelta::days(5);
    let ops = hub.at(later);
    ops.watch(&Caller::timer()).await.unwrap();
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!((board.head.day, board.counts.waiting), (later.date_naive(), 8));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn days_of_23_and_25_hours_are_planned_and_counted_whole() {
    let Some(hub) = Hub::open("clocks_change").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let manager = hub.person(Role::Manager).await;
    let malta = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    // Clocks go forward on 28 March and back on 31 October 2027: the wall's eight o'clock is not the same distance from midnight.
    // What nobody brought in March is still owed in October.
    for (n, eight, day, owed) in [
        (0, malta("2027-03-28T08:00:00+02:00"), Day::from_ymd_opt(2027, 3, 28).unwrap(), 0),
        (100, malta("2027-10-31T08:00:00+01:00"), Day::from_ymd_opt(2027, 10, 31).unwrap(), 8),
    ] {
        let early = eight - TimeDelta::hours(2);
        let ops = hub.at(early);
        let shop = hub.shop(&ops).await;
        let until = eight + TimeDelta::hours(3);
        let orders = (n..n + 10).map(|n| order(n, eight, until)).collect();
        ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
        let plan_at = eight - TimeDelta::hours(1);
        hub.at(plan_at - TimeDelta::seconds(1)).plan_morning(&Caller::timer()).await.unwrap();
        let stops = async |now| hub.at(now).board(&dispatcher, None).await.unwrap().counts.stops;
        assert_eq!(stops(plan_at).await, 0, "seven o'clock of the wall, not seven hours after midnight");
        hub.at(plan_at).plan_morning(&Caller::timer()).await.unwrap();
        assert_eq!(stops(plan_at).await, 10 + owed);
        let (van, route) = hub.routed(plan_at).await.remove(0);
        hub.report(van, eight - TimeDelta::minutes(28), Deed::Departed { route: route.route }).await;
        hub.attempt(van, eight, route.stops[0].stop, Outcome::DeliveredToRecipient).await;
        // The last hour of the day, whichever number it has, still counts to it.
        let last = malta(&format!("{day}T23:50:00+0{}:00", if n == 0 { 2 } else { 1 }));
        hub.attempt(van, last, route.stops[1].stop, Outcome::DeliveredToRecipient).await;
        hub.report(van, last + TimeDelta::minutes(4), Deed::Returned { route: route.route }).await;
        let figures = hub.at(last + TimeDelta::hours(1)).figures(&manager, None, Some(day)).await.unwrap();
        assert_eq!(figures.first_attempt.whole, 2, "{day}");
        hub.at(last + TimeDelta::hours(1)).watch(&Caller::timer()).await.unwrap();
    }
    state_equals_history(&hub).await;
    hub.close().await;
}

fn time(hour: u32, minute: u32) -> chrono::NaiveTime {
    chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}
