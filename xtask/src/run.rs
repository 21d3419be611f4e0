//! Running other programs, and saying each step in one line.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Carries out one step and prints its name, what came of it and how long it took.
///
/// # Errors
/// The step's own, under the step's name.
pub fn step(name: &str, work: impl FnOnce() -> Result<String>) -> Result<()> {
    let began = Instant::now();
    let outcome = work().with_context(|| name.to_owned())?;
    println!("  {name}: {outcome} ({:.1} s)", began.elapsed().as_secs_f64());
    Ok(())
}

/// Says that something longer begins, so that silence is explained.
pub fn begin(what: &str) {
    println!("  … {what}");
}

/// `cargo` in the checkout, with queries checked against `.sqlx` whatever `DATABASE_URL` says.
pub fn cargo(project: &Project) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&project.root).env("SQLX_OFFLINE", "true");
    command
}

/// Runs a command with our terminal and waits for it.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command.status().with_context(|| format!("could not start `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs a command quietly and returns what it printed; its error output becomes part of the failure.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub fn output(command: &mut Command) -> Result<String> {
    let name = shown(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{name}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let tail: Vec<&str> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(6).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        bail!("`{name}` failed ({}): {}", output.status, tail.join(" / "));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first folder of the search path that holds the program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy);
    let all: Vec<_> = words.take(9).collect();
    all.join(" ")
}
