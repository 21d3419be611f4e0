//! Engines and address services outside, asked over HTTP, each behind the trait that the city itself answers.
//!
//! None of them is trusted: an answer that is late, broken, of the wrong shape or impossible is a named error, and the city
//! answers in its place. Not here: how the city finds its own answers.

mod geocoder;
mod http;
mod osrm;
mod outside;

pub use geocoder::{Geocoder, GeocoderKind};
pub use osrm::{Osrm, OsrmSettings};
pub use outside::{OutsideAddresses, OutsideRoads};
