//! A whole day on a real map, when `DOORSTEP_EXTRACTS` names a folder that holds one; a loud line when it does not.

use crate::driver::Driver;
use crate::phone::Phone;
use crate::scenario::{Scenario, ScenarioOrder, Size};
use crate::streets::Streets;
use crate::testing::{script, workday};
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

/// Where the product believes an order's door to be.
fn place(order: &ScenarioOrder) -> LatLon {
    order.says.at.map_or(order.behind.door, at)
}

/// Sectors around the hub, each in the order of its windows: no good plan, but one that a driver can follow.
fn sectors(scenario: &Scenario) -> Vec<DriverRoute> {
    let mut orders: Vec<&ScenarioOrder> =
        scenario.orders.iter().filter(|order| order.placed_at.is_none()).collect();
    let angle = |order: &ScenarioOrder| {
        let at = place(order);
        (at.lat - scenario.hub.lat).atan2(at.lon - scenario.hub.lon)
    };
    orders.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    let size = orders.len().div_ceil(scenario.vehicles.len());
    let mut number = 0_u128;
    orders
        .chunks(size)
        .map(|sector| {
            let mut sector = sector.to_vec();
            sector.sort_by_key(|order| order.says.window_until);
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

fn stop(number: u128, sequence: i32, order: &ScenarioOrder) -> DriverStop {
    let (believed, order) = (place(order), &order.says);
    DriverStop {
        stop: StopId(Uuid::from_u128(number)),
        sequence,
        visit: sequence,
        reference: order.reference.clone(),
        address: order.address.clone(),
        at: Point { lat: believed.lat, lon: believed.lon },
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
    let write = || Scenario::write(script(1, size), city.addresses(), &city).unwrap();
    let scenario = write();
    assert_eq!(scenario.orders, write().orders);
    let known: HashSet<&str> = city.addresses().iter().map(|address| address.text.as_str()).collect();
    let line = |order: &ScenarioOrder| scenario.town.households[order.behind.household].address.clone();
    let on_the_map = |line: String| {
        known.contains(
            line.split_once(", ")
                .filter(|(flat, _)| flat.starts_with("Flat "))
                .map_or(line.as_str(), |(_, rest)| rest),
        )
    };
    assert!(scenario.orders.iter().all(|order| on_the_map(line(order))));
    let gate = at(scenario.hub);
    assert!(city.road_near(gate, Profile::Car).unwrap().1 < 5.0);
    assert!(scenario.orders.iter().all(|order| place(order).metres_to(gate) < 35_000.0));

    let routes = sectors(&scenario);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth.jsonl");
    let (world, vans) = World::of(&scenario, Arc::new(city), Truth::to(&file).unwrap());
    let world = Arc::new(world);
    let (mut ended, mut driven_h) = (0, 0.0);
    for (truth, route) in vans.into_iter().zip(routes) {
        let (stops, label) = (route.stops.len(), truth.label.clone());
        let mut phone = {
            let (shares, reception) = (&world.shares().phones, Arc::clone(&world.town().reception));
            Phone::new(world.draws(), 0, &label, "token".into(), 10.0, shares, reception)
        };
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
    doors_are_as_usual_in_the_mean(&file);
}

/// What is said to be usual at a door is what happens in the mean, and about as many find nobody.
fn doors_are_as_usual_in_the_mean(file: &std::path::Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let facts = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let stops: Vec<_> = facts.filter(|fact| fact["fact"] == "stop").collect();
    let sum = |key: &str| stops.iter().map(|stop| stop[key].as_f64().unwrap()).sum::<f64>();
    let (happened, usual) = (sum("at_door_s"), sum("usual_at_door_s"));
    let of = |outcome: &str| stops.iter().filter(|stop| stop["outcome"] == outcome).count() as f64;
    let nobody = of("failed_not_home") / stops.len() as f64;
    let lost = of("failed_cant_find_address") / stops.len() as f64;
    println!("at doors {happened:.0} s, usual {usual:.0} s; nobody at {nobody:.3}, not found {lost:.3}");
    assert!((0.94..1.06).contains(&(happened / usual)), "{happened} s at doors, {usual} s usual");
    assert!((0.03..0.13).contains(&nobody), "{nobody} find nobody");
    assert!((0.002..0.03).contains(&lost), "{lost} are not found");
}

#[test]
fn a_closed_lane_makes_a_detour_of_which_the_map_knows_nothing() {
    let Some((city, _cache)) = city() else { return };
    let size = Size { vans: 2, orders: 20, late_orders: 0, first_order: 1 };
    let scenario = Scenario::write(script(1, size), city.addresses(), &city).unwrap();
    let lanes = scenario.town.closed_lanes.clone();
    assert_eq!(lanes.len(), 12);
    // Who comes from well before a lane and goes well behind it.
    let beyond = |end: LatLon, other: LatLon| {
        let stretch = 300.0 / other.metres_to(end).max(1.0);
        let (lat, lon) = (end.lat - other.lat, end.lon - other.lon);
        LatLon { lat: end.lat + lat * stretch, lon: end.lon + lon * stretch }
    };
    let set_off = roads::Wall(workday().after(Duration::hours(2)).timestamp());
    let metres = |city: &City, places: &[LatLon]| {
        let (first, last) = (places[0], places[places.len() - 1]);
        let way = city.way(beyond(first, last), beyond(last, first), Profile::Car, set_off);
        way.map_or(0.0, |way| way.metres)
    };
    let before: Vec<f64> = lanes.iter().map(|lane| metres(&city, &lane.places)).collect();
    let city = Arc::new(city);
    let (_world, _) = World::of(&scenario, Arc::<City>::clone(&city), Truth::default());
    let longer =
        lanes.iter().zip(&before).filter(|(lane, before)| metres(&city, &lane.places) > *before + 1.0);
    let longer = longer.count();
    println!("{longer} of {} closed lanes make a detour", lanes.len());
    assert!(longer >= 4, "{longer}");
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
    let scenario = Scenario::write(script(3, size), city.addresses(), &city).unwrap();
    let (world, vans) = World::of(&scenario, Arc::new(city), Truth::default());
    let doors: Vec<LatLon> = scenario.orders.iter().map(place).collect();
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
