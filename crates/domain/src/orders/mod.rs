//! What is to be delivered, and what was promised.

pub mod order;
