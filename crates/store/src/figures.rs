//! What the figures are made of, read from the history and from nowhere else.

use crate::{Conn, StoreError};
use domain::{
    Day, Fact, HubId, Instant, OrderId, RouteId, VehicleId,
    figures::{AttemptFacts, RoadTime},
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
    let rows = sqlx::query!(
        "select id, facts from events
         where hub_id = $1 and kind = 'attempt_made' and occurred_at >= $2 and occurred_at < $3
         order by occurred_at, id",
        hub.0,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    let mut attempts = Vec::with_capacity(rows.len());
    for row in rows {
        match serde_json::from_value(row.facts) {
            Ok(Fact::AttemptMade { attempt, promise, vehicle }) => attempts.push(DayAttempt {
                order: attempt.order,
                route: attempt.route,
                vehicle,
                ended_at: attempt.ended_at,
                facts: AttemptFacts {
                    number: attempt.number,
                    arrived_at: attempt.arrived_at,
                    outcome: attempt.outcome,
                    promise,
                },
            }),
            Ok(_) => {
                return Err(StoreError::CorruptEvent {
                    id: row.id,
                    why: "its facts are not an attempt's".into(),
                });
            }
            Err(e) => return Err(StoreError::CorruptEvent { id: row.id, why: e.to_string() }),
        }
    }
    Ok(attempts)
}

/// Every route that left its hub between two moments, with its time on the road.
pub async fn road_times(
    conn: &mut Conn,
    hub: HubId,
    from: Instant,
    until: Instant,
) -> Result<Vec<(RouteId, VehicleId, RoadTime)>, StoreError> {
    let rows = sqlx::query!(
        r#"select d.route_id as "route!", d.vehicle_id as "vehicle!", d.occurred_at as departed,
                  f.occurred_at as "finished?"
           from events d
           left join lateral (
               select occurred_at from events f
               where f.route_id = d.route_id and f.kind = 'route_finished' order by f.id desc limit 1
           ) f on true
           where d.hub_id = $1 and d.kind = 'route_departed' and d.occurred_at >= $2 and d.occurred_at < $3
           order by d.occurred_at, d.id"#,
        hub.0,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let time = RoadTime { departed_at: r.departed, finished_at: r.finished };
            (RouteId(r.route), VehicleId(r.vehicle), time)
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
