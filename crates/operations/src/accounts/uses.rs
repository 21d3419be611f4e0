//! When keys and devices were used last: noted beside the work that they open, at most once a minute for each.

use chrono::TimeDelta;
use domain::Instant;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use store::Database;
use tokio::sync::mpsc;

/// A use is not noted again before this.
const AGAIN: TimeDelta = TimeDelta::minutes(1);
/// How many may wait to be written; what finds no room is noted with its next use.
const QUEUE: usize = 8_192;
/// What is used within this time is written together.
const TOGETHER: Duration = Duration::from_millis(250);
/// At this many, those that may be noted again are swept out.
const MANY: usize = 20_000;

/// The notes of the last minute, and the way to the one task that writes them.
pub(crate) struct Uses {
    noted: Mutex<HashMap<Vec<u8>, Instant>>,
    writer: mpsc::Sender<(Vec<u8>, Instant)>,
}

impl Uses {
    pub fn start(database: Database) -> Self {
        let (writer, due) = mpsc::channel(QUEUE);
        tokio::spawn(write(due, database));
        Self { noted: Mutex::default(), writer }
    }

    /// The key or device with this hash has opened something at `now`, in real time. Waits for nothing.
    pub fn note(&self, hash: &[u8], now: Instant) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(hash).is_some_and(|at| now - *at < AGAIN) {
            return;
        }
        if noted.len() >= MANY {
            noted.retain(|_, at| now - *at < AGAIN);
        }
        if self.writer.try_send((hash.to_vec(), now)).is_ok() {
            noted.insert(hash.to_vec(), now);
        }
    }
}

async fn write(mut due: mpsc::Receiver<(Vec<u8>, Instant)>, database: Database) {
    let mut used = vec![];
    while due.recv_many(&mut used, QUEUE).await > 0 {
        tokio::time::sleep(TOGETHER).await;
        while let Ok(more) = due.try_recv() {
            used.push(more);
        }
        let at = used.iter().map(|(_, at)| *at).max().unwrap_or_default();
        let hashes: Vec<_> = used.drain(..).map(|(hash, _)| hash).collect();
        let written = async {
            let mut tx = database.begin().await?;
            store::keys::used(&mut tx, &hashes, at).await?;
            tx.commit().await
        };
        if let Err(e) = written.await {
            tracing::warn!("when {} keys were used last could not be noted: {e}", hashes.len());
        }
    }
}
