//! Walk: somebody comes in, is changed, disabled and signed out; keys and devices are revoked; and nothing goes on that
//! should have ended.

use crate::setup::{TestServer, TestSetup};
use std::time::{Duration, Instant};

const PASSWORD: &str = "three wet Tuesdays";

/// Signs in by name and password; answers the status and the cookies.
async fn sign_in(
    server: &TestServer,
    name: &str,
    password: &str,
    cookies: &str,
    from: &str,
) -> (u16, String) {
    let form = [("name", name), ("password", password)];
    let ask =
        TestServer::client().post(format!("{}/api/sign-in", server.url)).header("accept", "application/json");
    let ask = ask
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let ask = ask.header("cookie", cookies).header("x-forwarded-for", from);
    let answer = ask.body(serde_urlencoded::to_string(form).unwrap()).send().await.unwrap();
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs: Vec<_> = set.map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
    (answer.status().as_u16(), pairs.join("; "))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_ends_at_once() {
    let Some(setup) = TestSetup::prepare("revoked") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = server.set_up().await;
    let add = |words: &[&str], typed: &str| setup.beside(words, typed);

    // Passwords that anybody would try, and names that differ by case alone.
    for easy in ["1234567890", "Password123!", "anna borg 1", "AnnaBorg1986"] {
        let (ok, said) = add(&["add-user", "Anna Borg", "dispatcher"], easy);
        assert!(!ok && said.contains("anybody would try"), "{easy}: {said}");
    }
    assert!(add(&["add-user", "Anna Borg", "dispatcher"], PASSWORD).0);
    assert!(
        add(&["add-user", "ANNA BORG", "dispatcher"], PASSWORD).0,
        "the same person, with a new password"
    );
    let (_, listed) = add(&["people", "list"], "");
    assert_eq!(listed.to_lowercase().matches("anna borg").count(), 1, "{listed}");

    let (status, anna) = sign_in(&server, "anna borg", PASSWORD, "", "").await;
    assert_eq!(status, 200);
    assert!(anna.contains("__Host-session=") && anna.contains("__Host-browser="), "{anna}");
    assert_eq!(server.get("/control-room", &anna).await.0, 200);

    // Her stream ends with her session, and she has so many of them.
    let stream =
        || TestServer::client().get(format!("{}/live/day", server.url)).header("cookie", &anna).send();
    let mut open = vec![];
    for _ in 0..40 {
        open.push(stream().await.unwrap());
    }
    let more = stream().await.unwrap();
    assert_eq!(more.status(), 429);
    assert!(more.text().await.unwrap().contains("too_many_streams"));
    open.truncate(1);
    let (ok, said) = add(&["people", "role", "Anna Borg", "agent"], "");
    assert!(ok && said.contains("1 sessions ended"), "{said}");
    assert_eq!(server.get("/control-room", &anna).await.0, 302, "she has to sign in again");
    let began = Instant::now();
    let mut live = open.remove(0);
    while let Ok(Some(_)) = live.chunk().await {
        assert!(began.elapsed() < Duration::from_secs(30), "the stream goes on after its session");
    }

    // Signed out by herself or by another, and by another password: session and stream end.
    let other = "four dry Wednesdays";
    for how in ["out", "end-sessions", "password"] {
        let (_, anna) = sign_in(&server, "Anna Borg", PASSWORD, "", "").await;
        let ask = TestServer::client().get(format!("{}/live/day", server.url)).header("cookie", &anna);
        let mut live = ask.send().await.unwrap();
        assert_eq!(
            (live.status(), server.get("/deliveries", &anna).await.0),
            (200.try_into().unwrap(), 200),
            "{how}"
        );
        match how {
            "out" => assert!([200, 302].contains(&server.call("/api/sign-out", &anna, &[]).await.0)),
            "password" => assert!(add(&["people", "password", "Anna Borg"], other).0),
            how => assert!(add(&["people", how, "Anna Borg"], "").0),
        }
        assert_eq!(server.get("/deliveries", &anna).await.0, 302, "{how}");
        let began = Instant::now();
        while let Ok(Some(_)) = live.chunk().await {
            assert!(began.elapsed() < Duration::from_secs(30), "{how}: the stream goes on after its session");
        }
    }
    assert_eq!(sign_in(&server, "Anna Borg", PASSWORD, "", "").await.0, 401, "the old password");
    assert!(add(&["people", "password", "Anna Borg"], PASSWORD).0);

    // Disabled: neither password nor link nor session.
    let (_, anna) = sign_in(&server, "Anna Borg", PASSWORD, "", "").await;
    let (_, link) = add(&["add-user", "Anna Borg", "agent", "--link"], "");
    assert_eq!(server.get("/deliveries", &anna).await.0, 200, "the same role again ends nothing");
    assert!(add(&["people", "disable", "anna borg"], "").0);
    assert_eq!(server.get("/deliveries", &anna).await.0, 302);
    assert_eq!(sign_in(&server, "Anna Borg", PASSWORD, "", "").await.0, 401);
    let spent = TestServer::client().post(format!("{}{}", server.url, link.trim())).send().await.unwrap();
    assert_eq!(spent.headers()["location"], "/sign-in?link=spent");
    assert!(add(&["people", "enable", "Anna Borg"], "").0);
    assert_eq!(sign_in(&server, "Anna Borg", PASSWORD, "", "").await.0, 200);
    assert!(!add(&["people", "disable", "Nobody"], "").0);

    // Keys and devices.
    let post = async |path: &str, key: &str| {
        server.post(path, key, &serde_json::json!({ "orders": [], "fixes": [] })).await.0
    };
    assert_eq!((post("/api/v1/orders", &shop).await, post("/intake/positions", &van).await), (200, 200));
    assert!(add(&["keys", "revoke", "Books"], "").1.contains("1 revoked"));
    assert!(add(&["keys", "revoke", "Van 01"], "").1.contains("1 revoked"));
    assert_eq!((post("/api/v1/orders", &shop).await, post("/intake/positions", &van).await), (401, 401));
    let (_, keys) = add(&["keys", "list"], "");
    let admin = keys.lines().find(|line| line.contains("administrator")).unwrap().split('\t').next().unwrap();
    assert!(add(&["keys", "revoke", admin], "").1.contains("1 revoked"));
    assert_eq!(post("/api/v1/operation", &server.admin_key).await, 401);
    assert!(!add(&["keys", "revoke", admin], "").0, "there is nothing left to revoke");
    server.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_and_locks_nobody_else_out() {
    let Some(setup) = TestSetup::prepare("guesses") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00", "--trusted-proxies", "127.0.0.1"]);
    assert!(setup.beside(&["add-user", "Anna Borg", "dispatcher"], PASSWORD).0);
    let (status, known) = sign_in(&server, "Anna Borg", PASSWORD, "", "198.51.100.1").await;
    assert_eq!(status, 200);
    let browser = known.split("; ").find(|pair| pair.starts_with("__Host-browser=")).unwrap().to_owned();

    // A stranger at her own address guesses, and has to wait.
    let mut answers = vec![];
    for _ in 0..12 {
        answers.push(sign_in(&server, "anna borg", "not the one at all", "", "198.51.100.1").await.0);
    }
    assert_eq!(answers[..5], [401; 5]);
    assert!(answers.contains(&429), "{answers:?}");
    // She comes in with the browser that she has used before, at the same address, and from elsewhere without it.
    assert_eq!(sign_in(&server, "Anna Borg", PASSWORD, &browser, "198.51.100.1").await.0, 200);
    assert_eq!(sign_in(&server, "Anna Borg", PASSWORD, "", "198.51.100.2").await.0, 200);
    // Another address has a limit of its own, and the proxy's own word is what counts.
    let mut let_in = 0;
    for n in 0..200 {
        let name = format!("nobody {n}");
        match sign_in(&server, &name, "guess", "", &format!("203.0.113.{n}, 198.51.100.7")).await.0 {
            401 => let_in += 1,
            status => {
                assert_eq!(status, 429);
                break;
            }
        }
    }
    assert!((20..200).contains(&let_in), "{let_in}");
    let log = setup.log();
    assert!(
        log.contains("a sign-in was refused") && log.contains("198.51.100.1") && log.contains("anna borg"),
        "{log}"
    );
    server.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_not_in_the_menu_is_not_open_by_its_address() {
    let Some(setup) = TestSetup::prepare("pages") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, _) = server.set_up().await;
    let now = server.now().await;
    let order = serde_json::json!({ "orders": [{
        "reference": "A1", "recipient": { "name": "R", "phone": "+683 1" }, "address": "Main road",
        "at": { "lat": -19.053, "lon": -169.919 },
        "window_from": now, "window_until": now + chrono::TimeDelta::hours(6),
        "packages": [{ "barcode": "P", "weight_g": 1, "volume_ml": 1 }],
    }] });
    let (_, placed) = server.post("/api/v1/orders", &shop, &order).await;
    let order = placed["results"][0]["order"].as_str().unwrap();
    let pages = ["/control-room", "/exceptions", "/roads", "/deliveries?q=a", "/figures"];
    let calls = [
        "/api/board",
        "/api/queue?filter=unresolved",
        "/api/roads",
        "/api/find-orders?text=a&page=1",
        "/api/figures",
    ];
    for (role, open) in [
        ("dispatcher", [true, true, true, true, true]),
        ("manager", [true, false, false, false, true]),
        ("agent", [true, true, false, true, false]),
        ("administrator", [true, true, true, true, true]),
    ] {
        let cookies = server.sign_in(role).await;
        for ((address, call), open) in pages.iter().zip(calls).zip(open) {
            let expected = if open { 200 } else { 403 };
            assert_eq!(server.fetch(call, &cookies).await.0, expected, "{role} {call}");
            let (status, page) = server.get(address, &cookies).await;
            assert_eq!(status, expected, "{role} {address}");
            let path = address.split('?').next().unwrap();
            assert_eq!(page.contains(&format!("href=\"{path}\"")), open, "{role}: the menu and {address}");
        }
        // What stands behind those pages is as open as they are.
        let [.., deliveries, figures] = open;
        for (call, open) in [
            (format!("/api/order?order={order}"), deliveries),
            (format!("/api/slots?order={order}"), deliveries),
            ("/api/waiting-orders?page=1".to_owned(), deliveries),
            ("/api/figure-rows?figure=failed&page=1".to_owned(), figures),
        ] {
            let (status, said) = server.fetch(&call, &cookies).await;
            assert_eq!(status, if open { 200 } else { 403 }, "{role} {call}: {said}");
        }
        assert_eq!(
            server.get(&format!("/deliveries/{order}"), &cookies).await.0,
            if deliveries { 200 } else { 403 }
        );
        // People and keys are an administrator's; the own account is everybody's.
        let expected = if role == "administrator" { 200 } else { 403 };
        for call in ["/api/people", "/api/keys?text=&revoked=false&page=1", "/api/account-changes?page=1"] {
            assert_eq!(server.fetch(call, &cookies).await.0, expected, "{role} {call}");
        }
        for page in ["/people", "/people?part=keys", "/people?part=changes"] {
            assert_eq!(server.get(page, &cookies).await.0, expected, "{role} {page}");
        }
        let (status, page) = server.get("/account", &cookies).await;
        assert_eq!((status, server.fetch("/api/account", &cookies).await.0), (200, 200), "{role}");
        assert_eq!(page.contains("href=\"/people\""), expected == 200, "{role}: the menu");
    }
    let log = setup.log();
    assert!(log.contains("refused: the role does not allow it") && log.contains("SeeRoads"), "{log}");
    server.close();
}
