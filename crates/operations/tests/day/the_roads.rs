//! The roads of a real city in a running day: rush hour in the plan, a closure in estimates and plans, weather, and what the
//! drives of the fleet teach. Needs `DOORSTEP_EXTRACTS`; skipped loudly without it.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, fix, order},
};
use chrono::{NaiveDateTime, TimeDelta};
use domain::{ExceptionKind, Refusal, Role, VehicleKind, Weather};
use operations::{Caller, OpsError};
use roads::{AddressKind, Addresses, City, LatLon, Profile, TravelTimes};
use std::{path::PathBuf, sync::Arc};
use wire::machine::{PlaceOrder, PlaceOrders, PlaceStatus};
use wire::staff::deliveries::Hindrance;
use wire::{
    driver::{Deed, DriverRoute},
    staff::{
        control_room::{PlanAnswer, RouteView},
        exceptions::QueueFilter,
        roads::CloseRoad,
    },
};

pub fn malta() -> Option<Arc<City>> {
    let folder = std::env::var_os("DOORSTEP_EXTRACTS").map(PathBuf::from);
    let Some(extract) = folder.map(|f| f.join("malta-latest.osm.pbf")).filter(|path| path.is_file()) else {
        skips::skip("the roads", "no malta-latest.osm.pbf in the folder that DOORSTEP_EXTRACTS names");
        return None;
    };
    Some(Arc::new(City::open(&extract, &built()).unwrap()))
}

/// Where the tests of this build keep the city: each runs in a process of its own, and one of them builds it for all.
fn built() -> PathBuf {
    let program = std::env::current_exe().unwrap().metadata().unwrap().modified().unwrap();
    let build = program.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let all = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cities");
    let own = all.join(build.to_string());
    std::fs::create_dir_all(&own).unwrap();
    let others = std::fs::read_dir(&all).unwrap().flatten().map(|entry| entry.path());
    for stale in others.filter(|folder| *folder != own) {
        // Another test may have taken it away already.
        let _ = std::fs::remove_dir_all(stale);
    }
    own
}

fn local(hour: u32, minute: u32) -> NaiveDateTime {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap().and_hms_opt(hour, minute, 0).unwrap()
}

/// A square around a place, with sides of so many metres.
fn square(lat: f64, lon: f64, metres: f64) -> String {
    let (dy, dx) = (metres / 2.0 / 111_195.0, metres / 2.0 / 90_000.0);
    let corners = [(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)];
    corners.map(|(y, x)| format!("{:.6}, {:.6}", lat + y * dy, lon + x * dx)).join("\n")
}

fn close(places: String, until: NaiveDateTime) -> CloseRoad {
    let bars = VehicleKind::ALL.to_vec();
    CloseRoad { area: true, places, reason: "A burst main".into(), bars, until }
}

/// Plans a day and lets the first van that has a route leave with it.
async fn departed(hub: &Hub) -> (usize, DriverRoute) {
    hub.plan(24).await;
    let (van, driven) = hub.routed(at(7, 20)).await.into_iter().next().unwrap();
    hub.report(van, at(7, 40), Deed::Departed { route: driven.route }).await;
    (van, driven)
}

fn etas(route: &RouteView) -> Vec<chrono::DateTime<chrono::FixedOffset>> {
    route.stops.iter().filter_map(|stop| stop.eta).collect()
}

#[tokio::test]
async fn a_closed_road_changes_estimates_and_plans_and_a_stop_behind_it_says_so() {
    let Some(mut hub) = Hub::open("closed_roads").await else { return };
    let Some(city) = malta() else { return };
    hub.city = Some(city);
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    let (_, driven) = departed(&hub).await;
    hub.at(at(7, 41)).watch(&timer).await.unwrap();
    let before = hub.at(at(7, 42)).route(&dispatcher, driven.route).await.unwrap();
    assert!(before.stops.len() >= 4, "{}", before.stops.len());
    let target = before.stops[2].clone();

    let manager = hub.person(Role::Manager).await;
    let ops = hub.at(at(7, 45));
    let area = square(target.at.lat, target.at.lon, 900.0);
    let refused = ops.close_road(&manager, None, close(area.clone(), local(10, 0))).await;
    assert!(matches!(refused, Err(OpsError::NotAllowed { .. })));
    for (wrong, why) in [
        (close("35.9, 14.5".into(), local(10, 0)), "one place is no area"),
        (close(area.clone(), local(7, 0)), "it ends before it begins"),
        (CloseRoad { reason: " ".into(), ..close(area.clone(), local(10, 0)) }, "it has no reason"),
        (CloseRoad { bars: vec![], ..close(area.clone(), local(10, 0)) }, "it holds for nobody"),
        (close(square(35.5, 14.0, 500.0), local(10, 0)), "no road lies in the sea"),
    ] {
        assert!(ops.close_road(&dispatcher, None, wrong).await.is_err(), "{why}");
    }
    let id = ops.close_road(&dispatcher, None, close(area, local(10, 0))).await.unwrap();
    let roads = ops.roads(&dispatcher, None).await.unwrap();
    assert_eq!(roads.closures.len(), 1);
    assert!(roads.closures[0].holds && !roads.closed[0].lines.is_empty(), "{roads:?}");

    // The next round of watching knows it: the stop says so, and is expected when the road is open again.
    ops.watch(&timer).await.unwrap();
    let after = ops.route(&dispatcher, driven.route).await.unwrap();
    let cut = after.stops.iter().find(|stop| stop.stop == target.stop).unwrap();
    assert!(cut.eta.unwrap() >= local(10, 0).and_utc().fixed_offset() - TimeDelta::hours(1), "{cut:?}");
    assert_ne!(etas(&before), etas(&after));
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let raised: Vec<_> = queue.rows.iter().filter(|row| row.kind == ExceptionKind::CutOff).collect();
    assert!(raised.iter().any(|row| row.order == Some(target.order)), "{queue:?}");
    assert!(ops.roads(&dispatcher, None).await.unwrap().closures[0].cut_off >= 1);

    let order = ops.order(&dispatcher, target.order).await.unwrap();
    assert_eq!(order.hindered, Some(Hindrance::CutOff));

    // On the same plan, an open road means before ten again.
    ops.lift_closure(&dispatcher, id).await.unwrap();
    ops.watch(&timer).await.unwrap();
    let lifted = ops.route(&dispatcher, driven.route).await.unwrap();
    let soon = lifted.stops.iter().find(|stop| stop.stop == target.stop).unwrap();
    assert!(soon.eta.unwrap().naive_local() < local(10, 0), "{soon:?}");
    let area = square(target.at.lat, target.at.lon, 900.0);
    let id = ops.close_road(&dispatcher, None, close(area, local(10, 0))).await.unwrap();
    ops.watch(&timer).await.unwrap();

    // A new plan goes round it: nobody is at that door before ten.
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let PlanAnswer { gains, freedom, .. } = proposal.answers[0];
    assert!(gains.drive_min_before < 24 * 60 && gains.late_min_before < 24 * 60, "{gains:?}");
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
    let planned = ops.route(&dispatcher, driven.route).await.unwrap();
    let there = planned.stops.iter().find(|stop| stop.stop == target.stop).unwrap();
    assert!(there.planned.naive_local() >= local(10, 0), "{there:?}");

    ops.lift_closure(&dispatcher, id).await.unwrap();
    ops.lift_closure(&dispatcher, id).await.unwrap();
    assert!(ops.roads(&dispatcher, None).await.unwrap().closures.is_empty());
    ops.watch(&timer).await.unwrap();
    let again = ops.route(&dispatcher, driven.route).await.unwrap();
    let open = again.stops.iter().find(|stop| stop.stop == target.stop).unwrap();
    assert!(open.eta.unwrap() <= there.planned + TimeDelta::minutes(5), "{open:?}, {there:?}");
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert!(queue.rows.iter().all(|row| row.kind != ExceptionKind::CutOff));

    let order = ops.order(&dispatcher, target.order).await.unwrap();
    assert_eq!(order.hindered, None);

    // The weather slows every estimate.
    ops.set_weather(&dispatcher, None, Weather::Snow).await.unwrap();
    assert_eq!(ops.roads(&dispatcher, None).await.unwrap().weather, Weather::Snow);
    ops.watch(&timer).await.unwrap();
    let snowed = ops.route(&dispatcher, driven.route).await.unwrap();
    assert!(etas(&snowed).iter().zip(etas(&again)).all(|(slow, dry)| *slow >= dry));
    assert!(etas(&snowed).last() > etas(&again).last());
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_van_in_a_street_that_is_closed_for_days_leaves_it_and_is_planned_for() {
    let Some(mut hub) = Hub::open("let_out").await else { return };
    let Some(city) = malta() else { return };
    hub.city = Some(city);
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    let (van, driven) = departed(&hub).await;
    let ops = hub.at(at(8, 0));
    let before = ops.route(&dispatcher, driven.route).await.unwrap();
    let here = before.stops[1].clone();
    let caller = hub.van(&ops, van).await;
    ops.record_positions(&caller, vec![fix(at(7, 59), here.at.lat, here.at.lon)]).await.unwrap();
    let tomorrow = local(9, 0) + TimeDelta::days(1);
    ops.close_road(&dispatcher, None, close(square(here.at.lat, here.at.lon, 300.0), tomorrow))
        .await
        .unwrap();
    ops.watch(&timer).await.unwrap();

    let route = ops.route(&dispatcher, driven.route).await.unwrap();
    let far = |stop: &&wire::staff::control_room::StopRow| {
        (stop.at.lat - here.at.lat).abs().max((stop.at.lon - here.at.lon).abs()) > 0.004
    };
    let outside: Vec<_> = route.stops.iter().filter(far).collect();
    assert!(outside.len() >= 2 && outside.iter().all(|stop| stop.eta.unwrap().naive_local() < local(20, 0)));
    let raised = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows;
    let cut_off = |row: &&wire::staff::exceptions::ExceptionRow| row.kind == ExceptionKind::CutOff;
    assert!(
        raised.iter().filter(cut_off).all(|row| outside.iter().all(|stop| row.order != Some(stop.order)))
    );

    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let freedom = proposal.answers[0].freedom;
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
    let planned = ops.route(&dispatcher, driven.route).await.unwrap();
    assert!(planned.stops.iter().filter(far).count() >= 2, "{planned:?}");
    // What it cannot bring anywhere is still with it, behind all others.
    let stays =
        |stop: &wire::staff::control_room::StopRow| planned.stops.iter().any(|s| s.order == stop.order);
    assert!(before.stops.iter().all(stays), "{planned:?}");
    let mut sequences: Vec<_> = planned.stops.iter().map(|stop| stop.sequence).collect();
    sequences.dedup();
    assert_eq!(sequences.len(), planned.stops.len(), "{planned:?}");
    assert!(planned.stops.iter().filter(far).all(|stop| stop.planned.naive_local() < local(20, 0)));
}

#[tokio::test]
async fn a_closure_with_no_end_in_sight_is_refused_and_not_cut() {
    let Some(hub) = Hub::open("no_end").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let century = local(12, 0) + TimeDelta::days(73 * 365);
    let ask = close(square(35.8906, 14.4825, 400.0), century);
    let answer = hub.at(at(7, 0)).close_road(&dispatcher, None, ask).await;
    assert!(matches!(answer, Err(OpsError::Refused(Refusal::ClosureTooLong))), "{answer:?}");
    hub.close().await;
}

#[tokio::test]
async fn half_the_town_is_closed_and_every_question_still_has_an_answer() {
    let Some(mut hub) = Hub::open("half_closed").await else { return };
    let Some(city) = malta() else { return };
    hub.city = Some(city);
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    hub.plan(36).await;
    let routed = hub.routed(at(7, 20)).await;
    for (van, driven) in &routed[..2] {
        hub.report(*van, at(7, 40), Deed::Departed { route: driven.route }).await;
    }
    let ops = hub.at(at(7, 45));
    let board = ops.board(&dispatcher, None).await.unwrap();
    for (metres, until) in
        [(2_500.0, local(11, 0)), (2_500.0, local(11, 0) + TimeDelta::days(1)), (9_000.0, local(23, 0))]
    {
        let area = square(board.head.hub_at.lat, board.head.hub_at.lon, metres);
        let bars = vec![VehicleKind::DieselVan, VehicleKind::ElectricVan];
        let id = ops.close_road(&dispatcher, None, CloseRoad { bars, ..close(area, until) }).await.unwrap();
        ops.watch(&timer).await.unwrap();
        for (_, driven) in &routed {
            let route = ops.route(&dispatcher, driven.route).await.unwrap();
            for stop in route.stops.iter().take(4) {
                ops.order(&dispatcher, stop.order).await.unwrap();
                match ops.slots(&dispatcher, stop.order).await {
                    Ok(_) | Err(OpsError::Refused(_) | OpsError::NothingToPlan) => {}
                    Err(fault) => panic!("{metres} m until {until}: {fault}"),
                }
            }
        }
        ops.propose_plan(&dispatcher, None).await.unwrap();
        ops.lift_closure(&dispatcher, id).await.unwrap();
    }
}

#[tokio::test]
async fn rush_hour_is_in_the_plan_and_slow_drives_are_learnt() {
    let Some(mut hub) = Hub::open("rush_hour").await else { return };
    let Some(city) = malta() else { return };
    hub.city = Some(city.clone());
    let dispatcher = hub.person(Role::Dispatcher).await;
    let timer = Caller::timer();
    hub.plan(30).await;
    hub.at(at(7, 5)).refresh_roads(&timer).await.unwrap();

    // What the plan takes for a drive in the rush hour is more than free roads would take.
    let (mut planned, mut free) = (0.0, 0.0);
    for (_, driven) in hub.routed(at(7, 20)).await {
        let route = hub.at(at(7, 20)).route(&dispatcher, driven.route).await.unwrap();
        for pair in route.stops.windows(2) {
            let place =
                |stop: &wire::staff::control_room::StopRow| LatLon { lat: stop.at.lat, lon: stop.at.lon };
            let (from, to) = (place(&pair[0]), place(&pair[1]));
            let gap = (pair[1].planned - pair[0].planned).num_seconds() - 120;
            let seconds = city.matrix(&[from], &[to], Profile::Van, None).unwrap().at(0, 0);
            if gap > 60 && gap < 900 {
                planned += gap as f64;
                free += f64::from(seconds);
            }
        }
    }
    assert!(planned > free * 1.1, "planned {planned} s, free {free} s");

    // Two vans need two and a half times as long as usual on the same road: it is known to be slow.
    let (from, to) = (LatLon { lat: 35.9122, lon: 14.5042 }, LatLon { lat: 35.8989, lon: 14.4603 });
    let leg = city.path(&[from, to], Profile::Van, None).unwrap().legs.remove(0);
    let before = hub.at(at(8, 0)).roads(&dispatcher, None).await.unwrap().traffic;
    assert!(before.learnt_at.is_none() && before.evidence == 0);
    let drive = async |n: usize, from: chrono::DateTime<chrono::Utc>| {
        let ops = hub.at(from + TimeDelta::minutes(40));
        let van = hub.van(&ops, n).await;
        let readings =
            (0..).map(|step| f64::from(step) * 5.0).take_while(|at| *at < leg.seconds * 2.5).map(|real| {
                let along =
                    leg.at_seconds.partition_point(|t| *t <= real / 2.5).clamp(1, leg.points.len() - 1);
                let (a, b) = (leg.at_seconds[along - 1], leg.at_seconds[along]);
                let share = if b > a { (real / 2.5 - a) / (b - a) } else { 0.0 };
                let (p, q) = (leg.points[along - 1], leg.points[along]);
                let when = from + TimeDelta::milliseconds((real * 1_000.0) as i64);
                fix(when, p.lat + (q.lat - p.lat) * share, p.lon + (q.lon - p.lon) * share)
            });
        let readings: Vec<_> = readings.collect();
        for batch in readings.chunks(200) {
            ops.record_positions(&van, batch.to_vec()).await.unwrap();
        }
    };
    drive(1, at(8, 20)).await;
    drive(2, at(8, 20)).await;
    let ops = hub.at(at(8, 55));
    ops.refresh_roads(&timer).await.unwrap();
    let read = ops.learn_roads(&timer).await.unwrap();
    assert!(read > 20, "{read} passes");
    let after = ops.roads(&dispatcher, None).await.unwrap().traffic;
    assert!(after.learnt_at.is_some() && after.unusual > 10 && after.evidence == read as i64, "{after:?}");
    assert_eq!(ops.learn_roads(&timer).await.unwrap(), 0, "nothing is counted twice");

    // After a restart the same is known, and nothing is counted again.
    let restarted = hub.at(at(8, 56));
    restarted.refresh_roads(&timer).await.unwrap();
    assert_eq!(restarted.learn_roads(&timer).await.unwrap(), 0);
    let known = restarted.roads(&dispatcher, None).await.unwrap().traffic;
    assert!(known.unusual > 10 && known.evidence == read as i64, "{known:?}");

    // A second drive is counted beside the first one, and that is not counted again.
    drive(1, at(9, 10)).await;
    let later = hub.at(at(9, 50));
    later.refresh_roads(&timer).await.unwrap();
    later.learn_roads(&timer).await.unwrap();
    let again = later.roads(&dispatcher, None).await.unwrap().traffic.evidence - read as i64;
    assert!((again - read as i64 / 2).abs() <= 2, "{again} after {read} of two");
}

#[tokio::test]
async fn an_order_without_a_place_is_looked_up_or_refused_with_the_reason() {
    let Some(mut hub) = Hub::open("looked_up").await else { return };
    let Some(city) = malta() else { return };
    let known = city.addresses().iter().find(|a| {
        let found = city.search(&a.text, 2).unwrap();
        let same = found[0].address.at == a.at && found[0].doubts.is_empty();
        a.kind == AddressKind::Numbered && same && found[0].confidence > 0.9
    });
    let known = known.unwrap().clone();
    hub.city = Some(city);
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let ask = |n: usize, address: &str| PlaceOrder {
        hub: None,
        at: None,
        address: address.to_owned(),
        ..order(n, at(8, 0), at(11, 30))
    };
    let orders = vec![ask(1, &known.text), ask(2, "17 Nowhere Lane, Xyzzy"), ask(3, "Triq il-Kbira")];
    let answer = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    let [found, unknown, doubtful] = &answer.results[..] else { panic!("{answer:?}") };
    let mut conn = hub.database.read().await.unwrap();
    let stored = store::orders::get(&mut conn, found.order.unwrap()).await.unwrap().unwrap();
    assert!((stored.address.at.lat() - known.at.lat).abs() < 1e-6);
    for refused in [unknown, doubtful] {
        assert_eq!(refused.result, PlaceStatus::Refused, "{refused:?}");
        assert!(refused.why.as_ref().unwrap().contains("send `at`"), "{refused:?}");
    }

    // Sent again, an order is the one that is known, whatever would be found for its address now.
    let orders = vec![
        ask(1, "17 Nowhere Lane, Xyzzy"),
        ask(4, "Zero\0 Lane"),
        PlaceOrder { reference: "\0".into(), ..ask(5, "Rabat") },
    ];
    let again = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    assert_eq!((again.results[0].result, again.results[0].order), (PlaceStatus::Known, found.order));
    assert!(again.results[1..].iter().all(|r| r.result == PlaceStatus::Refused), "{again:?}");
}
