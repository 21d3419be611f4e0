//! Whoever writes a name, a note or a reason writes text and never a page: hostile text is fed to every field, and then every
//! page is opened by every role.

use crate::{
    a_busy_day::{self, Texts},
    setup::{TestServer, TestSetup},
};
use serde_json::json;
use sqlx::{Connection, PgConnection};

/// Ends titles, scripts, styles, attributes and comments, and begins an element of its own.
const HOSTILE: &str = "</title></script>--><zap-1 x='y'>\"'`{{7}}&lt;<zap-2>";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_stays_text_on_every_page() {
    let Some(setup) = TestSetup::prepare("hostile_text") else { return };
    let server = setup.open(&["--factor", "1", "--start", "08:00"]);
    let day = a_busy_day::begin(&server, &Texts { name: HOSTILE, label: "REF-&-" }).await;

    // A reference that could be mistaken for a page's code is refused at the door.
    let order = json!({
        "reference": HOSTILE, "recipient": { "name": "R", "phone": "1" }, "address": "Main road",
        "at": { "lat": -19.053, "lon": -169.919 }, "window_from": server.now().await + chrono::TimeDelta::hours(1),
        "window_until": server.now().await + chrono::TimeDelta::hours(2),
        "packages": [{ "barcode": "P", "weight_g": 1, "volume_ml": 1 }],
    });
    let (_, answer) = server.post("/api/v1/orders", &day.shop, &order).await;
    assert_eq!(answer["results"][0]["result"], "refused", "{answer}");
    assert!(answer["results"][0]["why"].as_str().unwrap().starts_with("reference"), "{answer}");

    // One that an earlier version took is text all the same.
    let mut database = PgConnection::connect(&setup.database_of_the_demo()).await.unwrap();
    let stored = sqlx::query("update orders set reference = $1 where id = $2::uuid");
    stored.bind(HOSTILE).bind(&day.orders[0]).execute(&mut database).await.unwrap();

    // People's own texts: a name at sign-in, a reason for a closure, a word on an exception, a person's name.
    let (ok, said) = setup.beside(&["add-user", HOSTILE, "dispatcher", "--link"], "");
    assert!(ok, "{said}");
    let link = said.trim().to_owned();
    let signed = TestServer::client().post(format!("{}{link}", server.url)).send().await.unwrap();
    let mut hostile =
        signed.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().split(';').next().unwrap());
    let hostile = hostile.next().unwrap().to_owned();
    let (status, said) = server
        .call(
            "/api/close-road",
            &hostile,
            &[
                ("shape", "street"),
                ("places", "-19.0530,-169.9190\n-19.0545,-169.9180"),
                ("reason", HOSTILE),
                ("until", "2099-01-01T12:00"),
                ("diesel_van", "true"),
            ],
        )
        .await;
    assert!([200, 302, 409, 422].contains(&status), "{status} {said}");
    let (_, queue) = server.fetch("/api/queue?filter=unresolved", &hostile).await;
    if let Some(id) = queue.split("\"id\":\"").nth(1).and_then(|rest| rest.get(..36)) {
        server.call("/api/claim-exception", &hostile, &[("exception", id)]).await;
        server.call("/api/resolve-exception", &hostile, &[("exception", id), ("what", HOSTILE)]).await;
    }

    let escaped: String = serde_urlencoded::to_string([("q", HOSTILE)]).unwrap();
    let mut pages = vec![
        "/control-room".to_owned(),
        format!("/control-room?route={}", day.route),
        format!("/control-room?route={}&pane=plan", day.route),
        format!("/control-room?{escaped}"),
        "/exceptions".to_owned(),
        "/exceptions?show=resolved".to_owned(),
        format!("/exceptions?show={escaped}"),
        "/roads".to_owned(),
        "/deliveries?q=Recipient".to_owned(),
        format!("/deliveries?{escaped}"),
        format!("/deliveries/{escaped}"),
        format!("/{escaped}"),
        "/figures".to_owned(),
        format!("/figures?{escaped}"),
        "/people".to_owned(),
        "/people?part=changes".to_owned(),
        format!("/people?part=keys&{escaped}"),
        "/account".to_owned(),
        format!("/sign-in?next=/{escaped}"),
        format!("/sign-in?{escaped}&link=spent"),
        format!("/sign-in/link/{escaped}"),
    ];
    for rows in ["on_time", "on_time_original", "promises", "first_attempt", "failed", "stops_per_hour"] {
        pages.push(format!("/figures?rows={rows}"));
    }
    for order in &day.orders {
        pages.push(format!("/deliveries/{order}"));
        pages.push(format!("/deliveries/{order}?slots=1"));
    }
    let mut opened = 0;
    let mut shown = 0;
    let mut everybody = vec![hostile, String::new()];
    for role in ["dispatcher", "manager", "agent", "administrator"] {
        everybody.push(server.sign_in(role).await);
    }
    for cookies in &everybody {
        for page in &pages {
            let (status, body) = server.get(page, cookies).await;
            assert!(status < 500, "{page}: {status}");
            let lower = body.to_lowercase();
            assert!(
                !lower.contains("<zap-"),
                "{page} holds hostile text as code: {}",
                around(&lower, "<zap-")
            );
            assert_eq!(lower.matches("<title>").count(), lower.matches("</title>").count(), "{page}");
            assert!(lower.matches("</title>").count() <= 1, "{page}");
            opened += 1;
            shown += usize::from(lower.contains("zap-1"));
        }
    }
    assert!(opened > 150 && shown > 40, "{shown} of {opened} pages showed the text");
    assert!(!setup.log().contains("panicked"), "{}", setup.log());
    server.close();
}

fn around<'a>(text: &'a str, needle: &str) -> &'a str {
    let at = text.find(needle).unwrap_or_default();
    let (mut from, mut until) = (at.saturating_sub(120), (at + 120).min(text.len()));
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(until) {
        until += 1;
    }
    &text[from..until]
}
