//! Watching a day: what readings mean, what is expected, and what needs a person.

pub(crate) mod expected;
pub(crate) mod ranges;
pub(crate) mod troubles;
pub(crate) mod watch;
