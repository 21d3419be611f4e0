//! How close the houses stand: the centre, the town around it and the outskirts, by the addresses of the map.
//!
//! An area is a property of the city and the same on every day, whatever the seed. Not here: what an area costs
//! (`super::approach`).

use roads::{Address, LatLon};
use serde::Serialize;
use std::collections::HashMap;

/// How built-up a place is, against the rest of its own city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Where the sparsest third of the addresses lies.
    Outskirts,
    /// Where half of them lie.
    Town,
    /// Where the densest sixth lies.
    Centre,
}

/// The areas of a city.
#[derive(Debug, Clone, Default)]
pub struct Areas {
    counts: HashMap<(i32, i32), u32>,
    town_from: u32,
    centre_from: u32,
}

const CELL_M: f64 = 150.0;
const METRES_A_DEGREE: f64 = 111_195.0;
const BELOW_TOWN: f64 = 0.35;
const BELOW_CENTRE: f64 = 0.85;

impl Areas {
    /// The areas that these addresses make.
    pub fn of(addresses: &[Address]) -> Self {
        let mut counts = HashMap::new();
        for address in addresses {
            *counts.entry(cell(address.at)).or_default() += 1;
        }
        let mut areas = Self { counts, town_from: 0, centre_from: 0 };
        let mut around: Vec<(u32, u32)> =
            areas.counts.iter().map(|(cell, count)| (areas.around(*cell), *count)).collect();
        around.sort_unstable();
        areas.town_from = quantile(&around, BELOW_TOWN, addresses.len());
        areas.centre_from = quantile(&around, BELOW_CENTRE, addresses.len());
        areas
    }

    /// The area of a place.
    pub fn at(&self, place: LatLon) -> Area {
        let around = self.around(cell(place));
        if around >= self.centre_from {
            Area::Centre
        } else if around >= self.town_from {
            Area::Town
        } else {
            Area::Outskirts
        }
    }

    /// Addresses in the cell and the eight around it, a square of 450 metres.
    fn around(&self, (row, column): (i32, i32)) -> u32 {
        (row - 1..=row + 1)
            .flat_map(|r| (column - 1..=column + 1).map(move |c| (r, c)))
            .filter_map(|cell| self.counts.get(&cell))
            .sum()
    }
}

fn cell(at: LatLon) -> (i32, i32) {
    let squeeze = at.lat.to_radians().cos().max(0.01);
    let steps = |degrees: f64| (degrees * METRES_A_DEGREE / CELL_M).floor() as i32;
    (steps(at.lat), steps(at.lon * squeeze))
}

/// The density below which this share of the addresses lies, from densities and how many addresses have each.
fn quantile(sorted: &[(u32, u32)], share: f64, all: usize) -> u32 {
    let mut left = share * all as f64;
    for (density, count) in sorted {
        left -= f64::from(*count);
        if left < 0.0 {
            return *density;
        }
    }
    sorted.last().map_or(0, |(density, _)| *density)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{address_at, addresses};

    #[test]
    fn a_sixth_of_the_addresses_is_centre_a_third_outskirts_and_both_lie_where_they_should() {
        let middle = LatLon { lat: 35.9, lon: 14.5 };
        let away = |index: usize| {
            let (turn, reach) = (index as f64 * 2.4, 0.05 * (index as f64 / 3_000.0).powi(2));
            address_at(LatLon { lat: 35.9 + reach * turn.sin(), lon: 14.5 + reach * turn.cos() })
        };
        let all: Vec<_> = (0..3_000).map(away).collect();
        let areas = Areas::of(&all);
        let share = |area| {
            all.iter().filter(|address| areas.at(address.at) == area).count() as f64 / all.len() as f64
        };
        assert!((0.10..0.25).contains(&share(Area::Centre)), "{}", share(Area::Centre));
        assert!((0.25..0.40).contains(&share(Area::Outskirts)), "{}", share(Area::Outskirts));
        assert_eq!(areas.at(middle), Area::Centre);
        assert_eq!(areas.at(LatLon { lat: 36.2, lon: 14.5 }), Area::Outskirts);
    }

    #[test]
    fn a_city_without_addresses_and_one_of_equal_density_have_areas_too() {
        let nowhere = Areas::of(&[]).at(LatLon { lat: 0.0, lon: 0.0 });
        assert_eq!(nowhere, Areas::default().at(LatLon { lat: 0.0, lon: 0.0 }));
        let areas = Areas::of(&addresses(40));
        assert!(addresses(40).iter().any(|address| areas.at(address.at) == Area::Centre));
    }
}
