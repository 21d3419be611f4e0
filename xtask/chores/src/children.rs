//! Programs that run beside us: their output goes to logs, Ctrl-C is ours to pass on, and none is left behind.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

/// How long a program may take to stop when asked.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that we started; dropping it stops it.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    log: PathBuf,
    stopped: bool,
}

impl Child {
    /// Starts a program in its own process group, with its output in `log`.
    ///
    /// The receiver gets its lines of standard output that begin with a word in capitals and an underscore, which is
    /// how our programs speak to us; warnings and errors are shown on the terminal under the program's name.
    ///
    /// # Errors
    /// When the log cannot be written or the program not started.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<(Self, Receiver<String>)> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(log).with_context(|| format!("could not write {}", log.display()))?;
        let file = Arc::new(Mutex::new(file));
        let mut process = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        let (said, heard) = channel();
        if let Some(output) = process.stdout.take() {
            forward(name, output, Arc::clone(&file), Some(said));
        }
        if let Some(output) = process.stderr.take() {
            forward(name, output, file, None);
        }
        Ok((Self { name: name.to_owned(), process, log: log.to_path_buf(), stopped: false }, heard))
    }

    /// The program's name, as shown to people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the program ended, if it has.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.process.try_wait()?;
        self.stopped |= status.is_some();
        Ok(status)
    }

    /// The last lines of the program's log.
    pub fn tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(15).collect();
        let lines: Vec<String> =
            lines.into_iter().rev().map(|line| format!("  {} | {line}", self.name)).collect();
        lines.join("\n")
    }

    /// Asks the program to stop, waits, and ends it the hard way only when it does not.
    pub fn stop(&mut self) {
        if self.stopped {
            return;
        }
        self.stopped = true;
        let Ok(number) = i32::try_from(self.process.id()) else { return };
        let pid = Pid::from_raw(number);
        let _gone_already = kill(pid, Signal::SIGTERM);
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        eprintln!("{} did not stop in {} s and was killed", self.name, PATIENCE.as_secs());
        let _gone_already = killpg(pid, Signal::SIGKILL);
        let _ended = self.process.wait();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

fn forward(
    name: &str,
    output: impl Read + Send + 'static,
    log: Arc<Mutex<File>>,
    said: Option<Sender<String>>,
) {
    let name = name.to_owned();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            // What is meant for us holds keys and sign-in links: they belong in no log.
            if let Some(said) = said.as_ref().filter(|_| is_for_us(&line)) {
                let _nobody_listens = said.send(line);
                continue;
            }
            if let Ok(mut file) = log.lock() {
                let _full_disk = writeln!(file, "{line}");
            }
            if is_alarming(&line) {
                eprintln!("  {name} | {line}");
            }
        }
    });
}

fn is_for_us(line: &str) -> bool {
    let word = line.split([' ', '=']).next().unwrap_or_default();
    word.contains('_') && word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

fn is_alarming(line: &str) -> bool {
    [" WARN ", "ERROR", "panicked", "\"WARN\""].iter().any(|sign| line.contains(sign))
}

/// Ctrl-C and SIGTERM, noticed instead of obeyed at once.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> Result<Self> {
        let came = Arc::new(AtomicBool::new(false));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let guard = runtime.enter();
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        drop(guard);
        let flag = Arc::clone(&came);
        thread::spawn(move || {
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                    }
                    flag.store(true, Ordering::Relaxed);
                }
            });
        });
        Ok(Self(came))
    }

    /// Whether one of them came.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One process at one time: numbers are used again, start times are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pid: u32,
    parent: u32,
    started: u64,
    name: String,
}

impl std::fmt::Display for Process {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} ({})", self.name, self.pid)
    }
}

/// Every process below ours now, children's children included.
pub fn descendants() -> Vec<Process> {
    let all = processes();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![std::process::id()];
    while let Some(parent) = parents.pop() {
        for process in all.iter().filter(|process| process.parent == parent) {
            parents.push(process.pid);
            found.push(process.clone());
        }
    }
    found
}

/// Which of these still run after a moment's grace.
pub fn still_there(known: &[Process]) -> Vec<Process> {
    let mut left = Vec::new();
    for _ in 0..50 {
        let now = processes();
        left = known.iter().filter(|one| now.iter().any(|other| same(one, other))).cloned().collect();
        if left.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    left
}

fn same(one: &Process, other: &Process) -> bool {
    (one.pid, one.started) == (other.pid, other.started)
}

fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| parse(&fs::read_to_string(entry.path().join("stat")).ok()?)).collect()
}

/// One line of `/proc/<pid>/stat`; a process that has ended but was not yet collected counts as gone.
fn parse(stat: &str) -> Option<Process> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let living = !matches!(*fields.first()?, "Z" | "X");
    let (parent, started) = (fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?);
    living.then_some(Process { pid: pid.parse().ok()?, parent, started, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a (b) c) S 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 1 1";

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let expected = Process { pid: 42, parent: 7, started: 12345, name: "a (b) c".to_owned() };
        assert_eq!(parse(STAT), Some(expected));
        assert_eq!(parse(&STAT.replace(") S", ") Z")), None);
    }

    #[test]
    fn lines_for_us_and_alarms_are_told_apart() {
        assert!(is_for_us("DOORSTEP_READY {}"));
        assert!(is_for_us("DATABASE_URL=postgres://x"));
        assert!(!is_for_us("2026-01-01 INFO started"));
        assert!(!is_for_us("INFO started_now"));
        assert!(is_alarming("2026-01-01T00:00:00Z  WARN x: y"));
        assert!(!is_alarming("all is well, no warning"));
    }

    #[test]
    fn a_child_speaks_and_stops_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log/child.log");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "trap 'kill $!; exit 0' TERM; sleep 100 & echo hello; echo DOORSTEP_READY yes; wait",
        ]);
        let (mut child, heard) = Child::start("child", &mut command, &log).unwrap();
        assert_eq!(heard.recv_timeout(Duration::from_secs(10)).unwrap(), "DOORSTEP_READY yes");
        // Until it has become `sleep`, the shell's child is a shell that would not hear the signal.
        let began = std::time::Instant::now();
        let known = loop {
            let known = descendants();
            if known.iter().any(|process| process.name == "sleep") {
                break known;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "the shell and its child: {known:?}");
            thread::yield_now();
        };
        child.stop();
        assert_eq!(still_there(&known), Vec::new());
        assert!(child.tail().contains("child | hello"));
        assert!(!child.tail().contains("DOORSTEP_READY"), "what is meant for us may hold keys");
    }
}
