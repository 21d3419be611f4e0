//! What is wrong with a file, and where in it.

use std::collections::HashSet;
use std::fmt;

/// How many faults a message lists before it only counts them.
const SHOWN: usize = 20;

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileFault {
    /// The line, counted from 1, or none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, and what to do about it.
    pub what: String,
}

/// A file that cannot be used, with everything that was found wrong in it. Shown as `FILE:LINE: what`, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFile {
    /// The file's name as the caller gave it.
    pub file: String,
    /// At least one fault, in the order of their lines.
    pub faults: Vec<FileFault>,
}

impl BadFile {
    /// A file with one fault that has no line.
    pub(crate) fn whole(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), faults: vec![FileFault { line: None, what: what.into() }] }
    }
}

impl fmt::Display for BadFile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            match fault.line {
                Some(line) => write!(out, "{separator}{}:{line}: {}", self.file, fault.what)?,
                None => write!(out, "{separator}{}: {}", self.file, fault.what)?,
            }
        }
        match self.faults.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(out, "\n{}: and {more} more faults like these", self.file),
        }
    }
}

impl std::error::Error for BadFile {}

/// Collects the faults of one file while it is read.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<FileFault>);

impl Faults {
    pub(super) fn at(&mut self, line: usize, what: impl Into<String>) {
        self.0.push(FileFault { line: Some(line), what: what.into() });
    }

    pub(super) fn whole(&mut self, what: impl Into<String>) {
        self.0.push(FileFault { line: None, what: what.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value if nothing was wrong; a reader that gives none has said why.
    pub(super) fn settle<T>(mut self, file: &str, value: Option<T>) -> Result<T, BadFile> {
        self.0.sort_by_key(|fault| fault.line);
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ if self.0.is_empty() => Err(BadFile::whole(file, "the file is incomplete; is it cut off?")),
            _ => Err(BadFile { file: file.to_owned(), faults: once_each(self.0) }),
        }
    }
}

/// The faults without what has been said already: what a line says of all vehicles is found at each of them.
pub(super) fn once_each(faults: impl IntoIterator<Item = FileFault>) -> Vec<FileFault> {
    let mut said = HashSet::new();
    faults.into_iter().filter(|fault| said.insert(fault.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_listed_with_their_lines_up_to_a_limit() {
        let mut faults = Faults::default();
        faults.whole("too short");
        (1..=30).for_each(|line| faults.at(line, "not a number"));
        let said = faults.settle::<()>("a.vrp", None).unwrap_err().to_string();
        assert!(said.starts_with("a.vrp: too short\na.vrp:1: not a number\n"), "{said}");
        assert!(said.ends_with("a.vrp: and 11 more faults like these"), "{said}");
        assert_eq!(Faults::default().settle("a.vrp", Some(3)), Ok(3));
    }
}
