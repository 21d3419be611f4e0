//! How fast history is brought in: a file of JSON lines into an empty database, and once more when all of it is known. Prints
//! orders a second; asserts nothing about time.

#![expect(clippy::unwrap_used, reason = "a bench may fail where it stands")]

#[path = "../tests/day/common.rs"]
#[expect(dead_code, reason = "the tests of whole days use the rest")]
mod common;

use common::{Hub, set_up};
use operations::HistoryForm;
use std::collections::BTreeSet;
use std::time::Instant;
use store::Database;
use wire::history::HistoryRecord;
use wire::machine::{SetUp, SetUpAnswer};

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "a bench is told by these variables")]
async fn main() {
    let told = std::env::var("DOORSTEP_LOAD").ok().zip(std::env::var("DOORSTEP_HISTORY").ok());
    let Some((url, file)) = told else {
        println!("SKIPPED history: `cargo xtask bench history` plays one and makes a database for it");
        return;
    };
    let lines = std::fs::read(&file).unwrap();
    let database = Database::connect(&url, 16).await.unwrap();
    let hub = Hub {
        database,
        url,
        keys: SetUpAnswer { hub: domain::HubId(uuid::Uuid::nil()), shops: vec![], vehicles: vec![] },
        keep: None,
        roads: None,
        city: None,
    };
    let ops = hub.at("2027-01-01T09:00:00Z".parse().unwrap());
    let machine = ops.who_by_key(&ops.add_administrator_key().await.unwrap()).await.unwrap();
    ops.set_up(&machine, asked_by(&lines)).await.unwrap();

    println!("| | orders | seconds | orders a second |\n|---|---|---|---|");
    for what in ["new", "known already"] {
        let began = Instant::now();
        let answer = ops.import_history(&machine, None, HistoryForm::Lines, lines.clone()).await.unwrap();
        assert_eq!(answer.refusals, []);
        let (orders, seconds) = (answer.orders + answer.known, began.elapsed().as_secs_f64());
        println!("| {what} | {orders} | {seconds:.1} | {:.0} |", orders as f64 / seconds);
    }
}

/// The hub, vehicles and shops of which the file speaks.
fn asked_by(lines: &[u8]) -> SetUp {
    let (mut labels, mut shops, mut at) = (BTreeSet::new(), BTreeSet::new(), None);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line).unwrap() {
            HistoryRecord::Route(route) => drop(labels.insert(route.vehicle)),
            HistoryRecord::Order(order) => {
                shops.insert(order.shop);
                at = at.or(order.order.at);
            }
            HistoryRecord::Positions(_) => {}
        }
    }
    let mut ask = set_up();
    let model = ask.vehicles.first().cloned().unwrap();
    ask.hub.at = at.unwrap();
    ask.shops = shops.into_iter().collect();
    ask.vehicles = labels
        .into_iter()
        .map(|label| wire::machine::SetUpVehicle {
            driver: format!("Driver of {label}"),
            label,
            ..model.clone()
        })
        .collect();
    ask
}
