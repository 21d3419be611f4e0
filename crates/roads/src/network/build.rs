//! From streets to a network: cuts ways at junctions, makes directed edges, and joins them by permitted turns.
//!
//! Not here: which turns exist in the world (`streets`), and which part of the network is kept (`component`).

use std::collections::{HashMap, hash_map::Entry};

use super::{
    Class, Edge, NONE, Network, Pace, Segment, component,
    density::Density,
    profile::{TurnCosts, Variant},
    run::Run,
    sequence::{self, Graph},
    streets::{Restriction, Street, Streets},
};
use crate::geo::Spot;

/// How far ahead the direction of a street is looked at where it meets another, in metres.
const LOOK_M: f64 = 10.0;

/// A piece of a street between two junctions, while the network is being built.
struct Piece<'a> {
    street: &'a Street,
    nodes: &'a [u32],
    metres: f64,
    dense: bool,
}

impl Streets {
    /// Builds the largest part of the network within which every edge reaches every other; it may be empty.
    pub(crate) fn network(&self) -> Network {
        network(self)
    }
}

fn network(streets: &Streets) -> Network {
    let pieces = cut(streets);
    let mut runs = runs(streets, &pieces);
    let junctions = Junctions::of(streets, &pieces);
    let mut exits = turns(streets, &pieces, &runs, &junctions);
    let ways: Vec<i64> = pieces.iter().map(|piece| piece.street.way).collect();
    sequence::apply(&mut Graph { runs: &mut runs, exits: &mut exits, ways: &ways }, &streets.sequences);
    let kept = component::largest(&exits);
    let closed_to_vans = no_way_for_vans(&runs, &exits, &pieces, &kept);

    let mut network =
        Network { names: streets.names.clone(), left_hand: streets.left_hand, ..Network::default() };
    network.paces = vec![Pace::default(); streets.variants.len()];
    let mut renamed = vec![NONE; runs.len()];
    let mut segments: HashMap<u32, u32> = HashMap::new();
    let mut stands: HashMap<u32, u32> = HashMap::new();
    for (old, run) in (0_u32..).zip(&runs) {
        if !kept[old as usize] {
            continue;
        }
        let piece = &pieces[run.piece as usize];
        let segment = *segments.entry(run.piece).or_insert_with(|| {
            let first = network.spots.len() as u32;
            network.spots.extend(piece.nodes.iter().map(|&node| Spot::from(streets.places[node as usize])));
            let Street { name, class, .. } = *piece.street;
            let (end, dense) = (network.spots.len() as u32, piece.dense);
            network.segments.push(Segment {
                first,
                end,
                forward: NONE,
                backward: NONE,
                name,
                class,
                dense,
                no_van: closed_to_vans[run.piece as usize],
            });
            network.segments.len() as u32 - 1
        });
        let edge = network.edges.len() as u32;
        renamed[old as usize] = edge;
        // Where the original itself can no longer be come to, the first that stands for it takes its place.
        match stands.entry(run.twin_of.unwrap_or(old)) {
            Entry::Occupied(first) => network.twins.push((*first.get(), edge)),
            Entry::Vacant(none) => {
                none.insert(edge);
                let entry = &mut network.segments[segment as usize];
                *(if run.reversed { &mut entry.backward } else { &mut entry.forward }) = edge;
            }
        }
        let decimetres = ((piece.metres * 10.0).round() as u32).max(1);
        let local = piece.street.local[usize::from(run.reversed)];
        network.edges.push(Edge { segment, reversed: run.reversed, local, decimetres });
        let speed = if run.reversed { piece.street.backward } else { piece.street.forward };
        for (pace, variant) in network.paces.iter_mut().zip(&streets.variants) {
            let speed = speed.unwrap_or(1.0) * variant.share_of_speed(piece.street.class, piece.dense);
            pace.edges.push(((piece.metres / speed * 10.0).round() as u32).max(1));
        }
    }
    network.twins.sort_unstable();

    network.first_arc.push(0);
    for (old, exits) in exits.iter().enumerate().filter(|&(old, _)| kept[old]) {
        for &exit in exits {
            let head = renamed[exit as usize];
            if head == NONE {
                continue;
            }
            network.arc_head.push(head);
            let (from, into) = (&runs[old], &runs[exit as usize]);
            for (pace, variant) in network.paces.iter_mut().zip(&streets.variants) {
                let seconds = junctions.seconds(streets, &pieces, from, into, variant);
                pace.turns.push((seconds * 10.0).round() as u32);
            }
        }
        network.first_arc.push(network.arc_head.len() as u32);
    }
    network
}

/// By piece: whether vans are kept out, or have no way in and out again because of where they are kept out.
fn no_way_for_vans(runs: &[Run], exits: &[Vec<u32>], pieces: &[Piece<'_>], kept: &[bool]) -> Vec<bool> {
    let mut closed: Vec<bool> = pieces.iter().map(|piece| piece.street.no_van).collect();
    if !closed.contains(&true) {
        return closed;
    }
    let open = |run: u32| kept[run as usize] && !pieces[runs[run as usize].piece as usize].street.no_van;
    let follow: Vec<Vec<u32>> = (0..)
        .zip(exits)
        .map(|(run, all)| all.iter().copied().filter(|&exit| open(run) && open(exit)).collect())
        .collect();
    let part = component::largest(&follow);
    closed.fill(true);
    for (run, _) in runs.iter().zip(part).filter(|(_, connected)| *connected) {
        closed[run.piece as usize] = false;
    }
    closed
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
        .chain(streets.turning.iter().copied())
        .chain(streets.delays.iter().map(|&(node, _)| node))
        .for_each(|n| count(n, 2));

    let mut pieces = Vec::new();
    let mut arms = vec![0_u8; streets.places.len()];
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
            // Drives to single houses make no dense part of a town.
            for end in
                [nodes.first(), nodes.last()].into_iter().flatten().filter(|_| street.local != [true; 2])
            {
                arms[*end as usize] = arms[*end as usize].saturating_add(1);
            }
            pieces.push(Piece { street, nodes, metres, dense: false });
            start = place;
        }
    }
    let junctions = streets.places.iter().zip(&arms).filter(|&(_, &arms)| arms > 2);
    let density = Density::of(junctions.map(|(&at, _)| at));
    for piece in &mut pieces {
        let middle = piece.nodes[piece.nodes.len() / 2];
        piece.dense = density.is_dense(streets.places[middle as usize]);
    }
    pieces
}

/// All permitted directions of all pieces.
fn runs(streets: &Streets, pieces: &[Piece<'_>]) -> Vec<Run> {
    let ahead = |nodes: &mut dyn Iterator<Item = &u32>| heading(streets, nodes);
    let mut runs = Vec::with_capacity(pieces.len() * 2);
    for (piece, index) in pieces.iter().zip(0..) {
        let (&[first, ..], &[.., last]) = (piece.nodes, piece.nodes) else { continue };
        let (out, back) = (ahead(&mut piece.nodes.iter()), ahead(&mut piece.nodes.iter().rev()));
        let blank = Run {
            piece: index,
            twin_of: None,
            reversed: false,
            tail: first,
            head: last,
            leaves: out,
            arrives: back + 180.0,
        };
        if piece.street.forward.is_some() {
            runs.push(blank);
        }
        if piece.street.backward.is_some() {
            let (leaves, arrives) = (back, out + 180.0);
            runs.push(Run { reversed: true, tail: last, head: first, leaves, arrives, ..blank });
        }
    }
    runs
}

/// The compass direction from the first of some nodes to where their line is [`LOOK_M`] away, or ends.
fn heading(streets: &Streets, nodes: &mut dyn Iterator<Item = &u32>) -> f64 {
    let mut places = nodes.map(|&node| streets.places[node as usize]);
    let Some(from) = places.next() else { return 0.0 };
    let (mut at, mut gone) = (from, 0.0);
    for next in places {
        let step = at.metres_to(next);
        if gone + step >= LOOK_M && step > 0.0 {
            at = at.toward(next, (LOOK_M - gone) / step);
            break;
        }
        (at, gone) = (next, gone + step);
    }
    let east = (at.lon - from.lon) * from.lat.to_radians().cos();
    east.atan2(at.lat - from.lat).to_degrees()
}

/// What is known of each node.
struct Junctions {
    signals: Vec<bool>,
    barriers: Vec<bool>,
    turning: Vec<bool>,
    /// Seconds that passing it takes, turns and signals apart.
    delays: Vec<f32>,
    /// How many pieces end there.
    arms: Vec<u8>,
    /// The most important class of road that meets there.
    greatest: Vec<Class>,
}

impl Junctions {
    fn of(streets: &Streets, pieces: &[Piece<'_>]) -> Junctions {
        let nodes = streets.places.len();
        let mut junctions = Junctions {
            signals: vec![false; nodes],
            barriers: vec![false; nodes],
            turning: vec![false; nodes],
            delays: vec![0.0; nodes],
            arms: vec![0; nodes],
            greatest: vec![Class::Ferry; nodes],
        };
        streets.signals.iter().for_each(|&node| junctions.signals[node as usize] = true);
        streets.barriers.iter().for_each(|&node| junctions.barriers[node as usize] = true);
        streets.turning.iter().for_each(|&node| junctions.turning[node as usize] = true);
        streets.delays.iter().for_each(|&(node, seconds)| junctions.delays[node as usize] = seconds as f32);
        for piece in pieces {
            for &end in [piece.nodes.first(), piece.nodes.last()].into_iter().flatten() {
                let (arms, greatest) =
                    (&mut junctions.arms[end as usize], &mut junctions.greatest[end as usize]);
                *arms = arms.saturating_add(1);
                *greatest = piece.street.class.min(*greatest);
            }
        }
        junctions
    }

    /// What passing from one run into another takes.
    fn seconds(
        &self,
        streets: &Streets,
        pieces: &[Piece<'_>],
        from: &Run,
        into: &Run,
        variant: &Variant,
    ) -> f64 {
        let (node, costs) = (from.head as usize, variant.turn_costs());
        if from.piece == into.piece && from.reversed != into.reversed {
            return costs.round + f64::from(self.delays[node]);
        }
        let signal = if self.signals[node] { costs.signals } else { 0.0 } + f64::from(self.delays[node]);
        if self.arms[node] <= 2 {
            return signal;
        }
        let class = pieces[from.piece as usize].street.class;
        let yields =
            !self.signals[node] && self.greatest[node] < class && self.greatest[node] <= Class::Tertiary;
        signal + by_angle(from, into, &costs, streets.left_hand) + if yields { costs.giving_way } else { 0.0 }
    }
}

/// By run, the runs that may follow.
fn turns(streets: &Streets, pieces: &[Piece<'_>], runs: &[Run], junctions: &Junctions) -> Vec<Vec<u32>> {
    let rules = streets.restrictions_by_node();
    let mut by_tail: Vec<u32> = (0..runs.len() as u32).collect();
    by_tail.sort_by_key(|&run| runs[run as usize].tail);

    let exits = runs.iter().map(|from| {
        let start = by_tail.partition_point(|&run| runs[run as usize].tail < from.head);
        let next = by_tail[start..].iter().take_while(|&&run| runs[run as usize].tail == from.head);
        let here: Vec<&Restriction> = rules.get(&from.head).into_iter().flatten().collect();
        let way = pieces[from.piece as usize].street.way;
        let (mut exits, mut round) = (Vec::new(), None);
        for &index in next {
            let into = &runs[index as usize];
            if into.piece == from.piece && into.reversed != from.reversed {
                round = Some(index);
                continue;
            }
            let barred = junctions.barriers[from.head as usize];
            if !barred && permitted(&here, way, pieces[into.piece as usize].street.way) {
                exits.push(index);
            }
        }
        if exits.is_empty() || junctions.turning[from.head as usize] {
            exits.extend(round);
        }
        exits
    });
    exits.collect()
}

fn permitted(rules: &[&Restriction], from: i64, to: i64) -> bool {
    let mine = || rules.iter().filter(|rule| rule.from == from);
    let banned = mine().any(|rule| !rule.only && rule.to == to);
    let forced = mine().any(|rule| rule.only);
    !banned && (!forced || mine().any(|rule| rule.only && rule.to == to))
}

/// Seconds that a bend costs: next to nothing straight on, half of the most at a right angle, nearly all when turning
/// back. Who turns across the oncoming traffic also waits for it.
fn by_angle(from: &Run, into: &Run, costs: &TurnCosts, left_hand: bool) -> f64 {
    let clockwise = (into.leaves - from.arrives).rem_euclid(360.0);
    let (bend, across) =
        if clockwise <= 180.0 { (clockwise, left_hand) } else { (360.0 - clockwise, !left_hand) };
    let bias = if across { 1.0 / costs.bias } else { costs.bias };
    let half = bend / 180.0;
    let waiting = if across { costs.oncoming / (1.0 + (3.25 - 13.0 * half).exp()) } else { 0.0 };
    costs.sharpest / (1.0 + (6.5 * bias - 13.0 / bias * half).exp()) + waiting
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LatLon;
    use crate::network::streets::Street;

    /// A crossroads with arms of about 111 m to the west (1), east (2), north (3) and south (4) of node 0, one way each.
    fn crossroads() -> Streets {
        let at = |lat: f64, lon: f64| LatLon { lat: lat * 1e-3, lon: lon * 1e-3 };
        let street = |way, nodes: &[u32]| Street::plain(way, nodes.to_vec(), Some(10.0), Some(10.0));
        Streets {
            places: vec![at(0.0, 0.0), at(0.0, -1.0), at(0.0, 1.0), at(1.0, 0.0), at(-1.0, 0.0)],
            streets: vec![street(1, &[1, 0]), street(2, &[0, 2]), street(3, &[0, 3]), street(4, &[4, 0])],
            ..Streets::none()
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

    fn turn(network: &Network, from: u32, into: u32) -> Option<u32> {
        network.arc(from, into).map(|arc| network.paces[0].turns[arc])
    }

    const CENTRE: (f64, f64) = (0.0, 0.0);
    const SOUTH: (f64, f64) = (-1.0, 0.0);
    const WEST: (f64, f64) = (0.0, -1.0);
    const EAST: (f64, f64) = (0.0, 1.0);
    const NORTH: (f64, f64) = (1.0, 0.0);

    #[test]
    fn a_crossroads_has_eight_edges_and_turning_costs_more_than_going_straight_on() {
        let network = crossroads().network();
        assert_eq!(network.edges.len(), 8);
        let arriving = edge(&network, WEST, CENTRE).expect("the western arm");
        assert_eq!(network.paces[0].edges[arriving as usize], 111);
        let straight =
            turn(&network, arriving, edge(&network, CENTRE, EAST).expect("east")).expect("straight on");
        let left = turn(&network, arriving, edge(&network, CENTRE, NORTH).expect("north")).expect("left");
        let right = turn(&network, arriving, edge(&network, CENTRE, SOUTH).expect("south")).expect("right");
        // Who drives on the right waits for those who come towards him before he turns to the left.
        assert!(
            straight <= 1 && (70..=76).contains(&left) && (18..=24).contains(&right),
            "{left} and {right}"
        );
        let round = turn(&network, arriving, edge(&network, CENTRE, WEST).expect("back west"));
        assert_eq!(round, None, "turning round is for dead ends");
        let dead_end = edge(&network, CENTRE, EAST).expect("east");
        assert_eq!(turn(&network, dead_end, edge(&network, EAST, CENTRE).expect("back")), Some(274));
        let mirrored = Streets { left_hand: true, ..crossroads() }.network();
        let into = |to| turn(&mirrored, arriving, edge(&mirrored, CENTRE, to).expect("an arm"));
        assert_eq!((into(NORTH), into(SOUTH)), (Some(right), Some(left)));
    }

    #[test]
    fn a_banned_turn_is_missing_and_its_opposite_stays() {
        let mut streets = crossroads();
        streets.restrictions.push(Restriction { from: 1, via: 0, to: 3, only: false });
        let network = streets.network();
        let (west, north) = (edge(&network, WEST, CENTRE), edge(&network, NORTH, CENTRE));
        let into = |to| edge(&network, CENTRE, to).expect("an arm");
        assert_eq!(network.arc(west.expect("west"), into(NORTH)), None);
        assert!(network.arc(north.expect("north"), into(WEST)).is_some());
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

    #[test]
    fn a_rule_about_two_streets_binds_only_who_comes_from_the_first() {
        // Who comes from the south may not turn round over the short eastern piece: a second junction lies 50 m east.
        let mut streets = crossroads();
        let node = |x: f64, y: f64| LatLon { lat: y * 1e-3, lon: x * 1e-3 };
        streets.places.extend([node(0.5, 0.0), node(0.5, -1.0)]);
        streets.streets[1] = Street::plain(2, vec![0, 5], Some(10.0), Some(10.0));
        streets.streets.push(Street::plain(5, vec![5, 2], Some(10.0), Some(10.0)));
        streets.streets.push(Street::plain(6, vec![5, 6], Some(10.0), Some(10.0)));
        let free = streets.network();
        let rule = super::sequence::Rule { from: 4, via: vec![2], to: 6, only: false };
        streets.sequences.push(rule);
        let bound = streets.network();
        assert_eq!(bound.edges.len(), free.edges.len() + 1);
        let (south, west) =
            (edge(&bound, SOUTH, CENTRE).expect("south"), edge(&bound, WEST, CENTRE).expect("west"));
        let short = edge(&bound, CENTRE, (0.0, 0.5)).expect("the short piece");
        let down = edge(&bound, (0.0, 0.5), (-1.0, 0.5)).expect("down again");
        let on = |from: u32| {
            bound.exits(from).map(|(next, _)| next).find(|&next| bound.with_twins(short).any(|t| t == next))
        };
        let (bound_piece, free_piece) = (on(south).expect("a piece"), on(west).expect("a piece"));
        assert!(bound.arc(bound_piece, down).is_none() && bound.arc(free_piece, down).is_some());
    }

    #[test]
    fn a_gate_takes_a_minute_to_open() {
        let mut streets = crossroads();
        streets.delays.push((0, 60.0));
        let network = streets.network();
        let arriving = edge(&network, WEST, CENTRE).expect("the western arm");
        let straight = turn(&network, arriving, edge(&network, CENTRE, EAST).expect("east"));
        assert!(straight.is_some_and(|tenths| (600..=602).contains(&tenths)), "{straight:?}");
    }
}
