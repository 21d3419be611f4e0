//! From the frontend crate to `doorstep_bg.wasm` and `doorstep.js`: compile, bind, optimise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::Effort;
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

/// WebAssembly features that rustc emits today and every browser of the last two years has.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Compiles the frontend for browsers; cargo itself knows when there is nothing to do.
///
/// # Errors
/// When it does not compile.
pub fn compile(project: &Project, effort: Effort) -> Result<PathBuf> {
    let profile = format!("wasm-{}", effort.name());
    let target = "wasm32-unknown-unknown";
    step("frontend", || {
        begin(&format!("compiling the frontend ({profile})"));
        run(cargo(project)
            .args(["build", "--package", "frontend", "--lib", "--target", target])
            .args(["--profile", profile.as_str()]))?;
        Ok("compiled".to_owned())
    })?;
    Ok(project.target.join(target).join(profile).join("frontend.wasm"))
}

/// Makes the JavaScript half and the final exports, by wasm-bindgen as a library of the version in `Cargo.lock`.
///
/// # Errors
/// When the two versions differ or the file is not what rustc makes.
pub fn bind(compiled: &Path, folder: &Path) -> Result<String> {
    Bindgen::new()
        .input_path(compiled)
        .out_name("doorstep")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .context("wasm-bindgen refused the compiled frontend")?;
    size(&folder.join("doorstep_bg.wasm"))
}

/// Makes the wasm smaller by npm's wasm-opt.
///
/// # Errors
/// When wasm-opt fails.
pub fn optimise(project: &Project, folder: &Path) -> Result<String> {
    let wasm = folder.join("doorstep_bg.wasm");
    let smaller = folder.join("doorstep_bg.wasm.new");
    begin("making the wasm smaller");
    run(Command::new("node")
        .arg(project.npm().join("node_modules/binaryen/bin/wasm-opt"))
        .arg("-Oz")
        .args(FEATURES)
        .arg(&wasm)
        .arg("--output")
        .arg(&smaller))?;
    fs::rename(&smaller, &wasm)?;
    size(&wasm)
}

fn size(file: &Path) -> Result<String> {
    let bytes = fs::metadata(file).with_context(|| format!("could not look at {}", file.display()))?.len();
    Ok(format!("{} kB", bytes / 1000))
}
