//! A small day in the middle of things, for tests that need something on every page.

use crate::setup::TestServer;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The keys and ids of the day.
pub struct Day {
    pub hub: String,
    pub shop: String,
    pub van: String,
    pub orders: Vec<String>,
    pub stops: Vec<String>,
    pub route: String,
}

/// Texts of a day, so that a test may choose hostile ones.
pub struct Texts<'a> {
    pub name: &'a str,
    pub label: &'a str,
}

const DOORS: [(f64, f64); 6] = [
    (-19.0530, -169.9190),
    (-19.0545, -169.9180),
    (-19.0560, -169.9200),
    (-19.0500, -169.9170),
    (-19.0480, -169.9160),
    (-19.0520, -169.9175),
];

/// Sets up a hub, places orders, waits for the morning plan, and sends the van out: one delivery, one failure, one arrival,
/// one breakdown.
pub async fn begin(server: &TestServer, texts: &Texts<'_>) -> Day {
    let Texts { name, label } = texts;
    let ask = json!({
        "hub": { "name": format!("Hub {name}"), "at": { "lat": -19.0530, "lon": -169.9190 }, "zone": "Europe/Malta",
                 "plan_at": "08:00:00" },
        "shops": [format!("Books {name}")],
        "vehicles": [{ "label": format!("Van {name}"), "kind": "diesel_van", "driver": format!("Driver {name}"),
                       "capacity_g": 500_000, "capacity_ml": 4_000_000, "shift_from": "08:05:00", "shift_until": "18:30:00" }],
    });
    let (status, keys) = server.post("/api/v1/operation", &server.admin_key, &ask).await;
    assert_eq!(status, 200, "{keys}");
    let hub = keys["hub"].as_str().unwrap().to_owned();
    let shop = keys["shops"][0]["key"].as_str().unwrap().to_owned();
    let van = keys["vehicles"][0]["key"].as_str().unwrap().to_owned();

    let now = server.now().await;
    let order = |(n, (lat, lon)): (usize, &(f64, f64))| {
        json!({
            "reference": format!("{label}{n}"),
            "recipient": { "name": format!("Recipient {n} {name}"), "phone": format!("+683 000{n} {name}").chars().take(40).collect::<String>() },
            "address": format!("Main road {n}, {name}"), "at": { "lat": lat, "lon": lon },
            "window_from": now + TimeDelta::minutes(30), "window_until": now + TimeDelta::hours(6),
            "packages": [{ "barcode": format!("P{n}"), "weight_g": 100, "volume_ml": 100 }],
        })
    };
    let asked: Vec<Value> = DOORS.iter().enumerate().map(order).collect();
    let (status, answer) = server.post("/api/v1/orders", &shop, &json!({ "orders": asked })).await;
    assert_eq!(status, 200, "{answer}");
    let orders = answer["results"].as_array().unwrap().iter();
    let orders: Vec<String> =
        orders.map(|r| r["order"].as_str().unwrap_or_else(|| panic!("{r}")).to_owned()).collect();

    let began = Instant::now();
    let route = loop {
        let ask = TestServer::client().get(format!("{}/intake/route", server.url)).bearer_auth(&van);
        let answer = ask.send().await.unwrap();
        if answer.status() == 200 {
            break answer.json::<Value>().await.unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(90), "the morning was not planned");
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    let id = route["route"].as_str().unwrap().to_owned();
    let stops = route["stops"].as_array().unwrap().iter();
    let stops: Vec<String> = stops.map(|s| s["stop"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stops.len(), DOORS.len());

    let at = server.now().await;
    let mut number = 0;
    let mut report = |what: Value| {
        number += 1;
        let mut report = json!({ "id": format!("00000000-0000-7000-8000-{number:012}"), "at": at + TimeDelta::milliseconds(number) });
        report.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        report
    };
    let reports = [
        report(json!({ "kind": "departed", "route": id })),
        report(json!({ "kind": "arrived", "stop": stops[0] })),
        report(
            json!({ "kind": "delivered", "stop": stops[0], "outcome": "delivered_to_recipient", "note": name }),
        ),
        report(json!({ "kind": "arrived", "stop": stops[1] })),
        report(json!({ "kind": "failed", "stop": stops[1], "outcome": "failed_not_home", "note": name })),
        report(json!({ "kind": "arrived", "stop": stops[2] })),
        report(json!({ "kind": "off_road", "reason": name })),
    ];
    let (status, answer) = server.post("/intake/outcomes", &van, &json!({ "reports": reports })).await;
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["result"] == "stored"), "{answer}");
    Day { hub, shop, van, orders, stops, route: id }
}
