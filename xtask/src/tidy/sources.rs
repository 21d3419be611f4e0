//! How source files begin, how long they may be, and where the server may touch store and roads.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Package;
use crate::files::files_below;

/// The length at which a file certainly holds a second noun.
const LONGEST: usize = 500;

/// The one file of the server that may name these crates: it builds everything once, by hand.
const WIRING: &str = "installation.rs";
const WIRED: [&str; 2] = ["store::", "roads::"];

/// Faults in the sources of one crate.
pub(super) fn faults_below(root: &Path, package: &Package) -> Result<Vec<String>> {
    let Some(folder) = package.manifest_path.parent() else { return Ok(Vec::new()) };
    let mut faults = Vec::new();
    for file in files_below(&folder.join("src"))? {
        if file.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        faults.extend(faults_in(&name, &text));
        if package.name == "server" {
            faults.extend(wiring_fault(&name, &text));
        }
    }
    Ok(faults)
}

fn faults_in(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//! ") {
        faults.push(format!("{name} does not begin with `//!` and what it is for"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        faults.push(format!("{name} has {lines} lines; find its second noun"));
    }
    faults
}

fn wiring_fault(name: &str, text: &str) -> Option<String> {
    if name.ends_with(WIRING) {
        return None;
    }
    let names = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        WIRED.into_iter().find(|path| {
            code.match_indices(path).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
            })
        })
    };
    let (number, path) =
        text.lines().enumerate().find_map(|(number, line)| Some((number + 1, names(line)?)))?;
    Some(format!("{name}:{number} names `{path}`, which only {WIRING} may"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_first_what_it_is_for() {
        assert!(faults_in("a.rs", "//! What it is for.\n").is_empty());
        assert_eq!(faults_in("a.rs", "use x;\n").len(), 1);
        assert_eq!(faults_in("a.rs", &format!("//! Long.\n{}", "\n".repeat(LONGEST))).len(), 1);
    }

    #[test]
    fn the_server_names_store_and_roads_in_its_wiring_alone() {
        assert!(wiring_fault("server/src/wiring/installation.rs", "use store::Pool;").is_none());
        assert!(wiring_fault("server/src/intake.rs", "use store::Pool;").is_some());
        assert!(wiring_fault("server/src/intake.rs", "let net = roads::read(&file);").is_some());
        assert!(
            wiring_fault("server/src/intake.rs", "// store::Pool is not for us\nrestore::all();").is_none()
        );
        assert!(wiring_fault("server/src/intake.rs", "use crate::store::Things;").is_none());
    }
}
