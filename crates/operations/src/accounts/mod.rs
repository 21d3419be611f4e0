//! Who may come in.

pub(crate) mod passwords;
pub(crate) mod people;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod tries;
