//! Reads the tiles of Malta with a small reader of its own, as a browser would.
//!
//! Not here: how tiles look.

use std::{collections::BTreeMap, io::Read};

use roads::LatLon;

use super::MALTA;

/// Features of one layer: attributes and geometry.
type Layer = Vec<Feature>;

struct Feature {
    kind: u64,
    attributes: BTreeMap<String, String>,
    /// Lines or rings.
    parts: Vec<Vec<[i64; 2]>>,
}

/// A protobuf field: its number with a whole number or bytes.
enum Field<'a> {
    Number(u64, u64),
    Bytes(u64, &'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (&byte, rest) = bytes.split_first().expect("a further byte");
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        found.push(match key & 7 {
            0 => Field::Number(key >> 3, varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (content, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(key >> 3, content)
            }
            other => panic!("wire type {other}"),
        });
    }
    found
}

fn numbers(mut bytes: &[u8]) -> Vec<u64> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        found.push(varint(&mut bytes));
    }
    found
}

fn parts(commands: &[u64]) -> Vec<Vec<[i64; 2]>> {
    let (mut found, mut cursor, mut rest) = (Vec::<Vec<[i64; 2]>>::new(), [0, 0], commands.iter());
    let zigzag = |value: u64| (value >> 1) as i64 ^ -((value & 1) as i64);
    while let Some(command) = rest.next() {
        if command & 7 == 7 {
            continue;
        }
        for _ in 0..command >> 3 {
            for axis in &mut cursor {
                *axis += zigzag(*rest.next().expect("a coordinate"));
            }
            match command & 7 {
                1 => found.push(vec![cursor]),
                2 => found.last_mut().expect("a started line").push(cursor),
                other => panic!("command {other}"),
            }
        }
    }
    found
}

fn layers(gzipped: &[u8]) -> BTreeMap<String, Layer> {
    let mut tile = Vec::new();
    flate2::read::GzDecoder::new(gzipped).read_to_end(&mut tile).expect("gzip");
    let mut layers = BTreeMap::new();
    for field in fields(&tile) {
        let Field::Bytes(3, layer) = field else { panic!("something other than a layer") };
        let (mut name, mut keys, mut values, mut raw) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        for field in fields(layer) {
            match field {
                Field::Bytes(1, text) => name = String::from_utf8(text.to_vec()).expect("a name"),
                Field::Bytes(2, feature) => raw.push(feature),
                Field::Bytes(3, key) => keys.push(String::from_utf8(key.to_vec()).expect("a key")),
                Field::Bytes(4, value) => values.push(match fields(value)[..] {
                    [Field::Bytes(1, text)] => String::from_utf8(text.to_vec()).expect("a text"),
                    [Field::Number(5, count)] => count.to_string(),
                    _ => panic!("an unknown value"),
                }),
                Field::Number(15, version) => assert_eq!(version, 2),
                Field::Number(5, extent) => assert_eq!(extent, 4096),
                Field::Number(..) | Field::Bytes(..) => panic!("an unknown field"),
            }
        }
        let features = raw.into_iter().map(|feature| {
            let (mut kind, mut attributes, mut geometry) = (0, BTreeMap::new(), Vec::new());
            for field in fields(feature) {
                match field {
                    Field::Number(3, number) => kind = number,
                    Field::Bytes(2, tags) => {
                        for pair in numbers(tags).chunks(2) {
                            attributes
                                .insert(keys[pair[0] as usize].clone(), values[pair[1] as usize].clone());
                        }
                    }
                    Field::Bytes(4, commands) => geometry = parts(&numbers(commands)),
                    Field::Number(..) | Field::Bytes(..) => panic!("an unknown field"),
                }
            }
            Feature { kind, attributes, parts: geometry }
        });
        layers.insert(name, features.collect());
    }
    layers
}

/// Column and row of the tile that shows a place.
pub(super) fn tile_of(at: LatLon, zoom: u8) -> (u32, u32) {
    let across = f64::from(1_u32 << zoom);
    let north = 0.5 - at.lat.to_radians().tan().asinh() / std::f64::consts::TAU;
    (((at.lon / 360.0 + 0.5) * across) as u32, (north * across) as u32)
}

fn check(feature: &Feature, tile: &str) {
    assert!(!feature.parts.is_empty(), "{tile}: nothing is drawn");
    assert!(feature.attributes.contains_key("kind"), "{tile}: no kind");
    for (place, part) in feature.parts.iter().enumerate() {
        assert!(
            part.iter().flatten().all(|value| (-129..=4096 + 129).contains(value)),
            "{tile}: beyond the buffer"
        );
        match feature.kind {
            1 => assert_eq!(part.len(), 1, "{tile}: one point"),
            2 => assert!(part.len() >= 2, "{tile}: a line has two ends"),
            3 => {
                let corners = part.iter().zip(part.iter().cycle().skip(1));
                let doubled: i64 = corners.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
                assert!(part.len() >= 3 && doubled != 0, "{tile}: a ring encloses something");
                assert_eq!(doubled > 0, place == 0, "{tile}: the outline is clockwise, holes are not");
            }
            other => panic!("{tile}: geometry {other}"),
        }
    }
}

#[test]
fn all_tiles_of_malta_can_be_read_and_show_what_is_there() {
    let Some(malta) = &*MALTA else { return };
    let city = &malta.city;
    let (bounds, (first, last)) = (city.bounds(), city.tile_zooms());
    let mut found = 0;
    for zoom in first..=last {
        let (west, north) = tile_of(LatLon { lat: bounds.north, lon: bounds.west }, zoom);
        let (east, south) = tile_of(LatLon { lat: bounds.south, lon: bounds.east }, zoom);
        for x in west..=east {
            for y in north..=south {
                let Some(bytes) = city.tile(zoom, x, y) else { continue };
                found += 1;
                assert!(bytes.len() < 500_000, "{zoom}/{x}/{y} has {} bytes", bytes.len());
                for feature in layers(bytes).values().flatten() {
                    check(feature, &format!("{zoom}/{x}/{y}"));
                }
            }
        }
    }
    assert!(found > 150, "{found} tiles");
    assert!(city.tile(last + 1, 0, 0).is_none() && city.tile(0, 0, 0).is_none());

    let valletta = LatLon { lat: 35.8985, lon: 14.5130 };
    let (x, y) = tile_of(valletta, 14);
    let drawn = layers(city.tile(14, x, y).expect("the tile of Valletta"));
    assert!(drawn["buildings"].len() > 50 && drawn["roads"].len() > 100);
    assert!(
        !drawn["earth"].is_empty() && drawn["roads"].iter().any(|road| road.attributes.contains_key("name"))
    );
    let (x, y) = tile_of(valletta, 10);
    let drawn = layers(city.tile(10, x, y).expect("the tile of Valletta"));
    assert!(
        !drawn.contains_key("buildings")
            && drawn["places"].iter().any(|place| place.attributes["name"].contains("Valletta"))
    );
    let open_sea = tile_of(LatLon { lat: 35.6, lon: 14.2 }, 12);
    assert!(city.tile(12, open_sea.0, open_sea.1).is_none());
}
