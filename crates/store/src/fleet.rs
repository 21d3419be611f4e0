//! The hub, its shops, vehicles and drivers, and the secrets by which their systems speak.

use crate::{Conn, StoreError, Tx};
use chrono::NaiveTime;
use domain::{
    Coordinate, Driver, DriverId, Hub, HubId, Instant, Shop, ShopId, Vehicle, VehicleId, VehicleKind,
    VehicleState,
};
use std::collections::HashMap;
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
pub async fn hubs(conn: &mut Conn) -> Result<Vec<Hub>, StoreError> {
    let rows = sqlx::query_as!(HubRow, "select id, name, lat, lon, zone, plan_at from hubs order by id")
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Hub::try_from).collect()
}

/// Adds a hub, or renews it.
pub async fn save_hub(tx: &mut Tx, hub: &Hub) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into hubs (id, name, lat, lon, zone, plan_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set
             name = excluded.name, lat = excluded.lat, lon = excluded.lon, zone = excluded.zone,
             plan_at = excluded.plan_at",
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

/// Adds a shop, or finds the one of that name.
pub async fn save_shop(tx: &mut Tx, shop: &Shop) -> Result<ShopId, StoreError> {
    let id = sqlx::query_scalar!(
        "insert into shops (id, name) values ($1, $2)
         on conflict (name) do update set name = excluded.name returning id",
        shop.id.0,
        shop.name
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(ShopId(id))
}

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
            state,
        })
    }
}

/// Every vehicle of a hub, by label.
pub async fn vehicles(conn: &mut Conn, hub: HubId) -> Result<Vec<Vehicle>, StoreError> {
    let rows = sqlx::query_as!(
        VehicleRow,
        "select v.id, v.hub_id, v.label, v.kind, v.capacity_g, v.capacity_ml, v.shift_from, v.shift_until,
                v.driver_id, d.name as driver_name, v.off_road_since, v.off_road_reason
         from vehicles v join drivers d on d.id = v.driver_id
         where v.hub_id = $1 order by v.label",
        hub.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Vehicle::try_from).collect()
}

/// One vehicle, locked until the transaction ends.
pub async fn lock_vehicle(tx: &mut Tx, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
    sqlx::query!("select id from vehicles where id = $1 for no key update", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    vehicle(tx, id).await
}

/// One vehicle.
async fn vehicle(conn: &mut Conn, id: VehicleId) -> Result<Option<Vehicle>, StoreError> {
    let row = sqlx::query_as!(
        VehicleRow,
        "select v.id, v.hub_id, v.label, v.kind, v.capacity_g, v.capacity_ml, v.shift_from, v.shift_until,
                v.driver_id, d.name as driver_name, v.off_road_since, v.off_road_reason
         from vehicles v join drivers d on d.id = v.driver_id
         where v.id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(Vehicle::try_from).transpose()
}

/// Writes what a vehicle is, and its driver. Whether it drives stays as it is.
pub async fn save_vehicle(tx: &mut Tx, vehicle: &Vehicle) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into drivers (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name",
        vehicle.driver.id.0,
        vehicle.driver.name
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into vehicles (id, hub_id, label, kind, capacity_g, capacity_ml, shift_from, shift_until, driver_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set
             label = excluded.label, kind = excluded.kind, capacity_g = excluded.capacity_g,
             capacity_ml = excluded.capacity_ml, shift_from = excluded.shift_from, shift_until = excluded.shift_until,
             driver_id = excluded.driver_id",
        vehicle.id.0,
        vehicle.hub.0,
        vehicle.label,
        vehicle.kind.code(),
        vehicle.capacity_g,
        vehicle.capacity_ml,
        vehicle.shift_from,
        vehicle.shift_until,
        vehicle.driver.id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes whether a vehicle drives.
pub async fn save_vehicle_state(tx: &mut Tx, vehicle: &Vehicle) -> Result<(), StoreError> {
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

/// Whose system holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHolder {
    /// A shop's.
    Shop(ShopId),
    /// An administrator's.
    Administrator,
}

/// Remembers a key by its hash.
pub async fn save_key(tx: &mut Tx, hash: &[u8], holder: KeyHolder, at: Instant) -> Result<(), StoreError> {
    let shop = match holder {
        KeyHolder::Shop(id) => Some(id.0),
        KeyHolder::Administrator => None,
    };
    sqlx::query!(
        "insert into api_keys (token_hash, shop_id, created_at) values ($1, $2, $3) on conflict do nothing",
        hash,
        shop,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who holds the key with this hash, unless it was revoked.
pub async fn key_holder(conn: &mut Conn, hash: &[u8]) -> Result<Option<KeyHolder>, StoreError> {
    let row = sqlx::query!("select shop_id from api_keys where token_hash = $1 and revoked_at is null", hash)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|r| r.shop_id.map_or(KeyHolder::Administrator, |id| KeyHolder::Shop(ShopId(id)))))
}

/// A key or a device's token as an administrator sees it. The secret itself is known to nobody but its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The hash's first eight bytes, which name it.
    pub id: String,
    /// `shop`, `administrator` or `vehicle`.
    pub kind: String,
    /// The shop's name or the vehicle's label; empty for an administrator's.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
    /// Since when it opens nothing.
    pub revoked_at: Option<Instant>,
}

/// All keys and devices, oldest first.
pub async fn list_keys(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
    Ok(sqlx::query_as!(
        Listed,
        r#"select left(encode(k.token_hash, 'hex'), 16) as "id!",
                  case when k.shop_id is null then 'administrator' else 'shop' end as "kind!",
                  coalesce(s.name, '') as "name!", k.created_at as "created_at!", k.revoked_at
           from api_keys k left join shops s on s.id = k.shop_id
           union all
           select left(encode(d.token_hash, 'hex'), 16), 'vehicle', v.label, d.created_at, d.revoked_at
           from devices d join vehicles v on v.id = d.vehicle_id
           order by 4, 1"#
    )
    .fetch_all(conn)
    .await?)
}

/// Revokes the keys and devices that `which` names: an id, a shop's name or a vehicle's label. Answers how many opened
/// something until now.
pub async fn revoke_keys(tx: &mut Tx, which: &str, at: Instant) -> Result<u64, StoreError> {
    let keys = sqlx::query!(
        "update api_keys k set revoked_at = $2
         where revoked_at is null
               and (left(encode(token_hash, 'hex'), 16) = $1
                    or exists (select from shops s where s.id = k.shop_id and s.name = $1))",
        which,
        at
    )
    .execute(&mut **tx)
    .await?;
    let devices = sqlx::query!(
        "update devices d set revoked_at = $2
         where revoked_at is null
               and (left(encode(token_hash, 'hex'), 16) = $1
                    or exists (select from vehicles v where v.id = d.vehicle_id and v.label = $1))",
        which,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(keys.rows_affected() + devices.rows_affected())
}

/// Remembers a device by its token's hash, and revokes the vehicle's earlier ones.
pub async fn save_device(
    tx: &mut Tx,
    hash: &[u8],
    vehicle: VehicleId,
    at: Instant,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update devices set revoked_at = $2 where vehicle_id = $1 and revoked_at is null",
        vehicle.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into devices (token_hash, vehicle_id, created_at) values ($1, $2, $3)",
        hash,
        vehicle.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The vehicle and hub of each device whose token has one of these hashes and was not revoked.
pub async fn devices(
    conn: &mut Conn,
    hashes: &[Vec<u8>],
) -> Result<HashMap<Vec<u8>, (VehicleId, HubId)>, StoreError> {
    let rows = sqlx::query!(
        "select d.token_hash, d.vehicle_id, v.hub_id from devices d join vehicles v on v.id = d.vehicle_id
         where d.token_hash = any($1) and d.revoked_at is null",
        hashes
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.token_hash, (VehicleId(r.vehicle_id), HubId(r.hub_id)))).collect())
}
