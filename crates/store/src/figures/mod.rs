//! What figures are made of.

mod day;

pub use day::*;
