//! What small towns answer that are made in code, one for each way of tagging or writing that has once gone wrong.
//!
//! They are written as extracts and opened as any other. Not here: real cities (`cities`).

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is missing")]

mod addresses;
#[path = "../made/mod.rs"]
mod made;
mod standing;
mod ways;

use made::Made;
use roads::{City, LatLon};

/// A made extract in the middle of nowhere.
fn nowhere() -> Made {
    Made::around(LatLon { lat: 50.0, lon: 8.0 })
}

/// The city of an extract.
fn opened(made: &Made) -> City {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("made.osm.pbf");
    made.write(&path).expect("a written extract");
    City::open(&path, folder.path()).expect("a city")
}
