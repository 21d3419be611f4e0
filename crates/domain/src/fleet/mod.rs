//! What drives, and who.

pub mod driver;
pub mod skills;
pub mod vehicle;
