//! Traffic incidents: for a while, everything around some place is slow, and people have a name for it.
//!
//! Not here: breakdowns of our own vehicles (`super::mishaps`).

use crate::calendar::{Rhythm, Weather};
use crate::scenario::Scenario;
use chrono::Duration;
use rand::Rng;
use roads::LatLon;
use wire::{Instant, VehicleKind};

/// An area that is slow for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// What it is, in one word that programs can compare.
    pub kind: &'static str,
    /// What people call it.
    pub name: String,
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

/// A kind of incident: how often against others, how long, how far and how bad it is. All of it is assumed.
struct Kind {
    kind: &'static str,
    name: &'static str,
    often: f64,
    minutes: (i64, i64),
    radius_m: (f64, f64),
    factor: (f64, f64),
}

const KINDS: [Kind; 7] = [
    Kind {
        kind: "accident",
        name: "Accident in",
        often: 4.0,
        minutes: (20, 70),
        radius_m: (400.0, 1_100.0),
        factor: (1.8, 3.5),
    },
    Kind {
        kind: "lorry",
        name: "Lorry broken down in",
        often: 2.0,
        minutes: (20, 80),
        radius_m: (300.0, 800.0),
        factor: (1.6, 2.8),
    },
    Kind {
        kind: "roadworks",
        name: "Roadworks in",
        often: 2.0,
        minutes: (120, 420),
        radius_m: (150.0, 450.0),
        factor: (1.4, 2.2),
    },
    Kind {
        kind: "water_main",
        name: "Burst water main in",
        often: 1.2,
        minutes: (60, 300),
        radius_m: (200.0, 600.0),
        factor: (2.0, 3.5),
    },
    Kind {
        kind: "lights",
        name: "Traffic lights out in",
        often: 1.0,
        minutes: (30, 180),
        radius_m: (300.0, 700.0),
        factor: (1.5, 2.4),
    },
    Kind {
        kind: "procession",
        name: "Procession in",
        often: 0.5,
        minutes: (60, 180),
        radius_m: (250.0, 700.0),
        factor: (2.0, 3.5),
    },
    Kind {
        kind: "flood",
        name: "Flooded road in",
        often: 0.0,
        minutes: (60, 240),
        radius_m: (250.0, 800.0),
        factor: (2.2, 3.5),
    },
];
/// On Sundays and holidays, and when it rains hard.
const PROCESSIONS_WHEN_FREE: f64 = 4.0;
const FLOODS_IN_HEAVY_RAIN: f64 = 8.0;

/// The incidents of a day, each around some household.
pub fn of_the_day(scenario: &Scenario) -> Vec<Incident> {
    (0..scenario.shares.trouble.incidents as usize).filter_map(|index| one(scenario, index)).collect()
}

fn one(scenario: &Scenario, index: usize) -> Option<Incident> {
    let (day, households) = (&scenario.day, &scenario.town.households);
    let mut rng = scenario.draws.stream("incident", &index.to_string());
    let near = households.get(rng.random_range(0..households.len().max(1)))?;
    let from = day.after(Duration::minutes(rng.random_range(0..day.length().num_minutes().max(1))));
    let weather = scenario.date.weather_at(day.local_hours(from));
    let often = |kind: &Kind| match kind.kind {
        "procession" if scenario.date.rhythm == Rhythm::Free => PROCESSIONS_WHEN_FREE,
        "flood" if weather >= Weather::HeavyRain => FLOODS_IN_HEAVY_RAIN,
        _ => kind.often,
    };
    let mut lot = rng.random::<f64>() * KINDS.iter().map(often).sum::<f64>();
    let kind = KINDS.iter().find(|kind| {
        lot -= often(kind);
        lot < 0.0
    })?;
    let minutes = rng.random_range(kind.minutes.0..=kind.minutes.1);
    Some(Incident {
        kind: kind.kind,
        name: format!("{} {}", kind.name, near.street),
        near: near.address.clone(),
        centre: near.at,
        radius_m: rng.random_range(kind.radius_m.0..kind.radius_m.1),
        from,
        until: from + Duration::minutes(minutes),
        factor: rng.random_range(kind.factor.0..kind.factor.1),
    })
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
    use crate::calendar::Spell;
    use crate::scenario::Size;
    use crate::testing::{ordinary, workday};

    #[test]
    fn an_incident_is_slow_inside_while_it_lasts_and_for_cars_only() {
        let (centre, from) = (LatLon { lat: 35.9, lon: 14.5 }, workday().after(Duration::hours(1)));
        let incident = Incident {
            kind: "accident",
            name: "Accident in Test Street".into(),
            near: "Test Street".into(),
            centre,
            radius_m: 500.0,
            from,
            until: from + Duration::minutes(30),
            factor: 2.5,
        };
        let away = LatLon { lat: 35.91, lon: 14.5 };
        let slow = |kind, at, now| slowdown(std::slice::from_ref(&incident), kind, at, now);
        assert!((slow(VehicleKind::DieselVan, centre, from) - 2.5).abs() < 1e-9);
        assert!((slow(VehicleKind::DieselVan, away, from) - 1.0).abs() < 1e-9);
        assert!((slow(VehicleKind::DieselVan, centre, from + Duration::minutes(30)) - 1.0).abs() < 1e-9);
        assert!((slow(VehicleKind::CargoBike, centre, from) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn incidents_have_kinds_and_names_and_roads_flood_when_it_pours_only() {
        let mut day = ordinary(1, Size { vans: 2, orders: 50, late_orders: 0, first_order: 1 }, 200);
        day.shares.trouble.incidents = 200.0;
        let dry = of_the_day(&day);
        assert_eq!(dry, of_the_day(&day));
        let count = |all: &[Incident], kind| all.iter().filter(|incident| incident.kind == kind).count();
        assert!(count(&dry, "accident") > count(&dry, "procession") && count(&dry, "procession") > 0);
        assert_eq!((dry.len(), count(&dry, "flood")), (200, 0));
        assert!(dry.iter().any(|incident| incident.name == "Burst water main in Test Street"));
        day.date.spells = vec![Spell { weather: Weather::HeavyRain, from_h: 0.0, until_h: 24.0 }];
        assert!(count(&of_the_day(&day), "flood") > 50);
    }
}
