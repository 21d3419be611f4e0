//! Forgetting recipients for good: the one thing that is taken out of what has happened.

use super::row::select_events;
use crate::{Conn, StoreError, Tx};
use domain::{Event, HubId, Order, OrderId};

/// The orders for whom an order is for, by phone, however it was written, or by e-mail address; that order among them. An order
/// with neither is alone.
pub async fn of_same_recipient(conn: &mut Conn, order: OrderId) -> Result<Vec<OrderId>, StoreError> {
    let ids = sqlx::query_scalar!(
        // The digits are in the text that searches look through, so that its index answers.
        r#"select o.id from orders one join orders o
               on o.found_by like '%' || phone_digits(one.recipient_phone) || '%'
              and phone_digits(o.recipient_phone) = phone_digits(one.recipient_phone)
           where one.id = $1 and phone_digits(one.recipient_phone) <> ''
           union select o.id from orders one join orders o
               on lower(o.email) = lower(one.email) and o.email is not null
           where one.id = $1
           union select $1 as "id!"
           order by 1"#,
        order.0
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().flatten().map(OrderId).collect())
}

/// How often somebody wrote something about an order that an erasure takes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The order.
    pub order: OrderId,
    /// Drivers' notes about attempts.
    pub notes: i64,
    /// What was done about its exceptions.
    pub resolutions: i64,
}

/// What was written about these orders; those of which nobody wrote anything are left out.
pub async fn written_about(conn: &mut Conn, orders: &[OrderId]) -> Result<Vec<Written>, StoreError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select order_id as "order!", count(*) filter (where is_note) as "notes!",
                  count(*) filter (where not is_note) as "resolutions!"
           from (
               select order_id, true as is_note from attempts where order_id = any($1) and note is not null
               union all
               select order_id, false from exceptions where order_id = any($1) and resolution <> ''
           ) written
           group by order_id"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Written { order: OrderId(r.order), notes: r.notes, resolutions: r.resolutions })
        .collect())
}

/// The erasures at these hubs, the latest first, so many after leaving out `skip`.
pub async fn latest(conn: &mut Conn, hubs: &[HubId], skip: i64, most: i64) -> Result<Vec<Event>, StoreError> {
    let hubs: Vec<_> = hubs.iter().map(|hub| hub.0).collect();
    let rows = select_events!(
        "events e cross join (select null::text as words) w
         where e.kind = 'recipient_erased' and e.hub_id = any($1)
         order by e.id desc offset $2 limit $3",
        &hubs,
        skip,
        most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The orders that have a reference, of whatever shop.
pub async fn by_reference(conn: &mut Conn, reference: &str) -> Result<Vec<OrderId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "select id from orders where lower(reference) = lower($1) order by id limit 20",
        reference
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(OrderId).collect())
}

/// Writes of erased orders that nobody is known to receive them, nor what, and takes out what people wrote about them: drivers' notes,
/// what was done about their exceptions, and proposals that name their doors.
pub async fn save(tx: &mut Tx, orders: &[Order]) -> Result<(), StoreError> {
    let id: Vec<_> = orders.iter().map(|o| o.id.0).collect();
    let name: Vec<_> = orders.iter().map(|o| o.recipient.name.clone()).collect();
    let phone: Vec<_> = orders.iter().map(|o| o.recipient.phone.clone()).collect();
    let address: Vec<_> = orders.iter().map(|o| o.address.text.clone()).collect();
    let lat: Vec<_> = orders.iter().map(|o| o.address.at.lat()).collect();
    let lon: Vec<_> = orders.iter().map(|o| o.address.at.lon()).collect();
    sqlx::query!(
        "update orders set recipient_name = t.name, recipient_phone = t.phone, address = t.address, lat = t.lat, lon = t.lon,
                           email = null, language = null, notes = '', items = '[]'
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[])
              as t (id, name, phone, address, lat, lon)
         where orders.id = t.id",
        &id,
        &name,
        &phone,
        &address,
        &lat,
        &lon
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("update attempts set note = null where order_id = any($1) and note is not null", &id)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("update exceptions set resolution = '' where order_id = any($1) and resolution <> ''", &id)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "delete from event_words where event_id in (
             select id from events where order_id = any($1)
             union all
             select e.id from exceptions x join events e on e.exception_id = x.id where x.order_id = any($1)
         )",
        &id
    )
    .execute(&mut **tx)
    .await?;
    let first = orders.iter().map(|o| o.placed_at).min();
    let named: Vec<_> = orders.iter().map(|o| format!("%{}%", o.id)).collect();
    sqlx::query!("delete from proposals where made_at >= $1 and content::text like any ($2)", first, &named)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
