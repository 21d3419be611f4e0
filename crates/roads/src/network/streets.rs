//! The streets of one profile before they become a network: ways with speeds, turn restrictions, signals and barriers.
//!
//! Not here: junctions, edges and turn costs (`build`).

use std::collections::HashMap;

use super::{Network, Profile, build, profile::TurnCosts};
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
    pub(crate) streets: Vec<Street>,
    pub(crate) restrictions: Vec<Restriction>,
    /// Nodes with traffic signals.
    pub(crate) signals: Vec<u32>,
    /// Nodes that cannot be passed.
    pub(crate) barriers: Vec<u32>,
    pub(crate) costs: TurnCosts,
}

impl Streets {
    /// The streets of an extract that a profile may use.
    pub(crate) fn of(extract: &Extract, profile: Profile) -> Streets {
        let places: Vec<LatLon> = extract.spots.iter().map(|&spot| spot.into()).collect();
        let mut streets = Vec::new();
        for way in &extract.ways {
            let Some(carriage) = profile.carriage(&way.tags) else { continue };
            if way.tags.is("route", "ferry") && extract.leaves(way) {
                continue;
            }
            let mut nodes = way.nodes.clone();
            nodes.dedup();
            let metres: f64 =
                nodes.windows(2).map(|n| places[n[0] as usize].metres_to(places[n[1] as usize])).sum();
            let stated = carriage.seconds.filter(|_| metres > 0.0).map(|seconds| metres / seconds);
            let speed = |kmh: f64| stated.unwrap_or(kmh / 3.6);
            if nodes.len() >= 2 {
                streets.push(Street {
                    way: way.id,
                    nodes,
                    forward: carriage.forward.map(speed),
                    backward: carriage.backward.map(speed),
                });
            }
        }
        let noted = |wanted: &dyn Fn(&TaggedNode) -> bool| -> Vec<u32> {
            extract.tagged_nodes.iter().filter(|n| wanted(n)).map(|n| n.node).collect()
        };
        Streets {
            restrictions: extract.relations.iter().flat_map(|r| restrictions(r, profile)).collect(),
            signals: noted(&|n| n.tags.is("highway", "traffic_signals")),
            barriers: noted(&|n| profile.stopped_by(&n.tags)),
            costs: profile.turn_costs(),
            places,
            streets,
        }
    }

    /// Builds the network; it may be empty.
    pub(crate) fn network(&self) -> Network {
        build::network(self)
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

/// The rules of one relation for one profile; several when it names several ways. Rules via a way are not read.
fn restrictions(relation: &Relation, profile: Profile) -> Vec<Restriction> {
    let tags = &relation.tags;
    let excepted =
        tags.get("except").is_some_and(|list| list.split(';').any(|e| e.trim() == profile.exception()));
    let Some(rule) = profile.restriction_keys().iter().find_map(|key| tags.get(key)).filter(|_| !excepted)
    else {
        return Vec::new();
    };
    let ways = |role: &str| -> Vec<i64> {
        let in_role = relation.members.iter().filter(|m| m.role.as_ref() == role);
        in_role.filter_map(|m| if let MemberElement::Way(id) = m.element { Some(id) } else { None }).collect()
    };
    let via = relation.members.iter().find_map(|m| match m.element {
        MemberElement::Node(node) if m.role.as_ref() == "via" => Some(node),
        _ => None,
    });
    let Some(via) = via else { return Vec::new() };
    let only = rule.starts_with("only_");
    if !only && !rule.starts_with("no_") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for &from in &ways("from") {
        for &to in &ways("to") {
            // Turning round on the same way is never permitted before its end, and going straight on must stay so.
            if from != to || only {
                found.push(Restriction { from, via, to, only });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Member, Tags};

    /// Rules of a relation from way 1 over node 7 to way `to`.
    fn rules<const N: usize>(profile: Profile, tags: [(&str, &str); N], to: i64) -> Vec<(i64, i64, bool)> {
        let member = |role: &str, element| Member { role: role.into(), element };
        let members = vec![
            member("from", MemberElement::Way(1)),
            member("via", MemberElement::Node(7)),
            member("to", MemberElement::Way(to)),
        ];
        let relation = Relation { tags: Tags::from(tags), members };
        restrictions(&relation, profile).into_iter().map(|r| (r.from, r.to, r.only)).collect()
    }

    #[test]
    fn rules_bind_whom_they_name() {
        let no_left = [("type", "restriction"), ("restriction", "no_left_turn")];
        assert_eq!(rules(Profile::Car, no_left, 2), [(1, 2, false)]);
        assert_eq!(rules(Profile::Bike, no_left, 2), [(1, 2, false)]);
        let spared =
            [("type", "restriction"), ("restriction", "only_straight_on"), ("except", "psv;bicycle")];
        assert_eq!(rules(Profile::Car, spared, 2), [(1, 2, true)]);
        assert!(rules(Profile::Bike, spared, 2).is_empty());
        assert!(rules(Profile::Bike, [("restriction:motorcar", "no_left_turn")], 2).is_empty());
    }

    #[test]
    fn no_u_turn_on_the_same_way_leaves_straight_on_permitted() {
        assert!(rules(Profile::Car, [("restriction", "no_u_turn")], 1).is_empty());
    }
}
