//! Hubs and shops.

pub(crate) mod set_up;
