//! Forgetting what nobody needs any more; `docs/database.md` has the table of what is kept for how long.

use crate::{Caller, Operations, Result};
use chrono::TimeDelta;
use domain::Instant;
use store::retention::{self, Rows};

/// Readings of vehicles: they say where people were, and what they taught of the roads is kept apart.
const POSITIONS: TimeDelta = TimeDelta::days(60);
/// Ids of reports: a phone does not send again what is older than this.
const REPORTS: TimeDelta = TimeDelta::days(30);
/// Proposals, decided or not: their day is long over.
const PROPOSALS: TimeDelta = TimeDelta::days(30);
/// Expected arrivals of what has ended.
const ESTIMATES: TimeDelta = TimeDelta::days(7);
/// Sessions, from when they were opened: they end after a day in any case.
const SESSIONS: TimeDelta = TimeDelta::days(2);
/// Sign-in links, from when they ended.
const LINKS: TimeDelta = TimeDelta::days(1);
/// So many parts of one table are forgotten in one round at most.
const PARTS: usize = 100;

impl Operations {
    /// One round of forgetting: a timer's verb. Says what was forgotten, if anything was.
    pub async fn forget(&self, caller: &Caller) -> Result<Option<String>> {
        caller.timer_only()?;
        let (now, real) = (self.now(), self.0.clock.real_now());
        let mut forgotten = vec![("days of positions", self.forget_positions().await?)];
        for (what, rows, before) in [
            ("reports", Rows::Reports, now - REPORTS),
            ("proposals", Rows::Proposals, now - PROPOSALS),
            ("expected arrivals", Rows::Arrivals, now - ESTIMATES),
            ("expected returns", Rows::Returns, now - ESTIMATES),
            ("sessions", Rows::Sessions, real - SESSIONS),
            ("sign-in links", Rows::Links, real - LINKS),
        ] {
            forgotten.push((what, self.forget_rows(rows, before).await?));
        }
        let said: Vec<_> =
            forgotten.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{n} {what}")).collect();
        Ok((!said.is_empty()).then(|| format!("forgot {}", said.join(", "))))
    }

    /// Forgets in parts, each a transaction of its own, so that nothing waits long behind one.
    async fn forget_rows(&self, rows: Rows, before: Instant) -> Result<u64> {
        let mut all = 0;
        for _ in 0..PARTS {
            let mut tx = self.0.database.begin().await?;
            let part = retention::forget(&mut tx, rows, before).await?;
            tx.commit().await?;
            all += part;
            if part == 0 {
                break;
            }
        }
        Ok(all)
    }

    async fn forget_positions(&self) -> Result<u64> {
        let mut conn = self.0.database.read().await?;
        // By the readings' own time where it is behind ours: a clock that was set wrong must not cost a day of them.
        let Some(newest) = retention::newest_reading(&mut conn).await? else { return Ok(0) };
        let before = (newest.min(self.now()) - POSITIONS).date_naive();
        let days = retention::days_of_positions(&mut conn, before).await?;
        drop(conn);
        let mut dropped = 0;
        for day in days {
            let mut tx = self.0.database.begin().await?;
            retention::drop_positions(&mut tx, day).await?;
            tx.commit().await?;
            dropped += 1;
        }
        Ok(dropped)
    }
}
