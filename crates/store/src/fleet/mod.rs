//! Vehicles, their phones, and where they were.

pub mod devices;
pub mod positions;
pub mod vehicles;
