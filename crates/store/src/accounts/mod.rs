//! Who may come in, and what they come in by.

pub mod changes;
pub mod keys;
pub mod links;
pub mod people;
pub mod sessions;
pub mod settings;
pub mod staff;
