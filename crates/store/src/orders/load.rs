//! What a day's orders come to, against what its fleet can carry.

use crate::{Conn, StoreError};
use domain::{Day, HubId, OrderId};

/// What is asked of a day's fleet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Grams.
    pub weight_g: i64,
    /// Millilitres.
    pub volume_ml: i64,
}

/// What a day's orders weigh and measure, without cancelled ones and without `but`: what is brought, and what is taken along.
pub async fn load_of_day(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
    but: OrderId,
) -> Result<[Load; 2], StoreError> {
    // Sums of 64-bit numbers are wider in the database; what is beyond them is more than any fleet carries.
    let sums = sqlx::query!(
        r#"select least(coalesce(sum(p.weight_g) filter (where o.service <> 'collect'), 0), 9223372036854775807)::int8
                      as "weight!",
                  least(coalesce(sum(p.volume_ml) filter (where o.service <> 'collect'), 0), 9223372036854775807)::int8
                      as "volume!",
                  least(coalesce(sum(p.weight_g) filter (where o.service <> 'deliver'), 0), 9223372036854775807)::int8
                      as "weight_taken!",
                  least(coalesce(sum(p.volume_ml) filter (where o.service <> 'deliver'), 0), 9223372036854775807)::int8
                      as "volume_taken!"
           from orders o join packages p on p.order_id = o.id
           where o.hub_id = $1 and o.day = $2 and o.state <> 'cancelled' and o.id <> $3"#,
        hub.0,
        day,
        but.0
    )
    .fetch_one(conn)
    .await?;
    let load = |weight_g, volume_ml| Load { weight_g, volume_ml };
    Ok([load(sums.weight, sums.volume), load(sums.weight_taken, sums.volume_taken)])
}
