//! `cargo xtask release`: one folder that can be copied to a server.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::assets::{self, Effort};
use crate::setup;
use xtask::files::{files_below, write};
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const UNIT: &str = include_str!("../../release/doorstep.service");
const README: &str = include_str!("../../release/README.md");

/// Builds server and assets for people and assembles them.
///
/// # Errors
/// The first step that failed, the size budget among them.
pub fn release(project: &Project) -> Result<()> {
    println!("release");
    setup::wasm_target(project)?;
    setup::build_tools(project)?;
    let built = project.target.join("release-site");
    assets::build(project, Effort::Release, &built)?;
    step("server", || {
        begin("compiling the server for release");
        run(cargo(project).args(["build", "--release", "--package", "server"]))?;
        Ok("compiled".to_owned())
    })?;
    step("folder", || {
        let folder = project.target.join("release-folder").join(format!("doorstep-{VERSION}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("could not clear {}", folder.display()))?;
        }
        copy_site(&built, &folder.join("site"))?;
        let program = folder.join("bin/doorstep");
        write(&program, b"")?;
        fs::copy(project.target.join("release/doorstep"), &program).context("could not copy the server")?;
        write(&folder.join("doorstep.service"), UNIT.as_bytes())?;
        write(&folder.join("README.md"), README.as_bytes())?;
        fs::copy(project.root.join("LICENSE"), folder.join("LICENSE")).context("could not copy LICENSE")?;
        Ok(format!("{}", project.short(&folder)))
    })
}

/// Copies the published part of a site: not our notes, and not the assets of earlier builds.
fn copy_site(built: &Path, to: &Path) -> Result<()> {
    let current = assets::current(built).context("the site was built but has no manifest")?;
    let earlier = built.join("assets");
    for file in files_below(built)? {
        let name = file.strip_prefix(built)?;
        let ours = name.to_string_lossy().starts_with('.');
        if ours || (file.starts_with(&earlier) && !file.starts_with(&current)) {
            continue;
        }
        write(&to.join(name), &fs::read(&file)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_unit_lets_the_server_have_its_connections() {
        assert!(super::UNIT.lines().any(|line| line == "LimitNOFILE=65536"), "{}", super::UNIT);
    }
}
