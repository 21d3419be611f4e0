//! Whole-house tests: the real binary, a real database, one module for each walk.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail where it stands")]

mod grounds;
mod nothing_answered_is_lost;
mod the_doors;
