//! What a day was like, in numbers that have a definition.

pub mod carbon;
mod day;

pub use day::*;
