//! Hubs, their zones, and shops.

mod geojson;
pub(crate) mod hubs;
mod outline_map;
mod set_up;
mod zone_words;
mod zones;
