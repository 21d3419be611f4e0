//! The whole current state, read from the tables, to be compared with what the history adds up to.

use crate::{Conn, StoreError, exceptions, fleet, orders, plans, roads, stops};
use domain::Ledger;

/// Reads every table of current state.
pub async fn read(conn: &mut Conn) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    for hub in fleet::hubs(conn).await? {
        ledger.vehicles.extend(fleet::vehicles(conn, hub.id).await?.into_iter().map(|v| (v.id, v)));
    }
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
