//! Closures, the weather, and what drives have shown.

use crate::{Conn, StoreError, Tx};
use domain::{Closure, ClosureId, ClosureShape, HubId, Instant, RouteId, VehicleId, VehicleKind, Weather};
use sqlx::types::Json;
use uuid::Uuid;

struct Row {
    id: Uuid,
    hub_id: Uuid,
    shape: Json<ClosureShape>,
    reason: String,
    streets: String,
    bars: Vec<String>,
    from_at: Instant,
    until_at: Instant,
    lifted_at: Option<Instant>,
}

impl TryFrom<Row> for Closure {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "closures", column, id: row.id };
        let kind = |code: &String| VehicleKind::parse(code).ok_or_else(|| corrupt("bars"));
        Ok(Self {
            id: ClosureId(row.id),
            hub: HubId(row.hub_id),
            bars: row.bars.iter().map(kind).collect::<Result<_, _>>()?,
            shape: row.shape.0,
            reason: row.reason,
            streets: row.streets,
            from: row.from_at,
            until: row.until_at,
            lifted_at: row.lifted_at,
        })
    }
}

/// The closures that are not over and were not lifted, whichever hub has said so: all drive on the same roads.
pub async fn closures(conn: &mut Conn, now: Instant) -> Result<Vec<Closure>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, shape as "shape: Json<ClosureShape>", reason, streets, bars, from_at, until_at, lifted_at
           from closures where until_at > $1 and lifted_at is null order by from_at, id"#,
        now
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Closure::try_from)
    .collect()
}

/// Whether a closure began or ended after one moment, and up to another.
pub async fn have_changed(conn: &mut Conn, since: Instant, now: Instant) -> Result<bool, StoreError> {
    let changed = sqlx::query_scalar!(
        r#"select exists (
               select from closures
               where from_at > $1 and from_at <= $2 or until_at > $1 and until_at <= $2 or lifted_at > $1) as "changed!""#,
        since,
        now
    );
    Ok(changed.fetch_one(conn).await?)
}

/// Every closure, for comparing with the history.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Closure>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, shape as "shape: Json<ClosureShape>", reason, streets, bars, from_at, until_at, lifted_at
           from closures"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Closure::try_from)
    .collect()
}

/// The hub at which a closure was made.
pub async fn hub_of(conn: &mut Conn, id: ClosureId) -> Result<Option<HubId>, StoreError> {
    let hub = sqlx::query_scalar!("select hub_id from closures where id = $1", id.0);
    Ok(hub.fetch_optional(conn).await?.map(HubId))
}

/// One closure, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ClosureId) -> Result<Option<Closure>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, shape as "shape: Json<ClosureShape>", reason, streets, bars, from_at, until_at, lifted_at
           from closures where id = $1 for no key update"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Closure::try_from)
    .transpose()
}

/// Writes a closure, or what has become of it.
pub async fn save(tx: &mut Tx, closure: &Closure) -> Result<(), StoreError> {
    let bars: Vec<String> = closure.bars.iter().map(|kind| kind.code().to_owned()).collect();
    sqlx::query!(
        "insert into closures (id, hub_id, shape, reason, streets, bars, from_at, until_at, lifted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set lifted_at = excluded.lifted_at",
        closure.id.0,
        closure.hub.0,
        Json(&closure.shape) as _,
        closure.reason,
        closure.streets,
        &bars,
        closure.from,
        closure.until,
        closure.lifted_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The weather of a hub; dry where nobody has said anything.
pub async fn weather(conn: &mut Conn, hub: HubId) -> Result<Weather, StoreError> {
    let code = sqlx::query_scalar!("select weather from weather where hub_id = $1", hub.0)
        .fetch_optional(conn)
        .await?;
    let Some(code) = code else { return Ok(Weather::default()) };
    Weather::parse(&code).ok_or(StoreError::Corrupt { table: "weather", column: "weather", id: hub.0 })
}

/// The weather of every hub, for comparing with the history.
pub(crate) async fn all_weather(conn: &mut Conn) -> Result<Vec<(HubId, Weather)>, StoreError> {
    let rows = sqlx::query!("select hub_id, weather from weather").fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let corrupt = StoreError::Corrupt { table: "weather", column: "weather", id: row.hub_id };
            Ok((HubId(row.hub_id), Weather::parse(&row.weather).ok_or(corrupt)?))
        })
        .collect()
}

/// Says what the weather is.
pub async fn set_weather(tx: &mut Tx, hub: HubId, weather: Weather) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into weather (hub_id, weather) values ($1, $2) on conflict (hub_id) do update set weather = $2",
        hub.0,
        weather.code()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How often roads of a group took about so many times their free time.
#[derive(Debug, Clone, PartialEq)]
pub struct PassCount {
    /// Code of the kind of day.
    pub day_kind: String,
    /// Code of the group of roads.
    pub road_group: String,
    /// Index of the hour.
    pub hour: i16,
    /// Which multiple of the free time.
    pub bucket: i16,
    /// How many passes.
    pub passes: f64,
}

/// What all drives of a hub's fleet have shown.
pub async fn passes(conn: &mut Conn, hub: HubId) -> Result<Vec<PassCount>, StoreError> {
    let counts = sqlx::query_as!(
        PassCount,
        "select day_kind, road_group, hour, bucket, passes from road_passes where hub_id = $1
         order by day_kind, road_group, hour, bucket",
        hub.0
    );
    Ok(counts.fetch_all(conn).await?)
}

/// Adds what drives have shown.
pub async fn add_passes(tx: &mut Tx, hub: HubId, more: &[PassCount]) -> Result<(), StoreError> {
    let day_kinds: Vec<String> = more.iter().map(|count| count.day_kind.clone()).collect();
    let groups: Vec<String> = more.iter().map(|count| count.road_group.clone()).collect();
    let hours: Vec<i16> = more.iter().map(|count| count.hour).collect();
    let buckets: Vec<i16> = more.iter().map(|count| count.bucket).collect();
    let passes: Vec<f64> = more.iter().map(|count| count.passes).collect();
    sqlx::query!(
        "insert into road_passes (hub_id, day_kind, road_group, hour, bucket, passes)
         select $1, * from unnest($2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::double precision[])
         on conflict (hub_id, day_kind, road_group, hour, bucket)
         do update set passes = road_passes.passes + excluded.passes",
        hub.0,
        &day_kinds,
        &groups,
        &hours,
        &buckets,
        &passes
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Until when the drives of each vehicle have been read.
pub async fn read_until(conn: &mut Conn, hub: HubId) -> Result<Vec<(VehicleId, Instant)>, StoreError> {
    let rows = sqlx::query!(
        "select w.vehicle_id, w.read_until from road_watermarks w join vehicles v on v.id = w.vehicle_id where v.hub_id = $1",
        hub.0
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (VehicleId(row.vehicle_id), row.read_until)).collect())
}

/// Says until when the drives of vehicles have been read.
pub async fn save_read_until(tx: &mut Tx, until: &[(VehicleId, Instant)]) -> Result<(), StoreError> {
    let vehicles: Vec<Uuid> = until.iter().map(|(vehicle, _)| vehicle.0).collect();
    let times: Vec<Instant> = until.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "insert into road_watermarks (vehicle_id, read_until) select * from unnest($1::uuid[], $2::timestamptz[])
         on conflict (vehicle_id) do update set read_until = excluded.read_until",
        &vehicles,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A route that has left, and what nobody has measured of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unmeasured {
    /// The route.
    pub route: RouteId,
    /// Its vehicle.
    pub vehicle: VehicleId,
    /// When it left.
    pub departed_at: Instant,
    /// Whether its plan is to be measured.
    pub plan: bool,
    /// Until when its drive is to be measured, if it is.
    pub drive_until: Option<Instant>,
}

/// Routes that left since a moment, and whose plan, or whose drive if they were back by `settled`, nobody has measured; at
/// most `limit`.
pub async fn unmeasured(
    conn: &mut Conn,
    hub: HubId,
    since: Instant,
    settled: Instant,
    limit: i64,
) -> Result<Vec<Unmeasured>, StoreError> {
    let rows = sqlx::query!(
        r#"select id, vehicle_id, departed_at as "departed_at!", not plan_measured as "plan!",
                  case when not drive_measured and finished_at < $3 then finished_at end as drive_until
           from routes
           where hub_id = $1 and day >= $2::timestamptz::date - 1 and departed_at >= $2
             and (not plan_measured or (not drive_measured and finished_at < $3))
           order by departed_at limit $4"#,
        hub.0,
        since,
        settled,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Unmeasured {
            route: RouteId(r.id),
            vehicle: VehicleId(r.vehicle_id),
            departed_at: r.departed_at,
            plan: r.plan,
            drive_until: r.drive_until,
        })
        .collect())
}

/// How far a route was planned and driven, in metres, by who has measured it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The route, and what was to be measured of it.
    pub of: Unmeasured,
    /// The way of its plan, if it can be known.
    pub planned_m: Option<i32>,
    /// The way it drove, if it can be known.
    pub driven_m: Option<i32>,
}

/// Keeps what was measured, and that it was where nothing came of it.
pub async fn save_metres(tx: &mut Tx, measured: &[Measured]) -> Result<(), StoreError> {
    let id: Vec<_> = measured.iter().map(|m| m.of.route.0).collect();
    let plan: Vec<_> = measured.iter().map(|m| m.of.plan).collect();
    let drive: Vec<_> = measured.iter().map(|m| m.of.drive_until.is_some()).collect();
    let planned_m: Vec<_> = measured.iter().map(|m| m.planned_m).collect();
    let driven_m: Vec<_> = measured.iter().map(|m| m.driven_m).collect();
    sqlx::query!(
        "update routes
         set plan_measured = plan_measured or m.plan, planned_m = coalesce(m.planned_m, routes.planned_m),
             drive_measured = drive_measured or m.drive, driven_m = coalesce(m.driven_m, routes.driven_m)
         from unnest($1::uuid[], $2::bool[], $3::bool[], $4::int4[], $5::int4[]) as m (id, plan, drive, planned_m, driven_m)
         where routes.id = m.id",
        &id,
        &plan,
        &drive,
        &planned_m as &[Option<i32>],
        &driven_m as &[Option<i32>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
