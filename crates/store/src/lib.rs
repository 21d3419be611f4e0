//! What is remembered: Postgres, and the only place that speaks SQL.
//!
//! A folder per family of nouns, a file per noun, and functions rather than repositories. A function that only reads takes [`Conn`]; one that writes
//! takes [`Tx`]. Rows are private and become domain values on the way out; a row that contradicts itself is named as
//! corrupt rather than guessed at. There is no rule here about what may happen: that is the domain's.

mod accounts;
mod base;
mod day;
pub mod figures;
mod fleet;
mod history;
pub mod orders;
pub mod roads;
mod sites;

pub use accounts::{changes, keys, links, people, sessions, settings, staff};
pub use base::{
    clock_anchor,
    database::{Conn, Database, Listener, Reader, Tx, ensure_database},
    error::StoreError,
    locks,
};
pub use day::{estimates, exceptions, plans, proposals, service_days, stops, visits};
pub use fleet::{devices, drivers, positions, shifts, vehicles};
pub use history::{erasure, events, feed, imported, ledger, months, projectors, retention, rollups};
pub use orders::search;
pub use roads::approaches;
pub use sites::{hubs, shops, zones};
