//! Doing nothing twice: a step's inputs are hashed, and the hash of the last success is kept.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The hash of a step's inputs, and the file that remembers the last success.
#[derive(Debug)]
pub struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Hashes words and files (folders with everything below them; what is missing counts as missing).
    ///
    /// # Errors
    /// When an input exists but cannot be read.
    pub fn of(file: PathBuf, words: &[&str], inputs: &[PathBuf]) -> Result<Self> {
        let mut hash = Sha256::new();
        for word in words {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        for input in inputs {
            for path in files_below(input)? {
                hash.update(path.as_os_str().as_encoded_bytes());
                hash.update([0]);
                let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
                hash.update(Sha256::digest(&bytes));
            }
        }
        Ok(Self { file, hash: hex(&hash.finalize()) })
    }

    /// Whether the last success had the same inputs.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.hash)
    }

    /// Remembers this success.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&self) -> Result<()> {
        write(&self.file, self.hash.as_bytes())
    }
}

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

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_an_input_changes() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("input");
        fs::create_dir_all(input.join("deep")).unwrap();
        fs::write(input.join("deep/one"), "1").unwrap();
        let stamp =
            || Stamp::of(folder.path().join("stamp"), &["quick"], std::slice::from_ref(&input)).unwrap();
        assert!(!stamp().is_fresh());
        stamp().keep().unwrap();
        assert!(stamp().is_fresh());
        fs::write(input.join("deep/two"), "").unwrap();
        assert!(!stamp().is_fresh(), "a new empty file is a change");
    }

    #[test]
    fn words_count_and_missing_inputs_are_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = [folder.path().join("nothing")];
        let file = folder.path().join("stamp");
        Stamp::of(file.clone(), &["quick"], &missing).unwrap().keep().unwrap();
        assert!(!Stamp::of(file.clone(), &["release"], &missing).unwrap().is_fresh());
        assert!(Stamp::of(file, &["quick"], &missing).unwrap().is_fresh());
    }
}
