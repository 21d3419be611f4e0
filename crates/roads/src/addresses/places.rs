//! Towns, villages and suburbs by where they are, with all their names.
//!
//! Not here: which of them a street is said to be in (`streets`).

use super::Nearby;
use crate::{LatLon, extract::Extract};

/// An address farther than this from every town or village gets no locality.
const LOCALITY_REACH_M: f64 = 8_000.0;
/// What stands in addresses as the place; the nearest of these is an address's own.
const SETTLED: [&str; 5] = ["city", "hamlet", "suburb", "town", "village"];

/// How far from the middle of a place of some kind people still say that they are in it, in metres.
fn reach_m(kind: &str) -> Option<f64> {
    Some(match kind {
        "neighbourhood" | "hamlet" | "locality" => 1_500.0,
        "quarter" => 2_000.0,
        "suburb" | "village" => 3_000.0,
        "town" => 6_000.0,
        "borough" | "municipality" => 8_000.0,
        "city" => 15_000.0,
        "island" => 40_000.0,
        "county" | "district" | "province" | "region" | "state" => 100_000.0,
        "country" => 1_000_000.0,
        _ => return None,
    })
}

pub(super) struct Areas {
    pub(super) names: Vec<Vec<String>>,
    at: Vec<(LatLon, f64)>,
    settled: Vec<u32>,
    nearby: Nearby,
}

impl Areas {
    pub(super) fn new(extract: &Extract, centre: LatLon) -> Areas {
        let (mut names, mut at, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let nodes = extract.tagged_nodes.iter().map(|node| (&node.tags, node.node, true));
        // Islands and quarters are often outlines.
        let rings = extract.ways.iter().filter_map(|way| Some((&way.tags, *way.nodes.first()?, false)));
        for (tags, node, is_node) in nodes.chain(rings) {
            let kind = tags.get("place").unwrap_or_default();
            if let (Some(reach), Some(_)) = (reach_m(kind), tags.get("name")) {
                if is_node && SETTLED.contains(&kind) {
                    settled.push(names.len() as u32);
                }
                let mut all: Vec<String> = Vec::new();
                for name in tags.names() {
                    if !all.iter().any(|known| known == name) {
                        all.push(name.to_owned());
                    }
                }
                names.push(all);
                at.push((extract.at(node), reach));
            }
        }
        let places = settled.iter().filter_map(|&area| at.get(area as usize)).map(|&(at, _)| at);
        let nearby = Nearby::new(centre, places);
        Areas { names, at, settled, nearby }
    }

    /// The nearest town or village.
    pub(super) fn nearest(&self, at: LatLon) -> Option<u32> {
        let (index, metres) = self.nearby.nearest(at)?;
        self.settled.get(index as usize).copied().filter(|_| metres <= LOCALITY_REACH_M)
    }

    pub(super) fn name(&self, area: u32) -> Option<&str> {
        self.names.get(area as usize)?.first().map(String::as_str)
    }

    /// All areas that a place may be said to be in.
    pub(super) fn around(&self, at: LatLon) -> impl Iterator<Item = u32> + '_ {
        let near = (0_u32..).zip(&self.at).filter(move |(_, (middle, reach))| middle.metres_to(at) <= *reach);
        near.map(|(area, _)| area)
    }
}
