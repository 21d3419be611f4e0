//! Windows of later days are those in which some vehicle is on shift and can carry the order.

use crate::common::{Hub, Straight, at, order, set_up};
use chrono::{NaiveTime, TimeDelta};
use domain::{OrderId, Role};
use operations::{Caller, Operations, OpsError, PlanOutcome};
use roads::{LatLon, Matrix, Path, Profile, RoadsError, Snap, Source, TravelTimes, Wall};
use sqlx::{Connection, PgConnection};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};
use wire::{
    driver::Deed,
    machine::{PlaceOrders, PlacePackage},
};

/// A vehicle as an earlier version took it, which knew no bounds.
#[tokio::test]
async fn a_vehicle_that_cannot_be_stops_no_plan_and_no_window() {
    let Some(hub) = Hub::open("monstrous").await else { return };
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let grow = "update vehicles set capacity_g = 9223372036854775807, capacity_ml = 9223372036854775807 where label = 'Van 02'";
    sqlx::query(grow).execute(&mut conn).await.unwrap();
    hub.plan(12).await;
    let ops = hub.at(at(7, 5));
    let agent = hub.person(Role::Agent).await;
    let order = found(&ops, &agent, "BOO-000001").await;
    assert!(!ops.slots(&agent, order).await.unwrap().slots.is_empty());
    conn.close().await.unwrap();
    hub.close().await;
}

/// Straight roads on which the first who asks waits, once it is wanted, until it is let go.
struct Held {
    wanted: AtomicBool,
    waits: Sender<()>,
    let_go: Mutex<Receiver<()>>,
}

impl TravelTimes for Held {
    fn matrix(
        &self,
        from: &[LatLon],
        to: &[LatLon],
        profile: Profile,
        wall: Option<Wall>,
    ) -> Result<Matrix, RoadsError> {
        if self.wanted.swap(false, Ordering::SeqCst) {
            self.waits.send(()).unwrap();
            self.let_go.lock().unwrap().recv().unwrap();
        }
        Straight.matrix(from, to, profile, wall)
    }

    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        Straight.snap(at, profile)
    }

    fn path(&self, points: &[LatLon], profile: Profile, wall: Option<Wall>) -> Result<Path, RoadsError> {
        Straight.path(points, profile, wall)
    }

    fn source(&self) -> Source {
        Straight.source()
    }
}

/// However long a plan takes.
#[tokio::test(flavor = "multi_thread")]
async fn windows_do_not_wait_for_a_plan_that_is_being_made() {
    let Some(mut hub) = Hub::open("beside").await else { return };
    let ((waits, waiting), (go, let_go)) = (channel(), channel());
    let roads = Arc::new(Held { wanted: AtomicBool::new(false), waits, let_go: Mutex::new(let_go) });
    hub.roads = Some(roads.clone());
    hub.plan(12).await;
    let ops = hub.at(at(7, 5));
    let agent = hub.person(Role::Agent).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let order = found(&ops, &agent, "BOO-000001").await;
    roads.wanted.store(true, Ordering::SeqCst);
    let planner = ops.clone();
    let planning = tokio::spawn(async move { planner.propose_plan(&dispatcher, None).await });
    tokio::task::spawn_blocking(move || waiting.recv_timeout(Duration::from_secs(20)).unwrap())
        .await
        .unwrap();
    let slots = tokio::time::timeout(Duration::from_secs(20), ops.slots(&agent, order)).await;
    assert!(!slots.expect("they wait for the plan").unwrap().slots.is_empty());
    assert!(!planning.is_finished());
    go.send(()).unwrap();
    let ended = planning.await.unwrap();
    assert!(ended.is_ok(), "{ended:?}");
    hub.close().await;
}

/// Every vehicle is off the road: the day is planned, what has no place says so, and today's windows are none.
#[tokio::test]
async fn a_day_without_a_vehicle_is_a_day_all_the_same() {
    let Some(hub) = Hub::open("nobody_drives").await else { return };
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let orders = (0..6).map(|n| order(n, at(8, 0), at(11, 30))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    for n in 1..=4 {
        hub.report(n, at(6, 40), Deed::OffRoad { reason: "strike".into() }).await;
    }
    let now = hub.at(at(7, 0));
    let planned = now.plan_morning(&Caller::timer()).await.unwrap();
    assert_eq!(planned, [PlanOutcome::Published { routes: 0, stops: 0, unplanned: 6 }]);
    let agent = hub.person(Role::Agent).await;
    let order = found(&now, &agent, "BOO-000001").await;
    let slots = now.slots(&agent, order).await.unwrap();
    assert!(slots.slots.iter().all(|s| s.window.from.to_utc() > at(0, 0) + TimeDelta::days(1)), "{slots:?}");
    let noon = at(12, 0);
    let refused = now.reschedule(&agent, order, (noon, noon + TimeDelta::hours(2)), None).await;
    assert!(matches!(refused, Err(OpsError::SlotGone)), "{refused:?}");
    let dispatcher = hub.person(Role::Dispatcher).await;
    let nothing = now.propose_plan(&dispatcher, None).await;
    assert!(matches!(nothing, Err(OpsError::NothingToPlan)), "{nothing:?}");
    hub.close().await;
}

const HEAVY_G: i64 = 400_000;

async fn found(ops: &Operations, agent: &Caller, reference: &str) -> OrderId {
    ops.find_orders(agent, reference, 1).await.unwrap().hits[0].order
}

#[tokio::test]
async fn after_the_last_shift_nothing_is_offered_nor_booked() {
    let Some(hub) = Hub::open("shifts").await else { return };
    let ops = hub.at(at(9, 0));
    let shop = hub.shop(&ops).await;
    let mut heavy = order(2, at(10, 0), at(12, 0));
    heavy.packages[0].weight_g = HEAVY_G;
    let orders = vec![order(1, at(10, 0), at(12, 0)), heavy];
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    let agent = hub.person(Role::Agent).await;
    let light = found(&ops, &agent, "BOO-000001").await;
    let heavy = found(&ops, &agent, "BOO-000002").await;
    // When tomorrow's windows begin, in hours from this time of the day.
    let tomorrow = async |id| -> Vec<i64> {
        let begins = ops.slots(&agent, id).await.unwrap().slots.into_iter();
        let hours = begins.map(|s| (s.window.from.to_utc() - (at(0, 0) + TimeDelta::days(1))).num_hours());
        hours.filter(|h| (0..24).contains(h)).collect()
    };
    let day_shift = tomorrow(light).await;
    assert_eq!(day_shift, [8, 10, 12, 14, 16, 18], "one van drives until eight");
    assert_eq!(tomorrow(heavy).await, day_shift);

    // The only van of the evening carries less than the heavy order weighs, then none drives in the evening at all.
    let machine = hub.machine(&ops).await;
    let mut ask = set_up();
    ask.vehicles[3].capacity_g = HEAVY_G / 2;
    ops.set_up(&machine, ask.clone()).await.unwrap();
    assert_eq!(tomorrow(light).await, day_shift);
    assert_eq!(tomorrow(heavy).await, [8, 10, 12, 14, 16]);
    ask.vehicles[3].shift_until = NaiveTime::from_hms_opt(16, 30, 0).unwrap();
    ops.set_up(&machine, ask).await.unwrap();
    assert_eq!(tomorrow(light).await, [8, 10, 12, 14, 16]);
    let evening = at(18, 0) + TimeDelta::days(1);
    let refused = ops.reschedule(&agent, light, (evening, evening + TimeDelta::hours(2)), None).await;
    assert!(matches!(refused, Err(OpsError::SlotGone)), "{refused:?}");
    let noon = at(12, 0) + TimeDelta::days(1);
    ops.reschedule(&agent, light, (noon, noon + TimeDelta::hours(2)), None).await.unwrap();
    hub.close().await;
}

#[tokio::test]
async fn a_later_day_that_is_full_is_neither_offered_nor_booked() {
    let Some(hub) = Hub::open("full_day").await else { return };
    let agent = hub.person(Role::Agent).await;
    hub.plan(8).await;
    let ops = hub.at(at(7, 10));
    let shop = hub.shop(&ops).await;
    let tomorrow = TimeDelta::days(1);
    let waiting = ops.find_orders(&agent, "BOO-000003", 1).await.unwrap().hits[0].order;
    let day = (at(12, 0) + tomorrow).date_naive();
    let offered = async || {
        let slots = ops.slots(&agent, waiting).await.unwrap().slots;
        slots.iter().filter(|slot| slot.window.from.date_naive() == day).count()
    };
    assert!(offered().await > 0);
    // As much as one order may weigh, and more than four vans carry.
    let mut heavy = order(700, at(10, 0) + tomorrow, at(12, 0) + tomorrow);
    let package = |n| PlacePackage { barcode: format!("H{n}"), weight_g: 2_000_000, volume_ml: 1_000 };
    heavy.packages = (0..50).map(package).collect();
    ops.place_orders(&shop, PlaceOrders::Single(Box::new(heavy))).await.unwrap();
    assert_eq!(offered().await, 0);
    let window = (at(12, 0) + tomorrow, at(14, 0) + tomorrow);
    let refused = ops.reschedule(&agent, waiting, window, None).await;
    assert!(matches!(refused, Err(OpsError::SlotGone)), "{refused:?}");
    hub.close().await;
}
