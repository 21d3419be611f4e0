//! Keys of shops and administrators, known by their hashes.

use crate::{Conn, StoreError, Tx};
use domain::{Instant, ShopId};

/// Whose system holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHolder {
    /// A shop's.
    Shop(ShopId),
    /// An administrator's.
    Administrator,
}

/// Remembers a key by its hash.
pub async fn save(tx: &mut Tx, hash: &[u8], holder: KeyHolder, at: Instant) -> Result<(), StoreError> {
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
pub async fn holder(conn: &mut Conn, hash: &[u8]) -> Result<Option<KeyHolder>, StoreError> {
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
pub async fn list(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
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
pub async fn revoke(tx: &mut Tx, which: &str, at: Instant) -> Result<u64, StoreError> {
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
