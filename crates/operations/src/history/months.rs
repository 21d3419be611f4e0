//! The months of the history are made before they begin.

use crate::{Caller, Operations, Result};
use store::months;

/// So many months ahead have their part: the worker may fail for long before anybody notices.
const AHEAD: u32 = 3;

impl Operations {
    /// Makes the parts of the history for this month and those ahead, and for what was recorded in a month without one: a
    /// timer's verb. Says which were made, if any.
    pub async fn make_months(&self, caller: &Caller) -> Result<Option<String>> {
        caller.timer_only()?;
        let wanted = months::from(self.now(), AHEAD);
        let missing = months::missing(&mut *self.0.database.read().await?, &wanted).await?;
        let mut made = vec![];
        for month in missing {
            let mut tx = self.0.database.begin().await?;
            let moved = months::make(&mut tx, month).await?;
            tx.commit().await?;
            match moved {
                Some(0) => made.push(month.format("%Y-%m").to_string()),
                Some(moved) => made.push(format!("{} ({moved} events moved there)", month.format("%Y-%m"))),
                None => {}
            }
        }
        Ok((!made.is_empty()).then(|| format!("the history has room for {}", made.join(", "))))
    }
}
