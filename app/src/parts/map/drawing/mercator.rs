//! From degrees to pixels: the web's Mercator square, and the window of it that the screen shows.

use super::angles;
use wire::{Point, staff::control_room::VehicleMark};

/// Latitude at which the projection's square ends, degrees.
const EDGE_LAT: f64 = 85.051_128_78;
/// Side of a tile, CSS pixels.
const TILE: f64 = 256.0;

/// A place in the Mercator square: x from the west and y from the north, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// From the west edge.
    pub x: f64,
    /// From the north edge.
    pub y: f64,
}

impl World {
    /// Projects a point given in degrees.
    pub fn of(lat: f64, lon: f64) -> Self {
        let sin = angles::sin(lat.clamp(-EDGE_LAT, EDGE_LAT).to_radians());
        Self {
            x: lon / 360.0 + 0.5,
            y: 0.5 - angles::ln((1.0 + sin) / (1.0 - sin)) / (4.0 * std::f64::consts::PI),
        }
    }

    /// The place a share of the way from here to there; 0 is here and 1 is there.
    pub fn towards(self, there: Self, share: f64) -> Self {
        Self { x: self.x + (there.x - self.x) * share, y: self.y + (there.y - self.y) * share }
    }

    /// Degrees north and east.
    pub fn degrees(self) -> (f64, f64) {
        let lat = angles::atan(angles::sinh((0.5 - self.y) * 2.0 * std::f64::consts::PI)).to_degrees();
        (lat, (self.x - 0.5) * 360.0)
    }
}

/// The part of the world that the screen shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    corner: World,
    zoom: f64,
    side: f64,
    ratio: f64,
    width: i32,
    height: i32,
}

impl View {
    /// A view from its north-west corner, Leaflet's zoom, its size in CSS pixels and the device pixels in one of those.
    pub fn new(corner: World, zoom: f64, (width, height): (f64, f64), ratio: f64) -> Self {
        let device = |length: f64| (length * ratio).round().max(0.0) as i32;
        Self {
            corner,
            zoom,
            side: TILE * angles::pow(2.0, zoom),
            ratio,
            width: device(width),
            height: device(height),
        }
    }

    /// Leaflet's zoom.
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Device pixels in one CSS pixel.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Width and height, device pixels.
    pub fn size(&self) -> (i32, i32) {
        (self.width, self.height)
    }

    /// Where a place is on the screen, device pixels from the top left.
    pub fn pixel(&self, at: World) -> (i32, i32) {
        let across = |from: f64, to: f64| ((to - from) * self.side * self.ratio).round() as i32;
        (across(self.corner.x, at.x), across(self.corner.y, at.y))
    }
}

/// The south-west and north-east corners of a day's ground, given by its own corners, and all vehicles.
pub fn whole_day((low, high): (Point, Point), marks: &[VehicleMark]) -> (Point, Point) {
    let fleet = marks.iter().map(|mark| Point { lat: mark.lat, lon: mark.lon });
    corners([low, high].into_iter().chain(fleet)).unwrap_or((low, high))
}

/// The south-west and north-east corners of what holds all these places.
pub fn corners(mut places: impl Iterator<Item = Point>) -> Option<(Point, Point)> {
    let one = places.next()?;
    Some(places.fold((one, one), |(low, high), at| {
        (
            Point { lat: low.lat.min(at.lat), lon: low.lon.min(at.lon) },
            Point { lat: high.lat.max(at.lat), lon: high.lon.max(at.lon) },
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::map::drawing::fleet::tests::mark;

    #[test]
    fn the_square_has_its_known_corners_and_centre() {
        assert_eq!(World::of(0.0, 0.0), World { x: 0.5, y: 0.5 });
        let corner = World::of(EDGE_LAT, -180.0);
        assert!(corner.x.abs() < 1e-12 && corner.y.abs() < 1e-9, "{corner:?}");
        assert_eq!(World::of(90.0, 0.0), World::of(EDGE_LAT, 0.0), "the pole is beyond the square");
    }

    #[test]
    fn degrees_survive_the_way_there_and_back() {
        let (lat, lon) = World::of(35.8989, 14.5146).degrees();
        assert!((lat - 35.8989).abs() < 1e-9 && (lon - 14.5146).abs() < 1e-9, "{lat} {lon}");
    }

    #[test]
    fn a_tile_is_256_pixels_and_twice_that_on_a_dense_screen() {
        let corner = World { x: 0.25, y: 0.25 };
        let one_tile_on = World { x: 0.25 + 1.0 / 1024.0, y: 0.25 + 1.0 / 1024.0 };
        assert_eq!(View::new(corner, 10.0, (800.0, 600.0), 1.0).pixel(one_tile_on), (256, 256));
        let dense = View::new(corner, 10.0, (800.5, 600.0), 2.0);
        assert_eq!(dense.pixel(one_tile_on), (512, 512));
        assert_eq!(dense.size(), (1601, 1200));
    }

    #[test]
    fn the_first_look_holds_every_door_and_every_vehicle() {
        let doors = (Point { lat: 35.88, lon: 14.45 }, Point { lat: 35.92, lon: 14.5 });
        assert_eq!(whole_day(doors, &[]), doors);
        assert_eq!(whole_day(doors, &[mark(1, 35.89, 14.49)]), doors);
        let out = [mark(1, 35.85, 14.48), mark(2, 35.9, 14.55)];
        let expected = (Point { lat: 35.85, lon: 14.45 }, Point { lat: 35.92, lon: 14.55 });
        assert_eq!(whole_day(doors, &out), expected);
    }
}
