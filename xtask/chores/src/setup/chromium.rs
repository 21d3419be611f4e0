//! The browser for the browser tests: Chromium as Debian ships it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use xtask::run::{begin, on_path, run, step};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Finds Chromium, or installs Debian's when we are root; returns its program.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn chromium() -> Result<PathBuf> {
    let mut found = None;
    step("Chromium", || {
        if let Some(program) = present() {
            let shown = program.display().to_string();
            found = Some(program);
            return Ok(shown);
        }
        if !Uid::effective().is_root() || on_path("apt-get").is_none() {
            bail!("not found; install it (Debian: apt-get install chromium) or set CHROMIUM to its program");
        }
        begin("installing Debian's Chromium");
        apt_install("chromium")?;
        found = Some(present().context("apt-get installed chromium, but it is not on the search path")?);
        Ok("installed".to_owned())
    })?;
    found.context("Chromium was neither found nor installed")
}

/// Installs one Debian package with its hard dependencies.
///
/// # Errors
/// When apt-get fails.
pub fn apt_install(package: &str) -> Result<()> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        command
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "--yes", "--no-install-recommends", package]))
}

fn present() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .filter(|program| program.is_file())
        .or_else(|| NAMES.iter().find_map(|name| on_path(name)))
}
