//! `cargo xtask tidy`: the plan of the crates, enforced. Who may use whom, which outside crates belong to which crate,
//! what lies at the top level, and how a source file begins.

mod docs;
mod modules;
mod plan;
mod sources;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::project::Project;
use crate::run::{cargo, output, step};

/// What `cargo metadata --no-deps` says.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// One crate of ours.
#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

/// One line under its dependencies.
#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a plain one, else "dev" or "build".
    kind: Option<String>,
    optional: bool,
    /// Set for crates of ours.
    path: Option<PathBuf>,
}

/// Checks everything and reports every fault at once.
///
/// # Errors
/// When there is a fault, or cargo cannot describe the workspace.
pub fn tidy(project: &Project) -> Result<()> {
    step("structure", || {
        let metadata: Metadata = serde_json::from_str(&output(cargo(project).args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
        ]))?)?;
        let mut faults: Vec<String> = metadata.packages.iter().flat_map(plan::faults_of).collect();
        faults.extend(top_level(project)?);
        for package in &metadata.packages {
            faults.extend(sources::faults_below(&project.root, package)?);
            faults.extend(modules::faults_below(&project.root, package)?);
        }
        faults.extend(hydration(project)?);
        faults.extend(docs::faults_of(&project.root)?);
        if !faults.is_empty() {
            bail!("{} in the structure:\n  {}", count(faults.len()), faults.join("\n  "));
        }
        Ok(format!("{} crates as planned", metadata.packages.len()))
    })
}

fn count(faults: usize) -> String {
    format!("{faults} {}", if faults == 1 { "fault" } else { "faults" })
}

fn top_level(project: &Project) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(&project.root)? {
        let entry = entry?;
        let ours = [&project.target, &project.var].iter().any(|place| ***place == entry.path());
        if entry.path().is_dir() && !ours {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(plan::unlisted(&found))
}

/// The server renders on the server: leptos's browser half must not be switched on in its build.
fn hydration(project: &Project) -> Result<Option<String>> {
    let tree = output(cargo(project).args([
        "tree",
        "--package",
        "server",
        "--edges",
        "features,normal",
        "--invert",
        "leptos",
    ]))?;
    Ok(plan::hydrates(&tree).then(|| {
        "server: leptos is built with the feature `hydrate`, which only the browser half may use".to_owned()
    }))
}
