//! Whether the tables hold what the history adds up to.

use crate::{Operations, Result};

/// What a replay has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Events that were replayed.
    pub events: usize,
    /// Orders that they made.
    pub orders: usize,
    /// What the tables hold otherwise, a line each.
    pub differences: Vec<String>,
}

impl Operations {
    /// Rebuilds the present from all of history, as of one moment, and compares; for the command line.
    pub async fn replay(&self) -> Result<Replay> {
        let mut tx = self.0.database.begin().await?;
        let (rebuilt, stored, events) = store::ledger::rebuilt_and_stored(&mut tx).await?;
        Ok(Replay { events, orders: rebuilt.orders.len(), differences: rebuilt.differences(&stored) })
    }
}
