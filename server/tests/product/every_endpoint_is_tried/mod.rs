//! A fuzzer over every endpoint: valid requests of every API and every server function, as every role, with one or two things in
//! them changed for the worse. Nothing may break: no answer of 500 and above, no panic, and at least half of the answers
//! past authentication and parsing.
//!
//! `cargo xtask bench endpoints` sends 20,000 requests; without `DOORSTEP_FUZZ_REQUESTS` it goes on for fifty seconds.

mod dice;
mod world;

use crate::{
    a_busy_day::{self, Texts},
    setup::{TestServer, TestSetup},
};
use dice::Dice;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use world::World;

const CALLERS: u64 = 6;
const USUAL_TIME: Duration = Duration::from_secs(50);
/// The password of everybody in this test.
pub const PASSWORD: &str = "three wet Tuesdays";
/// What lines of the log say that tell why something was not answered.
const TELLING: [&str; 3] = ["ERROR", "panicked", "asked to come back"];
const ROLES: [&str; 4] = ["dispatcher", "administrator", "agent", "manager"];

/// What came of the requests of one door.
#[derive(Default, Clone)]
struct Tally {
    asked: usize,
    passed: usize,
    statuses: BTreeMap<u16, usize>,
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the command says by these variables how much to send")]
async fn nothing_breaks_whatever_is_sent() {
    let Some(setup) = TestSetup::prepare("every_door_is_tried") else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (requests, seed) = (number("DOORSTEP_FUZZ_REQUESTS"), number("DOORSTEP_FUZZ_SEED").unwrap_or(1));
    let server = setup.open(&["--factor", "1", "--start", "08:00", "--limits-times", "100000"]);
    let day = a_busy_day::begin(&server, &Texts { name: "F", label: "REF-" }).await;
    for role in ROLES {
        let (ok, said) = setup.beside(&["add-user", &format!("fuzz {role}"), role], PASSWORD);
        assert!(ok, "{said}");
    }
    let endpoints = TestSetup::endpoints();
    assert!(endpoints.len() > 40, "{endpoints:?}");
    let world = Arc::new(World {
        url: server.url.clone(),
        van: Mutex::new(day.van.clone()),
        day,
        admin_key: server.admin_key.clone(),
        exceptions: Mutex::default(),
        now: server.now().await,
        report: AtomicU64::new(1),
    });

    let (began, sent) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        let (world, endpoints, sent) = (world.clone(), endpoints.clone(), sent.clone());
        tasks.spawn(async move {
            let mut tallies = BTreeMap::<String, Tally>::new();
            let mut dice = Dice(seed.wrapping_mul(1_000).wrapping_add(caller));
            let mut session = String::new();
            let role = ROLES[caller as usize % ROLES.len()];
            let client = TestServer::client();
            let mut first_round = endpoints.iter().filter(|_| caller == 0);
            loop {
                let over = match requests {
                    Some(requests) => sent.fetch_add(1, Ordering::Relaxed) as u64 >= requests,
                    None => began.elapsed() > USUAL_TIME,
                };
                if over {
                    return tallies;
                }
                if session.is_empty() {
                    session = sign_in(&client, &world.url, role).await;
                }
                // One caller begins with every endpoint once, so that none is left out on a slow machine.
                let first = first_round.next();
                let endpoint = first.unwrap_or_else(|| &endpoints[dice.below(endpoints.len())]);
                // A search for a better plan takes seconds, and whoever signs out or guesses too often has to wait: one in
                // thirty is enough of them.
                let seldom = ["/propose-plan", "/sign-out", "/sign-out-elsewhere", "/api/sign-in"];
                if first.is_none() && seldom.iter().any(|end| endpoint.ends_with(end)) && dice.below(30) > 0 {
                    continue;
                }
                let (status, passed) = knock(&client, &world, endpoint, &session, &mut dice).await;
                if status == 401 || endpoint.ends_with("/sign-out") {
                    session.clear();
                }
                let tally = tallies.entry(endpoint.clone()).or_default();
                tally.asked += 1;
                tally.passed += usize::from(passed);
                *tally.statuses.entry(status).or_default() += 1;
            }
        });
    }
    let mut all = BTreeMap::<String, Tally>::new();
    while let Some(tallies) = tasks.join_next().await {
        for (endpoint, tally) in tallies.unwrap() {
            let sum = all.entry(endpoint).or_default();
            sum.asked += tally.asked;
            sum.passed += tally.passed;
            for (status, count) in tally.statuses {
                *sum.statuses.entry(status).or_default() += count;
            }
        }
    }
    let (asked, passed) = all.values().fold((0, 0), |(a, p), tally| (a + tally.asked, p + tally.passed));
    for (endpoint, tally) in &all {
        println!(
            "{endpoint:40} {:6} asked {:6} past the checks {:?}",
            tally.asked, tally.passed, tally.statuses
        );
    }
    println!(
        "{asked} requests in {:.0} s, {passed} past authentication and parsing",
        began.elapsed().as_secs_f64()
    );
    assert_eq!(all.len(), endpoints.len(), "every endpoint was tried");
    let broken: Vec<_> =
        all.iter().filter(|(_, t)| t.statuses.keys().any(|status| *status >= 500 || *status == 0)).collect();
    let log = setup.log();
    let lines: Vec<_> =
        log.lines().filter(|line| TELLING.iter().any(|word| line.contains(word))).take(20).collect();
    assert!(
        broken.is_empty(),
        "{:?}\n{}",
        broken.iter().map(|(d, t)| (d, &t.statuses)).collect::<Vec<_>>(),
        lines.join("\n")
    );
    assert!(!log.contains("panicked"), "{}", lines.join("\n"));
    assert!(passed * 2 >= asked, "only {passed} of {asked} got past authentication and parsing");
    let alive = TestServer::client().get(format!("{}/readyz", server.url)).send().await.unwrap();
    assert_eq!(alive.status(), 200, "{}", alive.text().await.unwrap());
    server.close();
}

async fn sign_in(client: &reqwest::Client, url: &str, role: &str) -> String {
    let name = format!("fuzz {role}");
    let form = serde_urlencoded::to_string([("name", name.as_str()), ("password", PASSWORD)]).unwrap();
    let ask = client.post(format!("{url}/api/sign-in")).header("accept", "application/json").body(form);
    let answer = ask.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies
        .map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Sends one request; answers its status (0 for none at all) and whether it got past authentication and parsing.
async fn knock(
    client: &reqwest::Client,
    world: &World,
    endpoint: &str,
    session: &str,
    dice: &mut Dice,
) -> (u16, bool) {
    let mut ask = world.valid(endpoint, dice);
    if dice.below(3) == 0 {
        for _ in 0..=dice.below(2) {
            if let Some(body) = &mut ask.body {
                dice.spoil(body);
            } else if !ask.pairs.is_empty() {
                let at = dice.below(ask.pairs.len());
                match dice.below(5) {
                    0 => drop(ask.pairs.remove(at)),
                    1 => ask.pairs.push(ask.pairs[at].clone()),
                    _ => ask.pairs[at].1 = dice.nasty(),
                }
            } else if dice.below(6) == 0 {
                ask.pairs.push(("q", dice.nasty()));
            }
        }
    }
    let form = serde_urlencoded::to_string(&ask.pairs).unwrap();
    let is_get = endpoint.starts_with("GET");
    let url = match (is_get, form.is_empty()) {
        (true, false) => format!("{}{}?{form}", world.url, ask.path),
        _ => format!("{}{}", world.url, ask.path),
    };
    let page = is_get && !ask.path.starts_with("/api/") && ask.key.is_none();
    let mut request = if is_get { client.get(url) } else { client.post(url) };
    request = request.header("accept", if page { "text/html" } else { "application/json" });
    request = request.timeout(Duration::from_secs(90));
    match &ask.key {
        Some(key) => request = request.bearer_auth(key),
        None => request = request.header("cookie", session).header("sec-fetch-site", "same-origin"),
    }
    match (ask.body, is_get) {
        (Some(body), _) if dice.below(60) == 0 => {
            // A body that breaks off.
            let text = body.to_string();
            let mut cut = dice.below(text.len());
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            request = request.header("content-type", "application/json").body(text[..cut].to_owned());
        }
        (Some(body), _) => request = request.json(&body),
        (None, false) => {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        (None, true) => {}
    }
    let Ok(mut answer) = request.send().await else { return (0, false) };
    let status = answer.status().as_u16();
    let location =
        answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or_default().to_owned();
    if endpoint == "GET /live/day" {
        let _first = tokio::time::timeout(Duration::from_secs(2), answer.chunk()).await;
        return (status, status == 200);
    }
    let Ok(said) = answer.text().await else { return (0, false) };
    if status >= 500 {
        println!("{endpoint} answered {status} to {:?}: {said}", ask.pairs);
    }
    if endpoint == "GET /api/queue" && status == 200 {
        let ids = said.split("\"id\":\"").skip(1).filter_map(|rest| rest.get(..36)).map(str::to_owned);
        *world.exceptions.lock().unwrap() = ids.collect();
    }
    if endpoint == "POST /api/v1/operation" && status == 200 {
        let keys: Value = serde_json::from_str(&said).unwrap_or_default();
        let all = keys["vehicles"].as_array().cloned().unwrap_or_default();
        if let Some(key) = all.iter().find(|k| k["name"] == "Van F").and_then(|k| k["key"].as_str()) {
            *world.van.lock().unwrap() = key.to_owned();
        }
    }
    let unread = said.contains("cannot be read")
        && !said.contains("\"known\"")
        && !said.contains("\"placed\"")
        && !said.contains("\"stored\"");
    let stopped = matches!(status, 0 | 400 | 401 | 403 | 405 | 413 | 429 | 431)
        || (status == 422 && said.contains("unreadable"))
        || (status == 302 && location.starts_with("/sign-in"))
        || unread;
    (status, !stopped)
}
