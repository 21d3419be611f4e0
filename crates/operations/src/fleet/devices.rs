//! Whose token a device has shown. Those that ask in the same moment share one look-up.

use crate::{OpsError, Result};
use domain::{HubId, VehicleId};
use store::Database;
use tokio::sync::{mpsc, oneshot};

/// How many may wait.
const QUEUE: usize = 4_096;
/// So many are looked up together at most.
const TOGETHER: usize = 500;

struct Question {
    hash: Vec<u8>,
    answer: oneshot::Sender<Result<Option<(VehicleId, HubId)>>>,
}

/// The one task that looks devices up.
pub(crate) struct Finder(mpsc::Sender<Question>);

impl Finder {
    pub fn start(database: Database) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(receiver, database));
        Self(sender)
    }

    /// The vehicle and hub of the device whose token has this hash, unless it was revoked.
    pub async fn find(&self, hash: Vec<u8>) -> Result<Option<(VehicleId, HubId)>> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Question { hash, answer }).map_err(|_| OpsError::Busy)?;
        answered.await.map_err(|_| OpsError::Busy)?
    }
}

async fn run(mut questions: mpsc::Receiver<Question>, database: Database) {
    let mut asked = vec![];
    // Nobody is made to wait for others: what has come in during one look-up goes into the next.
    while questions.recv_many(&mut asked, TOGETHER).await > 0 {
        let hashes: Vec<_> = asked.iter().map(|question| question.hash.clone()).collect();
        let found = async { store::devices::known(&mut *database.read().await?, &hashes).await }.await;
        match found {
            Ok(found) => {
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
