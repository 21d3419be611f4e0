//! From the wheel to the door: finding a place to stop, parking, and the walk.
//!
//! It differs by area and by kind of vehicle, and nobody is told. Sources of the figures, and which of them are assumed,
//! stand in `docs/simulator.md`. Not here: what happens at the door (`super::doors`).

use crate::town::areas::Area;
use rand::Rng;
use wire::VehicleKind;

/// How one approach goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approach {
    /// Seconds until the vehicle stands where it stays.
    pub search_s: f64,
    /// How far before the door's piece of road it stands, in metres along the way.
    pub short_m: f64,
}

/// How fast somebody with a parcel walks, in metres a second.
pub const WALK_MPS: f64 = 1.3;
const LONGEST_SEARCH_S: f64 = 600.0;
const FARTHEST_M: f64 = 200.0;

/// Mean seconds of looking and parking, and mean metres between the vehicle and the door's piece of road.
pub fn usual(kind: VehicleKind, area: Area) -> Approach {
    let (search_s, short_m) = match (kind, area) {
        (VehicleKind::DieselVan | VehicleKind::ElectricVan, Area::Centre) => (78.0, 50.0),
        (VehicleKind::DieselVan | VehicleKind::ElectricVan, Area::Town) => (25.0, 12.0),
        (VehicleKind::DieselVan | VehicleKind::ElectricVan, Area::Outskirts) => (8.0, 5.0),
        (VehicleKind::CargoBike, Area::Centre) => (4.0, 15.0),
        (VehicleKind::CargoBike, Area::Town) => (4.0, 8.0),
        (VehicleKind::CargoBike, Area::Outskirts) => (4.0, 4.0),
    };
    Approach { search_s, short_m }
}

/// How it goes this time: both exponential, as search times of cars have been found to be and as when each place along the way
/// is free by equal chance.
pub fn draw(rng: &mut impl Rng, kind: VehicleKind, area: Area) -> Approach {
    let usual = usual(kind, area);
    let mut exponential = |mean: f64| -mean * (1.0 - rng.random::<f64>()).ln();
    Approach {
        search_s: exponential(usual.search_s).min(LONGEST_SEARCH_S),
        short_m: exponential(usual.short_m).min(FARTHEST_M),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;

    fn mean_search_s(kind: VehicleKind, area: Area) -> f64 {
        let mut rng = Draws::new(3).stream("approach", "");
        (0..20_000).map(|_| draw(&mut rng, kind, area).search_s).sum::<f64>() / 20_000.0
    }

    #[test]
    fn vans_in_the_centre_look_as_long_as_cars_in_turnhout_and_bikes_hardly() {
        let van = |area| mean_search_s(VehicleKind::DieselVan, area);
        assert!((75.0..81.0).contains(&van(Area::Centre)), "{}", van(Area::Centre));
        assert!(van(Area::Centre) > 2.5 * van(Area::Town) && van(Area::Town) > 2.5 * van(Area::Outskirts));
        for area in [Area::Centre, Area::Town, Area::Outskirts] {
            assert!(mean_search_s(VehicleKind::CargoBike, area) < 5.0);
        }
    }

    #[test]
    fn half_of_the_searches_in_the_centre_are_shorter_than_a_minute_and_the_longest_of_a_hundred_takes_some()
    {
        let mut rng = Draws::new(5).stream("approach", "");
        let search = || draw(&mut rng, VehicleKind::DieselVan, Area::Centre).search_s;
        let mut all: Vec<f64> = std::iter::repeat_with(search).take(9_700).collect();
        let longest =
            all.chunks(97).map(|some| some.iter().copied().fold(0.0, f64::max)).sum::<f64>() / 100.0;
        assert!((330.0..450.0).contains(&longest), "{longest}");
        all.retain(|s| *s < 60.0);
        assert!((0.5..0.58).contains(&(all.len() as f64 / 9_700.0)), "{}", all.len());
    }

    #[test]
    fn approaches_are_bounded() {
        let mut rng = Draws::new(4).stream("approach", "");
        for _ in 0..20_000 {
            let drawn = draw(&mut rng, VehicleKind::ElectricVan, Area::Centre);
            assert!((0.0..=LONGEST_SEARCH_S).contains(&drawn.search_s));
            assert!((0.0..=FARTHEST_M).contains(&drawn.short_m));
        }
    }
}
