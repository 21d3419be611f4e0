//! Vans that are out come by the hub for what came in after they left.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, report},
};
use chrono::TimeDelta;
use domain::{OrderId, Outcome, Overtaken, Refusal, Role};
use operations::{Caller, Operations, OpsError};
use wire::{
    driver::{Deed, DriverRoute, ReportStatus},
    machine::PlaceOrders,
    staff::control_room::Freedom,
};

/// All of the morning's vans leave.
pub async fn leave(hub: &Hub) -> Vec<usize> {
    let mut vans = vec![];
    for (van, route) in hub.routed(at(7, 20)).await {
        if van != 4 {
            hub.report(van, at(7, 30), Deed::Departed { route: route.route }).await;
            vans.push(van);
        }
    }
    vans
}

/// An order for this morning comes in, when everybody is out.
pub async fn late_order(hub: &Hub, ops: &Operations, number: usize) -> (OrderId, String) {
    let shop = hub.shop(ops).await;
    let asked = PlaceOrders::Single(Box::new(order(number, at(9, 0), at(11, 30))));
    let placed = ops.place_orders(&shop, asked).await.unwrap();
    (placed.results[0].order.unwrap(), placed.results[0].reference.clone())
}

/// The van that is to come by, with its route.
async fn fetcher(hub: &Hub, now: chrono::DateTime<chrono::Utc>) -> (usize, DriverRoute) {
    let mut all = hub.routed(now).await;
    all.retain(|(_, route)| route.reload_before.is_some());
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn planned(hub: &Hub) -> (Caller, OrderId, usize, DriverRoute) {
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(36).await;
    leave(hub).await;
    let (order, reference) = late_order(hub, &hub.at(at(7, 38)), 900).await;
    hub.at(at(7, 38)).watch(&Caller::timer()).await.unwrap();
    let ops = hub.at(at(7, 39));
    assert!(ops.react(&Caller::timer()).await.unwrap());
    let proposal = ops.board(&dispatcher, None).await.unwrap().proposal.unwrap();
    let least = &proposal.answers[0];
    assert_eq!((least.gains.promises_kept, least.gains.promises_lost, least.gains.moved), (1, 0, 0));
    let change = least.changes.iter().find(|change| change.reference == reference).unwrap();
    assert!(change.fetched && change.from.is_none(), "{change:?}");
    assert!(least.changes.iter().all(|other| other.fetched == (other.reference == reference)));
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await.unwrap();
    let (van, route) = fetcher(hub, at(7, 39)).await;
    (dispatcher, order, van, route)
}

#[tokio::test]
async fn an_urgent_order_is_fetched_by_a_van_that_is_out() {
    let Some(hub) = Hub::open("fetched").await else { return };
    let (dispatcher, urgent, van, route) = planned(&hub).await;
    state_equals_history(&hub).await;
    let lacks: Vec<_> = route.stops.iter().filter(|stop| !stop.aboard).collect();
    assert_eq!(lacks.len(), 1, "{route:?}");
    let (fetched, before) = (lacks[0].stop, route.reload_before.unwrap());
    let place = |stop| route.stops.iter().position(|s| s.stop == stop).unwrap();
    assert!((1..=place(fetched)).contains(&place(before)));

    // The dispatcher sees it coming, and the estimates reckon with it.
    let ops = hub.at(at(7, 40));
    ops.watch(&Caller::timer()).await.unwrap();
    let view = ops.route(&dispatcher, route.route).await.unwrap();
    let reload = view.reload.unwrap();
    assert_eq!((reload.before, reload.orders), (before, 1));
    let eta = |stop| view.stops.iter().find(|s| s.stop == stop).unwrap().eta.unwrap();
    assert!(reload.at < eta(before) - TimeDelta::minutes(5));
    let last = route.stops[place(before) - 1].stop;
    assert!(reload.at > eta(last));

    // A plan that is made now leaves it so.
    if let Some(again) = ops.propose_plan(&dispatcher, None).await.unwrap() {
        assert!(again.answers[0].gains.promises_lost == 0, "{again:?}");
    }

    // The stops before, the hub, and then all of the rest.
    let mut now = at(8, 30);
    for stop in &route.stops {
        if stop.stop == before {
            hub.report(van, now, Deed::Reloaded { route: route.route }).await;
            let route = hub.route(van, now).await;
            assert!(route.reload_before.is_none() && route.stops.iter().all(|stop| stop.aboard));
        }
        hub.attempt(van, now, stop.stop, Outcome::DeliveredToRecipient).await;
        now += TimeDelta::minutes(5);
    }
    hub.report(van, now, Deed::Returned { route: route.route }).await;
    let order = ops.order(&dispatcher, urgent).await.unwrap();
    assert_eq!(order.hit.progress, wire::staff::deliveries::Progress::Delivered);
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn what_was_never_fetched_waits_for_a_plan_again() {
    let Some(hub) = Hub::open("never_fetched").await else { return };
    let (dispatcher, urgent, van, route) = planned(&hub).await;
    hub.report(van, at(9, 0), Deed::Returned { route: route.route }).await;
    let order = hub.at(at(9, 0)).order(&dispatcher, urgent).await.unwrap();
    assert_eq!(order.hit.progress, wire::staff::deliveries::Progress::Placed);
    state_equals_history(&hub).await;

    // Who is back, or has not left, has nothing to fetch.
    let ops = hub.at(at(9, 1));
    let device = hub.van(&ops, van).await;
    let again = report(at(9, 1), Deed::Reloaded { route: route.route });
    let answer = ops.record_outcomes(&device, vec![again]).await.unwrap();
    assert_eq!(answer.results[0].result, ReportStatus::Refused, "{answer:?}");
}

#[tokio::test]
async fn when_who_was_to_fetch_it_breaks_down_somebody_else_does() {
    let Some(hub) = Hub::open("fetcher_breaks").await else { return };
    let (dispatcher, _, van, _) = planned(&hub).await;
    hub.report(van, at(7, 50), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let ops = hub.at(at(7, 51));
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let least = &proposal.answers[0];
    assert_eq!((least.gains.promises_kept, least.changes.len()), (1, 1), "{least:?}");
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await.unwrap();
    let (other, _) = fetcher(&hub, at(7, 51)).await;
    assert_ne!(other, van);
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_proposal_is_refused_when_the_van_was_at_the_hub_before_somebody_said_yes() {
    let Some(hub) = Hub::open("left_early").await else { return };
    let (dispatcher, _, van, route) = planned(&hub).await;
    // It is on its way to the hub, and could take something more along.
    let before = route.reload_before.unwrap();
    let mut now = at(8, 0);
    for stop in route.stops.iter().take_while(|stop| stop.stop != before) {
        hub.attempt(van, now, stop.stop, Outcome::DeliveredToRecipient).await;
        now += TimeDelta::minutes(3);
    }
    let ops = hub.at(now);
    ops.watch(&Caller::timer()).await.unwrap();
    let (_, more) = late_order(&hub, &ops, 910).await;
    ops.watch(&Caller::timer()).await.unwrap();
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let own = proposal.answers[0].changes.iter().find(|change| change.reference == more).unwrap();
    assert_eq!(own.to, format!("Van {van:02}"), "it comes by anyway");
    hub.report(van, now, Deed::Reloaded { route: route.route }).await;
    let refused = ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await;
    let left = Refusal::PlanOvertaken(Overtaken::VehicleLeft);
    assert!(matches!(&refused, Err(OpsError::Refused(why)) if *why == left), "{refused:?}");
}

#[tokio::test]
async fn an_order_at_the_hub_is_offered_windows_by_vans_that_are_out_and_booked_into_one() {
    let Some(hub) = Hub::open("offered").await else { return };
    let agent = hub.person(Role::Agent).await;
    hub.plan(36).await;
    let out = leave(&hub).await;
    let ops = hub.at(at(7, 38));
    let (order, _) = late_order(&hub, &ops, 900).await;
    let view = ops.slots(&agent, order).await.unwrap();
    let by = |van: &usize| Some(format!("Van {van:02}"));
    let offer = view.slots.iter().find(|offer| out.iter().any(|van| offer.label == by(van))).unwrap();
    assert!(offer.extra_min.unwrap() >= 5 && offer.extra_cents.unwrap() > 0, "{offer:?}");
    let (from, until) = (offer.window.from.to_utc(), offer.window.until.to_utc());
    ops.reschedule(&agent, order, (from, until), None).await.unwrap();
    let (_, route) = fetcher(&hub, at(7, 38)).await;
    assert_eq!(route.stops.iter().filter(|stop| !stop.aboard).count(), 1);
    state_equals_history(&hub).await;
}
