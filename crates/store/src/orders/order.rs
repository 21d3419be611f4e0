//! Orders and their packages.

use super::needs;
use crate::{Conn, StoreError, Tx, plans::CARRIED_DAYS};
use domain::{
    Address, ConsignmentId, Coordinate, Day, HubId, Instant, Order, OrderId, OrderState, Package, PackageId,
    Promise, Recipient, Service, ShopId, StopId, VehicleId, Window,
};
use std::collections::HashMap;
use uuid::Uuid;

struct Row {
    id: Uuid,
    hub_id: Uuid,
    shop_id: Uuid,
    reference: String,
    recipient_name: String,
    recipient_phone: String,
    address: String,
    lat: f64,
    lon: f64,
    day: Day,
    original_from: Instant,
    original_until: Instant,
    latest_from: Instant,
    latest_until: Instant,
    consignment_id: Uuid,
    service_s: i32,
    placed_at: Instant,
    state: String,
    stop_id: Option<Uuid>,
    state_at: Option<Instant>,
    aboard: Option<Uuid>,
    priority: i16,
    windows: serde_json::Value,
    skills: Vec<String>,
    only_vehicles: Vec<Uuid>,
    never_vehicles: Vec<Uuid>,
    email: Option<String>,
    language: Option<String>,
    notes: String,
    items: serde_json::Value,
    service: String,
}

impl Row {
    fn into_order(self, packages: Vec<Package>) -> Result<Order, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "orders", column, id: self.id };
        let stop = self.stop_id.map(StopId).ok_or_else(|| corrupt("stop_id"));
        let at = self.state_at.ok_or_else(|| corrupt("state_at"));
        let state = match self.state.as_str() {
            "placed" => OrderState::Placed,
            "planned" => OrderState::Planned { stop: stop? },
            "out_for_delivery" => OrderState::OutForDelivery { stop: stop? },
            "delivered" => OrderState::Delivered { at: at? },
            "collected" => OrderState::Collected { at: at? },
            "failed" => OrderState::Failed { at: at? },
            "cancelled" => OrderState::Cancelled { at: at? },
            _ => return Err(corrupt("state")),
        };
        let asked = needs::Columns {
            priority: self.priority,
            windows: self.windows,
            skills: self.skills,
            only_vehicles: self.only_vehicles,
            never_vehicles: self.never_vehicles,
        };
        let (email, language) = needs::reached_by(self.email, self.language).map_err(corrupt)?;
        Ok(Order {
            id: OrderId(self.id),
            hub: HubId(self.hub_id),
            shop: ShopId(self.shop_id),
            reference: self.reference,
            recipient: Recipient { name: self.recipient_name, phone: self.recipient_phone, email, language },
            address: Address {
                text: self.address,
                at: Coordinate::parse(self.lat, self.lon).map_err(|_| corrupt("lat"))?,
            },
            day: self.day,
            promise: Promise {
                original: Window::parse(self.original_from, self.original_until)
                    .map_err(|_| corrupt("original_until"))?,
                latest: Window::parse(self.latest_from, self.latest_until)
                    .map_err(|_| corrupt("latest_until"))?,
            },
            consignment: ConsignmentId(self.consignment_id),
            packages,
            service_s: self.service_s,
            needs: asked.read().map_err(corrupt)?,
            service: Service::parse(&self.service).ok_or_else(|| corrupt("service"))?,
            notes: self.notes,
            items: needs::items(self.items).map_err(corrupt)?,
            placed_at: self.placed_at,
            aboard: self.aboard.map(VehicleId),
            state,
        })
    }
}

async fn with_packages(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Order>, StoreError> {
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    let mut packages: HashMap<Uuid, Vec<Package>> = HashMap::with_capacity(ids.len());
    let found = sqlx::query!(
        "select id, order_id, barcode, weight_g, volume_ml from packages
         where order_id = any($1) order by order_id, place",
        &ids
    )
    .fetch_all(conn)
    .await?;
    for p in found {
        packages.entry(p.order_id).or_default().push(Package {
            id: PackageId(p.id),
            barcode: p.barcode,
            weight_g: p.weight_g,
            volume_ml: p.volume_ml,
        });
    }
    rows.into_iter()
        .map(|row| {
            let own = packages.remove(&row.id).unwrap_or_default();
            row.into_order(own)
        })
        .collect()
}

/// One order.
pub async fn get(conn: &mut Conn, id: OrderId) -> Result<Option<Order>, StoreError> {
    Ok(many(conn, &[id]).await?.pop())
}

/// Several orders, in no order.
pub async fn many(conn: &mut Conn, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                original_from, original_until, latest_from, latest_until, consignment_id, service_s, placed_at,
                state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles, never_vehicles, email,
                language, notes, items, service
         from orders where id = any($1)",
        &ids
    )
    .fetch_all(&mut *conn)
    .await?;
    with_packages(conn, rows).await
}

/// Several orders, locked in the order of their ids until the transaction ends.
pub async fn lock(tx: &mut Tx, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                original_from, original_until, latest_from, latest_until, consignment_id, service_s, placed_at,
                state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles, never_vehicles, email,
                language, notes, items, service
         from orders where id = any($1) order by id for no key update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    with_packages(tx, rows).await
}

/// Every order of a day, in the order of their references.
pub async fn of_day(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Order>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                original_from, original_until, latest_from, latest_until, consignment_id, service_s, placed_at,
                state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles, never_vehicles, email,
                language, notes, items, service
         from orders where hub_id = $1 and day = $2 order by reference, id",
        hub.0,
        day
    )
    .fetch_all(&mut *conn)
    .await?;
    with_packages(conn, rows).await
}

/// Whether a day has any order.
pub async fn are_any(conn: &mut Conn, hub: HubId, day: Day) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from orders where hub_id = $1 and day = $2) as "are!""#,
        hub.0,
        day
    )
    .fetch_one(conn)
    .await?)
}

/// Every order that a vehicle carries.
pub async fn aboard(conn: &mut Conn, vehicle: VehicleId) -> Result<Vec<Order>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                original_from, original_until, latest_from, latest_until, consignment_id, service_s, placed_at,
                state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles, never_vehicles, email,
                language, notes, items, service
         from orders where aboard = $1 order by id",
        vehicle.0
    )
    .fetch_all(&mut *conn)
    .await?;
    with_packages(conn, rows).await
}

/// Every order of every day, for comparing with the history.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Order>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day,
                original_from, original_until, latest_from, latest_until, consignment_id, service_s, placed_at,
                state, stop_id, state_at, aboard, priority, windows, skills, only_vehicles, never_vehicles, email,
                language, notes, items, service
         from orders"
    )
    .fetch_all(&mut *conn)
    .await?;
    with_packages(conn, rows).await
}

/// South-west and north-east corners of the doors of a day's orders that are not cancelled; nothing when there are none.
pub async fn corners(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
) -> Result<Option<(Coordinate, Coordinate)>, StoreError> {
    let found = sqlx::query!(
        "select min(lat) as south, min(lon) as west, max(lat) as north, max(lon) as east
         from orders where hub_id = $1 and day = $2 and state <> 'cancelled'",
        hub.0,
        day
    )
    .fetch_one(conn)
    .await?;
    let corner = |lat: Option<f64>, lon: Option<f64>| Coordinate::parse(lat?, lon?).ok();
    Ok(corner(found.south, found.west).zip(corner(found.north, found.east)))
}

/// How many orders of a day, and of the days before it, wait for a plan; of those days also what a vehicle that never left
/// was to bring.
pub async fn waiting(conn: &mut Conn, hub: HubId, day: Day) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "n!" from orders o
           where hub_id = $1 and day between $2::date - $3::int4 and $2
             and (state = 'placed' or state = 'planned' and day < $2 and not exists (
                 select from stops s join routes r on r.id = s.route_id
                 where s.id = o.stop_id and r.departed_at is not null and r.finished_at is null))"#,
        hub.0,
        day,
        CARRIED_DAYS
    )
    .fetch_one(conn)
    .await?)
}

/// An order that waits for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The order.
    pub id: OrderId,
    /// Its service day.
    pub day: Day,
    /// The end of its promise.
    pub until: Instant,
}

/// The orders of a day, and of the days before it, that wait for a plan; of those days also what a vehicle that never left
/// was to bring.
pub async fn waiting_orders(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Waiting>, StoreError> {
    Ok(sqlx::query!(
        "select id, day, latest_until from orders o
         where hub_id = $1 and day between $2::date - $3::int4 and $2
           and (state = 'placed' or state = 'planned' and day < $2 and not exists (
               select from stops s join routes r on r.id = s.route_id
               where s.id = o.stop_id and r.departed_at is not null and r.finished_at is null))
         order by latest_until, id",
        hub.0,
        day,
        CARRIED_DAYS
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| Waiting { id: OrderId(r.id), day: r.day, until: r.latest_until })
    .collect())
}

/// The orders of a day at whose doors something is still to be done.
pub async fn unfinished(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<OrderId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "select id from orders where hub_id = $1 and day = $2 and state not in ('delivered', 'collected', 'cancelled')",
        hub.0,
        day
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(OrderId).collect())
}

/// How many those are, and for how many of them the promised window is not over.
pub async fn count_unfinished(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
    now: Instant,
) -> Result<(i64, i64), StoreError> {
    let counted = sqlx::query!(
        r#"select count(*) as "all!", count(*) filter (where latest_until > $3) as "ahead!" from orders
           where hub_id = $1 and day = $2 and state not in ('delivered', 'collected', 'cancelled')"#,
        hub.0,
        day,
        now
    );
    let counted = counted.fetch_one(conn).await?;
    Ok((counted.all, counted.ahead))
}

/// The orders of shops under their references, each shop with the reference at the same place.
pub async fn by_references(
    conn: &mut Conn,
    shop: &[Uuid],
    reference: &[String],
) -> Result<HashMap<(ShopId, String), OrderId>, StoreError> {
    let stored = sqlx::query!(
        "select o.id, o.shop_id, o.reference from orders o
         join unnest($1::uuid[], $2::text[]) as t (shop, reference)
           on o.shop_id = t.shop and o.reference = t.reference",
        shop,
        reference
    )
    .fetch_all(conn)
    .await?;
    Ok(stored.into_iter().map(|r| ((ShopId(r.shop_id), r.reference), OrderId(r.id))).collect())
}

/// What drivers have to know at the doors of orders, where there is anything.
pub async fn notes(conn: &mut Conn, orders: &[OrderId]) -> Result<HashMap<OrderId, String>, StoreError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    let rows = sqlx::query!("select id, notes from orders where id = any($1) and notes <> ''", &ids);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|r| (OrderId(r.id), r.notes)).collect())
}

/// The name of an order's shop.
pub async fn shop_name(conn: &mut Conn, shop: ShopId) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!("select name from shops where id = $1", shop.0).fetch_optional(conn).await?)
}
