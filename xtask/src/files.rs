//! Listing and writing files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every file below a folder in a fixed order, or the file itself, or nothing.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    let kind = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("could not look at {}", path.display())),
    };
    if kind.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let listed = fs::read_dir(path).with_context(|| format!("could not list {}", path.display()))?;
    let mut entries: Vec<PathBuf> =
        listed.map(|entry| entry.map(|found| found.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        files.extend(files_below(&entry)?);
    }
    Ok(files)
}

/// Writes a file whole, making its folder first.
///
/// # Errors
/// When either cannot be written.
pub fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))?;
    }
    fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}
