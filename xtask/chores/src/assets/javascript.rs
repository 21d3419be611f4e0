//! The scripts beside the wasm: the map libraries from npm, and smaller copies of our own for a release.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Effort;
use xtask::files::{files_below, write};
use xtask::project::Project;
use xtask::run::run;

/// What is taken from npm packages as it is: the file there, and its name here.
const TAKEN: [(&str, &str); 1] = [("leaflet/dist/leaflet.css", "leaflet.css")];

/// Whose work is in the bundle, each with its licence: theirs ask for being named.
const BUNDLED: [&str; 9] = [
    "leaflet",
    "protomaps-leaflet",
    "@mapbox/point-geometry",
    "@mapbox/vector-tile",
    "color2k",
    "pbf",
    "potpack",
    "quickselect",
    "rbush",
];

/// Said at the top of the bundle.
const BANNER: &str = "/* Leaflet, protomaps-leaflet and what they need; whose it is: map.licenses.txt */";

/// Bundles the map libraries, copies what belongs to them and, for a release, minifies what the wasm tools wrote.
///
/// # Errors
/// A missing npm package, or a script that esbuild refuses.
pub fn gather(project: &Project, effort: Effort, folder: &Path) -> Result<String> {
    let modules = project.npm().join("node_modules");
    let esbuild = || {
        let mut esbuild = Command::new("node");
        esbuild.arg(modules.join("esbuild/bin/esbuild")).env("NODE_PATH", &modules).arg("--log-level=error");
        esbuild
    };
    if effort == Effort::Release {
        let scripts = files_below(folder)?;
        for script in scripts.iter().filter(|file| file.extension().is_some_and(|kind| kind == "js")) {
            run(esbuild()
                .args(["--minify", "--format=esm", "--allow-overwrite"])
                .arg(format!("--outfile={}", script.display()))
                .arg(script))?;
        }
    }
    let ours = project.root.join("xtask/npm");
    let unused = ours.join("unused.mjs");
    run(esbuild()
        .args(["--bundle", "--minify", "--format=iife"])
        .arg(format!("--banner:js={BANNER}"))
        .arg(format!("--alias:@protomaps/basemaps={}", unused.display()))
        .arg(format!("--alias:pmtiles={}", unused.display()))
        .arg(format!("--outfile={}", folder.join("map.js").display()))
        .arg(ours.join("map.mjs")))?;
    write(&folder.join("map.licenses.txt"), licences(&modules)?.as_bytes())?;
    for (from, to) in TAKEN {
        let text = fs::read_to_string(modules.join(from)).with_context(|| {
            format!("{from} is missing from the npm packages; remove var/npm and try again")
        })?;
        write(&folder.join(to), text.as_bytes())?;
    }
    let images = modules.join("leaflet/dist/images");
    for image in files_below(&images)? {
        write(&folder.join("images").join(image.strip_prefix(&images)?), &fs::read(&image)?)?;
    }
    Ok("the map libraries in one".to_owned())
}

/// The licences of all that is in the bundle, one after the other.
fn licences(modules: &Path) -> Result<String> {
    let mut all = String::new();
    for package in BUNDLED {
        let folder = modules.join(package);
        let text =
            ["LICENSE", "LICENSE.txt"].iter().find_map(|name| fs::read_to_string(folder.join(name)).ok());
        let text = text.with_context(|| format!("the npm package {package} has no licence file"))?;
        all += &format!("== {package}\n\n{}\n\n", text.trim());
    }
    Ok(all)
}
