//! A whole day through the verbs, on a real database: what the screens show, and what the history adds up to.

use crate::common::{Hub, at, fix, order, report, well};
use chrono::TimeDelta;
use domain::{ExceptionKind, Outcome, Refusal, Role, Service};
use operations::{Caller, OpsError, Origin};
use sqlx::{Connection, PgConnection, Row};
use wire::{
    driver::{Deed, Fix, ReportStatus},
    machine::{PlaceOrders, PlaceStatus},
    staff::{control_room::Freedom, exceptions::QueueFilter, figures::FigureKind},
};

/// What the tables hold must be what the events add up to, through the domain's own transitions.
pub async fn state_equals_history(hub: &Hub) {
    let replay = hub.at(at(20, 0)).replay().await.unwrap();
    assert_eq!(replay.differences, Vec::<String>::new());
    assert!(replay.orders > 0);
}

#[tokio::test]
async fn a_day_adds_up() {
    let Some(hub) = Hub::open("a_day_adds_up").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let agent = hub.person(Role::Agent).await;
    let manager = hub.person(Role::Manager).await;
    hub.plan_mixed(45).await;

    // Three vans leave; the fourth is still at the hub until noon.
    let mut failed = None;
    let routed = hub.routed(at(7, 20)).await;
    assert_eq!(
        routed.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        [1, 2, 3],
        "the work is spread over the morning's vans"
    );
    for (n, route) in routed {
        hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
        let mut now = at(8, 0);
        for (i, stop) in route.stops.iter().take(6).enumerate() {
            let fails = n == 1 && i >= 2 && failed.is_none() && stop.service == Service::Deliver;
            let outcome = if fails { Outcome::FailedNotHome } else { well(stop) };
            hub.attempt(n, now, stop.stop, outcome).await;
            if fails {
                failed = Some(stop.reference.clone());
            }
            now += TimeDelta::minutes(6);
        }
    }
    state_equals_history(&hub).await;

    // The board counts what happened.
    let ops = hub.at(at(8, 40));
    let board = ops.board(&dispatcher, None).await.unwrap();
    assert_eq!(
        (board.counts.stops, board.counts.done, board.counts.failed, board.counts.on_time),
        (45, 18, 1, 18)
    );
    assert_eq!(board.head.revision, Some(1));

    // The failure is in the queue; one takes it, the other cannot.
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let row = queue.rows.iter().find(|r| r.kind == ExceptionKind::Failed).unwrap();
    assert_eq!(row.reference, failed);
    ops.claim(&dispatcher, row.id).await.unwrap();
    ops.claim(&dispatcher, row.id).await.unwrap();
    let second = ops.claim(&agent, row.id).await;
    assert!(matches!(second, Err(OpsError::Refused(Refusal::ExceptionOwned))), "{second:?}");
    let denied = ops.claim(&manager, row.id).await;
    assert!(matches!(denied, Err(OpsError::NotAllowed { role: Role::Manager })), "{denied:?}");
    ops.release(&dispatcher, row.id).await.unwrap();

    // The agent finds the order and gets windows from the live plan: only the van that carries it can serve it.
    let hits = ops.find_orders(&agent, failed.as_deref().unwrap(), 1).await.unwrap();
    assert_eq!(hits.hits.len(), 1);
    let id = hits.hits[0].order;
    let slots = ops.slots(&agent, id).await.unwrap();
    let today: Vec<_> = slots.slots.iter().filter(|s| s.label.is_some()).collect();
    assert!(!today.is_empty(), "{slots:?}");
    assert!(today.iter().all(|s| s.label.as_deref() == Some("Van 01") && s.extra_min.is_some()));
    let window = today[0].window;
    assert!(today[0].eta.is_some_and(|eta| eta >= window.from && eta <= window.until));
    // A page that shows another promise, or a price that is no longer so, books nothing.
    let parts: Vec<&str> = today[0].quote.split('_').collect();
    let [promised, extra, late] = parts[..] else { panic!("{parts:?}") };
    let asked = (window.from.to_utc(), window.until.to_utc());
    let cheaper = extra.parse::<i64>().unwrap() - 4;
    let gone = [
        format!("{promised}0_{extra}_{late}"),
        format!("{promised}_{cheaper}_{late}"),
        format!("{promised}__{late}"),
    ];
    for gone in gone {
        let refused = ops.reschedule(&agent, id, asked, Some(&gone)).await;
        assert!(matches!(refused, Err(OpsError::QuoteGone)), "{gone:?}: {refused:?}");
    }
    ops.reschedule(&agent, id, asked, Some(&today[0].quote)).await.unwrap();
    let view = ops.order(&agent, id).await.unwrap();
    assert_eq!(view.hit.window, window);
    assert_eq!(view.ahead.map(|a| a.label).as_deref(), Some("Van 01"));
    // An older tab books what is booked already, which changes nothing; and what it has is no offer.
    ops.reschedule(&agent, id, asked, Some(&today[0].quote)).await.unwrap();
    assert_eq!(ops.order(&agent, id).await.unwrap().story, view.story);
    ops.watch(&Caller::timer()).await.unwrap();
    let others = ops.slots(&agent, id).await.unwrap().slots;
    assert!(!others.is_empty() && others.iter().all(|s| s.window != window), "{others:?}");
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert!(queue.rows.iter().all(|r| r.kind != ExceptionKind::Failed), "booking settles the failure");
    assert_eq!(ops.board(&dispatcher, None).await.unwrap().head.revision, Some(2));
    state_equals_history(&hub).await;

    // Late orders find a place in the van that has not left; the others are not shuffled.
    let shop = hub.shop(&ops).await;
    let late = (100..104).map(|n| order(n, at(12, 0), at(18, 0))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders: late }).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows.iter().filter(|r| r.kind == ExceptionKind::Unplanned).count(), 4);
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let least = proposal.answers.first().unwrap();
    assert_eq!((least.gains.unplanned_before, least.gains.unplanned_after), (4, 0));
    assert_eq!((least.gains.promises_kept, least.gains.promises_lost), (4, 0));
    assert_eq!(least.gains.moved, 0, "what is loaded stays: {proposal:?}");
    assert!(least.changes.iter().filter(|c| c.from.is_none()).all(|c| c.to == "Van 04"), "{proposal:?}");
    let accept =
        async |caller, based_on| ops.accept_proposal(caller, proposal.id, based_on, Freedom::Least).await;
    let stale = accept(&dispatcher, proposal.based_on - 1).await;
    assert!(matches!(stale, Err(OpsError::Refused(Refusal::PlanStale))), "{stale:?}");
    assert!(matches!(accept(&agent, 2).await, Err(OpsError::NotAllowed { .. })));
    let revision = accept(&dispatcher, proposal.based_on).await.unwrap();
    assert_eq!(revision, 3);
    let again = accept(&dispatcher, proposal.based_on).await;
    assert!(again.is_err(), "accepting twice: {again:?}");
    assert_eq!(hub.route(4, at(8, 45)).await.stops.len(), 4);
    state_equals_history(&hub).await;

    // The rest of the day, and back to the hub with what nobody attempted.
    for n in 1..=3 {
        let route = hub.route(n, at(10, 0)).await;
        let mut now = at(10, 0);
        for stop in route.stops.iter().take(5) {
            hub.attempt(n, now, stop.stop, well(stop)).await;
            now += TimeDelta::minutes(5);
        }
        hub.report(n, at(12, 0), Deed::Returned { route: route.route }).await;
    }
    state_equals_history(&hub).await;
    figures_equal_sql(&hub, &manager).await;
}

/// Every figure equals a separate SQL query over the events.
async fn figures_equal_sql(hub: &Hub, manager: &Caller) {
    let ops = hub.at(at(13, 0));
    let figures = ops.figures(manager, None, None).await.unwrap();
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let row = sqlx::query(
        "with a as (
             select facts->'attempt' as a, facts->'promise' as p from events where kind = 'attempt_made'
         )
         select count(*) as made, count(*) filter (where a->>'outcome' not like 'failed%') as delivered,
                count(*) filter (where a->>'outcome' in ('collected', 'exchanged')) as taken,
                count(*) filter (where (a->>'arrived_at')::timestamptz <= (coalesce(p->'latest', p->'original')->>'until')::timestamptz) as latest,
                count(*) filter (where (a->>'arrived_at')::timestamptz <= (p->'original'->>'until')::timestamptz) as original,
                count(*) filter (where (a->>'number')::int = 1) as firsts,
                count(*) filter (where (a->>'number')::int = 1 and a->>'outcome' not like 'failed%') as first_ok,
                count(*) filter (where a->>'outcome' = 'failed_not_home') as not_home
         from a",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    let n = |name: &str| row.get::<i64, _>(name);
    assert!(n("made") > 30 && n("taken") > 3);
    assert_eq!((figures.on_time_latest.part, figures.on_time_latest.whole), (n("latest"), n("made")));
    assert_eq!((figures.on_time_original.part, figures.on_time_original.whole), (n("original"), n("made")));
    assert_eq!((figures.first_attempt.part, figures.first_attempt.whole), (n("first_ok"), n("firsts")));
    assert_eq!(figures.failed.len(), 1);
    assert_eq!((figures.failed[0].share.part, figures.failed[0].share.whole), (n("not_home"), n("made")));
    assert_eq!(figures.stops, n("made"));
    let kept: (i64, i64) = sqlx::query_as(
        "with placed as (
             select order_id, (facts->'order'->'promised'->>'until')::timestamptz as until
             from events where kind = 'order_placed'
         )
         select count(*) filter (where exists (
                    select from events a where a.order_id = p.order_id and a.kind = 'attempt_made'
                        and a.facts->'attempt'->>'outcome' not like 'failed%'
                        and (a.facts->'attempt'->>'arrived_at')::timestamptz <= p.until)),
                count(*)
         from placed p where until <= $1",
    )
    .bind(at(13, 0))
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!(kept.1 > kept.0 && kept.0 > 30, "{kept:?}");
    assert_eq!((figures.promises_kept.part, figures.promises_kept.whole), kept);
    let lengths: i64 = figures.promises_by_length.iter().map(|s| s.whole).sum();
    assert_eq!(lengths, kept.1);
    let hours: f64 = sqlx::query_scalar(
        "select sum(extract(epoch from (f.occurred_at - d.occurred_at)) / 3600)::float8
         from events d join events f on f.route_id = d.route_id and f.kind = 'route_finished'
         where d.kind = 'route_departed'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!((figures.road_hours - hours).abs() < 1e-6, "{} {hours}", figures.road_hours);
    assert!((figures.stops_per_hour.unwrap() - n("made") as f64 / hours).abs() < 1e-6);
    assert!((figures.delivered_per_hour.unwrap() - n("delivered") as f64 / hours).abs() < 1e-6);
    let shares =
        [figures.on_time_latest, figures.on_time_original, figures.first_attempt, figures.failed[0].share];
    for share in shares {
        assert!((share.percent.unwrap() - 100.0 * share.part as f64 / share.whole as f64).abs() < 1e-9);
    }
    let by_hour: Vec<(chrono::DateTime<chrono::Utc>, i64, i64)> = sqlx::query_as(
        "select date_trunc('hour', occurred_at),
                count(*) filter (where (facts->'attempt'->>'arrived_at')::timestamptz
                                    <= (coalesce(facts->'promise'->'latest', facts->'promise'->'original')->>'until')::timestamptz),
                count(*)
         from events where kind = 'attempt_made' group by 1 order by 1",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let bars: Vec<_> =
        figures.hours.iter().map(|h| (h.hour.to_utc(), h.on_time.part, h.on_time.whole)).collect();
    assert_eq!(bars, by_hour);
    assert!(by_hour.len() > 1);

    let rows = ops.figure_rows(manager, None, None, FigureKind::Failed, 1).await.unwrap();
    assert_eq!(rows.attempts.iter().filter(|a| a.counts).count() as i64, n("not_home"));
    assert!(rows.attempts[0].counts, "the failed come first");
}

#[tokio::test]
async fn sending_twice_changes_nothing() {
    let Some(hub) = Hub::open("sending_twice").await else { return };
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let ask = PlaceOrders::Single(Box::new(order(1, at(8, 0), at(16, 0))));
    let first = ops.place_orders(&shop, ask.clone()).await.unwrap();
    let second = ops.place_orders(&shop, ask.clone()).await.unwrap();
    assert_eq!(first.results[0].result, PlaceStatus::Placed);
    assert_eq!(second.results[0].result, PlaceStatus::Known);
    assert_eq!(first.results[0].order, second.results[0].order);
    let after_its_window = hub.at(at(18, 0)).place_orders(&shop, ask).await.unwrap();
    assert_eq!(after_its_window, second);

    let mut bad = order(2, at(8, 0), at(16, 0));
    bad.packages.clear();
    let passed = order(3, at(4, 0), at(5, 0));
    let orders = vec![bad, passed, order(4, at(8, 0), at(16, 0)), order(4, at(8, 0), at(16, 0))];
    let mixed = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    let said: Vec<_> = mixed.results.iter().map(|r| r.result).collect();
    assert_eq!(said, [PlaceStatus::Refused, PlaceStatus::Refused, PlaceStatus::Placed, PlaceStatus::Refused]);
    assert!(mixed.results[1].why.as_deref().unwrap().contains("window_until has passed"));

    hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let ops = hub.at(at(7, 40));
    let (n, route) = hub.routed(at(7, 40)).await.remove(0);
    let van = hub.van(&ops, n).await;
    let departed = report(at(7, 35), Deed::Departed { route: route.route });
    let answer = |r| async { ops.record_outcomes(&van, vec![r]).await.unwrap().results.remove(0).result };
    assert_eq!(answer(departed.clone()).await, ReportStatus::Stored);
    assert_eq!(answer(departed).await, ReportStatus::Known);
    assert_eq!(answer(report(at(7, 36), Deed::Departed { route: route.route })).await, ReportStatus::Refused);
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_position_is_stored_once_and_the_newest_wins() {
    let Some(hub) = Hub::open("a_position").await else { return };
    hub.plan(8).await;
    let ops = hub.at(at(8, 0));
    let van = hub.van(&ops, 1).await;
    let fix = |minute: u32, lat: f64| {
        let (speed_mps, heading_deg, accuracy_m) = (Some(8.0), Some(90.0), Some(6.0));
        Fix { speed_mps, heading_deg, accuracy_m, ..fix(at(7, minute), lat, 14.45) }
    };
    let first = ops.record_positions(&van, vec![fix(40, 35.901), fix(41, 35.902)]).await.unwrap();
    assert_eq!((first.stored, first.known), (2, 0));
    let again =
        ops.record_positions(&van, vec![fix(41, 35.902), fix(42, 35.903), fix(30, 35.9)]).await.unwrap();
    assert_eq!((again.stored, again.known), (2, 1));
    let future = ops.record_positions(&van, vec![Fix { at: at(9, 0), ..fix(0, 35.9) }]).await.unwrap();
    assert_eq!((future.stored, future.refused.len()), (0, 1));

    let dispatcher = hub.person(Role::Dispatcher).await;
    let board = ops.board(&dispatcher, None).await.unwrap();
    // The others wait at the hub, and stand there.
    let heard: Vec<_> = board.vehicles.iter().filter(|mark| mark.heading_deg.is_some()).collect();
    assert_eq!(heard.len(), 1);
    assert!((heard[0].lat - 35.903).abs() < 1e-9, "an older reading came later and did not win");
}

#[tokio::test]
async fn a_silent_van_and_a_late_promise_are_raised_and_settle_by_themselves() {
    let Some(hub) = Hub::open("a_silent_van").await else { return };
    hub.plan(12).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;

    let ops = hub.at(at(7, 48));
    ops.watch(&Caller::timer()).await.unwrap();
    let kinds =
        |queue: wire::staff::exceptions::QueueView| queue.rows.iter().map(|r| r.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds(ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap()),
        [ExceptionKind::Silent]
    );

    let van = hub.van(&ops, n).await;
    let fix = Fix { speed_mps: Some(0.0), ..fix(at(7, 48), 35.9, 14.45) };
    ops.record_positions(&van, vec![fix]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    assert!(ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows.is_empty());

    // At 11:31 nothing more can be kept.
    let ops = hub.at(at(11, 31));
    let van = hub.van(&ops, n).await;
    ops.record_positions(&van, vec![Fix { at: at(11, 31), ..fix }]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let late =
        queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late && r.route == Some(route.route)).count();
    assert!(late >= route.stops.len() - 1, "{late} of {}", route.stops.len());
    let estimates = ops.estimates(&hub.machine(&ops).await, None).await.unwrap();
    let said_late: Vec<_> = estimates.stops.iter().filter(|s| s.late).map(|s| &s.reference).collect();
    let in_queue: Vec<_> = queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late).collect();
    assert_eq!(said_late.len(), in_queue.len());
    assert!(in_queue.iter().all(|row| row.reference.iter().all(|name| said_late.contains(&name))));
    assert!(
        estimates
            .stops
            .iter()
            .all(|s| s.expected.is_some() && s.left == route.stops.iter().any(|o| o.stop == s.stop))
    );
    assert!(ops.estimates(&dispatcher, None).await.is_err(), "people read the board");
    let everywhere = queue.rows.iter().filter(|r| r.kind == ExceptionKind::Late).count() as i64;
    assert_eq!(
        ops.board(&dispatcher, None).await.unwrap().counts.late,
        everywhere,
        "the strip counts the same"
    );
    let before = queue.rows.len();
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(
        ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows.len(),
        before,
        "once is enough"
    );
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn standing_at_the_door_is_an_arrival_even_if_nobody_says_so() {
    let Some(hub) = Hub::open("standing_at_the_door").await else { return };
    hub.plan(8).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let first = &route.stops[0];
    let stand = |minute: u32, second: i64| {
        let at = at(8, minute) + TimeDelta::seconds(second);
        Fix { speed_mps: Some(0.2), accuracy_m: Some(5.0), ..fix(at, first.at.lat, first.at.lon) }
    };
    let ops = hub.at(at(8, 5));
    let van = hub.van(&ops, n).await;
    ops.record_positions(&van, vec![stand(3, 0), stand(3, 30)]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let dispatcher = hub.person(Role::Dispatcher).await;
    let arrived = |v: wire::staff::control_room::RouteView| v.stops[0].arrived.map(|at| at.to_utc());
    assert_eq!(
        arrived(ops.route(&dispatcher, route.route).await.unwrap()),
        None,
        "half a minute is a traffic light"
    );
    ops.record_positions(&van, vec![stand(4, 30), stand(4, 50)]).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(arrived(ops.route(&dispatcher, route.route).await.unwrap()), Some(at(8, 3)));
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn links_sessions_and_passwords() {
    let Some(hub) = Hub::open("links_sessions").await else { return };
    let ops = hub.at(at(8, 0));
    let id = ops.add_person("Kim", Role::Agent, Some("correct horse battery")).await.unwrap();
    let wrong = ops.sign_in("Kim", "incorrect horse", &Origin::default()).await;
    assert!(matches!(wrong, Err(OpsError::WrongPassword)));
    assert!(matches!(
        ops.sign_in("Nobody", "correct horse battery", &Origin::default()).await,
        Err(OpsError::WrongPassword)
    ));
    let secret = ops.sign_in("kim", "correct horse battery", &Origin::default()).await.unwrap().session;
    let caller = ops.who(&secret).await.unwrap().unwrap();
    assert_eq!(ops.me(&caller).await.unwrap().id, id);
    ops.sign_out(&caller).await.unwrap();
    assert!(ops.who(&secret).await.unwrap().is_none(), "a session that was signed out is over");

    let link = ops.add_sign_in_link(id).await.unwrap();
    ops.sign_in_by_link(&link, &Origin::default()).await.unwrap();
    assert!(matches!(ops.sign_in_by_link(&link, &Origin::default()).await, Err(OpsError::LinkSpent)));
    assert!(matches!(ops.add_person("X", Role::Agent, Some("short")).await, Err(OpsError::WeakPassword(_))));
}
