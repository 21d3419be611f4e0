//! Outlines: what is refused and where, and, for polygons drawn by chance, what they hold.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use domain::{Coordinate, MOST_CORNERS, Outline, OutlineFault};
use proptest::prelude::*;

fn at(lat: f64, lon: f64) -> Coordinate {
    Coordinate::parse(lat, lon).unwrap()
}

fn ring(corners: &[(f64, f64)]) -> Vec<Coordinate> {
    corners.iter().map(|&(lat, lon)| at(lat, lon)).collect()
}

fn square(low: f64, high: f64) -> Vec<Coordinate> {
    ring(&[(low, low), (low, high), (high, high), (high, low)])
}

fn one(ring: Vec<Coordinate>) -> Result<Outline, OutlineFault> {
    Outline::parse(vec![vec![ring]])
}

#[test]
fn what_is_no_outline_is_refused_by_name() {
    assert_eq!(Outline::parse(vec![]), Err(OutlineFault::Empty));
    assert_eq!(Outline::parse(vec![vec![]]), Err(OutlineFault::Empty));
    assert_eq!(one(vec![]), Err(OutlineFault::TooFewCorners(0)));
    assert_eq!(one(ring(&[(1.0, 1.0), (2.0, 2.0), (1.0, 1.0)])), Err(OutlineFault::TooFewCorners(2)));
    assert_eq!(one(ring(&[(1.0, 1.0), (2.0, 2.0), (4.0, 4.0)])), Err(OutlineFault::Flat));
    let many = (0..=MOST_CORNERS).map(|n| at(f64::from(n as u16) * 1e-3, 1.0)).collect();
    assert_eq!(one(many), Err(OutlineFault::TooManyCorners(MOST_CORNERS + 1)));
    let fiji = ring(&[(-17.0, 179.0), (-17.0, -179.0), (-18.0, -179.0), (-18.0, 179.0)]);
    assert_eq!(one(fiji), Err(OutlineFault::RoundTheWorld));
    assert!(OutlineFault::RoundTheWorld.to_string().contains("180th"));
}

#[test]
fn a_ring_that_crosses_itself_is_refused_with_the_place() {
    let bow = ring(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]);
    assert_eq!(one(bow), Err(OutlineFault::Crossing(at(0.5, 0.5))));
    let spike = ring(&[(0.0, 0.0), (0.0, 2.0), (0.0, 1.0), (1.0, 0.0)]);
    assert!(matches!(one(spike), Err(OutlineFault::Crossing(_))));
    let pinched = ring(&[(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (0.0, 1.0), (2.0, 0.0)]);
    assert_eq!(one(pinched), Err(OutlineFault::Crossing(at(0.0, 1.0))));
    assert!(OutlineFault::Crossing(at(0.5, 0.25)).to_string().contains("0.50000, 0.25000"));
    let over = Outline::parse(vec![vec![square(0.0, 2.0)], vec![square(1.0, 3.0)]]);
    assert!(matches!(over, Err(OutlineFault::Crossing(_))), "polygons of one zone do not cross either");
}

#[test]
fn holes_hold_nothing_and_lie_within() {
    let whole = one(square(0.0, 3.0)).unwrap();
    let holed = Outline::parse(vec![vec![square(0.0, 3.0), square(1.0, 2.0)]]).unwrap();
    let hole = one(square(1.0, 2.0)).unwrap();
    assert!(whole.contains(at(1.5, 1.5)) && !holed.contains(at(1.5, 1.5)) && holed.contains(at(0.5, 0.5)));
    assert!(holed.contains(at(1.0, 1.5)) && holed.contains(at(0.0, 0.0)), "edges belong to it");
    assert!((whole.area_m2() - hole.area_m2() - holed.area_m2()).abs() < 1.0);
    let island =
        Outline::parse(vec![vec![square(0.0, 9.0), square(1.0, 8.0)], vec![square(3.0, 4.0)]]).unwrap();
    assert!(island.contains(at(3.5, 3.5)) && !island.contains(at(2.0, 2.0)));
    let outside = Outline::parse(vec![vec![square(0.0, 1.0), square(2.0, 3.0)]]);
    assert_eq!(outside, Err(OutlineFault::HoleOutside(at(2.0, 2.0))));
    let twice = Outline::parse(vec![vec![square(0.0, 9.0), square(1.0, 8.0), square(2.0, 3.0)]]);
    assert_eq!(twice, Err(OutlineFault::Twice(at(2.0, 2.0))));
    let within = Outline::parse(vec![vec![square(0.0, 9.0)], vec![square(2.0, 3.0)]]);
    assert_eq!(within, Err(OutlineFault::Twice(at(2.0, 2.0))));
}

#[test]
fn a_closed_ring_is_the_same_as_an_open_one_and_survives_json() {
    let mut closed = square(0.0, 1.0);
    closed.push(closed[0]);
    closed.insert(1, closed[0]);
    assert_eq!(one(closed).unwrap(), one(square(0.0, 1.0)).unwrap());
    let outline = Outline::parse(vec![vec![square(0.0, 3.0), square(1.0, 2.0)]]).unwrap();
    let text = serde_json::to_string(&outline).unwrap();
    assert_eq!(serde_json::from_str::<Outline>(&text).unwrap(), outline);
    let bow = r#"[[[{"lat":0,"lon":0},{"lat":1,"lon":1},{"lat":1,"lon":0},{"lat":0,"lon":1}]]]"#;
    assert!(serde_json::from_str::<Outline>(bow).is_err());
}

#[test]
fn areas_are_those_of_the_earth() {
    let degree = one(square(0.0, 1.0)).unwrap().area_m2();
    assert!(
        (degree / 12_364e6 - 1.0).abs() < 0.001,
        "a square degree at the equator is about 12,364 km²: {degree}"
    );
    let north = one(ring(&[(60.0, 0.0), (60.0, 1.0), (61.0, 1.0), (61.0, 0.0)])).unwrap().area_m2();
    assert!((0.47..0.5).contains(&(north / degree)), "and half of that at 60 degrees: {north}");
    let yard = one(ring(&[(35.9, 14.5), (35.9, 14.5001), (35.9001, 14.5001), (35.9001, 14.5)])).unwrap();
    assert!((yard.area_m2() - 100.2).abs() < 0.5, "{}", yard.area_m2());
}

/// Corners around a middle, each in its own direction: a ring that never crosses itself.
fn star() -> impl Strategy<Value = (Coordinate, Vec<f64>, Vec<Coordinate>)> {
    let middle = (-60.0..60.0, -170.0..170.0);
    (middle, prop::collection::vec(0.2f64..1.0, 5..60)).prop_map(|((lat, lon), radii)| {
        let middle = at(lat, lon);
        let corner = |n: usize, radius: f64| {
            let angle = n as f64 / radii.len() as f64 * std::f64::consts::TAU;
            at(lat + radius * angle.sin(), lon + radius * angle.cos())
        };
        let ring = radii.iter().enumerate().map(|(n, radius)| corner(n, *radius)).collect();
        (middle, radii.clone(), ring)
    })
}

proptest! {
    #[test]
    fn a_star_holds_what_is_nearer_than_its_corners_and_nothing_beyond((middle, radii, corners) in star(), turned in any::<bool>()) {
        let ring = if turned { corners.iter().rev().copied().collect() } else { corners.clone() };
        let outline = one(ring).unwrap();
        prop_assert!(outline.contains(middle));
        prop_assert!(outline.area_m2() > 0.0);
        for (corner, _) in corners.iter().zip(&radii) {
            let along = |part: f64| at(middle.lat() + (corner.lat() - middle.lat()) * part, middle.lon() + (corner.lon() - middle.lon()) * part);
            prop_assert!(outline.contains(*corner), "a corner belongs to it");
            prop_assert!(outline.contains(along(0.99)));
            prop_assert!(!outline.contains(along(1.01)));
        }
        let hole: Vec<_> = corners.iter().map(|corner| {
            at((middle.lat() + corner.lat()) / 2.0, (middle.lon() + corner.lon()) / 2.0)
        }).collect();
        let holed = Outline::parse(vec![vec![corners, hole]]).unwrap();
        prop_assert!(!holed.contains(middle));
        prop_assert!(holed.area_m2() < outline.area_m2());
    }

    #[test]
    fn two_corners_of_a_round_ring_that_change_places_make_a_crossing(count in 4usize..200, which in any::<prop::sample::Index>()) {
        let corner = |n: usize| {
            let angle = n as f64 / count as f64 * std::f64::consts::TAU;
            at(angle.sin(), angle.cos())
        };
        let mut corners: Vec<_> = (0..count).map(corner).collect();
        prop_assert!(one(corners.clone()).is_ok());
        let n = which.index(count);
        corners.swap(n, (n + 1) % count);
        prop_assert!(matches!(one(corners), Err(OutlineFault::Crossing(_))));
    }

    #[test]
    fn every_pair_of_sides_that_meets_is_found(corners in prop::collection::vec((-5i8..5, -5i8..5), 4..9)) {
        // Few places, so that touching, crossing and lying upon each other all happen; held against a slower way to see it.
        let corners: Vec<_> = corners.into_iter().map(|(lat, lon)| at(f64::from(lat), f64::from(lon))).collect();
        if let Ok(outline) = one(corners) {
            let ring = &outline.polygons()[0][0];
            let n = ring.len();
            let mut places = ring.clone();
            places.sort_by(|a, b| a.lat().total_cmp(&b.lat()).then(a.lon().total_cmp(&b.lon())));
            places.dedup();
            prop_assert_eq!(places.len(), n, "no corner stands twice");
            for i in 0..n {
                for j in i + 2..n {
                    if (j + 1) % n == i { continue }
                    let part = |k: usize, t: f64| {
                        let (a, b) = (ring[k], ring[(k + 1) % n]);
                        (a.lat() + (b.lat() - a.lat()) * t, a.lon() + (b.lon() - a.lon()) * t)
                    };
                    let nearest = (0..=200).flat_map(|s| (0..=200).map(move |t| (s, t))).map(|(s, t)| {
                        let (p, q) = (part(i, f64::from(s) / 200.0), part(j, f64::from(t) / 200.0));
                        (p.0 - q.0).hypot(p.1 - q.1)
                    }).fold(f64::MAX, f64::min);
                    prop_assert!(nearest > 1e-3, "sides {} and {} meet", i, j);
                }
            }
        }
    }
}
