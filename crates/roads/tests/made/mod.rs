//! Small extracts made in code: places in metres, written as `.osm.pbf`.
//!
//! Nodes, ways and relations are numbered in the order in which they are added, each from 1. Not here: what is asked of them.

#![allow(dead_code, reason = "each program that includes this needs a part of it")]

use std::{fs, path::Path};

use roads::LatLon;

/// Keys and values of an element.
pub type Tags<'a> = &'a [(&'a str, &'a str)];

/// An extract that is being made.
pub struct Made {
    origin: LatLon,
    strings: Vec<String>,
    nodes: Vec<Vec<u8>>,
    ways: Vec<Vec<u8>>,
    relations: Vec<Vec<u8>>,
}

/// What a member of a relation is, by its number.
#[derive(Clone, Copy)]
pub enum Member {
    Node(i64),
    Way(i64),
}

impl Made {
    /// An empty extract around a place.
    pub fn around(origin: LatLon) -> Made {
        Made { origin, strings: vec![String::new()], nodes: vec![], ways: vec![], relations: vec![] }
    }

    /// The place so many metres to the east and to the north of the origin.
    pub fn at(&self, [east, north]: [f64; 2]) -> LatLon {
        let metre = 1.0 / 111_194.926_6;
        let lon = self.origin.lon + east * metre / self.origin.lat.to_radians().cos();
        LatLon { lat: self.origin.lat + north * metre, lon }
    }

    /// Adds a node; its number.
    pub fn node(&mut self, at: [f64; 2], tags: Tags<'_>) -> i64 {
        let LatLon { lat, lon } = self.at(at);
        let id = self.nodes.len() as i64 + 1;
        let mut bytes = self.begun(signed(id), tags);
        field(&mut bytes, 8, signed((lat * 1e7).round() as i64));
        field(&mut bytes, 9, signed((lon * 1e7).round() as i64));
        self.nodes.push(bytes);
        id
    }

    /// Adds a way along nodes; its number.
    pub fn way(&mut self, nodes: &[i64], tags: Tags<'_>) -> i64 {
        let id = self.ways.len() as i64 + 1;
        let mut bytes = self.begun(id as u64, tags);
        block(&mut bytes, 8, &packed(steps(nodes)));
        self.ways.push(bytes);
        id
    }

    /// Adds a way with nodes of its own; their numbers.
    pub fn line(&mut self, places: &[[f64; 2]], tags: Tags<'_>) -> Vec<i64> {
        let nodes: Vec<i64> = places.iter().map(|&at| self.node(at, &[])).collect();
        self.way(&nodes, tags);
        nodes
    }

    /// Adds a relation between members with their roles.
    pub fn relation(&mut self, members: &[(&str, Member)], tags: Tags<'_>) {
        let id = self.relations.len() as u64 + 1;
        let mut bytes = self.begun(id, tags);
        let roles: Vec<u64> = members.iter().map(|(role, _)| self.string(role)).collect();
        let ids: Vec<i64> = members
            .iter()
            .map(|(_, member)| match *member {
                Member::Node(id) | Member::Way(id) => id,
            })
            .collect();
        let kinds = members.iter().map(|(_, member)| u64::from(matches!(member, Member::Way(_))));
        block(&mut bytes, 8, &packed(roles.into_iter()));
        block(&mut bytes, 9, &packed(steps(&ids)));
        block(&mut bytes, 10, &packed(kinds));
        self.relations.push(bytes);
    }

    /// Writes the extract.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut strings = Vec::new();
        self.strings.iter().for_each(|text| block(&mut strings, 1, text.as_bytes()));
        let mut data = Vec::new();
        block(&mut data, 1, &strings);
        for (number, elements) in [(1, &self.nodes), (3, &self.ways), (4, &self.relations)] {
            let mut group = Vec::new();
            elements.iter().for_each(|element| block(&mut group, number, element));
            block(&mut data, 2, &group);
        }
        let mut header = Vec::new();
        block(&mut header, 4, b"OsmSchema-V0.6");
        let mut file = blob("OSMHeader", &header);
        file.extend(blob("OSMData", &data));
        fs::write(path, file)
    }

    fn begun(&mut self, id: u64, tags: Tags<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        field(&mut bytes, 1, id);
        let keys: Vec<u64> = tags.iter().map(|(key, _)| self.string(key)).collect();
        let values: Vec<u64> = tags.iter().map(|(_, value)| self.string(value)).collect();
        block(&mut bytes, 2, &packed(keys.into_iter()));
        block(&mut bytes, 3, &packed(values.into_iter()));
        bytes
    }

    fn string(&mut self, text: &str) -> u64 {
        let known = self.strings.iter().position(|known| known == text);
        known.unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        }) as u64
    }
}

/// Small numbers first, whatever their sign (protocol buffers' zigzag).
fn signed(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn steps(values: &[i64]) -> impl Iterator<Item = u64> {
    let mut before = 0;
    values.iter().map(move |&value| signed(value - std::mem::replace(&mut before, value)))
}

fn packed(values: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    values.for_each(|value| number(&mut bytes, value));
    bytes
}

fn number(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn field(bytes: &mut Vec<u8>, key: u64, value: u64) {
    number(bytes, key << 3);
    number(bytes, value);
}

fn block(bytes: &mut Vec<u8>, key: u64, content: &[u8]) {
    number(bytes, key << 3 | 2);
    number(bytes, content.len() as u64);
    bytes.extend(content);
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    block(&mut body, 1, content);
    field(&mut body, 2, content.len() as u64);
    let mut header = Vec::new();
    block(&mut header, 1, kind.as_bytes());
    field(&mut header, 3, body.len() as u64);
    let mut bytes = (header.len() as u32).to_be_bytes().to_vec();
    bytes.extend(header);
    bytes.extend(body);
    bytes
}
