//! The day as it is written before it begins: the hub, its vehicles, its shops and their orders.
//!
//! Everything follows from a seed, a size and a city, and is plain data. What the product is told of it stands in the wire
//! types it holds; what the world keeps to itself (true speeds, who is at home) is in `crate::world`.

pub mod draws;
pub mod fleet;
pub mod hub;
pub mod orders;
pub mod roster;
pub mod wishes;
pub mod workday;

use crate::areas::Areas;
use crate::streets::Streets;
use anyhow::Result;
use draws::Draws;
use roads::Address;
use wire::Instant;
use wire::Point;
use wire::machine::{PlaceOrder, SetUpVehicle};
use workday::Workday;

/// How much is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Vehicles.
    pub vans: usize,
    /// Orders placed before the plan.
    pub orders: usize,
    /// Orders that come in during the day.
    pub late_orders: usize,
    /// The number in the first order's reference.
    pub first_order: usize,
}

/// One day, as it is written.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The source of all chance.
    pub draws: Draws,
    /// The day.
    pub day: Workday,
    /// The hub's gate.
    pub hub: Point,
    /// The vehicles.
    pub vehicles: Vec<SetUpVehicle>,
    /// By vehicle, what the roster says of today; nothing where the usual holds.
    pub roster: Vec<Option<roster::Duty>>,
    /// Names of the shops.
    pub shops: Vec<&'static str>,
    /// All orders, in the order of their numbers.
    pub orders: Vec<ScenarioOrder>,
    /// Where the city is dense.
    pub areas: Areas,
}

/// An order and when its shop places it.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioOrder {
    /// Which shop, an index of [`Scenario::shops`].
    pub shop: usize,
    /// When the shop places it; none is before the plan.
    pub placed_at: Option<Instant>,
    /// What the shop says.
    pub says: PlaceOrder,
}

impl Scenario {
    /// Writes a day for these streets and addresses.
    ///
    /// # Errors
    /// When the map has no place for a hub, or no address that can be reached from it.
    pub fn write(
        seed: u64,
        size: Size,
        day: Workday,
        addresses: &[Address],
        streets: &dyn Streets,
    ) -> Result<Self> {
        let draws = Draws::new(seed);
        let hub = hub::choose(addresses, streets)?;
        let doors = orders::doors(&draws, addresses, streets, hub, size.orders + size.late_orders)?;
        let point = Point { lat: hub.lat, lon: hub.lon };
        let vehicles = fleet::vehicles(&draws, &day, size.vans);
        Ok(Self {
            draws,
            day,
            hub: point,
            roster: roster::write(&day, &vehicles),
            vehicles,
            shops: orders::SHOPS.iter().map(|shop| shop.name).collect(),
            orders: orders::write(&draws, &day, &doors, size),
            areas: Areas::of(addresses),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{StraightStreets, addresses, workday};

    fn scenario(seed: u64) -> Scenario {
        let size = Size { vans: 40, orders: 300, late_orders: 10, first_order: 1 };
        Scenario::write(seed, size, workday(), &addresses(500), &StraightStreets).unwrap()
    }

    #[test]
    fn the_same_seed_writes_the_same_day_and_another_seed_another() {
        let (one, again, other) = (scenario(1), scenario(1), scenario(2));
        assert_eq!(one.orders, again.orders);
        assert_eq!(one.vehicles, again.vehicles);
        assert_eq!(one.hub, again.hub);
        assert_ne!(one.orders, other.orders);
    }

    #[test]
    fn the_fleet_can_carry_the_day_with_a_little_to_spare() {
        for seed in 0..5 {
            let size = Size { vans: 40, orders: 1_500, late_orders: 40, first_order: 1 };
            let day = Scenario::write(seed, size, workday(), &addresses(500), &StraightStreets).unwrap();
            let driven = || {
                let all = day.vehicles.iter().zip(&day.roster);
                all.filter(|(_, duty)| **duty != Some(roster::Duty::Nobody)).map(|(vehicle, _)| vehicle)
            };
            let packages = || day.orders.iter().flat_map(|order| &order.says.packages);
            let share = |need: i64, room: i64| need as f64 / room as f64;
            let weight = share(packages().map(|p| p.weight_g).sum(), driven().map(|v| v.capacity_g).sum());
            let volume = share(packages().map(|p| p.volume_ml).sum(), driven().map(|v| v.capacity_ml).sum());
            assert!(weight < 0.6, "{weight} of what the fleet may carry");
            assert!((0.85..0.97).contains(&volume), "{volume} of what the fleet holds");
        }
    }
}
