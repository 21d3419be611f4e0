//! Places on the globe, and the two flat pictures of it used here: metres around a city, and Web Mercator for tiles.
//!
//! Not here: anything that knows streets.

use serde::{Deserialize, Serialize};

/// Mean radius of the earth in metres (IUGG R1).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place on the globe, in degrees WGS84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon {
    /// Degrees north of the equator.
    pub lat: f64,
    /// Degrees east of Greenwich.
    pub lon: f64,
}

impl LatLon {
    /// Great-circle distance in metres (haversine formula on a sphere; within 0.6 % of the ellipsoid).
    pub fn metres_to(self, other: LatLon) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// Whether both coordinates are numbers on the globe.
    pub(crate) fn is_on_globe(self) -> bool {
        self.lat.abs() <= 90.0 && self.lon.abs() <= 180.0
    }

    /// The place at `share` (0..=1) of the straight way to `other`; for the short distances within a city.
    pub(crate) fn toward(self, other: LatLon, share: f64) -> LatLon {
        LatLon {
            lat: self.lat + (other.lat - self.lat) * share,
            lon: self.lon + (other.lon - self.lon) * share,
        }
    }

    /// Position in the Web Mercator unit square: x grows to the east, y to the south, both 0..1.
    pub(crate) fn mercator(self) -> [f64; 2] {
        let lat = self.lat.clamp(-85.051_128, 85.051_128).to_radians();
        let x = self.lon / 360.0 + 0.5;
        let y = 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::TAU;
        [x, y]
    }
}

/// A rectangle of the globe, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Southern edge.
    pub south: f64,
    /// Western edge.
    pub west: f64,
    /// Northern edge.
    pub north: f64,
    /// Eastern edge.
    pub east: f64,
}

impl Bounds {
    /// The smallest rectangle around `places`; none when there is no place.
    pub(crate) fn around(places: impl IntoIterator<Item = LatLon>) -> Option<Bounds> {
        places.into_iter().fold(None, |bounds: Option<Bounds>, at| {
            let b = bounds.unwrap_or(Bounds { south: at.lat, west: at.lon, north: at.lat, east: at.lon });
            Some(Bounds {
                south: b.south.min(at.lat),
                west: b.west.min(at.lon),
                north: b.north.max(at.lat),
                east: b.east.max(at.lon),
            })
        })
    }

    /// Whether the place lies inside or on the edge.
    pub fn contains(&self, at: LatLon) -> bool {
        (self.south..=self.north).contains(&at.lat) && (self.west..=self.east).contains(&at.lon)
    }

    /// The part that two rectangles share; none when they are apart.
    pub(crate) fn shared(&self, other: &Bounds) -> Option<Bounds> {
        let shared = Bounds {
            south: self.south.max(other.south),
            west: self.west.max(other.west),
            north: self.north.min(other.north),
            east: self.east.min(other.east),
        };
        (shared.south <= shared.north && shared.west <= shared.east).then_some(shared)
    }

    /// The middle of the rectangle.
    pub fn centre(&self) -> LatLon {
        LatLon { lat: (self.south + self.north) / 2.0, lon: (self.west + self.east) / 2.0 }
    }
}

/// A flat picture of one city: metres east and north of its centre.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    origin: LatLon,
    east_per_degree: f64,
    north_per_degree: f64,
}

impl Plane {
    /// A plane that is true at `origin` and good within some hundred kilometres of it.
    pub(crate) fn at(origin: LatLon) -> Plane {
        let north_per_degree = EARTH_RADIUS_M.to_radians();
        Plane { origin, east_per_degree: north_per_degree * origin.lat.to_radians().cos(), north_per_degree }
    }

    /// Metres east and north of the origin.
    pub(crate) fn flat(&self, at: LatLon) -> [f64; 2] {
        [
            (at.lon - self.origin.lon) * self.east_per_degree,
            (at.lat - self.origin.lat) * self.north_per_degree,
        ]
    }

    /// The place that [`Plane::flat`] turns into these metres.
    pub(crate) fn place(&self, [east, north]: [f64; 2]) -> LatLon {
        LatLon {
            lat: self.origin.lat + north / self.north_per_degree,
            lon: self.origin.lon + east / self.east_per_degree,
        }
    }
}

/// A place in ten-millionths of a degree, as OpenStreetMap stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) lat_e7: i32,
    pub(crate) lon_e7: i32,
}

impl From<Spot> for LatLon {
    fn from(spot: Spot) -> LatLon {
        LatLon { lat: f64::from(spot.lat_e7) * 1e-7, lon: f64::from(spot.lon_e7) * 1e-7 }
    }
}

impl From<LatLon> for Spot {
    fn from(at: LatLon) -> Spot {
        Spot { lat_e7: (at.lat * 1e7).round() as i32, lon_e7: (at.lon * 1e7).round() as i32 }
    }
}

/// Share (0..=1) along the line from `a` to `b` that is nearest to `p`, and the squared distance from there to `p`.
pub(crate) fn nearest_on_line(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> (f64, f64) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let share = if length2 > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (ex, ey) = (a[0] + dx * share - p[0], a[1] + dy * share - p[1]);
    (share, ex * ex + ey * ey)
}

/// Whether a point lies inside a closed ring.
pub(crate) fn in_ring(ring: &[[f64; 2]], point: [f64; 2]) -> bool {
    let crossings = ring.windows(2).filter(|ends| {
        let (a, b) = (ends[0], ends[1]);
        (a[1] > point[1]) != (b[1] > point[1])
            && point[0] < a[0] + (point[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossings.count() % 2 == 1
}

/// Twice the signed area of a ring; positive when it runs counter-clockwise with y growing upwards.
pub(crate) fn doubled_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let near = |p: [f64; 2]| [p[0] - origin[0], p[1] - origin[1]];
    ring.windows(2)
        .map(|ends| {
            let (a, b) = (near(ends[0]), near(ends[1]));
            a[0] * b[1] - b[0] * a[1]
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_about_111_kilometres() {
        let metres = LatLon { lat: 35.0, lon: 14.0 }.metres_to(LatLon { lat: 36.0, lon: 14.0 });
        assert!((metres - 111_195.0).abs() < 1.0, "{metres}");
    }

    #[test]
    fn the_plane_agrees_with_the_sphere_within_a_city() {
        let (centre, there) = (LatLon { lat: 35.9, lon: 14.45 }, LatLon { lat: 36.05, lon: 14.2 });
        let [x, y] = Plane::at(centre).flat(there);
        let sphere = centre.metres_to(there);
        assert!((x.hypot(y) / sphere - 1.0).abs() < 0.002, "{} against {sphere}", x.hypot(y));
    }

    #[test]
    fn mercator_puts_null_island_in_the_middle_and_north_at_the_top() {
        let [x, y] = LatLon { lat: 0.0, lon: 0.0 }.mercator();
        assert!((x - 0.5).abs() < 1e-12 && (y - 0.5).abs() < 1e-12);
        assert!(LatLon { lat: 60.0, lon: 0.0 }.mercator()[1] < y);
    }

    #[test]
    fn the_nearest_spot_on_a_line_never_leaves_it() {
        assert_eq!(nearest_on_line([5.0, 3.0], [0.0, 0.0], [10.0, 0.0]), (0.5, 9.0));
        assert_eq!(nearest_on_line([-4.0, 0.0], [0.0, 0.0], [10.0, 0.0]), (0.0, 16.0));
        assert_eq!(nearest_on_line([1.0, 0.0], [0.0, 0.0], [0.0, 0.0]), (0.0, 1.0));
    }

    #[test]
    fn inside_is_inside() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]];
        assert!(in_ring(&square, [1.0, 3.0]) && !in_ring(&square, [5.0, 3.0]));
        assert!((doubled_area(&square) - 32.0).abs() < 1e-12);
    }
}
