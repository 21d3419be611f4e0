//! The whole current state, read from the tables, to be compared with what the history adds up to.

use crate::{
    Conn, StoreError, Tx, exceptions, hubs, orders, plans, roads, service_days, shifts, stops, vehicles,
    zones,
};
use domain::Ledger;

/// So many events are held at a time.
const PART: i64 = 5_000;

/// Reads every table of current state, without what names a person, which no event holds.
pub async fn read(conn: &mut Conn) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    for hub in hubs::all(conn).await? {
        let vehicles = vehicles::of_hub(conn, hub.id).await?;
        ledger.vehicles.extend(vehicles.into_iter().map(|v| (v.id, v.without_name())));
    }
    ledger.shifts = shifts::all(conn).await?.into_iter().map(|s| (s.id, s)).collect();
    ledger.days = service_days::all(conn).await?.into_iter().map(|d| (d.id(), d)).collect();
    let orders = orders::all(conn).await?;
    ledger.orders = orders.into_iter().map(|o| (o.id, o.without_recipient())).collect();
    ledger.plans = plans::all_plans(conn).await?.into_iter().map(|p| (p.id, p)).collect();
    ledger.routes = plans::all_routes(conn).await?.into_iter().map(|r| (r.id, r)).collect();
    ledger.stops = stops::all(conn).await?.into_iter().map(|s| (s.id, s)).collect();
    ledger.attempts = stops::all_attempts(conn).await?.into_iter().map(|a| (a.id, a)).collect();
    ledger.exceptions = exceptions::all(conn).await?.into_iter().map(|e| (e.id, e)).collect();
    ledger.closures = roads::all(conn).await?.into_iter().map(|c| (c.id, c)).collect();
    ledger.weather = roads::all_weather(conn).await?.into_iter().collect();
    ledger.zones = zones::all(conn).await?.into_iter().map(|z| (z.id, z)).collect();
    Ok(ledger)
}

/// What the history adds up to, and of how many events; the first that cannot be read, or cannot have happened, ends it. The
/// events are read in parts; what they add up to is held whole.
pub async fn rebuilt(conn: &mut Conn) -> Result<(Ledger, usize), StoreError> {
    let (mut rebuilt, mut count, mut last) = (Ledger::default(), 0, 0);
    loop {
        let part = crate::events::after(conn, last, PART).await?;
        if part.is_empty() {
            return Ok((rebuilt, count));
        }
        for (id, event) in part {
            let fault = |why: domain::Refusal| StoreError::CorruptEvent { id, why: why.to_string() };
            rebuilt.apply(&event).map_err(fault)?;
            (count, last) = (count + 1, id);
        }
    }
}

/// From now on everything in the transaction is read as of one moment.
pub async fn hold_still(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("set transaction isolation level repeatable read, read only").execute(&mut **tx).await?;
    Ok(())
}
