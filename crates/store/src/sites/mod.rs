//! Hubs and shops.

pub mod hubs;
pub mod shops;
