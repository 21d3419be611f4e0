//! Writing orders and their packages.

use super::{by_references, needs};
use crate::{StoreError, Tx};
use domain::{Day, Instant, Order, OrderId, OrderState, ShopId};
use std::collections::HashMap;
use uuid::Uuid;

/// Adds orders as they are; leaves out those whose reference the shop has used before. Answers the ids now stored under each
/// reference.
pub async fn insert(tx: &mut Tx, orders: &[Order]) -> Result<HashMap<(ShopId, String), OrderId>, StoreError> {
    let id: Vec<_> = orders.iter().map(|o| o.id.0).collect();
    let hub: Vec<_> = orders.iter().map(|o| o.hub.0).collect();
    let shop: Vec<_> = orders.iter().map(|o| o.shop.0).collect();
    let reference: Vec<_> = orders.iter().map(|o| o.reference.clone()).collect();
    let name: Vec<_> = orders.iter().map(|o| o.recipient.name.clone()).collect();
    let phone: Vec<_> = orders.iter().map(|o| o.recipient.phone.clone()).collect();
    let address: Vec<_> = orders.iter().map(|o| o.address.text.clone()).collect();
    let lat: Vec<_> = orders.iter().map(|o| o.address.at.lat()).collect();
    let lon: Vec<_> = orders.iter().map(|o| o.address.at.lon()).collect();
    let from: Vec<_> = orders.iter().map(|o| o.promise.original.from()).collect();
    let until: Vec<_> = orders.iter().map(|o| o.promise.original.until()).collect();
    let consignment: Vec<_> = orders.iter().map(|o| o.consignment.0).collect();
    let service: Vec<_> = orders.iter().map(|o| o.service_s).collect();
    let placed: Vec<_> = orders.iter().map(|o| o.placed_at).collect();
    let (asked, now) = (needs::Written::of(orders)?, Changing::of(orders));
    sqlx::query!(
        "insert into orders (id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                             original_from, original_until, latest_from, latest_until, consignment_id, service_s,
                             placed_at, state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles,
                             never_vehicles, email, language, notes, items, service)
         select id, hub, shop, reference, name, phone, address, lat, lon, day, f, u, lf, lu, consignment, service_s, placed,
                state, stop, state_at, aboard, priority, windows, array(select jsonb_array_elements_text(skills)),
                array(select jsonb_array_elements_text(only_vehicles)::uuid),
                array(select jsonb_array_elements_text(never_vehicles)::uuid), email, language, notes, items, service
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[],
                     $9::float8[], $10::date[], $11::timestamptz[], $12::timestamptz[], $13::uuid[], $14::int4[],
                     $15::timestamptz[], $16::int2[], $17::jsonb[], $18::jsonb[], $19::jsonb[], $20::jsonb[],
                     $21::text[], $22::text[], $23::text[], $24::jsonb[], $25::text[], $26::timestamptz[],
                     $27::timestamptz[], $28::text[], $29::uuid[], $30::timestamptz[], $31::uuid[])
              as t (id, hub, shop, reference, name, phone, address, lat, lon, day, f, u, consignment, service_s, placed,
                    priority, windows, skills, only_vehicles, never_vehicles, email, language, notes, items, service,
                    lf, lu, state, stop, state_at, aboard)
         on conflict on constraint orders_reference_key do nothing",
        &id,
        &hub,
        &shop,
        &reference,
        &name,
        &phone,
        &address,
        &lat,
        &lon,
        &now.day,
        &from,
        &until,
        &consignment,
        &service,
        &placed,
        &asked.priority,
        &asked.windows,
        &asked.skills,
        &asked.only_vehicles,
        &asked.never_vehicles,
        &asked.email as &[Option<String>],
        &asked.language as &[Option<String>],
        &asked.notes,
        &asked.items,
        &asked.service,
        &now.from,
        &now.until,
        &now.state,
        &now.stop as &[Option<Uuid>],
        &now.at as &[Option<Instant>],
        &now.aboard as &[Option<Uuid>]
    )
    .execute(&mut **tx)
    .await?;
    let known = by_references(tx, &shop, &reference).await?;
    let fresh = orders.iter().filter(|o| known.get(&(o.shop, o.reference.clone())) == Some(&o.id));
    insert_packages(tx, fresh).await?;
    Ok(known)
}

async fn insert_packages(tx: &mut Tx, orders: impl Iterator<Item = &Order>) -> Result<(), StoreError> {
    let (mut id, mut order, mut consignment, mut place) = (vec![], vec![], vec![], vec![]);
    let (mut barcode, mut weight, mut volume) = (vec![], vec![], vec![]);
    for o in orders {
        for (n, p) in (0_i32..).zip(&o.packages) {
            id.push(p.id.0);
            order.push(o.id.0);
            consignment.push(o.consignment.0);
            place.push(n);
            barcode.push(p.barcode.clone());
            weight.push(p.weight_g);
            volume.push(p.volume_ml);
        }
    }
    sqlx::query!(
        "insert into packages (id, order_id, consignment_id, place, barcode, weight_g, volume_ml)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int4[], $5::text[], $6::int8[], $7::int8[])",
        &id,
        &order,
        &consignment,
        &place,
        &barcode,
        &weight,
        &volume
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The columns of what can change.
struct Changing {
    day: Vec<Day>,
    from: Vec<Instant>,
    until: Vec<Instant>,
    state: Vec<String>,
    stop: Vec<Option<Uuid>>,
    at: Vec<Option<Instant>>,
    aboard: Vec<Option<Uuid>>,
}

impl Changing {
    fn of(orders: &[Order]) -> Self {
        let at = |o: &Order| match o.state {
            OrderState::Delivered { at }
            | OrderState::Collected { at }
            | OrderState::Failed { at }
            | OrderState::Cancelled { at } => Some(at),
            OrderState::Placed | OrderState::Planned { .. } | OrderState::OutForDelivery { .. } => None,
        };
        Self {
            day: orders.iter().map(|o| o.day).collect(),
            from: orders.iter().map(|o| o.promise.latest.from()).collect(),
            until: orders.iter().map(|o| o.promise.latest.until()).collect(),
            state: orders.iter().map(|o| o.state.code().to_owned()).collect(),
            stop: orders.iter().map(|o| o.state.stop().map(|s| s.0)).collect(),
            at: orders.iter().map(at).collect(),
            aboard: orders.iter().map(|o| o.aboard.map(|v| v.0)).collect(),
        }
    }
}

/// Writes what can change of orders: promise, day and state.
pub async fn save(tx: &mut Tx, orders: &[Order]) -> Result<(), StoreError> {
    let id: Vec<_> = orders.iter().map(|o| o.id.0).collect();
    let Changing { day, from, until, state, stop, at, aboard } = Changing::of(orders);
    sqlx::query!(
        "update orders set day = t.day, latest_from = t.f, latest_until = t.u, state = t.state, stop_id = t.stop,
                           state_at = t.at, aboard = t.aboard
         from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::uuid[],
                     $7::timestamptz[], $8::uuid[]) as t (id, day, f, u, state, stop, at, aboard)
         where orders.id = t.id",
        &id,
        &day,
        &from,
        &until,
        &state,
        &stop as &[Option<Uuid>],
        &at as &[Option<Instant>],
        &aboard as &[Option<Uuid>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
