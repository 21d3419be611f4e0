//! How close the houses of a city stand, by its addresses and against the rest of it: where they stand close, parking is hard.
//!
//! Maps name every house of one city and one in ten of another, so only ranks mean anything.

use std::collections::HashMap;

use crate::LatLon;

/// Side of a square of the map, in metres.
const SQUARE_M: f64 = 150.0;
const METRES_A_DEGREE: f64 = 111_195.0;

/// Addresses by square of the map.
#[derive(Debug, Default)]
pub(crate) struct Closeness {
    squares: HashMap<(i32, i32), u32>,
    /// How many addresses are around each address, the fewest first.
    around: Vec<u32>,
}

impl Closeness {
    /// Counts addresses.
    pub(crate) fn of(places: impl Iterator<Item = LatLon>) -> Closeness {
        let mut closeness = Closeness::default();
        for at in places {
            *closeness.squares.entry(square(at)).or_default() += 1;
        }
        let around = |(at, count): (&(i32, i32), &u32)| vec![closeness.around(*at); *count as usize];
        let mut all: Vec<u32> = closeness.squares.iter().flat_map(around).collect();
        all.sort_unstable();
        Closeness { around: all, ..closeness }
    }

    /// The share of all addresses around which fewer others lie than around a place, 0..=1.
    pub(crate) fn rank(&self, place: LatLon) -> f64 {
        let own = self.around(square(place));
        let fewer = self.around.partition_point(|&around| around < own);
        fewer as f64 / self.around.len().max(1) as f64
    }

    /// How many are in a square and the eight around it.
    fn around(&self, (row, column): (i32, i32)) -> u32 {
        let squares = (row - 1..=row + 1).flat_map(|r| (column - 1..=column + 1).map(move |c| (r, c)));
        squares.filter_map(|square| self.squares.get(&square)).sum()
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
    fn where_houses_stand_closer_than_elsewhere_the_rank_is_higher() {
        let house = |lat: f64, n: i32| LatLon { lat, lon: 14.5 + f64::from(n) * 0.0001 };
        let rows = (0..9).map(|n| house(35.9, n)).chain((0..3).map(|n| house(35.95, n)));
        let closeness = Closeness::of(rows);
        assert_eq!(closeness.rank(house(35.9, 4)), 3.0 / 12.0);
        assert_eq!(closeness.rank(house(35.95, 1)), 0.0);
        assert_eq!(closeness.rank(house(36.2, 1)), 0.0, "nothing is there");
        assert_eq!(Closeness::of(std::iter::empty()).rank(house(35.9, 1)), 0.0);
    }
}
