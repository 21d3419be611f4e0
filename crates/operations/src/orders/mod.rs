//! Orders: placing, finding, showing, and moving their promises.

pub(crate) mod asked;
pub(crate) mod deliveries;
pub(crate) mod insertion;
pub(crate) mod place;
pub(crate) mod quote;
pub(crate) mod slots;
pub(crate) mod story;
