//! What runs: the wiring, the routes, device intake, the live stream, the workers and the embedded database.
//!
//! [`house`] builds everything once, by hand, in order; `doors/router.rs` lists every route on one page. There is no rule of the
//! business here, and no SQL: a handler reads the request, calls one verb of operations and writes the answer.

pub mod database;

mod answers;
mod connections;
mod doors;
mod guard;
mod wiring;
mod workers;

pub use doors::router::doors;
pub use wiring::{house, settings};
