//! Where a cluster lives: its folders, its lock, and making it once.
//!
//! The plain place is `<data root>/pg/<major>/`. When the database's user cannot enter that (a checkout under `/root`),
//! the data goes to `/var/lib/doorstep-<hash of the data root>/`; when the path is too long for a socket, only the
//! socket goes to the temporary folder. Both say so in the log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tokio::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::{DatabaseError, SUPERUSER};

/// The longest folder that still leaves room for `/.s.PGSQL.5432` in a socket address of 107 bytes.
const LONGEST_SOCKET_FOLDER: usize = 90;

/// The least free room with which a start is tried, in bytes.
const ROOM: u128 = 1 << 20;

/// A log larger than this, in bytes, is put aside at the next start.
const LARGE_LOG: u64 = 16 << 20;

/// The folders of one cluster, and the lock that keeps others out for as long as this value lives.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) data: PathBuf,
    pub(super) sockets: PathBuf,
    pub(super) log: PathBuf,
    pub(super) account: Account,
    major: u32,
    _lock: Arc<File>,
}

impl Place {
    /// Chooses and makes the folders, and takes the lock.
    pub(super) fn prepare(data_root: &Path, binaries: &Binaries) -> Result<Self, DatabaseError> {
        let root = existing_root(data_root)?;
        let major = binaries.major.to_string();
        let mut home = root.join("pg").join(&major);
        let mut account = account_for(&home)?;
        if !account.can_enter(&root) {
            home = elsewhere(&root).join("pg").join(&major);
            account = account_for(&home)?;
            tracing::warn!(
                data = %home.display(), instead_of = %root.display(), uid = account.uid,
                "the database's user cannot enter the data folder, so the embedded database keeps its data elsewhere"
            );
        }
        fs::create_dir_all(&home).map_err(DatabaseError::file("create", &home))?;
        if has_no_room(&home) {
            return Err(DatabaseError::NoRoom { folder: home });
        }
        let data = home.join("data");
        let lock = take_lock(&home.join("lock"), &data)?;
        let sockets = socket_folder(&home, &root, account)?;
        let log = home.join("postgres.log");
        if fs::metadata(&log).is_ok_and(|found| found.len() > LARGE_LOG) {
            fs::rename(&log, home.join("postgres.log.1")).map_err(DatabaseError::file("put aside", &log))?;
        }
        Ok(Self { data, sockets, log, account, major: binaries.major, _lock: Arc::new(lock) })
    }

    /// Makes the cluster if there is none; an interrupted attempt leaves nothing that could be mistaken for one.
    pub(super) async fn make_cluster(&self, binaries: &Binaries) -> Result<(), DatabaseError> {
        if let Some(wrote) = version_of(&self.data)? {
            if wrote == self.major {
                return Ok(());
            }
            return Err(DatabaseError::OtherVersion { data: self.data.clone(), wrote, found: self.major });
        }
        let unfinished = self.data.with_extension("new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(DatabaseError::file("clear", &unfinished))?;
        }
        private_folder(&unfinished, self.account)?;
        tracing::info!(data = %self.data.display(), version = self.major, "making a new database cluster");
        if let Err(said) = self.initdb(binaries, &unfinished, "C.UTF-8").await? {
            if !said.contains("locale") {
                return Err(DatabaseError::NotMade { data: self.data.clone(), said });
            }
            tracing::warn!(
                "this system lacks the locale C.UTF-8; letters beyond ASCII will not fold their case"
            );
            if let Err(said) = self.initdb(binaries, &unfinished, "C").await? {
                return Err(DatabaseError::NotMade { data: self.data.clone(), said });
            }
        }
        fs::rename(&unfinished, &self.data).map_err(DatabaseError::file("put in place", &self.data))
    }

    async fn initdb(
        &self,
        binaries: &Binaries,
        data: &Path,
        locale: &str,
    ) -> Result<Result<(), String>, DatabaseError> {
        let program = binaries.initdb();
        let mut command = self.command(&program);
        command
            .arg("--pgdata")
            .arg(data)
            .args(["--username", SUPERUSER, "--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"])
            .arg(format!("--locale={locale}"))
            .arg("--no-instructions");
        let output = command.output().await.map_err(DatabaseError::run(&program))?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " / ");
        Ok(Err(if said.is_empty() { output.status.to_string() } else { said }))
    }

    /// A command that runs as the database's user, in its own process group, with nothing inherited but the path.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/").stdin(Stdio::null()).process_group(0);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        self.account.apply(&mut command);
        command
    }

    /// The log, opened to be appended to, and its length so far.
    pub(super) fn open_log(&self) -> Result<(File, u64), DatabaseError> {
        let failed = DatabaseError::file("open", &self.log);
        let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.log);
        opened
            .and_then(|file| Ok((file.metadata()?.len(), file)))
            .map(|(len, file)| (file, len))
            .map_err(failed)
    }

    /// The last lines of the log after `from` bytes, on one line.
    pub(super) fn log_tail(&self, from: u64) -> String {
        let mut text = Vec::new();
        let read = File::open(&self.log).and_then(|mut file| {
            file.seek(std::io::SeekFrom::Start(from))?;
            file.read_to_end(&mut text)
        });
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().rev().take(4).collect();
        match read {
            Ok(_) if !lines.is_empty() => lines.into_iter().rev().collect::<Vec<_>>().join(" / "),
            _ => "(nothing)".to_owned(),
        }
    }
}

/// The data directories that exist for this data root, with the major version that wrote each.
pub(super) fn majors_present(data_root: &Path) -> Result<Vec<(PathBuf, u32)>, DatabaseError> {
    let root = existing_root(data_root)?;
    let mut present = Vec::new();
    for home in [root.join("pg"), elsewhere(&root).join("pg")] {
        for entry in fs::read_dir(home).into_iter().flatten().flatten() {
            let data = entry.path().join("data");
            if let Some(major) = version_of(&data)? {
                present.push((data, major));
            }
        }
    }
    Ok(present)
}

/// The major version in a cluster's `PG_VERSION`, or `None` where there is no cluster.
fn version_of(data: &Path) -> Result<Option<u32>, DatabaseError> {
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DatabaseError::file("read", &file)(error)),
    }
}

fn existing_root(data_root: &Path) -> Result<PathBuf, DatabaseError> {
    fs::create_dir_all(data_root)
        .and_then(|()| data_root.canonicalize())
        .map_err(DatabaseError::file("create", data_root))
}

/// Whether less than a megabyte is free. A disk that cannot say so is not to blame.
fn has_no_room(folder: &Path) -> bool {
    nix::sys::statvfs::statvfs(folder)
        .is_ok_and(|disk| u128::from(disk.blocks_available()) * u128::from(disk.fragment_size()) < ROOM)
}

fn account_for(home: &Path) -> Result<Account, DatabaseError> {
    let data = home.join("data");
    if data.exists() { Account::for_existing(&data) } else { Account::for_new_data() }
}

fn elsewhere(root: &Path) -> PathBuf {
    PathBuf::from(format!("/var/lib/doorstep-{:016x}", fingerprint(root)))
}

/// FNV-1a of the path: stable from run to run and from compiler to compiler, as a folder's name must be.
fn fingerprint(path: &Path) -> u64 {
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn socket_folder(home: &Path, root: &Path, account: Account) -> Result<PathBuf, DatabaseError> {
    let mut folder = home.join("sockets");
    if folder.as_os_str().len() > LONGEST_SOCKET_FOLDER {
        folder = std::env::temp_dir().join(format!("doorstep-{:016x}", fingerprint(root)));
        tracing::warn!(
            sockets = %folder.display(), data = %home.display(),
            "the data folder's path is too long for a socket, so the socket is in the temporary folder"
        );
    }
    private_folder(&folder, account)?;
    Ok(folder)
}

/// Makes a folder that only the account may enter, or checks that the one there is such: anyone may have made it in /tmp.
fn private_folder(folder: &Path, account: Account) -> Result<(), DatabaseError> {
    let failed = || DatabaseError::file("make private", folder);
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) if account.drop_to => {
            std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid)).map_err(failed())
        }
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(folder).map_err(failed())?;
            if found.is_dir() && found.mode() & 0o077 == 0 && found.uid() == account.uid {
                return Ok(());
            }
            let reason = format!("it exists, and is not a folder of user id {} alone", account.uid);
            Err(failed()(std::io::Error::other(reason)))
        }
        Err(error) => Err(failed()(error)),
    }
}

fn take_lock(path: &Path, data: &Path) -> Result<File, DatabaseError> {
    let failed = || DatabaseError::file("lock", path);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(failed())?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let holder = match file.read_to_string(&mut text) {
                Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
                _ => String::new(),
            };
            Err(DatabaseError::InUse { data: data.to_path_buf(), holder })
        }
        Err(TryLockError::Error(error)) => Err(failed()(error)),
    }
}
