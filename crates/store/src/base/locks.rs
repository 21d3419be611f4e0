//! Locks as values: who holds one can prove it, and the order in which they are taken is the same everywhere.
//!
//! The order is rosters, day, routes, orders, exceptions, and within a kind by id. A stop has no lock of its own: whoever writes one
//! holds its route's. A driver's report takes its own route's lock, so drivers never wait for each other; a plan takes the
//! day's and those of the routes that it writes. Keys never change, so rows are locked without theirs: whoever only refers to
//! one, as a new report does to its vehicle, does not wait.

use crate::{Conn, StoreError, Tx, plans};
use domain::{Day, HubId, Route, RouteId, StopId, VehicleId};
use std::collections::{BTreeMap, BTreeSet};

/// Proof that a transaction holds a hub's day: nobody else plans it, and no vehicle leaves, until the transaction ends.
#[derive(Debug)]
pub struct DayLock {
    hub: HubId,
    day: Day,
}

impl DayLock {
    /// Takes the lock, waiting for whoever has it.
    pub async fn take(tx: &mut Tx, hub: HubId, day: Day) -> Result<Self, StoreError> {
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7))", format!("{hub}/{day}"))
            .execute(&mut **tx)
            .await?;
        Ok(Self { hub, day })
    }

    /// Whose day.
    pub fn hub(&self) -> HubId {
        self.hub
    }

    /// Which day.
    pub fn day(&self) -> Day {
        self.day
    }
}

/// Keeps days of a hub from closing, and from being planned, until the transaction ends; waits for whoever does either. Others
/// may do the same beside it. Taken where a [`DayLock`] would be.
pub async fn hold_days(tx: &mut Tx, hub: HubId, days: impl Iterator<Item = Day>) -> Result<(), StoreError> {
    let days: BTreeSet<Day> = days.collect();
    let keys: Vec<String> = days.into_iter().map(|day| format!("{hub}/{day}")).collect();
    sqlx::query!(
        "select pg_advisory_xact_lock_shared(hashtextextended(key, 7)) from unnest($1::text[]) as t (key)",
        &keys
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Waits for whoever else sets up a hub, until the transaction ends. Taken before any other lock.
pub async fn set_up(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('set up', 7))").execute(&mut **tx).await?;
    Ok(())
}

/// Waits for whoever else changes who may come in, until the transaction ends. Taken before any other lock, and with no other.
pub async fn people(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('people', 7))").execute(&mut **tx).await?;
    Ok(())
}

/// Waits for whoever else changes a hub's zones, until the transaction ends. Taken with no other lock.
pub async fn zones(tx: &mut Tx, hub: HubId) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7))", format!("zones of {hub}"))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Proof that nobody else changes the roster, of whichever hub and day, until the transaction ends.
#[derive(Debug)]
pub struct RosterLock(());

impl RosterLock {
    /// Takes the lock, waiting for whoever has it. Taken before the day's.
    pub async fn take(tx: &mut Tx) -> Result<Self, StoreError> {
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended('rosters', 7))")
            .execute(&mut **tx)
            .await?;
        Ok(Self(()))
    }
}

/// Proof that a transaction holds routes, each as it was read once it was locked.
#[derive(Debug, Default)]
pub struct RouteLocks(BTreeMap<RouteId, Route>);

impl RouteLocks {
    /// Locks routes in the order of their ids; those that do not exist are left out.
    pub async fn take(tx: &mut Tx, ids: &[RouteId]) -> Result<Self, StoreError> {
        Ok(Self(plans::lock(tx, ids).await?.into_iter().map(|r| (r.id, r)).collect()))
    }

    /// A locked route.
    pub fn get(&self, id: RouteId) -> Option<&Route> {
        self.0.get(&id)
    }

    /// Every locked route, by id.
    pub fn all(&self) -> impl Iterator<Item = &Route> {
        self.0.values()
    }

    /// Routes that this transaction has written: they are its own, whether new or locked before.
    pub(crate) fn written(&mut self, routes: &[Route]) {
        self.0.extend(routes.iter().map(|r| (r.id, r.clone())));
    }

    /// Refuses a route that is not locked.
    pub(crate) fn must_hold(&self, route: RouteId) -> Result<(), StoreError> {
        if self.0.contains_key(&route) { Ok(()) } else { Err(StoreError::NotLocked { route: route.0 }) }
    }
}

/// The routes that have to be locked before these vehicles' routes of a day and these stops may change, by id. Read it under
/// the day's lock: then no route is added and no stop changes its route.
pub async fn routes_concerned(
    conn: &mut Conn,
    day: &DayLock,
    vehicles: &[VehicleId],
    stops: &[StopId],
) -> Result<Vec<RouteId>, StoreError> {
    plans::concerned(conn, day.hub, day.day, vehicles, stops).await
}
