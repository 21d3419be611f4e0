//! What can go wrong when remembering.

use thiserror::Error;
use uuid::Uuid;

/// Remembering failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database answered with an error, or not at all.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row contradicts itself.
    #[error("row {id} of {table} is corrupt: {column} makes no sense")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: Uuid,
    },
    /// An event's facts cannot be read.
    #[error("event {id} is corrupt: {why}")]
    CorruptEvent {
        /// The event.
        id: i64,
        /// What the reader said.
        why: String,
    },
    /// A route was to be written by a transaction that does not hold its lock.
    #[error("route {route} was to be changed without its lock")]
    NotLocked {
        /// The route.
        route: Uuid,
    },
    /// A value could not be written as JSON.
    #[error("a value could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// The named constraint that refused the write, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.constraint(),
            _ => None,
        }
    }

    /// Whether another transaction wanted the same rows in another order: doing it all once more is the remedy.
    pub fn lost_a_race(&self) -> bool {
        // 40001 serialisation failure, 40P01 deadlock.
        matches!(self, Self::Database(sqlx::Error::Database(e)) if matches!(e.code().as_deref(), Some("40001" | "40P01")))
    }

    /// Whether trying again soon may help: the database is away or restarting.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_),
            ) => true,
            // 57P01 admin shutdown, 57P02 crash shutdown, 57P03 cannot connect now, 40001 and 40P01: lost a race.
            Self::Database(sqlx::Error::Database(e)) => {
                matches!(e.code().as_deref(), Some("57P01" | "57P02" | "57P03" | "40001" | "40P01"))
            }
            _ => false,
        }
    }
}
