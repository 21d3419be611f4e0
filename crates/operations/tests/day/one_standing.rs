//! One order stands the same wherever it is named, an exception says its cause, and a story runs forwards.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order},
};
use chrono::TimeDelta;
use domain::{ExceptionKind, Outcome, Role, Standing};
use operations::{Caller, Operations};
use wire::{
    driver::Deed,
    machine::PlaceOrders,
    staff::{
        control_room::Freedom,
        deliveries::{Progress, StoryFact},
        exceptions::QueueFilter,
    },
};

/// How a search, the order's own page and its stop on the route say that it stands.
async fn standings(
    ops: &Operations,
    who: &Caller,
    reference: &str,
) -> (Standing, Standing, Option<Standing>) {
    let found = ops.find_orders(who, reference, 1).await.unwrap();
    let hit = found.hits.into_iter().find(|hit| hit.reference == reference).unwrap();
    let page = ops.order(who, hit.order).await.unwrap();
    let mut on_route = None;
    for row in ops.board(who, None).await.unwrap().routes {
        let stops = ops.route(who, row.route).await.unwrap().stops;
        on_route =
            on_route.or(stops.into_iter().find(|stop| stop.reference == reference).map(|s| s.standing));
    }
    (hit.standing, page.hit.standing, on_route)
}

#[tokio::test]
async fn a_search_shows_an_order_as_its_own_page_and_the_map_do() {
    let Some(hub) = Hub::open("one_standing").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(12).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let first = &route.stops[0];
    let last = route.stops.last().unwrap();

    hub.attempt(n, at(8, 5), first.stop, Outcome::DeliveredToRecipient).await;
    let mut seen = vec![];
    for now in [at(8, 10), at(11, 25), at(11, 40)] {
        let ops = hub.at(now);
        ops.watch(&Caller::timer()).await.unwrap();
        let (search, page, on_route) = standings(&ops, &dispatcher, &last.reference).await;
        assert_eq!((Some(search), Some(page)), (on_route, on_route), "at {now}");
        seen.push(search);
        let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
        let rows = queue.rows.iter().filter(|row| row.reference.as_deref() == Some(&last.reference));
        rows.for_each(|row| assert_eq!(row.standing, search, "the queue, at {now}"));
    }
    assert_eq!((seen[0], seen[2]), (Standing::OnTime, Standing::Late), "{seen:?}");

    // Delivered in time, and delivered after the window: both are over, and only one of them was late.
    hub.attempt(n, at(11, 45), last.stop, Outcome::DeliveredToRecipient).await;
    let ops = hub.at(at(11, 50));
    for (reference, expected) in [(&first.reference, Standing::Done), (&last.reference, Standing::Late)] {
        let (search, page, on_route) = standings(&ops, &dispatcher, reference).await;
        assert_eq!((search, page, on_route), (expected, expected, Some(expected)));
    }
}

#[tokio::test]
async fn a_failure_says_its_cause_and_an_order_that_a_plan_would_place_says_so() {
    let Some(hub) = Hub::open("causes").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let agent = hub.person(Role::Agent).await;
    hub.plan(12).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 5), route.stops[0].stop, Outcome::FailedPaymentNotReceived).await;

    let ops = hub.at(at(8, 10));
    let shop = hub.shop(&ops).await;
    let late = ops
        .place_orders(&shop, PlaceOrders::Single(Box::new(order(900, at(9, 0), at(14, 0)))))
        .await
        .unwrap();
    let late = late.results[0].order.unwrap();
    let waiting = ops.waiting_orders(&agent, None, 1).await.unwrap();
    assert_eq!(waiting.hits.iter().map(|hit| hit.order).collect::<Vec<_>>(), [late]);
    assert_eq!((waiting.hits[0].progress, waiting.hits[0].standing), (Progress::Placed, Standing::Unknown));
    ops.watch(&Caller::timer()).await.unwrap();

    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let failed = queue.rows.iter().find(|row| row.kind == ExceptionKind::Failed).unwrap();
    assert_eq!(failed.cause, Some(Outcome::FailedPaymentNotReceived));
    assert_eq!(failed.note.as_deref(), Some("nobody opened"));
    assert!(failed.phone.as_deref().is_some_and(|phone| phone.starts_with("+356")));
    let unplanned = queue.rows.iter().find(|row| row.order == Some(late)).unwrap();
    assert_eq!((unplanned.kind, &unplanned.placed_on), (ExceptionKind::Unplanned, &None));

    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let offered = proposal.answers.iter().rfind(|answer| answer.freedom != Freedom::Free);
    let offered = offered.unwrap_or(&proposal.answers[0]);
    let change = offered.changes.iter().find(|change| change.order == late).unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let unplanned = queue.rows.iter().find(|row| row.order == Some(late)).unwrap();
    assert_eq!(unplanned.placed_on.as_ref(), Some(&change.to), "the plan that waits would place it");
}

#[tokio::test]
async fn a_story_begins_with_the_order_and_runs_forwards() {
    let Some(hub) = Hub::open("stories").await else { return };
    let agent = hub.person(Role::Agent).await;
    hub.plan(8).await;
    // The round that misses a place for it looked at its clock before the order was written.
    let ops = hub.at(at(8, 10));
    let shop = hub.shop(&ops).await;
    let placed = ops
        .place_orders(&shop, PlaceOrders::Single(Box::new(order(901, at(9, 0), at(14, 0)))))
        .await
        .unwrap();
    let id = placed.results[0].order.unwrap();
    hub.at(at(8, 10) - TimeDelta::milliseconds(200)).watch(&Caller::timer()).await.unwrap();

    let story = ops.order(&agent, id).await.unwrap().story;
    assert!(matches!(story[0].what, StoryFact::Placed { .. }), "{story:?}");
    assert!(matches!(story[1].what, StoryFact::ExceptionRaised { .. }), "{story:?}");
    assert!(story[1..].is_sorted_by_key(|line| line.at), "{story:?}");

    // What is done in one moment stays in the order in which it was done.
    let queue = ops.queue(&agent, None, QueueFilter::Unresolved).await.unwrap();
    let raised = queue.rows.iter().find(|row| row.order == Some(id)).unwrap().id;
    ops.claim(&agent, raised).await.unwrap();
    ops.resolve(&agent, raised, "Recipient told".into()).await.unwrap();
    ops.reopen(&agent, raised).await.unwrap();
    let story = ops.order(&agent, id).await.unwrap().story;
    let ends: Vec<_> = story.iter().rev().take(4).map(|line| &line.what).collect();
    use StoryFact::{ExceptionClaimed, ExceptionReopened, ExceptionResolved};
    assert!(
        matches!(ends[..], [ExceptionClaimed, ExceptionReopened, ExceptionResolved { .. }, ExceptionClaimed]),
        "{story:?}"
    );
}

/// Whoever presses twice has said it once, and is told of no fault.
#[tokio::test]
async fn what_is_said_twice_is_said_once() {
    let Some(hub) = Hub::open("twice").await else { return };
    hub.plan(8).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 10), route.stops[0].stop, Outcome::FailedNotHome).await;
    let ops = hub.at(at(8, 20));
    let (agent, dispatcher, other) = (
        hub.person(Role::Agent).await,
        hub.person(Role::Dispatcher).await,
        hub.person(Role::Administrator).await,
    );
    let shop = hub.shop(&ops).await;
    let late = order(900, at(12, 0), at(16, 0));
    ops.place_orders(&shop, PlaceOrders::Single(Box::new(late))).await.unwrap();
    let waiting = ops.find_orders(&agent, "BOO-000900", 1).await.unwrap().hits[0].order;
    for _ in 0..2 {
        ops.cancel_order(&agent, waiting).await.unwrap();
    }
    let story = ops.order(&agent, waiting).await.unwrap().story;
    assert_eq!(story.iter().filter(|line| line.what == StoryFact::Cancelled).count(), 1, "{story:?}");

    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let failed = queue.rows.iter().find(|row| row.kind == ExceptionKind::Failed).unwrap().id;
    for _ in 0..2 {
        ops.resolve(&dispatcher, failed, "Recipient told".into()).await.unwrap();
    }
    let again = ops.resolve(&other, failed, "Recipient told".into()).await;
    assert!(again.is_err(), "somebody else hears that it is resolved");
    state_equals_history(&hub).await;
    hub.close().await;
}

/// Undoing brings back what was there before, and takes nothing from anybody.
#[tokio::test]
async fn who_undoes_a_resolution_has_what_was_theirs_before() {
    let Some(hub) = Hub::open("undone").await else { return };
    hub.plan(8).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    for (place, minute) in [(0, 10), (1, 16)] {
        hub.attempt(n, at(8, minute), route.stops[place].stop, Outcome::FailedNotHome).await;
    }
    let ops = hub.at(at(8, 20));
    let (dispatcher, other) = (hub.person(Role::Dispatcher).await, hub.person(Role::Administrator).await);
    let owners = async || {
        let rows = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows;
        let failed = rows.into_iter().filter(|row| row.kind == ExceptionKind::Failed);
        let mut failed: Vec<_> = failed.map(|row| (row.id, row.owner.map(|owner| owner.name))).collect();
        failed.sort_by_key(|(id, _)| *id);
        failed
    };
    let [(mine, _), (nobodys, _)] = owners().await[..] else { panic!("two failures") };
    ops.claim(&dispatcher, mine).await.unwrap();
    let before = owners().await;
    for id in [mine, nobodys] {
        ops.resolve(&dispatcher, id, "Called".into()).await.unwrap();
        ops.reopen(&dispatcher, id).await.unwrap();
    }
    assert_eq!(owners().await, before);
    assert!(before[0].1.is_some() && before[1].1.is_none(), "{before:?}");

    // A page that has grown stale offers the undo of what somebody works on by now.
    ops.claim(&other, nobodys).await.unwrap();
    let claimed = owners().await;
    ops.reopen(&dispatcher, nobodys).await.unwrap();
    assert_eq!(owners().await, claimed);
    state_equals_history(&hub).await;
    hub.close().await;
}

/// A promise that moved after an attempt makes no late attempt one in time: the strip counts what the figures count.
#[tokio::test]
async fn the_strip_and_the_figures_judge_an_attempt_by_the_promise_of_its_time() {
    let Some(hub) = Hub::open("judged").await else { return };
    let (dispatcher, manager) = (hub.person(Role::Dispatcher).await, hub.person(Role::Manager).await);
    hub.plan(12).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 10), route.stops[0].stop, Outcome::DeliveredToRecipient).await;
    let late = &route.stops[1];
    hub.attempt(n, at(11, 45), late.stop, Outcome::FailedNotHome).await;
    let ops = hub.at(at(11, 50));
    let order = ops.find_orders(&dispatcher, &late.reference, 1).await.unwrap().hits[0].order;
    let tomorrow = TimeDelta::days(1);
    ops.reschedule(&dispatcher, order, (at(12, 0) + tomorrow, at(14, 0) + tomorrow), None).await.unwrap();
    let counts = ops.board(&dispatcher, None).await.unwrap().counts;
    let figure = ops.figures(&manager, None, None).await.unwrap().on_time_latest;
    assert_eq!((counts.on_time, counts.done), (1, 2));
    assert_eq!((figure.part, figure.whole), (1, 2));
    hub.close().await;
}
