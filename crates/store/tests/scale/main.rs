//! What must stay true of a history of many orders: questions read what they are about and nothing more, what is kept is
//! kept once, and anything is found by any part of it.

mod ground;
mod once;
mod reads;
mod retention;
mod search;
