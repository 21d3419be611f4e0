//! What devices report: each report is answered for itself, and what was handed over counts.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, fix, report},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ExceptionKind, OrderState, Outcome, Role, StopState};
use operations::{Caller, OpsError};
use wire::{
    driver::{Deed, Fix, ReportStatus},
    staff::{exceptions::QueueFilter, figures::FigureKind},
};

#[tokio::test]
async fn two_phones_may_make_the_same_id() {
    let Some(hub) = Hub::open("same_id").await else { return };
    hub.plan(20).await;
    let routes = hub.routed(at(7, 20)).await;
    let ops = hub.at(at(7, 40));
    let mut first = report(at(7, 32), Deed::Departed { route: routes[0].1.route });
    let mut second = report(at(7, 33), Deed::Departed { route: routes[1].1.route });
    second.id = first.id;
    for (n, own) in [(routes[0].0, &mut first), (routes[1].0, &mut second)] {
        let van = hub.van(&ops, n).await;
        let report = async || ops.record_outcomes(&van, vec![own.clone()]).await.unwrap().results[0].result;
        assert_eq!(report().await, ReportStatus::Stored);
        assert_eq!(report().await, ReportStatus::Known);
    }
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_refused_report_names_the_field() {
    let Some(hub) = Hub::open("named_fields").await else { return };
    hub.plan(20).await;
    let routes = hub.routed(at(7, 20)).await;
    let [(n, own), (_, other)] = &routes[..2] else { panic!("two routes") };
    let (stop, nowhere) = (own.stops[0].stop, domain::StopId(uuid::Uuid::now_v7()));
    let no_route = domain::RouteId(uuid::Uuid::now_v7());
    let ops = hub.at(at(8, 0));
    let van = hub.van(&ops, *n).await;
    let ended = |stop, outcome| Deed::Delivered { stop, outcome, note: None };
    let cases = [
        (Deed::Arrived { stop }, "stop: the route has not departed"),
        (Deed::Returned { route: own.route }, "route: the route has not departed"),
        (Deed::Departed { route: no_route }, "route: no route has this id"),
        (Deed::Returned { route: no_route }, "route: no route has this id"),
        (Deed::Departed { route: other.route }, "route: this route is another vehicle's"),
        (Deed::Arrived { stop: nowhere }, "stop: no stop has this id"),
        (ended(nowhere, Outcome::DeliveredToRecipient), "stop: no stop has this id"),
        (Deed::Arrived { stop: other.stops[0].stop }, "stop: this stop is on another vehicle's route"),
        (ended(stop, Outcome::FailedNotHome), "outcome: it does not fit the kind"),
    ];
    for (deed, says) in cases {
        let answer =
            ops.record_outcomes(&van, vec![report(at(7, 59), deed)]).await.unwrap().results.remove(0);
        assert_eq!(answer.result, ReportStatus::Refused, "{answer:?}");
        assert!(answer.why.as_deref().unwrap().starts_with(says), "{says}: {answer:?}");
    }
    hub.report(*n, at(7, 32), Deed::Departed { route: own.route }).await;
    let collected = Deed::Collected { stop, outcome: Outcome::Collected, note: None };
    for (at, deed, says) in [
        (at(6, 0), Deed::Arrived { stop }, "at: the report is from before"),
        (at(8, 9), Deed::Arrived { stop }, "at: the report is from the future"),
        (at(7, 50), collected, "outcome: nothing is collected"),
        (at(7, 50), Deed::Departed { route: own.route }, "route: the route has departed"),
    ] {
        let answer = ops.record_outcomes(&van, vec![report(at, deed)]).await.unwrap().results.remove(0);
        assert!(answer.why.as_deref().unwrap().starts_with(says), "{says}: {answer:?}");
    }
    hub.close().await;
}

#[tokio::test]
async fn rows_behind_figures_say_how_each_ended() {
    let Some(hub) = Hub::open("how_it_ended").await else { return };
    hub.plan(20).await;
    let manager = hub.person(Role::Manager).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 10), route.stops[0].stop, Outcome::FailedNotHome).await;
    hub.attempt(n, at(8, 20), route.stops[1].stop, Outcome::DeliveredToMailbox).await;
    let rows = hub.at(at(9, 2)).figure_rows(&manager, None, None, FigureKind::StopsPerHour, 1).await.unwrap();
    let hours: Vec<_> = rows.routes.iter().map(|row| row.hours).collect();
    assert_eq!(hours, [1.5], "until now, while it is out");
    let rows =
        hub.at(at(22, 0)).figure_rows(&manager, None, None, FigureKind::PromisesKept, 1).await.unwrap();
    let of = |i: usize| rows.promises.iter().find(|row| row.reference == route.stops[i].reference).unwrap();
    assert_eq!((of(0).outcome, of(0).counts), (Some(Outcome::FailedNotHome), false));
    assert_eq!((of(1).outcome, of(1).counts), (Some(Outcome::DeliveredToMailbox), true));
    assert_eq!((of(2).outcome, of(2).counts), (None, false));
    let no_page =
        hub.at(at(22, 0)).figure_rows(&manager, None, None, FigureKind::PromisesKept, 99).await.unwrap();
    assert!(no_page.promises.is_empty() && !no_page.more);
    let long_ago = DateTime::UNIX_EPOCH.date_naive();
    let refused = hub.at(at(22, 0)).figures(&manager, None, Some(long_ago)).await;
    assert!(matches!(refused, Err(OpsError::NoSuchDay)), "{refused:?}");
    hub.close().await;
}

#[tokio::test]
async fn a_delivery_after_a_failed_attempt_counts_and_both_are_kept() {
    let Some(hub) = Hub::open("after_all").await else { return };
    hub.plan(20).await;
    let agent = hub.person(Role::Agent).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let stop = route.stops[0].stop;
    hub.attempt(n, at(8, 0), stop, Outcome::FailedNotHome).await;
    let delivered = Deed::Delivered { stop, outcome: Outcome::DeliveredToRecipient, note: None };
    hub.report(n, at(8, 2) + TimeDelta::seconds(15), delivered.clone()).await;

    let ops = hub.at(at(8, 5));
    let hits = ops.find_orders(&agent, &route.stops[0].reference, 1).await.unwrap();
    let view = ops.order(&agent, hits.hits[0].order).await.unwrap();
    let attempts = view
        .story
        .iter()
        .filter(|l| matches!(l.what, wire::staff::deliveries::StoryFact::Attempt { .. }))
        .count();
    assert_eq!(attempts, 2, "{:?}", view.story);
    let queue = ops.queue(&agent, None, QueueFilter::Unresolved).await.unwrap();
    assert!(queue.rows.iter().all(|r| r.kind != ExceptionKind::Failed), "nobody has to see to it");
    let van = hub.van(&ops, n).await;
    let again = ops.record_outcomes(&van, vec![report(at(8, 4), delivered)]).await.unwrap();
    assert_eq!(again.results[0].result, ReportStatus::Refused, "{again:?}");
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_delivery_counts_though_the_order_has_got_another_stop_meanwhile() {
    let Some(hub) = Hub::open("another_stop").await else { return };
    hub.plan(20).await;
    let agent = hub.person(Role::Agent).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let stop = route.stops[0].stop;
    hub.attempt(n, at(8, 0), stop, Outcome::FailedNotHome).await;
    let ops = hub.at(at(8, 3));
    let order = ops.find_orders(&agent, &route.stops[0].reference, 1).await.unwrap().hits[0].order;
    ops.reschedule(&agent, order, (at(12, 0), at(14, 0)), None).await.unwrap();
    let delivered = Deed::Delivered { stop, outcome: Outcome::DeliveredToRecipient, note: None };
    hub.report(n, at(8, 2) + TimeDelta::seconds(15), delivered).await;
    let mut conn = hub.database.read().await.unwrap();
    let order = store::orders::get(&mut conn, order).await.unwrap().unwrap();
    assert!(matches!(order.state, OrderState::Delivered { .. }), "{order:?}");
    assert!(hub.route(n, at(8, 10)).await.stops.iter().all(|s| s.reference != order.reference));
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_van_may_return_from_a_door_and_the_history_still_replays() {
    let Some(hub) = Hub::open("from_a_door").await else { return };
    hub.plan(20).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let stop = route.stops[0].stop;
    hub.report(n, at(8, 0), Deed::Arrived { stop }).await;
    hub.report(n, at(9, 0), Deed::Returned { route: route.route }).await;
    state_equals_history(&hub).await;
    // What was handed over before, and is heard of only now, was handed over.
    let delivered = Deed::Delivered { stop, outcome: Outcome::DeliveredToRecipient, note: None };
    let ops = hub.at(at(9, 5));
    let van = hub.van(&ops, n).await;
    let answer = ops.record_outcomes(&van, vec![report(at(8, 4), delivered)]).await.unwrap();
    assert_eq!(answer.results[0].result, ReportStatus::Stored, "{answer:?}");
    let mut conn = hub.database.read().await.unwrap();
    let stop = store::stops::get(&mut conn, stop).await.unwrap().unwrap();
    assert!(matches!(stop.state, StopState::Done { .. }));
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_report_of_an_impossible_time_is_refused_and_those_beside_it_are_not() {
    let Some(hub) = Hub::open("impossible_time").await else { return };
    hub.plan(20).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let ops = hub.at(at(8, 30));
    let van = hub.van(&ops, n).await;
    let stops = &route.stops;
    let delivered = |i: usize| Deed::Delivered {
        stop: stops[i].stop,
        outcome: Outcome::DeliveredToRecipient,
        note: None,
    };
    let long_ago: DateTime<Utc> = "2001-01-01T08:00:00Z".parse().unwrap();
    let before_christ: DateTime<Utc> = DateTime::from_timestamp(-300_000_000_000, 0).unwrap();
    let reports = vec![
        report(long_ago, delivered(0)),
        report(before_christ, delivered(0)),
        report(at(8, 50), delivered(0)),
        report(at(6, 0), delivered(0)),
        report(at(7, 30), delivered(1)),
        report(at(8, 0), Deed::Arrived { stop: stops[2].stop }),
        report(at(7, 50), delivered(2)),
        report(at(8, 10), Deed::Failed { stop: stops[3].stop, outcome: Outcome::DeliveredOther, note: None }),
    ];
    let answer = ops.record_outcomes(&van, reports).await.unwrap();
    let said: Vec<_> = answer.results.iter().map(|r| r.result).collect();
    use ReportStatus::{Refused, Stored};
    assert_eq!(said, [Refused, Refused, Refused, Refused, Stored, Stored, Stored, Refused], "{answer:?}");
    assert!(answer.results.iter().filter(|r| r.result == Refused).all(|r| r.why.is_some()));
    let mut conn = hub.database.read().await.unwrap();
    let of = async |conn: &mut store::Conn, i: usize| {
        store::stops::get(conn, stops[i].stop).await.unwrap().unwrap()
    };
    let StopState::Done { ended_at, .. } = of(&mut conn, 1).await.state else { panic!() };
    assert_eq!(ended_at, at(7, 32), "not before the vehicle left");
    let StopState::Done { arrived_at, ended_at, .. } = of(&mut conn, 2).await.state else { panic!() };
    assert!(arrived_at <= ended_at, "nobody leaves before coming");
    state_equals_history(&hub).await;
}

/// Where the van's next stop is, with the van on its way to it.
async fn under_way(hub: &Hub) -> (usize, wire::driver::DriverStop) {
    hub.plan(20).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    (n, route.stops[0].clone())
}

async fn state_of(hub: &Hub, stop: domain::StopId) -> StopState {
    let mut conn = hub.database.read().await.unwrap();
    store::stops::get(&mut conn, stop).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_phone_that_says_no_speed_arrives_all_the_same() {
    let Some(hub) = Hub::open("no_speed").await else { return };
    let (n, stop) = under_way(&hub).await;
    let ops = hub.at(at(8, 10));
    let van = hub.van(&ops, n).await;
    let stood = |k: i64| Fix {
        speed_mps: Some(-1.0),
        heading_deg: Some(-1.0),
        accuracy_m: Some(8.0),
        ..fix(at(8, 0) + TimeDelta::seconds(20 * k), stop.at.lat, stop.at.lon)
    };
    assert_eq!(ops.record_positions(&van, (0..12).map(stood).collect()).await.unwrap().stored, 12);
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(state_of(&hub, stop.stop).await, StopState::Arrived { at: at(8, 0) });
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn readings_that_come_after_newer_ones_are_interpreted() {
    let Some(hub) = Hub::open("buffered").await else { return };
    let (n, stop) = under_way(&hub).await;
    let ops = hub.at(at(8, 10));
    let van = hub.van(&ops, n).await;
    let away = fix(at(8, 10), stop.at.lat + 0.009, stop.at.lon);
    ops.record_positions(&van, vec![away]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(state_of(&hub, stop.stop).await, StopState::Pending);
    let stood = |k: i64| Fix {
        speed_mps: Some(0.0),
        ..fix(at(8, 3) + TimeDelta::seconds(20 * k), stop.at.lat, stop.at.lon)
    };
    ops.record_positions(&van, (0..10).map(stood).collect()).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(state_of(&hub, stop.stop).await, StopState::Arrived { at: at(8, 3) });
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_reading_that_may_be_anywhere_moves_neither_van_nor_estimate() {
    let Some(hub) = Hub::open("anywhere").await else { return };
    let (n, stop) = under_way(&hub).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let ops = hub.at(at(8, 0));
    let van = hub.van(&ops, n).await;
    let good = Fix { accuracy_m: Some(8.0), ..fix(at(7, 59), stop.at.lat + 0.02, stop.at.lon) };
    ops.record_positions(&van, vec![good]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let seen = async || {
        let board = ops.board(&dispatcher, None).await.unwrap();
        let mark = &board.vehicles[0];
        let route = board.routes.iter().find(|r| r.vehicle == mark.vehicle).unwrap().route;
        let eta = ops.route(&dispatcher, route).await.unwrap().stops[0].eta;
        ((mark.lat, mark.lon), eta)
    };
    let before = seen().await;
    assert!(before.1.is_some());
    let off = Fix { accuracy_m: Some(9_500.0), ..fix(at(7, 59) + TimeDelta::seconds(7), 35.83, 14.53) };
    let jump = fix(at(7, 59) + TimeDelta::seconds(14), 35.83, 14.53);
    assert_eq!(ops.record_positions(&van, vec![off]).await.unwrap().stored, 1);
    assert_eq!(ops.record_positions(&van, vec![jump]).await.unwrap().stored, 1);
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(seen().await, before);
}

#[tokio::test]
async fn nobody_knows_when_a_vehicle_off_the_road_will_be_anywhere() {
    let Some(hub) = Hub::open("off_the_road").await else { return };
    let (n, _) = under_way(&hub).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let ops = hub.at(at(8, 0));
    ops.watch(&Caller::timer()).await.unwrap();
    let etas = async |ops: &operations::Operations| {
        let route = ops
            .board(&dispatcher, None)
            .await
            .unwrap()
            .routes
            .iter()
            .find(|r| r.label == "Van 01")
            .unwrap()
            .route;
        ops.route(&dispatcher, route).await.unwrap().stops.iter().filter(|s| s.eta.is_some()).count()
    };
    assert!(etas(&ops).await > 0);
    hub.report(n, at(8, 1), Deed::OffRoad { reason: "clutch".into() }).await;
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(etas(&ops).await, 0);
    let order =
        ops.find_orders(&dispatcher, &hub.route(n, at(8, 1)).await.stops[0].reference, 1).await.unwrap();
    let ahead = ops.order(&dispatcher, order.hits[0].order).await.unwrap().ahead.unwrap();
    assert!(ahead.off_road && ahead.eta.is_none(), "{ahead:?}");
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows[0].kind, ExceptionKind::Breakdown, "it holds many promises");
    assert_eq!(ops.board(&dispatcher, None).await.unwrap().routes[0].label, "Van 01");
    // It is not back on the road sooner than in half an hour, so what it cannot reach by then is late already.
    let route = hub.route(n, at(8, 1)).await;
    let ends = route.stops.iter().map(|s| s.window_until).min().unwrap();
    let late_before = async |minutes: i64| {
        let ops = hub.at(ends - TimeDelta::minutes(minutes));
        ops.watch(&Caller::timer()).await.unwrap();
        let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
        queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late).count()
    };
    assert_eq!(late_before(90).await, 0);
    assert!(late_before(25).await > 0);
    // Promises that have passed are late whatever anybody knows.
    let noon = hub.at(at(12, 0));
    noon.watch(&Caller::timer()).await.unwrap();
    let queue = noon.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert!(queue.rows.iter().any(|r| r.kind == ExceptionKind::Late && r.label.as_deref() == Some("Van 01")));
    hub.report(n, at(12, 1), Deed::Recovered).await;
    noon.watch(&Caller::timer()).await.unwrap();
    assert!(etas(&noon).await > 0);
}

#[tokio::test]
async fn reports_of_one_vehicle_at_the_same_moment_are_all_stored() {
    let Some(hub) = Hub::open("at_once").await else { return };
    let (n, _) = under_way(&hub).await;
    let ops = hub.at(at(8, 0));
    let van = hub.van(&ops, n).await;
    let deeds =
        (0..24).map(|k| if k % 2 == 0 { Deed::OffRoad { reason: "clutch".into() } } else { Deed::Recovered });
    let report = |what| {
        let (ops, van) = (ops.clone(), van.clone());
        tokio::spawn(async move { ops.record_outcomes(&van, vec![report(at(7, 59), what)]).await })
    };
    let results: Vec<_> = deeds.map(report).collect();
    for answer in results {
        assert_eq!(answer.await.unwrap().unwrap().results[0].result, ReportStatus::Stored);
    }
    state_equals_history(&hub).await;
}
