//! Devices and what they send.

pub(crate) mod approach;
pub(crate) mod devices;
pub(crate) mod intake;
pub(crate) mod trust;
