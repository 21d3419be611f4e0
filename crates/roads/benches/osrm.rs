//! Our streets beside an OSRM server on the same extract, in one run: speed, agreement, and why they differ where they do.
//!
//! `cargo xtask bench osrm` fetches OSRM's programs and sets `DOORSTEP_OSRM` (their folder), `DOORSTEP_OSRM_DATA` (where its
//! files are kept) and `DOORSTEP_EXTRACTS`. Prints a table for docs/benchmarks.md. Not here: pass or fail.

#![expect(clippy::expect_used, reason = "a bench stops at the first thing that is missing")]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use roads::{
    City, Closure, ClosureShape, Conditions, Driver, Fix, LatLon, Leg, Osrm, OsrmSettings, Profile,
    TravelTimes, UNREACHABLE, Wall, Weather,
};

const ROUNDS: usize = 7;

fn main() {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from);
    let (Some(osrm), Some(data), Some(extracts)) =
        (folder("DOORSTEP_OSRM"), folder("DOORSTEP_OSRM_DATA"), folder("DOORSTEP_EXTRACTS"))
    else {
        println!("SKIPPED: run `cargo xtask bench osrm`, which sets what this needs");
        return;
    };
    let extract = extracts.join("malta-latest.osm.pbf");
    if let Some(cache) = env::args().find_map(|a| a.strip_prefix("resident=").map(PathBuf::from)) {
        return say_resident(&extract, &cache);
    }
    let cache = env::temp_dir().join(format!("doorstep-bench-{}", std::process::id()));
    let (cold, _) = timed(|| City::open(&extract, &cache).expect("a city"));
    let load = median(|| City::open(&extract, &cache).expect("a city"));
    let city = City::open(&extract, &cache).expect("a city");
    let places = some_places(&city);
    let own = Command::new(env::current_exe().expect("this program"))
        .arg(format!("resident={}", cache.display()))
        .output()
        .expect("this program again");

    println!("\n| what | ours | OSRM |\n|---|---|---|");
    let base = prepare(&osrm, &data, &extract);
    println!("| from the extract to the first answer | {cold:.1?} | {} |", base.1);
    println!("| opened again | {load:.0?} | – |");
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let free = |n: usize| city.matrix(&places[..n], &places[..n], Profile::Car, None).expect("a matrix");
    free(1_000);

    let mut server = Routed::start(&osrm, &base.0);
    for count in [200, 1_000] {
        let (mut one, mut two, mut wall, mut cpu) = (vec![], vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            one.push(timed(|| alone.install(|| free(count))).0);
            two.push(timed(|| free(count)).0);
            let before = server.cpu();
            wall.push(timed(|| server.table_bytes(&places[..count])).0);
            cpu.push(server.cpu() - before);
        }
        let [one, two, wall, cpu] = [one, two, wall, cpu].map(middle);
        println!(
            "| table of {count} by {count}, one thread | {one:.0?} | {wall:.0?} over HTTP, {cpu:.0?} CPU |"
        );
        println!("| the same, two threads | {two:.0?} | – |");
    }
    let ours = String::from_utf8_lossy(&own.stdout);
    let theirs = resident(&server.child.id().to_string());
    println!("| most resident, with a table of 1,000 by 1,000 | {} MB | {theirs} MB |", ours.trim());

    let pairs: Vec<&[LatLon]> = places.windows(2).take(300).collect();
    let ours = median(|| pairs.iter().filter(|p| city.path(p, Profile::Car, None).is_ok()).count()) / 300;
    let client = server.client();
    let theirs = median(|| pairs.iter().filter(|p| client.route(p).is_ok()).count()) / 300;
    println!("| one path with its line | {ours:.0?} | {theirs:.0?} over HTTP, with steps |");

    changes(&city, &places);
    agreement(&city, &client, &places);
    matching(&city, &places);
    server.stop();
    // The cache was made above; leaving it behind would only fill the temporary folder.
    if let Err(error) = fs::remove_dir_all(&cache) {
        println!("could not remove {}: {error}", cache.display());
    }
}

fn some_places(city: &City) -> Vec<LatLon> {
    let step = (city.addresses().len() / 1_000).max(1);
    city.addresses().iter().step_by(step).take(1_000).map(|a| a.at).collect()
}

/// A process of its own, for what one that only serves has in memory.
fn say_resident(extract: &Path, cache: &Path) {
    let city = City::open(extract, cache).expect("a city");
    let places = some_places(&city);
    city.matrix(&places, &places, Profile::Car, None).expect("a matrix");
    println!("{}", resident("self"));
}

/// What it takes until new traffic or a closure holds.
fn changes(city: &City, places: &[LatLon]) {
    let monday = |hour: i64| Wall(1_795_392_000 + hour * 3_600);
    let line = ClosureShape::Line(
        city.path(&places[..2], Profile::Van, None).expect("a path").legs[0].points.clone(),
    );
    let bars = vec![Profile::Car, Profile::Van];
    let closure = Closure { shape: line, from: monday(6), until: monday(20), bars };
    let mut round = 0;
    let mut effect = |closed: bool| {
        let times = (0..ROUNDS).map(|_| {
            round += 1;
            // Never the same conditions twice, or nothing would have to be weighed.
            let weather = if round % 2 == 0 { Weather::Rain } else { Weather::HeavyRain };
            let closures = if closed { vec![closure.clone(); 1 + round % 3] } else { vec![] };
            let conditions = Conditions { weather, closures, ..Conditions::default() };
            timed(|| {
                city.set_conditions(conditions);
                city.drive(places[0], places[500], Profile::Van, monday(12)).expect("an answer")
            })
            .0
        });
        middle(times.collect())
    };
    let (traffic, closed) = (effect(false), effect(true));
    println!("| new traffic in effect: the first answer under it | {traffic:.0?} | customize and restart |");
    println!("| a closure in effect: the first answer under it | {closed:.0?} | customize and restart |");
    city.set_conditions(Conditions::default());
    let all: Vec<usize> = (0..places.len()).collect();
    let span = (monday(7), monday(19));
    let day = || city.day_matrix(places, std::slice::from_ref(&all), Profile::Van, span).expect("a day");
    let (took, matrix) = timed(day);
    println!(
        "| a day from 07:00 to 19:00 between 1,000 places, {} breaks, {} shapes | {took:.1?} | – |",
        matrix.breaks.len(),
        matrix.shapes.len()
    );
}

/// How far the two agree on free roads, and what lies behind the larger differences.
fn agreement(city: &City, client: &Osrm, places: &[LatLon]) {
    let some: Vec<LatLon> = places.iter().copied().step_by(5).collect();
    let theirs = client.table(&some, &some).expect("a table");
    let (times, metres) = city.distances(&some, &some, Profile::Car, None).expect("a matrix");
    let (mut ratios, mut off) = (Vec::new(), Vec::new());
    for i in 0..some.len() {
        for j in 0..some.len() {
            let (ours, theirs) = (times.at(i, j), theirs[i * some.len() + j]);
            if ours == UNREACHABLE || theirs == UNREACHABLE || theirs < 60 {
                continue;
            }
            let ratio = f64::from(ours) / f64::from(theirs);
            ratios.push(ratio);
            if (ratio - 1.0).abs() > 0.1 {
                off.push((i, j, ratio, f64::from(metres[i * some.len() + j])));
            }
        }
    }
    ratios.sort_by(f64::total_cmp);
    let at = |share: usize| ratios[(ratios.len() - 1) * share / 100];
    let within = |limit: f64| {
        100.0 * ratios.iter().filter(|r| (*r - 1.0).abs() <= limit).count() as f64 / ratios.len() as f64
    };
    println!(
        "\nAgreement on free roads, ours by theirs, {} pairs of {} places from a minute on:",
        ratios.len(),
        some.len()
    );
    println!(
        "5 % {:.3}, median {:.3}, 95 % {:.3}; within 10 %: {:.1} % of pairs, within 5 %: {:.1} %",
        at(5),
        at(50),
        at(95),
        within(0.1),
        within(0.05)
    );
    let step = (off.len() / 400).max(1);
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut looked = 0;
    for &(i, j, ratio, metres) in off.iter().step_by(step) {
        looked += 1;
        *causes.entry(cause(city, client, (some[i], some[j]), ratio, metres)).or_default() += 1;
    }
    println!("Of the {} pairs that differ by more, {looked} were looked at:", off.len());
    for (cause, count) in causes {
        println!("- {:.0} %: {cause}", 100.0 * count as f64 / looked.max(1) as f64);
    }
}

/// Why a pair differs by more than a tenth.
fn cause(city: &City, client: &Osrm, (from, to): (LatLon, LatLon), ratio: f64, metres: f64) -> &'static str {
    let moved = |at: LatLon| {
        let ours = city.snap(at, Profile::Car).map(|snap| snap.at);
        let theirs = client.nearest(at).ok().flatten().map(|(at, _)| at);
        ours.zip(theirs).is_some_and(|(a, b)| a.metres_to(b) > 25.0)
    };
    if moved(from) || moved(to) {
        return "an address is moved to another road (OSRM also takes private drives, which we leave out)";
    }
    let theirs = client.route(&[from, to]).ok().and_then(|path| path.legs.into_iter().next());
    let Some(theirs) = theirs else { return "OSRM gave no route" };
    if (metres / theirs.metres - 1.0).abs() > 0.03 {
        return if ratio < 1.0 {
            "another way: OSRM avoids narrow lanes, alleys and private roads and accepts a longer time for it"
        } else {
            "another way: through a road that we do not let cars use"
        };
    }
    if metres < 1_500.0 {
        "the same way, short: turns, gates and signs weigh more"
    } else {
        "the same way, other times"
    }
}

/// How well noisy fixes of drives are read back.
fn matching(city: &City, places: &[LatLon]) {
    let mut dice = 11_u64;
    let mut roll = move || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 11) as f64 / (1_u64 << 53) as f64
    };
    let path = city.path(&places[..400], Profile::Van, None).expect("a path");
    let legs: Vec<Leg> =
        path.legs.into_iter().filter(|leg| (400.0..25_000.0).contains(&leg.metres)).take(300).collect();
    println!(
        "\n| noise of the fixes | every | drives measured to 2 % | mean error | a fix |\n|---|---|---|---|---|"
    );
    for (noise, every) in [(4.0, 5.0), (6.0, 6.0), (10.0, 10.0)] {
        let (mut good, mut error, mut count, mut took) = (0, 0.0, 0, Duration::ZERO);
        for leg in &legs {
            let fixes = fixes(leg, every, noise, &mut roll);
            let (time, matched) = timed(|| city.match_fixes(&fixes, Profile::Van, &Driver::default()));
            let off = (matched.metres / leg.metres - 1.0).abs();
            good += usize::from(off < 0.02);
            error += off;
            count += fixes.len();
            took += time;
        }
        println!(
            "| {noise} m | {every} s | {:.1} % of {} | {:.2} % | {:.0?} |",
            100.0 * good as f64 / legs.len() as f64,
            legs.len(),
            100.0 * error / legs.len() as f64,
            took / count.max(1) as u32
        );
    }
}

/// Fixes along a drive with noise that drifts (Box and Muller 1958 for its steps).
fn fixes(leg: &Leg, every: f64, noise: f64, roll: &mut impl FnMut() -> f64) -> Vec<Fix> {
    let mut drift = [0.0, 0.0];
    let count = (leg.seconds / every).ceil() as usize;
    let fix = |index: usize| {
        let at = (index as f64 * every).min(leg.seconds);
        let after = leg.at_seconds.partition_point(|&t| t <= at).clamp(1, leg.points.len() - 1);
        let (a, b) = (leg.at_seconds[after - 1], leg.at_seconds[after]);
        let share = if b > a { (at - a) / (b - a) } else { 0.0 };
        for axis in &mut drift {
            let (u, v) = (roll().max(1e-12), roll());
            *axis = *axis * 0.7 + (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos() * noise * 0.7;
        }
        let (p, q) = (leg.points[after - 1], leg.points[after]);
        Fix {
            at: LatLon {
                lat: p.lat + (q.lat - p.lat) * share + drift[0] / 111_195.0,
                lon: p.lon + (q.lon - p.lon) * share + drift[1] / 90_000.0,
            },
            when: Wall(1_795_420_000 + (index as f64 * every) as i64),
            accuracy_m: Some(noise),
        }
    };
    (0..=count).map(fix).collect()
}

/// Makes OSRM's files where they are not; answers their name, and how long that took.
fn prepare(osrm: &Path, data: &Path, extract: &Path) -> (PathBuf, String) {
    let base = data.join("malta.osrm");
    if data.join("malta.osrm.hsgr").is_file() {
        return (base, "kept from before".to_owned());
    }
    fs::create_dir_all(data).expect("a folder");
    let pbf = data.join("malta.osm.pbf");
    fs::copy(extract, &pbf).expect("a copy");
    let run = |program: &str, arguments: &[&Path]| {
        let done = Command::new(osrm.join("bin").join(program))
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .expect("a program");
        assert!(done.success(), "{program}");
    };
    let (took, ()) = timed(|| {
        run("osrm-extract", &[Path::new("-p"), &osrm.join("share/profiles/car.lua"), &pbf]);
        run("osrm-contract", &[&base]);
    });
    (base, format!("{took:.1?}"))
}

/// A running OSRM server.
struct Routed {
    child: Child,
    port: u16,
}

impl Routed {
    fn start(osrm: &Path, base: &Path) -> Routed {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let child = Command::new(osrm.join("bin/osrm-routed"))
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "--algorithm", "CH", "-l", "ERROR"])
            .args(["--max-table-size", "3000", "--threads", "1"])
            .arg(base)
            .stdout(Stdio::null())
            .spawn()
            .expect("osrm-routed");
        let server = Routed { child, port };
        let client = server.client();
        let begun = Instant::now();
        while client.nearest(LatLon { lat: 35.9, lon: 14.45 }).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "osrm-routed does not answer");
        }
        server
    }

    fn client(&self) -> Osrm {
        let address = format!("http://127.0.0.1:{}", self.port);
        let settings = OsrmSettings { most_places: 3_000, retries: 4, ..OsrmSettings::at(&address) };
        Osrm::new(&settings)
    }

    /// Asks for a table over a plain connection and reads all of the answer without looking at it.
    fn table_bytes(&self, places: &[LatLon]) -> usize {
        let all: Vec<String> = places.iter().map(|at| format!("{:.6},{:.6}", at.lon, at.lat)).collect();
        let path = format!("/table/v1/driving/{}?skip_waypoints=true&generate_hints=false", all.join(";"));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            .expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&answer[..200.min(answer.len())])
        );
        answer.len()
    }

    /// Processor time that it has used, from hundredths of a second.
    fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }

    fn stop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The most that a process has had resident, in MB.
fn resident(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn median<T>(work: impl Fn() -> T) -> Duration {
    middle((0..ROUNDS).map(|_| timed(&work).0).collect())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
