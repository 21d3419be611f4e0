//! How much slower streets are than free roads, by the hour of the day.
//!
//! Not here: incidents, which are local (`super::incidents`).

use wire::VehicleKind;

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
}
