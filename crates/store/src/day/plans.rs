//! Plans and routes.

use crate::{
    Conn, StoreError, Tx,
    locks::{DayLock, RouteLocks},
};
use domain::{
    Day, DriverId, HubId, Instant, Plan, PlanId, PlanState, Route, RouteId, RouteState, ShiftId, StopId,
    VehicleId,
};
use uuid::Uuid;

struct PlanRow {
    id: Uuid,
    hub_id: Uuid,
    day: Day,
    revision: i32,
    published_at: Instant,
    state: String,
}

impl TryFrom<PlanRow> for Plan {
    type Error = StoreError;
    fn try_from(row: PlanRow) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "published" => PlanState::Published,
            "superseded" => PlanState::Superseded,
            _ => return Err(StoreError::Corrupt { table: "plans", column: "state", id: row.id }),
        };
        Ok(Self {
            id: PlanId(row.id),
            hub: HubId(row.hub_id),
            day: row.day,
            revision: row.revision,
            published_at: row.published_at,
            state,
        })
    }
}

/// The plan that holds on a day.
pub async fn published(conn: &mut Conn, hub: HubId, day: Day) -> Result<Option<Plan>, StoreError> {
    sqlx::query_as!(
        PlanRow,
        "select id, hub_id, day, revision, published_at, state from plans
         where hub_id = $1 and day = $2 and state = 'published'",
        hub.0,
        day
    )
    .fetch_optional(conn)
    .await?
    .map(Plan::try_from)
    .transpose()
}

/// Writes a plan.
pub async fn save(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into plans (id, hub_id, day, revision, published_at, state) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set state = excluded.state",
        plan.id.0,
        plan.hub.0,
        plan.day,
        plan.revision,
        plan.published_at,
        plan.state.code()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct RouteRow {
    id: Uuid,
    hub_id: Uuid,
    day: Day,
    vehicle_id: Uuid,
    shift_id: Option<Uuid>,
    driver_id: Uuid,
    planned_start: Instant,
    planned_end: Instant,
    shift_until: Instant,
    departed_at: Option<Instant>,
    finished_at: Option<Instant>,
}

impl TryFrom<RouteRow> for Route {
    type Error = StoreError;
    fn try_from(row: RouteRow) -> Result<Self, StoreError> {
        let state = match (row.departed_at, row.finished_at) {
            (None, None) => RouteState::Published,
            (Some(departed_at), None) => RouteState::UnderWay { departed_at },
            (Some(departed_at), Some(finished_at)) => RouteState::Finished { departed_at, finished_at },
            (None, Some(_)) => {
                return Err(StoreError::Corrupt { table: "routes", column: "departed_at", id: row.id });
            }
        };
        Ok(Self {
            id: RouteId(row.id),
            hub: HubId(row.hub_id),
            day: row.day,
            vehicle: VehicleId(row.vehicle_id),
            shift: row.shift_id.map(ShiftId),
            driver: DriverId(row.driver_id),
            planned_start: row.planned_start,
            planned_end: row.planned_end,
            shift_until: row.shift_until,
            state,
        })
    }
}

/// For so many days after its own a route that has not come back is shown with the day that runs.
pub const CARRIED_DAYS: i32 = 7;

/// Every route of a day, and those of the days before it that are still on the road.
pub async fn routes(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes
         where hub_id = $1 and day between $2::date - $3::int4 and $2
           and (day = $2 or departed_at is not null and finished_at is null)
         order by id",
        hub.0,
        day,
        CARRIED_DAYS
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Route::try_from)
    .collect()
}

/// The day's routes of these vehicles, and the routes on which these stops are, by id.
pub async fn concerned(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
    vehicles: &[VehicleId],
    stops: &[StopId],
) -> Result<Vec<RouteId>, StoreError> {
    let vehicles: Vec<Uuid> = vehicles.iter().map(|v| v.0).collect();
    let stops: Vec<Uuid> = stops.iter().map(|s| s.0).collect();
    let ids = sqlx::query_scalar!(
        r#"select id as "id!" from routes where hub_id = $1 and day = $2 and vehicle_id = any($3)
           union select route_id from stops where id = any($4)
           order by 1"#,
        hub.0,
        day,
        &vehicles,
        &stops
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(RouteId).collect())
}

/// One route.
pub async fn route(conn: &mut Conn, id: RouteId) -> Result<Option<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes where id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Route::try_from)
    .transpose()
}

/// Routes, locked in the order of their ids until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, ids: &[RouteId]) -> Result<Vec<Route>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes where id = any($1) order by id for no key update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Route::try_from)
    .collect()
}

/// The route that a vehicle is on, or else its next one of the day that runs, or else its last one. One with which it is still
/// on the road from a day before counts where the day has none.
pub async fn route_of_vehicle(
    conn: &mut Conn,
    vehicle: VehicleId,
    day: Day,
) -> Result<Option<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes
         where vehicle_id = $1 and day between $2::date - $3::int4 and $2
           and (day = $2 or departed_at is not null and finished_at is null)
         order by day desc, departed_at is not null and finished_at is null desc, finished_at desc nulls first,
                  planned_start
         limit 1",
        vehicle.0,
        day,
        CARRIED_DAYS
    )
    .fetch_optional(conn)
    .await?
    .map(Route::try_from)
    .transpose()
}

/// What [`route_of_vehicle`] answers of a hub's running day, which is `today` while none is open, with that day and the revision
/// of its plan, 0 without one: all that a phone asks for first, in one look. A route that waits at the hub with nothing to bring
/// is none.
pub async fn route_to_drive(
    conn: &mut Conn,
    (hub, today): (HubId, Day),
    vehicle: VehicleId,
) -> Result<Option<(Route, Day, i32)>, StoreError> {
    let found = sqlx::query!(
        r#"with running as (
               select coalesce((select day from service_days where hub_id = $1 and closed_at is null
                                order by day limit 1), $3) as day
           )
           select r.id, r.hub_id, r.day, r.vehicle_id, r.shift_id, r.driver_id, r.planned_start, r.planned_end,
                  r.shift_until, r.departed_at, r.finished_at, running.day as "running!",
                  coalesce((select p.revision from plans p where p.hub_id = $1 and p.day = running.day
                                                             and p.state = 'published'), 0) as "revision!"
           from routes r, running
           where r.vehicle_id = $2 and r.day between running.day - $4::int4 and running.day
             and (r.departed_at is not null and (r.day = running.day or r.finished_at is null)
                  or r.day = running.day
                     and exists (select from stops s where s.route_id = r.id and s.state in ('pending', 'arrived')))
           order by r.day desc, r.departed_at is not null and r.finished_at is null desc,
                    r.finished_at desc nulls first, r.planned_start
           limit 1"#,
        hub.0,
        vehicle.0,
        today,
        CARRIED_DAYS
    )
    .fetch_optional(conn)
    .await?;
    found
        .map(|r| {
            Ok((
                Route::try_from(RouteRow {
                    id: r.id,
                    hub_id: r.hub_id,
                    day: r.day,
                    vehicle_id: r.vehicle_id,
                    shift_id: r.shift_id,
                    driver_id: r.driver_id,
                    planned_start: r.planned_start,
                    planned_end: r.planned_end,
                    shift_until: r.shift_until,
                    departed_at: r.departed_at,
                    finished_at: r.finished_at,
                })?,
                r.running,
                r.revision,
            ))
        })
        .transpose()
}

/// Every route of every day, for comparing with the history.
pub(crate) async fn all_routes(conn: &mut Conn) -> Result<Vec<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Route::try_from)
    .collect()
}

/// Every plan of every day, for comparing with the history.
pub(crate) async fn all_plans(conn: &mut Conn) -> Result<Vec<Plan>, StoreError> {
    sqlx::query_as!(PlanRow, "select id, hub_id, day, revision, published_at, state from plans")
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(Plan::try_from)
        .collect()
}

/// Writes what a plan says of routes: who drives, when they leave and come back. How far they have come stays as it is.
pub async fn save_routes(
    tx: &mut Tx,
    _day: &DayLock,
    locks: &mut RouteLocks,
    routes: &[Route],
) -> Result<(), StoreError> {
    let id: Vec<_> = routes.iter().map(|r| r.id.0).collect();
    let hub: Vec<_> = routes.iter().map(|r| r.hub.0).collect();
    let day: Vec<_> = routes.iter().map(|r| r.day).collect();
    let vehicle: Vec<_> = routes.iter().map(|r| r.vehicle.0).collect();
    let shift: Vec<_> = routes.iter().map(|r| r.shift.map(|shift| shift.0)).collect();
    let driver: Vec<_> = routes.iter().map(|r| r.driver.0).collect();
    let start: Vec<_> = routes.iter().map(|r| r.planned_start).collect();
    let end: Vec<_> = routes.iter().map(|r| r.planned_end).collect();
    let until: Vec<_> = routes.iter().map(|r| r.shift_until).collect();
    sqlx::query!(
        "insert into routes (id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::uuid[], $6::uuid[],
                              $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
         on conflict (id) do update set
             shift_id = excluded.shift_id, driver_id = excluded.driver_id, planned_start = excluded.planned_start,
             planned_end = excluded.planned_end, shift_until = excluded.shift_until",
        &id,
        &hub,
        &day,
        &vehicle,
        &shift as _,
        &driver,
        &start,
        &end,
        &until
    )
    .execute(&mut **tx)
    .await?;
    locks.written(routes);
    Ok(())
}

/// Writes how far a route has come.
pub async fn save_progress(tx: &mut Tx, locks: &mut RouteLocks, route: &Route) -> Result<(), StoreError> {
    locks.must_hold(route.id)?;
    sqlx::query!(
        "update routes set departed_at = $2, finished_at = $3 where id = $1",
        route.id.0,
        route.state.departed_at(),
        route.state.finished_at()
    )
    .execute(&mut **tx)
    .await?;
    locks.written(std::slice::from_ref(route));
    Ok(())
}

/// The vehicle's label of each of these routes.
pub async fn labels(
    conn: &mut Conn,
    routes: &[RouteId],
) -> Result<std::collections::HashMap<RouteId, String>, StoreError> {
    let ids: Vec<_> = routes.iter().map(|id| id.0).collect();
    Ok(sqlx::query!(
        "select r.id, v.label from routes r join vehicles v on v.id = r.vehicle_id where r.id = any($1)",
        &ids
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (RouteId(r.id), r.label))
    .collect())
}
