//! Vector map tiles (Mapbox Vector Tile 2.1, gzip) made from the extract, so that a map is there without any outside server.
//!
//! Layers and `kind` values follow the Protomaps basemap: `earth`, `landuse`, `water`, `buildings`, `roads` (`highway`,
//! `major_road`, `minor_road`, `path`, `ferry`) and `places`. What no `earth` covers is sea. Deliberately not here: colours and
//! line widths (the browser's business), points of interest, and labels in several languages.

mod clip;
mod encode;
mod features;
mod land;
mod rings;
mod shape;

use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;

use crate::{Bounds, LatLon, extract::Extract};

use clip::{Clipped, in_tiles};
use encode::{LayerWriter, gzip, tile};
use features::{Feature, Layer};

/// Zoom levels for which tiles are made; browsers enlarge the last one.
pub(crate) const ZOOMS: RangeInclusive<u8> = 8..=14;
/// Units along the side of a tile.
const EXTENT: u32 = 4096;
/// How far the content of a tile reaches beyond its edge, in units, so that thick lines do not end there.
const BUFFER: f64 = 128.0;

/// Most tiles of one zoom level that are filled with land: more than that is no city but a few roads to far away, whose
/// tiles show only the roads.
const MOST_LAND: u64 = 100_000;

/// All tiles of a city.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tiles {
    /// Name of each tile, ascending, with where its bytes end in `bytes`.
    pub(crate) ends: Vec<(u64, u32)>,
    pub(crate) bytes: Vec<u8>,
}

impl Tiles {
    /// Draws all tiles.
    pub(crate) fn draw(extract: &Extract) -> Tiles {
        let features = features::gather(extract);
        let mut tiles = Tiles::default();
        for zoom in ZOOMS {
            for (key, bytes) in draw_zoom(&features, zoom, &Window::new(extract.area, zoom)) {
                tiles.bytes.extend(bytes);
                tiles.ends.push((key, tiles.bytes.len() as u32));
            }
        }
        tiles
    }

    /// Zoom level, column and row of all tiles.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u8, u32, u32)> + '_ {
        let part = |key: u64, shift: u32| (key >> shift & 0x0fff_ffff) as u32;
        self.ends.iter().map(move |&(key, _)| ((key >> 56) as u8, part(key, 28), part(key, 0)))
    }

    /// A tile, gzip-compressed; none where there is nothing but sea.
    pub(crate) fn get(&self, zoom: u8, x: u32, y: u32) -> Option<&[u8]> {
        let place = self.ends.binary_search_by_key(&key(zoom, x, y), |&(key, _)| key).ok()?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&(_, end)| end);
        self.bytes.get(start as usize..self.ends.get(place)?.1 as usize)
    }
}

fn key(zoom: u8, x: u32, y: u32) -> u64 {
    u64::from(zoom) << 56 | u64::from(x & 0x0fff_ffff) << 28 | u64::from(y & 0x0fff_ffff)
}

/// The tiles of one zoom level that are drawn at all, by columns and rows.
struct Window {
    columns: Range<u32>,
    rows: Range<u32>,
}

impl Window {
    /// The tiles that show an area; none of them without one.
    fn new(area: Option<Bounds>, zoom: u8) -> Window {
        let across = f64::from(1_u32 << zoom);
        let tiles = |low: f64, high: f64| (low * across) as u32..(high * across) as u32 + 1;
        let Some(area) = area else { return Window { columns: 0..0, rows: 0..0 } };
        let [west, north] = LatLon { lat: area.north, lon: area.west }.mercator();
        let [east, south] = LatLon { lat: area.south, lon: area.east }.mercator();
        Window { columns: tiles(west, east), rows: tiles(north, south) }
    }

    /// How many tiles these are.
    fn tiles(&self) -> u64 {
        self.columns.len() as u64 * self.rows.len() as u64
    }
}

/// The tiles of one zoom level in the order of their keys.
fn draw_zoom(features: &[Feature], zoom: u8, window: &Window) -> Vec<(u64, Vec<u8>)> {
    let units = f64::from(EXTENT) * f64::from(1_u32 << zoom);
    let tolerance = if zoom == *ZOOMS.end() { 1.0 } else { 8.0 };
    let with_land = window.tiles() <= MOST_LAND;
    let shown = |f: &Feature| f.from_zoom <= zoom && (with_land || f.layer != Layer::Earth);
    let visible: Vec<(u32, &Feature)> = (0..).zip(features).filter(|(_, f)| shown(f)).collect();
    let pieces = visible.par_iter().flat_map_iter(|&(index, feature)| {
        let pieces = in_tiles(&feature.shape, units, tolerance, window);
        pieces.into_iter().map(move |((x, y), clipped)| (key(zoom, x, y), index, clipped))
    });
    let mut pieces: Vec<(u64, u32, Clipped)> = pieces.collect();
    pieces.par_sort_by_key(|&(key, index, _)| (key, index));
    let tiles: Vec<&[(u64, u32, Clipped)]> = pieces.chunk_by(|a, b| a.0 == b.0).collect();
    tiles.par_iter().filter_map(|pieces| Some((pieces.first()?.0, draw_tile(pieces, features)?))).collect()
}

fn draw_tile(pieces: &[(u64, u32, Clipped)], features: &[Feature]) -> Option<Vec<u8>> {
    let mut layers: Vec<LayerWriter> = Vec::new();
    for (_, index, clipped) in pieces {
        let feature = &features[*index as usize];
        if layers.last().is_none_or(|layer| layer.name() != feature.layer.name()) {
            layers.push(LayerWriter::new(feature.layer.name(), EXTENT));
        }
        if let Some(layer) = layers.last_mut() {
            layer.add(clipped, &feature.attributes);
        }
    }
    let bytes = tile(layers);
    if bytes.is_empty() { None } else { gzip(&bytes).ok() }
}
