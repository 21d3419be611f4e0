//! Who is signed in, and what a role may do.

pub mod ability;
pub mod change;
pub mod key;
pub mod people;
pub mod scope;
pub mod settings;
