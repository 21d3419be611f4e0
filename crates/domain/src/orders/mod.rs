//! What is to be delivered or collected, and what was promised.

pub mod contents;
pub mod needs;
pub mod order;
pub mod service;
