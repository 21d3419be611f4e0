//! What becomes of a plan when something happens: a better one is proposed unasked, it says what it changes, what is loaded
//! stays, and a dispatcher decides.

use crate::{
    a_day::state_equals_history,
    common::{Hub, Straight, at, order},
};
use chrono::{DateTime, Utc};
use domain::{ExceptionKind, Role};
use operations::{Caller, OpsError};
use roads::{LatLon, Matrix, Path, Profile, RoadsError, Snap, Source, TravelTimes, Wall};
use sqlx::{Connection, PgConnection};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, mpsc},
};
use wire::{
    driver::Deed,
    machine::PlaceOrders,
    staff::{
        control_room::{Freedom, ProposalView},
        deliveries::{InTheWay, Lack},
        exceptions::QueueFilter,
    },
};

/// By the shop's reference: which van has the order.
async fn places(hub: &Hub) -> HashMap<String, usize> {
    let routed = hub.routed(at(7, 45)).await.into_iter();
    routed.flat_map(|(van, route)| route.stops.into_iter().map(move |s| (s.reference, van))).collect()
}

#[tokio::test]
async fn a_breakdown_and_an_urgent_order_lead_to_a_proposal_that_leaves_what_is_loaded() {
    let Some(hub) = Hub::open("unasked").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    hub.plan(36).await;
    let before = places(&hub).await;
    let routed = hub.routed(at(7, 20)).await;
    let (leaves, breaks) = (routed[0].0, routed[1].0);
    hub.report(leaves, at(7, 35), Deed::Departed { route: routed[0].1.route }).await;
    assert!(!hub.at(at(7, 36)).react(&timer).await.unwrap(), "nothing has happened");
    assert!(matches!(hub.at(at(7, 36)).react(&dispatcher).await, Err(OpsError::NotSignedIn)));

    // A van that is still at the hub breaks down, and an order comes in for this very morning.
    hub.report(breaks, at(7, 37), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let ops = hub.at(at(7, 38));
    let shop = hub.shop(&ops).await;
    let placed = ops
        .place_orders(&shop, PlaceOrders::Single(Box::new(order(900, at(8, 0), at(11, 30)))))
        .await
        .unwrap();
    let urgent = placed.results[0].reference.clone();
    ops.watch(&timer).await.unwrap();
    assert!(!ops.react(&timer).await.unwrap(), "it may not have been the last thing to happen");
    let ops = hub.at(at(7, 39));
    assert!(ops.react(&timer).await.unwrap());
    assert!(!ops.react(&timer).await.unwrap(), "once is enough");

    let proposal = ops.board(&dispatcher, None).await.unwrap().proposal.unwrap();
    let ProposalView { answers, .. } = &proposal;
    let least = &answers[0];
    assert!(!proposal.stale && least.freedom == Freedom::Least, "{proposal:?}");
    let broken: Vec<String> =
        before.iter().filter(|(_, van)| **van == breaks).map(|(order, _)| order.clone()).collect();
    assert_eq!(least.gains.promises_kept, broken.len() as i64 + 1, "{:?}", least.gains);
    assert_eq!((least.gains.promises_lost, least.gains.unplanned_after), (0, 0));
    let label = |van: usize| format!("Van {van:02}");
    for change in answers.iter().flat_map(|answer| &answer.changes) {
        assert!(change.to != label(breaks), "{change:?}");
        let was = before.get(&change.reference).copied();
        assert!(was != Some(leaves) || change.to == label(leaves), "it is loaded: {change:?}");
        let is_new = was != Some(leaves) && change.to == label(leaves);
        assert_eq!(change.fetched, is_new, "who is out comes by for it: {change:?}");
    }
    // Who is not concerned stays where he is, and the freer answers change no less.
    let others = least.changes.iter().filter(|c| c.reference != urgent && !broken.contains(&c.reference));
    assert!(others.count() <= 3, "{least:?}");
    assert!(answers.is_sorted_by_key(|answer| answer.gains.moved + answer.gains.resequenced), "{answers:?}");

    let later = hub.at(at(7, 40));
    later.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await.unwrap();
    let after = places(&hub).await;
    assert!(after.contains_key(&urgent) && broken.iter().all(|order| after[order] != breaks));
    let loaded = before.iter().filter(|(_, van)| **van == leaves);
    loaded.for_each(|(order, van)| assert_eq!(after[order], *van));
    let queue = later.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert!(queue.rows.iter().all(|row| row.kind != ExceptionKind::Unplanned), "{queue:?}");
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_proposal_that_the_day_has_overtaken_makes_way_even_for_nothing() {
    let Some(hub) = Hub::open("overtaken").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(36).await;
    let breaks = hub.routed(at(7, 20)).await[1].0;
    hub.report(breaks, at(7, 37), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let ops = hub.at(at(7, 38));
    let first = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    // Somebody else's answer takes effect, and the van drives again: what waits is for a plan that is no more.
    ops.accept_proposal(&dispatcher, first.id, first.based_on, first.answers[0].freedom).await.unwrap();
    let mut tx = hub.database.begin().await.unwrap();
    let hub_id = store::hubs::all(&mut tx).await.unwrap()[0].id;
    let old = store::proposals::Proposal {
        id: domain::ProposalId(uuid::Uuid::from_u128(7)),
        hub: hub_id,
        day: at(7, 0).date_naive(),
        based_on: first.based_on,
        made_at: at(7, 38),
        content: serde_json::json!({ "answers": [] }),
    };
    store::proposals::add(&mut tx, &old).await.unwrap();
    tx.commit().await.unwrap();
    let again = ops.propose_plan(&dispatcher, None).await.unwrap();
    let mut conn = hub.database.read().await.unwrap();
    let open =
        store::proposals::open::<serde_json::Value>(&mut conn, hub_id, at(7, 0).date_naive()).await.unwrap();
    assert_eq!(open.map(|p| p.id), again.map(|p| p.id), "only a fresh one may wait");
}

/// Straight roads that are looked at only after something has happened.
struct Slow {
    asked: mpsc::SyncSender<()>,
    happened: Mutex<mpsc::Receiver<()>>,
}

impl TravelTimes for Slow {
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        Straight.snap(at, profile)
    }

    fn matrix(
        &self,
        from: &[LatLon],
        to: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Matrix, RoadsError> {
        if self.asked.try_send(()).is_ok() {
            // Nothing is sent a second time.
            let _ = self.happened.lock().unwrap().recv();
        }
        Straight.matrix(from, to, profile, depart)
    }

    fn path(&self, points: &[LatLon], profile: Profile, depart: Option<Wall>) -> Result<Path, RoadsError> {
        Straight.path(points, profile, depart)
    }

    fn source(&self) -> Source {
        Straight.source()
    }
}

#[tokio::test]
async fn a_breakdown_during_a_round_of_watching_is_not_over_by_the_end_of_it() {
    let Some(mut hub) = Hub::open("during_a_round").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(36).await;
    let van = hub.routed(at(7, 20)).await[1].0;
    // The channel holds one question, so only the first way is waited for.
    let ((asked, waits), (done, happened)) = (mpsc::sync_channel(1), mpsc::sync_channel(1));
    hub.roads = Some(Arc::new(Slow { asked, happened: Mutex::new(happened) }));
    let watching = hub.at(at(7, 37));
    hub.roads = None;
    let round = tokio::spawn(async move { watching.watch(&Caller::timer()).await });
    while waits.try_recv().is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    hub.report(van, at(7, 37), Deed::OffRoad { reason: "flat tyre".into() }).await;
    done.send(()).unwrap();
    // Whatever is asked from now on is not waited for.
    drop(done);
    round.await.unwrap().unwrap();
    let queue = hub.at(at(7, 38)).queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows.iter().filter(|row| row.kind == ExceptionKind::Breakdown).count(), 1, "{queue:?}");
}

#[tokio::test]
async fn a_proposal_that_nobody_can_accept_any_more_is_made_anew() {
    let Some(hub) = Hub::open("made_anew").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    // All three vans of the morning are needed, so those that are left share what the third was to bring.
    hub.plan(60).await;
    let routed = hub.routed(at(7, 20)).await;
    hub.report(routed[1].0, at(7, 37), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let ops = hub.at(at(7, 38));
    // Somebody knows of it, so nothing new happens any more.
    let breakdown = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows[0].id;
    ops.resolve(&dispatcher, breakdown, "Called the garage".into()).await.unwrap();
    let first = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let later = hub.at(at(7, 44));
    assert!(!later.react(&timer).await.unwrap(), "it can still be accepted");

    // Whoever was to get something leaves without it.
    for (van, route) in hub.routed(at(7, 44)).await {
        if van != routed[1].0 && van != 4 {
            hub.report(van, at(7, 44), Deed::Departed { route: route.route }).await;
        }
    }
    let later = hub.at(at(7, 45));
    assert!(later.react(&timer).await.unwrap());
    let second = later.board(&dispatcher, None).await.unwrap().proposal.unwrap();
    assert_ne!(second.id, first.id);
    assert!(second.answers[0].gains.promises_kept > 0 && !second.stale, "{second:?}");
    later.accept_proposal(&dispatcher, second.id, second.based_on, Freedom::Least).await.unwrap();
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_good_plan_is_left_alone() {
    let Some(hub) = Hub::open("left_alone").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(30).await;
    let ops = hub.at(at(7, 10));
    if let Some(proposal) = ops.propose_plan(&dispatcher, None).await.unwrap() {
        let balanced = proposal.answers.iter().find(|answer| answer.freedom != Freedom::Free);
        let moved = balanced.map_or(0, |answer| answer.gains.moved + answer.gains.resequenced);
        let saved = balanced.map_or(0, |a| a.gains.drive_min_before - a.gains.drive_min_after);
        assert!(moved <= 2 * saved.max(0), "{moved} stops move to save {saved} min");
    }
}

#[tokio::test]
async fn an_order_that_nobody_serves_says_why() {
    let Some(hub) = Hub::open("why").await else { return };
    let agent = hub.person(Role::Agent).await;
    hub.plan(36).await;
    let routed = hub.routed(at(7, 20)).await;
    let ops = hub.at(at(7, 30));
    let shop = hub.shop(&ops).await;
    let mut heavy = order(900, at(8, 0), at(11, 30));
    heavy.packages[0].weight_g = 2_000_000;
    let light = order(901, at(8, 0), at(11, 30));
    let placed = ops.place_orders(&shop, PlaceOrders::Bulk { orders: vec![heavy, light] }).await.unwrap();
    assert!(placed.results.iter().all(|r| r.order.is_some()), "{placed:?}");
    let [heavy, light] = [0, 1].map(|n: usize| placed.results[n].order.unwrap());

    let why = ops.slots(&agent, heavy).await.unwrap();
    let full = |what: &InTheWay| matches!(what, InTheWay { lack: Lack::Weight, missing: 1_000.. });
    assert!(why.reasons.iter().all(|reason| reason.what.iter().any(full)), "{:?}", why.reasons);
    assert_eq!((why.reasons.len(), why.on_the_road), (3, 0));
    let why = ops.slots(&agent, light).await.unwrap();
    let fits = |what: &InTheWay| what.lack == Lack::Plan;
    assert!(why.reasons.iter().all(|reason| reason.what.iter().all(fits)), "{:?}", why.reasons);

    // Whoever is out has no more room than before, and who is served has no reason not to be.
    hub.report(routed[0].0, at(7, 35), Deed::Departed { route: routed[0].1.route }).await;
    let ops = hub.at(at(7, 36));
    let why = ops.slots(&agent, heavy).await.unwrap();
    assert_eq!(why.on_the_road, 1);
    assert!(why.reasons.iter().all(|reason| reason.what.iter().any(full)), "{:?}", why.reasons);
    let hits = ops.find_orders(&agent, &routed[1].1.stops[0].reference, 1).await.unwrap();
    let served = ops.slots(&agent, hits.hits[0].order).await.unwrap();
    assert_eq!((served.reasons.len(), served.on_the_road), (0, 0));
}

/// Between a door and the next one lies the drive, and then parking and the walk: in the plan and in the estimates.
#[tokio::test]
async fn plan_and_estimates_know_that_a_vehicle_has_to_be_parked() {
    let Some(hub) = Hub::open("parked").await else { return };
    hub.plan(30).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.at(at(7, 34)).watch(&Caller::timer()).await.unwrap();
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    type Row = (f64, f64, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>);
    let rows: Vec<Row> = sqlx::query_as(
        "select o.lat, o.lon, s.planned_arrival, s.planned_departure, e.arrival
         from stops s join orders o on o.id = s.order_id join etas e on e.stop_id = s.id
         where s.route_id = $1 order by s.sequence",
    )
    .bind(route.route.0)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    // Before the windows open vehicles wait at doors.
    let pairs: Vec<_> = rows.windows(2).filter(|pair| pair[0].2 > at(8, 1) && pair[0].4 > at(8, 1)).collect();
    assert!(pairs.len() >= 4, "{rows:?}");
    for pair in pairs {
        let [from, to] = [&pair[0], &pair[1]].map(|row| LatLon { lat: row.0, lon: row.1 });
        let drive = Straight.drive(from, to, Profile::Van, Wall(0)).unwrap().unwrap();
        let planned = (pair[1].2 - pair[0].3).num_seconds() - i64::from(drive);
        let visit = (pair[0].3 - pair[0].2).num_seconds();
        let expected = (pair[1].4 - pair[0].4).num_seconds() - visit - i64::from(drive);
        assert!((35..=41).contains(&planned), "{planned} s more than the drive in the plan");
        assert!((35..=41).contains(&expected), "{expected} s more than the drive in the estimates");
    }
    hub.close().await;
}
