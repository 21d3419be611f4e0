//! Whole-product tests: the real binary, a real database, one module for each walk.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail where it stands")]

mod a_busy_day;
mod every_endpoint_is_tried;
mod hostile_text;
mod nothing_answered_is_lost;
mod people_and_keys;
mod setup;
mod what_cannot_be;
mod who_may_come_in;
mod wrong_requests;
