//! The history.

use super::{months, row::select_events};
use crate::{Conn, StoreError, Tx};
use domain::{Columns, Event, HubId, Instant, OrderId, Stored};
use uuid::Uuid;

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
    let columns =
        |e: &Event, about| Columns { hub: e.hub, occurred_at: e.occurred_at, actor: e.actor.id(), about };
    let stored = events.iter().zip(&about).map(|(e, about)| Stored::of(&e.fact, &columns(e, *about)));
    let stored = stored.collect::<Result<Vec<_>, _>>()?;
    let occurred: Vec<_> = events.iter().map(|e| e.occurred_at).collect();
    let recorded: Vec<_> = events.iter().map(|e| e.recorded_at).collect();
    let source: Vec<_> = events.iter().map(|e| e.source.code().to_owned()).collect();
    let actor_kind: Vec<_> = events.iter().map(|e| e.actor.code().to_owned()).collect();
    let actor_id: Vec<_> = events.iter().map(|e| e.actor.id()).collect();
    let hub: Vec<_> = events.iter().map(|e| e.hub.0).collect();
    let version: Vec<_> = stored.iter().map(|s| s.version).collect();
    let kind: Vec<_> = stored.iter().map(|s| s.kind.clone()).collect();
    let order: Vec<_> = about.iter().map(|a| a.order.map(|id| id.0)).collect();
    let stop: Vec<_> = about.iter().map(|a| a.stop.map(|id| id.0)).collect();
    let route: Vec<_> = about.iter().map(|a| a.route.map(|id| id.0)).collect();
    let vehicle: Vec<_> = about.iter().map(|a| a.vehicle.map(|id| id.0)).collect();
    let exception: Vec<_> = about.iter().map(|a| a.exception.map(|id| id.0)).collect();
    let facts: Vec<_> = stored.iter().map(|s| s.facts.clone()).collect();
    let words: Vec<_> = stored.into_iter().map(|s| s.words).collect();
    sqlx::query!(
        // Ids are given in the order of the rows, by which the words find their event.
        r#"with told as (
               insert into events (occurred_at, recorded_at, source, actor_kind, actor_id, hub_id, version, kind,
                                   order_id, stop_id, route_id, vehicle_id, exception_id, facts, epoch)
               select occurred_at, recorded_at, source, actor_kind, actor_id, hub, version, kind, order_id, stop, route,
                      vehicle, exception, facts, (select epoch from feed_epoch)
               from unnest($1::timestamptz[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::uuid[],
                           $7::int2[], $8::text[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[],
                           $14::jsonb[]) with ordinality
                    as t (occurred_at, recorded_at, source, actor_kind, actor_id, hub, version, kind, order_id, stop,
                          route, vehicle, exception, facts, n)
               order by n
               returning id
           )
           insert into event_words (event_id, words)
           select numbered.id, said.words
           from (select id, row_number() over (order by id) as n from told) numbered
           join unnest($15::text[]) with ordinality as said (words, n) on said.n = numbered.n
           where said.words is not null"#,
        &occurred,
        &recorded,
        &source,
        &actor_kind,
        &actor_id as &[Option<Uuid>],
        &hub,
        &version,
        &kind,
        &order as &[Option<Uuid>],
        &stop as &[Option<Uuid>],
        &route as &[Option<Uuid>],
        &vehicle as &[Option<Uuid>],
        &exception as &[Option<Uuid>],
        &facts,
        &words as &[Option<String>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The events after a number, oldest first, each with its own number. For rebuilding in parts; whoever follows the history
/// while it grows reads the [`feed`](crate::feed).
pub async fn after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<(i64, Event)>, StoreError> {
    let rows = select_events!(
        "events e left join event_words w on w.event_id = e.id where e.id > $1 order by e.id limit $2",
        id,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.id, row.try_into()?))).collect()
}

/// The history of an order that was placed at a moment, oldest first, with the exceptions raised about it.
pub async fn of_order(conn: &mut Conn, order: OrderId, placed_at: Instant) -> Result<Vec<Event>, StoreError> {
    let rows = select_events!(
        // Two index look-ups: an `or` over both columns would read all of history.
        "(
             select * from events where order_id = $1 and recorded_at >= $2
             union all
             select e.* from exceptions x join events e on e.exception_id = x.id and e.recorded_at >= $2
             where x.order_id = $1 and e.order_id is distinct from $1
         ) e
         left join lateral (select words from event_words where event_id = e.id) w on true
         order by e.occurred_at, e.id",
        order.0,
        months::since(placed_at)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The attempts that ended at a hub between two moments, in that order, each with its event's number.
pub(crate) async fn attempts(
    conn: &mut Conn,
    hub: HubId,
    from: Instant,
    until: Instant,
) -> Result<Vec<(i64, Event)>, StoreError> {
    let rows = select_events!(
        "events e cross join (select null::text as words) w
         where e.hub_id = $1 and e.kind = 'attempt_made' and e.occurred_at >= $2 and e.occurred_at < $3
           and e.recorded_at >= $4
         order by e.occurred_at, e.id",
        hub.0,
        from,
        until,
        months::since(from)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.id, row.try_into()?))).collect()
}

/// About how many events there are: what was rolled back has used up numbers too.
pub async fn about(conn: &mut Conn) -> Result<i64, StoreError> {
    let number = sqlx::query_scalar!(
        r#"select case when is_called then last_value else 0 end as "n!" from events_id_seq"#
    );
    Ok(number.fetch_one(conn).await?)
}
