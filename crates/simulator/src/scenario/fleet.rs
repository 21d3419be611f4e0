//! The vehicles of the hub: half diesel vans, a third electric vans, the rest cargo bikes.
//!
//! Not here: how fast each of them really is, or when it breaks down (`crate::world`).

use super::draws::Draws;
use super::workday::Workday;
use chrono::Duration;
use rand::Rng;
use wire::VehicleKind;
use wire::machine::SetUpVehicle;

/// What some vehicles can do, and some orders need.
pub const LIFT: &str = "lift";
/// The same.
pub const COLD: &str = "cold";

/// One vehicle in this many begins at noon, and can take what is ordered in the morning.
const NOON: usize = 20;

/// The vehicles, in the order of their numbers. Shifts begin in three waves of five minutes, but for a few at noon, and one
/// in six ends an hour early.
pub fn vehicles(draws: &Draws, day: &Workday, count: usize) -> Vec<SetUpVehicle> {
    let width = count.to_string().len().max(2);
    (0..count)
        .map(|index| {
            let number = format!("{:0width$}", index + 1);
            let kind = kind_of(index, count);
            let (name, capacity_g, capacity_ml) = body(kind);
            let mut rng = draws.stream("shift", &number);
            let wave = Duration::minutes(5 * rng.random_range(0..3));
            let begins = if index % NOON == NOON - 1 { day.length() / 2 } else { wave };
            let ends = day.length() - Duration::hours(i64::from(rng.random_bool(1.0 / 6.0)));
            SetUpVehicle {
                id: None,
                label: format!("{name} {number}"),
                kind,
                driver: format!("Driver {number}"),
                capacity_g,
                capacity_ml,
                shift_from: day.local_after(begins),
                shift_until: day.local_after(ends),
                skills: Some(skills(kind, index)),
            }
        })
        .collect()
}

/// Every second diesel van has a lift, every second electric van a cold box.
fn skills(kind: VehicleKind, index: usize) -> Vec<String> {
    let skill = match kind {
        VehicleKind::DieselVan => LIFT,
        VehicleKind::ElectricVan => COLD,
        VehicleKind::CargoBike => return vec![],
    };
    index.is_multiple_of(2).then(|| skill.to_owned()).into_iter().collect()
}

fn kind_of(index: usize, count: usize) -> VehicleKind {
    match index * 10 / count.max(1) {
        0..5 => VehicleKind::DieselVan,
        5..8 => VehicleKind::ElectricVan,
        _ => VehicleKind::CargoBike,
    }
}

/// Name, grams and millilitres. Sized so that 1,500 orders fit into 40 vehicles with a little to spare, and not into the vans
/// alone.
fn body(kind: VehicleKind) -> (&'static str, i64, i64) {
    match kind {
        VehicleKind::DieselVan => ("Van", 600_000, 2_200_000),
        VehicleKind::ElectricVan => ("Van", 500_000, 1_850_000),
        VehicleKind::CargoBike => ("Bike", 200_000, 1_450_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::workday;

    #[test]
    fn forty_vehicles_are_of_three_kinds_with_labels_of_their_own() {
        let fleet = vehicles(&Draws::new(1), &workday(), 40);
        let count = |kind| fleet.iter().filter(|vehicle| vehicle.kind == kind).count();
        let kinds = VehicleKind::ALL.map(count);
        assert_eq!(kinds, [20, 12, 8]);
        assert_eq!(fleet.first().unwrap().label, "Van 01");
        assert_eq!(fleet.last().unwrap().label, "Bike 40");
        assert!(fleet.iter().all(|vehicle| vehicle.shift_from < vehicle.shift_until));
        let able = |skill: &str| {
            fleet.iter().filter(|vehicle| vehicle.skills.iter().flatten().any(|own| own == skill)).count()
        };
        assert_eq!((able(LIFT), able(COLD)), (10, 6));
    }
}
