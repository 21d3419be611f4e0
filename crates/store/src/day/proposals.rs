//! Proposals: better plans that wait for a yes. Their content belongs to operations; here it is kept as it is.

use crate::{Conn, StoreError, Tx};
use domain::{Day, HubId, Instant, ProposalId};
use serde::{Serialize, de::DeserializeOwned};

/// A proposal that waits for a yes.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal<C> {
    /// Identity.
    pub id: ProposalId,
    /// Whose day.
    pub hub: HubId,
    /// Which day.
    pub day: Day,
    /// The plan's revision that it was made for.
    pub based_on: i32,
    /// When it was made.
    pub made_at: Instant,
    /// What it would change.
    pub content: C,
}

/// Adds a proposal; earlier open ones of the day make way for it.
pub async fn add<C: Serialize + Sync>(tx: &mut Tx, proposal: &Proposal<C>) -> Result<(), StoreError> {
    // Of two that are made in the same moment the later one stays.
    let both = format!("{}/{}", proposal.hub, proposal.day);
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 8))", both).execute(&mut **tx).await?;
    sqlx::query!(
        "update proposals set state = 'replaced' where hub_id = $1 and day = $2 and state = 'open'",
        proposal.hub.0,
        proposal.day
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into proposals (id, hub_id, day, based_on, made_at, state, content)
         values ($1, $2, $3, $4, $5, 'open', $6)",
        proposal.id.0,
        proposal.hub.0,
        proposal.day,
        proposal.based_on,
        proposal.made_at,
        serde_json::to_value(&proposal.content)?
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The hub for which a proposal was made.
pub async fn hub_of(conn: &mut Conn, id: ProposalId) -> Result<Option<HubId>, StoreError> {
    let hub = sqlx::query_scalar!("select hub_id from proposals where id = $1", id.0);
    Ok(hub.fetch_optional(conn).await?.map(HubId))
}

/// Which proposal of a day is open.
pub async fn open_id(conn: &mut Conn, hub: HubId, day: Day) -> Result<Option<ProposalId>, StoreError> {
    let id = sqlx::query_scalar!(
        "select id from proposals where hub_id = $1 and day = $2 and state = 'open'",
        hub.0,
        day
    );
    Ok(id.fetch_optional(conn).await?.map(ProposalId))
}

/// The open proposal of a day.
pub async fn open<C: DeserializeOwned>(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
) -> Result<Option<Proposal<C>>, StoreError> {
    let row = sqlx::query!(
        "select id, hub_id, day, based_on, made_at, content from proposals
         where hub_id = $1 and day = $2 and state = 'open' order by made_at desc limit 1",
        hub.0,
        day
    )
    .fetch_optional(conn)
    .await?;
    row.map(|r| {
        Ok(Proposal {
            id: ProposalId(r.id),
            hub: HubId(r.hub_id),
            day: r.day,
            based_on: r.based_on,
            made_at: r.made_at,
            content: serde_json::from_value(r.content).map_err(|_| StoreError::Corrupt {
                table: "proposals",
                column: "content",
                id: r.id,
            })?,
        })
    })
    .transpose()
}

/// How a proposal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Somebody said yes.
    Accepted,
    /// Somebody said no.
    Declined,
    /// The day has overtaken it, and there is nothing better now.
    Overtaken,
}

/// Ends an open proposal; says whether it was open.
pub async fn end(tx: &mut Tx, id: ProposalId, ending: Ending) -> Result<bool, StoreError> {
    let state = match ending {
        Ending::Accepted => "accepted",
        Ending::Declined => "declined",
        Ending::Overtaken => "replaced",
    };
    let done = sqlx::query!("update proposals set state = $2 where id = $1 and state = 'open'", id.0, state)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
