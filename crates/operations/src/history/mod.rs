//! What the history adds up to, what follows it, and what is forgotten.

pub(crate) mod erasure;
pub(crate) mod import;
pub(crate) mod months;
pub(crate) mod projector;
pub(crate) mod recipients;
pub(crate) mod replay;
pub(crate) mod retention;
pub(crate) mod rollups;
