//! What the figures are made of, read from the history and from nowhere else.

use crate::{Conn, StoreError, months};
use domain::{
    Day, Event, Fact, HubId, Instant, OrderId, Outcome, RouteId, VehicleId, Window,
    figures::{AttemptFacts, PromiseFacts, RoadTime},
};
use std::collections::HashMap;

/// An attempt, with what its row shows.
#[derive(Debug, Clone, PartialEq)]
pub struct DayAttempt {
    /// The order.
    pub order: OrderId,
    /// The route.
    pub route: RouteId,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// When it ended.
    pub ended_at: Instant,
    /// What the figures count.
    pub facts: AttemptFacts,
}

/// Every attempt that ended between two moments, in that order.
pub async fn attempts(
    conn: &mut Conn,
    hub: HubId,
    from: Instant,
    until: Instant,
) -> Result<Vec<DayAttempt>, StoreError> {
    let events = crate::events::attempts(conn, hub, from, until).await?;
    let read = |(id, event): (i64, Event)| match event.fact {
        Fact::AttemptMade { attempt, promise, vehicle } => Ok(DayAttempt {
            order: attempt.order,
            route: attempt.route,
            vehicle,
            ended_at: attempt.ended_at,
            facts: AttemptFacts {
                number: attempt.number,
                arrived_at: attempt.arrived_at,
                outcome: attempt.outcome,
                promise,
                further: attempt.further,
            },
        }),
        _ => Err(StoreError::CorruptEvent { id, why: "its facts are not an attempt's".into() }),
    };
    events.into_iter().map(read).collect()
}

/// An order that was promised for a day, with what its row shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Promised {
    /// The order.
    pub order: OrderId,
    /// The vehicle that delivered or collected it.
    pub vehicle: Option<VehicleId>,
    /// How the last attempt ended; nothing without one.
    pub outcome: Option<Outcome>,
    /// What the figures count.
    pub facts: PromiseFacts,
}

/// Every order whose first promised window ends between two moments, but for cancelled ones, in the order of the windows'
/// ends. The first window of an order never changes, and an attempt is never taken back.
pub async fn promised(
    conn: &mut Conn,
    hub: HubId,
    from: Instant,
    until: Instant,
) -> Result<Vec<Promised>, StoreError> {
    let rows = sqlx::query!(
        r#"select o.id, o.original_from, o.original_until, d.arrived_at as "arrived_at?", d.vehicle_id as "vehicle_id?",
                  (select outcome from attempts where order_id = o.id order by ended_at desc, number desc limit 1) as outcome
           from orders o
           left join lateral (
               select a.arrived_at, r.vehicle_id from attempts a join routes r on r.id = a.route_id
               where a.order_id = o.id and a.outcome not like 'failed%' order by a.arrived_at limit 1
           ) d on true
           where o.hub_id = $1 and o.original_until > $2 and o.original_until <= $3 and o.state <> 'cancelled'
           order by o.original_until, o.id"#,
        hub.0,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let corrupt = |_| StoreError::Corrupt { table: "orders", column: "original_until", id: r.id };
            let original = Window::parse(r.original_from, r.original_until).map_err(corrupt)?;
            Ok(Promised {
                order: OrderId(r.id),
                vehicle: r.vehicle_id.map(VehicleId),
                outcome: r.outcome.as_deref().and_then(Outcome::parse),
                facts: PromiseFacts { original, delivered_at: r.arrived_at },
            })
        })
        .collect()
}

/// A route, with its time on the road and how far it was planned and driven, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayRoute {
    /// The route.
    pub route: RouteId,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// When it left and was back.
    pub time: RoadTime,
    /// The plan with which it left.
    pub planned_m: Option<i32>,
    /// The streets that it drove.
    pub driven_m: Option<i32>,
}

/// Every route that left its hub between two moments.
pub async fn road_times(
    conn: &mut Conn,
    hub: HubId,
    from: Instant,
    until: Instant,
) -> Result<Vec<DayRoute>, StoreError> {
    let rows = sqlx::query!(
        r#"select d.route_id as "route!", d.vehicle_id as "vehicle!", d.occurred_at as departed,
                  f.occurred_at as "finished?", r.planned_m as "planned_m?", r.driven_m as "driven_m?"
           from events d
           left join routes r on r.id = d.route_id
           left join lateral (
               select occurred_at from events f
               where f.route_id = d.route_id and f.kind = 'route_finished' and f.recorded_at >= $4
               order by f.id desc limit 1
           ) f on true
           where d.hub_id = $1 and d.kind = 'route_departed' and d.occurred_at >= $2 and d.occurred_at < $3
             and d.recorded_at >= $4
           order by d.occurred_at, d.id"#,
        hub.0,
        from,
        until,
        months::since(from)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| DayRoute {
            route: RouteId(r.route),
            vehicle: VehicleId(r.vehicle),
            time: RoadTime { departed_at: r.departed, finished_at: r.finished },
            planned_m: r.planned_m,
            driven_m: r.driven_m,
        })
        .collect())
}

/// The shop's reference of each order.
pub async fn references(conn: &mut Conn, orders: &[OrderId]) -> Result<HashMap<OrderId, String>, StoreError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    Ok(sqlx::query!("select id, reference from orders where id = any($1)", &ids)
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|r| (OrderId(r.id), r.reference))
        .collect())
}

/// The days on which a hub had a plan, newest first.
pub async fn days(conn: &mut Conn, hub: HubId) -> Result<Vec<Day>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select distinct day from plans where hub_id = $1 order by day desc limit 60",
        hub.0
    )
    .fetch_all(conn)
    .await?)
}
