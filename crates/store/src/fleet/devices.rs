//! The phones of vehicles, known by the hashes of their tokens.

use crate::{Conn, StoreError, Tx};
use domain::{HubId, Instant, PersonId, VehicleId};
use std::collections::HashMap;

/// Remembers a device by its token's hash, and revokes the vehicle's earlier ones.
pub async fn save(tx: &mut Tx, hash: &[u8], vehicle: VehicleId, at: Instant) -> Result<(), StoreError> {
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

/// Remembers one more device of a vehicle, by the name that a person gives it; the earlier ones stay.
pub async fn add(
    tx: &mut Tx,
    hash: &[u8],
    vehicle: VehicleId,
    at: Instant,
    name: &str,
    made_by: Option<PersonId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into devices (token_hash, vehicle_id, created_at, name, made_by) values ($1, $2, $3, $4, $5)",
        hash,
        vehicle.0,
        at,
        name,
        made_by.map(|p| p.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The vehicle and hub of each device whose token has one of these hashes and was not revoked.
pub async fn known(
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
