//! Programs that check what is depended on: `cargo-machete` for what nobody uses, `cargo-deny` for licences and bans.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use xtask::project::Project;
use xtask::run::{cargo, on_path, run};

const MACHETE: (&str, &str) = ("cargo-machete", "0.9.2");

/// The program that finds dependencies that nobody uses, built once into `var/tools`.
///
/// # Errors
/// When it cannot be built.
pub fn machete(project: &Project) -> Result<Command> {
    let (name, version) = MACHETE;
    if let Some(found) = found(project, name) {
        return Ok(Command::new(found));
    }
    let root = project.var.join("tools");
    run(cargo(project)
        .args(["install", "--quiet", "--locked", name, "--version", version, "--root"])
        .arg(&root))?;
    Ok(Command::new(root.join("bin").join(name)))
}

/// The program that checks licences, bans and sources, where it is installed: building it takes longer than all other checks.
pub fn deny(project: &Project) -> Option<Command> {
    found(project, "cargo-deny").map(Command::new)
}

fn found(project: &Project, name: &str) -> Option<PathBuf> {
    let own = project.var.join("tools/bin").join(name);
    if own.is_file() { Some(own) } else { on_path(name) }
}
