//! When every open stop of the day is expected, for machines: shops' systems, and whoever scores what we say.
//!
//! Not here: how it is estimated (`crate::watching`).

use crate::{Caller, Operations, Result, day::book::DayBook};
use domain::{ExceptionKind, ExceptionState, HubId, StopState};
use std::collections::HashSet;
use wire::machine::{Estimates, StopEstimate};

impl Operations {
    /// What a hub publishes now of every stop that is not over, by route and place.
    pub async fn estimates(&self, caller: &Caller, hub: Option<HubId>) -> Result<Estimates> {
        caller.must_be_machine()?;
        let mut conn = self.0.database.read().await?;
        let site = self.site_for(caller, hub).await?;
        let book = DayBook::read(self, &mut conn, &site, None).await?;
        let exceptions = store::exceptions::of_day(&mut conn, book.hub.id, book.day).await?;
        drop(conn);
        let ranges = self.0.ranges.get(book.hub.id).unwrap_or_default();
        let is_open = |state: &ExceptionState| !matches!(state, ExceptionState::Resolved { .. });
        let late: HashSet<_> = exceptions
            .iter()
            .filter(|e| e.kind == ExceptionKind::Late && is_open(&e.state))
            .filter_map(|e| e.stop)
            .collect();
        let stops = book.routes.iter().flat_map(|route| {
            let vehicle = book.vehicles.get(&route.vehicle);
            let open = book.stops_of(route.id).iter().filter(|s| s.stop.state.is_open());
            let (late, ranges, now) = (&late, &ranges, book.now);
            open.filter_map(move |s| {
                let vehicle = vehicle?;
                let arrived = match s.stop.state {
                    StopState::Arrived { at } => Some(at),
                    _ => None,
                };
                let eta = s.eta.filter(|_| arrived.is_none());
                let range = eta.and_then(|eta| ranges.around(eta, now));
                Some(StopEstimate {
                    stop: s.stop.id,
                    reference: s.reference.clone(),
                    vehicle: vehicle.label.clone(),
                    kind: vehicle.kind,
                    left: route.state.departed_at().is_some(),
                    window_from: s.window.from(),
                    window_until: s.window.until(),
                    planned: s.stop.planned_arrival,
                    arrived,
                    expected: eta,
                    earliest: range.map(|r| r.0),
                    latest: range.map(|r| r.1),
                    late: late.contains(&s.stop.id),
                })
            })
        });
        Ok(Estimates {
            now: book.now,
            revision: book.plan.as_ref().map(|plan| plan.revision),
            stops: stops.collect(),
        })
    }
}
