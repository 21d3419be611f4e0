//! What drives, and who.

pub mod driver;
pub mod shift;
pub mod skills;
pub mod vehicle;
