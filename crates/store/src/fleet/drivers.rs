//! Drivers: the only home of their names.

use crate::{Conn, StoreError, Tx};
use domain::{Driver, DriverId, HubDriver, HubId, Instant};
use std::collections::HashMap;
use uuid::Uuid;

struct Row {
    id: Uuid,
    name: String,
    hub_id: Uuid,
    left_at: Option<Instant>,
}

impl From<Row> for HubDriver {
    fn from(row: Row) -> Self {
        let driver = Driver { id: DriverId(row.id), name: row.name };
        Self { driver, hub: HubId(row.hub_id), left_at: row.left_at }
    }
}

/// Every driver of a hub, also who has left, by name.
pub async fn of_hub(conn: &mut Conn, hub: HubId) -> Result<Vec<HubDriver>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, hub_id as "hub_id!", left_at from drivers where hub_id = $1 order by name, id"#,
        hub.0
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(HubDriver::from).collect())
}

/// One driver, if there is one with a home.
pub async fn get(conn: &mut Conn, id: DriverId) -> Result<Option<HubDriver>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, hub_id as "hub_id!", left_at from drivers where id = $1 and hub_id is not null"#,
        id.0
    );
    Ok(row.fetch_optional(conn).await?.map(HubDriver::from))
}

/// The names of these drivers.
pub async fn names(conn: &mut Conn, ids: &[DriverId]) -> Result<HashMap<DriverId, String>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!("select id, name from drivers where id = any($1)", &ids).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|r| (DriverId(r.id), r.name)).collect())
}

/// Writes a driver.
pub async fn save(tx: &mut Tx, driver: &HubDriver) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into drivers (id, name, hub_id, left_at) values ($1, $2, $3, $4)
         on conflict (id) do update set name = excluded.name, left_at = excluded.left_at",
        driver.driver.id.0,
        driver.driver.name,
        driver.hub.0,
        driver.left_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
