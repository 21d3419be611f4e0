//! Numbers that everything keeps to.

/// How many seconds an arc that does not exist takes in a schedule; longer than any that does.
pub(crate) const UNREACHABLE: i64 = 10_000_000;
