//! What happened, what it adds up to, and what is forgotten.

pub mod events;
pub mod ledger;
pub mod retention;
