//! What shops, administrators' systems and phones may rely on: an example of everything that crosses `/api/v1` and `/intake`,
//! read as its type and written back the same. A field that is added is added here; one that goes breaks somebody's program.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeSet, path::PathBuf};
use wire::{
    driver::{DriverRoute, Outcomes, OutcomesAnswer, Positions, PositionsAnswer},
    machine::{ClockAnswer, Estimates, PlaceOrders, PlaceOrdersAnswer, Problem, SetUp, SetUpAnswer, Stats},
    roster::{Roster, SaveShifts},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The example is read as the type, and the type is written as the example.
fn is_kept<T: Serialize + DeserializeOwned>(name: &'static str) -> &'static str {
    let example = read(name);
    let value: T = serde_json::from_value(example.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let (example, written) = (pretty(&example), pretty(&serde_json::to_value(&value).unwrap()));
    assert_eq!(example, written, "{name}");
    name
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn every_answer_and_question_is_as_its_example() {
    let kept = [
        is_kept::<PlaceOrders>("place_orders"),
        is_kept::<PlaceOrders>("place_one_order"),
        is_kept::<PlaceOrdersAnswer>("place_orders_answer"),
        is_kept::<SetUp>("set_up"),
        is_kept::<SetUpAnswer>("set_up_answer"),
        is_kept::<ClockAnswer>("clock"),
        is_kept::<Stats>("stats"),
        is_kept::<Estimates>("estimates"),
        is_kept::<Problem>("problem"),
        is_kept::<Positions>("positions"),
        is_kept::<PositionsAnswer>("positions_answer"),
        is_kept::<Outcomes>("outcomes"),
        is_kept::<OutcomesAnswer>("outcomes_answer"),
        is_kept::<DriverRoute>("driver_route"),
        is_kept::<Roster>("roster"),
        is_kept::<SaveShifts>("save_shifts"),
    ];
    let kept: BTreeSet<String> = kept.into_iter().map(str::to_owned).collect();
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<String> =
        files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(files, kept, "each example is tried, and each that is tried is there");
}

#[test]
fn what_was_sent_before_a_field_was_there_is_still_read() {
    let mut order = read("place_one_order");
    let needed = ["reference", "recipient", "address", "window_from", "window_until", "packages"];
    order.as_object_mut().unwrap().retain(|field, _| needed.contains(&field.as_str()));
    let order: PlaceOrders = serde_json::from_value(order).unwrap();
    assert!(matches!(order, PlaceOrders::Single(order) if order.hub.is_none() && order.at.is_none()));
}
