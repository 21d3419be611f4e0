//! What runs: the wiring, the routes, device intake, the live stream, the workers and the embedded database.
//!
//! [`installation`] builds everything once, by hand, in order; `handlers/router.rs` lists every route on one page. There is no rule of the
//! business here, and no SQL: a handler reads the request, calls one verb of operations and writes the answer.

pub mod database;

mod answers;
mod connections;
mod guard;
mod handlers;
mod wiring;
mod workers;

pub use handlers::router::endpoints;
pub use wiring::{installation, settings};
