//! What every family uses: the pool and its handles, locks as values, errors.

pub mod clock_anchor;
pub mod database;
pub mod error;
pub mod locks;
