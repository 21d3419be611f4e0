//! Reads an OpenStreetMap extract (`.osm.pbf`) into plain nodes, ways and relations that keep only the tags asked about here.
//!
//! Not here: what a tag means; streets, addresses and tiles each decide that for themselves.

mod tags;

use std::{
    collections::HashMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use osmpbf::{Blob, BlobDecode, BlobReader, Element, RelMemberType};
use rayon::prelude::*;

use crate::{Bounds, LatLon, RoadsError, geo::Spot};

pub(crate) use tags::Tags;

/// Everything of an extract that the crate looks at. Nodes are named by their place in `spots`.
#[derive(Default)]
pub(crate) struct Extract {
    /// The rectangle that the extract is about: what lies beyond are ends of roads and ferries that lead out of it.
    pub(crate) area: Option<Bounds>,
    /// Positions of all nodes, by ascending OpenStreetMap id.
    pub(crate) spots: Vec<Spot>,
    /// Nodes that carry a tag of interest.
    pub(crate) tagged_nodes: Vec<TaggedNode>,
    /// Ways; one that crosses the edge of the extract appears once for each piece inside.
    pub(crate) ways: Vec<Way>,
    /// Turn restrictions, multipolygons, and streets with their houses.
    pub(crate) relations: Vec<Relation>,
}

/// A node with a tag of interest.
pub(crate) struct TaggedNode {
    pub(crate) node: u32,
    pub(crate) tags: Tags,
}

/// A line or an area.
pub(crate) struct Way {
    pub(crate) id: i64,
    pub(crate) tags: Tags,
    pub(crate) nodes: Vec<u32>,
}

impl Way {
    /// Whether the way ends where it began and encloses something.
    pub(crate) fn is_ring(&self) -> bool {
        self.nodes.len() >= 4 && self.nodes.first() == self.nodes.last()
    }
}

/// A relation between elements, kept when it restricts turns, joins areas or gathers the houses of a street.
pub(crate) struct Relation {
    pub(crate) tags: Tags,
    pub(crate) members: Vec<Member>,
}

/// One member of a relation.
pub(crate) struct Member {
    pub(crate) role: Box<str>,
    pub(crate) element: MemberElement,
}

/// What a member refers to; relations within relations are not followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MemberElement {
    /// A node, by its place in [`Extract::spots`].
    Node(u32),
    /// A way, by its OpenStreetMap id.
    Way(i64),
}

impl Extract {
    /// Reads the file; errors say whether it is missing, unreadable or empty.
    pub(crate) fn read(path: &Path) -> Result<Extract, RoadsError> {
        if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
            return Err(RoadsError::NoExtract { path: path.to_owned() });
        }
        let broken = |what: String| RoadsError::BrokenExtract { path: path.to_owned(), what };
        // osmpbf trusts some offsets inside a block and panics where they lie; a damaged file must not end the process.
        let parts = catch_unwind(AssertUnwindSafe(|| read_parts(path)))
            .map_err(|_| broken("it is damaged".into()))?
            .map_err(|error| broken(error.to_string()))?;
        let extract = join(parts);
        if extract.spots.is_empty() || extract.ways.is_empty() {
            return Err(broken("it holds no map data".into()));
        }
        Ok(extract)
    }

    /// Position of a node.
    pub(crate) fn at(&self, node: u32) -> LatLon {
        self.spots[node as usize].into()
    }

    /// Whether a way goes beyond the rectangle that the extract is about, as ferries to foreign ports do.
    pub(crate) fn leaves(&self, way: &Way) -> bool {
        let beyond = |area: Bounds| way.nodes.iter().any(|&node| !area.contains(self.at(node)));
        self.area.is_some_and(beyond)
    }

    /// Positions along a way.
    pub(crate) fn line(&self, way: &Way) -> Vec<LatLon> {
        way.nodes.iter().map(|&node| self.at(node)).collect()
    }
}

/// Role of a member, and what it refers to.
type RawMember = (Box<str>, RelMemberType, i64);

/// What one block of the file holds, still in OpenStreetMap ids.
#[derive(Default)]
struct Part {
    cut_to: Option<Bounds>,
    nodes: Vec<(i64, Spot)>,
    tagged_nodes: Vec<(i64, Tags)>,
    ways: Vec<(i64, Tags, Vec<i64>)>,
    relations: Vec<(Tags, Vec<RawMember>)>,
}

fn read_parts(path: &Path) -> osmpbf::Result<Vec<Part>> {
    let blobs: Vec<Blob> = BlobReader::from_path(path)?.collect::<osmpbf::Result<_>>()?;
    blobs.par_iter().map(read_part).collect()
}

fn read_part(blob: &Blob) -> osmpbf::Result<Part> {
    let mut part = Part::default();
    match blob.decode()? {
        BlobDecode::OsmHeader(header) => {
            part.cut_to =
                header.bbox().map(|b| Bounds { south: b.bottom, west: b.left, north: b.top, east: b.right });
        }
        BlobDecode::OsmData(block) => block.for_each_element(|element| part.take(&element)),
        BlobDecode::Unknown(_) => {}
    }
    Ok(part)
}

impl Part {
    fn take(&mut self, element: &Element<'_>) {
        match element {
            Element::Node(node) => {
                let spot = Spot { lat_e7: node.decimicro_lat(), lon_e7: node.decimicro_lon() };
                self.take_node(node.id(), spot, Tags::of_interest(node.tags()));
            }
            Element::DenseNode(node) => {
                let spot = Spot { lat_e7: node.decimicro_lat(), lon_e7: node.decimicro_lon() };
                self.take_node(node.id(), spot, Tags::of_interest(node.tags()));
            }
            Element::Way(way) => {
                self.ways.push((way.id(), Tags::of_interest(way.tags()), way.refs().collect()));
            }
            Element::Relation(relation) => {
                let tags = Tags::of_interest(relation.tags());
                if matches!(
                    tags.get("type"),
                    Some("restriction" | "multipolygon" | "associatedStreet" | "street")
                ) {
                    let members = relation
                        .members()
                        .filter_map(|m| Some((m.role().ok()?.into(), m.member_type, m.member_id)))
                        .collect();
                    self.relations.push((tags, members));
                }
            }
        }
    }

    fn take_node(&mut self, id: i64, spot: Spot, tags: Tags) {
        if !LatLon::from(spot).is_on_globe() {
            return;
        }
        self.nodes.push((id, spot));
        if !tags.is_empty() {
            self.tagged_nodes.push((id, tags));
        }
    }
}

fn join(parts: Vec<Part>) -> Extract {
    let mut all = Part::default();
    for part in parts {
        all.cut_to = all.cut_to.or(part.cut_to);
        all.nodes.extend(part.nodes);
        all.tagged_nodes.extend(part.tagged_nodes);
        all.ways.extend(part.ways);
        all.relations.extend(part.relations);
    }
    all.nodes.sort_unstable();
    all.nodes.dedup_by_key(|&mut (id, _)| id);
    let index: HashMap<i64, u32> = all.nodes.iter().zip(0..).map(|(&(id, _), index)| (id, index)).collect();

    let mut ways = Vec::with_capacity(all.ways.len());
    for (id, tags, refs) in all.ways {
        for piece in refs.split(|node| !index.contains_key(node)) {
            let nodes: Vec<u32> = piece.iter().filter_map(|node| index.get(node).copied()).collect();
            if nodes.len() >= 2 {
                ways.push(Way { id, tags: tags.clone(), nodes });
            }
        }
    }
    let member = |(role, kind, id): RawMember| {
        let element = match kind {
            RelMemberType::Node => MemberElement::Node(*index.get(&id)?),
            RelMemberType::Way => MemberElement::Way(id),
            RelMemberType::Relation => return None,
        };
        Some(Member { role, element })
    };
    let relations = all
        .relations
        .into_iter()
        .map(|(tags, members)| Relation { tags, members: members.into_iter().filter_map(member).collect() })
        .collect();
    let tagged_nodes = all
        .tagged_nodes
        .into_iter()
        .filter_map(|(id, tags)| Some(TaggedNode { node: *index.get(&id)?, tags }))
        .collect();
    let spots: Vec<Spot> = all.nodes.into_iter().map(|(_, spot)| spot).collect();
    Extract { area: all.cut_to.or_else(|| main_area(&spots)), spots, tagged_nodes, ways, relations }
}

/// Where nearly all nodes are, for an extract that does not say what it was cut to: the middle 98 % in each direction and a
/// tenth more on each side, but nothing beyond the outermost nodes.
fn main_area(spots: &[Spot]) -> Option<Bounds> {
    let middle = |mut values: Vec<i32>| {
        values.sort_unstable();
        let at = |share: usize| {
            values.get(values.len().saturating_sub(1) * share / 100).map(|&v| f64::from(v) * 1e-7)
        };
        let (low, high) = (at(1)?, at(99)?);
        let more = (high - low) / 10.0;
        Some(((low - more).max(at(0)?), (high + more).min(at(100)?)))
    };
    let (south, north) = middle(spots.iter().map(|spot| spot.lat_e7).collect())?;
    let (west, east) = middle(spots.iter().map(|spot| spot.lon_e7).collect())?;
    Some(Bounds { south, west, north, east })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(bytes: &[u8]) -> Result<Extract, RoadsError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("city.osm.pbf");
        fs::write(&path, bytes).expect("a written file");
        Extract::read(&path)
    }

    #[test]
    fn a_missing_extract_is_named() {
        let missing = Path::new("no/such/city.osm.pbf");
        assert!(matches!(Extract::read(missing), Err(RoadsError::NoExtract { path }) if path == missing));
    }

    #[test]
    fn an_empty_file_and_plain_text_are_broken_extracts() {
        for bytes in [&b""[..], b"<?xml version='1.0'?><osm></osm>", &[0, 0, 0, 0], &[0xff; 64]] {
            assert!(matches!(reading(bytes), Err(RoadsError::BrokenExtract { .. })), "{bytes:?}");
        }
    }

    #[test]
    fn a_road_to_far_away_does_not_stretch_the_area() {
        let spots: Vec<Spot> = (0..1000)
            .map(|i| Spot { lat_e7: i * 100, lon_e7: if i == 999 { 900_000_000 } else { i * 100 } })
            .collect();
        let area = main_area(&spots).expect("an area");
        assert!(area.east < 0.02 && area.north > 0.009, "{area:?}");
        assert!(main_area(&[]).is_none());
    }

    #[test]
    fn a_way_that_leaves_the_extract_is_cut_there() {
        let spot = |lat_e7| Spot { lat_e7, lon_e7: 0 };
        let part = Part {
            nodes: vec![(30, spot(3)), (10, spot(1)), (20, spot(2)), (50, spot(5)), (60, spot(6))],
            ways: vec![(7, Tags::default(), vec![10, 20, 30, 40, 50, 60, 99])],
            ..Part::default()
        };
        let extract = join(vec![Part::default(), part]);
        let pieces: Vec<&[u32]> = extract.ways.iter().map(|way| way.nodes.as_slice()).collect();
        assert_eq!(pieces, [&[0, 1, 2][..], &[3, 4]]);
        assert_eq!(extract.spots[2], spot(3));
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_are_a_broken_extract(bytes in proptest::collection::vec(0_u8.., 0..4096)) {
            let refused = matches!(reading(&bytes), Err(RoadsError::BrokenExtract { .. }));
            proptest::prop_assert!(refused);
        }
    }
}
