//! Which way is taken, and how long it takes, by the tags of one street.
//!
//! A straight street of 1.8 km whose middle kilometre has the tags of the sample, and a way round it that is four kilometres
//! longer: 230 s and 1,600 m straight on, about 810 s and 5,600 m round.

use roads::{City, LatLon, Profile, Reach, TravelTimes};

use super::{
    made::{Made, Member, Tags},
    nowhere, opened,
};

const HOME: Tags<'static> = &[("highway", "residential")];

/// The town with these tags on the middle of its street, and these on the node there.
pub fn with_street(street: Tags<'_>, node: Tags<'_>) -> Made {
    let mut made = nowhere();
    let places = [
        [-400.0, 0.0],
        [0.0, 0.0],
        [500.0, 0.0],
        [1000.0, 0.0],
        [1400.0, 0.0],
        [0.0, -2000.0],
        [1000.0, -2000.0],
    ];
    for (index, at) in places.into_iter().enumerate() {
        made.node(at, if index == 2 { node } else { &[] });
    }
    let own: Vec<(&str, &str)> = HOME
        .iter()
        .filter(|(key, _)| street.iter().all(|(own, _)| own != key))
        .chain(street)
        .copied()
        .collect();
    for (nodes, tags) in [
        (&[1, 2][..], HOME),
        (&[2, 3, 4], &own),
        (&[4, 5], HOME),
        (&[2, 6], HOME),
        (&[6, 7], HOME),
        (&[7, 4], HOME),
    ] {
        made.way(nodes, tags);
    }
    made
}

/// Seconds and metres of a van from one place to another.
fn asked(city: &City, from: LatLon, to: LatLon) -> (u32, u32) {
    let (times, metres) = city.distances(&[from], &[to], Profile::Van, None).expect("distances");
    let path = city.path(&[from, to], Profile::Van, None).expect("a path");
    assert!(
        (path.legs[0].metres - f64::from(metres[0])).abs() < 3.0,
        "{} and {metres:?}",
        path.legs[0].metres
    );
    assert!((path.legs[0].seconds - f64::from(times.at(0, 0))).abs() < 1.5);
    (times.at(0, 0), metres[0])
}

fn is_about((seconds, metres): (u32, u32), expected: (u32, u32)) -> bool {
    // Turning right all the way round and turning left differ by some seconds.
    seconds.abs_diff(expected.0) <= 3 + expected.0 / 50 && metres.abs_diff(expected.1) <= 15
}

/// What going from the west of the street to its east takes, and going back.
fn there_and_back(street: Tags<'_>, node: Tags<'_>) -> [(u32, u32); 2] {
    let made = with_street(street, node);
    let (city, [west, east]) = (opened(&made), [[-300.0, 0.0], [1300.0, 0.0]].map(|at| made.at(at)));
    [asked(&city, west, east), asked(&city, east, west)]
}

const STRAIGHT: (u32, u32) = (230, 1_600);
const ROUND: (u32, u32) = (810, 5_600);

#[test]
fn a_street_that_is_open_is_taken() {
    for tags in [
        &[][..],
        &[("construction", "minor")],
        &[("motor_vehicle", "yes"), ("access", "no")],
        &[("access", "permissive")],
        &[("motor_vehicle", "no"), ("motorcar", "designated")],
    ] {
        for found in there_and_back(tags, &[]) {
            assert!(is_about(found, STRAIGHT), "{tags:?}: {found:?}");
        }
    }
}

#[test]
fn a_street_that_is_closed_or_no_way_through_is_gone_round() {
    for tags in [
        &[("oneway", "reversible")][..],
        &[("oneway", "alternating")],
        &[("motor_vehicle", "destination")],
        &[("vehicle", "destination")],
        &[("access", "destination")],
        &[("access", "private")],
        &[("access", "customers")],
        &[("motor_vehicle", "delivery")],
        &[("motor_vehicle", "agricultural;destination")],
        &[("motor_vehicle", "no")],
        &[("highway", "construction"), ("construction", "residential")],
        &[("motor_vehicle:forward", "no"), ("motor_vehicle:backward", "destination")],
    ] {
        for found in there_and_back(tags, &[]) {
            assert!(is_about(found, ROUND), "{tags:?}: {found:?}");
        }
    }
}

#[test]
fn one_direction_may_be_closed() {
    for tags in [
        &[("oneway", "-1")][..],
        &[("motor_vehicle:forward", "no")],
        &[("vehicle:forward", "destination")],
        &[("access:forward", "private")],
    ] {
        let [there, back] = there_and_back(tags, &[]);
        assert!(is_about(there, ROUND) && is_about(back, STRAIGHT), "{tags:?}: {there:?} {back:?}");
    }
    let [_, back] = there_and_back(&[("highway", "motorway"), ("oneway", "no")], &[]);
    assert!(is_about(back, (129, 1_600)), "{back:?}");
    let [_, back] = there_and_back(&[("highway", "motorway")], &[]);
    assert!(is_about(back, (829, 5_600)), "{back:?}");
}

#[test]
fn a_door_in_a_street_that_is_no_way_through_is_driven_to_directly() {
    for value in ["destination", "private", "customers", "delivery"] {
        let made = with_street(&[("motor_vehicle", value)], &[]);
        let city = opened(&made);
        let [west, door, east] = [[-300.0, 0.0], [500.0, 0.0], [1300.0, 0.0]].map(|at| made.at(at));
        for (from, to) in [(west, door), (door, west), (east, door), (door, east)] {
            let found = asked(&city, from, to);
            assert!(is_about(found, (115, 800)), "{value}: {found:?}");
        }
        let second = made.at([700.0, 0.0]);
        assert!(is_about(asked(&city, door, second), (29, 200)));
        // What can be reached in five minutes is the street as far as its end, and nothing beyond it.
        let reach: Reach = city.reach(west, 300.0, Profile::Van, None).expect("a reach");
        let within = |at: LatLon| reach.points.iter().any(|(point, _)| point.metres_to(at) < 60.0);
        assert!(within(door) && !within(east), "{value}");
    }
}

#[test]
fn what_only_a_street_without_a_way_through_leads_to_is_reached() {
    let mut made = nowhere();
    let [west, near, far, east] = [-400.0, 0.0, 1000.0, 1400.0].map(|east| made.node([east, 0.0], &[]));
    made.way(&[west, near], HOME);
    made.way(&[near, far], &[("highway", "residential"), ("motor_vehicle", "destination")]);
    made.way(&[far, east], HOME);
    let city = opened(&made);
    let found = asked(&city, made.at([-300.0, 0.0]), made.at([1300.0, 0.0]));
    assert!(is_about(found, STRAIGHT), "{found:?}");
}

#[test]
fn a_limit_is_read_however_it_is_written() {
    for (limit, expected) in [
        ("walk", ROUND),
        ("DE:walk", ROUND),
        ("5", ROUND),
        ("3 mph", ROUND),
        ("50;80", (177, 1_600)),
        ("80;50", (177, 1_600)),
        ("50", (177, 1_600)),
        ("RO:urban", (177, 1_600)),
        ("31 mph", (177, 1_600)),
        ("signals", STRAIGHT),
        ("none", STRAIGHT),
    ] {
        for found in there_and_back(&[("maxspeed", limit)], &[]) {
            assert!(is_about(found, expected), "{limit}: {found:?}");
        }
    }
    let [there, back] = there_and_back(&[("maxspeed", "50"), ("maxspeed:backward", "walk")], &[]);
    assert!(is_about(there, (177, 1_600)) && is_about(back, ROUND), "{there:?} {back:?}");
}

#[test]
fn barriers_stop_or_delay() {
    let gate = (290, 1_600);
    for (node, expected) in [
        (&[("barrier", "lift_gate")][..], gate),
        (&[("barrier", "swing_gate")], gate),
        (&[("barrier", "lift_gate"), ("access", "yes")], STRAIGHT),
        (&[("barrier", "bollard"), ("bollard", "rising")], gate),
        (&[("barrier", "bollard")], ROUND),
        (&[("barrier", "bollard"), ("bollard", "removable")], ROUND),
        (&[("barrier", "sump_buster")], ROUND),
        (&[("barrier", "gate"), ("access", "private")], ROUND),
    ] {
        for found in there_and_back(&[], node) {
            assert!(is_about(found, expected), "{node:?}: {found:?}");
        }
    }
}

#[test]
fn a_ferry_takes_its_time() {
    for (duration, expected) in [(Some(("duration", "00:20")), (1_286, 6_600)), (None, (1_886, 6_600))] {
        let mut made = nowhere();
        for east in [-400.0, 0.0, 3000.0, 6000.0, 6400.0] {
            made.node([east, 0.0], &[]);
        }
        made.way(&[1, 2], HOME);
        let boat: Vec<(&str, &str)> =
            [("route", "ferry"), ("motor_vehicle", "yes")].into_iter().chain(duration).collect();
        made.way(&[2, 3, 4], &boat);
        made.way(&[4, 5], HOME);
        let city = opened(&made);
        let found = asked(&city, made.at([-300.0, 0.0]), made.at([6300.0, 0.0]));
        assert!(is_about(found, expected), "{duration:?}: {found:?}");
    }
}

#[test]
fn turns_are_banned_from_where_they_are_banned() {
    type Rule<'a> = (&'a str, i64, Member, i64, Option<&'a str>);
    type Case<'a> = (&'a [Rule<'a>], [f64; 2], [f64; 2], u32);
    let rules: [Case<'_>; 8] = [
        (&[], [500.0, 0.0], [1030.0, 300.0], 830),
        (&[("no_left_turn", 1, Member::Way(2), 4, None)], [500.0, 0.0], [1030.0, 300.0], 1_830),
        (&[("no_left_turn", 2, Member::Node(3), 4, None)], [500.0, 0.0], [1030.0, 300.0], 3_170),
        (&[("no_left_turn", 2, Member::Node(3), 4, Some("psv"))], [500.0, 0.0], [1030.0, 300.0], 3_170),
        (
            &[("no_left_turn", 1, Member::Way(2), 4, None), ("no_straight_on", 8, Member::Way(2), 3, None)],
            [500.0, 0.0],
            [1030.0, 300.0],
            1_830,
        ),
        (&[("no_straight_on", 2, Member::Node(3), 3, None)], [500.0, 0.0], [1500.0, 0.0], 3_000),
        (
            &[("no_left_turn", 1, Member::Way(2), 4, None), ("no_straight_on", 8, Member::Way(2), 3, None)],
            [1000.0, -400.0],
            [1500.0, 0.0],
            1_900,
        ),
        (&[], [1000.0, -400.0], [1500.0, 0.0], 900),
    ];
    for (index, (rules, from, to, expected)) in rules.into_iter().enumerate() {
        let mut made = nowhere();
        for at in [
            [0.0, 0.0],
            [1000.0, 0.0],
            [1030.0, 0.0],
            [2000.0, 0.0],
            [1030.0, 500.0],
            [1000.0, 500.0],
            [1000.0, -800.0],
            [0.0, -800.0],
            [2000.0, 500.0],
        ] {
            made.node(at, &[]);
        }
        for ends in [[1, 2], [2, 3], [3, 4], [3, 5], [2, 6], [5, 9], [9, 4], [2, 7], [7, 8], [8, 1]] {
            made.way(&ends, HOME);
        }
        for &(rule, from, via, to, except) in rules {
            let tags: Vec<(&str, &str)> = [("type", "restriction"), ("restriction", rule)]
                .into_iter()
                .chain(except.map(|spared| ("except", spared)))
                .collect();
            made.relation(&[("from", Member::Way(from)), ("via", via), ("to", Member::Way(to))], &tags);
        }
        let city = opened(&made);
        let (_, metres) = asked(&city, made.at(from), made.at(to));
        assert!(metres.abs_diff(expected) <= 15, "{index}: {metres} m, not {expected}");
    }
}

#[test]
fn a_car_park_that_is_joined_to_nothing_is_left_out() {
    let mut made = nowhere();
    made.line(&[[0.0, 0.0], [1000.0, 0.0], [1000.0, 600.0]], HOME);
    let aisle: Vec<i64> = [[480.0, 40.0], [520.0, 40.0], [520.0, 60.0], [480.0, 60.0]]
        .into_iter()
        .map(|at| made.node(at, &[]))
        .collect();
    made.way(
        &[aisle[0], aisle[1], aisle[2], aisle[3], aisle[0]],
        &[("highway", "service"), ("service", "parking_aisle")],
    );
    let city = opened(&made);
    let found = asked(&city, made.at([50.0, 0.0]), made.at([500.0, 45.0]));
    assert!(is_about(found, (65, 450)), "{found:?}");
}
