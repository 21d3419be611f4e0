//! Plans and routes.

use crate::{Conn, StoreError, Tx};
use domain::{Day, DriverId, HubId, Instant, Plan, PlanId, PlanState, Route, RouteId, RouteState, VehicleId};
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

/// Serialises all that changes a hub's plan of a day, until the transaction ends.
pub async fn lock_day(tx: &mut Tx, hub: HubId, day: Day) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7))", format!("{hub}/{day}"))
        .execute(&mut **tx)
        .await?;
    Ok(())
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
            driver: DriverId(row.driver_id),
            planned_start: row.planned_start,
            planned_end: row.planned_end,
            shift_until: row.shift_until,
            state,
        })
    }
}

/// Every route of a day.
pub async fn routes(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes where hub_id = $1 and day = $2 order by id",
        hub.0,
        day
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Route::try_from)
    .collect()
}

/// One route.
pub async fn route(conn: &mut Conn, id: RouteId) -> Result<Option<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes where id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Route::try_from)
    .transpose()
}

/// One route, locked until the transaction ends.
pub async fn lock_route(tx: &mut Tx, id: RouteId) -> Result<Option<Route>, StoreError> {
    sqlx::query!("select id from routes where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    route(tx, id).await
}

/// The route of a vehicle on a day.
pub async fn route_of_vehicle(
    conn: &mut Conn,
    vehicle: VehicleId,
    day: Day,
) -> Result<Option<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until, departed_at,
                finished_at
         from routes where vehicle_id = $1 and day = $2",
        vehicle.0,
        day
    )
    .fetch_optional(conn)
    .await?
    .map(Route::try_from)
    .transpose()
}

/// Every route of every day, for comparing with the history.
pub(crate) async fn all_routes(conn: &mut Conn) -> Result<Vec<Route>, StoreError> {
    sqlx::query_as!(
        RouteRow,
        "select id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until, departed_at,
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

/// Writes routes.
pub async fn save_routes(tx: &mut Tx, routes: &[Route]) -> Result<(), StoreError> {
    for route in routes {
        sqlx::query!(
            "insert into routes (id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until,
                                 departed_at, finished_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (id) do update set
                 planned_start = excluded.planned_start, planned_end = excluded.planned_end,
                 shift_until = excluded.shift_until, departed_at = excluded.departed_at,
                 finished_at = excluded.finished_at",
            route.id.0,
            route.hub.0,
            route.day,
            route.vehicle.0,
            route.driver.0,
            route.planned_start,
            route.planned_end,
            route.shift_until,
            route.state.departed_at(),
            route.state.finished_at()
        )
        .execute(&mut **tx)
        .await?;
    }
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
