//! Tests that compare the hierarchy with Dijkstra's algorithm on the same network.
//!
//! Not here: tests on real extracts; those are in `tests/cities.rs`.

use std::{cmp::Reverse, collections::BinaryHeap};

use proptest::prelude::*;

use super::{Matrix, Path, Router, UNREACHABLE, Weighing, Weights, weighing::ENTERING};
use crate::{
    LatLon, Profile, RoadsError,
    network::{Network, Restriction, Street, Streets},
};

/// A router on free roads.
struct Free {
    router: Router,
    weighing: Weighing,
}

impl Free {
    fn new(network: Network) -> Free {
        let router = Router::new(network, None, LatLon { lat: 0.0, lon: 0.0 });
        let weighing =
            Weights::free(router.network(), Profile::Car).weigh(router.network(), router.hierarchy());
        Free { router, weighing }
    }

    fn matrix(&self, sources: &[LatLon], targets: &[LatLon]) -> Result<Matrix, RoadsError> {
        let from = self.router.places(&self.weighing, sources, 0)?;
        let to = self.router.places(&self.weighing, targets, sources.len())?;
        let tenths = self.router.table(&self.weighing, &from, &to, false).tenths;
        let seconds = tenths.iter().map(|t| t.map_or(UNREACHABLE, |t| (t + 5) / 10)).collect();
        Ok(Matrix { sources: sources.len(), targets: targets.len(), seconds })
    }

    fn path(&self, points: &[LatLon]) -> Result<Path, RoadsError> {
        let places = self.router.places(&self.weighing, points, 0)?;
        self.router.path(&self.weighing, &places, &|edge, _| self.weighing.edges[edge as usize])
    }
}

/// What it weighs, and the tenths of a metre, from the end of `from` to the end of every edge by the fastest and then the shortest
/// way, by Dijkstra's algorithm.
fn dijkstra(network: &Network, from: u32) -> Vec<Option<(u32, u32)>> {
    let (mut found, pace) = (vec![None; network.edges.len()], &network.paces[0]);
    let mut open = BinaryHeap::from([Reverse((0, 0, from))]);
    while let Some(Reverse((time, length, edge))) = open.pop() {
        if found[edge as usize].is_some() {
            continue;
        }
        found[edge as usize] = Some((time, length));
        for (next, arc) in network.exits(edge) {
            let (turn, run) = (pace.turns[arc], pace.edges[next as usize]);
            let entering = if network.enters(edge, next) { ENTERING } else { 0 };
            let weight = time + turn + run + entering;
            open.push(Reverse((weight, length + network.edges[next as usize].decimetres, next)));
        }
    }
    found
}

/// A grid of streets with a spacing of about 100 m; `kinds` says for each street whether it is missing, two-way, one-way, or
/// no way through.
fn grid(size: u32, kinds: &[u8], speeds: &[u8], banned: &[(u8, u8, u8)]) -> Streets {
    let node = |x: u32, y: u32| y * size + x;
    let mut places = Vec::new();
    for y in 0..size {
        for x in 0..size {
            places.push(LatLon { lat: f64::from(y) * 0.0009, lon: f64::from(x) * 0.0009 });
        }
    }
    let mut streets: Vec<Street> = Vec::new();
    let mut links = Vec::new();
    for y in 0..size {
        for x in 0..size {
            if x + 1 < size {
                links.push([node(x, y), node(x + 1, y)]);
            }
            if y + 1 < size {
                links.push([node(x, y), node(x, y + 1)]);
            }
        }
    }
    for (index, link) in links.iter().enumerate() {
        let speed = Some(3.0 + f64::from(speeds[index % speeds.len()]) / 16.0);
        let (forward, backward) = match kinds[index % kinds.len()] % 8 {
            0 => continue,
            1 => (speed, None),
            2 => (None, speed),
            _ => (speed, speed),
        };
        let street = Street::plain(index as i64, link.to_vec(), forward, backward);
        streets.push(Street { local: [kinds[index % kinds.len()] % 8 == 7; 2], ..street });
    }
    let rule = |&(way, end, to): &(u8, u8, u8)| {
        let street = streets.get(usize::from(way) % streets.len().max(1))?;
        let via = street.nodes[usize::from(end % 2)];
        let exits: Vec<i64> =
            streets.iter().filter(|s| s.way != street.way && s.nodes.contains(&via)).map(|s| s.way).collect();
        let to = *exits.get(usize::from(to) % exits.len().max(1))?;
        Some(Restriction { from: street.way, via, to, only: end % 8 == 7 })
    };
    let restrictions = banned.iter().filter_map(rule).collect();
    Streets { places, streets, restrictions, signals: vec![3], ..Streets::none() }
}

fn middle(network: &Network, edge: u32) -> LatLon {
    let line = network.line(edge);
    line[0].toward(line[1], 0.5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_hierarchy_finds_what_dijkstra_finds(
        size in 2_u32..8,
        kinds in prop::collection::vec(0_u8.., 1..90),
        speeds in prop::collection::vec(0_u8.., 1..90),
        banned in prop::collection::vec((0_u8.., 0_u8.., 0_u8..), 0..20),
    ) {
        let network = grid(size, &kinds, &speeds, &banned).network();
        let free = Free::new(network.clone());
        let (hierarchy, weighing) = (free.router.hierarchy(), &free.weighing);
        let edges: Vec<u32> = (0..network.edges.len() as u32).collect();
        let seeds: Vec<Vec<(u32, u32)>> = edges.iter().map(|&edge| vec![(edge, 0)]).collect();
        let expected: Vec<Option<(u32, u32)>> = edges.iter().flat_map(|&edge| dijkstra(&network, edge)).collect();
        let times: Vec<Option<u32>> = expected.iter().map(|found| found.map(|(time, _)| time)).collect();
        prop_assert_eq!(hierarchy.times(&weighing.times, &seeds, &edges), times);
        let seeds: Vec<Vec<((u32, u32), u32)>> = edges.iter().map(|&edge| vec![((edge, 0), 0)]).collect();
        let lengths = weighing.lengths(&network, hierarchy);
        prop_assert_eq!(hierarchy.times_and_lengths((&weighing.times, lengths), &seeds, &edges), expected);
    }

    #[test]
    fn matrix_and_path_agree_between_any_two_places(
        size in 2_u32..7,
        kinds in prop::collection::vec(0_u8.., 1..90),
        speeds in prop::collection::vec(0_u8.., 1..90),
        shares in prop::collection::vec((0.0_f64..1.0, 0.0_f64..1.0), 2..9),
    ) {
        let network = grid(size, &kinds, &speeds, &[]).network();
        prop_assume!(!network.edges.is_empty());
        let router = Free::new(network);
        let width = f64::from(size - 1) * 0.0009;
        let places: Vec<LatLon> = shares.iter().map(|s| LatLon { lat: s.0 * width, lon: s.1 * width }).collect();
        let matrix = router.matrix(&places, &places).expect("a matrix");
        for (i, &from) in places.iter().enumerate() {
            prop_assert_eq!(matrix.at(i, i), 0);
            for (j, &to) in places.iter().enumerate() {
                let path = router.path(&[from, to]).expect("a path");
                let leg = &path.legs[0];
                prop_assert!((f64::from(matrix.at(i, j)) - leg.seconds).abs() <= 0.5 + 1e-9, "{} and {}", matrix.at(i, j), leg.seconds);
                prop_assert_eq!(leg.points.len(), leg.at_seconds.len());
                prop_assert!(leg.at_seconds.is_sorted());
                prop_assert!(leg.metres + 0.1 >= leg.points[0].metres_to(leg.points[leg.points.len() - 1]));
            }
        }
    }
}

/// Two nodes 100 m apart on a square of one-way streets.
fn one_way_square() -> Free {
    let streets = Streets {
        places: vec![
            LatLon { lat: 0.0, lon: 0.0 },
            LatLon { lat: 0.0, lon: 0.0009 },
            LatLon { lat: 0.0009, lon: 0.0009 },
            LatLon { lat: 0.0009, lon: 0.0 },
        ],
        streets: (0..4_u32)
            .map(|i| Street::plain(i64::from(i), vec![i, (i + 1) % 4], Some(10.0), None))
            .collect(),
        ..Streets::none()
    };
    Free::new(streets.network())
}

#[test]
fn going_back_along_a_oneway_means_going_round_the_block() {
    let router = one_way_square();
    let (before, behind) = (LatLon { lat: 0.0, lon: 0.0003 }, LatLon { lat: 0.0, lon: 0.0006 });
    let matrix = router.matrix(&[before, behind], &[before, behind]).expect("a matrix");
    assert_eq!((matrix.at(0, 0), matrix.at(0, 1), matrix.at(1, 1)), (0, 3, 0));
    let round = router.path(&[behind, before]).expect("a path");
    assert!((365.0..370.0).contains(&round.legs[0].metres), "{}", round.legs[0].metres);
    assert_eq!(matrix.at(1, 0), round.legs[0].seconds.round() as u32);
}

#[test]
fn identical_points_are_a_leg_of_no_length() {
    let router = one_way_square();
    let here = LatLon { lat: 0.0, lon: 0.0003 };
    let path = router.path(&[here, here]).expect("a path");
    assert_eq!((path.legs[0].seconds, path.legs[0].metres, path.legs[0].points.len()), (0.0, 0.0, 2));
    assert!(router.path(&[here]).expect("no legs").legs.is_empty());
    assert!(router.path(&[]).expect("no legs").legs.is_empty());
}

#[test]
fn empty_matrices_and_far_places_are_answered() {
    let router = one_way_square();
    let (here, far) = (LatLon { lat: 0.0, lon: 0.0 }, LatLon { lat: 1.0, lon: 1.0 });
    assert!(router.matrix(&[], &[here]).expect("an empty matrix").seconds.is_empty());
    assert!(router.matrix(&[here], &[]).expect("an empty matrix").seconds.is_empty());
    let refusal = router.matrix(&[here], &[here, far]);
    assert!(matches!(refusal, Err(crate::RoadsError::OutsideArea { index: 2, at }) if at == far));
    assert!(router.router.snap(LatLon { lat: f64::NAN, lon: 0.0 }, Profile::Car).is_none());
}

#[test]
fn a_snap_on_every_edge_is_where_it_was_asked() {
    let router = one_way_square().router;
    for edge in 0..4 {
        let at = middle(router.network(), edge);
        let snap = router.snap(at, Profile::Car).expect("a road");
        assert!(snap.metres_away < 0.01 && (snap.share - 0.5).abs() < 1e-3);
    }
}
