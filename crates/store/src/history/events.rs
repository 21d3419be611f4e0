//! The history.

use crate::{Conn, StoreError, Tx};
use domain::{Actor, Event, Fact, HubId, Instant, OrderId, Source};
use uuid::Uuid;

struct Row {
    id: i64,
    occurred_at: Instant,
    recorded_at: Instant,
    source: String,
    actor: serde_json::Value,
    hub_id: Uuid,
    facts: serde_json::Value,
}

impl TryFrom<Row> for Event {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |why: String| StoreError::CorruptEvent { id: row.id, why };
        Ok(Self {
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            source: Source::parse(&row.source).ok_or_else(|| corrupt(row.source.clone()))?,
            actor: serde_json::from_value::<Actor>(row.actor).map_err(|e| corrupt(e.to_string()))?,
            hub: HubId(row.hub_id),
            fact: serde_json::from_value::<Fact>(row.facts).map_err(|e| corrupt(e.to_string()))?,
        })
    }
}

/// Adds events to the history, in order.
pub async fn append(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    // Bounded, so that publishing a large plan never builds one enormous statement.
    for part in events.chunks(2_000) {
        append_part(tx, part).await?;
    }
    Ok(())
}

async fn append_part(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let about: Vec<_> = events.iter().map(|e| e.fact.subjects()).collect();
    let occurred: Vec<_> = events.iter().map(|e| e.occurred_at).collect();
    let recorded: Vec<_> = events.iter().map(|e| e.recorded_at).collect();
    let source: Vec<_> = events.iter().map(|e| e.source.code().to_owned()).collect();
    let actor = events.iter().map(|e| serde_json::to_value(e.actor)).collect::<Result<Vec<_>, _>>()?;
    let hub: Vec<_> = events.iter().map(|e| e.hub.0).collect();
    let kind: Vec<_> = events.iter().map(|e| e.fact.code().to_owned()).collect();
    let order: Vec<_> = about.iter().map(|a| a.order.map(|id| id.0)).collect();
    let stop: Vec<_> = about.iter().map(|a| a.stop.map(|id| id.0)).collect();
    let route: Vec<_> = about.iter().map(|a| a.route.map(|id| id.0)).collect();
    let vehicle: Vec<_> = about.iter().map(|a| a.vehicle.map(|id| id.0)).collect();
    let exception: Vec<_> = about.iter().map(|a| a.exception.map(|id| id.0)).collect();
    let facts = events.iter().map(|e| serde_json::to_value(&e.fact)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        r#"insert into events (occurred_at, recorded_at, source, actor, hub_id, kind,
                               order_id, stop_id, route_id, vehicle_id, exception_id, facts)
           select * from unnest($1::timestamptz[], $2::timestamptz[], $3::text[], $4::jsonb[], $5::uuid[], $6::text[],
                                $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::jsonb[])"#,
        &occurred,
        &recorded,
        &source,
        &actor,
        &hub,
        &kind,
        &order as &[Option<Uuid>],
        &stop as &[Option<Uuid>],
        &route as &[Option<Uuid>],
        &vehicle as &[Option<Uuid>],
        &exception as &[Option<Uuid>],
        &facts,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The whole history, oldest first. For rebuilding and for tests.
pub async fn all(conn: &mut Conn) -> Result<Vec<Event>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        "select id, occurred_at, recorded_at, source, actor, hub_id, facts from events order by id"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// One order's history, oldest first, with the exceptions raised about it.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Event>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        // Two index look-ups: an `or` over both columns would read all of history.
        r#"select id as "id!", occurred_at as "occurred_at!", recorded_at as "recorded_at!", source as "source!",
                  actor as "actor!", hub_id as "hub_id!", facts as "facts!"
           from (
               select * from events where order_id = $1
               union all
               select e.* from exceptions x join events e on e.exception_id = x.id
               where x.order_id = $1 and e.order_id is distinct from $1
           ) story
           order by occurred_at, id"#,
        order.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// About how many events there are: what was rolled back has used up numbers too.
pub async fn about(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"select coalesce(max(id), 0) as "n!" from events"#).fetch_one(conn).await?)
}
