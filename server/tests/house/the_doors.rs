//! What the doors answer to people, devices and machines who bring something wrong; and settings that cannot work.

use crate::grounds::{Grounds, House};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_thing_gets_its_sentence() {
    let Some(grounds) = Grounds::lay("the_doors") else { return };
    let house = grounds.open(&["--factor", "1", "--start", "08:00"]);
    let (shop, van) = house.set_up().await;
    let client = House::client();
    let url = |path: &str| format!("{}{path}", house.url);

    // Machines and devices.
    let said = |answer: (u16, serde_json::Value)| {
        let text = answer.1["message"].as_str().unwrap_or_default().to_owned();
        (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned(), text)
    };
    let unknown = said(house.post("/intake/positions", "nobody", &json!({ "fixes": [] })).await);
    assert_eq!((unknown.0, unknown.1.as_str()), (401, "unknown_key"));
    let wrong_kind = said(house.post("/intake/positions", &shop, &json!({ "fixes": [] })).await);
    assert_eq!(wrong_kind.0, 401, "a shop's key opens no phone's door");
    let malformed = said(house.post("/intake/positions", &van, &json!({ "fixes": [{ "lat": 1 }] })).await);
    assert_eq!((malformed.0, malformed.1.as_str()), (422, "unreadable"));
    assert!(malformed.2.contains("missing field"), "{malformed:?}");
    let huge = client
        .post(url("/intake/positions"))
        .bearer_auth(&van)
        .body(vec![b' '; 3 * 1024 * 1024])
        .send()
        .await
        .unwrap();
    assert_eq!(huge.status(), 413);
    assert!(huge.text().await.unwrap().contains("several requests"));
    let bulk = json!({ "orders": [{ "reference": "A" }] });
    let order = said(house.post("/api/v1/orders", &shop, &bulk).await);
    assert_eq!(order.0, 422);
    assert!(order.2.contains("recipient"), "{order:?}");
    let no_plan = client.get(url("/intake/route")).bearer_auth(&van).send().await.unwrap();
    assert_eq!(no_plan.status(), 404);
    let osmand = client.get(url(&format!("/osmand?id={van}&lat=-19.05&lon=-169.92"))).send().await.unwrap();
    assert_eq!(osmand.status(), 200);
    assert_eq!(client.get(url("/osmand?lat=1&lon=2")).send().await.unwrap().status(), 400);

    // People.
    let page = client.get(url("/control-room")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.status(), 302, "nobody is signed in");
    assert!(page.headers()["location"].to_str().unwrap().starts_with("/sign-in?next="));
    let link = house.links["manager"].as_str().unwrap();
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
    let missing = client.get(url("/nonsense")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("<h1"), "even nothing has a page");
    let wrong = client
        .post(url("/api/sign-in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=dispatcher&password=not+the+one")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 401);
    house.close();
}

#[test]
fn settings_that_cannot_work_are_named_all_at_once() {
    let Some(grounds) = Grounds::lay("settings") else { return };
    let said = grounds.refused(&[
        "--factor",
        "99",
        "--start",
        "soon",
        "--tiles",
        "http://x",
        "--tiles-attribution",
        "x",
    ]);
    for word in ["--factor must be 1 to 60", "--start is not a time", "{z}"] {
        assert!(said.contains(word), "{said}");
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let said = grounds.refused(&["--port", &port]);
    assert!(said.contains("is taken"), "{said}");
}
