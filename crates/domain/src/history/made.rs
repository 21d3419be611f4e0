//! Orders and vehicles as the history tells of them: without names, phones, addresses or exact doors, which live in rows that
//! can be erased.

use crate::{
    Address, ConsignmentId, Coordinate, Day, Driver, DriverId, HubId, Instant, Needs, Order, OrderId,
    OrderState, Package, Promise, Recipient, Service, ShopId, Skills, Vehicle, VehicleId, VehicleKind,
    VehicleState, Window,
};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// An order as it was placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// Identity.
    pub id: OrderId,
    /// Which hub serves it.
    pub hub: HubId,
    /// Whose order it is.
    pub shop: ShopId,
    /// The shop's own reference.
    pub reference: String,
    /// Where, to about a kilometre ([`Coordinate::roughly`]).
    pub at: Coordinate,
    /// The service day of the promise.
    pub day: Day,
    /// The first window that was promised.
    pub promised: Window,
    /// The goods under one transport contract.
    pub consignment: ConsignmentId,
    /// Its packages.
    pub packages: Vec<Package>,
    /// Expected time at the door, in seconds.
    pub service_s: i32,
    /// What it asks of the plan beyond that.
    #[serde(default, skip_serializing_if = "Needs::are_none")]
    pub needs: Needs,
    /// What is done at the door.
    #[serde(default, skip_serializing_if = "Service::is_usual")]
    pub service: Service,
}

impl PlacedOrder {
    /// What the history keeps of an order that has just been placed.
    pub fn of(order: &Order) -> Self {
        Self {
            id: order.id,
            hub: order.hub,
            shop: order.shop,
            reference: order.reference.clone(),
            at: order.address.at.roughly(),
            day: order.day,
            promised: order.promise.original,
            consignment: order.consignment,
            packages: order.packages.clone(),
            service_s: order.service_s,
            needs: order.needs.clone(),
            service: order.service,
        }
    }

    /// The order as it was placed at `placed_at`, as far as the history knows it: equal to [`Order::without_recipient`].
    pub fn into_order(self, placed_at: Instant) -> Order {
        Order {
            id: self.id,
            hub: self.hub,
            shop: self.shop,
            reference: self.reference,
            recipient: Recipient::erased(),
            address: Address { text: String::new(), at: self.at },
            day: self.day,
            promise: Promise { original: self.promised, latest: self.promised },
            consignment: self.consignment,
            packages: self.packages,
            service_s: self.service_s,
            needs: self.needs,
            service: self.service,
            notes: String::new(),
            items: vec![],
            placed_at,
            aboard: None,
            state: OrderState::Placed,
        }
    }
}

/// A vehicle as it joined or was renewed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinedVehicle {
    /// Identity.
    pub id: VehicleId,
    /// Home.
    pub hub: HubId,
    /// Name on screens.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// What it may carry, in grams.
    pub capacity_g: i64,
    /// What it may hold, in millilitres.
    pub capacity_ml: i64,
    /// Local time at which its shift begins.
    pub shift_from: NaiveTime,
    /// Local time at which its shift ends.
    pub shift_until: NaiveTime,
    /// Who drives it.
    pub driver: DriverId,
    /// What it can do, with its driver.
    #[serde(default, skip_serializing_if = "Skills::is_empty")]
    pub skills: Skills,
}

impl JoinedVehicle {
    /// What the history keeps of a vehicle.
    pub fn of(vehicle: &Vehicle) -> Self {
        Self {
            id: vehicle.id,
            hub: vehicle.hub,
            label: vehicle.label.clone(),
            kind: vehicle.kind,
            capacity_g: vehicle.capacity_g,
            capacity_ml: vehicle.capacity_ml,
            shift_from: vehicle.shift_from,
            shift_until: vehicle.shift_until,
            driver: vehicle.driver.id,
            skills: vehicle.skills.clone(),
        }
    }

    /// The vehicle in `state`, as far as the history knows it: equal to [`Vehicle::without_name`].
    pub fn into_vehicle(self, state: VehicleState) -> Vehicle {
        Vehicle {
            id: self.id,
            hub: self.hub,
            label: self.label,
            kind: self.kind,
            capacity_g: self.capacity_g,
            capacity_ml: self.capacity_ml,
            shift_from: self.shift_from,
            shift_until: self.shift_until,
            driver: Driver { id: self.driver, name: String::new() },
            skills: self.skills,
            state,
        }
    }
}
