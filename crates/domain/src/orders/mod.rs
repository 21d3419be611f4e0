//! What is to be delivered, and what was promised.

pub mod contents;
pub mod needs;
pub mod order;
