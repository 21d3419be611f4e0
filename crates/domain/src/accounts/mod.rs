//! Who is signed in, and what a role may do.

pub mod ability;
pub mod people;
pub mod scope;
pub mod settings;
