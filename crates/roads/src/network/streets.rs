//! The streets of one means of travel before they become a network: ways with speeds, turn rules, signals and barriers.
//!
//! Not here: junctions, edges and turn costs (`build`).

use std::collections::HashMap;

use super::{Class, Means, NONE, profile::Variant, sequence::Rule};
use crate::{
    LatLon,
    extract::{Extract, MemberElement, Relation, TaggedNode},
};

/// A way that may be used in at least one direction.
#[derive(Clone, Debug)]
pub(crate) struct Street {
    /// Name of the way in restrictions.
    pub(crate) way: i64,
    /// Nodes along the way, by their place in [`Streets::places`].
    pub(crate) nodes: Vec<u32>,
    /// Metres per second along the way; none when closed.
    pub(crate) forward: Option<f64>,
    /// Metres per second against the way.
    pub(crate) backward: Option<f64>,
    /// Whether it is no way through along it, and against it.
    pub(crate) local: [bool; 2],
    /// Its name, by its place in [`Streets::names`], or [`NONE`].
    pub(crate) name: u32,
    pub(crate) class: Class,
    /// Whether vans may not use it.
    pub(crate) no_van: bool,
}

/// A rule for those who come from one way and reach a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restriction {
    pub(crate) from: i64,
    pub(crate) via: u32,
    pub(crate) to: i64,
    /// Whether `to` is the only permitted way on, rather than the one that is banned.
    pub(crate) only: bool,
}

/// All that a network is built from.
#[derive(Clone, Debug)]
pub(crate) struct Streets {
    pub(crate) places: Vec<LatLon>,
    pub(crate) names: Vec<String>,
    pub(crate) streets: Vec<Street>,
    pub(crate) restrictions: Vec<Restriction>,
    /// Rules about sequences of streets.
    pub(crate) sequences: Vec<Rule>,
    /// Nodes with traffic signals.
    pub(crate) signals: Vec<u32>,
    /// Nodes that cannot be passed.
    pub(crate) barriers: Vec<u32>,
    /// Nodes that take time to pass, with the seconds.
    pub(crate) delays: Vec<(u32, f64)>,
    /// Nodes with room to turn round.
    pub(crate) turning: Vec<u32>,
    pub(crate) variants: Vec<Variant>,
    /// Whether people drive on the left.
    pub(crate) left_hand: bool,
}

impl Streets {
    /// The streets of an extract that a means of travel may use.
    pub(crate) fn of(extract: &Extract, means: Means, left_hand: bool) -> Streets {
        let places: Vec<LatLon> = extract.spots.iter().map(|&spot| spot.into()).collect();
        let mut streets = Vec::new();
        let (mut names, mut known) = (Vec::new(), HashMap::new());
        for way in &extract.ways {
            let Some(carriage) = means.carriage(&way.tags) else { continue };
            if way.tags.is("route", "ferry") && extract.leaves(way) {
                continue;
            }
            let mut nodes = way.nodes.clone();
            nodes.dedup();
            if nodes.len() < 2 {
                continue;
            }
            let metres: f64 =
                nodes.windows(2).map(|n| places[n[0] as usize].metres_to(places[n[1] as usize])).sum();
            let stated = carriage.seconds.filter(|_| metres > 0.0).map(|seconds| metres / seconds);
            let speed = |kmh: f64| stated.unwrap_or(kmh / 3.6);
            let name = way.tags.get("name").or_else(|| way.tags.get("ref")).map_or(NONE, |name| {
                *known.entry(name).or_insert_with(|| {
                    names.push(name.to_owned());
                    names.len() as u32 - 1
                })
            });
            streets.push(Street {
                way: way.id,
                nodes,
                forward: carriage.forward.map(speed),
                backward: carriage.backward.map(speed),
                local: carriage.local,
                name,
                class: carriage.class,
                no_van: carriage.no_van,
            });
        }
        let noted = |wanted: &dyn Fn(&TaggedNode) -> bool| -> Vec<u32> {
            extract.tagged_nodes.iter().filter(|n| wanted(n)).map(|n| n.node).collect()
        };
        let (mut restrictions, mut sequences) = (Vec::new(), Vec::new());
        if means != Means::Foot {
            for relation in &extract.relations {
                rules(relation, means, &mut restrictions, &mut sequences);
            }
        }
        Streets {
            restrictions,
            sequences,
            signals: noted(&|n| n.tags.is("highway", "traffic_signals")),
            barriers: noted(&|n| means.stopped_by(&n.tags)),
            delays: extract
                .tagged_nodes
                .iter()
                .map(|n| (n.node, means.delay(&n.tags)))
                .filter(|&(_, seconds)| seconds > 0.0)
                .collect(),
            turning: noted(&|n| {
                matches!(n.tags.get("highway"), Some("turning_circle" | "turning_loop" | "mini_roundabout"))
            }),
            variants: means.variants().to_vec(),
            places,
            names,
            streets,
            left_hand,
        }
    }

    /// Turn restrictions by the node where they hold.
    pub(crate) fn restrictions_by_node(&self) -> HashMap<u32, Vec<Restriction>> {
        let mut by_node: HashMap<u32, Vec<Restriction>> = HashMap::new();
        for restriction in &self.restrictions {
            by_node.entry(restriction.via).or_default().push(*restriction);
        }
        by_node
    }
}

#[cfg(test)]
impl Streets {
    /// No streets, for cars.
    pub(crate) fn none() -> Streets {
        Streets {
            places: Vec::new(),
            names: Vec::new(),
            streets: Vec::new(),
            restrictions: Vec::new(),
            sequences: Vec::new(),
            signals: Vec::new(),
            barriers: Vec::new(),
            delays: Vec::new(),
            turning: Vec::new(),
            variants: vec![Variant::Car, Variant::Van],
            left_hand: false,
        }
    }
}

#[cfg(test)]
impl Street {
    /// A street of no special kind.
    pub(crate) fn plain(way: i64, nodes: Vec<u32>, forward: Option<f64>, backward: Option<f64>) -> Street {
        let (local, class) = ([false; 2], Class::Local);
        Street { way, nodes, forward, backward, local, name: NONE, class, no_van: false }
    }
}

/// Whether people drive on the left, as the roundabouts of the extract show: those who drive on the left go round them
/// clockwise. On the right where there is none.
pub(crate) fn left_hand(extract: &Extract) -> bool {
    let turned = extract.ways.iter().filter(|way| way.tags.is("junction", "roundabout") && way.is_ring());
    let clockwise = turned.map(|way| {
        let line = extract.line(way);
        let doubled: f64 = line.windows(2).map(|e| (e[1].lon - e[0].lon) * (e[1].lat + e[0].lat)).sum();
        if way.tags.is("oneway", "-1") { doubled < 0.0 } else { doubled > 0.0 }
    });
    let (left, right) = clockwise.fold((0, 0), |(l, r), left| if left { (l + 1, r) } else { (l, r + 1) });
    left > right
}

/// The rules of one relation; several when it names several ways.
fn rules(relation: &Relation, means: Means, nodes: &mut Vec<Restriction>, sequences: &mut Vec<Rule>) {
    let tags = &relation.tags;
    let excepted =
        tags.get("except").is_some_and(|list| list.split(';').any(|e| e.trim() == means.exception()));
    let Some(rule) = means.restriction_keys().iter().find_map(|key| tags.get(key)).filter(|_| !excepted)
    else {
        return;
    };
    let only = rule.starts_with("only_");
    if !only && !rule.starts_with("no_") {
        return;
    }
    let ways = |role: &str| -> Vec<i64> {
        let in_role = relation.members.iter().filter(|m| m.role.as_ref() == role);
        in_role.filter_map(|m| if let MemberElement::Way(id) = m.element { Some(id) } else { None }).collect()
    };
    let node = relation.members.iter().find_map(|m| match m.element {
        MemberElement::Node(node) if m.role.as_ref() == "via" => Some(node),
        _ => None,
    });
    let (from, via, to) = (ways("from"), ways("via"), ways("to"));
    for &from in &from {
        for &to in &to {
            match node {
                // Turning round on the same way is never permitted before its end, and going straight on must stay so.
                Some(via) if from != to || only => nodes.push(Restriction { from, via, to, only }),
                None if !via.is_empty() => sequences.push(Rule { from, via: via.clone(), to, only }),
                Some(_) | None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Member, Tags};

    /// Rules of a relation from way 1 over node 7 to way `to`.
    fn read<const N: usize>(means: Means, tags: [(&str, &str); N], to: i64) -> Vec<(i64, i64, bool)> {
        let member = |role: &str, element| Member { role: role.into(), element };
        let members = vec![
            member("from", MemberElement::Way(1)),
            member("via", MemberElement::Node(7)),
            member("to", MemberElement::Way(to)),
        ];
        let relation = Relation { tags: Tags::from(tags), members };
        let (mut nodes, mut sequences) = (vec![], vec![]);
        rules(&relation, means, &mut nodes, &mut sequences);
        assert!(sequences.is_empty());
        nodes.into_iter().map(|r| (r.from, r.to, r.only)).collect()
    }

    #[test]
    fn rules_bind_whom_they_name() {
        let no_left = [("type", "restriction"), ("restriction", "no_left_turn")];
        assert_eq!(read(Means::Motor, no_left, 2), [(1, 2, false)]);
        assert_eq!(read(Means::Cycle, no_left, 2), [(1, 2, false)]);
        let spared =
            [("type", "restriction"), ("restriction", "only_straight_on"), ("except", "psv;bicycle")];
        assert_eq!(read(Means::Motor, spared, 2), [(1, 2, true)]);
        assert!(read(Means::Cycle, spared, 2).is_empty());
        assert!(read(Means::Cycle, [("restriction:motorcar", "no_left_turn")], 2).is_empty());
    }

    #[test]
    fn no_u_turn_on_the_same_way_leaves_straight_on_permitted() {
        assert!(read(Means::Motor, [("restriction", "no_u_turn")], 1).is_empty());
    }
}
