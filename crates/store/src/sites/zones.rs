//! Zones.

use crate::{Conn, StoreError, Tx};
use domain::{Day, HubId, Outline, Zone, ZoneId, ZoneParts};
use sqlx::types::Json;
use uuid::Uuid;

struct Row {
    id: Uuid,
    hub_id: Uuid,
    name: String,
    outline: Json<Outline>,
    from_day: Day,
    until_day: Option<Day>,
}

impl TryFrom<Row> for Zone {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id;
        let parts = ZoneParts {
            id: ZoneId(id),
            hub: HubId(row.hub_id),
            name: row.name,
            outline: row.outline.0,
            from: row.from_day,
            until: row.until_day,
        };
        Self::parse(parts).map_err(|_| StoreError::Corrupt { table: "zones", column: "name", id })
    }
}

fn read(rows: Vec<Row>) -> Result<Vec<Zone>, StoreError> {
    rows.into_iter().map(Zone::try_from).collect()
}

/// The zones of all hubs that hold on a day or later.
pub async fn from_day_on(conn: &mut Conn, day: Day) -> Result<Vec<Zone>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, hub_id, name, outline as "outline: Json<Outline>", from_day, until_day
           from zones where until_day is null or until_day > greatest($1, from_day) order by id"#,
        day
    );
    read(rows.fetch_all(conn).await?)
}

/// The zones of a hub that hold on a day or later, the first to begin first.
pub async fn of_hub(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Zone>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, hub_id, name, outline as "outline: Json<Outline>", from_day, until_day
           from zones where hub_id = $1 and (until_day is null or until_day > greatest($2, from_day))
           order by from_day, name, id"#,
        hub.0,
        day
    );
    read(rows.fetch_all(conn).await?)
}

/// Every zone, for comparing with the history.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Zone>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, hub_id, name, outline as "outline: Json<Outline>", from_day, until_day from zones"#
    );
    read(rows.fetch_all(conn).await?)
}

/// Whose zone it is.
pub async fn hub_of(conn: &mut Conn, id: ZoneId) -> Result<Option<HubId>, StoreError> {
    let hub = sqlx::query_scalar!("select hub_id from zones where id = $1", id.0);
    Ok(hub.fetch_optional(conn).await?.map(HubId))
}

/// One zone, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ZoneId) -> Result<Option<Zone>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, hub_id, name, outline as "outline: Json<Outline>", from_day, until_day
           from zones where id = $1 for no key update"#,
        id.0
    );
    row.fetch_optional(&mut **tx).await?.map(Zone::try_from).transpose()
}

/// Writes a zone, or its end.
pub async fn save(tx: &mut Tx, zone: &Zone) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into zones (id, hub_id, name, outline, from_day, until_day) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set until_day = excluded.until_day",
        zone.id.0,
        zone.hub.0,
        zone.name,
        Json(&zone.outline) as _,
        zone.from,
        zone.until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
