//! What drives, and who.

pub mod driver;
pub mod vehicle;
