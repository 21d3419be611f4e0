//! The whole current state, read from the tables, to be compared with what the history adds up to.

use crate::{Conn, StoreError, Tx, exceptions, hubs, orders, plans, roads, service_days, stops, vehicles};
use domain::Ledger;

/// Reads every table of current state.
pub async fn read(conn: &mut Conn) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    for hub in hubs::all(conn).await? {
        ledger.vehicles.extend(vehicles::of_hub(conn, hub.id).await?.into_iter().map(|v| (v.id, v)));
    }
    ledger.days = service_days::all(conn).await?.into_iter().map(|d| ((d.hub, d.day), d)).collect();
    ledger.orders = orders::all(conn).await?.into_iter().map(|o| (o.id, o)).collect();
    ledger.plans = plans::all_plans(conn).await?.into_iter().map(|p| (p.id, p)).collect();
    ledger.routes = plans::all_routes(conn).await?.into_iter().map(|r| (r.id, r)).collect();
    ledger.stops = stops::all(conn).await?.into_iter().map(|s| (s.id, s)).collect();
    ledger.attempts = stops::all_attempts(conn).await?.into_iter().map(|a| (a.id, a)).collect();
    ledger.exceptions = exceptions::all(conn).await?.into_iter().map(|e| (e.id, e)).collect();
    ledger.closures = roads::all(conn).await?.into_iter().map(|c| (c.id, c)).collect();
    ledger.weather = roads::all_weather(conn).await?.into_iter().collect();
    Ok(ledger)
}

/// What the history adds up to and what the tables hold, both as of one moment, and of how many events; the first event that
/// cannot have happened ends it.
pub async fn rebuilt_and_stored(tx: &mut Tx) -> Result<(Ledger, Ledger, usize), StoreError> {
    sqlx::query!("set transaction isolation level repeatable read, read only").execute(&mut **tx).await?;
    let (mut rebuilt, mut count) = (Ledger::default(), 0);
    for event in crate::events::all(tx).await? {
        count += 1;
        let fault = |why: domain::Refusal| StoreError::CorruptEvent { id: count, why: why.to_string() };
        rebuilt.apply(&event).map_err(fault)?;
    }
    Ok((rebuilt, read(tx).await?, count as usize))
}
