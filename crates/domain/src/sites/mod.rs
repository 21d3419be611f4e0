//! Where goods come from and where routes begin.

pub mod hub;
pub mod outline;
pub mod shop;
pub mod zone;
