//! How long the server takes for a control-room page with 40 routes and 1,500 stops: the real binary with a real database,
//! asked over loopback by one browser's worth of connection; and for every tile of its map. Prints medians; asserts
//! nothing about time.
//!
//! `cargo bench -p server --bench page` with `DOORSTEP_EXTRACTS` set.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a bench may fail where it stands")]

#[path = "../tests/product/setup.rs"]
#[expect(dead_code, reason = "the whole-product tests use the rest")]
mod setup;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use setup::{TestServer, TestSetup};
use std::time::{Duration, Instant};

const ROUTES: usize = 40;
const STOPS: usize = 1_500;
const ROUNDS: usize = 300;
/// Room for 38 orders, so that the day needs every vehicle.
const CAPACITY_ML: i64 = 38 * 8_000;

#[tokio::main]
async fn main() {
    let Some(setup) = TestSetup::prepare_in("malta-latest.osm.pbf", "bench page") else { return };
    let server = setup.open(&["--factor", "10", "--start", "07:29"]);
    let get =
        |path: &str| TestServer::client().get(format!("{}{path}", server.url)).bearer_auth(&server.admin_key);
    let now: Value = get("/api/v1/clock").send().await.unwrap().json().await.unwrap();
    let now: DateTime<Utc> = now["now"].as_str().unwrap().parse().unwrap();
    let vehicles: Vec<_> = (1..=ROUTES)
        .map(|n| {
            json!({ "label": format!("Van {n:02}"), "kind": "diesel_van", "driver": format!("Driver {n:02}"),
                    "capacity_g": 120_000, "capacity_ml": CAPACITY_ML, "shift_from": "07:30:00", "shift_until": "20:00:00" })
        })
        .collect();
    let ask = json!({
        "hub": { "name": "Bench hub", "at": { "lat": 35.885, "lon": 14.47 }, "zone": "Europe/Malta", "plan_at": "07:30:00" },
        "shops": ["Books"], "vehicles": vehicles,
    });
    let (status, keys) = server.post("/api/v1/operation", &server.admin_key, &ask).await;
    assert_eq!(status, 200, "{keys}");
    let shop = keys["shops"][0]["key"].as_str().unwrap();
    let orders: Vec<_> = (0..STOPS).map(|n| order(n, now)).collect();
    for part in orders.chunks(750) {
        let (status, answer) = server.post("/api/v1/orders", shop, &json!({ "orders": part })).await;
        assert_eq!(status, 200, "{answer}");
    }
    let cookie = sign_in(&server).await;
    let page = || async {
        let asked =
            TestServer::client().get(format!("{}/control-room", server.url)).header("cookie", &cookie);
        asked.header("accept", "text/html").send().await.unwrap().text().await.unwrap()
    };
    let began = Instant::now();
    let mut look = tokio::time::interval(Duration::from_secs(1));
    let board = loop {
        look.tick().await;
        assert!(began.elapsed() < Duration::from_secs(300), "the day was not planned");
        let asked = TestServer::client().get(format!("{}/api/board", server.url)).header("cookie", &cookie);
        let board: Value = asked.send().await.unwrap().json().await.unwrap();
        if board["head"]["revision"].as_i64().is_some() {
            break board;
        }
    };
    let routes = board["routes"].as_array().unwrap().len();
    assert_eq!(routes, ROUTES, "the page is measured with every route");
    let bytes = page().await.len();

    // One connection, kept alive, as a browser has it.
    let client = TestServer::client();
    let mut times: Vec<_> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let asked = client.get(format!("{}/control-room", server.url)).header("cookie", &cookie);
        let text = asked.header("accept", "text/html").send().await.unwrap().text().await.unwrap();
        times.push(began.elapsed());
        assert!(text.contains("Van 01"));
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!(
        "control-room page: {routes} routes, {} stops, {bytes} bytes, {ROUNDS} requests: median {:.1} ms, p90 {:.1} ms, p99 {:.1} ms",
        board["counts"]["stops"],
        at(0.5),
        at(0.9),
        at(0.99)
    );
    tiles(&server).await;
    server.close();
}

/// Every tile of the area around the hub from far to near, as somebody who pans for a day would ask for them, beside the
/// page: does panning hold anybody up?
async fn tiles(server: &TestServer) {
    let (south, west, north, east) = (35.78_f64, 14.18_f64, 36.09_f64, 14.58_f64);
    let client = TestServer::client();
    let mut times = Vec::new();
    let mut bytes = 0;
    for zoom in 8..=14_u32 {
        let across = f64::from(1_u32 << zoom);
        let column = |lon: f64| ((lon / 360.0 + 0.5) * across) as u32;
        let row = |lat: f64| {
            let lat = lat.to_radians();
            ((0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::TAU) * across) as u32
        };
        for x in column(west)..=column(east) {
            for y in row(north)..=row(south) {
                let began = Instant::now();
                let asked = client.get(format!("{}/tiles/{zoom}/{x}/{y}", server.url));
                bytes += asked.send().await.unwrap().bytes().await.unwrap().len();
                times.push(began.elapsed());
            }
        }
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!(
        "tiles: {} asked for, {bytes} bytes: median {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// A door on a spiral around the hub, promised for the whole day.
fn order(n: usize, now: DateTime<Utc>) -> Value {
    let (angle, radius) = (n as f64 * 2.399_963, 0.025 * (n as f64 / STOPS as f64).sqrt());
    json!({
        "reference": format!("BOO-{n:06}"),
        "recipient": { "name": format!("Recipient {n:04}"), "phone": format!("+356 2100 {n:04}") },
        "address": format!("Triq {n}"),
        "at": { "lat": 35.885 + radius * angle.sin(), "lon": 14.47 + radius * angle.cos() },
        "window_from": now, "window_until": now + TimeDelta::hours(12),
        "packages": [{ "barcode": format!("P{n}"), "weight_g": 2_000, "volume_ml": 8_000 }],
    })
}

async fn sign_in(server: &TestServer) -> String {
    let link = server.links["dispatcher"].as_str().unwrap();
    let signed = TestServer::client().post(link).send().await.unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
