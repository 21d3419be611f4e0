//! Readings: many, append-only, partitioned by day.

use crate::{Conn, Database, StoreError, Tx};
use chrono::{DateTime, Days, NaiveTime, Utc};
use domain::{Coordinate, Day, HubId, Instant, ReportId, VehicleId};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write,
};
use uuid::Uuid;

/// One reading of one vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Which vehicle.
    pub vehicle: VehicleId,
    /// When the device measured it.
    pub at: Instant,
    /// Where.
    pub place: Coordinate,
    /// Metres a second.
    pub speed_mps: Option<f32>,
    /// Degrees from north, clockwise.
    pub heading_deg: Option<f32>,
    /// Radius of 68 % confidence, in metres.
    pub accuracy_m: Option<f32>,
    /// Percent.
    pub battery_percent: Option<f32>,
    /// When we got it.
    pub received_at: Instant,
}

/// Makes the partition for a day's readings (UTC), unless it is there.
pub async fn ensure_partition(tx: &mut Tx, day: Day) -> Result<(), StoreError> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let sql = format!(
        "create table if not exists positions_{} partition of positions
         for values from ('{day} 00:00+00') to ('{next} 00:00+00')",
        day.format("%Y_%m_%d")
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut **tx).await?;
    Ok(())
}

/// The days (UTC) that readings fall on.
pub fn days(positions: &[Position]) -> BTreeSet<Day> {
    positions.iter().map(|p| p.at.date_naive()).collect()
}

/// Which of some readings were new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    /// All of them.
    All,
    /// Those of these vehicles at these moments.
    Only(HashSet<(VehicleId, Instant)>),
}

impl New {
    /// How many of these were new. What has been counted once is not new a second time.
    pub fn take(&mut self, positions: &[Position]) -> usize {
        match self {
            Self::All => positions.len(),
            Self::Only(new) => positions.iter().filter(|p| new.remove(&(p.vehicle, p.at))).count(),
        }
    }
}

/// Stores readings by bulk copy; those that are stored already are left as they are. Answers which are new.
///
/// The partitions must exist.
pub async fn store(tx: &mut Tx, positions: &[Position]) -> Result<New, StoreError> {
    sqlx::query!("savepoint before_copy").execute(&mut **tx).await?;
    match copy(tx, positions).await {
        Ok(_) => Ok(New::All),
        Err(e) if is_duplicate(&e) => {
            // Some phone sent a batch twice: rare, so the slower way that can leave rows out is taken only then.
            sqlx::query!("rollback to savepoint before_copy").execute(&mut **tx).await?;
            insert_new(tx, positions).await
        }
        Err(e) => Err(e),
    }
}

fn is_duplicate(e: &StoreError) -> bool {
    matches!(e, StoreError::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
}

async fn copy(tx: &mut Tx, positions: &[Position]) -> Result<u64, StoreError> {
    let mut text = String::with_capacity(positions.len() * 110);
    let field = |text: &mut String, value: Option<f32>| match value {
        Some(value) => write!(text, "\t{value}"),
        None => write!(text, "\t\\N"),
    };
    for p in positions {
        // Writing to a String cannot fail; the results are joined only to have them used.
        let _ = write!(text, "{}\t{}\t{}\t{}", p.at.to_rfc3339(), p.vehicle, p.place.lat(), p.place.lon());
        for value in [p.speed_mps, p.heading_deg, p.accuracy_m, p.battery_percent] {
            let _ = field(&mut text, value);
        }
        let _ = writeln!(text, "\t{}", p.received_at.to_rfc3339());
    }
    let mut sink = tx
        .copy_in_raw(
            "copy positions (at, vehicle_id, lat, lon, speed_mps, heading_deg, accuracy_m, battery_percent, received_at)
             from stdin",
        )
        .await?;
    sink.send(text.into_bytes()).await?;
    Ok(sink.finish().await?)
}

async fn insert_new(tx: &mut Tx, positions: &[Position]) -> Result<New, StoreError> {
    let all = Columns::of(positions);
    let new = sqlx::query!(
        "insert into positions (at, vehicle_id, lat, lon, speed_mps, heading_deg, accuracy_m, battery_percent,
                                received_at)
         select * from unnest($1::timestamptz[], $2::uuid[], $3::float8[], $4::float8[], $5::float4[], $6::float4[],
                              $7::float4[], $8::float4[], $9::timestamptz[])
         on conflict do nothing
         returning vehicle_id, at",
        &all.at,
        &all.vehicle,
        &all.lat,
        &all.lon,
        &all.speed as &[Option<f32>],
        &all.heading as &[Option<f32>],
        &all.accuracy as &[Option<f32>],
        &all.battery as &[Option<f32>],
        &all.received
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(New::Only(new.into_iter().map(|r| (VehicleId(r.vehicle_id), r.at)).collect()))
}

/// Stores some readings, the newest of each vehicle and how far back is to be interpreted again, in one statement: it is
/// a transaction by itself, and a fifth of the ways to the database that [`store`], [`save_latest`] and
/// [`interpret_again`] take. Bulk copy is faster from some hundred readings on.
///
/// The partitions must exist, and `newest` and `since` name a vehicle once.
pub async fn store_few(
    database: &Database,
    positions: &[Position],
    newest: &[Position],
    since: &[(VehicleId, Instant)],
) -> Result<New, StoreError> {
    let (all, latest) = (Columns::of(positions), Columns::of(newest));
    let again_vehicle: Vec<_> = since.iter().map(|(vehicle, _)| vehicle.0).collect();
    let again: Vec<_> = since.iter().map(|(_, since)| *since).collect();
    let new = sqlx::query!(
        r#"with new as (
               insert into positions (at, vehicle_id, lat, lon, speed_mps, heading_deg, accuracy_m, battery_percent,
                                      received_at)
               select * from unnest($1::timestamptz[], $2::uuid[], $3::float8[], $4::float8[], $5::float4[],
                                    $6::float4[], $7::float4[], $8::float4[], $9::timestamptz[])
               on conflict do nothing
               returning vehicle_id, at),
           latest as (
               insert into latest_positions (at, vehicle_id, lat, lon, speed_mps, heading_deg, received_at)
               select * from unnest($10::timestamptz[], $11::uuid[], $12::float8[], $13::float8[], $14::float4[],
                                    $15::float4[], $16::timestamptz[])
               on conflict (vehicle_id) do update set
                   at = excluded.at, lat = excluded.lat, lon = excluded.lon, speed_mps = excluded.speed_mps,
                   heading_deg = excluded.heading_deg, received_at = excluded.received_at
               where latest_positions.at < excluded.at),
           again as (
               update interpreted set until = t.until
               from unnest($17::uuid[], $18::timestamptz[]) as t (vehicle_id, until)
               where interpreted.vehicle_id = t.vehicle_id and interpreted.until > t.until)
           select vehicle_id, at from new"#,
        &all.at,
        &all.vehicle,
        &all.lat,
        &all.lon,
        &all.speed as &[Option<f32>],
        &all.heading as &[Option<f32>],
        &all.accuracy as &[Option<f32>],
        &all.battery as &[Option<f32>],
        &all.received,
        &latest.at,
        &latest.vehicle,
        &latest.lat,
        &latest.lon,
        &latest.speed as &[Option<f32>],
        &latest.heading as &[Option<f32>],
        &latest.received,
        &again_vehicle,
        &again
    )
    .fetch_all(&mut *database.read().await?)
    .await?;
    Ok(New::Only(new.into_iter().map(|r| (VehicleId(r.vehicle_id), r.at)).collect()))
}

/// Readings as the columns of their table.
struct Columns {
    at: Vec<Instant>,
    vehicle: Vec<Uuid>,
    lat: Vec<f64>,
    lon: Vec<f64>,
    speed: Vec<Option<f32>>,
    heading: Vec<Option<f32>>,
    accuracy: Vec<Option<f32>>,
    battery: Vec<Option<f32>>,
    received: Vec<Instant>,
}

impl Columns {
    fn of(positions: &[Position]) -> Self {
        Self {
            at: positions.iter().map(|p| p.at).collect(),
            vehicle: positions.iter().map(|p| p.vehicle.0).collect(),
            lat: positions.iter().map(|p| p.place.lat()).collect(),
            lon: positions.iter().map(|p| p.place.lon()).collect(),
            speed: positions.iter().map(|p| p.speed_mps).collect(),
            heading: positions.iter().map(|p| p.heading_deg).collect(),
            accuracy: positions.iter().map(|p| p.accuracy_m).collect(),
            battery: positions.iter().map(|p| p.battery_percent).collect(),
            received: positions.iter().map(|p| p.received_at).collect(),
        }
    }
}

/// Sets the newest reading of each vehicle, where it is newer than the one we have. `newest` names a vehicle once.
pub async fn save_latest(tx: &mut Tx, newest: &[Position]) -> Result<(), StoreError> {
    let all = Columns::of(newest);
    sqlx::query!(
        "insert into latest_positions (vehicle_id, at, lat, lon, speed_mps, heading_deg, received_at)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::float8[], $4::float8[], $5::float4[], $6::float4[],
                              $7::timestamptz[])
         on conflict (vehicle_id) do update set
             at = excluded.at, lat = excluded.lat, lon = excluded.lon, speed_mps = excluded.speed_mps,
             heading_deg = excluded.heading_deg, received_at = excluded.received_at
         where latest_positions.at < excluded.at",
        &all.vehicle,
        &all.at,
        &all.lat,
        &all.lon,
        &all.speed as &[Option<f32>],
        &all.heading as &[Option<f32>],
        &all.received
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The newest reading of each vehicle of a hub.
pub async fn latest(conn: &mut Conn, hub: HubId) -> Result<Vec<Position>, StoreError> {
    sqlx::query!(
        "select p.vehicle_id, p.at, p.lat, p.lon, p.speed_mps, p.heading_deg, p.received_at
         from latest_positions p join vehicles v on v.id = p.vehicle_id where v.hub_id = $1",
        hub.0
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        Ok(Position {
            vehicle: VehicleId(r.vehicle_id),
            at: r.at,
            place: place("latest_positions", r.vehicle_id, r.lat, r.lon)?,
            speed_mps: r.speed_mps,
            heading_deg: r.heading_deg,
            accuracy_m: None,
            battery_percent: None,
            received_at: r.received_at,
        })
    })
    .collect()
}

fn place(table: &'static str, id: Uuid, lat: f64, lon: f64) -> Result<Coordinate, StoreError> {
    Coordinate::parse(lat, lon).map_err(|_| StoreError::Corrupt { table, column: "lat", id })
}

/// Where a vehicle was between two moments, oldest first, at most one reading in each `every_s` seconds.
pub async fn trace(
    conn: &mut Conn,
    vehicle: VehicleId,
    from: Instant,
    until: Instant,
    every_s: i64,
) -> Result<Vec<(Instant, Coordinate)>, StoreError> {
    sqlx::query!(
        r#"select distinct on (floor(extract(epoch from at) / $4::bigint)) at, lat, lon
           from positions
           where at >= $2 and at <= $3 and vehicle_id = $1
             and (accuracy_m is null or accuracy_m < 50)
           order by floor(extract(epoch from at) / $4::bigint), at"#,
        vehicle.0,
        from,
        until,
        every_s
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| Ok((r.at, place("positions", vehicle.0, r.lat, r.lon)?)))
    .collect()
}

/// Readings newer than how far their vehicle has been interpreted, and than `since`; by vehicle, oldest first; no more
/// than 20,000.
pub async fn uninterpreted(conn: &mut Conn, hub: HubId, since: Instant) -> Result<Vec<Position>, StoreError> {
    // Only vehicles that have something new are looked up.
    let pending = sqlx::query!(
        r#"select l.vehicle_id, greatest(coalesce(i.until, $2), $2) as "until!", l.at
           from latest_positions l
           join vehicles v on v.id = l.vehicle_id
           left join interpreted i on i.vehicle_id = l.vehicle_id
           where v.hub_id = $1 and l.at > $2 and (i.until is null or l.at > i.until)"#,
        hub.0,
        since
    )
    .fetch_all(&mut *conn)
    .await?;
    let until = pending.iter().map(|p| p.at).max();
    let wanted: Vec<_> = pending.iter().map(|p| (VehicleId(p.vehicle_id), p.until)).collect();
    match until {
        Some(until) => between(conn, &wanted, Some(until), 20_000).await,
        None => Ok(vec![]),
    }
}

/// The readings of each vehicle behind a moment of its own, by vehicle, oldest first; no more than 60,000.
pub async fn since(conn: &mut Conn, wanted: &[(VehicleId, Instant)]) -> Result<Vec<Position>, StoreError> {
    between(conn, wanted, None, 60_000).await
}

/// A vehicle's readings between two moments, in their order.
pub async fn drive(
    conn: &mut Conn,
    vehicle: VehicleId,
    from: Instant,
    until: Instant,
) -> Result<Vec<Position>, StoreError> {
    between(conn, &[(vehicle, from)], Some(until), 60_000).await
}

async fn between(
    conn: &mut Conn,
    wanted: &[(VehicleId, Instant)],
    until: Option<Instant>,
    limit: i64,
) -> Result<Vec<Position>, StoreError> {
    let Some(earliest) = wanted.iter().map(|(_, since)| *since).min() else { return Ok(vec![]) };
    let vehicles: Vec<_> = wanted.iter().map(|(vehicle, _)| vehicle.0).collect();
    let moments: Vec<_> = wanted.iter().map(|(_, since)| *since).collect();
    // The key begins with time, so bounds that are known beforehand leave all other days alone, and the cost is that of
    // what has come in between.
    sqlx::query!(
        r#"select p.vehicle_id, p.at, p.lat, p.lon, p.speed_mps, p.heading_deg, p.accuracy_m, p.received_at
           from unnest($1::uuid[], $2::timestamptz[]) as wanted (vehicle_id, since)
           join positions p on p.vehicle_id = wanted.vehicle_id and p.at > wanted.since
           where p.at > $3 and ($4::timestamptz is null or p.at <= $4)
           order by p.vehicle_id, p.at
           limit $5"#,
        &vehicles,
        &moments,
        earliest,
        until,
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        Ok(Position {
            vehicle: VehicleId(r.vehicle_id),
            at: r.at,
            place: place("positions", r.vehicle_id, r.lat, r.lon)?,
            speed_mps: r.speed_mps,
            heading_deg: r.heading_deg,
            accuracy_m: r.accuracy_m,
            battery_percent: None,
            received_at: r.received_at,
        })
    })
    .collect()
}

/// How far the readings of a hub's vehicles have been interpreted.
pub async fn interpreted(conn: &mut Conn, hub: HubId) -> Result<HashMap<VehicleId, Instant>, StoreError> {
    Ok(sqlx::query!(
        "select i.vehicle_id, i.until from interpreted i join vehicles v on v.id = i.vehicle_id where v.hub_id = $1",
        hub.0
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (VehicleId(r.vehicle_id), r.until))
    .collect())
}

/// How far a vehicle's readings have been interpreted now.
#[derive(Debug, Clone, Copy)]
pub struct Interpreted {
    /// Whose.
    pub vehicle: VehicleId,
    /// How far they had been when they were read.
    pub before: Option<Instant>,
    /// How far they are now.
    pub until: Instant,
}

/// Remembers how far readings have been interpreted, but of vehicles of which older ones have come meanwhile.
pub async fn save_interpreted(tx: &mut Tx, read: &[Interpreted]) -> Result<(), StoreError> {
    let vehicle: Vec<_> = read.iter().map(|r| r.vehicle.0).collect();
    let before: Vec<_> = read.iter().map(|r| r.before).collect();
    let until: Vec<_> = read.iter().map(|r| r.until).collect();
    sqlx::query!(
        "with read as (select * from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as t (vehicle, before, until)),
              moved as (update interpreted set until = read.until from read
                        where interpreted.vehicle_id = read.vehicle and interpreted.until = read.before)
         insert into interpreted (vehicle_id, until) select vehicle, until from read where before is null
         on conflict (vehicle_id) do nothing",
        &vehicle,
        &before as &[Option<Instant>],
        &until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Readings have come that are older than what was interpreted: those behind `since` are to be interpreted again.
pub async fn interpret_again(tx: &mut Tx, since: &[(VehicleId, Instant)]) -> Result<(), StoreError> {
    let vehicle: Vec<_> = since.iter().map(|(vehicle, _)| vehicle.0).collect();
    let until: Vec<_> = since.iter().map(|(_, since)| *since).collect();
    sqlx::query!(
        "update interpreted set until = t.until from unnest($1::uuid[], $2::timestamptz[]) as t (vehicle_id, until)
         where interpreted.vehicle_id = t.vehicle_id and interpreted.until > t.until",
        &vehicle,
        &until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// About how many readings are stored, as the database's own statistics say; some seconds behind.
pub async fn about(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum(greatest(pg_stat_get_live_tuples(c.oid), c.reltuples::bigint, 0)), 0)::bigint as "n!"
           from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'positions'::regclass"#
    )
    .fetch_one(conn)
    .await?)
}

/// Remembers that a vehicle's report was handled; says whether it is new. Another vehicle's report may have the same id.
pub async fn first_time(
    tx: &mut Tx,
    report: ReportId,
    vehicle: VehicleId,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into reports (id, vehicle_id, received_at) values ($1, $2, $3) on conflict do nothing",
        report.0,
        vehicle.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The first moment of a day in UTC, for bounds that may be generous.
pub fn start_of(day: Day) -> Instant {
    DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc)
}
