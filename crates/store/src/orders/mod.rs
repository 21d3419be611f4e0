//! Orders with their packages, and finding them.

mod load;
mod needs;
mod order;
pub mod search;
mod written;

pub use load::*;
pub use order::*;
pub use written::{insert, save};
