//! How the true streets differ from the map: pieces of the town that are faster or slower, and lanes that are closed.
//!
//! Not here: what a drive makes of it (`crate::world`).

use crate::draws::{Draws, lognormal};
use crate::shares::Roads;
use crate::streets::Streets;
use rand::Rng;
use roads::{Address, LatLon, Profile, Wall};
use std::collections::HashMap;

/// A lane that is closed, and the map does not know it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedLane {
    /// The street.
    pub street: String,
    /// The piece of it that is closed.
    pub places: Vec<LatLon>,
}

/// How pieces of the town differ from the map's speeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Pieces {
    draws: Draws,
    shares: Roads,
}

const PIECE_M: f64 = 150.0;
const METRES_A_DEGREE: f64 = 111_195.0;
const LANE_M: std::ops::Range<f64> = 25.0..220.0;
const TRIES_A_LANE: usize = 40;

impl Pieces {
    /// The differences of a town.
    pub fn of(draws: Draws, shares: Roads) -> Self {
        Self { draws, shares }
    }

    /// How many times longer than the map says it takes here, on every day.
    pub fn times(&self, here: LatLon) -> f64 {
        let squeeze = here.lat.to_radians().cos().max(0.01);
        let step = |degrees: f64| (degrees * METRES_A_DEGREE / PIECE_M).floor() as i64;
        let name = format!("{}/{}", step(here.lat), step(here.lon * squeeze));
        let mut rng = self.draws.stream("piece of the town", &name);
        let odd = if rng.random_bool(self.shares.odd) { self.shares.odd_times } else { 1.0 };
        odd * lognormal(&mut rng, 1.0, self.shares.spread)
    }
}

/// The closed lanes: between two doors of a street drawn by lot.
pub fn closed_lanes(
    draws: &Draws,
    addresses: &[Address],
    streets: &dyn Streets,
    shares: &Roads,
) -> Vec<ClosedLane> {
    let wanted = shares.closed_lanes as usize;
    let mut by_street: HashMap<(&str, Option<&str>), Vec<&Address>> = HashMap::new();
    for address in addresses.iter().filter(|_| wanted > 0) {
        by_street.entry((&address.street, address.locality.as_deref())).or_default().push(address);
    }
    let lane = |nth: usize| {
        let mut rng = draws.stream("closed lane", &nth.to_string());
        let one = addresses.get(rng.random_range(0..addresses.len().max(1)))?;
        let doors = by_street.get(&(one.street.as_str(), one.locality.as_deref()))?;
        let other = doors.get(rng.random_range(0..doors.len()))?;
        let way = streets
            .way(one.at, other.at, Profile::Car, Wall(0))
            .filter(|way| LANE_M.contains(&way.metres))?;
        (way.points.len() >= 2).then(|| ClosedLane { street: one.street.clone(), places: way.points })
    };
    (0..wanted * TRIES_A_LANE).filter_map(lane).take(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::Shares;
    use crate::testing::{StraightStreets, addresses};

    #[test]
    fn a_piece_is_the_same_every_day_and_most_pieces_are_nearly_as_mapped() {
        let pieces = Pieces::of(Draws::new(1), Shares::default().roads);
        let place =
            |n: i32| LatLon { lat: 35.8 + f64::from(n / 60) * 0.003, lon: 14.4 + f64::from(n % 60) * 0.003 };
        let all: Vec<f64> = (0..3_600).map(|n| pieces.times(place(n))).collect();
        assert!((all[5] - pieces.times(place(5))).abs() < 1e-12);
        let near = all.iter().filter(|times| (0.84..1.19).contains(*times)).count() as f64 / 3_600.0;
        assert!((0.93..0.98).contains(&near), "{near}");
        let odd = all.iter().filter(|times| **times > 1.4).count() as f64 / 3_600.0;
        assert!((0.012..0.028).contains(&odd), "{odd}");
        let flat = Roads { spread: 0.0, odd: 0.0, odd_times: 1.0, closed_lanes: 0.0 };
        assert!((Pieces::of(Draws::new(1), flat).times(place(3)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn lanes_lie_between_two_doors_of_a_street() {
        let (all, roads) = (addresses(2_000), Shares::default().roads);
        let lanes = closed_lanes(&Draws::new(1), &all, &StraightStreets, &roads);
        assert_eq!(lanes, closed_lanes(&Draws::new(1), &all, &StraightStreets, &roads));
        assert!(!lanes.is_empty() && lanes.len() <= 12);
        assert!(lanes.iter().all(|lane| lane.places.len() >= 2));
        assert!(closed_lanes(&Draws::new(1), &[], &StraightStreets, &roads).is_empty());
    }
}
