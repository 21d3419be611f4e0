//! The day as it is written before it begins: the hub, its vehicles, its shops and their orders.
//!
//! Everything follows from a seed, a size and a city, and is plain data. What the product is told of it stands in the wire
//! types it holds; what the world keeps to itself (true speeds, who is at home) is in `crate::world`.

pub mod acts;
pub mod drivers;
pub mod fleet;
pub mod orders;
pub mod roster;
mod slips;
mod windows;
pub mod wishes;
pub mod workday;

use crate::calendar::Date;
use crate::draws::Draws;
use crate::shares::Shares;
use crate::streets::Streets;
use crate::town::Town;
use acts::Act;
use anyhow::Result;
use roads::{Address, LatLon};
pub use slips::Slip;
use std::sync::Arc;
use wire::Instant;
use wire::Point;
use wire::machine::{PlaceOrder, SetUpVehicle};
use workday::Workday;

/// How much is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Vehicles.
    pub vans: usize,
    /// Orders placed before the plan; of an ordinary day, when the date makes more or less of them.
    pub orders: usize,
    /// Orders that come in during the day; the same.
    pub late_orders: usize,
    /// The number in the first order's reference.
    pub first_order: usize,
}

/// What a day follows from, beside the map.
#[derive(Debug, Clone)]
pub struct Script {
    /// The day's chance.
    pub seed: u64,
    /// The town's, which is the same on every day.
    pub town: u64,
    /// How much is going on.
    pub size: Size,
    /// The day.
    pub day: Workday,
    /// Whether the date makes more or less of the orders.
    pub by_date: bool,
    /// How much there is of everything.
    pub shares: Shares,
}

impl Script {
    /// The town in which it is played.
    ///
    /// # Errors
    /// When the map has no place for a hub, or no address that can be reached from it.
    pub fn town(&self, addresses: &[Address], streets: &dyn Streets) -> Result<Town> {
        let pool = (self.size.orders + self.size.late_orders) as f64 * self.shares.people.pool;
        Town::write(self.town, pool as usize, addresses, streets, &self.shares)
    }
}

/// One day, as it is written.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The source of the day's chance.
    pub draws: Draws,
    /// How much there is of everything.
    pub shares: Shares,
    /// The day.
    pub day: Workday,
    /// What its date does.
    pub date: Date,
    /// The town in which it is played.
    pub town: Arc<Town>,
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
    /// What is true.
    pub behind: Behind,
}

/// What is true of an order, and the product does not know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behind {
    /// For which household.
    pub household: usize,
    /// For whom of it.
    pub person: usize,
    /// Where its door is.
    pub door: LatLon,
    /// What the shop got wrong.
    pub slip: Option<Slip>,
    /// Whether somebody stays at home for it.
    pub prepared: bool,
    /// What the recipient does about it.
    pub act: Option<Act>,
}

impl Scenario {
    /// Writes a day for these streets and addresses.
    ///
    /// # Errors
    /// When the map has no place for a hub, or no address that can be reached from it.
    pub fn write(script: Script, addresses: &[Address], streets: &dyn Streets) -> Result<Self> {
        let town = Arc::new(script.town(addresses, streets)?);
        Ok(Self::write_in(town, script, addresses))
    }

    /// Writes a day for a town that is there already.
    pub fn write_in(town: Arc<Town>, script: Script, addresses: &[Address]) -> Self {
        let Script { seed, size, day, by_date, shares, .. } = script;
        let draws = Draws::new(seed);
        let mut date = Date::of(day.date(), &draws, &shares.calendar);
        if !by_date {
            date.demand = 1.0;
        }
        let vehicles = fleet::vehicles(&draws, &day, size.vans, shares.fleet.late_shift);
        let today = orders::Today { draws: &draws, day: &day, date: &date, town: &town, shares: &shares };
        Self {
            draws,
            day,
            hub: Point { lat: town.hub.lat, lon: town.hub.lon },
            roster: roster::write(&day, &vehicles),
            vehicles,
            shops: orders::SHOPS.iter().map(|shop| shop.name).collect(),
            orders: orders::write(&today, size, addresses),
            town,
            date,
            shares,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{StraightStreets, addresses, ordinary, script};

    fn scenario(seed: u64) -> Scenario {
        ordinary(seed, Size { vans: 40, orders: 300, late_orders: 10, first_order: 1 }, 500)
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
            let day = ordinary(seed, size, 500);
            let driven = || {
                let all = day.vehicles.iter().zip(&day.roster);
                all.filter(|(_, duty)| **duty != Some(roster::Duty::Nobody)).map(|(vehicle, _)| vehicle)
            };
            let packages = || day.orders.iter().flat_map(|order| &order.says.packages);
            let share = |need: i64, room: i64| need as f64 / room as f64;
            let weight = share(packages().map(|p| p.weight_g).sum(), driven().map(|v| v.capacity_g).sum());
            let volume = share(packages().map(|p| p.volume_ml).sum(), driven().map(|v| v.capacity_ml).sum());
            assert!(weight < 0.6, "{weight} of what the fleet may carry");
            assert!((0.8..1.0).contains(&volume), "{volume} of what the fleet holds");
        }
    }

    #[test]
    fn another_day_has_the_same_town_and_some_of_its_people_again() {
        let size = Size { vans: 10, orders: 200, late_orders: 10, first_order: 1 };
        let (one, other) = (ordinary(1, size, 5_000), ordinary(2, size, 5_000));
        assert_eq!(one.town.households, other.town.households);
        let names = |day: &Scenario| -> std::collections::HashSet<String> {
            day.orders.iter().map(|order| order.says.recipient.phone.clone()).collect()
        };
        assert!(names(&one).intersection(&names(&other)).count() > 15);
        let elsewhere = Script { town: 9, ..script(1, size) };
        let elsewhere = Scenario::write(elsewhere, &addresses(5_000), &StraightStreets).unwrap();
        assert_ne!(elsewhere.town.households, one.town.households);
    }

    #[test]
    fn more_is_ordered_on_black_friday_and_less_on_a_sunday() {
        let size = Size { vans: 10, orders: 200, late_orders: 10, first_order: 1 };
        let orders = |date: &str| {
            let day = Workday::around(format!("{date}T06:20:00Z").parse().unwrap(), chrono_tz::Europe::Malta);
            let script = Script { day: day.unwrap(), by_date: true, ..script(1, size) };
            Scenario::write(script, &addresses(500), &StraightStreets).unwrap().orders.len()
        };
        assert!(orders("2026-11-27") > 380 && orders("2026-06-21") < 80);
    }

    #[test]
    fn a_world_without_any_fault_can_be_asked_for() {
        let plain = r#"{"acts": {"cancel": 0, "move": 0, "redirect": 0, "call": 0},
            "addresses": {"no_coordinates": 0, "misspelt": 0, "numberless": 0, "wrong_door": 0},
            "calendar": {"weather": 0}, "trouble": {"incidents": 0},
            "phones": {"dead_zones": 0}, "roads": {"closed_lanes": 0, "spread": 0, "odd": 0}}"#;
        let size = Size { vans: 4, orders: 300, late_orders: 20, first_order: 1 };
        let script = Script { shares: Shares::read(plain).unwrap(), ..script(1, size) };
        let day = Scenario::write(script, &addresses(500), &StraightStreets).unwrap();
        for ScenarioOrder { says, behind, .. } in &day.orders {
            assert!(says.at.is_some() && behind.slip.is_none() && behind.act.is_none(), "{}", says.reference);
        }
        assert!(day.town.closed_lanes.is_empty() && day.town.reception.zones().is_empty());
        assert!(day.date.spells.is_empty() && (day.town.pieces.times(day.town.hub) - 1.0).abs() < 1e-12);
    }
}
