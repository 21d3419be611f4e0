//! What a day was like, in numbers that have a definition.

pub mod carbon;
mod day;
mod tally;

pub use day::*;
pub use tally::{AttemptCounts, RoadCounts, Tally};
