//! The engine's inner loop on classic problems: ruin and recreate at some hundred thousand steps a second and thread.
//!
//! Nothing in a step grows with the number of stops. What a search does with many steps is for `engine` to say.

pub(crate) mod anneal;
mod buckets;
pub(crate) mod instance;
pub(crate) mod metric;
pub(crate) mod plan;
mod recreate;
mod ruin;
pub(crate) mod state;
