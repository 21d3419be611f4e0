//! Shops.

use crate::{Conn, StoreError, Tx};
use domain::{Shop, ShopId};
use std::collections::HashMap;

/// Adds a shop, or finds the one of that name. Call it under [`crate::locks::set_up`], else two may add the same one.
pub async fn save(tx: &mut Tx, shop: &Shop) -> Result<ShopId, StoreError> {
    let known = sqlx::query_scalar!("select id from shops where name = $1", shop.name)
        .fetch_optional(&mut **tx)
        .await?;
    if let Some(id) = known {
        return Ok(ShopId(id));
    }
    sqlx::query!("insert into shops (id, name) values ($1, $2)", shop.id.0, shop.name)
        .execute(&mut **tx)
        .await?;
    Ok(shop.id)
}

/// The shops of these names.
pub async fn named(conn: &mut Conn, names: &[String]) -> Result<HashMap<String, ShopId>, StoreError> {
    let rows = sqlx::query!("select id, name from shops where name = any($1)", names).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|r| (r.name, ShopId(r.id))).collect())
}
