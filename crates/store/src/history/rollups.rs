//! Counts of attempts and routes, added up from the events by the projector `rollups`.

use crate::{Conn, StoreError, Tx};
use domain::{
    Day, HubId, Instant, Outcome, RouteId, VehicleId,
    figures::{AttemptCounts, RoadCounts, Tally},
};

/// The projector's name, under which its cursor is kept.
pub const NAME: &str = "rollups";

/// Attempts of one outcome that ended in one hour of a hub's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRow {
    /// The hub.
    pub hub: HubId,
    /// The day on the hub's calendar.
    pub day: Day,
    /// When the hour began.
    pub hour: Instant,
    /// How they ended.
    pub outcome: Outcome,
    /// What they come to.
    pub counts: AttemptCounts,
}

/// Routes of one vehicle that left on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteRow {
    /// The hub.
    pub hub: HubId,
    /// The day on the hub's calendar.
    pub day: Day,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// What they come to; what is taken off again is negative.
    pub counts: RoadCounts,
}

/// Adds attempts to what is counted. No two rows are of the same hour and outcome.
pub async fn add_attempts(tx: &mut Tx, rows: &[AttemptRow]) -> Result<(), StoreError> {
    let hub: Vec<_> = rows.iter().map(|r| r.hub.0).collect();
    let day: Vec<_> = rows.iter().map(|r| r.day).collect();
    let hour: Vec<_> = rows.iter().map(|r| r.hour).collect();
    let outcome: Vec<_> = rows.iter().map(|r| r.outcome.code().to_owned()).collect();
    let attempts: Vec<_> = rows.iter().map(|r| r.counts.attempts).collect();
    let further: Vec<_> = rows.iter().map(|r| r.counts.further).collect();
    let firsts: Vec<_> = rows.iter().map(|r| r.counts.firsts).collect();
    let latest: Vec<_> = rows.iter().map(|r| r.counts.on_time_latest).collect();
    let original: Vec<_> = rows.iter().map(|r| r.counts.on_time_original).collect();
    sqlx::query!(
        "insert into rollup_attempts as kept (hub_id, day, hour, outcome, attempts, further, firsts, on_time_latest,
                                              on_time_original)
         select * from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::text[], $5::int8[], $6::int8[], $7::int8[],
                              $8::int8[], $9::int8[])
         on conflict (hub_id, day, hour, outcome) do update set
             attempts = kept.attempts + excluded.attempts, further = kept.further + excluded.further, firsts = kept.firsts + excluded.firsts,
             on_time_latest = kept.on_time_latest + excluded.on_time_latest,
             on_time_original = kept.on_time_original + excluded.on_time_original",
        &hub,
        &day,
        &hour,
        &outcome,
        &attempts,
        &further,
        &firsts,
        &latest,
        &original
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds routes to what is counted. No two rows are of the same day and vehicle.
pub async fn add_routes(tx: &mut Tx, rows: &[RouteRow]) -> Result<(), StoreError> {
    let hub: Vec<_> = rows.iter().map(|r| r.hub.0).collect();
    let day: Vec<_> = rows.iter().map(|r| r.day).collect();
    let vehicle: Vec<_> = rows.iter().map(|r| r.vehicle.0).collect();
    let routes: Vec<_> = rows.iter().map(|r| r.counts.routes).collect();
    let road: Vec<_> = rows.iter().map(|r| r.counts.road_ms).collect();
    let out: Vec<_> = rows.iter().map(|r| r.counts.still_out).collect();
    let since: Vec<_> = rows.iter().map(|r| r.counts.out_since_ms).collect();
    sqlx::query!(
        "insert into rollup_routes as kept (hub_id, day, vehicle_id, routes, road_ms, still_out, out_since_ms)
         select * from unnest($1::uuid[], $2::date[], $3::uuid[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
         on conflict (hub_id, day, vehicle_id) do update set
             routes = kept.routes + excluded.routes, road_ms = kept.road_ms + excluded.road_ms,
             still_out = kept.still_out + excluded.still_out, out_since_ms = kept.out_since_ms + excluded.out_since_ms",
        &hub,
        &day,
        &vehicle,
        &routes,
        &road,
        &out,
        &since
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When a route left its hub, by the events.
pub async fn departure(conn: &mut Conn, route: RouteId) -> Result<Option<Instant>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select occurred_at from events where route_id = $1 and kind = 'route_departed' order by id limit 1",
        route.0
    )
    .fetch_optional(conn)
    .await?)
}

/// What a hub's days come to, as far as the projector has read, from the first day to the last.
pub async fn tally(conn: &mut Conn, hub: HubId, first: Day, last: Day) -> Result<Tally, StoreError> {
    let attempts = sqlx::query!(
        r#"select outcome, sum(attempts)::int8 as "attempts!", sum(further)::int8 as "further!",
                  sum(firsts)::int8 as "firsts!",
                  sum(on_time_latest)::int8 as "latest!", sum(on_time_original)::int8 as "original!"
           from rollup_attempts where hub_id = $1 and day between $2 and $3 group by outcome"#,
        hub.0,
        first,
        last
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut tally = Tally::default();
    for r in attempts {
        let corrupt = StoreError::Corrupt { table: "rollup_attempts", column: "outcome", id: hub.0 };
        let outcome = Outcome::parse(&r.outcome).ok_or(corrupt)?;
        let counts = AttemptCounts {
            attempts: r.attempts,
            further: r.further,
            firsts: r.firsts,
            on_time_latest: r.latest,
            on_time_original: r.original,
        };
        tally = tally.merge(&Tally::of_outcome(outcome, counts));
    }
    let roads = sqlx::query!(
        r#"select coalesce(sum(routes), 0)::int8 as "routes!", coalesce(sum(road_ms), 0)::int8 as "road!",
                  coalesce(sum(still_out), 0)::int8 as "out!", coalesce(sum(out_since_ms), 0)::int8 as "since!"
           from rollup_routes where hub_id = $1 and day between $2 and $3"#,
        hub.0,
        first,
        last
    )
    .fetch_one(conn)
    .await?;
    tally.roads = RoadCounts {
        routes: roads.routes,
        road_ms: roads.road,
        still_out: roads.out,
        out_since_ms: roads.since,
    };
    Ok(tally)
}

/// The hours of a hub's day in which attempts ended, in their order.
pub async fn hours(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<(Instant, Tally)>, StoreError> {
    let rows = sqlx::query!(
        "select hour, outcome, attempts, further, firsts, on_time_latest, on_time_original
         from rollup_attempts where hub_id = $1 and day = $2 order by hour",
        hub.0,
        day
    )
    .fetch_all(conn)
    .await?;
    let mut hours: Vec<(Instant, Tally)> = vec![];
    for r in rows {
        let corrupt = StoreError::Corrupt { table: "rollup_attempts", column: "outcome", id: hub.0 };
        let outcome = Outcome::parse(&r.outcome).ok_or(corrupt)?;
        let counts = AttemptCounts {
            attempts: r.attempts,
            further: r.further,
            firsts: r.firsts,
            on_time_latest: r.on_time_latest,
            on_time_original: r.on_time_original,
        };
        let tally = Tally::of_outcome(outcome, counts);
        match hours.last_mut() {
            Some((hour, all)) if *hour == r.hour => *all = all.merge(&tally),
            _ => hours.push((r.hour, tally)),
        }
    }
    Ok(hours)
}

/// Where the counts are not what a direct count of the events gives, as far as the projector has read: a line each, with ids
/// alone.
pub async fn differences(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let attempts = sqlx::query!(
        r#"with read as (select epoch, tx, event_id from projector_cursors where name = $1),
           counted as (
               select e.hub_id, (e.occurred_at at time zone h.zone)::date as day, e.facts #>> '{attempt,outcome}' as outcome,
                      count(*) as attempts,
                      count(*) filter (where e.facts #>> '{attempt,further}' = 'true') as further,
                      count(*) filter (where e.facts #>> '{attempt,number}' = '1') as firsts,
                      count(*) filter (where (e.facts #>> '{attempt,arrived_at}')::timestamptz
                                           <= coalesce(e.facts #>> '{promise,latest,until}',
                                                       e.facts #>> '{promise,original,until}')::timestamptz) as latest,
                      count(*) filter (where (e.facts #>> '{attempt,arrived_at}')::timestamptz
                                           <= (e.facts #>> '{promise,original,until}')::timestamptz) as original
               from events e join hubs h on h.id = e.hub_id join read r on (e.epoch, e.tx, e.id) <= (r.epoch, r.tx, r.event_id)
               where e.kind = 'attempt_made' group by 1, 2, 3
           ),
           kept as (
               select hub_id, day, outcome, sum(attempts)::int8 as attempts, sum(further)::int8 as further,
                      sum(firsts)::int8 as firsts,
                      sum(on_time_latest)::int8 as latest, sum(on_time_original)::int8 as original
               from rollup_attempts group by 1, 2, 3
           )
           select hub_id as "hub!", day as "day!", outcome as "outcome!"
           from counted full join kept using (hub_id, day, outcome)
           where (counted.attempts, counted.further, counted.firsts, counted.latest, counted.original)
                 is distinct from (kept.attempts, kept.further, kept.firsts, kept.latest, kept.original)
           order by 1, 2, 3"#,
        NAME
    )
    .fetch_all(&mut *conn)
    .await?;
    let routes = sqlx::query!(
        r#"with read as (select epoch, tx, event_id from projector_cursors where name = $1),
           seen as (
               select e.* from events e join read r on (e.epoch, e.tx, e.id) <= (r.epoch, r.tx, r.event_id)
               where e.kind in ('route_departed', 'route_finished')
           ),
           counted as (
               select d.hub_id, (d.occurred_at at time zone h.zone)::date as day, d.vehicle_id, count(*) as routes,
                      coalesce(sum(round(extract(epoch from greatest(f.occurred_at, d.occurred_at) - d.occurred_at) * 1000))
                          filter (where f.id is not null), 0) as road_ms,
                      count(*) filter (where f.id is null) as still_out,
                      coalesce(sum(round(extract(epoch from d.occurred_at) * 1000)) filter (where f.id is null), 0) as since
               from seen d join hubs h on h.id = d.hub_id
               left join seen f on f.route_id = d.route_id and f.kind = 'route_finished'
               where d.kind = 'route_departed' group by 1, 2, 3
           )
           select hub_id as "hub!", day as "day!", vehicle_id as "vehicle!"
           from counted full join rollup_routes kept using (hub_id, day, vehicle_id)
           where (counted.routes, counted.road_ms, counted.still_out, counted.since)
                 is distinct from (kept.routes, kept.road_ms::numeric, kept.still_out, kept.out_since_ms::numeric)
           order by 1, 2, 3"#,
        NAME
    )
    .fetch_all(conn)
    .await?;
    let attempts =
        attempts.into_iter().map(|r| format!("rollup of attempts, hub {}, {}, {}", r.hub, r.day, r.outcome));
    let routes = routes
        .into_iter()
        .map(|r| format!("rollup of routes, hub {}, {}, vehicle {}", r.hub, r.day, r.vehicle));
    Ok(attempts.chain(routes).collect())
}
