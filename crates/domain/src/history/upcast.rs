//! Facts of earlier versions, brought into today's form.

use crate::Coordinate;
use serde_json::{Map, Value};

/// Version 1 held whole orders and vehicles, with names, phones and addresses; the migration that brought version 2 has taken
/// these out, and they are not looked at here.
pub(super) fn from_1(kind: &str, mut facts: Value) -> Value {
    match kind {
        "order_placed" => {
            if let Some(order) = facts.get_mut("order").and_then(Value::as_object_mut) {
                placed(order);
            }
        }
        "vehicle_joined" => {
            if let Some(vehicle) = facts.get_mut("vehicle").and_then(Value::as_object_mut)
                && let Some(id) = vehicle.get("driver").and_then(|driver| driver.get("id")).cloned()
            {
                vehicle.insert("driver".to_owned(), id);
                vehicle.remove("state");
            }
        }
        _ => {}
    }
    facts
}

fn placed(order: &mut Map<String, Value>) {
    let taken = |order: &mut Map<String, Value>, from: &str, part: &str| {
        order.remove(from).and_then(|mut whole| whole.get_mut(part).map(Value::take))
    };
    if let Some(window) = taken(order, "promise", "original") {
        order.insert("promised".to_owned(), window);
    }
    let at = taken(order, "address", "at").and_then(|at| serde_json::from_value::<Coordinate>(at).ok());
    if let Some(at) = at.and_then(|at| serde_json::to_value(at.roughly()).ok()) {
        order.insert("at".to_owned(), at);
    }
    for gone in ["recipient", "placed_at", "aboard", "state"] {
        order.remove(gone);
    }
}
