//! Vehicles, who drives them when, their phones, and where they were.

pub mod devices;
pub mod drivers;
pub mod positions;
pub mod shifts;
pub mod vehicles;
