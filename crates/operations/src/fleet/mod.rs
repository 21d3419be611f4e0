//! Devices and what they send; drivers and who drives what when.

pub(crate) mod approach;
mod clashes;
pub(crate) mod devices;
pub(crate) mod drivers;
pub(crate) mod duties;
mod handover;
pub(crate) mod intake;
mod roster_forms;
mod roster_page;
pub(crate) mod rosters;
pub(crate) mod trust;
