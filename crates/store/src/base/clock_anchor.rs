//! The anchor of a simulated clock.

use crate::{Conn, StoreError, Tx};
use domain::Instant;

/// Where a simulated clock was anchored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockAnchor {
    /// Real time.
    pub real_at: Instant,
    /// The world's time at that moment.
    pub world_at: Instant,
    /// World seconds in one real second.
    pub factor: f64,
}

/// The anchor, if this database holds a simulated day.
pub async fn get(conn: &mut Conn) -> Result<Option<ClockAnchor>, StoreError> {
    Ok(sqlx::query_as!(ClockAnchor, "select real_at, world_at, factor from clock_anchor")
        .fetch_optional(conn)
        .await?)
}

/// Anchors a simulated clock.
pub async fn save(tx: &mut Tx, anchor: ClockAnchor) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into clock_anchor (real_at, world_at, factor) values ($1, $2, $3)
         on conflict (single) do update set
             real_at = excluded.real_at, world_at = excluded.world_at, factor = excluded.factor",
        anchor.real_at,
        anchor.world_at,
        anchor.factor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
