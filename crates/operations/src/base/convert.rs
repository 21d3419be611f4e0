//! Places, vehicles and days in the words of the streets, of the wire and of people.

use crate::base::zone::Zone;
use ::roads::{LatLon, Profile};
use domain::{Day, Standing, VehicleId};
use store::positions::Position;
use wire::{Point, staff::control_room::VehicleMark};

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

/// `Mon 30 Nov`, of a day that is near.
pub(crate) fn day_name(day: Day) -> String {
    day.format("%a %-d %b").to_string()
}

/// A reading as the map shows it.
pub(crate) fn mark(id: VehicleId, label: &str, standing: Standing, p: &Position, zone: Zone) -> VehicleMark {
    VehicleMark {
        vehicle: id,
        label: label.to_owned(),
        lat: p.place.lat(),
        lon: p.place.lon(),
        heading_deg: p.heading_deg,
        speed_kmh: p.speed_mps.map(|mps| mps * 3.6),
        standing,
        at: zone.moment(p.at),
    }
}
