//! Building what browsers download into `target/site`.
//!
//! `assets/<hash>/` holds everything with one content hash for all, so a page and its wasm can never be of two builds;
//! the previous hash stays for tabs that are open, older ones go. Beside every compressible file lie a `.br` and a
//! `.gz`. `manifest.json` names the current folder and is written last.

mod budget;
mod compress;
mod css;
mod javascript;
mod wasm;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::setup;
use crate::stamp::{Stamp, hex};
use xtask::files::{files_below, write};
use xtask::project::Project;
use xtask::run::step;

/// How the assets are built.
#[derive(Debug, Args)]
pub struct Options {
    /// Small before quick: link-time optimisation, wasm-opt, minified scripts, the best compression, and the budget
    #[arg(long)]
    release: bool,
}

/// Two ways to build the same assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For the demo and the tests
    Quick,
    /// For people
    Release,
}

impl Effort {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }
}

/// What the server reads to learn where the assets are.
#[derive(Debug, Deserialize, Serialize)]
struct Manifest {
    /// Such as `assets/0123456789abcdef`, relative to the site.
    assets: String,
}

/// The verb: sets up what building needs, builds, and for a release checks the budget.
///
/// # Errors
/// The first step that failed.
pub fn assets(project: &Project, options: &Options) -> Result<()> {
    println!("assets");
    setup::wasm_target(project)?;
    setup::build_tools(project)?;
    build(project, if options.release { Effort::Release } else { Effort::Quick }, &project.site())
}

/// Builds the site into a folder, if anything changed; tools must be set up already.
///
/// # Errors
/// The first step that failed, or a release over its budget.
pub fn build(project: &Project, effort: Effort, site: &Path) -> Result<()> {
    let desks = desks(project)?;
    let compiled = wasm::compile(project, effort)?;
    let _alone = take_turns(site)?;
    let mut sources: Vec<_> = desks.iter().map(|desk| wasm::compiled(&compiled, desk)).collect();
    sources
        .extend(["style", "public", "xtask/chores/src/assets", "xtask/npm"].map(|at| project.root.join(at)));
    let stamp = Stamp::of(site.join(".stamp"), &[effort.name()], &sources)?;
    if stamp.is_fresh() && current(site).is_some() {
        step("site", || Ok("already built".to_owned()))?;
    } else {
        assemble(project, effort, &desks, &compiled, site)?;
        stamp.keep()?;
    }
    let assets = current(site).context("the site has no manifest")?.canonicalize()?;
    budget::check(project, &desks, &assets, effort)
}

/// The desks that have a wasm: the frontend has a program for each, named as the address begins.
fn desks(project: &Project) -> Result<Vec<String>> {
    let mut desks: Vec<String> = files_below(&project.root.join("crates/frontend/src/bin"))?
        .iter()
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    desks.sort();
    Ok(desks)
}

/// Waits until no other build assembles this site; the turn ends when the file is dropped.
fn take_turns(site: &Path) -> Result<File> {
    let path = site.join(".lock");
    write(&path, b"")?;
    let file = File::open(&path)?;
    file.lock().with_context(|| format!("could not lock {}", path.display()))?;
    Ok(file)
}

fn assemble(project: &Project, effort: Effort, desks: &[String], compiled: &Path, site: &Path) -> Result<()> {
    let fresh = site.join(".new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh).with_context(|| format!("could not create {}", fresh.display()))?;
    step("wasm-bindgen", || wasm::bind(compiled, desks, &fresh))?;
    if effort == Effort::Release {
        step("wasm-opt", || wasm::optimise(project, desks, &fresh))?;
    }
    step("style", || css::bundle(&project.root.join("style/main.css"), &fresh.join("doorstep.css")))?;
    step("scripts", || javascript::gather(project, effort, &fresh))?;
    step("compressed copies", || compress::all(&fresh, effort))?;
    step("site", || {
        let previous = current(site);
        let name = format!("assets/{}", content_hash(&fresh)?);
        let place = site.join(&name);
        if place.exists() {
            fs::remove_dir_all(&fresh)?;
        } else {
            fs::create_dir_all(site.join("assets"))?;
            fs::rename(&fresh, &place)
                .with_context(|| format!("could not put {} in place", place.display()))?;
        }
        copy_public(&project.root.join("public"), site, effort)?;
        publish(site, &name)?;
        forget_all_but(&site.join("assets"), &[Some(place), previous])?;
        Ok(format!("{} of {}", name, project.short(site)))
    })
}

/// The folder of the current assets, if there are any.
pub fn current(site: &Path) -> Option<PathBuf> {
    let text = fs::read(site.join("manifest.json")).ok()?;
    let manifest: Manifest = serde_json::from_slice(&text).ok()?;
    Some(site.join(manifest.assets)).filter(|folder| folder.is_dir())
}

fn publish(site: &Path, assets: &str) -> Result<()> {
    let manifest = serde_json::to_vec(&Manifest { assets: assets.to_owned() })?;
    let unfinished = site.join("manifest.json.new");
    write(&unfinished, &manifest)?;
    fs::rename(&unfinished, site.join("manifest.json")).context("could not publish manifest.json")
}

fn copy_public(public: &Path, site: &Path, effort: Effort) -> Result<()> {
    for file in files_below(public)? {
        let to = site.join(file.strip_prefix(public)?);
        let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        write(&to, &bytes)?;
        compress::one(&to, effort)?;
    }
    Ok(())
}

/// One hash for names and contents; compressed copies follow from the contents and are left out.
fn content_hash(folder: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files_below(folder)?.iter().filter(|file| !compress::is_copy(file)) {
        hash.update(file.strip_prefix(folder)?.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(fs::read(file)?));
    }
    let whole = hex(&hash.finalize());
    Ok(whole.chars().take(16).collect())
}

fn forget_all_but(assets: &Path, kept: &[Option<PathBuf>]) -> Result<()> {
    for entry in fs::read_dir(assets)? {
        let folder = entry?.path();
        if !kept.iter().flatten().any(|keep| *keep == folder) {
            fs::remove_dir_all(&folder).with_context(|| format!("could not remove {}", folder.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_names_and_contents_but_not_compressed_copies() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.js"), "1").unwrap();
        let first = content_hash(folder.path()).unwrap();
        fs::write(folder.path().join("a.js.br"), "x").unwrap();
        assert_eq!(content_hash(folder.path()).unwrap(), first);
        fs::write(folder.path().join("a.js"), "2").unwrap();
        let second = content_hash(folder.path()).unwrap();
        assert_ne!(second, first);
        fs::rename(folder.path().join("a.js"), folder.path().join("b.js")).unwrap();
        assert_ne!(content_hash(folder.path()).unwrap(), second);
        assert_eq!(first.len(), 16);
    }

    #[test]
    fn the_current_and_the_previous_assets_stay_and_older_ones_go() {
        let site = tempfile::tempdir().unwrap();
        for name in ["old", "previous", "now"] {
            fs::create_dir_all(site.path().join("assets").join(name)).unwrap();
        }
        publish(site.path(), "assets/now").unwrap();
        let now = current(site.path()).unwrap();
        let assets = site.path().join("assets");
        forget_all_but(&assets, &[Some(now), Some(assets.join("previous"))]).unwrap();
        assert!(!assets.join("old").exists());
        assert!(assets.join("previous").exists() && assets.join("now").exists());
    }
}
