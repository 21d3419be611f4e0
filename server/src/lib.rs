//! What runs: the wiring, the routes, device intake, the live stream, the workers and the embedded database.
//!
//! [`house`] builds everything once, by hand, in order; [`router`] lists every route on one page. There is no rule of the
//! business here, and no SQL: a handler reads the request, calls one verb of operations and writes the answer.

pub mod database;
pub mod house;
pub mod settings;

mod address;
mod api;
mod guard;
mod intake;
mod limits;
mod links;
mod listener;
mod osmand;
mod problem;
mod router;
mod seats;
mod standing;
mod stream;
mod tiles;
mod workers;

pub use router::doors;
