//! A hub's day as it is planned, as it goes, and what of it needs a person.

pub mod estimates;
pub mod exceptions;
pub mod plans;
pub mod proposals;
pub mod service_days;
pub mod stops;
pub mod visits;
