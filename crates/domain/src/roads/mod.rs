//! What people say about the roads.

pub mod closure;
pub mod weather;
