//! Service days.

use crate::{Conn, StoreError, Tx};
use domain::{Day, HubId, Instant, ServiceDay};
use uuid::Uuid;

struct Row {
    hub_id: Uuid,
    day: Day,
    opened_at: Instant,
    closed_at: Option<Instant>,
}

impl From<Row> for ServiceDay {
    fn from(row: Row) -> Self {
        Self { hub: HubId(row.hub_id), day: row.day, opened_at: row.opened_at, closed_at: row.closed_at }
    }
}

/// The day that runs at a hub: the oldest open one; nothing when none is open.
pub async fn running(conn: &mut Conn, hub: HubId) -> Result<Option<Day>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select day from service_days where hub_id = $1 and closed_at is null order by day limit 1",
        hub.0
    )
    .fetch_optional(conn)
    .await?)
}

/// The newest day of a hub that is closed.
pub async fn last_closed(conn: &mut Conn, hub: HubId) -> Result<Option<Day>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select day from service_days where hub_id = $1 and closed_at is not null order by day desc limit 1",
        hub.0
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether a vehicle still works on a day: it is on the road, or has not left and its shift is not over.
pub async fn is_worked_on(conn: &mut Conn, hub: HubId, day: Day, now: Instant) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from routes where hub_id = $1 and day = $2 and finished_at is null
                          and (departed_at is not null or shift_until > $3)) as "is!""#,
        hub.0,
        day,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// A day, as it is now. Whoever writes it holds the day's lock.
pub async fn get(conn: &mut Conn, hub: HubId, day: Day) -> Result<Option<ServiceDay>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        "select hub_id, day, opened_at, closed_at from service_days where hub_id = $1 and day = $2",
        hub.0,
        day
    );
    Ok(row.fetch_optional(conn).await?.map(ServiceDay::from))
}

/// Adds a day; answers whether it is new.
pub async fn add(tx: &mut Tx, day: &ServiceDay) -> Result<bool, StoreError> {
    let added = sqlx::query!(
        "insert into service_days (hub_id, day, opened_at) values ($1, $2, $3) on conflict do nothing",
        day.hub.0,
        day.day,
        day.opened_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Writes when a day closed.
pub async fn save(tx: &mut Tx, day: &ServiceDay) -> Result<(), StoreError> {
    sqlx::query!(
        "update service_days set closed_at = $3 where hub_id = $1 and day = $2",
        day.hub.0,
        day.day,
        day.closed_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every day there was, for rebuilding and for tests.
pub async fn all(conn: &mut Conn) -> Result<Vec<ServiceDay>, StoreError> {
    let rows = sqlx::query_as!(Row, "select hub_id, day, opened_at, closed_at from service_days");
    Ok(rows.fetch_all(conn).await?.into_iter().map(ServiceDay::from).collect())
}
