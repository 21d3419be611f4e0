//! Packages from npm: build tools and map libraries in `var/npm`, browser-test tools in `end2end`.
//!
//! Install scripts of packages never run: nothing here needs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::stamp::Stamp;
use xtask::files::write;
use xtask::project::Project;
use xtask::run::{begin, on_path, run, step};

/// The oldest Node.js that the browser-test tools accept.
const OLDEST_NODE: u32 = 20;

/// Installs the asset pipeline's packages into `var/npm`.
///
/// # Errors
/// No Node.js or npm, or packages that could not be fetched.
pub fn build_tools(project: &Project) -> Result<()> {
    let folder = project.npm();
    install("build tools from npm", project, &project.root.join("xtask/npm"), &folder, || {
        for name in ["package.json", "package-lock.json"] {
            let from = project.root.join("xtask/npm").join(name);
            let bytes = fs::read(&from).with_context(|| format!("could not read {}", from.display()))?;
            write(&folder.join(name), &bytes)?;
        }
        Ok(())
    })
}

/// Installs the browser tests' packages into `end2end/node_modules`.
///
/// # Errors
/// As [`build_tools`].
pub fn walk_tools(project: &Project) -> Result<()> {
    let folder = project.root.join("end2end");
    install("browser-test tools from npm", project, &folder, &folder, || Ok(()))
}

fn install(
    name: &str,
    project: &Project,
    described_in: &Path,
    folder: &Path,
    prepare: impl FnOnce() -> Result<()>,
) -> Result<()> {
    step(name, || {
        let inputs: Vec<PathBuf> =
            ["package.json", "package-lock.json"].iter().map(|name| described_in.join(name)).collect();
        let stamp = Stamp::of(folder.join("node_modules/.doorstep-stamp"), &[], &inputs)?;
        if stamp.is_fresh() {
            return Ok("already there".to_owned());
        }
        node()?;
        prepare()?;
        begin(&format!("fetching {name}"));
        run(Command::new("npm").current_dir(folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]))
        .context("npm could not fetch the packages; check the network, then try again")?;
        stamp.keep()?;
        Ok(format!("in {}", project.short(folder)))
    })
}

/// Checks that Node.js is there and new enough.
///
/// # Errors
/// When it is not, saying what to install.
fn node() -> Result<()> {
    if on_path("npm").is_none() {
        bail!("npm is not on the search path; install Node.js {OLDEST_NODE} or later, which brings it");
    }
    let version = xtask::run::output(Command::new("node").arg("--version"))
        .with_context(|| format!("install Node.js {OLDEST_NODE} or later"))?;
    match major(&version) {
        Some(version) if version >= OLDEST_NODE => Ok(()),
        _ => bail!("Node.js {} is too old; install {OLDEST_NODE} or later", version.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major("vx"), None);
    }

    #[test]
    fn lock_files_pin_contents_and_name_no_registry() {
        let locks = [
            include_str!("../../../npm/package-lock.json"),
            include_str!("../../../../end2end/package-lock.json"),
        ];
        for lock in locks {
            assert!(!lock.contains("\"resolved\""), "made without --omit-lockfile-registry-resolved");
            assert!(!lock.contains("://registry"));
            assert!(lock.contains("\"integrity\": \"sha512-"));
        }
    }
}
