//! Settings by key, of the organisation and of hubs above it, and who changed which.

use crate::{Conn, StoreError, Tx};
use domain::{HubId, Instant, PersonId, settings::setting::Value};
use uuid::Uuid;

/// A value that somebody has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// For which hub; for all without one.
    pub hub: Option<HubId>,
    /// Of which setting.
    pub key: String,
    /// The value. What is no value at all is its text, which no number and no choice is.
    pub value: Value,
}

/// One change of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number: later changes have higher ones.
    pub id: i64,
    /// For which hub; for all without one.
    pub hub: Option<HubId>,
    /// Of which setting.
    pub key: String,
    /// What held until then.
    pub before: Value,
    /// What holds since.
    pub after: Value,
    /// Whether the own value was taken away, so that the one below it holds again.
    pub given_back: bool,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: PersonId,
}

fn value(json: serde_json::Value) -> Value {
    let text = json.to_string();
    serde_json::from_value(json).unwrap_or(Value::Code(text))
}

fn hub_of(hub: Option<Uuid>) -> Option<HubId> {
    hub.map(HubId)
}

/// Waits for whoever else changes settings, until the transaction ends. Taken before any other lock.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('settings', 7))").execute(&mut **tx).await?;
    Ok(())
}

/// What is set for all hubs, and then what is set for this one.
pub async fn of_hub(conn: &mut Conn, hub: Option<HubId>) -> Result<Vec<Own>, StoreError> {
    let rows = sqlx::query!(
        "select hub_id, key, value from settings where hub_id is null or hub_id = $1
         order by hub_id nulls first, key",
        hub.map(|hub| hub.0)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| Own { hub: hub_of(r.hub_id), key: r.key, value: value(r.value) }).collect())
}

/// The number of the latest change that this hub, or the organisation, can see; 0 before the first.
pub async fn version(conn: &mut Conn, hub: Option<HubId>) -> Result<i64, StoreError> {
    let version = sqlx::query_scalar!(
        r#"select coalesce(max(id), 0) as "version!" from setting_changes where hub_id is null or hub_id = $1"#,
        hub.map(|hub| hub.0)
    );
    Ok(version.fetch_one(conn).await?)
}

/// Keeps a change, and the value that it sets or takes away. The change's number is given here.
pub async fn save(tx: &mut Tx, change: &Change) -> Result<(), StoreError> {
    let (hub, after) = (change.hub.map(|hub| hub.0), serde_json::to_value(&change.after)?);
    if change.given_back {
        sqlx::query!(
            "delete from settings where hub_id is not distinct from $1 and key = $2",
            hub,
            change.key
        )
        .execute(&mut **tx)
        .await?;
    } else {
        sqlx::query!(
            "insert into settings (hub_id, key, value, changed_at, changed_by) values ($1, $2, $3, $4, $5)
             on conflict on constraint settings_once
             do update set value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            hub,
            change.key,
            after,
            change.at,
            change.by.0
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!(
        "insert into setting_changes (hub_id, key, before, after, given_back, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        hub,
        change.key,
        serde_json::to_value(&change.before)?,
        after,
        change.given_back,
        change.at,
        change.by.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: i64,
    hub_id: Option<Uuid>,
    key: String,
    before: serde_json::Value,
    after: serde_json::Value,
    given_back: bool,
    changed_at: Instant,
    changed_by: Uuid,
}

impl From<Row> for Change {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            hub: hub_of(row.hub_id),
            key: row.key,
            before: value(row.before),
            after: value(row.after),
            given_back: row.given_back,
            at: row.changed_at,
            by: PersonId(row.changed_by),
        }
    }
}

/// The changes that this hub, or the organisation, can see, the latest first.
pub async fn changes(
    conn: &mut Conn,
    hub: Option<HubId>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Change>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, key, before, after, given_back, changed_at, changed_by
         from setting_changes where hub_id is null or hub_id = $1
         order by id desc limit $2 offset $3",
        hub.map(|hub| hub.0),
        limit,
        offset
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Change::from).collect())
}

/// The latest change of each setting for this hub alone, or for the organisation.
pub async fn latest(conn: &mut Conn, hub: Option<HubId>) -> Result<Vec<Change>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select distinct on (key) id, hub_id, key, before, after, given_back, changed_at, changed_by
         from setting_changes where hub_id is not distinct from $1
         order by key, id desc",
        hub.map(|hub| hub.0)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Change::from).collect())
}
