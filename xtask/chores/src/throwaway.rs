//! A PostgreSQL for one run of the tests or of `prepare`: in the temporary folder, without fsync, gone at the end.
//!
//! Not the server's embedded database, whose care for data is what the tests are about; and it must start before the
//! server can be compiled.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};

use crate::setup::postgres;
use xtask::project::Project;
use xtask::run::{on_path, output, run};

/// A running throw-away server; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Throwaway {
    folder: PathBuf,
    programs: PathBuf,
    server: Child,
}

impl Throwaway {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// No programs, or a PostgreSQL that does not start in a minute.
    pub fn start(project: &Project) -> Result<Self> {
        let programs = postgres::folder(project)
            .context("PostgreSQL's programs are not there; run `cargo xtask setup` without DATABASE_URL")?;
        let folder = std::env::temp_dir().join(format!("doorstep-test-{}", std::process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("could not create {}", folder.display()))?;
        let account = account()?;
        if let Some((uid, gid)) = account {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let data = folder.join("data");
        let initdb =
            ["--username=doorstep", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        output(as_account(&programs.join("initdb"), account).args(initdb).arg("-D").arg(&data))?;
        let mut command = as_account(&programs.join("postgres"), account);
        command.arg("-D").arg(&data).arg("-k").arg(&folder).stdout(Stdio::null()).stderr(Stdio::null());
        for setting in ["listen_addresses=", "fsync=off", "synchronous_commit=off", "max_connections=200"] {
            command.args(["-c", setting]);
        }
        let server = command.spawn().context("could not start postgres")?;
        let mut started = Self { folder, programs, server };
        started.wait_until_ready(&data)?;
        Ok(started)
    }

    /// The address of its database, in sqlx's form.
    pub fn url(&self) -> String {
        format!("postgres://doorstep@localhost/postgres?host={}", self.folder.display())
    }

    /// Runs SQL files in order, each in one transaction, by psql; `false` when there is no psql.
    ///
    /// # Errors
    /// The first statement that PostgreSQL refuses.
    pub fn apply(&self, files: &[PathBuf]) -> Result<bool> {
        let beside = self.programs.join("psql");
        let Some(psql) = Some(beside).filter(|file| file.is_file()).or_else(|| on_path("psql")) else {
            return Ok(false);
        };
        for file in files {
            run(Command::new(&psql)
                .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"])
                .args(["--username=doorstep", "--dbname=postgres", "--host"])
                .arg(&self.folder)
                .arg("--file")
                .arg(file)
                .stdout(Stdio::null()))?;
        }
        Ok(true)
    }

    fn wait_until_ready(&mut self, data: &Path) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            let lines = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if lines.lines().nth(7).is_some_and(|status| status.trim() == "ready") {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("the test database ended before it was ready ({status})");
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("the test database was not ready in a minute")
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.server.id()) {
            let _gone_already = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        }
        let _ended = self.server.wait();
        let _left_for_the_system = fs::remove_dir_all(&self.folder);
    }
}

/// The user and group to drop to: PostgreSQL refuses to run as root.
fn account() -> Result<Option<(u32, u32)>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .map(|user| Some((user.uid.as_raw(), user.gid.as_raw())))
        .context("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")
}

fn as_account(program: &Path, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).process_group(0);
    for variable in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
        command.env_remove(variable);
    }
    if let Some((uid, gid)) = account {
        command.uid(uid).gid(gid);
    }
    command
}
