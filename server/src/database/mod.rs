//! The embedded database: a real PostgreSQL, run as a supervised child on a private socket.
//!
//! It exists so that one command starts the whole product on a bare machine. It finds PostgreSQL's programs, makes a
//! data directory once, drops root's privileges for the child, keeps it running and stops it cleanly; [`Embedded::url_for`]
//! says how to connect. Not here: SQL, migrations and named databases (the store's), and any choice between this and
//! an outside `DATABASE_URL` (the settings').
//!
//! **kill -9 of PostgreSQL**: the supervisor starts it again with a growing pause and the write-ahead log restores every
//! commit. **kill -9 of this process**: PostgreSQL stays up; the next start finds it by `postmaster.pid`, adopts it and
//! supervises it by polling. A lock file, held by the operating system, keeps two servers off one data directory.

mod account;
mod binaries;
mod error;
mod place;
mod postmaster;
mod supervise;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::DatabaseError;

use binaries::Binaries;
use place::Place;
use supervise::{Supervisor, Target};

/// The superuser of the embedded database; there is no password, whoever may enter the socket's folder may connect.
const SUPERUSER: &str = "doorstep";

/// Where the embedded database lives and which programs it runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The product's variable data, such as `var`; the database goes to `pg/<major>/` below it.
    pub data_root: PathBuf,
    /// A folder that holds `initdb` and `postgres`; `None` looks for the system's.
    pub binaries: Option<PathBuf>,
}

/// A running embedded PostgreSQL.
#[derive(Debug)]
pub struct Embedded {
    supervisor: Supervisor,
    url: String,
    place: Place,
}

impl Embedded {
    /// Starts PostgreSQL, or adopts the one that a killed server left running, and returns when it takes connections.
    ///
    /// # Errors
    /// No programs, a data directory of another version or another user, a second server on the same data, or a
    /// PostgreSQL that does not become ready; each says what to do.
    pub async fn start(settings: &Settings) -> Result<Self, DatabaseError> {
        let written_by = place::majors_present(&settings.data_root)?;
        let binaries = Binaries::find(settings, &written_by)?;
        let place = Place::prepare(&settings.data_root, &binaries)?;
        place.make_cluster(&binaries).await?;
        let supervisor =
            Supervisor::start(Target { postgres: binaries.postgres(), place: place.clone() }).await?;
        let url = url_for(&place.sockets, "postgres");
        Ok(Self { supervisor, url, place })
    }

    /// The address of the named database on the PostgreSQL that another process keeps running on this data, such as the
    /// server while somebody revokes a key.
    pub fn running(data_root: &Path, database: &str) -> Option<String> {
        let present = place::majors_present(data_root).ok()?;
        present.into_iter().find_map(|(data, _)| {
            let found = postmaster::PidFile::read(&data)?;
            (found.ready && postmaster::runs(found.pid, &data)).then(|| url_for(&found.sockets, database))
        })
    }

    /// The address of the maintenance database `postgres`, from which others can be created.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of the named database, in sqlx's form with the socket's folder as `host`.
    pub fn url_for(&self, database: &str) -> String {
        url_for(&self.place.sockets, database)
    }

    /// The process id of the postmaster now; it changes when PostgreSQL had to be started again.
    pub fn pid(&self) -> u32 {
        self.supervisor.pid()
    }

    /// The folder that holds the cluster; it differs from the settings' one when the database's user cannot enter that.
    pub fn data(&self) -> &Path {
        &self.place.data
    }

    /// Stops PostgreSQL (fast, then at once) and returns when the process is gone.
    ///
    /// # Errors
    /// [`DatabaseError::WillNotStop`] if it outlives both signals.
    pub async fn stop(self) -> Result<(), DatabaseError> {
        self.supervisor.stop().await
    }
}

/// How long PostgreSQL may say nothing before it is ready.
const READY_WITHIN: Duration = Duration::from_secs(90);

fn url_for(sockets: &Path, database: &str) -> String {
    format!(
        "postgres://{SUPERUSER}@localhost/{}?host={}",
        escape(database),
        escape(&sockets.to_string_lossy())
    )
}

/// Percent-encodes all but unreserved characters and the slash, as a query value or a path segment needs.
fn escape(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
