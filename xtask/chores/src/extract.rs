//! The street extracts: Malta for the demo, Niue for tests, from the crate that ships them as fixtures.
//!
//! A scratch manifest under `var/` fetches that crate, so that its dependencies stay out of the workspace's lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::stamp::hex;
use xtask::files::write;
use xtask::project::Project;
use xtask::run::{begin, cargo, output, run, step};

/// Each extract's name and the SHA-256 that it must have.
const EXTRACTS: [(&str, &str); 2] = [
    ("malta-latest.osm.pbf", "d106d5270bd92c9c78f5eb1a1458d3f691f52c05d2408493da80137e5a18707d"),
    ("niue-230109.osm.pbf", "9cb46d04babcb6cb591112e6c9083eb92844db7e3ba4e0e11d99e35c27858339"),
];

const MANIFEST: &str = r#"[package]
name = "extracts"
version = "0.0.0"
edition = "2021"
publish = false

[workspace]

[dependencies]
osm-io = "=0.3.0"
"#;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

/// Puts the extracts into `var/extracts`, fetching them when they are not there or damaged.
///
/// # Errors
/// No network at the first time, or files that are not the expected ones.
pub fn extract(project: &Project) -> Result<()> {
    step("street extracts", || {
        let folder = project.extracts();
        if EXTRACTS.iter().all(|(name, hash)| is_whole(&folder.join(name), hash)) {
            return Ok("already there".to_owned());
        }
        begin("fetching the street extracts of Malta and Niue (inside crate osm-io 0.3.0)");
        let fixtures = fetch(project)?;
        for (name, hash) in EXTRACTS {
            let (from, to) = (fixtures.join(name), folder.join(name));
            fs::copy(&from, &to)
                .with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
            if !is_whole(&to, hash) {
                bail!(
                    "{} is not the file it should be; remove var/extracts and cargo's copy of osm-io, then try again",
                    to.display()
                );
            }
        }
        Ok(format!("in {}", project.short(&folder)))
    })
}

fn fetch(project: &Project) -> Result<PathBuf> {
    let scratch = project.extracts().join("fetch");
    let manifest = scratch.join("Cargo.toml");
    write(&manifest, MANIFEST.as_bytes())?;
    write(&scratch.join("src/lib.rs"), b"")?;
    run(with_manifest(&mut cargo(project), "fetch", &manifest))?;
    let mut describe = cargo(project);
    with_manifest(&mut describe, "metadata", &manifest).args(["--offline", "--format-version", "1"]);
    let described: Metadata = serde_json::from_str(&output(&mut describe)?)?;
    let package = described.packages.into_iter().find(|package| package.name == "osm-io");
    let manifest = package.context("cargo fetched osm-io but does not list it")?.manifest_path;
    Ok(manifest.with_file_name("tests").join("fixtures"))
}

fn with_manifest<'a>(command: &'a mut Command, verb: &str, manifest: &Path) -> &'a mut Command {
    command.arg(verb).arg("--manifest-path").arg(manifest)
}

fn is_whole(file: &Path, hash: &str) -> bool {
    fs::read(file).is_ok_and(|bytes| hex(&Sha256::digest(&bytes)) == hash)
}
