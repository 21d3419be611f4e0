//! What people see: the pages of the control room, as complete HTML from the server and alive in the browser.
//!
//! Folders are named after who sits there; each holds its page, its pieces and one `api.rs` with all its server
//! functions. There is no SQL here, no rule of the business and no arithmetic of figures: a server function names the
//! caller, calls one operation and translates the answer. The map's glue, the keyboard and the live stream are the only
//! places that touch JavaScript values.

#![recursion_limit = "256"]

mod act;
mod address;
#[cfg(feature = "ssr")]
mod backend;
mod codec;
mod control_room;
mod deliveries;
pub mod desks;
#[cfg(feature = "ssr")]
mod erasure;
mod error;
mod exceptions;
mod figures;
mod format;
mod layout;
pub mod live;
mod parts;
#[cfg(feature = "ssr")]
mod people;
mod roads;
#[cfg(feature = "ssr")]
mod roster;
mod session;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod sign_in;
mod words;
#[cfg(feature = "ssr")]
mod zones;

#[cfg(feature = "ssr")]
pub use desks::App;
pub use error::Fault;
#[cfg(feature = "ssr")]
pub use shell::shell;
