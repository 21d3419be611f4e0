//! What people say about the roads, and what drives have shown of them.

pub mod approaches;
mod conditions;

pub use conditions::*;
