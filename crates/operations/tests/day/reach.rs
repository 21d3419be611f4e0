//! Who has one hub sees and changes nothing of another: every verb of a person is tried, and a new one has to be added here.

use crate::{
    common::{Hub, at},
    two_hubs::{open_second, place_at_both},
};
use domain::{ClosureId, HubId, Role, Scope, VehicleKind, Weather};
use operations::{Caller, OpsError};
use std::{collections::BTreeSet, path::Path};
use wire::roster::{RosterAsk, SaveDriver, SaveShift};
use wire::staff::{
    control_room::Freedom,
    erasure::EraseRecipient,
    exceptions::QueueFilter,
    figures::FigureKind,
    roads::CloseRoad,
    roster::DriverForm,
    settings::{ChangeSettings, SettingsAsk},
    zones::{DrawZone, ZonesSaid},
};

/// Verbs that are about no hub: one's own session, people and keys, which are an administrator's, who
/// works everywhere.
const OF_NO_HUB: [&str; 25] = [
    "account",
    "account_changes",
    "change_own_password",
    "change_password",
    "change_person",
    "change_role",
    "disable_person",
    "enable_person",
    "end_sessions",
    "invite",
    "keys",
    "keys_page",
    "make_key",
    "me",
    "order_named",
    "people",
    "people_page",
    "reset_password",
    "revoke_key",
    "revoke_keys",
    "session_still_good",
    "set_enabled",
    "sign_out",
    "sign_out_elsewhere",
    "sign_out_person",
];
/// Verbs of devices, systems and timers, which have hubs of their own, or every hub.
const OF_NO_PERSON: [&str; 20] = [
    "count_rollups",
    "driver_route",
    "estimates",
    "forget",
    "import_history",
    "learn_approaches",
    "learn_roads",
    "make_months",
    "measure_routes",
    "place_orders",
    "plan_morning",
    "prune_sessions",
    "react",
    "record_outcomes",
    "record_positions",
    "refresh_roads",
    "score_estimates",
    "set_up",
    "stats",
    "watch",
];

/// The names of all verbs that are asked by somebody.
fn verbs() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text: String =
                std::fs::read_to_string(path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            for verb in text.split("pub async fn ").skip(1) {
                let (name, rest) = verb.split_once('(').unwrap();
                if rest.trim_start().starts_with("&self, caller: &Caller") {
                    found.insert(name.to_owned());
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn somebody_of_another_hub_sees_and_changes_nothing() {
    let Some(hub) = Hub::open("reach").await else { return };
    let east = open_second(&hub, &hub.at(at(5, 0))).await;
    place_at_both(&hub).await;
    hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let ops = hub.at(at(12, 0));
    ops.watch(&Caller::timer()).await.unwrap();

    // All of it is the first hub's.
    let first = Some(hub.keys.hub);
    let dispatcher = hub.person(Role::Administrator).await;
    let board = ops.board(&dispatcher, first).await.unwrap();
    let exceptions = ops.queue(&dispatcher, first, QueueFilter::Unresolved).await.unwrap().rows;
    let proposal = ops.propose_plan(&dispatcher, first).await.unwrap().unwrap();
    let found = ops.find_orders(&dispatcher, "BOO-000001", 1).await.unwrap().hits;
    let (route, order, exception) = (board.routes[0].route, found[0].order, exceptions[0].id);
    let closure = ClosureId(uuid::Uuid::now_v7());
    let mut tx = hub.database.begin().await.unwrap();
    let places =
        [(35.9, 14.45), (35.91, 14.46)].map(|(lat, lon)| domain::Coordinate::parse(lat, lon).unwrap());
    let drawn = domain::Closure {
        id: closure,
        hub: hub.keys.hub,
        shape: domain::ClosureShape::Line(places.to_vec()),
        reason: "Works".into(),
        streets: String::new(),
        bars: vec![VehicleKind::DieselVan],
        from: at(11, 0),
        until: at(18, 0),
        lifted_at: None,
    };
    store::roads::save(&mut tx, &drawn).await.unwrap();
    tx.commit().await.unwrap();
    let machine = hub.machine(&ops).await;
    let ring = serde_json::json!([[14.4, 35.8], [14.5, 35.8], [14.5, 35.9]]);
    let zones = serde_json::json!({ "type": "Feature", "properties": { "name": "Own" },
                                    "geometry": { "type": "Polygon", "coordinates": [ring] } });
    let zone = ops.import_zones(&machine, first, zones.clone()).await.unwrap().results[0].zone.unwrap();

    // Somebody who may do everything, but only at the second hub.
    let mut other = dispatcher.clone();
    other.scope = Scope::Hubs(vec![east.hub]);
    let close = || CloseRoad {
        area: false,
        places: "35.9, 14.45\n35.91, 14.46".into(),
        reason: "Works".into(),
        bars: vec![VehicleKind::DieselVan],
        until: at(18, 0).naive_utc(),
    };
    let windows = (at(14, 0), at(16, 0));
    let fields = [("notice_minutes".to_owned(), "45".to_owned())].into();
    let set = ChangeSettings { hub: first, fields, ..ChangeSettings::default() };
    let draw = DrawZone {
        name: "Theirs".into(),
        places: "35.8, 14.4\n35.8, 14.5\n35.9, 14.5".into(),
        from: String::new(),
        until: String::new(),
    };
    // The second van stays at the hub tomorrow.
    let tomorrow = at(12, 0).date_naive() + chrono::TimeDelta::days(1);
    let off = SaveShift {
        vehicle: hub.keys.vehicles[1].id,
        day: tomorrow,
        duty: wire::roster::DutyCode::Off,
        driver: None,
        from: None,
        until: None,
        breaks: vec![],
        replaces: None,
        another: false,
    };
    let line = ops.save_shift(&dispatcher, first, off.clone()).await.unwrap().shift.unwrap();
    let usual = SaveShift { duty: wire::roster::DutyCode::Usual, ..off };
    let driver = SaveDriver { id: None, name: "Somebody".into(), left: false, usually_drives: None };
    let roster = RosterAsk { hub: first, ..RosterAsk::default() };
    let erase = EraseRecipient { order, all: true, typed: "BOO-000001".into() };
    let page = ops.roster_page(&dispatcher, first, Some(tomorrow)).await.unwrap();
    let form = page.rows[0].shifts[0].form.clone();
    let before = everything(&hub).await;
    let answers: Vec<(&str, Option<OpsError>)> = vec![
        ("roster", ops.roster(&other, roster).await.err()),
        ("save_shift", ops.save_shift(&other, first, usual.clone()).await.err()),
        ("save_shifts", ops.save_shifts(&other, first, vec![usual]).await.err()),
        ("remove_shift", ops.remove_shift(&other, line).await.err()),
        ("save_driver", ops.save_driver(&other, first, driver.clone()).await.err()),
        ("roster_page", ops.roster_page(&other, first, None).await.err()),
        ("save_shift_form", ops.save_shift_form(&other, hub.keys.hub, form).await.err()),
        ("save_driver_form", ops.save_driver_form(&other, hub.keys.hub, DriverForm::default()).await.err()),
        ("save_drivers", ops.save_drivers(&other, first, vec![driver]).await.err()),
        ("board", ops.board(&other, first).await.err()),
        ("map", ops.map(&other, first).await.err()),
        ("route", ops.route(&other, route).await.err()),
        ("view", ops.view(&other, first, None).await.err()),
        ("queue", ops.queue(&other, first, QueueFilter::Unresolved).await.err()),
        ("queue_behind", ops.queue_behind(&other, first, QueueFilter::Mine, None).await.err()),
        ("claim", ops.claim(&other, exception).await.err()),
        ("release", ops.release(&other, exception).await.err()),
        ("resolve", ops.resolve(&other, exception, "Done".into()).await.err()),
        ("reopen", ops.reopen(&other, exception).await.err()),
        ("figures", ops.figures(&other, first, None).await.err()),
        ("figure_rows", ops.figure_rows(&other, first, None, FigureKind::Failed, 1).await.err()),
        ("roads", ops.roads(&other, first).await.err()),
        ("close_road", ops.close_road(&other, first, close()).await.err()),
        ("lift_closure", ops.lift_closure(&other, closure).await.err()),
        ("set_weather", ops.set_weather(&other, first, Weather::Snow).await.err()),
        ("close_day", ops.close_day(&other, first, at(12, 0).date_naive()).await.err()),
        ("propose_plan", ops.propose_plan(&other, first).await.err()),
        (
            "accept_proposal",
            ops.accept_proposal(&other, proposal.id, proposal.based_on, Freedom::Least).await.err(),
        ),
        ("decline_proposal", ops.decline_proposal(&other, proposal.id).await.err()),
        ("order", ops.order(&other, order).await.err()),
        ("erase_recipient", ops.erase_recipient(&other, order, false).await.err()),
        ("recipient", ops.recipient(&other, order, &[]).await.err()),
        ("erase_confirmed", ops.erase_confirmed(&other, erase).await.err()),
        ("slots", ops.slots(&other, order).await.err()),
        ("reschedule", ops.reschedule(&other, order, windows, None).await.err()),
        ("cancel_order", ops.cancel_order(&other, order).await.err()),
        ("waiting_orders", ops.waiting_orders(&other, first, 1).await.err()),
        ("settings", ops.settings(&other, SettingsAsk { hub: first, ..SettingsAsk::default() }).await.err()),
        ("change_settings", ops.change_settings(&other, set).await.err()),
        ("zones", ops.zones(&other, first, ZonesSaid::default()).await.err()),
        ("zones_geojson", ops.zones_geojson(&other, first).await.err()),
        ("import_zones", ops.import_zones(&other, first, zones.clone()).await.err()),
        ("import_zones_as_text", ops.import_zones_as_text(&other, first, &zones.to_string()).await.err()),
        ("draw_zone", ops.draw_zone(&other, first, draw).await.err()),
        ("end_zone", ops.end_zone(&other, zone, at(12, 0).date_naive()).await.err()),
    ];
    for (verb, fault) in &answers {
        assert!(matches!(fault, Some(OpsError::NotFound | OpsError::NoSuchHub)), "{verb}: {fault:?}");
    }
    // A road is closed for everybody, but only who closed it opens it again.
    let closures = ops.roads(&other, None).await.unwrap().closures;
    let rows: Vec<_> = closures.iter().map(|row| (row.own, row.reason.as_str())).collect();
    assert_eq!(rows, [(false, "Works, said at Test hub")]);
    let hits = ops.find_orders(&other, "BOO", 1).await.unwrap().hits;
    assert_eq!(ops.erasures(&other, 1).await.unwrap().rows, [], "nobody was erased at the own hub");
    assert_eq!(ops.find_erasable(&other, "BOO", 1).await.unwrap().hits, hits);
    assert_eq!(hits.len(), 6, "search shows the own hub's orders alone: {hits:?}");
    assert_eq!(everything(&hub).await, before, "a refused verb changed something");

    // Without a hub in the question it is the own one.
    assert_eq!(ops.board(&other, None).await.unwrap().head.hub, "Second hub");
    assert!(!ops.may_see_hub(&other, hub.keys.hub).await.unwrap());
    assert!(!ops.may_see_hub(&other, HubId(uuid::Uuid::now_v7())).await.unwrap(), "there is no such hub");
    assert!(ops.may_see_hub(&other, east.hub).await.unwrap());
    assert_eq!(ops.hubs_within_reach(&other).iter().map(|hub| hub.id).collect::<Vec<_>>(), [east.hub]);
    other.scope = Scope::Hubs(vec![]);
    assert!(ops.board(&other, None).await.is_err());
    assert!(ops.find_orders(&other, "BOO", 1).await.is_err());

    let mut tried: BTreeSet<String> = answers.iter().map(|(verb, _)| (*verb).to_owned()).collect();
    tried.extend(["find_orders", "find_erasable", "erasures", "may_see_hub"].map(String::from));
    let known = OF_NO_HUB.iter().chain(&OF_NO_PERSON).map(|verb| (*verb).to_owned());
    let untried: Vec<_> = verbs().difference(&tried.into_iter().chain(known).collect()).cloned().collect();
    assert_eq!(untried, Vec::<String>::new(), "try these with somebody of another hub");
    hub.close().await;
}

/// What a verb could have changed, counted.
async fn everything(hub: &Hub) -> (i64, String) {
    let mut conn = hub.database.read().await.unwrap();
    let events: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&mut *conn).await.unwrap();
    let rows = "select md5(string_agg(r, '' order by r)) from (
        select o::text as r from orders o union all select e::text from exceptions e
        union all select p::text from proposals p union all select c::text from closures c
        union all select s::text from settings s union all select s::text from shifts s
        union all select d::text from drivers d union all select z::text from zones z) all_rows";
    (events, sqlx::query_scalar(rows).fetch_one(&mut *conn).await.unwrap())
}

#[test]
fn a_scope_reaches_what_it_names() {
    let (one, other) = (HubId(uuid::Uuid::from_u128(1)), HubId(uuid::Uuid::from_u128(2)));
    assert!(Scope::Every.reaches(one));
    assert!(Scope::Hubs(vec![one]).reaches(one) && !Scope::Hubs(vec![one]).reaches(other));
}
