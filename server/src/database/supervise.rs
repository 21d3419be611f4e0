//! Keeping one postmaster running: start or adopt, wait until ready, start again when it dies, stop when told.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::place::Place;
use super::postmaster::{self, PidFile};
use super::{DatabaseError, READY_WITHIN};

/// How often a process that is not our child, or not yet ready, is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a fast shutdown may take before an immediate one is asked for.
const FAST_STOP: Duration = Duration::from_secs(15);
/// How long an immediate shutdown may take.
const QUICK_STOP: Duration = Duration::from_secs(5);
/// The first and the longest pause before a dead PostgreSQL is started again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));
/// A PostgreSQL that lived this long has earned the short pause again.
const STEADY: Duration = Duration::from_secs(60);

/// What PostgreSQL is run with; every commit reaches the disk before it is answered.
const SETTINGS: [&str; 11] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=128MB",
    "max_wal_size=1GB",
    "max_connections=100",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "logging_collector=off",
];

/// Which server program runs on which cluster.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) postgres: PathBuf,
    pub(super) place: Place,
}

/// The handle on the task that watches PostgreSQL.
#[derive(Debug)]
pub(super) struct Supervisor {
    pid: Arc<AtomicU32>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), DatabaseError>>,
}

impl Supervisor {
    /// Brings PostgreSQL up and begins to watch it.
    pub(super) async fn start(target: Target) -> Result<Self, DatabaseError> {
        let running = target.first_start().await?;
        let pid = Arc::new(AtomicU32::new(running.pid()));
        let stop = CancellationToken::new();
        let task = tokio::spawn(watch(target, running, Arc::clone(&pid), stop.clone()));
        Ok(Self { pid, stop, task })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    pub(super) async fn stop(mut self) -> Result<(), DatabaseError> {
        self.stop.cancel();
        match (&mut self.task).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DatabaseError::WillNotStop { pid: self.pid() }),
        }
    }

    /// Ends the watching and leaves PostgreSQL alone, as kill -9 of this process would.
    #[cfg(test)]
    pub(super) async fn abandon(mut self) {
        self.task.abort();
        assert!((&mut self.task).await.is_err_and(|error| error.is_cancelled()));
    }
}

impl Drop for Supervisor {
    /// A supervisor that is dropped without [`Supervisor::stop`] still asks PostgreSQL to stop, but cannot wait for it.
    fn drop(&mut self) {
        if !self.task.is_finished() {
            self.stop.cancel();
            send(self.pid(), Signal::SIGINT);
        }
    }
}

/// A postmaster that we started, or one that an earlier server left behind.
enum Running {
    Ours(Child, u32),
    Adopted(u32),
}

impl Running {
    fn pid(&self) -> u32 {
        match self {
            Self::Ours(_, pid) | Self::Adopted(pid) => *pid,
        }
    }

    /// Waits for the end and says how it came; safe to cancel and call again.
    async fn ended(&mut self) -> String {
        match self {
            Self::Ours(child, _) => {
                child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string())
            }
            Self::Adopted(pid) => {
                while postmaster::alive(*pid) {
                    sleep(LOOK_EVERY).await;
                }
                "an unknown status".to_owned()
            }
        }
    }

    async fn stop(&mut self) -> Result<(), DatabaseError> {
        for (signal, patience) in [(Signal::SIGINT, FAST_STOP), (Signal::SIGQUIT, QUICK_STOP)] {
            send(self.pid(), signal);
            if timeout(patience, self.ended()).await.is_ok() {
                return Ok(());
            }
        }
        Err(DatabaseError::WillNotStop { pid: self.pid() })
    }
}

impl Target {
    /// Adopts what is there, or starts anew; a few attempts, because processes of a killed postmaster linger a moment.
    async fn first_start(&self) -> Result<Running, DatabaseError> {
        if let Some(adopted) = self.adopt().await? {
            return Ok(adopted);
        }
        let mut pause = PAUSES.0;
        loop {
            match self.run().await {
                Err(DatabaseError::NotReady { .. }) if pause < Duration::from_secs(2) => {
                    sleep(pause).await;
                    pause *= 2;
                }
                outcome => return outcome,
            }
        }
    }

    async fn adopt(&self) -> Result<Option<Running>, DatabaseError> {
        let data = &self.place.data;
        let Some(file) = PidFile::read(data).filter(|file| postmaster::runs(file.pid, data)) else {
            return Ok(None);
        };
        let mut found = Running::Adopted(file.pid);
        if file.sockets != self.place.sockets {
            tracing::info!(
                pid = file.pid,
                "a PostgreSQL of ours listens on another socket; starting it again"
            );
            found.stop().await?;
            return Ok(None);
        }
        self.until_ready(&mut found, 0).await?;
        tracing::info!(pid = file.pid, data = %data.display(), "adopted the PostgreSQL that an earlier server left running");
        Ok(Some(found))
    }

    async fn run(&self) -> Result<Running, DatabaseError> {
        let (log, from) = self.place.open_log()?;
        let mut command = self.place.command(&self.postgres);
        command.arg("-D").arg(&self.place.data).arg("-k").arg(&self.place.sockets);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let child =
            command.stdout(Stdio::null()).stderr(log).spawn().map_err(DatabaseError::run(&self.postgres))?;
        let pid = child.id().unwrap_or_default();
        let mut running = Running::Ours(child, pid);
        match self.until_ready(&mut running, from).await {
            Ok(()) => {
                tracing::info!(pid, data = %self.place.data.display(), "embedded PostgreSQL is ready");
                Ok(running)
            }
            Err(error) => {
                send(pid, Signal::SIGQUIT);
                Err(error)
            }
        }
    }

    /// Waits until the pid file of this very process says "ready", or the process ends, or its log has said nothing for too
    /// long: recovery after a crash may take minutes on a slow disk, and says every few seconds how far it is.
    async fn until_ready(&self, running: &mut Running, log_from: u64) -> Result<(), DatabaseError> {
        let pid = running.pid();
        let ready = async {
            while PidFile::read(&self.place.data).is_none_or(|file| file.pid != pid || !file.ready) {
                sleep(LOOK_EVERY).await;
            }
        };
        let silent = async {
            let said = || std::fs::metadata(&self.place.log).map_or(0, |file| file.len());
            let (mut last, mut since) = (said(), Instant::now());
            while since.elapsed() < READY_WITHIN {
                sleep(LOOK_EVERY).await;
                if said() != last {
                    (last, since) = (said(), Instant::now());
                }
            }
        };
        let reason = tokio::select! {
            () = ready => return Ok(()),
            how = running.ended() => format!("it ended with {how}"),
            () = silent => format!("not ready, and nothing in its log for {} s", READY_WITHIN.as_secs()),
        };
        Err(DatabaseError::NotReady {
            reason,
            log: self.place.log.clone(),
            tail: self.place.log_tail(log_from),
        })
    }
}

async fn watch(
    target: Target,
    mut running: Running,
    pid: Arc<AtomicU32>,
    stop: CancellationToken,
) -> Result<(), DatabaseError> {
    let mut pause = PAUSES.0;
    loop {
        let since = Instant::now();
        let how = tokio::select! {
            () = stop.cancelled() => return running.stop().await,
            how = running.ended() => how,
        };
        if stop.is_cancelled() {
            return Ok(());
        }
        if since.elapsed() > STEADY {
            pause = PAUSES.0;
        }
        tracing::error!(pid = running.pid(), how, "embedded PostgreSQL ended unasked; starting it again");
        running = loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSES.1);
            match target.run().await {
                Ok(running) => break running,
                Err(error) => tracing::error!(%error, "embedded PostgreSQL is still down"),
            }
        };
        pid.store(running.pid(), Ordering::Relaxed);
    }
}

/// Sends a signal; a process that is gone already is what the signal was for.
fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().filter(|pid| *pid > 1) {
        let _gone_already = kill(Pid::from_raw(pid), signal);
    }
}
