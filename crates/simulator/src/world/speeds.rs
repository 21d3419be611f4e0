//! How much slower streets are than free roads, by the hour of the day, and how fast nobody ever goes.
//!
//! Not here: incidents, which are local (`super::incidents`).

use wire::VehicleKind;

/// Nobody is faster than the map's speed of a free road by more than this. That speed is four fifths of the posted limit, or
/// the usual one of the road's class where none is posted, so the limit itself is kept.
pub const FASTEST_AGAINST_FREE: f64 = 1.1;
/// And by no more than this above what the kind of vehicle may do at all, for a map's usual speed of a class can be above a
/// country's limit: vans 80 km/h, as in Malta, and bikes 25, up to where their motors help (Regulation (EU) 168/2013, Article 2).
const TOP_VAN_MPS: f64 = FASTEST_AGAINST_FREE * 80.0 / 3.6;
const TOP_BIKE_MPS: f64 = FASTEST_AGAINST_FREE * 25.0 / 3.6;

/// How many times longer a drive takes at this local hour than on a free road. Cars: a rush around 08:20, a stronger one around
/// 17:00, a low hill at noon. Cargo bikes pass most of it.
pub fn congestion(kind: VehicleKind, local_hours: f64) -> f64 {
    let crowd = 0.34 * hill(local_hours, 8.35, 0.75)
        + 0.40 * hill(local_hours, 17.0, 0.9)
        + 0.08 * hill(local_hours, 12.7, 1.3);
    match kind {
        VehicleKind::DieselVan | VehicleKind::ElectricVan => 1.06 + crowd,
        VehicleKind::CargoBike => 1.03 + 0.15 * crowd,
    }
}

/// The shortest time in which a piece of road can be driven that is so long and takes so long when it is free.
pub fn shortest_s(kind: VehicleKind, metres: f64, free_s: f64) -> f64 {
    let top = match kind {
        VehicleKind::DieselVan | VehicleKind::ElectricVan => TOP_VAN_MPS,
        VehicleKind::CargoBike => TOP_BIKE_MPS,
    };
    (free_s / FASTEST_AGAINST_FREE).max(metres / top)
}

fn hill(at: f64, top: f64, width: f64) -> f64 {
    (-((at - top) / width).powi(2) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rush_hours_are_the_slowest_and_bikes_mind_least() {
        let van = |hours| congestion(VehicleKind::DieselVan, hours);
        assert!(van(8.3) > van(10.5) && van(17.0) > van(8.3) && van(3.0) < 1.07);
        assert!(congestion(VehicleKind::CargoBike, 17.0) < 1.1);
    }

    #[test]
    fn a_road_takes_at_least_its_free_time_but_a_tenth_and_no_bike_flies() {
        assert!((shortest_s(VehicleKind::DieselVan, 100.0, 11.0) - 10.0).abs() < 1e-9);
        assert!(shortest_s(VehicleKind::CargoBike, 100.0, 1.0) > 13.0);
        assert!(shortest_s(VehicleKind::DieselVan, 100.0, 0.0) > 2.9, "a map without a time is no leap");
    }
}
