//! The feed: all of history in an order in which nothing is missed, for whoever follows it while it grows.
//!
//! Events are in the order of their transactions, and shown once no earlier transaction is open. A transaction's number counts
//! within an epoch, which ends where the database is restored: what was told before stays before what is told after.

use super::row::{Row, select_events};
use crate::{StoreError, Tx};
use domain::Event;
use std::{fmt, str::FromStr};

/// How far somebody has read. Its text is for keeping and giving back, not for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) epoch: i16,
    pub(crate) tx: i64,
    pub(crate) id: i64,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self { epoch: 0, tx: 0, id: 0 };

    /// The number of the event behind which it stands.
    pub fn event(self) -> i64 {
        self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch, self.tx, self.id)
    }
}

/// The text is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor: send one as it was answered, or none to begin at the beginning")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;
    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let mut parts = text.splitn(3, '.').map(|part| part.parse::<i64>().ok().filter(|n| *n >= 0));
        let mut next = || parts.next().flatten().ok_or(NoCursor);
        let epoch = i16::try_from(next()?).map_err(|_| NoCursor)?;
        Ok(Self { epoch, tx: next()?, id: next()? })
    }
}

/// An event with the cursor behind it.
#[derive(Debug)]
pub struct Heard {
    /// Where to go on after it.
    pub cursor: Cursor,
    /// The event, or why it cannot be read.
    pub event: Result<Event, StoreError>,
}

impl From<Row> for Heard {
    fn from(row: Row) -> Self {
        Self { cursor: row.cursor(), event: row.try_into() }
    }
}

/// The next events after a cursor, at most `limit`. What cannot be read is among them: nothing is left out.
///
/// For the rest of the transaction statements are planned once for a connection, and not for their values. No cursor says in
/// which months the next events are, so all are planned for, which takes longer than to look; and a plan for a cursor that few
/// events seem to be behind would sort them all.
pub async fn after(tx: &mut Tx, cursor: Cursor, limit: i64) -> Result<Vec<Heard>, StoreError> {
    sqlx::query!("set local plan_cache_mode = force_generic_plan").execute(&mut **tx).await?;
    let rows = select_events!(
        "events e left join event_words w on w.event_id = e.id
         where (e.epoch, e.tx, e.id) > ($1, $2::text::xid8, $3)
           and (e.tx < pg_snapshot_xmin(pg_current_snapshot()) or e.epoch < (select epoch from feed_epoch))
         order by e.epoch, e.tx, e.id limit $4",
        cursor.epoch,
        cursor.tx.to_string(),
        cursor.id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Heard::from).collect())
}

/// Begins the next epoch if the database lives elsewhere than when a server last looked: in another cluster, as after a dump
/// was restored, or on another timeline, as after a base backup was. Nobody may write meanwhile. Says whether it did.
pub async fn look_around(tx: &mut Tx) -> Result<bool, StoreError> {
    let moved = sqlx::query_scalar!(
        r#"update feed_epoch
           set epoch = epoch + case when feed_epoch.cluster is null then 0 else 1 end, cluster = here.cluster
           from (
               select s.system_identifier || '/' || c.timeline_id as cluster from pg_control_system() s, pg_control_checkpoint() c
           ) here
           where feed_epoch.cluster is distinct from here.cluster
           returning epoch > 1 as "moved!""#
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(moved.unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let cursor = Cursor { epoch: 2, tx: 81_234, id: 77 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "1", "1.2", "1.2.x", "1.2.3.4", "-1.2.3", "99999.1.1", "1.2.99999999999999999999"] {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
        assert!(Cursor::START < cursor && cursor < Cursor { epoch: 3, tx: 1, id: 1 });
    }
}
