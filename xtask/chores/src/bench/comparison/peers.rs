//! The open solvers that we measure ourselves against: where they are, and how they get there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::instances::Solver;
use xtask::project::Project;
use xtask::run::{begin, cargo, on_path, output, run};

const PACKAGES: [&str; 5] =
    ["numpy<3", "pyvrp==0.14.1", "ortools==9.15.6755", "pyvroom==1.15.2", "hygese==0.1.0"];
const VRP_CLI: &str = "1.25.0";

/// The peers that are installed.
pub(super) struct Peers {
    python: PathBuf,
    script: PathBuf,
    vrp_cli: PathBuf,
    versions: BTreeMap<String, String>,
}

impl Peers {
    /// Looks for them where `PEERS_VENV` says, or in `var/peers`; for vrp-cli also on the path.
    pub(super) fn find(project: &Project) -> Result<Self> {
        let folder = folder(project);
        let python = if folder.is_dir() { folder.join("bin/python") } else { folder.clone() };
        let vrp_cli = Some(folder.join("bin/vrp-cli")).filter(|file| file.is_file());
        let mut peers = Self {
            python,
            script: project.root.join("xtask/peers/run.py"),
            vrp_cli: vrp_cli.or_else(|| on_path("vrp-cli")).unwrap_or_default(),
            versions: BTreeMap::new(),
        };
        if peers.python.is_file() {
            let said = output(&mut peers.command("versions")).context("the peers' Python does not work")?;
            peers.versions = serde_json::from_str(&said)?;
        }
        Ok(peers)
    }

    /// Which release of that solver is installed, if it is.
    pub(super) fn version(&self, solver: Solver) -> Option<&str> {
        self.versions.get(solver.peer()?).map(String::as_str)
    }

    /// The runner, asked for that solver.
    pub(super) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(&self.script).arg(name).env("VRP_CLI", &self.vrp_cli);
        command.env("OMP_NUM_THREADS", "1").env("OPENBLAS_NUM_THREADS", "1");
        command
    }
}

fn folder(project: &Project) -> PathBuf {
    std::env::var_os("PEERS_VENV").map_or_else(|| project.var.join("peers"), PathBuf::from)
}

/// Installs all of them into `var/peers`.
pub(super) fn install(project: &Project) -> Result<()> {
    let folder = project.var.join("peers");
    begin("the peers' Python packages");
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(PACKAGES))?;
    begin("vrp-cli, from source; minutes");
    run(cargo(project)
        .args(["install", "--quiet", "--locked", "vrp-cli", "--version", VRP_CLI, "--root"])
        .arg(Path::new(&folder))
        .env("CARGO_TARGET_DIR", project.var.join("peers-target")))
}
