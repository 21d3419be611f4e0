//! From streets to a network: cuts ways at junctions, makes directed edges, and joins them by permitted turns.
//!
//! Not here: which turns exist in the world (`streets`), and which part of the network is kept (`component`).

use std::collections::HashMap;

use super::{
    Edge, NO_EDGE, Network, Segment, component,
    streets::{Restriction, Streets},
};
use crate::{LatLon, geo::Spot};

/// A piece of a street between two junctions, while the network is being built.
struct Piece<'a> {
    way: i64,
    nodes: &'a [u32],
    forward: Option<u32>,
    backward: Option<u32>,
}

/// A directed edge with what its turns depend on.
#[derive(Clone, Copy)]
struct Run {
    piece: u32,
    reversed: bool,
    tenths: u32,
    tail: u32,
    head: u32,
    /// Compass direction of leaving the tail and of reaching the head, in degrees.
    leaves: f64,
    arrives: f64,
}

/// Builds the largest part of the network within which every edge reaches every other.
pub(super) fn network(streets: &Streets) -> Network {
    let pieces = cut(streets);
    let runs = runs(streets, &pieces);
    let (first_arc, arc_head, arc_turn) = turns(streets, &pieces, &runs);
    let kept = component::largest(&first_arc, &arc_head);

    let mut network = Network::default();
    let mut renamed = vec![NO_EDGE; runs.len()];
    let mut segments: HashMap<u32, u32> = HashMap::new();
    for (old, run) in (0_u32..).zip(&runs) {
        if !kept[old as usize] {
            continue;
        }
        let segment = *segments.entry(run.piece).or_insert_with(|| {
            let first = network.spots.len() as u32;
            let nodes = pieces[run.piece as usize].nodes;
            network.spots.extend(nodes.iter().map(|&node| spot(streets.places[node as usize])));
            let end = network.spots.len() as u32;
            network.segments.push(Segment { first, end, forward: NO_EDGE, backward: NO_EDGE });
            network.segments.len() as u32 - 1
        });
        let edge = network.edges.len() as u32;
        renamed[old as usize] = edge;
        let entry = &mut network.segments[segment as usize];
        *(if run.reversed { &mut entry.backward } else { &mut entry.forward }) = edge;
        network.edges.push(Edge { segment, reversed: run.reversed, tenths: run.tenths });
    }
    network.first_arc.push(0);
    for (old, arcs) in first_arc.windows(2).enumerate() {
        if !kept[old] {
            continue;
        }
        for arc in arcs[0] as usize..arcs[1] as usize {
            let head = renamed[arc_head[arc] as usize];
            if head != NO_EDGE {
                network.arc_head.push(head);
                network.arc_turn.push(arc_turn[arc]);
            }
        }
        network.first_arc.push(network.arc_head.len() as u32);
    }
    network
}

fn spot(at: LatLon) -> Spot {
    Spot { lat_e7: (at.lat * 1e7).round() as i32, lon_e7: (at.lon * 1e7).round() as i32 }
}

/// Cuts every street where it meets another, ends, crosses itself, or where a rule, a signal or a barrier holds.
fn cut(streets: &Streets) -> Vec<Piece<'_>> {
    let mut uses = vec![0_u8; streets.places.len()];
    let mut count = |node: u32, times: u8| uses[node as usize] = uses[node as usize].saturating_add(times);
    for street in &streets.streets {
        street.nodes.iter().for_each(|&node| count(node, 1));
        for end in [street.nodes.first(), street.nodes.last()].into_iter().flatten() {
            count(*end, 2);
        }
    }
    let marked = streets.restrictions.iter().map(|r| r.via);
    marked
        .chain(streets.signals.iter().copied())
        .chain(streets.barriers.iter().copied())
        .for_each(|n| count(n, 2));

    let mut pieces = Vec::new();
    for street in &streets.streets {
        let mut start = 0;
        for (place, &node) in street.nodes.iter().enumerate().skip(1) {
            if uses[node as usize] < 2 {
                continue;
            }
            let nodes = &street.nodes[start..=place];
            let metres: f64 = nodes
                .windows(2)
                .map(|n| streets.places[n[0] as usize].metres_to(streets.places[n[1] as usize]))
                .sum();
            let tenths = |speed: f64| ((metres / speed * 10.0).round() as u32).max(1);
            pieces.push(Piece {
                way: street.way,
                nodes,
                forward: street.forward.map(tenths),
                backward: street.backward.map(tenths),
            });
            start = place;
        }
    }
    pieces
}

/// All permitted directions of all pieces.
fn runs(streets: &Streets, pieces: &[Piece<'_>]) -> Vec<Run> {
    let heading = |a: u32, b: u32| {
        let (a, b) = (streets.places[a as usize], streets.places[b as usize]);
        let east = (b.lon - a.lon) * a.lat.to_radians().cos();
        east.atan2(b.lat - a.lat).to_degrees()
    };
    let mut runs = Vec::with_capacity(pieces.len() * 2);
    for (piece, index) in pieces.iter().zip(0..) {
        let (&[first, second, ..], &[.., before, last]) = (piece.nodes, piece.nodes) else { continue };
        if let Some(tenths) = piece.forward {
            let (leaves, arrives) = (heading(first, second), heading(before, last));
            runs.push(Run {
                piece: index,
                reversed: false,
                tenths,
                tail: first,
                head: last,
                leaves,
                arrives,
            });
        }
        if let Some(tenths) = piece.backward {
            let (leaves, arrives) = (heading(last, before), heading(second, first));
            runs.push(Run { piece: index, reversed: true, tenths, tail: last, head: first, leaves, arrives });
        }
    }
    runs
}

/// Permitted turns as a compressed adjacency: where each run's arcs begin, the runs that follow, and the turns' costs.
fn turns(streets: &Streets, pieces: &[Piece<'_>], runs: &[Run]) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let rules = streets.restrictions_by_node();
    let mut signals = vec![false; streets.places.len()];
    streets.signals.iter().for_each(|&node| signals[node as usize] = true);
    let mut barriers = vec![false; streets.places.len()];
    streets.barriers.iter().for_each(|&node| barriers[node as usize] = true);
    let mut arms = vec![0_u8; streets.places.len()];
    for end in pieces.iter().flat_map(|piece| [piece.nodes.first(), piece.nodes.last()]).flatten() {
        arms[*end as usize] = arms[*end as usize].saturating_add(1);
    }
    let mut by_tail: Vec<u32> = (0..runs.len() as u32).collect();
    by_tail.sort_by_key(|&run| runs[run as usize].tail);

    let (mut first, mut heads, mut costs) = (vec![0], Vec::new(), Vec::new());
    for from in runs {
        let start = by_tail.partition_point(|&run| runs[run as usize].tail < from.head);
        let next = by_tail[start..].iter().take_while(|&&run| runs[run as usize].tail == from.head);
        let here: Vec<&Restriction> = rules.get(&from.head).into_iter().flatten().collect();
        let way = pieces[from.piece as usize].way;
        let before = heads.len();
        let mut round = None;
        for &index in next {
            let into = &runs[index as usize];
            if into.piece == from.piece && into.reversed != from.reversed {
                round = Some(index);
                continue;
            }
            if barriers[from.head as usize] || !permitted(&here, way, pieces[into.piece as usize].way) {
                continue;
            }
            let signal = if signals[from.head as usize] { streets.costs.signals } else { 0.0 };
            let angle =
                if arms[from.head as usize] > 2 { by_angle(from, into, streets.costs.sharpest) } else { 0.0 };
            heads.push(index);
            costs.push(((signal + angle) * 10.0).round() as u32);
        }
        if let (Some(index), true) = (round, heads.len() == before) {
            heads.push(index);
            costs.push((streets.costs.round * 10.0).round() as u32);
        }
        first.push(heads.len() as u32);
    }
    (first, heads, costs)
}

fn permitted(rules: &[&Restriction], from: i64, to: i64) -> bool {
    let mine = || rules.iter().filter(|rule| rule.from == from);
    let banned = mine().any(|rule| !rule.only && rule.to == to);
    let forced = mine().any(|rule| rule.only);
    !banned && (!forced || mine().any(|rule| rule.only && rule.to == to))
}

/// Seconds that a bend costs: next to nothing straight on, half of the most at a right angle, nearly all when turning back.
fn by_angle(from: &Run, into: &Run, sharpest: f64) -> f64 {
    let bend = (into.leaves - from.arrives).rem_euclid(360.0);
    let bend = bend.min(360.0 - bend);
    sharpest / (1.0 + (6.5 - 13.0 * bend / 180.0).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Profile, streets::Street};

    /// A crossroads with arms of about 111 m to the west (1), east (2), north (3) and south (4) of node 0, one way each.
    fn crossroads() -> Streets {
        let at = |lat: f64, lon: f64| LatLon { lat: lat * 1e-3, lon: lon * 1e-3 };
        let street = |way, nodes: &[u32]| Street {
            way,
            nodes: nodes.to_vec(),
            forward: Some(10.0),
            backward: Some(10.0),
        };
        Streets {
            places: vec![at(0.0, 0.0), at(0.0, -1.0), at(0.0, 1.0), at(1.0, 0.0), at(-1.0, 0.0)],
            streets: vec![street(1, &[1, 0]), street(2, &[0, 2]), street(3, &[0, 3]), street(4, &[4, 0])],
            restrictions: Vec::new(),
            signals: Vec::new(),
            barriers: Vec::new(),
            costs: Profile::Car.turn_costs(),
        }
    }

    fn edge(network: &Network, from: (f64, f64), to: (f64, f64)) -> Option<u32> {
        let close =
            |a: LatLon, b: (f64, f64)| (a.lat - b.0 * 1e-3).abs() < 1e-7 && (a.lon - b.1 * 1e-3).abs() < 1e-7;
        (0..network.edges.len() as u32).find(|&edge| {
            let line = network.line(edge);
            close(line[0], from) && close(line[line.len() - 1], to)
        })
    }

    const CENTRE: (f64, f64) = (0.0, 0.0);
    const WEST: (f64, f64) = (0.0, -1.0);
    const EAST: (f64, f64) = (0.0, 1.0);
    const NORTH: (f64, f64) = (1.0, 0.0);

    #[test]
    fn a_crossroads_has_eight_edges_and_turning_costs_more_than_going_straight_on() {
        let network = crossroads().network();
        assert_eq!(network.edges.len(), 8);
        let arriving = edge(&network, WEST, CENTRE).expect("the western arm");
        assert_eq!(network.tenths(arriving), 111);
        let straight =
            network.turn(arriving, edge(&network, CENTRE, EAST).expect("east")).expect("straight on");
        let left = network.turn(arriving, edge(&network, CENTRE, NORTH).expect("north")).expect("left");
        assert!(straight <= 1 && (36..=39).contains(&left), "{straight} and {left}");
        let round = network.turn(arriving, edge(&network, CENTRE, WEST).expect("back west"));
        assert_eq!(round, None, "turning round is for dead ends");
        let dead_end = edge(&network, CENTRE, EAST).expect("east");
        assert_eq!(network.turn(dead_end, edge(&network, EAST, CENTRE).expect("back")), Some(200));
    }

    #[test]
    fn a_banned_turn_is_missing_and_its_opposite_stays() {
        let mut streets = crossroads();
        streets.restrictions.push(Restriction { from: 1, via: 0, to: 3, only: false });
        let network = streets.network();
        let (west, north) = (edge(&network, WEST, CENTRE), edge(&network, NORTH, CENTRE));
        let into = |to| edge(&network, CENTRE, to).expect("an arm");
        assert_eq!(network.turn(west.expect("west"), into(NORTH)), None);
        assert!(network.turn(north.expect("north"), into(WEST)).is_some());
    }

    #[test]
    fn an_only_rule_leaves_one_turn() {
        let mut streets = crossroads();
        streets.restrictions.push(Restriction { from: 1, via: 0, to: 2, only: true });
        let network = streets.network();
        let west = edge(&network, WEST, CENTRE).expect("west");
        let exits: Vec<u32> = network.exits(west).map(|(edge, _)| edge).collect();
        assert_eq!(exits, [edge(&network, CENTRE, EAST).expect("east")]);
    }

    #[test]
    fn a_barrier_parts_the_arms() {
        let mut streets = crossroads();
        streets.barriers.push(0);
        let network = streets.network();
        assert_eq!(network.edges.len(), 2, "only one arm can be kept");
    }

    #[test]
    fn a_oneway_that_leads_nowhere_is_left_out() {
        let mut streets = crossroads();
        streets.streets[1].backward = None;
        let network = streets.network();
        assert_eq!(network.edges.len(), 6);
        assert!(edge(&network, CENTRE, EAST).is_none());
    }

    #[test]
    fn no_streets_make_an_empty_network() {
        let streets = Streets { streets: Vec::new(), ..crossroads() };
        assert!(streets.network().edges.is_empty());
    }
}
