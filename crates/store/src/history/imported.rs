//! Days of the past that are brought in whole: everything is written once, as it is in the end.

use crate::{Conn, StoreError, Tx};
use domain::{
    Attempt, Day, HubId, Instant, Plan, Route, RouteId, ServiceDay, Stop, StopState, VehicleId, Window,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Waits for whoever else brings history into a hub, until the transaction ends. Taken with no other lock.
pub async fn lock(tx: &mut Tx, hub: HubId) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7))", format!("history of {hub}"))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Which of these days of a hub are there, and whether each was brought in.
pub async fn days(conn: &mut Conn, hub: HubId, days: &[Day]) -> Result<HashMap<Day, bool>, StoreError> {
    let rows = sqlx::query!(
        "select day, imported from service_days where hub_id = $1 and day = any($2)",
        hub.0,
        days
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|r| (r.day, r.imported)).collect())
}

/// Adds days that are over, each with the plan that held.
pub async fn add_days(tx: &mut Tx, days: &[(ServiceDay, Plan)]) -> Result<(), StoreError> {
    let hub: Vec<_> = days.iter().map(|(d, _)| d.hub.0).collect();
    let day: Vec<_> = days.iter().map(|(d, _)| d.day).collect();
    let opened: Vec<_> = days.iter().map(|(d, _)| d.opened_at).collect();
    let closed: Vec<_> = days.iter().map(|(d, _)| d.closed_at).collect();
    sqlx::query!(
        "insert into service_days (hub_id, day, opened_at, closed_at, imported)
         select *, true from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[])",
        &hub,
        &day,
        &opened,
        &closed as &[Option<Instant>]
    )
    .execute(&mut **tx)
    .await?;
    for (_, plan) in days {
        crate::plans::save(tx, plan).await?;
    }
    Ok(())
}

/// The rounds of these days: by vehicle and departure, each with its day.
pub async fn routes(
    conn: &mut Conn,
    hub: HubId,
    days: &[Day],
) -> Result<HashMap<(VehicleId, Instant), (RouteId, Day)>, StoreError> {
    let rows = sqlx::query!(
        r#"select id, vehicle_id, day, departed_at as "departed_at!" from routes
           where hub_id = $1 and day = any($2) and departed_at is not null"#,
        hub.0,
        days
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows.map(|r| ((VehicleId(r.vehicle_id), r.departed_at), (RouteId(r.id), r.day))).collect())
}

/// A round as it was in the end, and how far it was planned and driven, in metres.
#[derive(Debug, Clone)]
pub struct Driven {
    /// The round.
    pub route: Route,
    /// The plan.
    pub planned_m: Option<i32>,
    /// The drive.
    pub driven_m: Option<i32>,
}

/// Adds rounds. Nobody measures them again.
pub async fn add_routes(tx: &mut Tx, driven: &[Driven]) -> Result<(), StoreError> {
    let routes: Vec<&Route> = driven.iter().map(|d| &d.route).collect();
    let id: Vec<_> = routes.iter().map(|r| r.id.0).collect();
    let hub: Vec<_> = routes.iter().map(|r| r.hub.0).collect();
    let day: Vec<_> = routes.iter().map(|r| r.day).collect();
    let vehicle: Vec<_> = routes.iter().map(|r| r.vehicle.0).collect();
    let shift: Vec<_> = routes.iter().map(|r| r.shift.map(|shift| shift.0)).collect();
    let driver: Vec<_> = routes.iter().map(|r| r.driver.0).collect();
    let start: Vec<_> = routes.iter().map(|r| r.planned_start).collect();
    let end: Vec<_> = routes.iter().map(|r| r.planned_end).collect();
    let until: Vec<_> = routes.iter().map(|r| r.shift_until).collect();
    let departed: Vec<_> = routes.iter().map(|r| r.state.departed_at()).collect();
    let finished: Vec<_> = routes.iter().map(|r| r.state.finished_at()).collect();
    let planned_m: Vec<_> = driven.iter().map(|d| d.planned_m).collect();
    let driven_m: Vec<_> = driven.iter().map(|d| d.driven_m).collect();
    sqlx::query!(
        "insert into routes (id, hub_id, day, vehicle_id, shift_id, driver_id, planned_start, planned_end, shift_until,
                             departed_at, finished_at, planned_m, driven_m, plan_measured, drive_measured)
         select *, true, true from unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::uuid[], $6::uuid[],
                                          $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
                                          $11::timestamptz[], $12::int4[], $13::int4[])",
        &id,
        &hub,
        &day,
        &vehicle,
        &shift as &[Option<Uuid>],
        &driver,
        &start,
        &end,
        &until,
        &departed as &[Option<Instant>],
        &finished as &[Option<Instant>],
        &planned_m as &[Option<i32>],
        &driven_m as &[Option<i32>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds stops that are over.
pub async fn add_stops(tx: &mut Tx, stops: &[Stop]) -> Result<(), StoreError> {
    let id: Vec<_> = stops.iter().map(|s| s.id.0).collect();
    let route: Vec<_> = stops.iter().map(|s| s.route.0).collect();
    let order: Vec<_> = stops.iter().map(|s| s.order.0).collect();
    let sequence: Vec<_> = stops.iter().map(|s| s.sequence).collect();
    let arrival: Vec<_> = stops.iter().map(|s| s.planned_arrival).collect();
    let departure: Vec<_> = stops.iter().map(|s| s.planned_departure).collect();
    let travel: Vec<_> = stops.iter().map(|s| s.travel_s).collect();
    let state: Vec<_> = stops.iter().map(|s| s.state.code().to_owned()).collect();
    let arrived: Vec<_> = stops.iter().map(|s| s.state.arrived_at()).collect();
    let ended: Vec<_> = stops.iter().map(|s| s.state.ended_at()).collect();
    let outcome: Vec<_> = stops
        .iter()
        .map(|s| match s.state {
            StopState::Done { outcome, .. } => Some(outcome.code().to_owned()),
            _ => None,
        })
        .collect();
    sqlx::query!(
        "insert into stops (id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, state,
                            arrived_at, ended_at, outcome)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int4[], $5::timestamptz[], $6::timestamptz[],
                              $7::int4[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[])",
        &id,
        &route,
        &order,
        &sequence,
        &arrival,
        &departure,
        &travel,
        &state,
        &arrived as &[Option<Instant>],
        &ended as &[Option<Instant>],
        &outcome as &[Option<String>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds attempts, each with the window that was promised when it ended.
pub async fn add_attempts(tx: &mut Tx, attempts: &[(Attempt, Window)]) -> Result<(), StoreError> {
    let id: Vec<_> = attempts.iter().map(|(a, _)| a.id.0).collect();
    let stop: Vec<_> = attempts.iter().map(|(a, _)| a.stop.0).collect();
    let order: Vec<_> = attempts.iter().map(|(a, _)| a.order.0).collect();
    let route: Vec<_> = attempts.iter().map(|(a, _)| a.route.0).collect();
    let number: Vec<_> = attempts.iter().map(|(a, _)| a.number).collect();
    let arrived: Vec<_> = attempts.iter().map(|(a, _)| a.arrived_at).collect();
    let ended: Vec<_> = attempts.iter().map(|(a, _)| a.ended_at).collect();
    let outcome: Vec<_> = attempts.iter().map(|(a, _)| a.outcome.code().to_owned()).collect();
    let note: Vec<_> = attempts.iter().map(|(a, _)| a.note.clone()).collect();
    let from: Vec<_> = attempts.iter().map(|(_, promised)| promised.from()).collect();
    let until: Vec<_> = attempts.iter().map(|(_, promised)| promised.until()).collect();
    let further: Vec<_> = attempts.iter().map(|(a, _)| a.further).collect();
    sqlx::query!(
        "insert into attempts (id, stop_id, order_id, route_id, number, arrived_at, ended_at, outcome, note,
                               promised_from, promised_until, further)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int4[], $6::timestamptz[],
                              $7::timestamptz[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[],
                              $12::bool[])",
        &id,
        &stop,
        &order,
        &route,
        &number,
        &arrived,
        &ended,
        &outcome,
        &note as &[Option<String>],
        &from,
        &until,
        &further
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
