//! The vehicles of the hub: half diesel vans, a third electric vans, the rest cargo bikes.
//!
//! Not here: how fast each of them really is, or when it breaks down (`crate::world`).

use super::workday::Workday;
use crate::draws::Draws;
use chrono::Duration;
use rand::Rng;
use wire::VehicleKind;
use wire::machine::SetUpVehicle;

/// What some vehicles can do, and some orders need.
pub const LIFT: &str = "lift";
/// The same.
pub const COLD: &str = "cold";

/// With fewer vehicles than this each of them is out all day.
const SMALLEST_WITH_SHIFTS: usize = 4;
/// The first ones are early: the roster has plans for them.
const ALWAYS_EARLY: usize = 3;

/// The vehicles, in the order of their numbers. Shifts last three quarters of the day and begin with it in three waves of five
/// minutes, or end with it; one in six ends an hour early.
pub fn vehicles(draws: &Draws, day: &Workday, count: usize, late_shift: f64) -> Vec<SetUpVehicle> {
    let width = count.to_string().len().max(2);
    (0..count)
        .map(|index| {
            let number = format!("{:0width$}", index + 1);
            let kind = kind_of(index, count);
            let (name, capacity_g, capacity_ml) = body(kind);
            let mut rng = draws.stream("shift", &number);
            let wave = Duration::minutes(5 * rng.random_range(0..3));
            let quarter = day.length() / 4;
            let (begins, ends) = match index {
                _ if count < SMALLEST_WITH_SHIFTS => (wave, day.length()),
                index if is_late(index, late_shift) => (quarter + wave, day.length()),
                _ => (wave, day.length() - quarter),
            };
            let ends = ends - Duration::hours(i64::from(rng.random_bool(1.0 / 6.0)));
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

/// Whether a vehicle is of the late shift: evenly spread, so that all kinds have some.
fn is_late(index: usize, share: f64) -> bool {
    let before = |count: usize| (count as f64 * share).ceil();
    index.checked_sub(ALWAYS_EARLY).is_some_and(|nth| before(nth + 1) > before(nth))
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
        let fleet = vehicles(&Draws::new(1), &workday(), 40, 0.4);
        let count = |kind| fleet.iter().filter(|vehicle| vehicle.kind == kind).count();
        let kinds = VehicleKind::ALL.map(count);
        assert_eq!(kinds, [20, 12, 8]);
        assert_eq!(fleet.first().unwrap().label, "Van 01");
        assert_eq!(fleet.last().unwrap().label, "Bike 40");
        assert!(fleet.iter().all(|vehicle| vehicle.shift_from < vehicle.shift_until));
        let late =
            fleet.iter().filter(|vehicle| vehicle.shift_from > workday().local_after(Duration::hours(2)));
        assert_eq!(late.count(), 15);
        let able = |skill: &str| {
            fleet.iter().filter(|vehicle| vehicle.skills.iter().flatten().any(|own| own == skill)).count()
        };
        assert_eq!((able(LIFT), able(COLD)), (10, 6));
    }
}
