//! What drivers have to do, kept until it changes: phones ask far more often than anything changes.

use crate::{Caller, Operations, OpsError, Result, base::work::Touched};
use domain::{HubId, RouteId, VehicleId};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant as Tick;
use wire::driver::DriverRoute;

/// What this process changes is read again at once; what another program changed is seen after this.
const HOLDS: Duration = Duration::from_secs(30);
/// At this many, the changes of single routes are forgotten together with all answers.
const MANY: usize = 50_000;

/// The answers that were given, and when what they say has changed.
#[derive(Default)]
pub(crate) struct DriverRoutes(Mutex<Book>);

/// Moments are counted in changes.
#[derive(Default)]
struct Book {
    now: u64,
    /// The last change of everything.
    all: u64,
    /// The last change of everything at a hub.
    hubs: HashMap<HubId, u64>,
    routes: HashMap<RouteId, u64>,
    answers: HashMap<VehicleId, Answer>,
}

struct Answer {
    /// Before it was read.
    read: u64,
    at: Tick,
    /// Nothing when the vehicle has no route.
    route: Option<DriverRoute>,
}

impl Book {
    fn change(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn changed(&self, hub: HubId, route: Option<RouteId>) -> u64 {
        let of_hub = self.hubs.get(&hub).copied().unwrap_or(0);
        let of_route = route.and_then(|id| self.routes.get(&id).copied()).unwrap_or(0);
        self.all.max(of_hub).max(of_route)
    }
}

impl DriverRoutes {
    fn book(&self) -> MutexGuard<'_, Book> {
        // What is kept here is read anew from the database, so a panic elsewhere leaves nothing to protect.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was committed at a hub.
    pub fn note(&self, hub: HubId, touched: &Touched) {
        let mut book = self.book();
        if touched.plan || touched.all {
            let now = book.change();
            book.hubs.insert(hub, now);
        } else if !touched.routes.is_empty() {
            let now = book.change();
            book.routes.extend(touched.routes.iter().map(|id| (*id, now)));
        }
        if book.routes.len() > MANY {
            drop(book);
            self.note_all();
        }
    }

    /// Everybody's answer may have changed.
    pub fn note_all(&self) {
        let mut book = self.book();
        book.all = book.change();
        book.routes.clear();
        book.answers.clear();
    }

    fn now(&self) -> u64 {
        self.book().now
    }

    /// What was answered to a vehicle, if it still holds.
    fn get(&self, vehicle: VehicleId, hub: HubId) -> Option<Option<DriverRoute>> {
        let book = self.book();
        let answer = book.answers.get(&vehicle)?;
        let changed = book.changed(hub, answer.route.as_ref().map(|route| route.route));
        (answer.read >= changed && answer.at.elapsed() < HOLDS).then(|| answer.route.clone())
    }

    fn keep(&self, vehicle: VehicleId, read: u64, route: Option<DriverRoute>) {
        self.book().answers.insert(vehicle, Answer { read, at: Tick::now(), route });
    }
}

impl Operations {
    /// What the driver of this vehicle has to do today.
    pub async fn driver_route(&self, caller: &Caller) -> Result<DriverRoute> {
        let (vehicle, hub) = caller.vehicle()?;
        if let Some(answer) = self.0.driver_routes.get(vehicle, hub) {
            return answer.ok_or(OpsError::NotFound);
        }
        let read = self.0.driver_routes.now();
        let route = self.read_driver_route(vehicle, hub).await?;
        self.0.driver_routes.keep(vehicle, read, route.clone());
        route.ok_or(OpsError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn route(n: u128) -> DriverRoute {
        DriverRoute {
            route: RouteId(Uuid::from_u128(n)),
            revision: 1,
            planned_start: Default::default(),
            hub: wire::Point { lat: 35.9, lon: 14.5 },
            stops: vec![],
            reload_before: None,
            breaks: vec![],
            closures: vec![],
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_holds_until_its_own_route_its_hub_or_everything_changes() {
        let hub = |n| HubId(Uuid::from_u128(n));
        let van = |n| VehicleId(Uuid::from_u128(n));
        let one_route = |n| Touched { routes: vec![RouteId(Uuid::from_u128(n))], ..Touched::default() };
        let routes = DriverRoutes::default();
        let answer_all = || {
            routes.keep(van(1), routes.now(), Some(route(1)));
            routes.keep(van(2), routes.now(), Some(route(2)));
            routes.keep(van(3), routes.now(), None);
        };
        let holding = || [(1, 1), (2, 1), (3, 2)].map(|(n, at)| routes.get(van(n), hub(at)).is_some());

        answer_all();
        assert_eq!(holding(), [true; 3]);
        routes
            .note(hub(1), &Touched { arrived: one_route(1).routes, exceptions: true, ..Touched::default() });
        assert_eq!(holding(), [true; 3], "nobody has anything else to do");
        routes.note(hub(1), &one_route(2));
        assert_eq!(holding(), [true, false, true]);
        answer_all();
        routes.note(hub(1), &Touched { plan: true, ..Touched::default() });
        assert_eq!(holding(), [false, false, true]);
        routes.note(hub(2), &Touched { all: true, ..Touched::default() });
        assert_eq!(holding(), [false; 3], "a day without a plan has one now");
        answer_all();
        routes.note_all();
        assert_eq!(holding(), [false; 3]);

        let before = routes.now();
        routes.note(hub(1), &one_route(1));
        routes.keep(van(1), before, Some(route(1)));
        assert!(!holding()[0], "it was read while its route changed");
        answer_all();
        tokio::time::advance(HOLDS).await;
        assert_eq!(holding(), [false; 3]);
    }
}
