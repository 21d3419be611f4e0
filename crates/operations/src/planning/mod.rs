//! The plan of a day: what can be decided, solving it, and better plans on the way.

pub(crate) mod accept;
pub(crate) mod decidable;
pub(crate) mod fitting;
pub(crate) mod morning;
pub(crate) mod problem;
pub(crate) mod proposal;
pub(crate) mod reachable;
pub(crate) mod reacting;
pub(crate) mod reasons;
pub(crate) mod solving;
pub(crate) mod time_grid;
