//! Reading `postmaster.pid`, and telling from `/proc` whether that process is alive and runs our data directory.

use std::fs;
use std::path::{Path, PathBuf};

/// What `postmaster.pid` says, as far as we need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    pub(super) sockets: PathBuf,
    pub(super) ready: bool,
}

impl PidFile {
    /// Reads the file of a data directory; `None` when there is none or it is not (yet) whole.
    pub(super) fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    /// Lines as PostgreSQL writes them: pid, data, start, port, socket folder, address, shared memory, status.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok()?;
        let sockets = PathBuf::from(lines.get(4).copied().unwrap_or_default());
        Some(Self { pid, sockets, ready: lines.get(7) == Some(&"ready") })
    }
}

/// Whether the process exists and is not a zombie that nobody has collected.
pub(super) fn alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| running(&stat))
}

/// Whether the process is a PostgreSQL that we would have started on this data directory, by its command line:
/// a pid file outlives a crash, and the number may belong to anyone by now.
pub(super) fn runs(pid: u32, data: &Path) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| is_ours(&line, data)) && alive(pid)
}

fn running(stat: &str) -> bool {
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

fn is_ours(command_line: &[u8], data: &Path) -> bool {
    let mut words = command_line.split(|byte| *byte == 0);
    let program = words.next().unwrap_or_default();
    program.ends_with(b"postgres") && words.any(|word| word == data.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        "4711\n/var/pg/15/data\n1795000000\n5432\n/var/pg/15/sockets\n\n  1234   5678\nready   \n";

    #[test]
    fn a_whole_pid_file_tells_process_socket_and_readiness() {
        let expected = PidFile { pid: 4711, sockets: "/var/pg/15/sockets".into(), ready: true };
        assert_eq!(PidFile::parse(WHOLE), Some(expected));
    }

    #[test]
    fn a_starting_postmaster_is_not_ready() {
        let starting = WHOLE.replace("ready", "starting");
        assert_eq!(PidFile::parse(&starting).map(|file| file.ready), Some(false));
        assert_eq!(PidFile::parse("4711\n/var/pg/15/data\n").map(|file| file.ready), Some(false));
    }

    #[test]
    fn rubbish_and_single_user_backends_are_no_postmaster() {
        for text in ["", "\n", "x\n", "-4711\n/data\n"] {
            assert_eq!(PidFile::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_zombie_is_not_alive_whatever_its_name() {
        assert!(running("42 (postgres) S 1 42 42 0"));
        assert!(!running("42 (post) Z gres) Z 1 42 42 0"));
        assert!(!running("42"));
        assert!(alive(std::process::id()));
        assert!(!alive(u32::MAX));
    }

    #[test]
    fn only_a_postgres_on_our_data_is_ours() {
        let data = Path::new("/v/pg/15/data");
        assert!(is_ours(b"/usr/lib/postgresql/15/bin/postgres\0-D\0/v/pg/15/data\0-k\0/s\0", data));
        assert!(!is_ours(b"/usr/lib/postgresql/15/bin/postgres\0-D\0/v/pg/16/data\0", data));
        assert!(!is_ours(b"vi\0/v/pg/15/data\0", data));
        assert!(!runs(std::process::id(), data));
    }
}
