//! Every HTTP entrance: pages, devices, streams, machines, files.

pub(crate) mod api;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod intake;
pub(crate) mod links;
pub(crate) mod osmand;
pub(crate) mod rosters;
pub(crate) mod router;
pub(crate) mod stream;
pub(crate) mod tiles;
