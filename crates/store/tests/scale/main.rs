//! What must stay true of a history of many orders: questions read what they are about and nothing more, what is kept is
//! kept once, and anything is found by any part of it.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod bytes;
mod ground;
mod interrupted;
mod months;
mod once;
mod reads;
mod retention;
mod search;
mod upgrade;
