//! What driving emits: energy for each kilometre, and a dated factor for each carrier of energy and place.
//!
//! Both sides are counted from the well or the power station to the wheel, so that diesel and electricity compare. What
//! making and scrapping a vehicle emits is left out, as ISO 14083 does.

use crate::{Settings, VehicleKind};

/// How much electricity emits at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Kilograms CO2e for each kilowatt-hour.
    pub kg: f64,
    /// The year that it is of.
    pub year: i32,
    /// Who says so.
    pub source: &'static str,
}

/// Electricity by the hub's time zone.
const GRIDS: [(&str, Factor); 2] = [
    (
        "Europe/Malta",
        Factor {
            kg: 0.396,
            year: 2023,
            source: "Enemalta's mix of 2023 with imports; the supply of its fuels is not stated",
        },
    ),
    (
        "Europe/London",
        Factor {
            kg: 0.245_4,
            year: 2025,
            source: "DESNZ conversion factors 2025, generation, losses and well to tank",
        },
    ),
];

/// What electricity emits where clocks follow this IANA zone; nothing where no factor is known.
pub fn grid(zone: &str) -> Option<Factor> {
    GRIDS.iter().find(|(place, _)| *place == zone).map(|(_, factor)| *factor)
}

/// Kilograms CO2e for a kilometre driven at a place, by the energy that vehicles take there; nothing where the electricity's
/// factor is neither set nor known.
pub fn kg_per_km(kind: VehicleKind, zone: &str, settings: &Settings) -> Option<f64> {
    // Thousandths of a litre or kilowatt-hour for 100 km, times millionths of a kilogram.
    let kilograms = |thousandths: i64, kg: f64| thousandths as f64 / 100_000.0 * kg;
    let set = settings.grid_mg_per_kwh.map(|mg| mg as f64 / 1e6);
    let electricity = || set.or_else(|| grid(zone).map(|factor| factor.kg));
    match kind {
        VehicleKind::DieselVan => {
            Some(kilograms(settings.diesel_van_ml_per_100_km, settings.diesel_mg_per_l as f64 / 1e6))
        }
        VehicleKind::ElectricVan => Some(kilograms(settings.electric_van_wh_per_100_km, electricity()?)),
        VehicleKind::CargoBike => Some(kilograms(settings.cargo_bike_wh_per_100_km, electricity()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_counted_from_the_well_and_on_the_grid_of_the_place() {
        let of = |kind, zone| kg_per_km(kind, zone, &Settings::default()).unwrap();
        assert!((of(VehicleKind::DieselVan, "Europe/Malta") - 0.316_89).abs() < 0.001);
        assert!((of(VehicleKind::ElectricVan, "Europe/London") - 0.087_35).abs() < 0.001);
        let malta = of(VehicleKind::ElectricVan, "Europe/Malta");
        assert!((0.141..0.164).contains(&malta), "{malta}");
        assert!(of(VehicleKind::CargoBike, "Europe/Malta") > 0.0);
        let niue = |settings: &Settings| kg_per_km(VehicleKind::ElectricVan, "Pacific/Niue", settings);
        assert_eq!(niue(&Settings::default()), None, "no factor, no figure");
        let set = Settings { grid_mg_per_kwh: Some(500_000), ..Settings::default() };
        assert!((niue(&set).unwrap() - 0.178_5).abs() < 1e-9, "35.7 kWh for 100 km at half a kilogram each");
    }
}
