//! A hub's day as it goes: its board, what drivers do, what needs a person.

pub(crate) mod board;
pub(crate) mod book;
pub(crate) mod doors;
pub(crate) mod driver_routes;
pub(crate) mod estimates;
pub(crate) mod exceptions;
pub(crate) mod outcomes;
pub(crate) mod service_day;
pub(crate) mod standing;
