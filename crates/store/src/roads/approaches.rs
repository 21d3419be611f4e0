//! What the fleet's own drives show of parking and walking to the door.

use crate::{Conn, StoreError, Tx};
use chrono::TimeDelta;
use domain::{AttemptId, Coordinate, HubId, Instant, VehicleKind};
use uuid::Uuid;

/// A drive from one door, or from the hub, to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    /// The attempt at its end.
    pub attempt: AttemptId,
    /// With what.
    pub kind: VehicleKind,
    /// From which door; from the hub without one.
    pub from: Option<Coordinate>,
    /// When the vehicle left there.
    pub left_at: Instant,
    /// To which door.
    pub to: Coordinate,
    /// When the driver was there.
    pub arrived_at: Instant,
    /// From when on somebody could be served, and when the visit ended.
    pub served: (Instant, Instant),
    /// How long the shop expected the visit to take, in seconds.
    pub told_s: i32,
}

/// Drives that ended with an attempt recorded after `after`, in the order of the attempts. Those on which the vehicle came
/// by the hub are left out, those whose arrival nobody noticed, and further orders of a visit, to which nobody drove.
pub async fn legs_after(
    conn: &mut Conn,
    hub: HubId,
    after: Option<AttemptId>,
    limit: i64,
) -> Result<Vec<Leg>, StoreError> {
    let rows = sqlx::query!(
        r#"select a.id, v.kind, a.arrived_at, a.ended_at, o.service_s, o.lat, o.lon, r.departed_at as "departed_at!",
                  greatest(a.arrived_at, coalesce(a.promised_from, a.arrived_at)) as "served_from!",
                  p.ended_at as "left_at?", q.lat as "from_lat?", q.lon as "from_lon?"
           from attempts a
           join routes r on r.id = a.route_id
           join vehicles v on v.id = r.vehicle_id
           join stops s on s.id = a.stop_id
           join orders o on o.id = a.order_id
           left join lateral (
               select b.ended_at, b.order_id from attempts b
               where b.route_id = a.route_id and b.ended_at <= a.arrived_at and b.id <> a.id
               order by b.ended_at desc limit 1
           ) p on true
           left join orders q on q.id = p.order_id
           where r.hub_id = $1 and a.id > $2 and r.departed_at is not null and not s.via_hub
             and a.arrived_at < a.ended_at and not a.further
           order by a.id limit $3"#,
        hub.0,
        after.map_or(Uuid::nil(), |id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let corrupt = |column| StoreError::Corrupt { table: "orders", column, id: r.id };
            let place = |lat, lon| Coordinate::parse(lat, lon).map_err(|_| corrupt("lat"));
            let from = match (r.from_lat, r.from_lon) {
                (Some(lat), Some(lon)) => Some(place(lat, lon)?),
                _ => None,
            };
            Ok(Leg {
                attempt: AttemptId(r.id),
                kind: VehicleKind::parse(&r.kind).ok_or_else(|| corrupt("kind"))?,
                from,
                left_at: r.left_at.unwrap_or(r.departed_at),
                to: place(r.lat, r.lon)?,
                arrived_at: r.arrived_at,
                served: (r.served_from, r.ended_at),
                told_s: r.service_s,
            })
        })
        .collect()
}

/// How much later than planned vehicles have left their hub.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Departures {
    /// How many have left.
    pub count: f64,
    /// How much later they left, in seconds, all together.
    pub seconds: f64,
}

/// Departures since a moment; one that is off by more than `most` counts as off by so much.
pub async fn departures(
    conn: &mut Conn,
    hub: HubId,
    since: Instant,
    most: TimeDelta,
) -> Result<Departures, StoreError> {
    let most = most.num_milliseconds() as f64 / 1_000.0;
    let row = sqlx::query!(
        r#"select count(*)::float8 as "count!",
                  coalesce(sum(least($3::float8, greatest(-$3::float8, extract(epoch from departed_at - planned_start)::float8))), 0) as "seconds!"
           from routes where hub_id = $1 and day >= $2::timestamptz::date and departed_at >= $2"#,
        hub.0,
        since,
        most
    )
    .fetch_one(conn)
    .await?;
    Ok(Departures { count: row.count, seconds: row.seconds })
}

/// What was seen in one square of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Whether by bike.
    pub bike: bool,
    /// The square.
    pub cell: (i32, i32),
    /// How many drives ended there.
    pub legs: f64,
    /// Their approach times together, in seconds.
    pub seconds: f64,
}

/// All that has been seen.
pub async fn seen(conn: &mut Conn, hub: HubId) -> Result<Vec<Seen>, StoreError> {
    Ok(sqlx::query!("select bike, cell_x, cell_y, legs, seconds from approaches where hub_id = $1", hub.0)
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|r| Seen { bike: r.bike, cell: (r.cell_x, r.cell_y), legs: r.legs, seconds: r.seconds })
        .collect())
}

/// How far drives have been read, and how long visits took together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Read {
    /// The last attempt that was read.
    pub until: AttemptId,
    /// Seconds at doors.
    pub door_s: f64,
    /// Seconds that the shops had expected there.
    pub told_s: f64,
}

/// How far drives have been read; not at all without one.
pub async fn read(conn: &mut Conn, hub: HubId) -> Result<Option<Read>, StoreError> {
    let row = sqlx::query!("select attempt_id, door_s, told_s from approaches_read where hub_id = $1", hub.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|r| Read { until: AttemptId(r.attempt_id), door_s: r.door_s, told_s: r.told_s }))
}

/// Adds what was seen, with how far drives have been read. Of a square with more than `most` drives the older ones fade.
pub async fn add(tx: &mut Tx, hub: HubId, seen: &[Seen], read: Read, most: f64) -> Result<(), StoreError> {
    let bike: Vec<_> = seen.iter().map(|s| s.bike).collect();
    let x: Vec<_> = seen.iter().map(|s| s.cell.0).collect();
    let y: Vec<_> = seen.iter().map(|s| s.cell.1).collect();
    let legs: Vec<_> = seen.iter().map(|s| s.legs).collect();
    let seconds: Vec<_> = seen.iter().map(|s| s.seconds).collect();
    sqlx::query!(
        "insert into approaches (hub_id, bike, cell_x, cell_y, legs, seconds)
         select $1, * from unnest($2::bool[], $3::int4[], $4::int4[], $5::float8[], $6::float8[])
         on conflict (hub_id, bike, cell_x, cell_y) do update set
             legs = approaches.legs * least(1, $7 / approaches.legs) + excluded.legs,
             seconds = approaches.seconds * least(1, $7 / approaches.legs) + excluded.seconds",
        hub.0,
        &bike,
        &x,
        &y,
        &legs,
        &seconds,
        most
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into approaches_read (hub_id, attempt_id, door_s, told_s) values ($1, $2, $3, $4)
         on conflict (hub_id) do update set
             attempt_id = excluded.attempt_id, door_s = excluded.door_s, told_s = excluded.told_s",
        hub.0,
        read.until.0,
        read.door_s,
        read.told_s
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
