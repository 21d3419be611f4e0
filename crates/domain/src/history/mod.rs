//! What happened, and the state that it adds up to.

pub mod event;
pub mod ledger;
pub mod made;
pub mod stored;
mod upcast;
