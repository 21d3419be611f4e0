//! What a person would try, in a real browser: the Playwright walks and the screens of `end2end`.

use std::process::Command;

use anyhow::{Result, bail};

use crate::assets::{self, Effort};
use crate::{demo, setup};
use xtask::project::Project;
use xtask::run::run;

/// Whether there are walks to run.
pub fn exist(project: &Project) -> bool {
    project.root.join("end2end/playwright.config.ts").is_file()
}

/// Runs the walks against the development build, which must be built already.
///
/// # Errors
/// When a tool is missing or a walk fails.
pub fn walks(project: &Project) -> Result<()> {
    run(&mut playwright(project, &[])?)
}

/// The verb: builds, then pictures every page in both sizes and themes.
///
/// # Errors
/// When something does not build, or a page overflows, fails its audit or logs an error.
pub fn screens(project: &Project) -> Result<()> {
    if !project.root.join("end2end/screens.config.ts").is_file() {
        bail!("end2end/screens.config.ts is missing, so there is nothing to picture");
    }
    demo::prepare(project)?;
    // Several servers run beside each other, and of one database server they would all use the same database.
    run(playwright(project, &["--config", "screens.config.ts"])?.env_remove("DATABASE_URL"))
}

fn playwright(project: &Project, arguments: &[&str]) -> Result<Command> {
    setup::walk_tools(project)?;
    let chromium = setup::chromium()?;
    let city = demo::city(project)?;
    if assets::current(&project.site()).is_none() {
        assets::build(project, Effort::Quick, &project.site())?;
    }
    let mut command = Command::new("npx");
    command
        .current_dir(project.root.join("end2end"))
        .args(["--no-install", "playwright", "test"])
        .args(arguments)
        .env("DOORSTEP_BIN", project.program("doorstep"))
        .env("DOORSTEP_SIMULATOR", project.program("simulator"))
        .env("DOORSTEP_SITE", project.site())
        .env("DOORSTEP_CITY", city)
        .env("DOORSTEP_VAR", &project.var)
        .env("CHROMIUM", chromium);
    Ok(command)
}
