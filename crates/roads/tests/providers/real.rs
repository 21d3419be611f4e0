//! A real OSRM server on Niue, as a contract that the client has to keep.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use roads::{City, LatLon, Osrm, OsrmSettings, OutsideRoads, Profile, TravelTimes};

use super::{HERE, THERE};

struct Routed(Child);

impl Drop for Routed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn programs() -> Option<(PathBuf, PathBuf)> {
    let osrm =
        std::env::var_os("DOORSTEP_OSRM").map(PathBuf::from).filter(|f| f.join("bin/osrm-routed").is_file());
    let extract = std::env::var_os("DOORSTEP_EXTRACTS").map(|f| PathBuf::from(f).join("niue-230109.osm.pbf"));
    let found = osrm.zip(extract.filter(|path| path.is_file()));
    if found.is_none() {
        let why = "no OSRM programs in the folder that DOORSTEP_OSRM names, or no extract of Niue";
        skips::skip_all_the_same("a real OSRM server", why);
    }
    found
}

fn run(osrm: &Path, program: &str, arguments: &[&Path]) {
    let done = Command::new(osrm.join("bin").join(program))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("a program");
    assert!(done.success(), "{program}");
}

#[test]
fn a_real_osrm_server_is_understood() {
    let Some((osrm, extract)) = programs() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pbf = folder.path().join("niue.osm.pbf");
    std::fs::copy(&extract, &pbf).expect("a copy");
    let base = folder.path().join("niue.osrm");
    run(&osrm, "osrm-extract", &[Path::new("-p"), &osrm.join("share/profiles/car.lua"), &pbf]);
    run(&osrm, "osrm-contract", &[&base]);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let served = Command::new(osrm.join("bin/osrm-routed"))
        .args(["-i", "127.0.0.1", "-p", &port.to_string(), "--algorithm", "CH", "-l", "ERROR"])
        .arg(&base)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("osrm-routed");
    let _routed = Routed(served);
    let client =
        Osrm::new(&OsrmSettings { retries: 4, ..OsrmSettings::at(&format!("http://127.0.0.1:{port}")) });
    let begun = Instant::now();
    while client.nearest(HERE).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "osrm-routed does not answer");
    }

    let (at, metres) = client.nearest(HERE).expect("an answer").expect("a road");
    assert!((at.metres_to(HERE) - metres).abs() < 2.0 && metres < 200.0, "{metres} m");

    let city = std::sync::Arc::new(City::open(&extract, folder.path()).expect("a city"));
    let step = (city.addresses().len() / 120).max(1);
    let places: Vec<LatLon> = city.addresses().iter().step_by(step).take(120).map(|a| a.at).collect();
    // More than the hundred places that a server takes as it comes, and more than 512 requests for one connection.
    let theirs = client.table(&places, &places).expect("a table");
    let ours = city.matrix(&places, &places, Profile::Car, None).expect("a matrix").seconds;
    let pairs = theirs.iter().zip(&ours).filter(|(t, _)| **t > 120 && **t != u32::MAX);
    let (mut close, mut all) = (0, 0);
    for (&t, &o) in pairs {
        close += u32::from((f64::from(o) / f64::from(t) - 1.0).abs() < 0.15);
        all += 1;
    }
    assert!(all > 1_000 && close * 100 > all * 80, "{close} of {all} within 15 %");
    for _ in 0..600 {
        client.nearest(THERE).expect("an answer");
    }

    let path = client.route(&[HERE, THERE, HERE]).expect("a route");
    assert_eq!(path.legs.len(), 2);
    for leg in &path.legs {
        assert!(
            leg.points.len() > 2 && leg.at_seconds.is_sorted() && leg.at_seconds.last() == Some(&leg.seconds)
        );
        let drawn: f64 = leg.points.windows(2).map(|e| e[0].metres_to(e[1])).sum();
        assert!((drawn / leg.metres - 1.0).abs() < 0.02, "{drawn} m drawn, {} m said", leg.metres);
    }
    let outside = OutsideRoads::new(client, city);
    let matrix = outside.matrix(&places[..5], &places[..5], Profile::Van, None).expect("a matrix");
    assert!(outside.source().trouble.is_none() && matrix.seconds.iter().any(|&s| s > 0));
}
