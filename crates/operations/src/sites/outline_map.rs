//! Zones drawn as outlines with north above, for a page without a map of streets.

use super::hubs::Site;
use domain::{Coordinate, Zone};
use std::fmt::Write;
use wire::staff::zones::{DrawnHub, DrawnZone, ZonesMap};

/// The longer side of the drawing, and the border around what is drawn.
const SIDE: f64 = 1_000.0;
const BORDER: f64 = 40.0;

/// From degrees to the drawing. East is narrowed by the latitude in the middle, which is true enough for an area.
struct Frame {
    low: (f64, f64),
    narrow: f64,
    scale: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn around(places: &(impl Iterator<Item = Coordinate> + Clone)) -> Self {
        let fold = |of: fn(Coordinate) -> f64, pick: fn(f64, f64) -> f64| places.clone().map(of).reduce(pick);
        let span = |of: fn(Coordinate) -> f64| {
            (fold(of, f64::min).unwrap_or_default(), fold(of, f64::max).unwrap_or_default())
        };
        let ((south, north), (west, east)) = (span(Coordinate::lat), span(Coordinate::lon));
        let narrow = f64::midpoint(south, north).to_radians().cos();
        let (wide, tall) = ((east - west) * narrow, north - south);
        let scale = SIDE / wide.max(tall).max(1e-4);
        let [width, height] = [wide, tall].map(|side| side * scale + 2.0 * BORDER);
        Self { low: (west, south), narrow, scale, width, height }
    }

    fn at(&self, place: Coordinate) -> (i32, i32) {
        let x = (place.lon() - self.low.0) * self.narrow * self.scale + BORDER;
        let y = self.height - BORDER - (place.lat() - self.low.1) * self.scale;
        (x.round() as i32, y.round() as i32)
    }

    fn path(&self, rings: &[Vec<Coordinate>]) -> String {
        let mut path = String::new();
        for ring in rings {
            let mut corners: Vec<_> = ring.iter().map(|corner| self.at(*corner)).collect();
            corners.dedup();
            for (n, (x, y)) in corners.into_iter().enumerate() {
                let _ = write!(path, "{}{x} {y}", if n == 0 { 'M' } else { 'L' });
            }
            path.push('Z');
        }
        path
    }
}

/// The drawing of zones, each with its number, and of the gates of their hubs; nothing without a zone.
pub(super) fn drawn(zones: &[(u32, Zone)], sites: &[Site]) -> Option<ZonesMap> {
    if zones.is_empty() {
        return None;
    }
    let hubs: Vec<_> =
        sites.iter().filter(|site| zones.iter().any(|(_, zone)| zone.hub == site.hub.id)).collect();
    let corners = zones.iter().flat_map(|(_, zone)| <[Coordinate; 2]>::from(zone.outline.bounds()));
    let frame = Frame::around(&corners.chain(hubs.iter().map(|site| site.hub.at)));
    let name = |zone: &Zone| {
        let hub = sites.iter().find(|site| site.hub.id == zone.hub).map_or("", |site| site.hub.name.as_str());
        format!("{}, {hub}", zone.name)
    };
    let mut largest_first: Vec<_> = zones.iter().collect();
    largest_first.sort_by(|a, b| b.1.outline.area_m2().total_cmp(&a.1.outline.area_m2()));
    let zone = |(number, zone): &(u32, Zone)| {
        let path = zone.outline.polygons().iter().map(|rings| frame.path(rings)).collect();
        let (low, high) = zone.outline.bounds();
        let ((west, south), (east, north)) = (frame.at(low), frame.at(high));
        let at = ((west + east) / 2, (south + north) / 2);
        DrawnZone { number: *number, title: name(zone), path, at }
    };
    Some(ZonesMap {
        width: frame.width.round() as i32,
        height: frame.height.round() as i32,
        zones: largest_first.into_iter().map(zone).collect(),
        hubs: hubs.iter().map(|s| DrawnHub { name: s.hub.name.clone(), at: frame.at(s.hub.at) }).collect(),
    })
}
