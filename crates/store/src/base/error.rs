//! What can go wrong when remembering.

use sqlx::migrate::MigrateError;
use thiserror::Error;
use uuid::Uuid;

/// Remembering failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database answered with an error, or not at all.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error(
        "the database's schema could not be brought up to date, and the step that failed has changed nothing: {0}"
    )]
    Migration(#[from] MigrateError),
    /// A newer version of the program has brought the schema farther than this one knows.
    #[error(
        "the database belongs to a newer version of Doorstep: its schema has step {found}, and this version knows steps up to \
         {known}. Start the newer version, or restore a copy of the database from before the upgrade; nothing was changed"
    )]
    SchemaNewer {
        /// The first step that is not known.
        found: i64,
        /// The last one that is.
        known: i64,
    },
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

    /// Whether another transaction was in the way of this one: doing it all once more is the remedy.
    pub fn lost_a_race(&self) -> bool {
        let Self::Database(sqlx::Error::Database(e)) = self else { return false };
        match e.code().as_deref() {
            // Serialisation failure, deadlock.
            Some("40001" | "40P01") => true,
            // A part of the history was made for the month of a fact that was on its way to where those without one wait.
            Some("23514") => e.constraint().is_none() && e.table() == Some("events_default"),
            _ => false,
        }
    }

    /// Whether a value from outside was one that the database cannot hold, such as a zero in a text or a year beyond its
    /// calendar. The endpoints refuse what they know of; this is the last fence.
    pub fn is_from_outside(&self) -> bool {
        // 22001 too long, 22003 out of range, 22007 and 22008 times, 22021 and 22P05 characters, 22P02 and 22P03 forms.
        match self {
            Self::Database(sqlx::Error::Database(e)) => matches!(
                e.code().as_deref(),
                Some("22001" | "22003" | "22007" | "22008" | "22021" | "22P02" | "22P03" | "22P05")
            ),
            Self::Database(sqlx::Error::Encode(_)) => true,
            _ => false,
        }
    }

    /// Whether the database has no room to write: its disk is full.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.code().as_deref() == Some("53100"),
            Self::Migration(
                MigrateError::Execute(sqlx::Error::Database(e))
                | MigrateError::ExecuteMigration(sqlx::Error::Database(e), _),
            ) => e.code().as_deref() == Some("53100"),
            _ => false,
        }
    }

    /// Whether trying again soon may help: the database is away, restarting, or out of something.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_),
            ) => true,
            Self::Database(sqlx::Error::Database(e)) => {
                self.lost_a_race() || e.code().as_deref().is_some_and(is_passing_code)
            }
            _ => false,
        }
    }
}

fn is_passing_code(code: &str) -> bool {
    // 08: the connection; 53: the disk is full, no memory, too many connections; 58: the system below failed.
    let of_a_passing_class = ["08", "53", "58"].iter().any(|class| code.starts_with(class));
    // 57P01 to 57P05: shutting down, starting, idle too long; 57014: took too long; 55P03: locked; 40: lost a race;
    // 25P03: idle in a transaction; 25006: cannot write right now, as on a standby.
    of_a_passing_class
        || matches!(
            code,
            "57P01" | "57P02" | "57P03" | "57P05" | "57014" | "55P03" | "40001" | "40P01" | "25P03" | "25006"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_apart_from_what_stays() {
        for passing in
            ["53100", "53200", "53300", "53400", "57P01", "57P03", "40P01", "08006", "58030", "57014"]
        {
            assert!(is_passing_code(passing), "{passing}");
        }
        for stays in ["23505", "22021", "42P01", "XX000", "P0001", "28P01"] {
            assert!(!is_passing_code(stays), "{stays}");
        }
        assert!(StoreError::Database(sqlx::Error::PoolTimedOut).is_passing());
    }
}
