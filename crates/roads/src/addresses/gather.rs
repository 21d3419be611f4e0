//! Gathers the addresses of an extract, in a fixed order, with what the map knows of the street of each.
//!
//! Not here: looking them up.

use std::collections::HashMap;

use super::{Address, AddressKind, Detail, Every, Known, Row, places::Areas, streets::Streets};
use crate::{
    LatLon,
    extract::{Extract, MemberElement, Tags, Way},
    geo::Plane,
};

/// Smaller buildings are sheds and kiosks rather than places to deliver to.
const SMALLEST_BUILDING_M2: f64 = 25.0;

/// Something on the map that might have an address.
struct Candidate<'a> {
    tags: &'a Tags,
    at: LatLon,
    /// Ground area where an outline is mapped, in square metres.
    area: Option<f64>,
    /// Its street where another element says it.
    street: Option<&'a str>,
}

/// Streets of elements that do not say it themselves: those of a relation, and the ends of a row of houses.
type Told<'a> = HashMap<MemberElement, &'a str>;

/// All addresses: numbered ones first, then places, then buildings, each by position from north to south; and what the map
/// knows of their streets.
pub(crate) fn gather(extract: &Extract, centre: LatLon) -> (Vec<Address>, Known) {
    let mut streets = Streets::new(extract, centre);
    let areas = Areas::new(extract, centre);
    let told = told(extract);
    let mut gathered: Vec<(Address, Detail)> = Vec::new();
    for candidate in candidates(extract, centre, &told) {
        gathered.extend(address(&candidate, &mut streets, &areas));
    }
    gathered.sort_by(|(a, _), (b, _)| {
        let south = |address: &Address| -address.at.lat;
        a.kind
            .cmp(&b.kind)
            .then(south(a).total_cmp(&south(b)))
            .then(a.at.lon.total_cmp(&b.at.lon))
            .then(a.text.cmp(&b.text))
    });
    gathered.dedup_by(|(a, _), (b, _)| a.text == b.text && a.at == b.at);
    let rows = rows(extract, &told, &mut streets, &areas);
    streets.place(&areas);
    let (addresses, details) = gathered.into_iter().unzip();
    (addresses, Known { details, streets: streets.all, rows, areas: areas.names })
}

/// Leaves only the addresses that are wanted.
pub(crate) fn retain(
    addresses: Vec<Address>,
    known: &mut Known,
    wanted: impl Fn(&Address) -> bool,
) -> Vec<Address> {
    let details = std::mem::take(&mut known.details);
    let (addresses, details) =
        addresses.into_iter().zip(details).filter(|(address, _)| wanted(address)).unzip();
    known.details = details;
    addresses
}

fn candidates<'a>(extract: &'a Extract, centre: LatLon, told: &Told<'a>) -> Vec<Candidate<'a>> {
    let plane = Plane::at(centre);
    let street = |element: MemberElement| told.get(&element).copied();
    let nodes = extract.tagged_nodes.iter().map(|node| Candidate {
        tags: &node.tags,
        at: extract.at(node.node),
        area: None,
        street: street(MemberElement::Node(node.node)),
    });
    let is_wanted = |tags: &Tags| {
        tags.get("building").is_some() || is_place(tags) || tags.get("addr:housenumber").is_some()
    };
    let rings = extract.ways.iter().filter(|way| way.is_ring() && is_wanted(&way.tags)).filter_map(|way| {
        let (at, area) = middle(&extract.line(way), &plane)?;
        Some(Candidate { tags: &way.tags, at, area: Some(area), street: street(MemberElement::Way(way.id)) })
    });
    // Buildings with courtyards are relations between their outlines.
    let by_id: HashMap<i64, &Way> = extract.ways.iter().map(|way| (way.id, way)).collect();
    let joined = extract
        .relations
        .iter()
        .filter(|relation| relation.tags.is("type", "multipolygon") && is_wanted(&relation.tags));
    let outlines = joined.filter_map(|relation| {
        let outer = relation.members.iter().filter(|member| member.role.as_ref() == "outer");
        let ways: Vec<&&Way> = outer
            .filter_map(|member| match member.element {
                MemberElement::Way(id) => by_id.get(&id),
                MemberElement::Node(_) => None,
            })
            .collect();
        let ring = ways.iter().find(|way| way.is_ring()).and_then(|way| middle(&extract.line(way), &plane));
        let (at, area) = match ring {
            Some(found) => found,
            None => (*extract.line(ways.first()?).first()?, SMALLEST_BUILDING_M2),
        };
        Some(Candidate { tags: &relation.tags, at, area: Some(area), street: None })
    });
    nodes.chain(rings).chain(outlines).collect()
}

/// The streets that relations (`associatedStreet`) and rows of houses say of others.
fn told(extract: &Extract) -> Told<'_> {
    let mut told = Told::new();
    let by_id: HashMap<i64, &Way> = extract.ways.iter().map(|way| (way.id, way)).collect();
    for relation in &extract.relations {
        if !matches!(relation.tags.get("type"), Some("associatedStreet" | "street")) {
            continue;
        }
        let is_street = |role: &str| role == "street";
        let of_way = || {
            relation.members.iter().filter(|member| is_street(&member.role)).find_map(|m| match m.element {
                MemberElement::Way(id) => by_id.get(&id)?.tags.get("name"),
                MemberElement::Node(_) => None,
            })
        };
        let Some(name) = relation.tags.get("name").or_else(of_way) else { continue };
        for member in relation.members.iter().filter(|member| !is_street(&member.role)) {
            told.insert(member.element, name);
        }
    }
    for way in extract.ways.iter().filter(|way| way.tags.get("addr:interpolation").is_some()) {
        if let (Some(street), false) = (way.tags.get("addr:street"), way.is_ring()) {
            told.extend(way.nodes.iter().map(|&node| (MemberElement::Node(node), street)));
        }
    }
    told
}

/// Rows of houses of which only some are mapped, between each two that are.
fn rows(extract: &Extract, told: &Told<'_>, streets: &mut Streets, areas: &Areas) -> Vec<Row> {
    let tags: HashMap<u32, &Tags> = extract.tagged_nodes.iter().map(|node| (node.node, &node.tags)).collect();
    let mut rows = Vec::new();
    for way in extract.ways.iter().filter(|way| !way.is_ring()) {
        let Some(every) = way.tags.get("addr:interpolation").map(Every::from_tag) else { continue };
        let number = |node: &u32| tags.get(node).and_then(|tags| tags.get("addr:housenumber"));
        let ends: Vec<usize> = (0..way.nodes.len()).filter(|&at| number(&way.nodes[at]).is_some()).collect();
        for pair in ends.windows(2) {
            let nodes = &way.nodes[pair[0]..=pair[1]];
            let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { continue };
            let (Some(from), Some(to)) = (number(first), number(last)) else { continue };
            let written = |node: &u32, key: &str| tags.get(node).and_then(|tags| tags.get(key));
            let of_node = |node: &u32| {
                written(node, "addr:street").or_else(|| told.get(&MemberElement::Node(*node)).copied())
            };
            let of_way = || told.get(&MemberElement::Way(way.id)).copied();
            let street = way.tags.get("addr:street").or_else(|| of_node(first)).or_else(|| of_node(last));
            let Some(name) = street.or_else(of_way) else { continue };
            let at = extract.at(*first);
            let postcode = written(first, "addr:postcode").or_else(|| way.tags.get("addr:postcode"));
            rows.push(Row {
                street: streets.named(name, at),
                name: name.to_owned(),
                locality: areas.nearest(at).and_then(|area| areas.name(area)).map(str::to_owned),
                postcode: postcode.map(code),
                from: from.to_owned(),
                to: to.to_owned(),
                every,
                line: nodes.iter().map(|&node| extract.spots[node as usize]).collect(),
            });
        }
    }
    rows
}

/// A postcode as it is compared: in capitals without spaces.
fn code(written: &str) -> String {
    written.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn address(candidate: &Candidate<'_>, streets: &mut Streets, areas: &Areas) -> Option<(Address, Detail)> {
    let tags = candidate.tags;
    let text = |key: &str| tags.get(key).map(str::trim).filter(|text| !text.is_empty());
    let house_number = text("addr:housenumber");
    let written = text("addr:street").or(candidate.street).or_else(|| text("addr:place"));
    let name = text("name").or_else(|| text("addr:housename"));
    let kind = if house_number.is_some() && written.is_some() {
        AddressKind::Numbered
    } else if is_place(tags) && name.is_some() {
        AddressKind::Place
    } else if is_home_or_work(tags) && candidate.area.is_some_and(|area| area >= SMALLEST_BUILDING_M2) {
        AddressKind::Building
    } else {
        return None;
    };
    let (index, street) = match written {
        Some(street) => (streets.named(street, candidate.at), street.to_owned()),
        None => {
            let index = streets.nearest(candidate.at)?;
            (index, streets.all.get(index as usize)?.names.first()?.clone())
        }
    };
    // A number without its street belongs to a street that is not written; putting it on the nearest would invent one.
    let house_number = house_number.filter(|_| kind == AddressKind::Numbered);
    let towns = [
        "addr:city",
        "addr:district",
        "addr:hamlet",
        "addr:place",
        "addr:province",
        "addr:suburb",
        "addr:village",
    ];
    let nearest = areas.nearest(candidate.at).and_then(|area| areas.name(area));
    let locality = nearest.or_else(|| text("addr:city"));
    let address = Address {
        text: Address::line(name, house_number, &street, locality),
        name: name.map(str::to_owned),
        house_number: house_number.map(str::to_owned),
        locality: locality.map(str::to_owned),
        street,
        at: candidate.at,
        kind,
    };
    let detail = Detail {
        street: index,
        postcode: text("addr:postcode").map(code),
        every: text("addr:interpolation").map(Every::from_tag).unwrap_or_default(),
        towns: towns.iter().filter_map(|key| text(key)).map(str::to_owned).collect(),
    };
    Some((address, detail))
}

fn is_place(tags: &Tags) -> bool {
    let none_at_the_door = [
        "atm",
        "bench",
        "bicycle_parking",
        "bicycle_rental",
        "charging_station",
        "clock",
        "drinking_water",
        "ferry_terminal",
        "fountain",
        "grave_yard",
        "parking",
        "parking_entrance",
        "parking_space",
        "post_box",
        "public_bookcase",
        "recycling",
        "shelter",
        "taxi",
        "telephone",
        "toilets",
        "vending_machine",
        "waste_basket",
        "waste_disposal",
    ];
    let stay = ["apartment", "gallery", "guest_house", "hostel", "hotel", "motel", "museum"];
    tags.get("amenity").is_some_and(|kind| !none_at_the_door.contains(&kind))
        || tags.get("tourism").is_some_and(|kind| stay.contains(&kind))
        || ["craft", "healthcare", "office", "shop"]
            .iter()
            .any(|key| tags.get(key).is_some_and(|v| v != "vacant" && v != "no"))
}

fn is_home_or_work(tags: &Tags) -> bool {
    let nobody_home = [
        "barn",
        "bunker",
        "carport",
        "collapsed",
        "construction",
        "farm_auxiliary",
        "garage",
        "garages",
        "greenhouse",
        "hut",
        "no",
        "parking",
        "roof",
        "ruins",
        "service",
        "shed",
        "silo",
        "stable",
        "storage_tank",
        "tower",
        "transformer_tower",
        "water_tower",
    ];
    tags.get("building").is_some_and(|kind| !nobody_home.contains(&kind))
}

/// Middle and area (square metres) of a ring; none when it encloses nothing.
fn middle(ring: &[LatLon], plane: &Plane) -> Option<(LatLon, f64)> {
    let origin = *ring.first()?;
    let [x0, y0] = plane.flat(origin);
    let flat: Vec<[f64; 2]> = ring.iter().map(|&at| plane.flat(at)).map(|[x, y]| [x - x0, y - y0]).collect();
    let (mut doubled, mut x, mut y) = (0.0, 0.0, 0.0);
    for ends in flat.windows(2) {
        let cross = ends[0][0] * ends[1][1] - ends[1][0] * ends[0][1];
        doubled += cross;
        x += (ends[0][0] + ends[1][0]) * cross;
        y += (ends[0][1] + ends[1][1]) * cross;
    }
    if doubled.abs() < 1e-6 {
        return None;
    }
    let centre = plane.place([x0 + x / (3.0 * doubled), y0 + y / (3.0 * doubled)]);
    Some((centre, doubled.abs() / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        extract::{TaggedNode, Way},
        geo::Spot,
    };

    #[test]
    fn the_middle_of_a_square_is_its_middle() {
        let at = |lat: f64, lon: f64| LatLon { lat: 35.9 + lat * 1e-4, lon: 14.4 + lon * 1e-4 };
        let ring = [at(0.0, 0.0), at(0.0, 1.0), at(1.0, 1.0), at(1.0, 0.0), at(0.0, 0.0)];
        let (centre, area) = middle(&ring, &Plane::at(at(0.0, 0.0))).expect("a square");
        assert!(centre.metres_to(at(0.5, 0.5)) < 0.01);
        assert!((area - 11.12 * 9.0).abs() < 0.5, "{area}");
        assert!(middle(&[at(0.0, 0.0), at(0.0, 1.0), at(0.0, 0.0)], &Plane::at(at(0.0, 0.0))).is_none());
    }

    /// A street of 200 m with a village at its end, and one thing 20 m beside it.
    fn beside_a_street<const N: usize>(tags: [(&str, &str); N]) -> Vec<Address> {
        let spot = |north: i32, east: i32| Spot {
            lat_e7: 359_000_000 + north * 90,
            lon_e7: 144_000_000 + east * 111,
        };
        let street = Tags::from([("highway", "residential"), ("name", "Triq il-Kbira")]);
        let extract = Extract {
            spots: vec![spot(0, 0), spot(0, 200), spot(20, 100), spot(30, 100), spot(30, 110), spot(20, 110)],
            tagged_nodes: vec![TaggedNode {
                node: 0,
                tags: [("place", "village"), ("name", "Mosta")].into(),
            }],
            ways: vec![
                Way { id: 1, tags: street, nodes: vec![0, 1] },
                Way { id: 2, tags: tags.into(), nodes: vec![2, 3, 4, 5, 2] },
            ],
            ..Extract::default()
        };
        gather(&extract, extract.at(0)).0
    }

    #[test]
    fn an_address_says_what_is_mapped_and_nothing_more() {
        let line =
            |addresses: Vec<Address>| addresses.into_iter().map(|a| (a.text, a.kind)).collect::<Vec<_>>();
        let known = |text: &str, kind| vec![(text.to_owned(), kind)];
        let numbered = beside_a_street([
            ("building", "house"),
            ("addr:housenumber", "12"),
            ("addr:street", "Sqaq Nru 3"),
        ]);
        assert_eq!(line(numbered), known("12, Sqaq Nru 3, Mosta", AddressKind::Numbered));
        let shop = beside_a_street([("building", "yes"), ("shop", "bakery"), ("name", "Bakery")]);
        assert_eq!(line(shop), known("Bakery, Triq il-Kbira, Mosta", AddressKind::Place));
        let home = beside_a_street([("building", "house")]);
        assert_eq!(line(home), known("Triq il-Kbira, Mosta", AddressKind::Building));
        let streetless = beside_a_street([("building", "house"), ("addr:housenumber", "12")]);
        assert_eq!(line(streetless), known("Triq il-Kbira, Mosta", AddressKind::Building));
        assert!(beside_a_street([("building", "garage")]).is_empty());
    }

    #[test]
    fn kinds_of_candidates_are_told_apart() {
        assert!(is_place(&[("shop", "bakery")].into()));
        assert!(!is_place(&[("amenity", "bench")].into()));
        assert!(is_home_or_work(&[("building", "apartments")].into()));
        assert!(!is_home_or_work(&[("building", "garage")].into()));
    }
}
