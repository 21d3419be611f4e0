//! Keys of shops and administrators, known by their hashes; and what an administrator sees of them and of devices.

use crate::{Conn, StoreError, Tx};
use domain::{HubId, Instant, KeyKind, PersonId, ShopId, VehicleId};
use std::fmt::Write;

/// Whose system holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHolder {
    /// A shop's.
    Shop(ShopId),
    /// An administrator's.
    Administrator,
}

/// How a key came to be: what it is called, and by whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct Making<'a> {
    /// What people call it.
    pub name: Option<&'a str>,
    /// Who made it; nobody for the command line and for systems.
    pub by: Option<PersonId>,
}

/// The id of the key with this hash: its first eight bytes. It is no secret.
pub fn id_of(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut id, byte| {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// Remembers a key by its hash.
pub async fn save(
    tx: &mut Tx,
    hash: &[u8],
    holder: KeyHolder,
    at: Instant,
    making: Making<'_>,
) -> Result<(), StoreError> {
    let shop = match holder {
        KeyHolder::Shop(id) => Some(id.0),
        KeyHolder::Administrator => None,
    };
    sqlx::query!(
        "insert into api_keys (token_hash, shop_id, created_at, name, made_by) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        hash,
        shop,
        at,
        making.name,
        making.by.map(|p| p.0)
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

/// Notes that keys and devices with these hashes were used.
pub async fn used(tx: &mut Tx, hashes: &[Vec<u8>], at: Instant) -> Result<(), StoreError> {
    sqlx::query!("update api_keys set last_used_at = $2 where token_hash = any($1)", hashes, at)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("update devices set last_used_at = $2 where token_hash = any($1)", hashes, at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A key or a device's token as an administrator sees it. The secret itself is known to nobody but its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The hash's first eight bytes, which name it.
    pub id: String,
    /// `shop`, `administrator` or `vehicle`.
    pub kind: String,
    /// What people call it; nothing for those that no person has made.
    pub name: Option<String>,
    /// The shop's name or the vehicle's label; empty for an administrator's.
    pub holder: String,
    /// When it was made.
    pub created_at: Instant,
    /// Who made it; nobody for the command line and for systems.
    pub made_by: Option<String>,
    /// When it opened something last; at most a minute behind.
    pub last_used_at: Option<Instant>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Instant>,
}

/// All keys and devices, newest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
    page(conn, None, "", 0, i64::MAX).await
}

/// Keys and devices of which the name, the id or the holder's name holds `text`, newest first: those that open something, or
/// those that are revoked, or both when nothing is said. `most` of them after leaving out `skip`.
pub async fn page(
    conn: &mut Conn,
    revoked: Option<bool>,
    text: &str,
    skip: i64,
    most: i64,
) -> Result<Vec<Listed>, StoreError> {
    Ok(sqlx::query_as!(
        Listed,
        r#"select k.id as "id!", k.kind as "kind!", k.name, k.holder as "holder!", k.created_at as "created_at!",
                  p.name as "made_by?", k.last_used_at, k.revoked_at
           from (
               select left(encode(k.token_hash, 'hex'), 16) as id,
                      case when k.shop_id is null then 'administrator' else 'shop' end as kind,
                      k.name, coalesce(s.name, '') as holder, k.created_at, k.made_by, k.last_used_at, k.revoked_at
               from api_keys k left join shops s on s.id = k.shop_id
               union all
               select left(encode(d.token_hash, 'hex'), 16), 'vehicle', d.name, v.label, d.created_at, d.made_by,
                      d.last_used_at, d.revoked_at
               from devices d join vehicles v on v.id = d.vehicle_id
           ) as k
           left join people p on p.id = k.made_by
           where ($1::boolean is null or (k.revoked_at is not null) = $1)
                 and ($2 = '' or strpos(lower(concat_ws(' ', k.name, k.holder, k.id, k.kind)), lower($2)) > 0)
           order by k.created_at desc, k.holder, k.name, k.id
           offset $3 limit $4"#,
        revoked,
        text,
        skip,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Revokes the keys and devices that `which` names: an id, a shop's name or a vehicle's label. Answers the ids of those that
/// opened something until now.
pub async fn revoke(tx: &mut Tx, which: &str, at: Instant) -> Result<Vec<String>, StoreError> {
    let mut revoked = sqlx::query_scalar!(
        r#"update api_keys k set revoked_at = $2
         where revoked_at is null
               and (left(encode(token_hash, 'hex'), 16) = $1
                    or exists (select from shops s where s.id = k.shop_id and s.name = $1))
         returning left(encode(token_hash, 'hex'), 16) as "id!""#,
        which,
        at
    )
    .fetch_all(&mut **tx)
    .await?;
    let devices = sqlx::query_scalar!(
        r#"update devices d set revoked_at = $2
         where revoked_at is null
               and (left(encode(token_hash, 'hex'), 16) = $1
                    or exists (select from vehicles v where v.id = d.vehicle_id and v.label = $1))
         returning left(encode(token_hash, 'hex'), 16) as "id!""#,
        which,
        at
    )
    .fetch_all(&mut **tx)
    .await?;
    revoked.extend(devices);
    Ok(revoked)
}

/// Revokes the one key or device of this id; answers whether it opened something until now.
pub async fn revoke_one(tx: &mut Tx, id: &str, at: Instant) -> Result<bool, StoreError> {
    let keys = sqlx::query!(
        "update api_keys set revoked_at = $2
         where revoked_at is null and left(encode(token_hash, 'hex'), 16) = $1",
        id,
        at
    )
    .execute(&mut **tx)
    .await?;
    let devices = sqlx::query!(
        "update devices set revoked_at = $2
         where revoked_at is null and left(encode(token_hash, 'hex'), 16) = $1",
        id,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(keys.rows_affected() + devices.rows_affected() > 0)
}

/// Whether there is a key or device of this id, revoked or not.
pub async fn is_known(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from api_keys where left(encode(token_hash, 'hex'), 16) = $1)
                  or exists (select from devices where left(encode(token_hash, 'hex'), 16) = $1) as "known!""#,
        id
    )
    .fetch_one(conn)
    .await?)
}

/// Who could hold a key: the first shops' names and vehicles' labels, at most `most` of each.
pub async fn holders(conn: &mut Conn, most: i64) -> Result<Vec<(KeyKind, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"(select 'shop' as "kind!", name as "name!" from shops order by name limit $1)
           union all
           (select distinct 'vehicle', label from vehicles order by label limit $1)"#,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|r| Some((KeyKind::parse(&r.kind)?, r.name))).collect())
}

/// The shop of that name, in whatever case, and how it writes it.
pub async fn shop_named(conn: &mut Conn, name: &str) -> Result<Option<(ShopId, String)>, StoreError> {
    let row = sqlx::query!(
        "select id, name from shops where lower(name) = lower($1) order by name <> $1, id limit 1",
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (ShopId(r.id), r.name)))
}

/// A vehicle that may be meant by a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Which.
    pub vehicle: VehicleId,
    /// Where.
    pub hub: HubId,
    /// The label as it is written there.
    pub label: String,
}

/// The vehicles of that label, in whatever case; each hub has at most a few.
pub async fn vehicles_named(conn: &mut Conn, label: &str) -> Result<Vec<Labelled>, StoreError> {
    let rows = sqlx::query!(
        "select id, hub_id, label from vehicles where lower(label) = lower($1) order by label <> $1, id",
        label
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Labelled { vehicle: VehicleId(r.id), hub: HubId(r.hub_id), label: r.label })
        .collect())
}
