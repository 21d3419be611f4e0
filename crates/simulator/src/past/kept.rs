//! Days that were played are kept beside the other caches, until the program, the map or what was asked for changes.

use super::Past;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where days are kept.
#[derive(Debug, Clone)]
pub struct Kept(PathBuf);

impl Kept {
    /// The folder for what is asked; folders of other worlds are removed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn of(asked: &Past) -> Result<Self> {
        let mut hash = Sha256::new();
        let files = [Some(std::env::current_exe()?), Some(asked.city.clone()), asked.shares.clone()];
        for file in files.into_iter().flatten() {
            let about = fs::metadata(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let since = about.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            hash.update(about.len().to_le_bytes());
            hash.update(since.as_nanos().to_le_bytes());
        }
        hash.update(format!("{} {} {} {} {}", asked.seed, asked.town, asked.vans, asked.orders, asked.zone));
        let name = hash.finalize().iter().take(8).fold(String::new(), |mut name, byte| {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        });
        let all = asked.var.join("past");
        fs::create_dir_all(&all).with_context(|| format!("{} cannot be made", all.display()))?;
        let others = fs::read_dir(&all)?.filter_map(Result::ok).filter(|entry| *entry.file_name() != *name);
        others.for_each(|entry| {
            // What cannot be removed only takes room.
            let _ = fs::remove_dir_all(entry.path());
        });
        let own = all.join(name);
        fs::create_dir_all(&own).with_context(|| format!("{} cannot be made", own.display()))?;
        Ok(Self(own))
    }

    fn file(&self, day: NaiveDate, positions: bool) -> PathBuf {
        self.0.join(if positions { format!("{day} with positions.jsonl") } else { format!("{day}.jsonl") })
    }

    /// A day that was kept, as lines.
    pub fn get(&self, day: NaiveDate, positions: bool) -> Option<Vec<u8>> {
        fs::read(self.file(day, positions)).ok()
    }

    /// Keeps a day; whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, day: NaiveDate, positions: bool, lines: &[u8]) -> Result<()> {
        let file = self.file(day, positions);
        let part = file.with_extension("part");
        let written = |path: &Path| format!("{} cannot be written", path.display());
        fs::write(&part, lines).with_context(|| written(&part))?;
        fs::rename(&part, &file).with_context(|| written(&file))
    }
}
