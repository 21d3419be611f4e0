//! Connections: taking them, whose they are, and how many and how much each may ask.

pub(crate) mod address;
pub(crate) mod limits;
pub(crate) mod listener;
pub(crate) mod seats;
