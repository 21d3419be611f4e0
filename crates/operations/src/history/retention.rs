//! Forgetting what nobody needs any more; `docs/database.md` has the table of what is kept for how long.

use crate::{Caller, Operations, Result, accounts::settings};
use chrono::TimeDelta;
use domain::Instant;
use store::retention::{self, Rows};

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
        // Tables are kept for all hubs alike.
        let kept = settings::of(&mut *self.0.database.read().await?, None).await?;
        let mut forgotten =
            vec![("days of positions", self.forget_positions(TimeDelta::days(kept.positions_days)).await?)];
        for (what, rows, before) in [
            ("reports", Rows::Reports, now - TimeDelta::days(kept.reports_days)),
            ("proposals", Rows::Proposals, now - TimeDelta::days(kept.proposals_days)),
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

    async fn forget_positions(&self, kept: TimeDelta) -> Result<u64> {
        let mut conn = self.0.database.read().await?;
        // By the readings' own time where it is behind ours: a clock that was set wrong must not cost a day of them.
        let Some(newest) = retention::newest_reading(&mut conn).await? else { return Ok(0) };
        let before = (newest.min(self.now()) - kept).date_naive();
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
