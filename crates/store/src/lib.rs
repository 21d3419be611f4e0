//! What is remembered: Postgres, and the only place that speaks SQL.
//!
//! A file per noun, and functions rather than repositories. A function that only reads takes [`Conn`]; one that writes
//! takes [`Tx`]. Rows are private and become domain values on the way out; a row that contradicts itself is named as
//! corrupt rather than guessed at. There is no rule here about what may happen: that is the domain's.

pub mod approaches;
mod database;
mod error;
pub mod estimates;
pub mod events;
pub mod exceptions;
pub mod figures;
pub mod fleet;
pub mod ledger;
pub mod locks;
pub mod orders;
pub mod people;
pub mod plans;
pub mod positions;
pub mod proposals;
pub mod retention;
pub mod roads;
pub mod search;
pub mod stops;

pub use database::{Conn, Database, Reader, Tx, ensure_database};
pub use error::StoreError;
