//! One hub's day: its plan, its routes and their stops, what happened at the doors, and what needs a person.

pub mod attempt;
pub mod exception;
pub mod plan;
pub mod route;
pub mod service_day;
pub mod standing;
pub mod stop;
