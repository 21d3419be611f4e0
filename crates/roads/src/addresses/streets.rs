//! The streets of an extract with all their names: what bears one name and hangs together is one street, and the same name in
//! the next town is another.
//!
//! Not here: the addresses along them (`gather`).

use std::collections::HashMap;

use rstar::{PointDistance, RTree, RTreeObject};

use super::{Street, places::Areas, words::key};
use crate::{LatLon, extract::Extract, geo::Plane};

/// A place or building farther than this from every named street gets no address.
const STREET_REACH_M: f64 = 80.0;
/// An address stands on the street whose name it bears if that is no farther away.
const OWN_STREET_M: f64 = 600.0;
/// Ways of one name that are no farther apart are one street.
const GAP_M: f64 = 60.0;

/// The streets, by where they are and by their names.
pub(super) struct Streets {
    plane: Plane,
    pub(super) all: Vec<Street>,
    /// By street: points along it.
    points: Vec<Vec<[f64; 2]>>,
    tree: RTree<StreetPiece>,
    by_name: HashMap<String, Vec<u32>>,
}

impl Streets {
    pub(super) fn new(extract: &Extract, centre: LatLon) -> Streets {
        let plane = Plane::at(centre);
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let mut order = Vec::new();
        for (place, way) in extract.ways.iter().enumerate() {
            let is_street = way.tags.get("highway").is_some_and(|highway| {
                !["construction", "proposed", "bus_stop", "platform", "rest_area", "services"]
                    .contains(&highway)
            }) || way.tags.is("place", "square");
            if let (true, Some(name)) = (is_street, way.tags.get("name")) {
                let entry = by_key.entry(key(name)).or_default();
                if entry.is_empty() {
                    order.push(key(name));
                }
                entry.push(place);
            }
        }
        let (points, tree, by_name) = (Vec::new(), RTree::new(), HashMap::new());
        let mut streets = Streets { plane, all: Vec::new(), points, tree, by_name };
        let mut pieces = Vec::new();
        for name in order {
            let ways = by_key.remove(&name).unwrap_or_default();
            for part in streets.parts(extract, &ways) {
                streets.add(extract, &part, &mut pieces);
            }
        }
        streets.tree = RTree::bulk_load(pieces);
        streets
    }

    /// The ways of one name in groups that hang together.
    fn parts(&self, extract: &Extract, ways: &[usize]) -> Vec<Vec<usize>> {
        let mut points: Vec<([f64; 2], usize)> = Vec::new();
        for (place, &way) in ways.iter().enumerate() {
            points.extend(extract.ways[way].nodes.iter().map(|&n| (self.plane.flat(extract.at(n)), place)));
        }
        points.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]).then(a.1.cmp(&b.1)));
        let mut group: Vec<usize> = (0..ways.len()).collect();
        for (index, &(here, one)) in points.iter().enumerate() {
            let close = points[index + 1..].iter().take_while(|(there, _)| there[0] - here[0] <= GAP_M);
            for &(there, other) in close {
                if one != other && (there[0] - here[0]).hypot(there[1] - here[1]) <= GAP_M {
                    let (a, b) = (root(&mut group, one), root(&mut group, other));
                    group[a.max(b)] = a.min(b);
                }
            }
        }
        let mut parts: Vec<Vec<usize>> = vec![Vec::new(); ways.len()];
        for (place, &way) in ways.iter().enumerate() {
            parts[root(&mut group, place)].push(way);
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    fn add(&mut self, extract: &Extract, ways: &[usize], pieces: &mut Vec<StreetPiece>) {
        let index = self.all.len() as u32;
        let mut names: Vec<String> = Vec::new();
        let mut points = Vec::new();
        for &way in ways {
            let way = &extract.ways[way];
            for name in way.tags.names() {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            let flat: Vec<[f64; 2]> =
                way.nodes.iter().map(|&node| self.plane.flat(extract.at(node))).collect();
            pieces.extend(flat.windows(2).map(|e| StreetPiece { from: e[0], to: e[1], street: index }));
            points.extend(flat);
        }
        let middle = points.get(points.len() / 2).copied().unwrap_or_default();
        for name in &names {
            let same = self.by_name.entry(key(name)).or_default();
            if same.last() != Some(&index) {
                same.push(index);
            }
        }
        let at = self.plane.place(middle).into();
        self.all.push(Street { names, near: Vec::new(), around: Vec::new(), at });
        self.points.push(points);
    }

    /// The nearest street.
    pub(super) fn nearest(&self, at: LatLon) -> Option<u32> {
        let point = self.plane.flat(at);
        let (piece, distance2) = self.tree.nearest_neighbor_iter_with_distance_2(&point).next()?;
        (distance2 <= STREET_REACH_M * STREET_REACH_M).then_some(piece.street)
    }

    /// The street of this name at a place; a new one where the map has none.
    pub(super) fn named(&mut self, name: &str, at: LatLon) -> u32 {
        let point = self.plane.flat(at);
        let same = self.by_name.entry(key(name)).or_default();
        let distance = |street: u32| {
            let points = &self.points[street as usize];
            let pieces = points.windows(2).map(|e| crate::geo::nearest_on_line(point, e[0], e[1]).1.sqrt());
            let single = points.first().map(|at| (at[0] - point[0]).hypot(at[1] - point[1]));
            pieces.chain(single).fold(f64::INFINITY, f64::min)
        };
        let nearest = same
            .iter()
            .map(|&street| (distance(street), street))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(metres, _)| *metres <= OWN_STREET_M);
        if let Some((_, street)) = nearest {
            return street;
        }
        let street = self.all.len() as u32;
        same.push(street);
        let names = vec![name.to_owned()];
        self.all.push(Street { names, near: Vec::new(), around: Vec::new(), at: at.into() });
        self.points.push(vec![point]);
        street
    }

    /// Says of each street which areas it is in.
    pub(super) fn place(&mut self, areas: &Areas) {
        for (street, points) in self.all.iter_mut().zip(&self.points) {
            let last = points.len().saturating_sub(1);
            let mut samples: Vec<usize> = vec![0, last / 4, last / 2, last * 3 / 4, last];
            samples.dedup();
            for at in samples.into_iter().filter_map(|place| points.get(place)) {
                let at = self.plane.place(*at);
                let nearest = areas.nearest(at).filter(|area| !street.near.contains(area));
                street.near.extend(nearest);
                for area in areas.around(at) {
                    if !street.around.contains(&area) {
                        street.around.push(area);
                    }
                }
            }
            street.around.retain(|area| !street.near.contains(area));
        }
    }
}

/// The first of the group that one belongs to.
fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// A straight piece of a street, in metres around the centre.
struct StreetPiece {
    from: [f64; 2],
    to: [f64; 2],
    street: u32,
}

impl RTreeObject for StreetPiece {
    type Envelope = rstar::AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        rstar::AABB::from_corners(self.from, self.to)
    }
}

impl PointDistance for StreetPiece {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        crate::geo::nearest_on_line(*point, self.from, self.to).1
    }
}
