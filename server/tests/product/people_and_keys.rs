//! Walk: an administrator invites somebody and makes a key, all without scripts; what is shown once is shown once.

use crate::setup::{TestServer, TestSetup};

/// Sends a form as a browser without scripts does; answers where it leads, and the cookies that it sets.
async fn send(
    server: &TestServer,
    path: &str,
    cookies: &str,
    form: &[(&str, &str)],
) -> (String, Vec<String>) {
    let ask = TestServer::client().post(format!("{}{path}", server.url)).header("cookie", cookies);
    let ask = ask.header("sec-fetch-site", "same-origin").header("accept", "text/html");
    let ask = ask.header("referer", format!("{}/people", server.url));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    let answer = ask.body(serde_urlencoded::to_string(form).unwrap()).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{path}: {}", answer.status());
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    let set = answer.headers().get_all("set-cookie").iter();
    let set = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    (to, set.collect())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} is not in {text}"));
    rest.split(after).next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites_somebody_and_makes_a_key_without_scripts() {
    let Some(setup) = TestSetup::prepare("people") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    server.set_up().await;
    let keeper = server.sign_in("administrator").await;
    let (_, people) = server.fetch("/api/people", &keeper).await;
    let people: serde_json::Value = serde_json::from_str(&people).unwrap();
    let hub = people["hubs"][0]["id"].as_str().unwrap();

    // The link is shown once, with its whole address.
    let form = [("name", "Anna Borg"), ("role", "dispatcher"), ("hubs[]", hub)];
    let (to, set) = send(&server, "/api/invite-person", &keeper, &form).await;
    assert_eq!(to, "/people");
    let once = set.iter().find(|cookie| cookie.starts_with("__Host-shown-once=")).unwrap();
    let (status, page) = server.get(&to, &format!("{keeper}; {once}")).await;
    assert!(status == 200 && page.contains("A link for Anna Borg"), "{page}");
    let link = between(between(&page, "once-secret", "</code>"), "http", "<");
    let link = format!("http{}", link.trim());
    assert!(link.starts_with(&server.url), "{link}");
    assert!(!server.get(&to, &keeper).await.1.contains("/sign-in/link/"), "and never again");
    let again = send(
        &server,
        "/api/invite-person",
        &keeper,
        &[("name", "anna borg"), ("role", "agent"), ("every_hub", "true")],
    );
    let (to, _) = again.await;
    let (_, page) = server.get(to.strip_prefix(&server.url).unwrap_or(&to), &keeper).await;
    assert!(page.contains("Somebody has this name already"), "{to}");

    // She comes in, is asked to set a password, and may then do what a dispatcher does.
    let opened = TestServer::client().post(&link).send().await.unwrap();
    assert_eq!(opened.headers()["location"], "/account?welcome=1");
    let cookies = opened.headers().get_all("set-cookie").iter();
    let anna: Vec<_> = cookies.map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
    let anna = anna.join("; ");
    let (_, page) = server.get("/account?welcome=1", &anna).await;
    assert!(page.contains("Welcome, Anna Borg.") && page.contains("Set a password"), "{page}");
    assert!(!page.contains("Present password"), "there is none to ask for");
    let form = [("new", "three wet Tuesdays"), ("again", "three wet Tuesdays")];
    let (to, _) = send(&server, "/api/change-password", &anna, &form).await;
    assert_eq!(to, "/account?done=password");
    let (_, page) = server.get(&to, &anna).await;
    assert!(page.contains("Your password has changed") && page.contains("Present password"), "{page}");
    assert_eq!(server.get("/exceptions", &anna).await.0, 200);
    assert_eq!(server.get("/people", &anna).await.0, 403);

    // Her last hub is taken away: the next page says why, and the one after asks nobody any more.
    let row = async || {
        let (_, people) = server.fetch("/api/people", &keeper).await;
        let people: serde_json::Value = serde_json::from_str(&people).unwrap();
        people["rows"].as_array().unwrap().iter().find(|row| row["name"] == "Anna Borg").unwrap().clone()
    };
    let anna_now = row().await;
    let id = anna_now["id"].as_str().unwrap().to_owned();
    assert_eq!(anna_now["hubs"], serde_json::json!([hub]));
    let version = anna_now["version"].to_string();
    let form = [("person", id.as_str()), ("version", &version), ("role", "dispatcher")];
    let (to, _) = send(&server, "/api/change-person", &keeper, &form).await;
    assert_eq!(to, format!("/people?person={id}&done=changed"));
    let (_, page) = server.get(&to, &keeper).await;
    assert!(page.contains("Changed.") && page.contains("Cannot sign in: no hub"), "{page}");
    let asked = TestServer::client().get(format!("{}/exceptions", server.url)).header("cookie", &anna);
    let asked = asked.header("accept", "text/html").send().await.unwrap();
    assert_eq!(asked.headers()["location"], "/sign-in?hub=none");
    let (status, said) = server.fetch("/api/queue?filter=unresolved", &anna).await;
    assert!(status == 403 && said.contains("no_hubs"), "{said}");
    let (_, page) = server.get("/sign-in?hub=none", &anna).await;
    assert!(page.contains("Ask an administrator to give it one"), "{page}");
    let form = [("name", "Anna Borg"), ("password", "three wet Tuesdays")];
    let (status, said) = server.call("/api/sign-in", "", &form).await;
    assert!(status == 403 && said.contains("Your account has no hub"), "{said}");
    // What was looked at before that change does not hold any more.
    let late = [("person", id.as_str()), ("version", &version), ("role", "manager"), ("every_hub", "true")];
    let (status, said) = server.call("/api/change-person", &keeper, &late).await;
    assert!(status == 409 && said.contains("Somebody else has changed this person"), "{said}");

    // A key is shown once, is accepted, and is revoked.
    let form = [("kind", "shop"), ("name", "Till 2"), ("holder", "books")];
    let (to, set) = send(&server, "/api/make-key", &keeper, &form).await;
    assert_eq!(to, "/people?part=keys");
    let once = set.iter().find(|cookie| cookie.starts_with("__Host-shown-once=")).unwrap();
    let (_, page) = server.get(&to, &format!("{keeper}; {once}")).await;
    let key = between(&between(&page, "once-secret", "</code>")[1..], ">", "<").trim();
    let orders = serde_json::json!({ "orders": [] });
    assert_eq!(server.post("/api/v1/orders", key, &orders).await.0, 200, "{key}");
    let (_, keys) = server.fetch("/api/keys?text=till&revoked=false&page=1", &keeper).await;
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let id = keys["rows"][0]["id"].as_str().unwrap();
    let (to, _) = send(&server, "/api/revoke-key", &keeper, &[("key", id)]).await;
    assert!(server.get(&to, &keeper).await.1.contains("Revoked."), "{to}");
    assert_eq!(server.post("/api/v1/orders", key, &orders).await.0, 401);
    let (_, page) = server.get("/people?part=changes", &keeper).await;
    for answer in [
        "Added Anna Borg as dispatcher",
        "Hubs of Anna Borg: ",
        " \u{2192} none",
        "Made the key Till 2",
        "Revoked the key Till 2",
    ] {
        assert!(page.contains(answer), "{answer}: {page}");
    }
    let log = setup.log();
    assert!(!log.contains("ERROR") && !log.contains("Till 2"), "{log}");
    server.close();
}
