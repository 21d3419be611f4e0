//! Zones: the smaller of two serves, each on its days; what cannot be drawn is named; one hub without zones is as before.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order},
    two_hubs::open_second,
};
use chrono::TimeDelta;
use domain::{Day, HubId, OutlineFault, Role, ZoneFault, ZoneId};
use operations::{Caller, Operations, OpsError};
use serde_json::{Value, json};
use wire::{
    Point,
    machine::{PlaceOrders, PlaceStatus},
    staff::zones::{DrawZone, ZonesSaid},
    zones::{ZoneRefusal, ZoneStatus},
};

fn day(day: u32) -> Day {
    Day::from_ymd_opt(2026, 11, day).unwrap()
}

/// A square around a place, `half` degrees to each side.
fn feature(name: &str, (lat, lon): (f64, f64), half: f64, mut dates: Value) -> Value {
    let (s, n, w, e) = (lat - half, lat + half, lon - half, lon + half);
    dates["name"] = name.into();
    json!({ "type": "Feature", "properties": dates,
            "geometry": { "type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]] } })
}

fn file(features: &[Value]) -> Value {
    json!({ "type": "FeatureCollection", "features": features })
}

async fn results(
    ops: &Operations,
    caller: &Caller,
    hub: HubId,
    sent: Value,
) -> Vec<(ZoneStatus, Option<ZoneId>, String)> {
    let answer = ops.import_zones(caller, Some(hub), sent).await.unwrap();
    answer.results.into_iter().map(|r| (r.result, r.zone, r.why.unwrap_or_default())).collect()
}

/// At which hub an order to a place ends up on a day of November, or why it is refused.
async fn goes(hub: &Hub, ops: &Operations, n: usize, place: (f64, f64), on: u32) -> Result<HubId, String> {
    let shop = hub.shop(ops).await;
    let later = TimeDelta::days(i64::from(on) - 23);
    let mut order = order(n, at(9, 0) + later, at(11, 0) + later);
    order.at = Some(Point { lat: place.0, lon: place.1 });
    let answer = ops.place_orders(&shop, PlaceOrders::Single(Box::new(order))).await.unwrap();
    let result = &answer.results[0];
    if result.result == PlaceStatus::Refused {
        return Err(result.why.clone().unwrap());
    }
    let mut conn = hub.database.read().await.unwrap();
    let stored = store::orders::many(&mut conn, &[result.order.unwrap()]).await.unwrap();
    Ok(stored[0].hub)
}

const YARD: &str = "35.8, 14.4\n35.8, 14.5\n35.9, 14.5\n35.9, 14.4";
const HERE: (f64, f64) = (35.9, 14.45);
const MIDDLE: (f64, f64) = (35.9, 15.35);

#[tokio::test]
async fn an_order_goes_by_the_smallest_zone_that_holds_its_door_that_day() {
    let Some(hub) = Hub::open("zones_serve").await else { return };
    let ops = hub.at(at(6, 0));
    let east = open_second(&hub, &ops).await.hub;
    let (first, machine) = (hub.keys.hub, hub.machine(&ops).await);
    assert_eq!(goes(&hub, &ops, 1, MIDDLE, 23).await, Ok(first), "without zones it is the nearest");

    // The first hub's ground is wide, the second's a patch of it from the 25th on, until the 27th.
    let wide = file(&[feature("Wide", (35.9, 14.9), 0.6, json!({}))]);
    assert_eq!(results(&ops, &machine, first, wide.clone()).await[0].0, ZoneStatus::Drawn);
    let patch = json!({ "from": "2026-11-25", "until": "2026-11-27" });
    let patch = results(&ops, &machine, east, file(&[feature("Patch", MIDDLE, 0.1, patch)])).await;
    assert_eq!(patch[0].0, ZoneStatus::Drawn);
    for (n, on, serves) in [(2, 24, first), (3, 25, east), (4, 26, east), (5, 27, first)] {
        assert_eq!(goes(&hub, &ops, n, MIDDLE, on).await, Ok(serves), "on the {on}th");
    }
    let refused = goes(&hub, &ops, 6, (35.9, 16.45), 24).await.unwrap_err();
    assert!(
        refused.contains("no zone serves this door on 2026-11-24") && refused.contains("`hub`"),
        "{refused}"
    );

    // An order that names its hub goes there, zones or not.
    let mut named = order(7, at(9, 0), at(11, 0));
    (named.at, named.hub) = (Some(Point { lat: 35.9, lon: 16.45 }), Some(east));
    let shop = hub.shop(&ops).await;
    let answer = ops.place_orders(&shop, PlaceOrders::Single(Box::new(named))).await.unwrap();
    assert_eq!(answer.results[0].result, PlaceStatus::Placed, "{answer:?}");

    // Once the last zone is over it is as before.
    let wide = results(&ops, &machine, first, wide).await;
    assert_eq!(wide[0].0, ZoneStatus::Known, "sent again it changes nothing");
    let said = ops.end_zone(&machine, wide[0].1.unwrap(), day(24)).await.unwrap();
    assert_eq!(said, ZonesSaid { ended: 1, ..ZonesSaid::default() });
    assert_eq!(goes(&hub, &ops, 8, (35.9, 16.4), 24).await, Ok(east));
    assert!(goes(&hub, &ops, 9, (35.9, 16.4), 25).await.is_err(), "the patch holds then");
    let again = ops.end_zone(&machine, wide[0].1.unwrap(), day(22)).await.unwrap();
    assert_eq!(again.refused, [(0, ZoneRefusal::Zone(ZoneFault::EndsInThePast(day(23))))]);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn each_of_a_file_has_its_answer_and_what_cannot_be_is_named() {
    let Some(hub) = Hub::open("zones_file").await else { return };
    let ops = hub.at(at(6, 0));
    let (own, machine) = (hub.keys.hub, hub.machine(&ops).await);
    let mut bow = feature("Bow", HERE, 0.1, json!({}));
    bow["geometry"]["coordinates"][0].as_array_mut().unwrap().swap(1, 2);
    let swapped = feature("Swapped", (14.45, 35.9), 0.1, json!({}));
    let (good, over) = (
        feature("Good", HERE, 0.1, json!({})),
        feature("Over", HERE, 0.1, json!({ "from": "2026-11-01", "until": "2026-11-23" })),
    );
    let sent =
        vec![bow, good.clone(), feature("", HERE, 0.1, json!({})), swapped, good.clone(), json!(7), over];
    let answers = results(&ops, &machine, own, file(&sent)).await;
    let refused = |n: usize, says: &str| {
        assert!(answers[n].0 == ZoneStatus::Refused && answers[n].2.contains(says), "{n}: {:?}", answers[n]);
    };
    refused(0, "crosses or touches itself at 35.90000, 14.45000");
    assert_eq!(answers[1].0, ZoneStatus::Drawn);
    refused(2, "name of 1 to 80");
    refused(3, "north and east swapped");
    refused(4, "twice");
    refused(5, "Feature");
    refused(6, "ended on 2026-11-23");
    assert_eq!(answers.len(), 7);
    let whole = ops.import_zones(&machine, Some(own), json!({ "type": "Point" })).await;
    assert!(matches!(whole, Err(OpsError::Invalid(why)) if why.contains("FeatureCollection")));

    // What is read back can be sent again and changes nothing, also on a later day.
    let events = async || {
        let mut conn = hub.database.read().await.unwrap();
        sqlx::query_scalar::<_, i64>("select count(*) from events").fetch_one(&mut *conn).await.unwrap()
    };
    let before = events().await;
    let back = serde_json::to_value(ops.zones_geojson(&machine, None).await.unwrap()).unwrap();
    assert_eq!(back["features"][0]["properties"]["from"], "2026-11-23");
    let tomorrow = hub.at(at(6, 0) + TimeDelta::days(1));
    for sent in [back, file(&[good])] {
        assert_eq!(results(&tomorrow, &machine, own, sent).await[0].0, ZoneStatus::Known);
    }
    assert_eq!(events().await, before);

    // Another outline under the name takes over when it begins.
    let next = feature("Good", HERE, 0.2, json!({ "from": "2026-11-30" }));
    assert_eq!(results(&ops, &machine, own, file(&[next])).await[0].0, ZoneStatus::Replaced);
    let early = feature("Good", HERE, 0.3, json!({ "from": "2026-11-28" }));
    let answer = results(&ops, &machine, own, file(&[early])).await;
    assert!(answer[0].2.contains("begins on 2026-11-30"), "{answer:?}");
    let zones = ops.zones_geojson(&machine, None).await.unwrap().features;
    let dates: Vec<_> = zones.iter().map(|z| (z.properties.from, z.properties.until)).collect();
    assert_eq!(dates, [(day(23), Some(day(30))), (day(30), None)]);
    assert_eq!(hub.at(at(20, 0)).replay().await.unwrap().differences, Vec::<String>::new());
    hub.close().await;
}

#[tokio::test]
async fn an_administrator_draws_and_ends_zones_within_reach() {
    let Some(hub) = Hub::open("zones_people").await else { return };
    let ops = hub.at(at(6, 0));
    let own = Some(hub.keys.hub);
    let boss = hub.person(Role::Administrator).await;
    let empty = ops.zones(&boss, None, ZonesSaid::default()).await.unwrap();
    assert!(empty.rows.is_empty() && empty.map.is_none() && !empty.refused);

    let draw = |places: &str| DrawZone {
        name: "Yard".into(),
        places: places.into(),
        from: String::new(),
        until: String::new(),
    };
    let said =
        ops.draw_zone(&boss, own, draw("35.8, 14.4\n35.9, 14.5\n35.9, 14.4\n35.8, 14.5")).await.unwrap();
    assert!(matches!(said.refused[..], [(1, ZoneRefusal::Outline(OutlineFault::Crossing(_)))]), "{said:?}");
    let view = ops.zones(&boss, own, said).await.unwrap();
    assert!(view.refused && view.said[0].contains("35.85000, 14.45000"), "{:?}", view.said);
    let said = ops.draw_zone(&boss, own, draw("35.8; 14.4")).await.unwrap();
    assert_eq!(said.refused, [(1, ZoneRefusal::NotPlaces)]);
    let said = ops.draw_zone(&boss, own, draw(YARD)).await.unwrap();
    assert_eq!(said.drawn, 1, "{said:?}");
    let text = file(&[feature("Wide", HERE, 0.3, json!({}))]).to_string();
    assert_eq!(ops.import_zones_as_text(&boss, own, &text).await.unwrap().drawn, 1);
    assert_eq!(
        ops.import_zones_as_text(&boss, own, "{").await.unwrap().refused,
        [(0, ZoneRefusal::NotGeoJson)]
    );

    let view = ops.zones(&boss, None, ZonesSaid { drawn: 1, ..ZonesSaid::default() }).await.unwrap();
    assert_eq!(view.said, ["One zone was drawn."]);
    let yard = view.rows.iter().find(|row| row.name == "Yard").unwrap();
    assert!((99_000_000..101_500_000).contains(&yard.area_m2), "0.1 by 0.1 degrees: {}", yard.area_m2);
    let map = view.map.unwrap();
    assert_eq!((map.zones.len(), map.hubs.len()), (2, 1));
    assert!(map.zones[0].title.starts_with("Wide"), "the largest is drawn first, so that none hides another");
    assert!(
        map.zones.iter().all(|z| (0..=map.width).contains(&z.at.0) && (0..=map.height).contains(&z.at.1))
    );
    assert_eq!(ops.end_zone(&boss, yard.id, day(23)).await.unwrap().ended, 1);
    assert_eq!(ops.zones(&boss, None, ZonesSaid::default()).await.unwrap().rows.len(), 1, "it ended today");

    for role in [Role::Dispatcher, Role::Agent, Role::Manager] {
        let other = hub.person(role).await;
        assert!(matches!(
            ops.zones(&other, own, ZonesSaid::default()).await,
            Err(OpsError::NotAllowed { .. })
        ));
        assert!(matches!(
            ops.end_zone(&other, view.rows[0].id, day(24)).await,
            Err(OpsError::NotAllowed { .. })
        ));
    }
    let shop = hub.shop(&ops).await;
    assert!(matches!(ops.import_zones(&shop, own, json!({})).await, Err(OpsError::WrongKey(_))));

    // One that would hold on no day is none, and one that is ended before it begins is gone at once.
    let never = DrawZone { from: "2026-11-30".into(), until: "2026-11-30".into(), ..draw(YARD) };
    let said = ops.draw_zone(&boss, own, never.clone()).await.unwrap();
    let never_holds = ZoneFault::EndsFirst { from: day(30), until: day(30) };
    assert_eq!(said.refused, [(1, ZoneRefusal::Zone(never_holds))]);
    let later = DrawZone { name: "Later".into(), until: String::new(), ..never };
    ops.draw_zone(&boss, own, later).await.unwrap();
    let rows = async || ops.zones(&boss, None, ZonesSaid::default()).await.unwrap().rows;
    let later = rows().await.into_iter().find(|row| row.name == "Later").unwrap();
    assert_eq!(ops.end_zone(&boss, later.id, day(30)).await.unwrap().ended, 1);
    assert!(rows().await.iter().all(|row| row.id != later.id), "it never holds");

    // With two hubs nobody guesses whose, and the one without a zone gets only what names it.
    assert_eq!(ops.zones(&boss, own, ZonesSaid::default()).await.unwrap().without, Vec::<String>::new());
    let machine = hub.machine(&ops).await;
    open_second(&hub, &ops).await;
    let view = ops.zones(&boss, own, ZonesSaid::default()).await.unwrap();
    assert_eq!((view.hubs.len(), view.without), (2, vec![view.hubs[1].1.clone()]));
    assert!(
        matches!(ops.zones_geojson(&machine, None).await, Err(OpsError::Invalid(why)) if why.contains("?hub="))
    );
    hub.close().await;
}

#[tokio::test]
async fn two_who_draw_at_once_do_not_draw_the_same_twice() {
    let Some(hub) = Hub::open("zones_race").await else { return };
    let ops = hub.at(at(6, 0));
    let (own, machine) = (hub.keys.hub, hub.machine(&ops).await);
    let sent = || file(&[feature("Good", HERE, 0.1, json!({}))]);
    let (one, other) =
        tokio::join!(results(&ops, &machine, own, sent()), results(&ops, &machine, own, sent()));
    let mut both = [one[0].0, other[0].0];
    both.sort_by_key(|status| *status != ZoneStatus::Drawn);
    assert_eq!(both, [ZoneStatus::Drawn, ZoneStatus::Known]);
    assert_eq!(ops.zones_geojson(&machine, None).await.unwrap().features.len(), 1);
    hub.close().await;
}
