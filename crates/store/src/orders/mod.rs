//! Orders with their packages, and finding them.

mod order;
pub mod search;

pub use order::*;
