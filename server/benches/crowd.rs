//! How many single readings a second come in over HTTP, and what the live feed costs each of many viewers: the real binary
//! with a real database, phones and viewers in this process on the same machine. Prints figures; asserts nothing about time.
//!
//! `cargo xtask bench crowd`.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a bench may fail where it stands")]

#[path = "../tests/product/setup.rs"]
#[expect(dead_code, reason = "the whole-product tests use the rest")]
mod setup;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use setup::{TestServer, TestSetup};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

const VEHICLES: usize = 600;
const PHONES: usize = 128;
const VIEWERS: usize = 1_000;
/// For so long each part is measured.
const MEASURED: Duration = Duration::from_secs(30);
/// Before it, for so long everybody comes in.
const SETTLING: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() {
    let Some(setup) = TestSetup::prepare_in("malta-latest.osm.pbf", "bench crowd") else { return };
    let limits =
        ["--streams-by-session", "2000", "--connections-by-address", "4000", "--limits-times", "100000"];
    let server = setup.open(&[&["--factor", "1", "--start", "09:00"][..], &limits].concat());
    let vehicles: Vec<_> = (1..=VEHICLES)
        .map(|n| {
            json!({ "label": format!("Van {n:03}"), "kind": "diesel_van", "driver": format!("Driver {n:03}"),
                    "capacity_g": 900_000, "capacity_ml": 9_000_000, "shift_from": "07:30:00", "shift_until": "20:00:00" })
        })
        .collect();
    let ask = json!({
        "hub": { "name": "Bench hub", "at": { "lat": 35.885, "lon": 14.47 }, "zone": "Europe/Malta", "plan_at": "07:30:00" },
        "shops": ["Books"], "vehicles": vehicles,
    });
    let (status, keys) = server.post("/api/v1/operation", &server.admin_key, &ask).await;
    assert_eq!(status, 200, "{keys}");
    let tokens: Vec<String> =
        keys["vehicles"].as_array().unwrap().iter().map(|v| v["key"].as_str().unwrap().to_owned()).collect();
    let begin = server.now().await;

    singles(&server, &tokens, begin - TimeDelta::hours(2)).await;
    viewers(&server, &tokens).await;
    server.close();
}

/// Phones that send one reading in each request, each as soon as the one before is answered.
async fn singles(server: &TestServer, tokens: &[String], begin: DateTime<Utc>) {
    let over = Arc::new(AtomicBool::new(false));
    let mut phones = JoinSet::new();
    for (phone, token) in tokens.iter().take(PHONES).enumerate() {
        let (token, over) = (token.clone(), over.clone());
        let mut line = Line::open(&server.url).await;
        phones.spawn(async move {
            let mut took = vec![];
            let mut n = 0;
            while !over.load(Ordering::Relaxed) {
                n += 1;
                let at = begin + TimeDelta::milliseconds(n * 10);
                let began = Instant::now();
                line.send_reading(&token, at, (phone as f64 * 1e-4, n as f64 * 1e-6), (0.1, 0.0)).await;
                took.push((began, began.elapsed()));
            }
            took
        });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (from, cpu) = (Instant::now(), processor_seconds(server.pid()));
    tokio::time::sleep(MEASURED).await;
    let (until, cpu) = (Instant::now(), processor_seconds(server.pid()) - cpu);
    over.store(true, Ordering::Relaxed);
    let mut took: Vec<Duration> = vec![];
    while let Some(phone) = phones.join_next().await {
        let within = |(began, _): &(Instant, Duration)| *began >= from && *began < until;
        took.extend(phone.unwrap().into_iter().filter(within).map(|(_, took)| took));
    }
    took.sort_unstable();
    let seconds = (until - from).as_secs_f64();
    println!(
        "single readings over HTTP, {PHONES} connections: {:.0} a second, median {:.1} ms, p99 {:.1} ms; the server used {:.2} cores",
        took.len() as f64 / seconds,
        share(&took, 0.5).as_secs_f64() * 1e3,
        share(&took, 0.99).as_secs_f64() * 1e3,
        cpu / seconds
    );
}

/// Every vehicle moves once a second, and many look on.
async fn viewers(server: &TestServer, tokens: &[String]) {
    let cookies = server.sign_in("dispatcher").await;
    let (world, began) = (server.now().await, Instant::now());
    let over = Arc::new(AtomicBool::new(false));
    let mut phones = JoinSet::new();
    for (n, token) in tokens.iter().enumerate() {
        let (token, over) = (token.clone(), over.clone());
        let mut line = Line::open(&server.url).await;
        phones.spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(n as f64 / VEHICLES as f64)).await;
            let mut tick = tokio::time::interval(Duration::from_secs(1));
            // From a place of its own, each its own winding way at its own speed: what looks alike would be packed too well.
            let mut place = ((n / 30) as f64 * 0.004, (n % 30) as f64 * 0.004);
            let (mut heading, mut dice) = (n as f64 * 2.4, n as u64);
            while !over.load(Ordering::Relaxed) {
                tick.tick().await;
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let roll = (dice >> 40) as f64 / f64::from(1 << 24);
                heading += (roll - 0.5) * 0.8;
                let metres = 4.0 + 12.0 * ((dice >> 20) & 0xffff) as f64 / 65_536.0;
                place.0 += metres * heading.cos() / 111_000.0;
                place.1 += metres * heading.sin() / 90_000.0;
                let at = world + TimeDelta::from_std(began.elapsed()).unwrap();
                line.send_reading(&token, at, place, (metres, heading)).await;
            }
        });
    }
    let bytes = Arc::new(AtomicU64::new(0));
    let mut looking = JoinSet::new();
    for _ in 0..VIEWERS {
        let mut line = Line::open(&server.url).await;
        line.ask_for_feed(&cookies).await;
        let (bytes, over) = (bytes.clone(), over.clone());
        looking.spawn(async move {
            let (mut buffer, mut heard) = (vec![0; 65_536], vec![]);
            while !over.load(Ordering::Relaxed) {
                let read = line.stream.read(&mut buffer).await.unwrap();
                assert!(read > 0, "the feed ended");
                bytes.fetch_add(read as u64, Ordering::Relaxed);
                heard.push(Instant::now());
            }
            heard
        });
    }
    tokio::time::sleep(SETTLING).await;
    let (from, before, cpu) =
        (Instant::now(), bytes.load(Ordering::Relaxed), processor_seconds(server.pid()));
    tokio::time::sleep(MEASURED).await;
    let (until, after, cpu) =
        (Instant::now(), bytes.load(Ordering::Relaxed), processor_seconds(server.pid()) - cpu);
    over.store(true, Ordering::Relaxed);
    let mut silences = vec![];
    while let Some(viewer) = looking.join_next().await {
        let within: Vec<_> = viewer.unwrap().into_iter().filter(|at| *at >= from && *at <= until).collect();
        silences.push(within.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(MEASURED));
    }
    while phones.join_next().await.is_some() {}
    silences.sort_unstable();
    let seconds = (until - from).as_secs_f64();
    println!(
        "live feed, {VEHICLES} vehicles that move once a second, {VIEWERS} viewers: {:.2} kB/s each; longest silence of a \
         viewer: median {:.2} s, p99 {:.2} s; the server used {:.2} cores and {} MB",
        (after - before) as f64 / seconds / VIEWERS as f64 / 1e3,
        share(&silences, 0.5).as_secs_f64(),
        share(&silences, 0.99).as_secs_f64(),
        cpu / seconds,
        megabytes(server.pid())
    );
}

fn share(sorted: &[Duration], share: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// A connection that is kept.
struct Line {
    stream: TcpStream,
    host: String,
    answer: Vec<u8>,
}

impl Line {
    async fn open(url: &str) -> Self {
        let host = url.strip_prefix("http://").expect("a plain address").trim_end_matches('/').to_owned();
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, host, answer: vec![] }
    }

    /// One reading, and its answer, which must be that it is stored.
    async fn send_reading(
        &mut self,
        token: &str,
        at: DateTime<Utc>,
        (north, east): (f64, f64),
        (speed, heading): (f64, f64),
    ) {
        let body = format!(
            r#"{{"fixes":[{{"at":"{}","lat":{:.6},"lon":{:.6},"speed_mps":{speed:.1},"heading_deg":{:.1},"accuracy_m":5}}]}}"#,
            at.to_rfc3339_opts(SecondsFormat::Millis, true),
            35.82 + north,
            14.36 + east,
            heading.to_degrees().rem_euclid(360.0)
        );
        let ask = format!(
            "POST /intake/positions HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(ask.as_bytes()).await.unwrap();
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "the connection was closed");
            let text = std::str::from_utf8(&self.answer).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.unwrap().parse().unwrap() {
                assert!(head.starts_with("HTTP/1.1 200") && body.contains(r#""stored":1"#), "{text}");
                return;
            }
        }
    }

    async fn ask_for_feed(&mut self, cookies: &str) {
        let ask = format!(
            "GET /live/day HTTP/1.1\r\nhost: {}\r\ncookie: {cookies}\r\naccept: text/event-stream\r\n\
             accept-encoding: gzip\r\n\r\n",
            self.host
        );
        self.stream.write_all(ask.as_bytes()).await.unwrap();
        let mut head = [0; 15];
        self.stream.read_exact(&mut head).await.unwrap();
        assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    }
}

/// Seconds of processor that a process has used, its database not counted.
fn processor_seconds(pid: i32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, after) = stat.rsplit_once(')').unwrap();
    let fields: Vec<f64> =
        after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse().unwrap()).collect();
    fields.iter().sum::<f64>() / 100.0
}

fn megabytes(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1_024
}
