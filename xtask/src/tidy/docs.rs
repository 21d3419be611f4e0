//! What the pages under `docs` and the README call source files is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Source files that a page names in backticks and that are nowhere: a path counts if a file of ours ends with it, or lies there
/// below the crate's `src`.
///
/// # Errors
/// When a folder cannot be read.
pub fn faults_of(root: &Path) -> Result<Vec<String>> {
    let mut files = BTreeSet::new();
    for folder in ["app", "crates", "server", "xtask", "end2end"] {
        collect(&root.join(folder), &mut files)?;
    }
    let names: Vec<String> =
        files.iter().map(|file| format!("/{}", shown(file, root).replace("/src/", "/"))).collect();
    let mut pages = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs"))? {
        pages.push(entry?.path());
    }
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    let mut faults = vec![];
    for page in pages {
        let text = fs::read_to_string(&page)?;
        for name in named(&text) {
            let ends = format!("/{}", name.trim_start_matches("src/").replace("/src/", "/"));
            if !names.iter().any(|file| file.ends_with(&ends)) {
                faults.push(format!("{} names {name}, which is not there", shown(&page, root)));
            }
        }
    }
    Ok(faults)
}

/// The Rust files that a text names in backticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.filter(|span| {
        span.ends_with(".rs") && span.bytes().all(|b| b.is_ascii_alphanumeric() || b"_/.-".contains(&b))
    })
}

fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules" && name != "target") {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_files_are_found_between_backticks() {
        let text = "`row` in `crates/a/src/b.rs` and `c.rs`, not `d.rs e` or f.rs";
        assert_eq!(named(text).collect::<Vec<_>>(), ["crates/a/src/b.rs", "c.rs"]);
    }
}
