//! Where goods come from and where routes begin.

pub mod hub;
pub mod shop;
