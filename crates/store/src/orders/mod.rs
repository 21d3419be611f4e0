//! Orders with their packages, and finding them.

mod needs;
mod order;
pub mod search;

pub use order::*;
