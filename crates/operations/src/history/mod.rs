//! What the history adds up to, and what is forgotten.

pub(crate) mod replay;
pub(crate) mod retention;
