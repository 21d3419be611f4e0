//! Walk 1 under fire: the server and PostgreSQL are killed in the middle of a day, and everything that a device or a shop
//! was answered is still there.

use crate::setup::{TestServer, TestSetup, kill_9};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

struct Sent {
    positions: Vec<Value>,
    orders: Vec<Value>,
    reports: Vec<Value>,
}

/// Sends positions, reports and orders until `until` says stop; answers what was acknowledged.
async fn send(
    server: &TestServer,
    shop: &str,
    van: &str,
    from: usize,
    count: usize,
    now: DateTime<Utc>,
) -> Sent {
    let mut sent = Sent { positions: vec![], orders: vec![], reports: vec![] };
    for n in from..from + count {
        let at = now - TimeDelta::hours(1) + TimeDelta::seconds(n as i64);
        let fix = json!({ "at": at, "lat": -19.05 + n as f64 * 1e-5, "lon": -169.92 });
        let (status, answer) = server.post("/intake/positions", van, &json!({ "fixes": [fix] })).await;
        if status == 200 {
            assert_eq!(answer["stored"].as_i64().unwrap() + answer["known"].as_i64().unwrap(), 1, "{answer}");
            sent.positions.push(fix);
        }
        let what = if n % 2 == 0 {
            json!({ "kind": "off_road", "reason": "flat tyre" })
        } else {
            json!({ "kind": "recovered" })
        };
        let mut report = json!({ "id": format!("00000000-0000-7000-8000-{n:012}"), "at": at });
        report.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        let (status, answer) = server.post("/intake/outcomes", van, &json!({ "reports": [report] })).await;
        // A report that its predecessor's loss made pointless is refused, and needs no remembering.
        if status == 200 && answer["results"][0]["result"] == "stored" {
            sent.reports.push(report);
        }
        let order = json!({
            "reference": format!("BOO-{n:06}"),
            "recipient": { "name": "Recipient", "phone": "+683 0000" },
            "address": "Main road", "at": { "lat": -19.05, "lon": -169.92 },
            "window_from": now + TimeDelta::hours(2), "window_until": now + TimeDelta::hours(4),
            "packages": [{ "barcode": format!("P{n}"), "weight_g": 100, "volume_ml": 100 }],
        });
        let (status, answer) = server.post("/api/v1/orders", shop, &order).await;
        if status == 200 {
            assert_ne!(answer["results"][0]["result"], "refused", "{answer}");
            sent.orders.push(order);
        }
    }
    sent
}

/// Sends again what was acknowledged: all of it must be known.
async fn all_known(server: &TestServer, shop: &str, van: &str, sent: &Sent) {
    let (status, answer) = server.post("/intake/positions", van, &json!({ "fixes": sent.positions })).await;
    assert_eq!((status, answer["stored"].as_i64()), (200, Some(0)), "a position was lost: {answer}");
    let (status, answer) = server.post("/intake/outcomes", van, &json!({ "reports": sent.reports })).await;
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["result"] == "known"), "a report was lost: {answer}");
    assert_eq!(results.len(), sent.reports.len());
    let (status, answer) = server.post("/api/v1/orders", shop, &json!({ "orders": sent.orders })).await;
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["result"] == "known"), "an order was lost");
    assert_eq!(results.len(), sent.orders.len());
}

async fn world_now(server: &TestServer) -> DateTime<Utc> {
    let client = TestServer::client();
    let answer: Value = client
        .get(format!("{}/api/v1/clock", server.url))
        .bearer_auth(&server.admin_key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["now"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_answered_is_lost_when_server_or_postgres_are_killed() {
    let Some(setup) = TestSetup::prepare("nothing_answered_is_lost") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = server.set_up().await;
    let now = world_now(&server).await;

    // The server dies while a device and a shop are sending.
    let killed = std::sync::Arc::new(server);
    let sender = {
        let (server, shop, van) = (killed.clone(), shop.clone(), van.clone());
        tokio::spawn(async move { send(&server, &shop, &van, 0, 120, now).await })
    };
    wait_for(&killed, 60).await;
    let pid = killed.pid();
    kill_9(pid);
    let first = sender.await.unwrap();
    assert!(first.positions.len() >= 60 && first.orders.len() < 120, "it died in the middle");
    assert!(first.reports.len() >= 30, "{}", first.reports.len());
    let Ok(server) = std::sync::Arc::try_unwrap(killed) else { panic!("the sender has ended") };
    server.kill_9();

    // A new server adopts the database that went on without it, and goes on with the same day.
    let server = setup.open(&["--continue"]);
    assert!(world_now(&server).await - now < TimeDelta::hours(1), "the day goes on");
    all_known(&server, &shop, &van, &first).await;

    // PostgreSQL dies while they are sending; the server brings it back.
    let server = std::sync::Arc::new(server);
    let sender = {
        let (server, shop, van) = (server.clone(), shop.clone(), van.clone());
        tokio::spawn(async move { send(&server, &shop, &van, 200, 120, now).await })
    };
    wait_for(&server, first.positions.len() as i64 + 40).await;
    kill_9(setup.postmaster());
    let second = sender.await.unwrap();
    let began = Instant::now();
    let mut third = Sent { positions: vec![], orders: vec![], reports: vec![] };
    while third.orders.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not come back");
        third = send(&server, &shop, &van, 400, 1, now).await;
    }
    all_known(&server, &shop, &van, &first).await;
    all_known(&server, &shop, &van, &second).await;
    all_known(&server, &shop, &van, &third).await;
    let Ok(server) = std::sync::Arc::try_unwrap(server) else { panic!("the sender has ended") };
    server.close();
}

/// Waits until this many positions are stored.
async fn wait_for(server: &TestServer, stored: i64) {
    let began = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(50));
    loop {
        look.tick().await;
        assert!(began.elapsed() < Duration::from_secs(60), "nothing arrives");
        let client = TestServer::client();
        let answer =
            client.get(format!("{}/api/v1/stats", server.url)).bearer_auth(&server.admin_key).send().await;
        let stats: Value = answer.unwrap().json().await.unwrap();
        if stats["stored"].as_i64().is_some_and(|n| n >= stored) {
            return;
        }
    }
}
