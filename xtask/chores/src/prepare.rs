//! `cargo xtask prepare`: lets PostgreSQL check every query of `crates/store` and keeps what it said in `.sqlx`.
//!
//! The code then compiles without a database. `--check` compares instead of writing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::setup;
use crate::stamp::Stamp;
use crate::throwaway::Throwaway;
use xtask::files::{files_below, write};
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

/// Write or compare.
#[derive(Debug, Args)]
pub struct Options {
    /// Only say whether .sqlx is what it should be
    #[arg(long)]
    check: bool,
}

/// The verb.
///
/// # Errors
/// Migrations or queries that PostgreSQL refuses, or with `--check` a `.sqlx` that is out of date.
pub fn prepare(project: &Project, options: &Options) -> Result<()> {
    println!("checked queries");
    if options.check {
        return check(project);
    }
    setup::postgres::programs(project, None)?;
    step("queries", || {
        let made = describe(project)?;
        let kept = project.root.join(".sqlx");
        for file in files_below(&kept)? {
            fs::remove_file(&file)?;
        }
        for (name, text) in &made {
            write(&kept.join(name), text)?;
        }
        stamp(project)?.keep()?;
        Ok(format!("{} written to .sqlx", made.len()))
    })
}

/// Compares `.sqlx` with what PostgreSQL says of the queries now; unchanged sources are not asked about twice.
///
/// # Errors
/// When they differ, saying how many and what to run.
pub fn check(project: &Project) -> Result<()> {
    step("queries", || {
        let stamp = stamp(project)?;
        if stamp.is_fresh() {
            return Ok("checked before".to_owned());
        }
        let made = describe(project)?;
        let kept = contents(&project.root.join(".sqlx"))?;
        if let Some(said) = difference(&kept, &made) {
            bail!("{said}; run `cargo xtask prepare` and commit .sqlx");
        }
        stamp.keep()?;
        Ok(format!("{} as committed", made.len()))
    })
}

fn stamp(project: &Project) -> Result<Stamp> {
    let inputs =
        ["crates/store", "crates/domain/src", ".sqlx", "Cargo.lock"].map(|name| project.root.join(name));
    Stamp::of(project.notes().join("queries"), &[], &inputs)
}

/// Compiles the store against a migrated database, so that sqlx's macros describe every query into a folder.
fn describe(project: &Project) -> Result<BTreeMap<String, Vec<u8>>> {
    let database = Throwaway::start(project)?;
    migrate(project, &database)?;
    let folder = project.notes().join("sqlx");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    begin("compiling the store against PostgreSQL");
    // Touched, because cargo does not know that the macros' answers depend on a database.
    run(Command::new("touch").arg(project.root.join("crates/store/src/lib.rs")))?;
    run(cargo(project)
        .args(["check", "--package", "store", "--all-targets"])
        .env("DATABASE_URL", database.url())
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &folder))?;
    contents(&folder)
}

fn migrate(project: &Project, database: &Throwaway) -> Result<()> {
    let folder = project.root.join("crates/store/migrations");
    let files: Vec<PathBuf> = files_below(&folder)?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "sql"))
        .collect();
    if database.apply(&files)? {
        return Ok(());
    }
    begin("no psql here, so the server applies the migrations");
    run(cargo(project).args(["build", "--package", "server"]))?;
    run(Command::new(project.program("doorstep")).arg("migrate").env("DATABASE_URL", database.url()))
}

fn contents(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for file in files_below(folder)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "json"))
    {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        found.insert(name, fs::read(file)?);
    }
    Ok(found)
}

/// How the committed files differ from the ones made now.
fn difference(kept: &BTreeMap<String, Vec<u8>>, made: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    let missing = made.keys().filter(|name| !kept.contains_key(*name)).count();
    let needless = kept.keys().filter(|name| !made.contains_key(*name)).count();
    let changed = made.iter().filter(|(name, text)| kept.get(*name).is_some_and(|old| old != *text)).count();
    (missing + needless + changed > 0)
        .then(|| format!(".sqlx is out of date: {missing} missing, {needless} needless, {changed} changed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(entries: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn every_kind_of_difference_counts() {
        let kept = set(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(difference(&kept, &kept), None);
        let said = difference(&kept, &set(&[("a", "1"), ("b", "x"), ("d", "4")])).unwrap();
        assert_eq!(said, ".sqlx is out of date: 1 missing, 1 needless, 1 changed");
    }
}
