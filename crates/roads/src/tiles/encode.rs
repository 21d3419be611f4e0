//! Writes vector tiles (Mapbox Vector Tile specification 2.1) and compresses them.
//!
//! Not here: what is drawn, and reading tiles, apart from the tests' own reader.

use std::{collections::HashMap, io::Write};

use flate2::{Compression, write::GzEncoder};

use super::clip::Clipped;

/// Value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Text(String),
    Count(u64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

/// A layer that is being written.
pub(super) struct LayerWriter {
    name: &'static str,
    extent: u32,
    features: Vec<u8>,
    keys: Vec<&'static str>,
    values: Vec<Value>,
    places: HashMap<Value, u64>,
}

impl LayerWriter {
    pub(super) fn new(name: &'static str, extent: u32) -> LayerWriter {
        let (features, keys, values, places) = Default::default();
        LayerWriter { name, extent, features, keys, values, places }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn add(&mut self, shape: &Clipped, attributes: &[(&'static str, Value)]) {
        let mut tags = Vec::new();
        for (key, value) in attributes {
            let place = self.keys.iter().position(|known| known == key).unwrap_or_else(|| {
                self.keys.push(key);
                self.keys.len() - 1
            });
            varint(&mut tags, place as u64);
            let place = *self.places.entry(value.clone()).or_insert_with_key(|value| {
                self.values.push(value.clone());
                self.values.len() as u64 - 1
            });
            varint(&mut tags, place);
        }
        let (kind, geometry) = geometry(shape);
        let mut feature = Vec::new();
        bytes(&mut feature, 2, &tags);
        number(&mut feature, 3, kind);
        bytes(&mut feature, 4, &geometry);
        bytes(&mut self.features, 2, &feature);
    }

    fn finish(self) -> Vec<u8> {
        let mut layer = Vec::with_capacity(self.features.len() + 256);
        number(&mut layer, 15, 2);
        bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend(self.features);
        self.keys.iter().for_each(|key| bytes(&mut layer, 3, key.as_bytes()));
        for value in &self.values {
            let mut written = Vec::new();
            match value {
                Value::Text(text) => bytes(&mut written, 1, text.as_bytes()),
                Value::Count(count) => number(&mut written, 5, *count),
            }
            bytes(&mut layer, 4, &written);
        }
        number(&mut layer, 5, u64::from(self.extent));
        layer
    }
}

/// A tile of these layers; empty when nothing was added.
pub(super) fn tile(layers: Vec<LayerWriter>) -> Vec<u8> {
    let mut tile = Vec::new();
    for layer in layers.into_iter().filter(|layer| !layer.features.is_empty()) {
        bytes(&mut tile, 3, &layer.finish());
    }
    tile
}

pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE: u64 = 7;

/// Kind of geometry and its commands.
fn geometry(shape: &Clipped) -> (u64, Vec<u8>) {
    let mut commands = Vec::new();
    let mut cursor = [0, 0];
    match shape {
        Clipped::Point(place) => {
            varint(&mut commands, 1 << 3 | MOVE_TO);
            step(&mut commands, &mut cursor, *place);
            (1, commands)
        }
        Clipped::Lines(lines) => {
            lines.iter().for_each(|line| draw(&mut commands, &mut cursor, line));
            (2, commands)
        }
        Clipped::Area(rings) => {
            for ring in rings {
                draw(&mut commands, &mut cursor, ring);
                varint(&mut commands, 1 << 3 | CLOSE);
            }
            (3, commands)
        }
    }
}

fn draw(commands: &mut Vec<u8>, cursor: &mut [i32; 2], line: &[[i32; 2]]) {
    let Some((&first, rest)) = line.split_first() else { return };
    varint(commands, 1 << 3 | MOVE_TO);
    step(commands, cursor, first);
    varint(commands, (rest.len() as u64) << 3 | LINE_TO);
    rest.iter().for_each(|&point| step(commands, cursor, point));
}

/// Moves the cursor, written as zigzag differences.
fn step(commands: &mut Vec<u8>, cursor: &mut [i32; 2], to: [i32; 2]) {
    for axis in 0..2 {
        let by = i64::from(to[axis]) - i64::from(cursor[axis]);
        varint(commands, ((by << 1) ^ (by >> 63)) as u64);
    }
    *cursor = to;
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polygon_of_the_specification_is_written_as_there() {
        // Section 4.3.5.5 of the specification 2.1.
        let ring = vec![[3, 6], [8, 12], [20, 34]];
        let (kind, commands) = geometry(&Clipped::Area(vec![ring]));
        assert_eq!((kind, commands), (3, vec![9, 6, 12, 18, 10, 12, 24, 44, 15]));
    }

    #[test]
    fn the_multi_line_of_the_specification_is_written_as_there() {
        let lines = vec![vec![[2, 2], [2, 10], [10, 10]], vec![[1, 1], [3, 5]]];
        let (kind, commands) = geometry(&Clipped::Lines(lines));
        assert_eq!((kind, commands), (2, vec![9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]));
    }

    #[test]
    fn equal_values_are_written_once() {
        let mut layer = LayerWriter::new("roads", 4096);
        for _ in 0..3 {
            layer.add(&Clipped::Point([1, 1]), &[("kind", "path".into()), ("name", "path".into())]);
        }
        assert_eq!((layer.keys.len(), layer.values.len()), (2, 1));
        let written = tile(vec![layer, LayerWriter::new("places", 4096)]);
        assert_eq!(written.windows(4).filter(|w| w == b"path").count(), 1);
        assert!(!written.windows(6).any(|w| w == b"places"));
    }
}
