//! Traffic incidents: for a while, everything around some place is slow.
//!
//! Not here: breakdowns of our own vehicles (`super::mishaps`).

use crate::scenario::Scenario;
use crate::scenario::draws::Draws;
use crate::scenario::workday::Workday;
use chrono::Duration;
use rand::Rng;
use roads::LatLon;
use wire::{Instant, VehicleKind};

/// An area that is slow for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The address in its middle.
    pub near: String,
    /// Its middle.
    pub centre: LatLon,
    /// How far it reaches, in metres.
    pub radius_m: f64,
    /// When it begins.
    pub from: Instant,
    /// When it is over.
    pub until: Instant,
    /// How many times longer a drive through it takes.
    pub factor: f64,
}

const A_DAY: usize = 8;

/// The incidents of a day, each around some door.
pub fn of_the_day(draws: &Draws, day: &Workday, scenario: &Scenario) -> Vec<Incident> {
    if scenario.orders.is_empty() {
        return Vec::new();
    }
    (0..A_DAY)
        .filter_map(|index| {
            let mut rng = draws.stream("incident", &index.to_string());
            let order = &scenario.orders.get(rng.random_range(0..scenario.orders.len()))?.says;
            let near = order.at?;
            let from = day.after(Duration::minutes(rng.random_range(0..day.length().num_minutes().max(1))));
            Some(Incident {
                near: order.address.clone(),
                centre: LatLon { lat: near.lat, lon: near.lon },
                radius_m: rng.random_range(400.0..1_200.0),
                from,
                until: from + Duration::minutes(rng.random_range(20..90)),
                factor: rng.random_range(1.8..3.5),
            })
        })
        .collect()
}

/// How many times longer it takes here and now than without incidents; the worst one counts. Bikes pass.
pub fn slowdown(incidents: &[Incident], kind: VehicleKind, here: LatLon, now: Instant) -> f64 {
    if kind == VehicleKind::CargoBike {
        return 1.0;
    }
    incidents
        .iter()
        .filter(|incident| {
            (incident.from..incident.until).contains(&now)
                && here.metres_to(incident.centre) < incident.radius_m
        })
        .map(|incident| incident.factor)
        .fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::workday;

    #[test]
    fn an_incident_is_slow_inside_while_it_lasts_and_for_cars_only() {
        let (centre, from) = (LatLon { lat: 35.9, lon: 14.5 }, workday().after(Duration::hours(1)));
        let until = from + Duration::minutes(30);
        let all =
            [Incident { near: "Test Street".into(), centre, radius_m: 500.0, from, until, factor: 2.5 }];
        let away = LatLon { lat: 35.91, lon: 14.5 };
        let slow = |kind, at, now| slowdown(&all, kind, at, now);
        assert!((slow(VehicleKind::DieselVan, centre, from) - 2.5).abs() < 1e-9);
        assert!((slow(VehicleKind::DieselVan, away, from) - 1.0).abs() < 1e-9);
        assert!((slow(VehicleKind::DieselVan, centre, from + Duration::minutes(30)) - 1.0).abs() < 1e-9);
        assert!((slow(VehicleKind::CargoBike, centre, from) - 1.0).abs() < 1e-9);
    }
}
