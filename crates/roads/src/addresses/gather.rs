//! Gathers the addresses of an extract, in a fixed order.
//!
//! Not here: looking them up.

use std::collections::HashMap;

use rstar::RTree;

use super::{Address, AddressKind, Nearby, StreetPiece};
use crate::{
    LatLon,
    extract::{Extract, Tags},
    geo::Plane,
};

/// A place or building farther than this from every named street gets no address.
const STREET_REACH_M: f64 = 80.0;
/// An address farther than this from every town or village gets no locality.
const LOCALITY_REACH_M: f64 = 8_000.0;
/// Smaller buildings are sheds and kiosks rather than places to deliver to.
const SMALLEST_BUILDING_M2: f64 = 25.0;

/// Something on the map that might have an address.
struct Candidate<'a> {
    tags: &'a Tags,
    at: LatLon,
    /// Ground area where an outline is mapped, in square metres.
    area: Option<f64>,
}

/// All addresses: numbered ones first, then places, then buildings, each by position from north to south.
pub(crate) fn gather(extract: &Extract, centre: LatLon) -> Vec<Address> {
    let streets = Streets::new(extract, centre);
    let localities = Localities::new(extract, centre);
    let plane = Plane::at(centre);
    let nodes = extract.tagged_nodes.iter().map(|node| Candidate {
        tags: &node.tags,
        at: extract.at(node.node),
        area: None,
    });
    let rings = extract.ways.iter().filter(|way| way.is_ring()).filter_map(|way| {
        let interesting = way.tags.get("building").is_some()
            || is_place(&way.tags)
            || way.tags.get("addr:housenumber").is_some();
        if !interesting {
            return None;
        }
        let line = extract.line(way);
        let (at, area) = middle(&line, &plane)?;
        Some(Candidate { tags: &way.tags, at, area: Some(area) })
    });
    let mut addresses: Vec<Address> =
        nodes.chain(rings).filter_map(|candidate| address(&candidate, &streets, &localities)).collect();
    addresses.sort_by(|a, b| {
        let south = |address: &Address| -address.at.lat;
        a.kind
            .cmp(&b.kind)
            .then(south(a).total_cmp(&south(b)))
            .then(a.at.lon.total_cmp(&b.at.lon))
            .then(a.text.cmp(&b.text))
    });
    addresses.dedup_by(|a, b| a.text == b.text && a.at == b.at);
    addresses
}

fn address(candidate: &Candidate<'_>, streets: &Streets<'_>, localities: &Localities<'_>) -> Option<Address> {
    let tags = candidate.tags;
    let house_number = tags.get("addr:housenumber").map(str::trim).filter(|number| !number.is_empty());
    let written =
        tags.get("addr:street").or_else(|| tags.get("addr:place")).map(str::trim).filter(|s| !s.is_empty());
    let name =
        tags.get("name").or_else(|| tags.get("addr:housename")).map(str::trim).filter(|n| !n.is_empty());
    let kind = if house_number.is_some() && written.is_some() {
        AddressKind::Numbered
    } else if is_place(tags) && name.is_some() {
        AddressKind::Place
    } else if is_home_or_work(tags) && candidate.area.is_some_and(|area| area >= SMALLEST_BUILDING_M2) {
        AddressKind::Building
    } else {
        return None;
    };
    let street = match written {
        Some(street) => street.to_owned(),
        None => streets.nearest(candidate.at)?.to_owned(),
    };
    // A number without its street belongs to a street that is not written; putting it on the nearest would invent one.
    let house_number = house_number.filter(|_| kind == AddressKind::Numbered);
    let locality = localities.nearest(candidate.at).or_else(|| tags.get("addr:city"));
    Some(Address {
        text: Address::line(name, house_number, &street, locality),
        name: name.map(str::to_owned),
        house_number: house_number.map(str::to_owned),
        locality: locality.map(str::to_owned),
        street,
        at: candidate.at,
        kind,
    })
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

/// Named streets by where they are.
struct Streets<'a> {
    plane: Plane,
    names: Vec<&'a str>,
    tree: RTree<StreetPiece>,
}

impl<'a> Streets<'a> {
    fn new(extract: &'a Extract, centre: LatLon) -> Streets<'a> {
        let plane = Plane::at(centre);
        let (mut names, mut known, mut pieces) = (Vec::new(), HashMap::new(), Vec::new());
        for way in &extract.ways {
            let (Some(highway), Some(name)) = (way.tags.get("highway"), way.tags.get("name")) else {
                continue;
            };
            if ["construction", "proposed", "bus_stop", "platform", "rest_area", "services"]
                .contains(&highway)
            {
                continue;
            }
            let index = *known.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() as u32 - 1
            });
            let flat: Vec<[f64; 2]> = way.nodes.iter().map(|&node| plane.flat(extract.at(node))).collect();
            pieces.extend(flat.windows(2).map(|ends| StreetPiece {
                from: ends[0],
                to: ends[1],
                name: index,
            }));
        }
        Streets { plane, names, tree: RTree::bulk_load(pieces) }
    }

    fn nearest(&self, at: LatLon) -> Option<&'a str> {
        let point = self.plane.flat(at);
        let (piece, distance2) = self.tree.nearest_neighbor_iter_with_distance_2(&point).next()?;
        let within = distance2 <= STREET_REACH_M * STREET_REACH_M;
        within.then(|| self.names.get(piece.name as usize).copied()).flatten()
    }
}

/// Towns, villages and suburbs by where they are.
struct Localities<'a> {
    names: Vec<&'a str>,
    nearby: Nearby,
}

impl<'a> Localities<'a> {
    fn new(extract: &'a Extract, centre: LatLon) -> Localities<'a> {
        let settled = ["city", "hamlet", "suburb", "town", "village"];
        let (mut names, mut places) = (Vec::new(), Vec::new());
        for node in &extract.tagged_nodes {
            let is_settled = node.tags.get("place").is_some_and(|kind| settled.contains(&kind));
            if let (true, Some(name)) = (is_settled, node.tags.get("name")) {
                names.push(name);
                places.push(extract.at(node.node));
            }
        }
        Localities { names, nearby: Nearby::new(centre, places.into_iter()) }
    }

    fn nearest(&self, at: LatLon) -> Option<&'a str> {
        let (index, metres) = self.nearby.nearest(at)?;
        (metres <= LOCALITY_REACH_M).then(|| self.names.get(index as usize).copied()).flatten()
    }
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
        gather(&extract, extract.at(0))
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
