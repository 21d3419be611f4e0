//! Hubs and shops.

pub(crate) mod hubs;
mod set_up;
