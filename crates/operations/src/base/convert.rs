//! Places and vehicles in the words of the streets and of the wire.

use ::roads::{LatLon, Profile};
use wire::Point;

pub(crate) fn point(at: domain::Coordinate) -> Point {
    Point { lat: at.lat(), lon: at.lon() }
}

pub(crate) fn lat_lon(at: domain::Coordinate) -> LatLon {
    LatLon { lat: at.lat(), lon: at.lon() }
}

pub(crate) fn profile(kind: domain::VehicleKind) -> Profile {
    match kind {
        domain::VehicleKind::CargoBike => Profile::CargoBike,
        domain::VehicleKind::DieselVan => Profile::Van,
        domain::VehicleKind::ElectricVan => Profile::ElectricVan,
    }
}
