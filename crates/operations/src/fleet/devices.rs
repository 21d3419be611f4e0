//! Whose token a device has shown. Those that ask in the same moment share one look-up, and what was found holds for
//! a minute.

use crate::{OpsError, Result};
use domain::{HubId, VehicleId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::Database;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::Instant as Tick,
};

/// How many may wait.
const QUEUE: usize = 4_096;
/// So many are looked up together at most.
const TOGETHER: usize = 500;
/// A token that was found is not looked up again before this, unless the database says that devices were revoked.
const HOLDS: Duration = Duration::from_secs(60);
/// The channel on which it says so, from migration 0030.
const CHANNEL: &str = "devices";
/// So long after a fault it is listened to again.
const AGAIN: Duration = Duration::from_secs(1);
/// At this many, those that hold no longer are swept out.
const MANY: usize = 20_000;

type Device = (VehicleId, HubId);

struct Question {
    hash: Vec<u8>,
    answer: oneshot::Sender<Result<Option<Device>>>,
}

/// The devices that were found in the last seconds.
#[derive(Default)]
struct Found {
    /// Whether the database is listened to: nothing is kept otherwise.
    is_listening: bool,
    devices: HashMap<Vec<u8>, (Tick, Device)>,
    /// How often all were forgotten: what was being looked up meanwhile is not kept.
    forgotten: u64,
}

/// The one task that looks devices up, the one that listens, and what was found.
pub(crate) struct Finder {
    questions: mpsc::Sender<Question>,
    found: Arc<Mutex<Found>>,
    /// Ends with the finder.
    _listening: JoinSet<()>,
}

impl Finder {
    pub fn start(database: Database) -> Self {
        let (questions, receiver) = mpsc::channel(QUEUE);
        let found = Arc::<Mutex<Found>>::default();
        let mut listening = JoinSet::new();
        listening.spawn(listen(database.clone(), found.clone()));
        tokio::spawn(run(receiver, database, found.clone()));
        Self { questions, found, _listening: listening }
    }

    /// The vehicle and hub of the device whose token has this hash, unless it was revoked.
    pub async fn find(&self, hash: Vec<u8>) -> Result<Option<Device>> {
        if let Some((at, device)) = lock(&self.found).devices.get(&hash)
            && at.elapsed() < HOLDS
        {
            return Ok(Some(*device));
        }
        let (answer, answered) = oneshot::channel();
        self.questions.try_send(Question { hash, answer }).map_err(|_| OpsError::Busy)?;
        answered.await.map_err(|_| OpsError::Busy)?
    }

    /// Devices were revoked or have another hub, and that is committed: nobody need wait until the database says so.
    pub fn forget(&self) {
        lock(&self.found).forget();
    }
}

fn lock(found: &Mutex<Found>) -> MutexGuard<'_, Found> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Forgets what was found whenever the database says that devices were revoked.
async fn listen(database: Database, found: Arc<Mutex<Found>>) {
    loop {
        if let Ok(mut listener) = database.listen(CHANNEL).await {
            lock(&found).is_listening = true;
            while listener.heard().await.is_ok() {
                lock(&found).forget();
            }
        }
        {
            let mut found = lock(&found);
            found.is_listening = false;
            found.forget();
        }
        tokio::time::sleep(AGAIN).await;
    }
}

impl Found {
    fn forget(&mut self) {
        self.forgotten += 1;
        self.devices.clear();
    }

    /// Keeps what was looked up, unless nobody listens or all was forgotten since `forgotten` was read.
    fn keep(&mut self, looked_up: &HashMap<Vec<u8>, Device>, forgotten: u64) {
        if !self.is_listening || self.forgotten != forgotten {
            return;
        }
        if self.devices.len() + looked_up.len() > MANY {
            self.devices.retain(|_, (at, _)| at.elapsed() < HOLDS);
        }
        let now = Tick::now();
        self.devices.extend(looked_up.iter().map(|(hash, device)| (hash.clone(), (now, *device))));
    }
}

async fn run(mut questions: mpsc::Receiver<Question>, database: Database, kept: Arc<Mutex<Found>>) {
    let mut asked = vec![];
    // Nobody is made to wait for others: what has come in during one look-up goes into the next.
    while questions.recv_many(&mut asked, TOGETHER).await > 0 {
        let hashes: Vec<_> = asked.iter().map(|question| question.hash.clone()).collect();
        let forgotten = lock(&kept).forgotten;
        let found = async { store::devices::known(&mut *database.read().await?, &hashes).await }.await;
        match found {
            Ok(found) => {
                lock(&kept).keep(&found, forgotten);
                for question in asked.drain(..) {
                    // Who hung up needs no answer.
                    let _ = question.answer.send(Ok(found.get(&question.hash).copied()));
                }
            }
            Err(e) => {
                tracing::warn!("{} devices could not be looked up, and will ask again: {e}", asked.len());
                for question in asked.drain(..) {
                    let _ = question.answer.send(Err(OpsError::Busy));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test(start_paused = true)]
    async fn what_was_being_looked_up_when_devices_were_revoked_is_not_kept() {
        let device = (VehicleId(Uuid::from_u128(1)), HubId(Uuid::from_u128(2)));
        let looked_up = HashMap::from([(vec![1], device)]);
        let mut found = Found::default();
        found.keep(&looked_up, 0);
        assert!(found.devices.is_empty(), "nobody would hear that it was revoked");
        found.is_listening = true;
        found.keep(&looked_up, 0);
        assert_eq!(found.devices.len(), 1);
        found.forget();
        found.keep(&looked_up, 0);
        assert!(found.devices.is_empty());
        found.keep(&looked_up, 1);
        assert_eq!(found.devices.len(), 1);
    }
}
