//! `cargo xtask`: what a newcomer types.
//!
//! `tidy` is carried out here; every other verb, and help, by the package `chores`, which takes longer to compile.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use xtask::project::Project;
use xtask::run::cargo;
use xtask::tidy::tidy;

fn main() -> ExitCode {
    match carry_out(std::env::args_os().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(words: Vec<OsString>) -> Result<()> {
    let project = Project::find()?;
    if words == ["tidy"] {
        return tidy(&project);
    }
    let mut command = cargo(&project);
    // In the caller's folder, to which the paths on the command line are relative.
    command.current_dir(std::env::current_dir()?).args(["run", "--manifest-path"]);
    command.arg(project.root.join("Cargo.toml")).args(["--package", "chores", "--"]).args(words);
    Err(command.exec()).context("could not start cargo")
}
