//! How long it takes to get there, where an address is, and what the map looks like.
//!
//! A [`City`] is read once from an OpenStreetMap extract (`.osm.pbf`) and answers travel-time matrices, paths, snapping,
//! address look-ups and vector map tiles. Everything built from the extract is kept in a cache folder, so the second start
//! takes well under a second. The map data is © OpenStreetMap contributors under the ODbL: show [`City::attribution`]
//! wherever a tile, a path or an address is shown.
//!
//! Deliberately not here: orders, routes and vehicles (nothing of the house is known here), HTTP, clocks, and live traffic;
//! times are those of a free road on an ordinary day.

mod addresses;
mod cache;
mod city;
mod error;
mod extract;
mod geo;
mod network;
mod tiles;
mod travel;

pub use addresses::{Address, AddressKind};
pub use city::City;
pub use error::RoadsError;
pub use geo::{Bounds, LatLon};
pub use network::Profile;
pub use travel::{Leg, Matrix, Path, Snap, TravelTimes, UNREACHABLE};
