//! How close the houses of a city stand, by its addresses: where they stand close, parking is hard.

use std::collections::HashMap;

use crate::LatLon;

/// Side of a square of the map, in metres.
const SQUARE_M: f64 = 150.0;
const METRES_A_DEGREE: f64 = 111_195.0;

/// Addresses by square of the map.
#[derive(Debug, Default)]
pub(crate) struct Closeness(HashMap<(i32, i32), u32>);

impl Closeness {
    /// Counts addresses.
    pub(crate) fn of(places: impl Iterator<Item = LatLon>) -> Closeness {
        let mut counts = HashMap::new();
        for at in places {
            *counts.entry(square(at)).or_default() += 1;
        }
        Closeness(counts)
    }

    /// Addresses on a square kilometre, counted in the square of a place and the eight around it.
    pub(crate) fn at(&self, place: LatLon) -> f64 {
        let (row, column) = square(place);
        let around = (row - 1..=row + 1).flat_map(|r| (column - 1..=column + 1).map(move |c| (r, c)));
        let counted: u32 = around.filter_map(|square| self.0.get(&square)).sum();
        f64::from(counted) / (3.0 * SQUARE_M / 1_000.0).powi(2)
    }
}

fn square(at: LatLon) -> (i32, i32) {
    let narrow = at.lat.to_radians().cos().max(0.01);
    let steps = |degrees: f64| (degrees * METRES_A_DEGREE / SQUARE_M).floor() as i32;
    (steps(at.lat), steps(at.lon * narrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_houses_counts_where_it_stands_and_nowhere_else() {
        let house = |n: i32| LatLon { lat: 35.9, lon: 14.5 + f64::from(n) * 0.0001 };
        let closeness = Closeness::of((0..9).map(house));
        assert!((closeness.at(house(4)) - 9.0 / 0.2025).abs() < 1e-9);
        assert_eq!(closeness.at(LatLon { lat: 35.95, lon: 14.5 }), 0.0);
    }
}
