//! What cannot be is refused by name, is the caller's fault, and keeps nothing else out; and what a server says of itself.

use crate::setup::{TestServer, TestSetup};
use chrono::TimeDelta;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_keeps_no_other_out() {
    let Some(setup) = TestSetup::prepare("one_that_cannot_be") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = server.set_up().await;
    let now = server.now().await;

    let id = |n: u32| format!("00000000-0000-7000-8000-{n:012}");
    let reports = json!([
        { "id": id(1), "at": now, "kind": "off_road", "reason": "flat tyre" },
        { "id": id(2), "at": now, "kind": "flew" },
        { "id": id(3), "at": now, "kind": "delivered", "stop": id(9), "outcome": "delivered_to_the_moon" },
        { "id": id(4), "at": "-5000-01-01T00:00:00Z", "kind": "recovered" },
        { "id": id(5), "at": "1970-01-01T00:00:00Z", "kind": "recovered" },
        { "id": id(6), "at": now + TimeDelta::days(1), "kind": "recovered" },
        { "id": id(7), "at": "+262142-12-31T00:00:00Z", "kind": "recovered" },
        { "at": now, "kind": "recovered" },
        "nonsense",
        { "id": id(8), "at": now, "kind": "recovered" },
    ]);
    let (status, answer) = server.post("/intake/outcomes", &van, &json!({ "reports": reports })).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 10);
    for (n, result) in results.iter().enumerate() {
        let stored = [0, 9].contains(&n);
        assert_eq!(result["result"], if stored { "stored" } else { "refused" }, "{n}: {result}");
        assert!(stored || result["why"].as_str().unwrap().len() > 20, "{result}");
        assert_eq!(
            result["id"] == "00000000-0000-0000-0000-000000000000",
            [7, 8].contains(&n),
            "{n}: {result}"
        );
    }
    for (n, word) in [(1, "flew"), (2, "delivered_to_the_moon"), (3, "7 days"), (4, "7 days"), (5, "future")]
    {
        assert!(results[n]["why"].as_str().unwrap().contains(word), "{}", results[n]);
    }

    let fixes = json!([
        { "at": now, "lat": -19.05, "lon": -169.92 },
        { "at": "soon", "lat": -19.05, "lon": -169.92 },
        { "at": now - TimeDelta::seconds(1), "lat": 95, "lon": 0 },
        { "lat": 1 },
        { "at": now - TimeDelta::seconds(2), "lat": -19.05, "lon": -169.92 },
    ]);
    let (status, answer) = server.post("/intake/positions", &van, &json!({ "fixes": fixes })).await;
    assert_eq!((status, &answer["stored"]), (200, &json!(2)), "{answer}");
    let refused: Vec<_> =
        answer["refused"].as_array().unwrap().iter().map(|r| r["index"].as_u64().unwrap()).collect();
    assert_eq!(refused, [1, 2, 3]);
    let osmand = format!(
        "{}/osmand?id={van}&lat=-19.05&lon=-169.92&timestamp={}",
        server.url,
        (now - TimeDelta::seconds(9)).format("%Y-%m-%d%%20%H:%M:%S.000")
    );
    let stored: serde_json::Value =
        TestServer::client().get(osmand).send().await.unwrap().json().await.unwrap();
    assert_eq!(stored["stored"], 1, "{stored}");

    let order = |reference: &str, change: serde_json::Value| {
        let mut order = json!({
            "reference": reference, "recipient": { "name": "R", "phone": "+683 1" }, "address": "Main road",
            "at": { "lat": -19.053, "lon": -169.919 },
            "window_from": now + TimeDelta::hours(1), "window_until": now + TimeDelta::hours(3),
            "packages": [{ "barcode": "P", "weight_g": 1, "volume_ml": 1 }],
        });
        order.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        order
    };
    let year_9999 = json!({ "window_from": "9999-01-01T08:00:00Z", "window_until": "9999-01-01T10:00:00Z" });
    let cases = [
        ("A1", json!({}), None),
        ("A2", json!({ "at": { "lat": 0, "lon": 0 } }), Some("not near the hub's streets")),
        ("A3", json!({ "at": { "lat": -169.919, "lon": -19.053 } }), Some("swapped")),
        ("A4", json!({ "at": { "lat": 52.52, "lon": 13.40 } }), Some("not near the hub's streets")),
        ("A5", json!({ "at": { "lat": -19.3, "lon": -170.2 } }), Some("not near the hub's streets")),
        ("A6", year_9999, Some("366 days")),
        ("A7", json!({ "recipient": { "name": "", "phone": "1" } }), Some("recipient.name")),
        ("A8", json!({ "recipient": { "name": "x".repeat(20_000), "phone": "1" } }), Some("recipient.name")),
        ("A9", json!({ "recipient": 7 }), Some("cannot be read")),
        ("B1<b>", json!({}), Some("reference")),
        (
            "B2",
            json!({ "packages": [{ "barcode": "P", "weight_g": i64::MAX, "volume_ml": 1 }] }),
            Some("weight_g"),
        ),
        (
            "B4",
            json!({ "packages": [{ "barcode": "P", "weight_g": 1, "volume_ml": 1 },
                                 { "barcode": " P", "weight_g": 2, "volume_ml": 1 }] }),
            Some("packages: the barcode P stands twice"),
        ),
        ("B3", json!({}), None),
    ];
    let orders: Vec<_> =
        cases.iter().map(|(reference, change, _)| order(reference, change.clone())).collect();
    let (status, answer) = server.post("/api/v1/orders", &shop, &json!({ "orders": orders })).await;
    assert_eq!(status, 200, "{answer}");
    for ((reference, _, why), result) in cases.iter().zip(answer["results"].as_array().unwrap()) {
        assert_eq!(result["reference"], *reference);
        match why {
            None => assert_eq!(result["result"], "placed", "{result}"),
            Some(why) => {
                assert_eq!(result["result"], "refused", "{result}");
                assert!(result["why"].as_str().unwrap().contains(why), "{result}");
            }
        }
    }

    // Sent again, one as it was and one to another door and time.
    let elsewhere = json!({ "address": "another street 2", "window_until": "2027-01-01T10:00:00Z" });
    let orders = [order("A1", json!({})), order("B3", elsewhere)];
    let (_, answer) = server.post("/api/v1/orders", &shop, &json!({ "orders": orders })).await;
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["result"] == "known"), "{answer}");
    assert!(results[0].get("why").is_none(), "{answer}");
    let why = results[1]["why"].as_str().unwrap();
    assert!(why.contains("another address, window, and nothing was changed"), "{why}");

    let fleet = |vehicle: serde_json::Value| {
        json!({ "hub": { "name": "Test hub", "at": { "lat": -19.05, "lon": -169.92 }, "zone": "Pacific/Niue", "plan_at": "23:00:00" },
                "shops": [], "vehicles": [vehicle] })
    };
    let van = json!({ "label": "Van 01", "kind": "diesel_van", "driver": "D", "capacity_g": i64::MAX, "capacity_ml": 1,
                      "shift_from": "07:30:00", "shift_until": "16:30:00" });
    let (status, answer) = server.post("/api/v1/operation", &server.admin_key, &fleet(van)).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("capacity_g"), "{answer}");
    let nowhere = json!({ "hub": { "name": "Test hub", "at": { "lat": 95, "lon": 14 }, "zone": "Pacific/Niue",
                                   "plan_at": "23:00:00" }, "shops": [], "vehicles": [] });
    let (status, answer) = server.post("/api/v1/operation", &server.admin_key, &nowhere).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["message"].as_str().unwrap().starts_with("hub.at.lat: "), "{answer}");
    assert!(!setup.log().contains("panicked"), "{}", setup.log());
    server.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_gets_wrong_is_the_callers_fault() {
    let Some(setup) = TestSetup::prepare("callers_faults") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    server.set_up().await;
    let cookies = server.sign_in("administrator").await;
    for path in [
        "/api/figures?day=2026-13-45",
        "/api/figures?day=%2B262142-12-31",
        "/api/figures?day=-262143-01-01",
        "/api/figure-rows?day=2026-11-28&figure=nonsense&page=1",
        "/api/figure-rows?day=%2B200000-01-01&figure=failed&page=4294967295",
        "/api/route?id=x",
        "/api/route?route=x",
        "/api/route",
        "/api/order?order=00000000",
        "/api/slots",
        "/api/find-orders?text=a&page=-1",
        "/api/queue?filter=everything",
    ] {
        let (status, body) = server.fetch(path, &cookies).await;
        assert!((400..500).contains(&status), "{path}: {status} {body}");
        let answer: serde_json::Value =
            serde_json::from_str(&body).unwrap_or_else(|e| panic!("{path}: {e}: {body}"));
        assert!(answer["message"].as_str().is_some_and(|said| said.len() > 20), "{path}: {body}");
    }
    for (path, form) in [
        ("/api/accept-proposal", vec![("proposal", "x")]),
        ("/api/reschedule-order", vec![]),
        ("/api/close-road", vec![("until", "%00")]),
        ("/api/set-weather", vec![("weather", "frogs")]),
        ("/api/resolve-exception", vec![("exception", "1"), ("what", "\0")]),
    ] {
        let (status, body) = server.call(path, &cookies, &form).await;
        assert!((400..500).contains(&status) && body.contains("message"), "{path}: {status} {body}");
    }
    let id = "00000000-0000-7000-8000-000000000001";
    let (from, until) = ("+262142-12-31T00:00:00Z", "+262142-12-31T02:00:00Z");
    let (status, _) = server
        .call("/api/reschedule-order", &cookies, &[("order", id), ("from", from), ("until", until)])
        .await;
    assert!((400..500).contains(&status), "{status}");
    let (status, body) =
        server.call("/api/sign-in", "", &[("name", "dispatcher\0"), ("password", "\0")]).await;
    assert_eq!(status, 401, "{body}");
    let (status, _) =
        server.call("/api/sign-in", "", &[("name", &"x".repeat(100_000)), ("password", "y")]).await;
    assert_eq!(status, 401);
    let (status, _) =
        server.call("/api/sign-in", "", &[("name", &"x".repeat(400_000)), ("password", "y")]).await;
    assert!([400, 413].contains(&status), "a long form is not read to its end: {status}");

    for (path, status) in [("/healthz", 200), ("/health", 200), ("/readyz", 200)] {
        let answer = TestServer::client().get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        for (name, value) in [
            ("strict-transport-security", "max-age=63072000"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path}");
        }
    }
    // What a page may load is named one by one, and nothing may be written into it.
    let page =
        TestServer::client().get(format!("{}/sign-in", server.url)).header("accept", "text/html").send();
    let page = page.await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert_eq!(page.headers()["strict-transport-security"], "max-age=63072000");
    for cookie in cookies.split("; ") {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
    }
    let ready: serde_json::Value = TestServer::client()
        .get(format!("{}/readyz", server.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((&ready["ready"], &ready["workers"]["watch"]), (&json!(true), &json!("works")), "{ready}");
    assert!(!setup.log().contains("panicked"), "{}", setup.log());
    server.close();
}

/// With its database stopped the server lives, is not ready, and tells everybody when to come back.
#[tokio::test(flavor = "multi_thread")]
async fn a_house_without_its_database_lives_and_is_not_ready() {
    let Some(setup) = TestSetup::prepare("not_ready") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, _) = server.set_up().await;
    let postmaster = nix::unistd::Pid::from_raw(setup.postmaster());
    nix::sys::signal::kill(postmaster, nix::sys::signal::Signal::SIGSTOP).unwrap();
    let backends = std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap();
    let backends: Vec<_> = backends.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    let send = |signal| {
        for pid in &backends {
            let _gone = nix::sys::signal::kill(nix::unistd::Pid::from_raw(*pid), signal);
        }
    };
    send(nix::sys::signal::Signal::SIGSTOP);
    let ready = TestServer::client().get(format!("{}/readyz", server.url)).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.headers().contains_key("retry-after"));
    assert!(ready.text().await.unwrap().contains("the database does not answer"));
    let alive = TestServer::client().get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!(alive.status(), 200);
    let order = TestServer::client()
        .post(format!("{}/api/v1/orders", server.url))
        .bearer_auth(&shop)
        .json(&json!({ "orders": [] }))
        .send()
        .await
        .unwrap();
    assert_eq!(order.status(), 503);
    assert!(order.headers().contains_key("retry-after"));
    nix::sys::signal::kill(postmaster, nix::sys::signal::Signal::SIGCONT).unwrap();
    send(nix::sys::signal::Signal::SIGCONT);
    let began = std::time::Instant::now();
    while TestServer::client().get(format!("{}/readyz", server.url)).send().await.unwrap().status() != 200 {
        assert!(began.elapsed().as_secs() < 40, "it does not recover");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    server.close();
}

/// Whoever begins to say something and stops is told so after half a minute, and holds nothing longer.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_body_is_not_waited_for() {
    let Some(setup) = TestSetup::prepare("half_a_body") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = server.set_up().await;
    let cookies = server.sign_in("dispatcher").await;
    let half = async |path: &str, head: String| {
        let mut stream =
            tokio::net::TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
        let said = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n{head}\r\n\r\n{{\"orders\":[{{"
        );
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut answer = vec![];
        let ended = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{path} is still held");
        String::from_utf8_lossy(&answer).into_owned()
    };
    let json = |key: &str| format!("content-type: application/json\r\nauthorization: Bearer {key}");
    let form =
        format!("content-type: application/x-www-form-urlencoded\r\ncookie: {cookies}\r\norigin: http://x");
    let answers = tokio::join!(
        half("/api/v1/orders", json(&shop)),
        half("/intake/outcomes", json(&van)),
        half("/intake/positions", json(&van)),
        half("/api/claim-exception", form),
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    }
    server.close();
}
