//! Vehicles and who drives them.

use crate::{Conn, StoreError, Tx};
use chrono::NaiveTime;
use domain::{Driver, DriverId, HubId, Instant, Skills, Vehicle, VehicleId, VehicleKind, VehicleState};
use uuid::Uuid;

struct VehicleRow {
    id: Uuid,
    hub_id: Uuid,
    label: String,
    kind: String,
    capacity_g: i64,
    capacity_ml: i64,
    shift_from: NaiveTime,
    shift_until: NaiveTime,
    driver_id: Uuid,
    driver_name: String,
    off_road_since: Option<Instant>,
    off_road_reason: Option<String>,
    skills: Vec<String>,
}

impl TryFrom<VehicleRow> for Vehicle {
    type Error = StoreError;
    fn try_from(row: VehicleRow) -> Result<Self, StoreError> {
        let kind = VehicleKind::parse(&row.kind).ok_or(StoreError::Corrupt {
            table: "vehicles",
            column: "kind",
            id: row.id,
        })?;
        let state = match (row.off_road_since, row.off_road_reason) {
            (Some(since), Some(reason)) => VehicleState::OffRoad { since, reason },
            (None, None) => VehicleState::Available,
            _ => return Err(StoreError::Corrupt { table: "vehicles", column: "off_road_since", id: row.id }),
        };
        let skills = Skills::parse(&row.skills).map_err(|_| StoreError::Corrupt {
            table: "vehicles",
            column: "skills",
            id: row.id,
        })?;
        Ok(Self {
            id: VehicleId(row.id),
            hub: HubId(row.hub_id),
            label: row.label,
            kind,
            capacity_g: row.capacity_g,
            capacity_ml: row.capacity_ml,
            shift_from: row.shift_from,
            shift_until: row.shift_until,
            driver: Driver { id: DriverId(row.driver_id), name: row.driver_name },
            skills,
            state,
        })
    }
}

/// Every vehicle of a hub, by label.
pub async fn of_hub(conn: &mut Conn, hub: HubId) -> Result<Vec<Vehicle>, StoreError> {
    let rows = sqlx::query_as!(
        VehicleRow,
        "select v.id, v.hub_id, v.label, v.kind, v.capacity_g, v.capacity_ml, v.shift_from, v.shift_until,
                v.driver_id, d.name as driver_name, v.off_road_since, v.off_road_reason, v.skills
         from vehicles v join drivers d on d.id = v.driver_id
         where v.hub_id = $1 order by v.label",
        hub.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Vehicle::try_from).collect()
}

/// One vehicle, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
    sqlx::query!("select id from vehicles where id = $1 for no key update", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    vehicle(tx, id).await
}

/// One vehicle.
pub async fn vehicle(conn: &mut Conn, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
    let row = sqlx::query_as!(
        VehicleRow,
        "select v.id, v.hub_id, v.label, v.kind, v.capacity_g, v.capacity_ml, v.shift_from, v.shift_until,
                v.driver_id, d.name as driver_name, v.off_road_since, v.off_road_reason, v.skills
         from vehicles v join drivers d on d.id = v.driver_id
         where v.id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(Vehicle::try_from).transpose()
}

/// Writes what a vehicle is, and its driver. Whether it drives stays as it is.
///
/// One that exists is written by a plain update: as long as the label stays, it locks no key, so whoever writes a row that
/// refers to the vehicle, as a position does, does not wait. An insert that turns into an update would lock it.
pub async fn save(tx: &mut Tx, vehicle: &Vehicle) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into drivers (id, name, hub_id) values ($1, $2, $3) on conflict (id) do update set name = excluded.name",
        vehicle.driver.id.0,
        vehicle.driver.name,
        vehicle.hub.0
    )
    .execute(&mut **tx)
    .await?;
    let changed = sqlx::query!(
        "update vehicles set label = $2, kind = $3, capacity_g = $4, capacity_ml = $5, shift_from = $6,
                             shift_until = $7, driver_id = $8, skills = $9
         where id = $1",
        vehicle.id.0,
        vehicle.label,
        vehicle.kind.code(),
        vehicle.capacity_g,
        vehicle.capacity_ml,
        vehicle.shift_from,
        vehicle.shift_until,
        vehicle.driver.id.0,
        &vehicle.skills.codes()
    )
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query!(
        "insert into vehicles (id, hub_id, label, kind, capacity_g, capacity_ml, shift_from, shift_until, driver_id,
                               skills)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        vehicle.id.0,
        vehicle.hub.0,
        vehicle.label,
        vehicle.kind.code(),
        vehicle.capacity_g,
        vehicle.capacity_ml,
        vehicle.shift_from,
        vehicle.shift_until,
        vehicle.driver.id.0,
        &vehicle.skills.codes()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes whether a vehicle drives.
pub async fn save_state(tx: &mut Tx, vehicle: &Vehicle) -> Result<(), StoreError> {
    let (since, reason) = match &vehicle.state {
        VehicleState::Available => (None, None),
        VehicleState::OffRoad { since, reason } => (Some(*since), Some(reason.as_str())),
    };
    sqlx::query!(
        "update vehicles set off_road_since = $2, off_road_reason = $3 where id = $1",
        vehicle.id.0,
        since,
        reason
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
