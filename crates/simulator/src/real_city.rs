//! A whole day on a real map, when `DOORSTEP_EXTRACTS` names a folder that holds one; a loud line when it does not.

use crate::driver::Driver;
use crate::phone::Phone;
use crate::scenario::{Scenario, Size};
use crate::streets::Streets;
use crate::testing::workday;
use crate::truth::Truth;
use crate::world::World;
use crate::world::leg::Here;
use chrono::Duration;
use roads::{City, LatLon, Profile};
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;
use wire::Point;
use wire::driver::{Deed, DriverRoute, DriverStop, Fix, Report};
use wire::machine::PlaceOrder;
use wire::{RouteId, StopId, VehicleKind};

fn city() -> Option<(City, tempfile::TempDir)> {
    let Some(folder) = std::env::var_os("DOORSTEP_EXTRACTS") else {
        skips::skip("a day on a real map", "set DOORSTEP_EXTRACTS to a folder with malta-latest.osm.pbf");
        return None;
    };
    let cache = tempfile::tempdir().unwrap();
    let extract = std::path::Path::new(&folder).join("malta-latest.osm.pbf");
    Some((City::open(&extract, cache.path()).unwrap(), cache))
}

fn at(point: Point) -> LatLon {
    LatLon { lat: point.lat, lon: point.lon }
}

/// Sectors around the hub, each in the order of its windows: no good plan, but one that a driver can follow.
fn sectors(scenario: &Scenario) -> Vec<DriverRoute> {
    let mut orders: Vec<&PlaceOrder> =
        scenario.orders.iter().filter(|order| order.placed_at.is_none()).map(|order| &order.says).collect();
    let angle = |order: &PlaceOrder| {
        let at = order.at.unwrap();
        (at.lat - scenario.hub.lat).atan2(at.lon - scenario.hub.lon)
    };
    orders.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    let size = orders.len().div_ceil(scenario.vehicles.len());
    let mut number = 0_u128;
    orders
        .chunks(size)
        .map(|sector| {
            let mut sector = sector.to_vec();
            sector.sort_by_key(|order| order.window_until);
            number += 1;
            let route = RouteId(Uuid::from_u128(number));
            let stops = (1..).zip(sector).map(|(sequence, order)| {
                number += 1;
                stop(number, sequence, order)
            });
            DriverRoute {
                route,
                revision: 1,
                planned_start: scenario.day.after(Duration::minutes(20)),
                hub: scenario.hub,
                stops: stops.collect(),
                breaks: vec![],
                reload_before: None,
                closures: vec![],
            }
        })
        .collect()
}

fn stop(number: u128, sequence: i32, order: &PlaceOrder) -> DriverStop {
    DriverStop {
        stop: StopId(Uuid::from_u128(number)),
        sequence,
        visit: sequence,
        reference: order.reference.clone(),
        address: order.address.clone(),
        at: order.at.unwrap(),
        recipient: order.recipient.name.clone(),
        window_from: order.window_from,
        window_until: order.window_until,
        service_s: order.service_s.unwrap(),
        service: order.service.unwrap_or_default(),
        aboard: true,
        notes: None,
        windows: vec![],
    }
}

fn is_end(report: &Report) -> bool {
    matches!(report.what, Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. })
}

/// The fastest that a vehicle seemed to go between two readings a minute or less apart, in metres a second.
fn top_speed(fixes: &[Fix]) -> f64 {
    let steady: Vec<_> =
        fixes.iter().filter(|fix| fix.accuracy_m.is_some_and(|metres| metres < 20.0)).collect();
    let place = |fix: &Fix| LatLon { lat: fix.lat, lon: fix.lon };
    steady
        .windows(2)
        .map(|pair| place(pair[0]).metres_to(place(pair[1])) / (pair[1].at - pair[0].at).as_seconds_f64())
        .fold(0.0, f64::max)
}

#[test]
fn a_day_in_a_real_city_is_the_same_twice_and_plausible() {
    let Some((city, _cache)) = city() else { return };
    let size = Size { vans: 40, orders: 1_500, late_orders: 40, first_order: 1 };
    let write = || Scenario::write(1, size, workday(), city.addresses(), &city).unwrap();
    let scenario = write();
    assert_eq!(scenario.orders, write().orders);
    let known: HashSet<&str> = city.addresses().iter().map(|address| address.text.as_str()).collect();
    assert!(scenario.orders.iter().all(|order| known.contains(order.says.address.as_str())));
    let gate = at(scenario.hub);
    assert!(city.road_near(gate, Profile::Car).unwrap().1 < 5.0);
    assert!(scenario.orders.iter().all(|order| at(order.says.at.unwrap()).metres_to(gate) < 35_000.0));

    let routes = sectors(&scenario);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth.jsonl");
    let (world, vans) = World::of(&scenario, Arc::new(city), Truth::to(&file).unwrap());
    let world = Arc::new(world);
    let (mut ended, mut driven_h) = (0, 0.0);
    for (truth, route) in vans.into_iter().zip(routes) {
        let (stops, label) = (route.stops.len(), truth.label.clone());
        let mut phone = Phone::new(world.draws(), 0, &label, "token".into(), 10.0);
        let mut driver = Driver::new(Arc::clone(&world), truth, workday().after(Duration::zero()));
        driver.hear(route, &mut phone);
        driver.live_until(workday().after(Duration::hours(16)), &mut phone);
        let reports = phone.queued_reports();
        assert!(driver.is_idle(), "{label} is still out");
        assert_eq!(reports.iter().filter(|report| is_end(report)).count(), stops, "{label}");
        let (first, last) = (reports.first().unwrap().at, reports.last().unwrap().at);
        driven_h += (last - first).as_seconds_f64() / 3_600.0;
        ended += stops;
        let fixes = phone.queued_fixes();
        assert!(fixes.len() > 300, "{label} measured {} times", fixes.len());
        assert!(top_speed(&fixes) < 45.0, "{label} seemed to go {} m/s", top_speed(&fixes));
    }
    let stops_an_hour = f64::from(ended as u32) / driven_h;
    println!("{ended} stops, {stops_an_hour:.1} an hour");
    assert!((2.0..20.0).contains(&stops_an_hour), "{stops_an_hour} stops an hour");
    approaches_differ_as_they_should(&file);
}

/// Means by kind and area, from the truth file: vans in the centre take longest, bikes hardly mind, and a sixth of the doors
/// lies in the centre.
fn approaches_differ_as_they_should(file: &std::path::Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let facts = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let stops: Vec<_> = facts.filter(|fact| fact["fact"] == "stop").collect();
    let mean = |bike: bool, area: &str| {
        let these =
            stops.iter().filter(|stop| (stop["kind"] == "cargo_bike") == bike && stop["area"] == area);
        let all: Vec<f64> =
            these.map(|stop| stop["search_s"].as_f64().unwrap() + stop["walk_s"].as_f64().unwrap()).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        println!("approach, bike {bike}, {area}: {} stops, {mean:.0} s", all.len());
        (all.len(), mean)
    };
    let [centre, town, outskirts] = ["centre", "town", "outskirts"].map(|area| mean(false, area));
    assert!(centre.1 > 2.0 * town.1 && town.1 > outskirts.1);
    assert!(mean(true, "centre").1 < centre.1 / 2.0);
    let share = centre.0 as f64 / (centre.0 + town.0 + outskirts.0) as f64;
    assert!((0.08..0.3).contains(&share), "{share} of the doors of vans are in the centre");
}

#[test]
fn nobody_drives_faster_than_the_road_allows() {
    let Some((city, _cache)) = city() else { return };
    let size = Size { vans: 40, orders: 400, late_orders: 0, first_order: 1 };
    let scenario = Scenario::write(3, size, workday(), city.addresses(), &city).unwrap();
    let (world, vans) = World::of(&scenario, Arc::new(city), Truth::default());
    let doors: Vec<LatLon> = scenario.orders.iter().map(|order| at(order.says.at.unwrap())).collect();
    let (mut van_kmh, mut bike_kmh): (f64, f64) = (0.0, 0.0);
    for (index, ends) in doors.windows(2).enumerate() {
        let van = &vans[index % vans.len()];
        let set_off = workday().after(Duration::minutes(index as i64));
        let leg = world.leg(van, &index.to_string(), Here::at(ends[0]), ends[1], set_off);
        let fastest = if van.kind == VehicleKind::CargoBike { &mut bike_kmh } else { &mut van_kmh };
        *fastest = fastest.max(leg.drive.fastest_mps() * 3.6);
    }
    println!("the fastest pieces of {} ways: vans {van_kmh:.1} km/h, bikes {bike_kmh:.1} km/h", doors.len());
    // Malta's highest limit is 80 km/h.
    assert!((50.0..88.1).contains(&van_kmh), "{van_kmh} km/h");
    assert!((10.0..27.6).contains(&bike_kmh), "{bike_kmh} km/h");
}
