//! Doing nothing twice: a step's inputs are hashed, and the hash of the last success is kept.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use xtask::files::{files_below, write};

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
