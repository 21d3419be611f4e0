//! What of an extract is drawn, in which layer, under which kind, and from which zoom level on.
//!
//! Not here: cutting into tiles.

use std::collections::{HashMap, HashSet};

use super::{encode::Value, land, rings::joined, shape::Shape};
use crate::extract::{Extract, MemberElement, Tags, Way};
use crate::geo::in_ring;

/// Layers in the order in which they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Earth,
    Landuse,
    Water,
    Buildings,
    Roads,
    Places,
}

impl Layer {
    pub(super) fn name(self) -> &'static str {
        match self {
            Layer::Earth => "earth",
            Layer::Landuse => "landuse",
            Layer::Water => "water",
            Layer::Buildings => "buildings",
            Layer::Roads => "roads",
            Layer::Places => "places",
        }
    }
}

/// Something that is drawn.
pub(super) struct Feature {
    pub(super) layer: Layer,
    pub(super) shape: Shape,
    pub(super) from_zoom: u8,
    /// Drawn after those with a lower rank in the same layer.
    rank: u8,
    pub(super) attributes: Vec<(&'static str, Value)>,
}

/// How a road is drawn.
struct RoadLook {
    kind: &'static str,
    from_zoom: u8,
    rank: u8,
}

/// Everything that is drawn, layer by layer, the more important later.
pub(super) fn gather(extract: &Extract) -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    for rings in land::areas(extract) {
        let attributes = vec![("kind", Value::from("earth"))];
        features.push(Feature {
            layer: Layer::Earth,
            shape: Shape::Area(rings),
            from_zoom: 0,
            rank: 0,
            attributes,
        });
    }
    for way in &extract.ways {
        if way.tags.is("route", "ferry") && extract.leaves(way) {
            continue;
        }
        if let Some(road) = road(&way.tags) {
            features.push(Feature { shape: Shape::Line(line(extract, &way.nodes)), ..road });
        } else if let Some(stream) = stream(&way.tags) {
            features.push(Feature { shape: Shape::Line(line(extract, &way.nodes)), ..stream });
        } else if way.is_ring()
            && let Some(area) = area(&way.tags)
        {
            features.push(Feature { shape: Shape::Area(vec![line(extract, &way.nodes)]), ..area });
        }
    }
    features.extend(multipolygons(extract));
    for node in &extract.tagged_nodes {
        if let Some(place) = place(&node.tags) {
            features.push(Feature { shape: Shape::Point(extract.at(node.node).mercator()), ..place });
        }
    }
    features.sort_by_key(|feature| (feature.layer, feature.rank));
    features
}

fn line(extract: &Extract, nodes: &[u32]) -> Vec<[f64; 2]> {
    nodes.iter().map(|&node| extract.at(node).mercator()).collect()
}

/// Areas whose outline or holes are made of several ways.
fn multipolygons(extract: &Extract) -> Vec<Feature> {
    let wanted: HashSet<i64> = extract
        .relations
        .iter()
        .flat_map(|relation| &relation.members)
        .filter_map(|member| if let MemberElement::Way(id) = member.element { Some(id) } else { None })
        .collect();
    let mut ways: HashMap<i64, Vec<&Way>> = HashMap::new();
    for way in extract.ways.iter().filter(|way| wanted.contains(&way.id)) {
        ways.entry(way.id).or_default().push(way);
    }
    let mut features = Vec::new();
    for relation in extract.relations.iter().filter(|relation| relation.tags.is("type", "multipolygon")) {
        let rings = |inner: bool| -> Vec<Vec<[f64; 2]>> {
            let in_role = relation.members.iter().filter(|member| (member.role.as_ref() == "inner") == inner);
            let lines = in_role
                .filter_map(|m| if let MemberElement::Way(id) = m.element { ways.get(&id) } else { None });
            let chains = joined(lines.flatten().map(|way| way.nodes.clone()).collect(), true);
            let closed = chains.into_iter().filter(|nodes| nodes.len() >= 4 && nodes.first() == nodes.last());
            closed.map(|nodes| line(extract, &nodes)).collect()
        };
        let Some(look) = area(&relation.tags) else { continue };
        let holes = rings(true);
        for outline in rings(false) {
            let mine =
                holes.iter().filter(|hole| hole.first().is_some_and(|&corner| in_ring(&outline, corner)));
            let rings = std::iter::once(outline.clone()).chain(mine.cloned()).collect();
            features.push(Feature { shape: Shape::Area(rings), attributes: look.attributes.clone(), ..look });
        }
    }
    features
}

fn unplaced(layer: Layer, from_zoom: u8, rank: u8, kind: &str, tags: &Tags) -> Feature {
    let mut attributes = vec![("kind", Value::from(kind))];
    if let Some(name) = tags.get("name") {
        attributes.push(("name", Value::from(name)));
    }
    Feature { layer, shape: Shape::Line(Vec::new()), from_zoom, rank, attributes }
}

fn road(tags: &Tags) -> Option<Feature> {
    if tags.is("area", "yes") {
        return None;
    }
    let (class, look) = match tags.get("highway") {
        Some(highway) => (highway, road_look(highway)?),
        None if tags.is("route", "ferry") => ("ferry", RoadLook { kind: "ferry", from_zoom: 10, rank: 0 }),
        None => return None,
    };
    let mut feature = unplaced(Layer::Roads, look.from_zoom, look.rank, look.kind, tags);
    feature.attributes.push(("kind_detail", Value::from(class)));
    if matches!(tags.get("oneway"), Some("yes" | "true" | "1" | "-1")) {
        feature.attributes.push(("oneway", Value::from("yes")));
    }
    Some(feature)
}

fn road_look(highway: &str) -> Option<RoadLook> {
    let (kind, from_zoom, rank) = match highway {
        "motorway" | "trunk" => ("highway", 8, 9),
        "motorway_link" | "trunk_link" => ("highway", 10, 8),
        "primary" => ("major_road", 8, 7),
        "secondary" => ("major_road", 9, 6),
        "primary_link" | "secondary_link" => ("major_road", 11, 5),
        "tertiary" => ("major_road", 11, 5),
        "tertiary_link" => ("major_road", 12, 4),
        "unclassified" | "residential" | "road" => ("minor_road", 12, 3),
        "living_street" => ("minor_road", 13, 3),
        "service" => ("minor_road", 14, 2),
        "pedestrian" => ("path", 13, 2),
        "track" | "cycleway" | "footway" | "path" | "steps" | "bridleway" => ("path", 14, 1),
        _ => return None,
    };
    Some(RoadLook { kind, from_zoom, rank })
}

fn stream(tags: &Tags) -> Option<Feature> {
    let kind = tags.get("waterway")?;
    let from_zoom = match kind {
        "river" => 9,
        "canal" => 12,
        "stream" => 13,
        _ => return None,
    };
    Some(unplaced(Layer::Water, from_zoom, 1, kind, tags))
}

/// How an enclosed area is drawn; none when it is not.
fn area(tags: &Tags) -> Option<Feature> {
    if tags.get("building").is_some_and(|kind| kind != "no") {
        let mut feature = unplaced(Layer::Buildings, 14, 0, "building", tags);
        feature.attributes.truncate(1);
        return Some(feature);
    }
    if let Some(kind) = water(tags) {
        return Some(unplaced(Layer::Water, 8, 0, kind, tags));
    }
    let (kind, from_zoom) = landuse(tags)?;
    Some(unplaced(Layer::Landuse, from_zoom, 0, kind, tags))
}

fn water(tags: &Tags) -> Option<&'static str> {
    match (tags.get("natural"), tags.get("landuse"), tags.get("waterway"), tags.get("leisure")) {
        (Some("water"), ..) | (_, _, Some("riverbank" | "dock"), _) => Some("water"),
        (_, Some("reservoir" | "basin"), ..) => Some("basin"),
        (_, _, _, Some("swimming_pool")) => Some("swimming_pool"),
        _ => None,
    }
}

fn landuse(tags: &Tags) -> Option<(&'static str, u8)> {
    let by_leisure = tags.get("leisure").and_then(|kind| match kind {
        "park" => Some(("park", 10)),
        "garden" => Some(("garden", 12)),
        "golf_course" => Some(("golf_course", 11)),
        "nature_reserve" => Some(("nature_reserve", 10)),
        "pitch" => Some(("pitch", 13)),
        "playground" => Some(("playground", 13)),
        _ => None,
    });
    let by_natural = || {
        tags.get("natural").and_then(|kind| match kind {
            "wood" => Some(("wood", 10)),
            "scrub" => Some(("scrub", 11)),
            "grassland" | "heath" => Some(("grassland", 11)),
            "beach" | "sand" => Some(("beach", 11)),
            "bare_rock" | "scree" => Some(("bare_rock", 12)),
            "wetland" => Some(("wetland", 11)),
            _ => None,
        })
    };
    let by_use = || {
        tags.get("landuse").and_then(|kind| match kind {
            "residential" => Some(("residential", 10)),
            "industrial" => Some(("industrial", 10)),
            "commercial" | "retail" => Some(("commercial", 11)),
            "farmland" | "farmyard" | "orchard" | "vineyard" | "greenhouse_horticulture" => {
                Some(("farmland", 10))
            }
            "forest" => Some(("forest", 10)),
            "grass" | "meadow" | "village_green" | "recreation_ground" => Some(("grass", 12)),
            "cemetery" => Some(("cemetery", 12)),
            "military" => Some(("military", 11)),
            "quarry" => Some(("quarry", 11)),
            "construction" | "brownfield" => Some(("brownfield", 12)),
            _ => None,
        })
    };
    let by_amenity = || {
        tags.get("amenity").and_then(|kind| match kind {
            "school" | "college" | "kindergarten" => Some(("school", 12)),
            "university" => Some(("university", 11)),
            "hospital" => Some(("hospital", 11)),
            "parking" => Some(("parking", 14)),
            "grave_yard" => Some(("cemetery", 12)),
            _ => None,
        })
    };
    let by_highway =
        || (tags.is("highway", "pedestrian") || tags.is("highway", "footway")).then_some(("pedestrian", 13));
    by_leisure.or_else(by_natural).or_else(by_use).or_else(by_amenity).or_else(by_highway)
}

fn place(tags: &Tags) -> Option<Feature> {
    let class = tags.get("place")?;
    let (kind, from_zoom, rank) = match class {
        "city" => ("locality", 8, 9),
        "town" => ("locality", 9, 7),
        "village" => ("locality", 10, 6),
        "suburb" => ("neighbourhood", 11, 5),
        "hamlet" => ("locality", 12, 4),
        "island" | "islet" => ("island", 9, 4),
        "quarter" | "neighbourhood" => ("neighbourhood", 13, 3),
        _ => return None,
    };
    tags.get("name")?;
    let mut feature = unplaced(Layer::Places, from_zoom, rank, kind, tags);
    feature.attributes.push(("kind_detail", Value::from(class)));
    if let Some(english) = tags.get("name:en") {
        feature.attributes.push(("name:en", Value::from(english)));
    }
    let people: u64 =
        tags.get("population").and_then(|people| people.replace([',', ' '], "").parse().ok()).unwrap_or(0);
    feature.attributes.push(("population_rank", Value::Count(population_rank(people))));
    Some(feature)
}

/// A number that grows with the number of inhabitants: 0 unknown, then one more for each doubling from 100 on.
fn population_rank(people: u64) -> u64 {
    (people / 100).checked_ilog2().map_or(0, |doublings| u64::from(doublings) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(feature: Option<Feature>) -> Option<(Layer, Value)> {
        feature.map(|f| (f.layer, f.attributes[0].1.clone()))
    }

    #[test]
    fn areas_find_their_layer() {
        assert_eq!(kind(area(&[("natural", "water")].into())), Some((Layer::Water, "water".into())));
        assert_eq!(kind(area(&[("leisure", "park")].into())), Some((Layer::Landuse, "park".into())));
        assert_eq!(
            kind(area(&[("building", "yes"), ("amenity", "school")].into())),
            Some((Layer::Buildings, "building".into()))
        );
        assert_eq!(kind(area(&[("name", "somewhere")].into())), None);
    }

    #[test]
    fn bigger_places_rank_higher() {
        assert_eq!(population_rank(0), 0);
        assert!(population_rank(20_000) > population_rank(3_000));
    }
}
