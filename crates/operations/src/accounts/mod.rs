//! Who may come in.

pub(crate) mod keeping;
pub(crate) mod keys;
pub(crate) mod own;
pub(crate) mod passwords;
pub(crate) mod people;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod tries;
pub(crate) mod uses;
