//! Real extracts, Malta and Niue, from the folder that `DOORSTEP_EXTRACTS` names; skipped loudly without it.
//!
//! Not here: small made-up networks; those stand beside the code.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is missing")]

mod driven;
mod roads_change;
mod tiles;

use std::{env, fs, path::PathBuf, sync::LazyLock, time::UNIX_EPOCH};

use roads::{AddressKind, Addresses, City, LatLon, Profile, RoadsError, TravelTimes, UNREACHABLE};

struct Opened {
    city: City,
    cache: PathBuf,
}

/// One folder for all processes of this very build of the tests, so that each city is built once; those of other builds
/// are removed, because what they hold may have been built otherwise.
static CACHE: LazyLock<PathBuf> = LazyLock::new(|| {
    let exe = env::current_exe().and_then(fs::metadata).and_then(|exe| exe.modified()).expect("this program");
    let age = exe.duration_since(UNIX_EPOCH).expect("a time after 1970").as_nanos();
    let all = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cities");
    let own = all.join(age.to_string());
    fs::create_dir_all(&own).expect("a folder");
    for other in fs::read_dir(&all).expect("a folder").flatten().filter(|other| other.path() != own) {
        // Another process may have removed it already.
        drop(fs::remove_dir_all(other.path()));
    }
    own
});

static MALTA: LazyLock<Option<Opened>> = LazyLock::new(|| opened("malta-latest.osm.pbf"));
static NIUE: LazyLock<Option<Opened>> = LazyLock::new(|| opened("niue-230109.osm.pbf"));

fn extract(name: &str) -> Option<PathBuf> {
    let path = env::var_os("DOORSTEP_EXTRACTS").map(|folder| PathBuf::from(folder).join(name));
    let found = path.filter(|path| path.is_file());
    if found.is_none() {
        skips::skip("the cities", &format!("no {name} in the folder that DOORSTEP_EXTRACTS names"));
    }
    found
}

fn opened(name: &str) -> Option<Opened> {
    let path = extract(name)?;
    let city = City::open(&path, &CACHE).expect("a city");
    Some(Opened { city, cache: CACHE.clone() })
}

fn some_places(city: &City, count: usize) -> Vec<LatLon> {
    let step = (city.addresses().len() / count).max(1);
    city.addresses().iter().step_by(step).take(count).map(|address| address.at).collect()
}

fn matrix_agrees_with_paths(city: &City, profile: Profile) {
    let places = some_places(city, 24);
    let matrix = city.matrix(&places, &places, profile, None).expect("a matrix");
    assert!(matrix.seconds.iter().all(|&seconds| seconds != UNREACHABLE));
    for (i, &from) in places.iter().enumerate() {
        assert_eq!(matrix.at(i, i), 0);
        for (j, &to) in places.iter().enumerate() {
            let leg = &city.path(&[from, to], profile, None).expect("a path").legs[0];
            assert!((leg.seconds - f64::from(matrix.at(i, j))).abs() <= 0.5 + 1e-9, "{i} to {j}");
            assert_eq!(leg.points.len(), leg.at_seconds.len());
            assert!(leg.at_seconds.is_sorted() && leg.at_seconds.last() == Some(&leg.seconds));
            let drawn: f64 = leg.points.windows(2).map(|ends| ends[0].metres_to(ends[1])).sum();
            assert!((drawn - leg.metres).abs() < 0.5, "{drawn} m drawn, {} m said", leg.metres);
        }
    }
}

fn speeds_are_plausible(city: &City, profile: Profile, kmh: std::ops::Range<f64>) {
    let path = city.path(&some_places(city, 60), profile, None).expect("a path");
    let (metres, seconds) =
        path.legs.iter().fold((0.0, 0.0), |sum, leg| (sum.0 + leg.metres, sum.1 + leg.seconds));
    assert!(kmh.contains(&(metres / seconds * 3.6)), "{} km/h", metres / seconds * 3.6);
}

#[test]
fn malta_is_driven_as_its_matrix_says() {
    let Some(malta) = &*MALTA else { return };
    matrix_agrees_with_paths(&malta.city, Profile::Car);
    matrix_agrees_with_paths(&malta.city, Profile::CargoBike);
    matrix_agrees_with_paths(&malta.city, Profile::Van);
    matrix_agrees_with_paths(&malta.city, Profile::Walk);
    speeds_are_plausible(&malta.city, Profile::Car, 20.0..60.0);
    speeds_are_plausible(&malta.city, Profile::CargoBike, 10.0..17.0);
}

#[test]
fn every_place_that_is_snapped_is_driven_to_and_from() {
    let Some(malta) = &*MALTA else { return };
    let hub = LatLon { lat: 35.8783, lon: 14.4850 };
    // Two doors in streets that vans may enter, but leave only through one that is closed to them.
    let mut places =
        vec![LatLon { lat: 35.85949, lon: 14.51733 }, LatLon { lat: 35.851_719_3, lon: 14.531_637_1 }];
    places.extend(some_places(&malta.city, 1_500));
    for profile in [Profile::Car, Profile::Van, Profile::ElectricVan, Profile::CargoBike, Profile::Walk] {
        let there = malta.city.matrix(&[hub], &places, profile, None).expect("a matrix");
        let back = malta.city.matrix(&places, &[hub], profile, None).expect("a matrix");
        let lost = (0..places.len()).filter(|&at| there.at(0, at).max(back.at(at, 0)) == UNREACHABLE);
        assert_eq!(lost.map(|at| places[at]).collect::<Vec<_>>(), [], "{profile:?}");
    }
}

#[test]
fn niue_is_driven_as_its_matrix_says() {
    let Some(niue) = &*NIUE else { return };
    matrix_agrees_with_paths(&niue.city, Profile::Car);
    speeds_are_plausible(&niue.city, Profile::Car, 15.0..60.0);
}

#[test]
fn gozo_is_reached_by_ferry() {
    let Some(malta) = &*MALTA else { return };
    let (valletta, victoria) = (LatLon { lat: 35.8989, lon: 14.5146 }, LatLon { lat: 36.0444, lon: 14.2397 });
    let leg = &malta.city.path(&[valletta, victoria], Profile::Car, None).expect("a path").legs[0];
    assert!((3_000.0..7_200.0).contains(&leg.seconds), "{} s", leg.seconds);
    assert!((30_000.0..60_000.0).contains(&leg.metres), "{} m", leg.metres);
    // The ferry to Sicily leaves the map.
    assert!(malta.city.bounds().north < 36.2, "{:?}", malta.city.bounds());
}

#[test]
fn every_address_is_at_a_road_and_says_where() {
    let Some(malta) = &*MALTA else { return };
    let addresses = malta.city.addresses();
    let count = |kind| addresses.iter().filter(|address| address.kind == kind).count();
    assert!(count(AddressKind::Numbered) > 900, "{} numbered", count(AddressKind::Numbered));
    assert!(count(AddressKind::Place) > 3_000, "{} places", count(AddressKind::Place));
    assert!(count(AddressKind::Building) > 8_000, "{} buildings", count(AddressKind::Building));
    for address in addresses {
        assert!(!address.street.is_empty() && address.text.contains(&address.street), "{address:?}");
        assert!((address.kind == AddressKind::Numbered) == address.house_number.is_some(), "{address:?}");
        assert!(malta.city.snap(address.at, Profile::Car).is_some_and(|snap| snap.metres_away <= 300.0));
    }
}

#[test]
fn addresses_are_found_by_text_and_by_place() {
    let Some(malta) = &*MALTA else { return };
    for address in malta.city.addresses().iter().filter(|a| a.kind == AddressKind::Numbered).step_by(50) {
        let found = malta.city.search(&address.text, 3);
        let found = found.expect("an answer");
        assert!(found.iter().any(|other| other.address.text == address.text), "{}", address.text);
        let nearest = malta.city.reverse(address.at).expect("an answer").expect("an address");
        assert!(nearest.address.at.metres_to(address.at) < 0.01 && nearest.doubts.is_empty());
    }
    let slipped = malta.city.search("vallleta republic", 5).expect("an answer");
    assert!(!slipped.is_empty() && slipped.iter().all(|found| (0.0..=1.0).contains(&found.confidence)));
    assert!(malta.city.search("", 5).expect("an answer").is_empty());
    let sea = malta.city.reverse(LatLon { lat: 35.5, lon: 14.0 }).expect("an answer");
    assert!(sea.is_none());
}

#[test]
fn points_at_sea_and_on_other_islands_are_outside() {
    let Some(malta) = &*MALTA else { return };
    let (here, sea) = (some_places(&malta.city, 1)[0], LatLon { lat: 35.5, lon: 14.0 });
    assert!(malta.city.snap(sea, Profile::Car).is_none());
    let refusal = malta.city.matrix(&[here], &[sea], Profile::Car, None);
    assert!(matches!(refusal, Err(RoadsError::OutsideArea { index: 1, at }) if at == sea));
    let refusal = malta.city.path(&[here, sea], Profile::CargoBike, None);
    assert!(matches!(refusal, Err(RoadsError::OutsideArea { index: 1, .. })));
}

fn niue_file(file: &std::io::Result<fs::DirEntry>) -> bool {
    file.as_ref().is_ok_and(|file| file.file_name().to_string_lossy().starts_with("niue"))
}

#[test]
fn a_second_opening_reads_the_same_city_from_the_cache() {
    let (Some(niue), Some(path)) = (&*NIUE, extract("niue-230109.osm.pbf")) else { return };
    let kept = fs::read_dir(&niue.cache).expect("the cache").filter(niue_file).count();
    let again = City::open(&path, &niue.cache).expect("the same city");
    assert_eq!(fs::read_dir(&niue.cache).expect("the cache").filter(niue_file).count(), kept);
    assert_eq!(again.name(), "Niue");
    assert_eq!(again.addresses(), niue.city.addresses());
    assert_eq!(again.bounds(), niue.city.bounds());
    let places = some_places(&again, 30);
    let matrix = |city: &City| city.matrix(&places, &places, Profile::Car, None).expect("a matrix");
    assert_eq!(matrix(&again), matrix(&niue.city));
    let zoom = again.tile_zooms().1;
    let (x, y) = tiles::tile_of(again.bounds().centre(), zoom);
    assert!(again.tile(zoom, x, y).is_some());
    assert_eq!(again.tile(zoom, x, y), niue.city.tile(zoom, x, y));
}

#[test]
fn a_damaged_extract_is_a_named_error() {
    let Some(path) = extract("niue-230109.osm.pbf") else { return };
    let whole = fs::read(path).expect("the extract");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let damaged = folder.path().join("damaged.osm.pbf");
    let refused = |bytes: &[u8]| {
        fs::write(&damaged, bytes).expect("a written file");
        matches!(City::open(&damaged, folder.path()), Err(RoadsError::BrokenExtract { .. }))
    };
    for share in [1, 5, 10, 40, 60, 95] {
        assert!(refused(&whole[..whole.len() * share / 100]), "cut at {share} %");
    }
    for place in [20, 2_000, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[place..place + 16].fill(0xff);
        assert!(refused(&bytes), "overwritten at {place}");
    }
}
