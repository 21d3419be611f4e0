//! `cargo xtask db`: keeps a development database up, by the server's own embedded PostgreSQL.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup;
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

/// Builds the server and becomes `doorstep db`, which prints `DATABASE_URL=…` and runs until Ctrl-C.
///
/// # Errors
/// Anything that kept the database from starting.
pub fn db(project: &Project) -> Result<()> {
    println!("development database");
    setup::postgres::programs(project, None)?;
    step("server", || {
        begin("compiling the server");
        run(cargo(project).args(["build", "--package", "server"]))?;
        Ok("compiled".to_owned())
    })?;
    let mut command = Command::new(project.program("doorstep"));
    command.current_dir(&project.root).arg("db").arg("--var").arg(&project.var);
    Err(command.exec()).context("could not start the server")
}
