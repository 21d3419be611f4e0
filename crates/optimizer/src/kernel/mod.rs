//! The engine's inner loop on the classic problems: ruin and recreate at some hundred thousand steps a second.

pub(crate) mod anneal;
mod buckets;
pub(crate) mod instance;
pub(crate) mod metric;
pub(crate) mod plan;
mod recreate;
mod ruin;
pub(crate) mod state;
