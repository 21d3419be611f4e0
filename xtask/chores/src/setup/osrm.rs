//! The programs of OSRM, which our streets are compared with: from the PyPI wheel `osrm-bindings`, which needs no Python to
//! run them.
//!
//! Only tests and a benchmark use them, so not being able to fetch them is no failure there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use xtask::files::files_below;
use xtask::project::Project;
use xtask::run::{on_path, run};

const WHEEL: &str = "osrm-bindings==26.10.0";
/// The wheel is for Python 3.12 and later; its programs run without any.
const FOR: [&str; 4] = ["--python-version", "3.12", "--platform", "manylinux_2_28_x86_64"];

/// The folder with `bin` and `share`, fetched if it is not there.
///
/// # Errors
/// No python3 with pip, or a registry that does not have the wheel.
pub fn programs(project: &Project) -> Result<PathBuf> {
    let folder = project.var.join("osrm");
    let programs = folder.join("osrm");
    if programs.join("bin/osrm-routed").is_file() {
        return Ok(programs);
    }
    let Some(python) = on_path("python3") else {
        bail!("OSRM's programs need python3 with pip to be fetched")
    };
    fs::create_dir_all(&folder)?;
    run(Command::new(&python)
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"])
        .args(FOR)
        .arg("--dest")
        .arg(&folder)
        .arg(WHEEL))?;
    let wheel = files_below(&folder)?
        .into_iter()
        .find(|file| file.extension().is_some_and(|kind| kind == "whl"))
        .context("pip downloaded no wheel")?;
    run(Command::new(&python).args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&folder))?;
    fs::remove_file(&wheel)?;
    for program in files_below(&programs.join("bin"))? {
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    }
    if !programs.join("bin/osrm-routed").is_file() {
        bail!("the wheel {WHEEL} holds no bin/osrm-routed");
    }
    Ok(programs)
}
