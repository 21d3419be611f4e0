//! What changes while the city stays: rush hours, closures, weather, vans that do not fit.
//!
//! Each test opens a city of its own, because conditions hold for everybody who asks.

use std::sync::Arc;

use roads::{
    City, Closure, ClosureShape, Conditions, Curves, LatLon, Profile, RoadsError, TravelTimes, UNREACHABLE,
    Wall, Weather,
};

use super::{MALTA, extract, some_places};

/// Monday, 23 November 2026.
fn monday(hour: f64) -> Wall {
    Wall(1_795_392_000 + (hour * 3_600.0) as i64)
}

fn malta() -> Option<City> {
    let (path, cache) = (extract("malta-latest.osm.pbf")?, &MALTA.as_ref()?.cache);
    Some(City::open(&path, cache).expect("a city"))
}

fn closure(shape: ClosureShape) -> Closure {
    Closure {
        shape,
        from: monday(8.0),
        until: monday(12.0),
        bars: vec![Profile::Car, Profile::Van, Profile::ElectricVan],
    }
}

#[test]
fn the_whole_day_is_first_in_first_out_and_rush_hour_is_slow() {
    let Some(city) = malta() else { return };
    let places = some_places(&city, 60);
    let all: Vec<usize> = (0..places.len()).collect();
    let day = city.day_matrix(&places, &[all], Profile::Van, (monday(5.0), monday(22.0))).expect("a day");
    let (mut night, mut rush, mut steepest) = (0_u64, 0_u64, 0_i64);
    for (i, j) in (0..places.len()).flat_map(|i| (0..places.len()).map(move |j| (i, j))) {
        let mut arrived = i64::MIN;
        let mut before = day.at(i, j, monday(4.9));
        for second in (0..18 * 3_600).step_by(20) {
            let depart = monday(4.9).plus(second);
            let seconds = day.at(i, j, depart);
            assert!(seconds != UNREACHABLE);
            let arrives = depart.0 + i64::from(seconds);
            assert!(arrives >= arrived, "{i} to {j}, leaving at {}", depart.of_day());
            steepest = steepest.max(i64::from(before) - i64::from(seconds));
            (arrived, before) = (arrives, seconds);
        }
        night += u64::from(day.at(i, j, monday(5.0)));
        rush += u64::from(day.at(i, j, monday(17.0)));
    }
    assert!(steepest > 0, "times fall again after the rush");
    let slower = rush as f64 / night as f64;
    assert!((1.2..1.6).contains(&slower), "{slower} times as long at 17:00 as at 05:00");
}

#[test]
fn a_day_says_what_its_matrices_say() {
    let Some(city) = malta() else { return };
    let places = some_places(&city, 80);
    let all: Vec<usize> = (0..places.len()).collect();
    let day = city.day_matrix(&places, &[all], Profile::Van, (monday(6.0), monday(20.0))).expect("a day");
    let mut far = Vec::new();
    for hour in [6.0, 7.25, 8.3, 10.5, 12.7, 16.75, 18.0, 19.5] {
        let matrix = city.matrix(&places, &places, Profile::Van, Some(monday(hour))).expect("a matrix");
        for (i, j) in (0..places.len()).flat_map(|i| (0..places.len()).map(move |j| (i, j))) {
            let (exact, kept) = (f64::from(matrix.at(i, j)), f64::from(day.at(i, j, monday(hour))));
            if exact > 60.0 {
                far.push((kept / exact - 1.0).abs());
            }
        }
    }
    far.sort_by(f64::total_cmp);
    let (p99, most) = (far[far.len() * 99 / 100], far[far.len() - 1]);
    assert!(p99 < 0.02 && most < 0.06, "99 of 100 within {p99}, all within {most}");
}

#[test]
fn lengths_are_those_of_the_paths() {
    let Some(city) = malta() else { return };
    let places = some_places(&city, 20);
    let (mut pairs, mut others) = (0, 0);
    for profile in [Profile::Car, Profile::Van, Profile::CargoBike] {
        let (matrix, metres) = city.distances(&places, &places, profile, None).expect("a matrix");
        let plain = city.matrix(&places, &places, profile, None).expect("a matrix");
        assert_eq!(matrix, plain);
        for (i, &from) in places.iter().enumerate() {
            for (j, &to) in places.iter().enumerate() {
                let leg = &city.path(&[from, to], profile, None).expect("a path").legs[0];
                let said = f64::from(metres[i * places.len() + j]);
                let seconds = f64::from(plain.seconds[i * places.len() + j]);
                assert!((seconds - leg.seconds).abs() <= 1.0, "{seconds} s, {} s drawn", leg.seconds);
                pairs += 1;
                others += usize::from((said - leg.metres).abs() > 3.0 + leg.metres * 0.01);
            }
        }
    }
    // Of two ways that take equally long either may be measured; there are few such.
    assert!(others * 50 <= pairs, "{others} of {pairs} ways have another length than their path");
}

#[test]
fn a_closed_street_is_driven_round_by_those_it_is_closed_to_while_it_is() {
    let Some(city) = malta() else { return };
    let (sliema, mosta) = (LatLon { lat: 35.9122, lon: 14.5042 }, LatLon { lat: 35.9097, lon: 14.4256 });
    let seconds =
        |profile, hour| city.drive(sliema, mosta, profile, monday(hour)).expect("an answer").expect("a way");
    let (before, bike, later) =
        (seconds(Profile::Van, 10.0), seconds(Profile::CargoBike, 10.0), seconds(Profile::Van, 12.5));
    let path = city.path(&[sliema, mosta], Profile::Van, Some(monday(10.0))).expect("a path");
    let points = &path.legs[0].points;
    let line = points[points.len() / 2..points.len() / 2 + 3].to_vec();
    let epoch = city.epoch();
    let shape = ClosureShape::Line(line);
    let (_, metres) = city.streets_closed(&shape);
    assert!(metres > 20.0, "{metres} m closed");
    city.set_conditions(Conditions { closures: vec![closure(shape)], ..Conditions::default() });
    assert!(city.epoch() > epoch);
    assert!(seconds(Profile::Van, 10.0) > before, "no way round");
    assert_eq!(seconds(Profile::CargoBike, 10.0), bike);
    assert_eq!(seconds(Profile::Van, 12.5), later);
    // Shut until the last minute: it is not open a little before.
    let detour = seconds(Profile::Van, 10.0) - before;
    assert!(seconds(Profile::Van, 11.4) + 60 > later + detour, "{detour} s round");
    let late = city.path(&[sliema, mosta], Profile::Van, Some(monday(11.9))).expect("a path");
    assert!(late.legs[0].points != *points);
    let round = city.path(&[sliema, mosta], Profile::Van, Some(monday(10.0))).expect("a path");
    assert!(round.legs[0].points != *points);
    city.set_conditions(Conditions::default());
    assert_eq!(seconds(Profile::Van, 10.0), before);
}

#[test]
fn a_stop_in_a_closed_area_is_cut_off_until_it_opens_and_one_at_its_edge_is_walked_to() {
    let Some(city) = malta() else { return };
    let (hub, inside) = (LatLon { lat: 35.8783, lon: 14.4850 }, LatLon { lat: 35.8989, lon: 14.5146 });
    let square = |metres: f64| {
        let (dy, dx) = (metres / 111_195.0, metres / 90_000.0);
        let at = |y: f64, x: f64| LatLon { lat: inside.lat + y * dy, lon: inside.lon + x * dx };
        vec![at(-1.0, -1.0), at(-1.0, 1.0), at(1.0, 1.0), at(1.0, -1.0)]
    };
    let open = city.drive(hub, inside, Profile::Van, monday(9.0)).expect("an answer").expect("a way");
    city.set_conditions(Conditions {
        closures: vec![closure(ClosureShape::Area(square(1_200.0)))],
        ..Conditions::default()
    });
    assert_eq!(city.drive(hub, inside, Profile::Van, monday(9.0)).expect("an answer"), None);
    assert_eq!(city.metres_on_foot(inside, Profile::Van, monday(9.0)), None);
    let day = city
        .day_matrix(&[hub, inside], &[vec![0, 1]], Profile::Van, (monday(8.0), monday(18.0)))
        .expect("a day");
    assert_eq!(day.connected(1), [(monday(12.0), Wall(i64::MAX))]);
    city.set_conditions(Conditions {
        closures: vec![closure(ClosureShape::Area(square(60.0)))],
        ..Conditions::default()
    });
    let walked = city.drive(hub, inside, Profile::Van, monday(9.0)).expect("an answer").expect("a way");
    let on_foot = city.metres_on_foot(inside, Profile::Van, monday(9.0)).expect("a road near");
    assert!((10.0..300.0).contains(&on_foot) && walked > open - 120, "{on_foot} m on foot");
    let path = city.path(&[hub, inside], Profile::Van, Some(monday(9.0))).expect("a path");
    assert!((path.legs[0].seconds - f64::from(walked)).abs() < f64::from(walked) * 0.1);
}

#[test]
fn weather_slows_and_free_roads_stay_free() {
    let Some(city) = malta() else { return };
    let places = some_places(&city, 12);
    let sum = |depart| -> u64 {
        let matrix = city.matrix(&places, &places, Profile::Van, depart).expect("a matrix");
        matrix.seconds.iter().map(|&s| u64::from(s)).sum()
    };
    let (free, dry) = (sum(None), sum(Some(monday(12.0))));
    city.set_conditions(Conditions { weather: Weather::Snow, ..Conditions::default() });
    assert!(sum(Some(monday(12.0))) as f64 > dry as f64 * 1.25);
    assert_eq!(sum(None), free);
    city.set_conditions(Conditions { curves: Arc::new(Curves::free()), ..Conditions::default() });
    assert_eq!(sum(Some(monday(12.0))), free);
}

#[test]
fn an_area_can_be_reached_in_a_time_and_more_in_a_longer_one() {
    let Some(city) = malta() else { return };
    let hub = LatLon { lat: 35.8783, lon: 14.4850 };
    let reach =
        |minutes: f64| city.reach(hub, minutes * 60.0, Profile::Van, Some(monday(10.0))).expect("a reach");
    let (near, far) = (reach(5.0), reach(15.0));
    assert!(far.points.len() > 3 * near.points.len() && near.points.len() > 50);
    assert!(far.islands.iter().any(|rings| rings.len() > 1), "some streets behind others take longer");
    assert!(far.islands.iter().flatten().all(|ring| ring.len() > 4 && ring.first() == ring.last()));
    // The other direction of a road may be quicker, and a point where carriageways meet may be snapped to the other one.
    let (mut agree, mut all) = (0, 0);
    for &(at, seconds) in far.points.iter().step_by(41) {
        let drive = city.matrix(&[hub], &[at], Profile::Van, Some(monday(10.0))).expect("a matrix").at(0, 0);
        agree += u32::from(f64::from(drive) <= seconds * 1.04 + 15.0);
        all += 1;
    }
    assert!(all > 100 && agree * 100 > all * 95, "{agree} of {all}");
    let sea = LatLon { lat: 35.5, lon: 14.0 };
    assert!(matches!(city.reach(sea, 60.0, Profile::Van, None), Err(RoadsError::OutsideArea { .. })));
}

#[test]
fn closures_that_are_no_shapes_close_nothing() {
    let Some(city) = malta() else { return };
    let nan = LatLon { lat: f64::NAN, lon: 14.5 };
    let here = LatLon { lat: 35.9, lon: 14.5 };
    for shape in [
        ClosureShape::Line(vec![]),
        ClosureShape::Line(vec![here]),
        ClosureShape::Area(vec![here, here]),
        ClosureShape::Area(vec![nan, nan, nan]),
    ] {
        let (streets, metres) = city.streets_closed(&shape);
        assert!(streets.is_empty() && metres == 0.0, "{shape:?}");
    }
}
