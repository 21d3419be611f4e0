//! Orders with their packages, and finding them.

mod load;
mod needs;
mod order;
pub mod search;

pub use load::*;
pub use order::*;
