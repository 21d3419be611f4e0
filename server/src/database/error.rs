//! What can go wrong with the embedded database, in sentences for the person who started it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded database did not start or stop: what happened, what it means, what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Neither `initdb` and `postgres` nor a hint where they are.
    #[error(
        "PostgreSQL's programs (initdb and postgres) were not found in {looked}, so there is nowhere to keep data. \
         Install PostgreSQL 15 or later (Debian: apt-get install postgresql), or run `cargo xtask setup`, \
         or set DATABASE_URL to a server of your own."
    )]
    NoBinaries {
        /// The places that were searched.
        looked: String,
    },

    /// The folder given in the settings does not hold what it should.
    #[error(
        "{folder} does not hold both initdb and postgres. Point the setting at PostgreSQL's bin folder, \
         or leave it out to use the system's."
    )]
    NotBinaries {
        /// The folder from the settings.
        folder: PathBuf,
    },

    /// The programs answered something that is not a version.
    #[error(
        "{program} did not tell its version (it said {answer:?}), so it cannot be trusted with data. Reinstall PostgreSQL."
    )]
    NoVersion {
        /// The program that was asked.
        program: PathBuf,
        /// What it printed.
        answer: String,
    },

    /// The data was written by a major version whose programs are not there.
    #[error(
        "the data in {data} was written by PostgreSQL {wrote}, but the programs found are version {found}, which \
         cannot read it. Install PostgreSQL {wrote} beside it, or dump and restore with both versions, \
         or move that folder away to begin with an empty database."
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// The major version that wrote it.
        wrote: u32,
        /// The major version at hand.
        found: u32,
    },

    /// The data directory belongs to a user that this process cannot become.
    #[error(
        "{data} belongs to user id {owner}, and this process runs as {us} and cannot act for it. Run as that user \
         or as root, or move the folder away to begin with an empty database."
    )]
    OtherOwner {
        /// The data directory.
        data: PathBuf,
        /// Its owner.
        owner: u32,
        /// Our effective user id.
        us: u32,
    },

    /// PostgreSQL refuses to run as root, and no other account exists.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither `postgres` nor `nobody` to run it as. \
         Add a system user named postgres, or start this program as an ordinary user."
    )]
    NoAccount,

    /// Another server holds the lock.
    #[error(
        "{data} is in use by another server{holder}. One data folder serves one server: \
         stop that one, or give this one another data folder."
    )]
    InUse {
        /// The data directory.
        data: PathBuf,
        /// Who holds it, when known, such as " (process 1234)".
        holder: String,
    },

    /// `initdb` failed.
    #[error("a new database cluster could not be made in {data}: {said}")]
    NotMade {
        /// The data directory.
        data: PathBuf,
        /// The last lines of `initdb`.
        said: String,
    },

    /// PostgreSQL ended, or took too long, before it was ready.
    #[error("PostgreSQL did not become ready ({reason}). Its log {log} ends with: {tail}")]
    NotReady {
        /// "it ended with …" or "no answer in … s".
        reason: String,
        /// The log file.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },

    /// The disk is full.
    #[error(
        "the disk that holds {folder} has no room: PostgreSQL can neither start nor keep anything. Make room on it, \
         then start again; nothing that was answered is lost."
    )]
    NoRoom {
        /// The folder of the data.
        folder: PathBuf,
    },

    /// PostgreSQL outlived both stop signals.
    #[error(
        "PostgreSQL (process {pid}) did not stop when asked twice. Its data is safe; \
         see its log, then end it by hand."
    )]
    WillNotStop {
        /// The postmaster's process id.
        pid: u32,
    },

    /// A file operation failed.
    #[error(
        "could not {what} {path}: {source}. Check that the disk has room and that the folder may be written."
    )]
    File {
        /// The verb, such as "create".
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A program could not be run at all.
    #[error("could not run {program}: {source}. Check that the file is executable by the user that runs it.")]
    Run {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DatabaseError {
    pub(super) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { what, path, source }
    }

    pub(super) fn run(program: &Path) -> impl FnOnce(io::Error) -> Self {
        let program = program.to_path_buf();
        move |source| Self::Run { program, source }
    }
}
