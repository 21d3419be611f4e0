//! How far a route was planned and driven stands beside each other in the figures.

use crate::{
    common::{Hub, at, fix},
    the_roads::malta,
};
use chrono::TimeDelta;
use domain::{Outcome, Role};
use operations::Caller;
use roads::{LatLon, Profile, TravelTimes};
use wire::{driver::Deed, staff::figures::FigureKind};

#[tokio::test]
async fn a_route_that_was_driven_as_planned_has_driven_its_planned_kilometres() {
    let Some(mut hub) = Hub::open("kilometres").await else { return };
    let Some(city) = malta() else { return };
    hub.city = Some(city.clone());
    hub.plan(40).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let gate = LatLon { lat: 35.9, lon: 14.45 };
    let doors = route.stops.iter().map(|s| LatLon { lat: s.at.lat, lon: s.at.lon });
    let points: Vec<LatLon> = std::iter::once(gate).chain(doors).chain([gate]).collect();
    let legs = city.path(&points, Profile::Van, None).unwrap().legs;
    let metres: f64 = legs.iter().map(|leg| leg.metres).sum();

    let timer = Caller::timer();
    assert_eq!(hub.at(at(7, 40)).measure_routes(&timer).await.unwrap(), 1, "the plan, and no drive yet");
    assert_eq!(hub.at(at(7, 41)).measure_routes(&timer).await.unwrap(), 0);

    // The phone is off between the second door and the fourth.
    let mut clock = at(7, 33);
    for (leg, (number, stop)) in legs.iter().zip((1..).zip(route.stops.iter().map(Some).chain([None]))) {
        let mut readings = vec![];
        let begun = clock;
        for (point, seconds) in leg.points.iter().zip(&leg.at_seconds) {
            clock = begun + TimeDelta::milliseconds((seconds * 1_000.0) as i64);
            readings.push(fix(clock, point.lat, point.lon));
        }
        readings.dedup_by_key(|fix| fix.at.timestamp());
        clock += TimeDelta::seconds(5);
        let ops = hub.at(clock);
        let van = hub.van(&ops, n).await;
        if !(3..=4).contains(&number) {
            for batch in readings.chunks(200) {
                ops.record_positions(&van, batch.to_vec()).await.unwrap();
            }
        }
        let Some(stop) = stop else { break };
        hub.report(n, clock, Deed::Arrived { stop: stop.stop }).await;
        clock += TimeDelta::minutes(2);
        hub.attempt(n, clock, stop.stop, Outcome::DeliveredToRecipient).await;
    }
    hub.report(n, clock, Deed::Returned { route: route.route }).await;
    assert_eq!(
        hub.at(clock + TimeDelta::minutes(5)).measure_routes(&timer).await.unwrap(),
        0,
        "late readings"
    );
    let later = hub.at(clock + TimeDelta::minutes(11));
    assert_eq!(later.measure_routes(&timer).await.unwrap(), 1);

    let manager = hub.person(Role::Manager).await;
    let rows = later.figure_rows(&manager, None, None, FigureKind::StopsPerHour, 1).await.unwrap().routes;
    let row = rows.iter().find(|row| row.route == route.route).unwrap();
    let (planned, driven) = (row.planned_km.unwrap() * 1_000.0, row.driven_km.unwrap() * 1_000.0);
    assert!((planned / metres - 1.0).abs() < 0.001, "{planned:.0} of {metres:.0} m planned");
    assert!((driven / metres - 1.0).abs() < 0.03, "{driven:.0} of {metres:.0} m driven");
    hub.close().await;
}

#[tokio::test]
async fn a_drive_without_a_reading_is_looked_at_once_and_keeps_no_other_waiting() {
    let Some(hub) = Hub::open("no_reading").await else { return };
    hub.plan(40).await;
    let routed = hub.routed(at(7, 20)).await;
    for (n, route) in &routed {
        hub.report(*n, at(7, 32), Deed::Departed { route: route.route }).await;
        hub.report(*n, at(8, 0), Deed::Returned { route: route.route }).await;
    }
    let left = async || {
        let mut conn = hub.database.read().await.unwrap();
        let left = store::roads::unmeasured(&mut conn, hub.keys.hub, at(6, 0), at(8, 1), 40).await.unwrap();
        left.into_iter().filter(|route| route.drive_until.is_some()).count()
    };
    assert_eq!(left().await, routed.len());
    hub.at(at(8, 11)).measure_routes(&Caller::timer()).await.unwrap();
    assert_eq!(left().await, 0);
    hub.close().await;
}
