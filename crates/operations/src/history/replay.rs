//! Whether the tables hold what the history adds up to.

use crate::{Operations, Result};

/// What a replay has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Events that were replayed.
    pub events: usize,
    /// Orders that they made.
    pub orders: usize,
    /// What the tables hold otherwise, a line each, with both values.
    pub differences: Vec<String>,
    /// The same with ids alone, as it may be shown to anybody.
    pub differing: Vec<String>,
}

impl Operations {
    /// Rebuilds the present from all of history, as of one moment, and compares it with the tables, and what the projectors
    /// have counted with a direct count; for the command line. The present is held in memory twice.
    pub async fn replay(&self) -> Result<Replay> {
        let mut tx = self.0.database.begin().await?;
        store::ledger::hold_still(&mut tx).await?;
        let (rebuilt, events) = store::ledger::rebuilt(&mut tx).await?;
        let stored = store::ledger::read(&mut tx).await?;
        let counted = store::rollups::differences(&mut tx).await?;
        let (mut differences, mut differing) = (rebuilt.differences(&stored), rebuilt.differing(&stored));
        differences.extend(counted.iter().cloned());
        differing.extend(counted);
        Ok(Replay { events, orders: rebuilt.orders.len(), differences, differing })
    }
}
