//! How long it takes to get there, where an address is, and what the map looks like.
//!
//! A [`City`] is read once from an OpenStreetMap extract (`.osm.pbf`) and answers travel-time matrices, paths, snapping,
//! address look-ups and vector map tiles. Everything built from the extract is kept in a cache folder, so the second start
//! takes well under a second. The map data is © OpenStreetMap contributors under the ODbL: show [`City::attribution`]
//! wherever a tile, a path or an address is shown.
//!
//! What changes while the city stays, traffic, weather and closures, are its [`Conditions`]; a journey asked for without a
//! departure finds the roads free.
//!
//! Deliberately not here: orders, routes and vehicles (nothing of the product is known here), and what time it is.

mod addresses;
mod cache;
mod city;
mod conditions;
mod error;
mod extract;
mod geo;
mod matching;
mod network;
mod providers;
mod tiles;
mod travel;
mod wall;

pub use addresses::{Address, AddressKind, Addresses, Doubt, Found};
pub use city::City;
pub use conditions::{
    Closure, ClosureShape, Conditions, Curves, Drives, Evidence, HOURS, Live, Pass, Weather, nearest_hour,
};
pub use error::RoadsError;
pub use geo::{Bounds, LatLon};
pub use matching::{Driver, Fix, Matched};
pub use network::{Group, Profile, Snap};
pub use providers::{Geocoder, GeocoderKind, Osrm, OsrmSettings, OutsideAddresses, OutsideRoads};
pub use travel::{DayMatrix, Leg, Matrix, Path, Reach, SHAPES, Source, TravelTimes, UNREACHABLE};
pub use wall::{DayKind, Wall};
