//! Hubs.

use crate::{Conn, StoreError, Tx};
use chrono::NaiveTime;
use domain::{Coordinate, Hub, HubId};
use uuid::Uuid;

struct HubRow {
    id: Uuid,
    name: String,
    lat: f64,
    lon: f64,
    zone: String,
    plan_at: NaiveTime,
}

impl TryFrom<HubRow> for Hub {
    type Error = StoreError;
    fn try_from(row: HubRow) -> Result<Self, StoreError> {
        let at = Coordinate::parse(row.lat, row.lon).map_err(|_| StoreError::Corrupt {
            table: "hubs",
            column: "lat",
            id: row.id,
        })?;
        Ok(Self { id: HubId(row.id), name: row.name, at, zone: row.zone, plan_at: row.plan_at })
    }
}

/// Every hub, oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Hub>, StoreError> {
    let rows = sqlx::query_as!(HubRow, "select id, name, lat, lon, zone, plan_at from hubs order by id")
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Hub::try_from).collect()
}

/// Adds a hub, or renews it.
pub async fn save(tx: &mut Tx, hub: &Hub) -> Result<(), StoreError> {
    // A plain update locks no key as long as the name stays: no order and no event of the hub waits for it.
    let changed = sqlx::query!(
        "update hubs set name = $2, lat = $3, lon = $4, zone = $5, plan_at = $6 where id = $1",
        hub.id.0,
        hub.name,
        hub.at.lat(),
        hub.at.lon(),
        hub.zone,
        hub.plan_at
    )
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "insert into hubs (id, name, lat, lon, zone, plan_at) values ($1, $2, $3, $4, $5, $6)",
        hub.id.0,
        hub.name,
        hub.at.lat(),
        hub.at.lon(),
        hub.zone,
        hub.plan_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
