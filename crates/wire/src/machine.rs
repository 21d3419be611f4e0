//! What shops and administrators' systems say, and what they are told.

use crate::Point;
use chrono::{DateTime, NaiveTime, Utc};
use domain::{HubId, OrderId, Service, StopId, VehicleId, VehicleKind};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/orders`: one order, or many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PlaceOrders {
    /// Many, at most 1,000.
    Bulk {
        /// The orders.
        orders: Vec<PlaceOrder>,
    },
    /// One.
    Single(Box<PlaceOrder>),
}

/// An order as a shop places it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// The shop's own reference; sending it again changes nothing, and the answer names what differs.
    pub reference: String,
    /// Who receives it.
    pub recipient: PlaceRecipient,
    /// The address on one line.
    pub address: String,
    /// The door; looked up by the address when left out, and refused with the reason when that is doubtful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    /// When the promised window opens.
    pub window_from: DateTime<Utc>,
    /// When it closes.
    pub window_until: DateTime<Utc>,
    /// Its packages, at least one.
    pub packages: Vec<PlacePackage>,
    /// The hub that serves it, as its set-up answered; when left out, the hub whose zone holds
    /// the door on the promised day, or without any zone the nearest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<HubId>,
    /// Expected time at the door in seconds; 120 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_s: Option<i32>,
    /// Further windows of the same day, at most seven, apart from the first and from each other: served in any of them it is
    /// in time, and the promise reaches from the first to the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_windows: Vec<PlaceWindow>,
    /// How much it matters when not all orders find a place: 0, the usual, to 9; the higher is left out the later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i16>,
    /// What a vehicle has to be able to do, as codes such as `lift` or `cold`, at most 16; only one with all of them comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// The only vehicles that may serve it, each by its id or its label at the hub, at most 100; all when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_vehicles: Vec<String>,
    /// Vehicles that must not serve it, named in the same way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_vehicles: Vec<String>,
    /// What is done at the door; `deliver` when left out. With `collect` the packages are at the door and are taken to the hub,
    /// with `both` others that weigh and measure the same are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// What the driver has to know at the door, at most 500 characters. Erased with the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What is in the packages, at most 200 items. Erased with the recipient.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PlaceItem>,
}

/// One of several windows of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceWindow {
    /// When it opens.
    pub from: DateTime<Utc>,
    /// When it closes.
    pub until: DateTime<Utc>,
}

/// Something in the packages of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceItem {
    /// What it is, 1 to 120 characters.
    pub name: String,
    /// How many pieces, 1 to 10,000; 1 when left out.
    #[serde(default = "one_piece")]
    pub quantity: i32,
}

fn one_piece() -> i32 {
    1
}

/// Who receives an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceRecipient {
    /// Name at the door.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The language that they understand, as a code such as `mt` or `en-GB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// One package of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacePackage {
    /// What the label says.
    pub barcode: String,
    /// Weight in grams.
    pub weight_g: i64,
    /// Volume in millilitres.
    pub volume_ml: i64,
}

/// The answer to orders, one result for each, in the same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrdersAnswer {
    /// What became of each.
    pub results: Vec<PlaceOrderResult>,
}

/// What became of one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrderResult {
    /// The shop's reference; empty when it could not be read.
    pub reference: String,
    /// What became of it.
    pub result: PlaceStatus,
    /// Its id, when we have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The hub that serves it, when we have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<HubId>,
    /// Why it was refused, or what of a known one was sent otherwise, and what to do; or why no vehicle of the hub can take one
    /// that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceStatus {
    /// Stored now.
    Placed,
    /// Stored before under this reference.
    Known,
    /// Cannot be; the reason stands beside it.
    Refused,
}

/// `POST /api/v1/operation`: sets up a hub with its shops and vehicles. Needs an administrator's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetUp {
    /// The hub.
    pub hub: SetUpHub,
    /// Its shops.
    pub shops: Vec<String>,
    /// Its vehicles.
    pub vehicles: Vec<SetUpVehicle>,
}

/// A hub to set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetUpHub {
    /// Which hub, as an earlier set-up answered it; left out it is the one there is, or a new one where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<HubId>,
    /// Whether this is one more hub beside those there are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub another: bool,
    /// Name on screens; may change.
    pub name: String,
    /// The gate.
    pub at: Point,
    /// IANA time zone name.
    pub zone: String,
    /// Local time at which the day's orders are planned.
    pub plan_at: NaiveTime,
}

/// A vehicle to set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetUpVehicle {
    /// Which vehicle, as an earlier set-up answered it; left out it is the one with this label, or a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<VehicleId>,
    /// Name on screens, unique in the hub; may change where the id is given.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// Its driver's name.
    pub driver: String,
    /// What it may carry, in grams.
    pub capacity_g: i64,
    /// What it may hold, in millilitres.
    pub capacity_ml: i64,
    /// Local time at which its shift begins.
    pub shift_from: NaiveTime,
    /// Local time at which its shift ends.
    pub shift_until: NaiveTime,
    /// What it can do, with its driver, that an order may need: codes such as `lift` or `cold`, at most 16. Left out, a
    /// vehicle that is renewed keeps those that it has, and a new one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<String>>,
}

/// The answer to a set-up: the keys, shown this once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetUpAnswer {
    /// The hub that was set up.
    pub hub: HubId,
    /// A key for each shop, in the order of the request.
    pub shops: Vec<NamedKey>,
    /// A device token for each vehicle, in the order of the request.
    pub vehicles: Vec<VehicleToken>,
}

/// A vehicle and the secret of its device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VehicleToken {
    /// The vehicle.
    pub id: VehicleId,
    /// Its label.
    pub name: String,
    /// The secret. Only its hash is stored.
    pub key: String,
}

/// A shop's secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedKey {
    /// The shop's name.
    pub name: String,
    /// The secret. Only its hash is stored.
    pub key: String,
}

/// `?hub=` in an address: which hub is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtHub {
    /// The hub; the caller's own, or else the oldest, when left out.
    #[serde(default)]
    pub hub: Option<HubId>,
}

/// `GET /api/v1/clock`: the world's time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClockAnswer {
    /// Now, on the world's clock.
    pub now: DateTime<Utc>,
    /// World seconds in one real second; 1 outside a demo.
    pub factor: f64,
}

/// `GET /api/v1/stats`: what all hubs have come to. Needs an administrator's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Vehicles.
    pub vans: i64,
    /// Vehicles whose position has changed on the live feed since they were first seen.
    pub moved: i64,
    /// Positions stored.
    pub stored: i64,
    /// Events recorded.
    pub events: i64,
}

/// `GET /api/v1/estimates`: when every stop of today that is not over is expected, or was reached. Needs an administrator's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimates {
    /// What "now" means here.
    pub now: DateTime<Utc>,
    /// The plan's revision; nothing before the morning plan.
    pub revision: Option<i32>,
    /// The stops, by route and place.
    pub stops: Vec<StopEstimate>,
}

/// When one stop is expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StopEstimate {
    /// The stop.
    pub stop: StopId,
    /// The shop's reference of its order.
    pub reference: String,
    /// The vehicle's name.
    pub vehicle: String,
    /// What it is.
    pub kind: VehicleKind,
    /// Whether the vehicle has left the hub.
    pub left: bool,
    /// When the promised window opens.
    pub window_from: DateTime<Utc>,
    /// When it closes.
    pub window_until: DateTime<Utc>,
    /// Arrival by the plan.
    pub planned: DateTime<Utc>,
    /// When somebody was at the door, if somebody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<DateTime<Utc>>,
    /// Expected arrival, when there is an estimate and nobody is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<DateTime<Utc>>,
    /// Nine of ten arrivals fall between this and `latest`; nothing before enough estimates were scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<DateTime<Utc>>,
    /// The other end of that range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<DateTime<Utc>>,
    /// Whether it stands among the exceptions as late.
    pub late: bool,
}

/// What an API answers when it refuses a request as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A short name that programs can compare.
    pub code: String,
    /// What happened, what it means, what to do.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shops_sent_before_is_read_as_before() {
        let old = serde_json::json!({
            "reference": "BOO-000001", "recipient": { "name": "Rita Vella", "phone": "+356 2100 0001" },
            "address": "3 Main Road", "window_from": "2026-11-23T08:00:00Z", "window_until": "2026-11-23T12:00:00Z",
            "packages": [{ "barcode": "P1", "weight_g": 1, "volume_ml": 1 }],
        });
        let PlaceOrders::Single(order) = serde_json::from_value(old.clone()).unwrap() else {
            panic!("{old}")
        };
        assert!(order.more_windows.is_empty() && order.priority.is_none() && order.items.is_empty());
        assert_eq!(serde_json::to_value(&*order).unwrap(), old, "what is not said is not sent");
        let mut new = old;
        new["more_windows"] =
            serde_json::json!([{ "from": "2026-11-23T14:00:00Z", "until": "2026-11-23T15:00:00Z" }]);
        new["service"] = "collect".into();
        new["items"] = serde_json::json!([{ "name": "Bread" }]);
        let order: PlaceOrder = serde_json::from_value(new).unwrap();
        assert_eq!((order.service, order.items[0].quantity), (Some(Service::Collect), 1));
        let vehicle = serde_json::json!({ "label": "Van 01", "kind": "diesel_van", "driver": "Driver", "capacity_g": 1,
            "capacity_ml": 1, "shift_from": "07:30:00", "shift_until": "16:30:00" });
        assert_eq!(serde_json::from_value::<SetUpVehicle>(vehicle).unwrap().skills, None);
    }
}
