//! Shops.

use crate::{StoreError, Tx};
use domain::{Shop, ShopId};

/// Adds a shop, or finds the one of that name.
pub async fn save(tx: &mut Tx, shop: &Shop) -> Result<ShopId, StoreError> {
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
