//! The scripts beside the wasm: the map libraries from npm, and smaller copies of our own for a release.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Effort;
use crate::project::Project;
use crate::run::run;
use crate::stamp::{files_below, write};

/// What is taken from npm packages: the file there, and its name here.
const LIBRARIES: [(&str, &str); 3] = [
    ("leaflet/dist/leaflet.js", "leaflet.js"),
    ("leaflet/dist/leaflet.css", "leaflet.css"),
    ("protomaps-leaflet/dist/protomaps-leaflet.js", "protomaps-leaflet.js"),
];

/// Copies the map libraries and, for a release, minifies what wasm-bindgen wrote.
///
/// # Errors
/// A missing npm package, or a script that esbuild refuses.
pub fn gather(project: &Project, effort: Effort, folder: &Path) -> Result<String> {
    let modules = project.npm().join("node_modules");
    if effort == Effort::Release {
        let scripts = files_below(folder)?;
        for script in scripts.iter().filter(|file| file.extension().is_some_and(|kind| kind == "js")) {
            run(Command::new("node")
                .arg(modules.join("esbuild/bin/esbuild"))
                .args(["--minify", "--format=esm", "--log-level=error", "--allow-overwrite"])
                .arg(format!("--outfile={}", script.display()))
                .arg(script))?;
        }
    }
    for (from, to) in LIBRARIES {
        let text = fs::read_to_string(modules.join(from)).with_context(|| {
            format!("{from} is missing from the npm packages; remove var/npm and try again")
        })?;
        write(&folder.join(to), without_source_map(&text).as_bytes())?;
    }
    let images = modules.join("leaflet/dist/images");
    for image in files_below(&images)? {
        write(&folder.join("images").join(image.strip_prefix(&images)?), &fs::read(&image)?)?;
    }
    Ok(format!("{} libraries", LIBRARIES.len()))
}

/// Drops the pointer to a source map that we do not serve, so that no developer tool asks for it in vain.
fn without_source_map(script: &str) -> &str {
    match script.rfind("//# sourceMappingURL=") {
        Some(at) if !script[at..].trim_end().contains('\n') => script[..at].trim_end(),
        _ => script,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_last_line_that_points_to_a_map_goes() {
        assert_eq!(without_source_map("a();\n//# sourceMappingURL=a.js.map"), "a();");
        assert_eq!(without_source_map("a();\n//# sourceMappingURL=a.js.map\n"), "a();");
        let inside = "x(\"//# sourceMappingURL=\");\nb();\n";
        assert_eq!(without_source_map(inside), inside);
    }
}
