//! Where things are: coordinates that are on Earth, and addresses as people write them.

use crate::Refusal;
use serde::{Deserialize, Serialize};

/// A point on Earth, WGS84 degrees; latitude within 90 and longitude within 180.
///
/// Kept to seven decimals, about a centimetre, as whole numbers: it is the same point after any trip through JSON or SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawCoordinate", into = "RawCoordinate")]
pub struct Coordinate {
    lat_e7: i32,
    lon_e7: i32,
}

#[derive(Serialize, Deserialize)]
struct RawCoordinate {
    lat: f64,
    lon: f64,
}

const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Coordinate {
    /// Reads degrees. Refuses what is not on Earth, and not-a-number.
    pub fn parse(lat: f64, lon: f64) -> Result<Self, Refusal> {
        if lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0 {
            Ok(Self { lat_e7: (lat * 1e7).round() as i32, lon_e7: (lon * 1e7).round() as i32 })
        } else {
            Err(Refusal::NotOnEarth)
        }
    }

    /// Degrees north.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Degrees east.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// Ten-millionths of a degree east, and north.
    pub(crate) fn e7(self) -> (i32, i32) {
        (self.lon_e7, self.lat_e7)
    }

    /// The place to a hundredth of a degree, about a kilometre: an area, and nobody's door.
    #[must_use]
    pub fn roughly(self) -> Self {
        let rough = |e7: i32| (f64::from(e7) / 1e5).round() as i32 * 100_000;
        Self { lat_e7: rough(self.lat_e7), lon_e7: rough(self.lon_e7) }
    }

    /// Great-circle distance in metres (haversine).
    pub fn metres_to(self, other: Self) -> f64 {
        let (a, b) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = (b - a) / 2.0;
        let half_lon = (other.lon() - self.lon()).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + a.cos() * b.cos() * half_lon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

impl TryFrom<RawCoordinate> for Coordinate {
    type Error = Refusal;
    fn try_from(raw: RawCoordinate) -> Result<Self, Refusal> {
        Self::parse(raw.lat, raw.lon)
    }
}

impl From<Coordinate> for RawCoordinate {
    fn from(c: Coordinate) -> Self {
        Self { lat: c.lat(), lon: c.lon() }
    }
}

/// An address as it is written on the label, and where its door is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// One line, as the shop gave it.
    pub text: String,
    /// The door.
    pub at: Coordinate,
}

/// Whether two addresses are one door: the same place, and the same line whatever the case of its letters. One that was erased
/// is no door.
pub fn is_one_door(one: (Coordinate, &str), other: (Coordinate, &str)) -> bool {
    fn lower(line: &str) -> impl Iterator<Item = char> {
        line.chars().flat_map(char::to_lowercase)
    }
    one.0 == other.0 && !one.1.is_empty() && lower(one.1).eq(lower(other.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_about_111_km() {
        let a = Coordinate::parse(35.0, 14.0).unwrap();
        let b = Coordinate::parse(36.0, 14.0).unwrap();
        assert!((a.metres_to(b) - 111_195.0).abs() < 10.0);
    }

    #[test]
    fn a_trip_through_json_changes_nothing() {
        for n in 0..1_000 {
            let a = Coordinate::parse(35.9 + f64::from(n) * 0.000_123_456_7, 14.459_999_999_999_999).unwrap();
            let text = serde_json::to_string(&a).unwrap();
            assert_eq!(serde_json::from_str::<Coordinate>(&text).unwrap(), a);
            assert_eq!(Coordinate::parse(a.lat(), a.lon()), Ok(a));
        }
    }

    #[test]
    fn a_rough_place_is_an_area_and_stays_what_it_is() {
        let door = Coordinate::parse(35.897_654_3, -14.454_999_9).unwrap();
        let area = door.roughly();
        assert_eq!(area, Coordinate::parse(35.9, -14.45).unwrap());
        assert_eq!(area.roughly(), area);
        assert_eq!(
            Coordinate::parse(90.0, 180.0).unwrap().roughly(),
            Coordinate::parse(90.0, 180.0).unwrap()
        );
    }

    #[test]
    fn a_door_is_a_place_and_a_line() {
        let (here, there) =
            (Coordinate::parse(35.9, 14.45).unwrap(), Coordinate::parse(35.9, 14.4500001).unwrap());
        assert!(is_one_door((here, "Triq il-Ħamrun 5"), (here, "TRIQ IL-ĦAMRUN 5")));
        assert!(!is_one_door((here, "Triq il-Ħamrun 5"), (here, "Triq il-Ħamrun 5, flat 2")));
        assert!(!is_one_door((here, "Triq il-Ħamrun 5"), (there, "Triq il-Ħamrun 5")));
        assert!(!is_one_door((here, ""), (here, "")), "nobody knows which doors these were");
    }

    #[test]
    fn what_is_not_on_earth_is_refused() {
        assert!(Coordinate::parse(91.0, 0.0).is_err());
        assert!(Coordinate::parse(0.0, f64::NAN).is_err());
        assert!(serde_json::from_str::<Coordinate>(r#"{"lat":0,"lon":181}"#).is_err());
    }
}
