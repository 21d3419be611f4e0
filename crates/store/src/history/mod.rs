//! What happened, what it adds up to, what follows it, and what is forgotten.

pub mod erasure;
pub mod events;
pub mod feed;
pub mod imported;
pub mod ledger;
pub mod months;
pub mod projectors;
pub mod retention;
pub mod rollups;
mod row;
