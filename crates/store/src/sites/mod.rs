//! Hubs, their zones, and shops.

pub mod hubs;
pub mod shops;
pub mod zones;
