//! Engines and address services outside: made-up ones that are slow, lie, or are down, and a real OSRM server.
//!
//! The real one is in the folder that `DOORSTEP_OSRM` names (`bin/osrm-routed` and its kin, from the PyPI wheel
//! `osrm-bindings`); `cargo xtask test` fetches it where pip can. Skipped loudly without it, or without the extracts.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is missing")]

mod real;
mod server;

use std::{sync::Arc, time::Duration};

use roads::{
    Addresses, City, Doubt, Geocoder, GeocoderKind, LatLon, Osrm, OsrmSettings, OutsideAddresses,
    OutsideRoads, Profile, RoadsError, TravelTimes, UNREACHABLE, Wall,
};
use server::{Said, Server};

const HERE: LatLon = LatLon { lat: -19.0554, lon: -169.9186 };
const THERE: LatLon = LatLon { lat: -19.0156, lon: -169.9220 };

fn quick(server: &Server) -> Osrm {
    Osrm::new(&OsrmSettings {
        timeout: Duration::from_millis(400),
        retries: 1,
        ..OsrmSettings::at(server.address())
    })
}

/// Answers tables with 400 s between neighbours in the question.
fn table(path: &str) -> Said {
    let list = |key: &str| -> Vec<i64> {
        let from = path.find(key).map(|at| at + key.len()).expect("the key");
        path[from..]
            .split('&')
            .next()
            .expect("a value")
            .split(';')
            .map(|n| n.parse().expect("a number"))
            .collect()
    };
    let (sources, targets) = (list("sources="), list("destinations="));
    let row = |s: &i64| -> Vec<i64> { targets.iter().map(|t| (s - t).abs() * 400).collect() };
    let rows: Vec<Vec<i64>> = sources.iter().map(row).collect();
    Said::ok(&format!("{{\"code\":\"Ok\",\"durations\":{rows:?}}}"))
}

#[test]
fn a_table_is_asked_for_in_pieces_that_the_server_takes() {
    let server = Server::start(|path| {
        let places = path.split('?').next().expect("a path").matches(';').count() + 1;
        if places > 12 {
            Said::status(400, "{\"code\":\"TooBig\",\"message\":\"too many\"}")
        } else {
            table(path)
        }
    });
    let places: Vec<LatLon> =
        (0..17).map(|n| LatLon { lat: -19.05 + f64::from(n) * 1e-4, lon: -169.9 }).collect();
    let seconds = quick(&server).table(&places, &places).expect("a table");
    assert_eq!(seconds.len(), 17 * 17);
    assert!(seconds.iter().all(|&s| s != UNREACHABLE) && server.asked() > 4);
}

#[test]
fn what_cannot_be_true_or_read_is_refused() {
    for (body, why) in [
        ("{\"code\":\"Ok\",\"durations\":[[0]]}", "another shape"),
        ("{\"code\":\"Ok\",\"durations\":[[0,1],[1,0]]}", "faster than any car"),
        ("{\"code\":\"Ok\",\"durations\":[[0,-5],[5,0]]}", "back in time"),
        ("{\"code\":\"Ok\",\"durations\":[[0,1e12],[5,0]]}", "a year"),
        ("{\"code\":\"Ok\",\"durations\":\"none\"}", "no numbers"),
        ("<html>", "no JSON"),
        ("{\"code\":\"NoTable\"}", "no table"),
        ("", "nothing"),
    ] {
        let said = body.to_owned();
        let server = Server::start(move |_| Said::ok(&said));
        let answer = quick(&server).table(&[HERE, THERE], &[HERE, THERE]);
        assert!(matches!(answer, Err(RoadsError::Provider { .. })), "{why}: {answer:?}");
    }
    let missing = Server::start(|_| Said::ok("{\"code\":\"Ok\",\"durations\":[[0,null],[700,0]]}"));
    let seconds = quick(&missing).table(&[HERE, THERE], &[HERE, THERE]).expect("a table");
    assert_eq!(seconds, [0, UNREACHABLE, 700, 0]);
}

#[test]
fn a_broken_connection_is_tried_again_and_a_refusal_is_not() {
    let server = Server::start(|path| if path.contains("asked=0") { Said::hang_up() } else { table(path) });
    assert!(quick(&server).table(&[HERE], &[HERE]).is_ok());
    let flaky = Server::flaky(1, table);
    assert!(quick(&flaky).table(&[HERE], &[HERE]).is_ok());
    assert_eq!(flaky.asked(), 2);
    let refusing = Server::start(|_| Said::status(400, "{\"code\":\"InvalidQuery\",\"message\":\"no\"}"));
    let answer = quick(&refusing).table(&[HERE], &[HERE]);
    assert!(matches!(answer, Err(RoadsError::Provider { what, .. }) if what.contains("InvalidQuery")));
    assert_eq!(refusing.asked(), 1);
}

fn niue() -> Option<Arc<City>> {
    let folder = std::env::var_os("DOORSTEP_EXTRACTS").map(std::path::PathBuf::from);
    let Some(path) = folder.map(|f| f.join("niue-230109.osm.pbf")).filter(|path| path.is_file()) else {
        skips::skip("providers", "no niue-230109.osm.pbf in the folder that DOORSTEP_EXTRACTS names");
        return None;
    };
    let cache = tempfile::tempdir().expect("a temporary folder");
    Some(Arc::new(City::open(&path, cache.path()).expect("a city")))
}

#[test]
fn the_city_answers_for_a_server_that_fails_and_says_so() {
    let Some(city) = niue() else { return };
    let slow = Server::start(|path| {
        std::thread::sleep(Duration::from_millis(900));
        table(path)
    });
    let broken = Server::start(|_| Said::status(500, "no"));
    let lying = Server::start(|_| Said::ok("{\"code\":\"Ok\",\"durations\":[[0,1],[1,0]]}"));
    let own = city.matrix(&[HERE, THERE], &[HERE, THERE], Profile::Van, None).expect("a matrix");
    for server in [slow, broken, lying] {
        let outside = OutsideRoads::new(quick(&server), city.clone());
        assert!(outside.source().trouble.is_none());
        let answer = outside.matrix(&[HERE, THERE], &[HERE, THERE], Profile::Van, None).expect("a matrix");
        assert_eq!(answer, own);
        let trouble = outside.source().trouble.expect("trouble");
        assert!(trouble.contains("Own streets answer instead"), "{trouble}");
        let asked = server.asked();
        let again = std::time::Instant::now();
        outside.matrix(&[HERE, THERE], &[HERE, THERE], Profile::Van, None).expect("a matrix");
        assert!(server.asked() == asked && again.elapsed() < Duration::from_millis(300), "it is left alone");
    }
    let nobody = Osrm::new(&OsrmSettings { retries: 0, ..OsrmSettings::at("http://127.0.0.1:1") });
    let outside = OutsideRoads::new(nobody, city.clone());
    assert_eq!(outside.matrix(&[HERE, THERE], &[HERE, THERE], Profile::Van, None).expect("a matrix"), own);
    assert!(outside.source().trouble.is_some());
    let sea = LatLon { lat: -25.0, lon: -169.9 };
    let answer = outside.matrix(&[HERE], &[sea], Profile::Van, None);
    assert!(matches!(answer, Err(RoadsError::OutsideArea { index: 1, .. })));
}

#[test]
fn a_server_outside_is_asked_for_vans_and_its_times_follow_the_hour() {
    let Some(city) = niue() else { return };
    let server = Server::start(table);
    let outside = OutsideRoads::new(quick(&server), city.clone());
    let monday = |hour: i64| Some(Wall(1_795_392_000 + hour * 3_600));
    let seconds =
        |profile, depart| outside.matrix(&[HERE], &[THERE], profile, depart).expect("a matrix").at(0, 0);
    assert_eq!(seconds(Profile::Van, None), 400);
    assert!(seconds(Profile::Van, monday(17)) > seconds(Profile::Van, monday(3)));
    let own = city.matrix(&[HERE], &[THERE], Profile::CargoBike, None).expect("a matrix").at(0, 0);
    assert_eq!(seconds(Profile::CargoBike, None), own, "the server knows no bikes");
    let groups = [vec![0, 1]];
    let span = (Wall(1_795_392_000 + 6 * 3_600), Wall(1_795_392_000 + 19 * 3_600));
    let day = outside.day_matrix(&[HERE, THERE], &groups, Profile::Van, span).expect("a day");
    assert!(day.at(0, 1, span.0.plus(39_600)) > day.at(0, 1, span.0), "slower at 17:00 than at 06:00");
    assert!(outside.source().engine.contains("OSRM"));
}

#[test]
fn address_services_are_read_and_the_city_answers_for_those_that_fail() {
    let Some(city) = niue() else { return };
    let area = city.bounds();
    let limit = Duration::from_millis(400);
    let nominatim = Server::start(|path| {
        let one = r#"{"lat":"-19.0554","lon":"-169.9186","display_name":"12, Main Road, Alofi","importance":0.9,
            "address":{"house_number":"12","road":"Main Road","village":"Alofi"}}"#;
        let far = r#"{"lat":"48.85","lon":"2.35","display_name":"Paris","importance":1}"#;
        let broken = r#"{"lat":"north","lon":"2.35","display_name":"?"}"#;
        if path.starts_with("/reverse") {
            Said::ok(one)
        } else {
            Said::ok(&format!("[{far},{broken},{one}]"))
        }
    });
    let geocoder = Geocoder::new(GeocoderKind::Nominatim, nominatim.address(), area, limit);
    let found = geocoder.search("12 main road alofi", 5).expect("an answer");
    assert_eq!(found.len(), 1, "what lies outside or cannot be read is no answer");
    assert_eq!((found[0].address.house_number.as_deref(), found[0].confidence), (Some("12"), 0.9));
    let unsure = geocoder.search("99 main road alofi", 5).expect("an answer");
    assert!(
        matches!(&unsure[0].doubts[..], [Doubt::NumberUnknown(n)] if n == "99")
            && unsure[0].confidence < 0.75
    );
    let near = geocoder.reverse(HERE).expect("an answer").expect("an address");
    assert!(near.doubts.is_empty() && near.confidence == 1.0);
    let far = geocoder.reverse(THERE).expect("an answer").expect("an address");
    assert!(matches!(far.doubts[..], [Doubt::Far(metres)] if metres > 4_000) && far.confidence < 0.1);

    let photon = Server::start(|_| {
        Said::ok(
            r#"{"features":[{"geometry":{"coordinates":[-169.9186,-19.0554]},
               "properties":{"name":"Post Office","street":"Main Road","city":"Alofi"}}]}"#,
        )
    });
    let geocoder = Geocoder::new(GeocoderKind::Photon, photon.address(), area, limit);
    let found = geocoder.search("post office", 5).expect("an answer");
    assert_eq!(found[0].address.name.as_deref(), Some("Post Office"));
    assert_eq!(found[0].address.text, "Main Road, Alofi");

    let down = Server::start(|_| Said::status(503, ""));
    let services =
        OutsideAddresses::new(Geocoder::new(GeocoderKind::Photon, down.address(), area, limit), city.clone());
    assert_eq!(services.search("Alofi", 3).expect("an answer"), city.search("Alofi", 3).expect("an answer"));
    assert!(services.trouble().is_some());
    assert_eq!(services.reverse(HERE).expect("an answer"), city.reverse(HERE).expect("an answer"));
}
