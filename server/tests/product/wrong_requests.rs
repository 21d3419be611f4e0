//! What the endpoints answer to people, devices and machines who bring something wrong; and settings that cannot work.

use crate::setup::{TestServer, TestSetup};
use serde_json::json;
use sqlx::{Connection, PgConnection};

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_thing_gets_its_sentence() {
    let Some(setup) = TestSetup::prepare("wrong_requests") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = server.set_up().await;
    let client = TestServer::client();
    let url = |path: &str| format!("{}{path}", server.url);

    // Machines and devices.
    let said = |answer: (u16, serde_json::Value)| {
        let text = answer.1["message"].as_str().unwrap_or_default().to_owned();
        (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned(), text)
    };
    let unknown = said(server.post("/intake/positions", "nobody", &json!({ "fixes": [] })).await);
    assert_eq!((unknown.0, unknown.1.as_str()), (401, "unknown_key"));
    let wrong_kind = said(server.post("/intake/positions", &shop, &json!({ "fixes": [] })).await);
    assert_eq!(wrong_kind.0, 401, "a shop's key opens no device's endpoint");
    let others =
        [("/api/v1/operation", &shop, "administrator's"), ("/api/v1/orders", &server.admin_key, "of a shop")];
    for (path, key, needs) in others {
        let hub = json!({ "name": "Hub", "at": { "lat": 35.9, "lon": 14.45 }, "zone": "Europe/Malta", "plan_at": "07:00:00" });
        let body = json!({ "orders": [], "hub": hub, "shops": [], "vehicles": [] });
        let other = said(server.post(path, key, &body).await);
        assert_eq!((other.0, other.1.as_str()), (403, "not_allowed"), "{other:?}");
        assert!(other.2.contains(needs), "{other:?}");
    }
    let nowhere = said(server.post("/api/v1/parcels", &server.admin_key, &json!({})).await);
    assert_eq!((nowhere.0, nowhere.1.as_str()), (404, "not_found"));
    let by_post = said(server.post("/api/v1/clock", &server.admin_key, &json!({})).await);
    assert_eq!((by_post.0, by_post.1.as_str()), (405, "wrong_method"));
    // Whoever names a hub that is none is told so.
    let hub = "hub=01920000-0000-7000-8000-000000000000";
    for (path, status, code, says) in [
        (format!("/api/v1/estimates?{hub}"), 404, "not_found", "there is no hub of this id"),
        ("/api/v1/estimates?hub=nowhere".to_owned(), 400, "unreadable", "hub is no hub's id"),
        (format!("/api/v1/stats?{hub}"), 400, "unreadable", "of all hubs together: leave hub out"),
    ] {
        let answer = client.get(url(&path)).bearer_auth(&server.admin_key).send().await.unwrap();
        let (found, body) = (answer.status().as_u16(), answer.json().await.unwrap());
        let answer = said((found, body));
        assert_eq!((answer.0, answer.1.as_str()), (status, code), "{path}: {answer:?}");
        assert!(answer.2.contains(says), "{path}: {answer:?}");
    }
    let malformed = said(server.post("/intake/positions", &van, &json!({ "fixes": 7 })).await);
    assert_eq!((malformed.0, malformed.1.as_str()), (422, "unreadable"));
    // A client of its own: the server hangs up on a body that it does not want to read to its end.
    let huge = TestServer::client()
        .post(url("/intake/positions"))
        .bearer_auth(&van)
        .body(vec![b' '; 3 * 1024 * 1024])
        .send()
        .await
        .unwrap();
    assert_eq!(huge.status(), 413);
    assert!(huge.text().await.unwrap().contains("several requests"));
    let order = said(server.post("/api/v1/orders", &shop, &json!({ "reference": "A" })).await);
    assert_eq!(order.0, 422);
    assert!(order.2.contains("recipient"), "{order:?}");
    let no_plan = client.get(url("/intake/route")).bearer_auth(&van).send().await.unwrap();
    assert_eq!(no_plan.status(), 404);
    let osmand = client.get(url(&format!("/osmand?id={van}&lat=-19.05&lon=-169.92"))).send().await.unwrap();
    assert_eq!(osmand.status(), 200);
    assert_eq!(client.get(url("/osmand?lat=1&lon=2")).send().await.unwrap().status(), 400);
    let newer = |device: &str| {
        let now = operations::Clock::real().now();
        let location = json!({ "timestamp": now, "coords": { "latitude": -19.05, "longitude": -169.92 } });
        client.post(url("/osmand")).json(&json!({ "device_id": device, "location": location }))
    };
    assert_eq!(newer(&van).send().await.unwrap().status(), 200);
    assert_eq!(newer("nobody").send().await.unwrap().status(), 401);
    let fix = json!({ "at": "2026-11-23T08:00:00Z", "lat": -19.05, "lon": -169.92 });
    let id = "00000000-0000-7000-8000-000000000001";
    let report = json!({ "id": id, "at": "2026-11-23T08:00:00Z", "kind": "recovered" });
    for (path, key, body, most) in [
        ("/intake/positions", &van, json!({ "fixes": vec![fix; 1_001] }), "1000"),
        ("/intake/outcomes", &van, json!({ "reports": vec![report; 201] }), "200"),
    ] {
        let many = said(server.post(path, key, &body).await);
        assert_eq!(many.0, 422, "{path}: {many:?}");
        assert!(many.2.contains(most), "{many:?}");
    }

    // People.
    let page = client.get(url("/control-room")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 302, "nobody is signed in");
    assert!(page.headers()["location"].to_str().unwrap().starts_with("/sign-in?next="));
    let link = server.links["manager"].as_str().unwrap();
    assert_eq!(client.get(link).send().await.unwrap().status(), 200, "looking at a link spends nothing");
    let signed = client.post(link).send().await.unwrap();
    assert_eq!(signed.status(), 303);
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-session=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let spent = client.post(link).send().await.unwrap();
    assert_eq!(spent.headers()["location"], "/sign-in?link=spent");

    let forged = client
        .post(url("/api/sign-out"))
        .header("cookie", &cookie)
        .header("origin", "https://elsewhere.example")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);
    let figures = client
        .get(url("/figures"))
        .header("cookie", &cookie)
        .header("accept", "text/html")
        .send()
        .await
        .unwrap();
    assert_eq!(figures.status(), 200);
    assert!(figures.headers()["content-security-policy"].to_str().unwrap().contains("nonce-"));
    assert!(
        !figures.text().await.unwrap().contains("style=\""),
        "an inline style would be refused by the policy"
    );
    let denied = client
        .post(url("/api/propose-plan"))
        .header("cookie", &cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
        .unwrap();
    assert_eq!(denied.status(), 403, "a manager does not plan");
    for asked in ["nowhere", "01920000-0000-7000-8000-000000000000", "%22%3E%3Cscript%3E"] {
        let page = client.get(url(&format!("/figures?day=2026-11-23&hub={asked}"))).header("cookie", &cookie);
        let page = page.header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), 404, "{asked}");
        let text = page.text().await.unwrap();
        assert!(text.contains("No such hub") && text.contains("href=\"/figures?hub="), "{text}");
        assert!(!text.contains("<script"), "{text}");
    }
    let missing = client.get(url("/nonsense")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("<h1"), "even nothing has a page");
    let guess = || {
        let form =
            client.post(url("/api/sign-in")).header("content-type", "application/x-www-form-urlencoded");
        form.body("name=dispatcher&password=not+the+one").send()
    };
    assert_eq!(guess().await.unwrap().status(), 401);
    for _ in 0..20 {
        let link = client.post(url("/sign-in/link/none")).send().await.unwrap();
        assert_ne!(link.status(), 200);
    }
    let late = guess().await.unwrap();
    assert_eq!(late.status(), 429, "who tries too often has to wait");
    assert!(late.headers().contains_key("retry-after"));
    assert_eq!(late.headers()["content-type"], "application/json", "a program is told in its own words");
    let answer: serde_json::Value = late.json().await.unwrap();
    assert_eq!((&answer["error"], &answer["code"]), (&json!("too_many_tries"), &json!("too_many_tries")));
    assert!(answer["message"].as_str().unwrap().contains("Wait a minute"), "{answer}");
    let page = client.post(url("/sign-in/link/none")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 429);
    assert!(page.headers().contains_key("retry-after"));
    assert!(page.text().await.unwrap().contains("<h1"), "and a person with a page");
    server.close();
}

/// The first whole frame of the live feed: its id, and whether it says everything.
async fn first_frame(server: &TestServer, cookie: &str, last: Option<&str>) -> (String, bool) {
    let mut ask = TestServer::client().get(format!("{}/live/day", server.url)).header("cookie", cookie);
    if let Some(last) = last {
        ask = ask.header("last-event-id", last);
    }
    let mut stream = ask.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    while !text.contains("\n\n") {
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().expect("it ended")).unwrap());
    }
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let frame: serde_json::Value = serde_json::from_str(&field("data:")).unwrap();
    (field("id:"), frame["snapshot"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_resumes_where_a_viewer_left_it_and_the_map_has_its_tiles() {
    let Some(setup) = TestSetup::prepare("the_feed") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let signed =
        TestServer::client().post(server.links["dispatcher"].as_str().unwrap()).send().await.unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    // Without a hub there is nothing to see yet: the stream ends and asks to be opened again.
    let early = TestServer::client().get(format!("{}/live/day", server.url)).header("cookie", &cookie);
    assert!(early.send().await.unwrap().text().await.unwrap().contains("retry: 5000"));

    let (_, van) = server.set_up().await;
    let moved = format!("{}/osmand?id={van}&lat=-19.05&lon=-169.92", server.url);
    assert_eq!(TestServer::client().get(moved).send().await.unwrap().status(), 200);
    let (id, whole) = first_frame(&server, &cookie, None).await;
    assert!(whole, "who comes first is told everything");
    let (_, whole) = first_frame(&server, &cookie, Some(&id)).await;
    assert!(!whole, "who comes back is told what is new");
    let packed = TestServer::client().get(format!("{}/live/day", server.url)).header("cookie", &cookie);
    let mut packed = packed.header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let mut bytes = vec![];
    let text = loop {
        bytes.extend_from_slice(&packed.chunk().await.unwrap().expect("it ended"));
        let mut read = vec![];
        // A stream without an end is read as far as it goes.
        let _ended =
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut read);
        let text = String::from_utf8(read).unwrap();
        if text.ends_with("\n\n") {
            break text;
        }
    };
    assert!(text.starts_with("event: frame\nid: ") && text.contains("\"snapshot\":true"), "{text}");
    let (_, whole) = first_frame(&server, &cookie, Some("1-1")).await;
    assert!(whole, "an id of another start is no place to go on from");

    // Alofi lies in this tile of zoom 12, computed by hand from its coordinates.
    let tile =
        TestServer::client().get(format!("{}/tiles/12/114/2268.mvt", server.url)).header("cookie", &cookie);
    let tile = tile.send().await.unwrap();
    assert_eq!(tile.status(), 200);
    assert_eq!(tile.headers()["content-type"], "application/vnd.mapbox-vector-tile");
    assert!(tile.bytes().await.unwrap().len() > 500);
    let sea = TestServer::client().get(format!("{}/tiles/12/0/0.mvt", server.url)).header("cookie", &cookie);
    assert_eq!(sea.send().await.unwrap().status(), 204);
    server.close();
}

#[test]
fn the_verbs_of_a_production_house_work_on_an_empty_folder() {
    let Some(setup) = TestSetup::prepare("verbs") else { return };
    assert!(setup.verb("migrate").contains("up to date"));
    assert!(setup.verb("migrate").contains("up to date"), "again changes nothing");
    assert!(setup.verb("add-key").trim().len() > 30);
}

#[tokio::test]
async fn a_program_older_than_its_tables_changes_nothing_and_says_so() {
    let Some(setup) = TestSetup::prepare("older_program") else { return };
    let server = setup.open(&[]);
    let mut conn = PgConnection::connect(&setup.database_of_the_demo()).await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9001, 'of a newer version', true, '', 0)";
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    let (ok, said) = setup.beside(&["migrate"], "");
    assert!(!ok && said.contains("belongs to a newer version of Doorstep"), "{said}");
    conn.close().await.unwrap();
    server.close();
    let said = setup.refused(&["--port", "0", "--continue"]);
    assert!(said.contains("Start the newer version, or restore a copy"), "{said}");
}

#[test]
fn a_broken_extract_is_named_before_anything_opens() {
    let Some(setup) = TestSetup::prepare("broken_extract") else { return };
    let broken = setup.path().join("broken.osm.pbf");
    std::fs::write(&broken, "no map").unwrap();
    let said = setup.in_city(broken).refused(&["--port", "0"]);
    assert!(said.contains("broken.osm.pbf"), "{said}");
}

#[test]
fn settings_that_cannot_work_are_named_all_at_once() {
    let Some(setup) = TestSetup::prepare("settings") else { return };
    let said = setup.refused(&[
        "--factor",
        "99",
        "--start",
        "soon",
        "--tiles",
        "http://x",
        "--tiles-attribution",
        "x",
        "--osrm",
        "router",
        "--geocoder",
        "maps=http://x",
    ]);
    let none = setup.path().join("no-programs");
    let said = format!("{said}{}", setup.refused(&["--postgres", none.to_str().unwrap()]));
    for word in [
        "--factor must be 1 to 60",
        "--start is not a time",
        "{z}",
        "DOORSTEP_OSRM_URL",
        "DOORSTEP_GEOCODER",
        "DOORSTEP_POSTGRES has no `postgres`",
    ] {
        assert!(said.contains(word), "{said}");
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let said = setup.refused(&["--port", &port]);
    assert!(said.contains("is taken"), "{said}");
}
