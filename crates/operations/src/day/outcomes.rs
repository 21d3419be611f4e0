//! What drivers do: leave, arrive, deliver, collect, fail, break down, come by for more, come back.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, clock::new_id, convert::point, work::Work},
    day::{doors::Came, standing::success},
    fleet::rosters::said,
    sites::hubs::Site,
};
use chrono::{SubsecRound, TimeDelta};
use domain::{
    Attempt, AttemptId, ClosureShape, Exception, ExceptionId, ExceptionKind, ExceptionState, Fact, HubId,
    Instant, Order, OrderState, Outcome, Refusal, Route, RouteId, RouteState, Stop, StopId, StopState,
    VehicleId,
};
use store::{
    locks::{DayLock, RouteLocks},
    stops::DayStop,
    visits::visit_numbers,
};
use wire::driver::{
    Deed, DriverClosure, DriverRoute, DriverStop, DriverWindow, OutcomesAnswer, Report, ReportResult,
    ReportStatus,
};

/// How many reports one request may bring.
pub const MOST_REPORTS: usize = 200;
const MOST_TEXT: usize = 500;
/// What a route's driver does cannot be before the route left, but by this much when the phone's clock was set meanwhile.
const CLOCK_SET: TimeDelta = TimeDelta::hours(1);

/// One report on its way into the day.
struct Deeds<'a> {
    ops: &'a Operations,
    work: Work<'a>,
    site: Site,
    vehicle: VehicleId,
    at: Instant,
}

impl Operations {
    /// Stores what a driver did; each report gets its own answer, after the commit that holds it. Sending one twice
    /// changes nothing.
    pub async fn record_outcomes(&self, caller: &Caller, reports: Vec<Report>) -> Result<OutcomesAnswer> {
        let (vehicle, _) = caller.vehicle()?;
        if reports.len() > MOST_REPORTS {
            return Err(OpsError::Invalid(format!("send at most {MOST_REPORTS} reports in one request")));
        }
        let mut results = Vec::with_capacity(reports.len());
        for report in reports {
            let id = report.id;
            let stored = once_more!(self.record_outcome(caller, vehicle, report.clone()).await);
            let (result, why) = match stored {
                Ok(true) => (ReportStatus::Stored, None),
                Ok(false) => (ReportStatus::Known, None),
                Err(e) if e.is_passing() => return Err(e),
                Err(e @ (OpsError::Refused(_) | OpsError::NotFound | OpsError::Invalid(_))) => {
                    (ReportStatus::Refused, Some(bounds::why_refused(&report.what, &e)))
                }
                Err(e) => {
                    // What is ours to mend must not keep the reports behind it from being stored.
                    let number = e.log_under_a_number();
                    let why = format!("our fault, error {number}: send it again later");
                    (ReportStatus::Later, Some(why))
                }
            };
            results.push(ReportResult { id, result, why });
        }
        Ok(OutcomesAnswer { results })
    }

    async fn record_outcome(&self, caller: &Caller, vehicle: VehicleId, report: Report) -> Result<bool> {
        let now = self.now();
        let at = report.at.trunc_subsecs(3);
        if let Some(fault) = bounds::report_time_fault(at, now) {
            return Err(OpsError::Invalid(format!("at: {fault}")));
        }
        let site = self.site_of(caller.vehicle()?.1).await?;
        let mut work = self.begin(caller, site.hub.id).await?;
        if !store::positions::first_time(&mut work.tx, report.id, vehicle, now).await? {
            return Ok(false);
        }
        let mut deeds = Deeds { ops: self, work, site, vehicle, at: at.min(now) };
        match report.what {
            Deed::Departed { route } => deeds.departed(route).await?,
            Deed::Arrived { stop } => deeds.arrived(stop).await?,
            Deed::Delivered { stop, outcome, note } if outcome.is_success() && !outcome.takes() => {
                deeds.ended(stop, outcome, note).await?;
            }
            Deed::Collected { stop, outcome, note } if outcome.takes() => {
                deeds.ended(stop, outcome, note).await?;
            }
            Deed::Failed { stop, outcome, note } if !outcome.is_success() => {
                deeds.ended(stop, outcome, note).await?;
            }
            Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. } => {
                return Err(OpsError::Invalid(
                    "outcome: it does not fit the kind of the report: send `collected` and `exchanged` with the kind \
                     `collected`, what begins with `delivered_` with `delivered`, and what begins with `failed_` with `failed`"
                        .into(),
                ));
            }
            Deed::OffRoad { reason } => deeds.off_road(reason).await?,
            Deed::Recovered => deeds.recovered().await?,
            Deed::Reloaded { route } => deeds.reloaded(route).await?,
            Deed::Returned { route } => deeds.returned(route).await?,
        }
        self.0.pauses.at("report").await;
        deeds.work.commit().await?;
        Ok(true)
    }

    /// What the driver of a vehicle has to do today; nothing without a route. Reads that route and not the day.
    pub(super) async fn read_driver_route(
        &self,
        vehicle: VehicleId,
        hub: HubId,
    ) -> Result<Option<DriverRoute>> {
        let site = self.site_of(hub).await?;
        let Site { hub, zone } = &site;
        let now = self.now();
        let mut conn = self.0.database.read().await?;
        let calendar = (hub.id, zone.day(now));
        let found = store::plans::route_to_drive(&mut conn, calendar, vehicle).await?;
        let Some((route, day, revision)) = found else { return Ok(None) };
        let all = store::stops::of_day(&mut conn, hub.id, day, Some(&[route.id])).await?;
        let today = zone.bounds(day).1;
        let closures = store::roads::closures(&mut conn, now).await?;
        let closures = closures.into_iter().filter(|c| c.from < today).map(|c| DriverClosure {
            area: matches!(c.shape, ClosureShape::Area(_)),
            places: c.shape.places().iter().map(|&at| point(at)).collect(),
            bars: c.bars,
            from: c.from,
            until: c.until,
        });
        let open: Vec<_> = all.iter().filter(|s| s.stop.state.is_open()).map(|s| s.stop.order).collect();
        let mut notes = store::orders::notes(&mut conn, &open).await?;
        let reload_before = route
            .reloads_before(all.iter().map(|s| (&s.stop, !s.lacks_goods())))
            .map(|index| all[index].stop.id);
        let stops = all
            .iter()
            .zip(visit_numbers(&all))
            .filter(|(s, _)| s.stop.state.is_open())
            .map(|(s, visit)| DriverStop {
                stop: s.stop.id,
                sequence: s.stop.sequence,
                visit,
                reference: s.reference.clone(),
                address: s.address.clone(),
                at: point(s.at),
                recipient: s.recipient.clone(),
                window_from: s.window.from(),
                window_until: s.window.until(),
                service_s: s.service_s,
                service: s.service,
                aboard: s.aboard,
                notes: notes.remove(&s.stop.order),
                windows: s
                    .windows
                    .parts()
                    .iter()
                    .map(|part| DriverWindow { from: part.from(), until: part.until() })
                    .collect(),
            })
            .collect();
        // Usual hours have no breaks, and of a day before they are over.
        let shift = match route.shift.filter(|_| route.day == day) {
            Some(shift) => store::shifts::get(&mut conn, shift).await?,
            None => None,
        };
        let breaks = shift.as_ref().and_then(|shift| shift.duty.drives()).map(|(_, hours)| hours.breaks());
        Ok(Some(DriverRoute {
            route: route.id,
            revision,
            planned_start: route.planned_start,
            hub: point(hub.at),
            stops,
            reload_before,
            breaks: breaks.unwrap_or_default().iter().copied().map(said).collect(),
            closures: closures.collect(),
        }))
    }
}

impl Deeds<'_> {
    fn event(&mut self, fact: Fact) {
        self.work.happened_at(self.at, fact);
    }

    /// Locks a route of this vehicle.
    async fn own_route(&mut self, id: RouteId) -> Result<(RouteLocks, Route)> {
        let locks = RouteLocks::take(&mut self.work.tx, &[id]).await?;
        let route = locks.get(id).cloned().ok_or(OpsError::NotFound)?;
        if route.vehicle == self.vehicle { Ok((locks, route)) } else { Err(Refusal::NotThisRoute.into()) }
    }

    /// Locks the day of a route of this vehicle, and the route.
    async fn own_route_of_day(&mut self, id: RouteId) -> Result<(RouteLocks, Route)> {
        let day = store::plans::route(&mut self.work.tx, id).await?.ok_or(OpsError::NotFound)?.day;
        // The plan may be changing at this moment: whoever comes second sees what the first one did.
        DayLock::take(&mut self.work.tx, self.site.hub.id, day).await?;
        self.own_route(id).await
    }

    /// Locks the route of a stop that is this vehicle's, with the routes of `also`, and reads the stop.
    async fn own_stop(&mut self, id: StopId, also: &[RouteId]) -> Result<(RouteLocks, Stop, Route)> {
        let before = store::stops::get(&mut self.work.tx, id).await?.ok_or(OpsError::NotFound)?;
        let mut ids = also.to_vec();
        ids.push(before.route);
        let locks = RouteLocks::take(&mut self.work.tx, &ids).await?;
        let stop = store::stops::get(&mut self.work.tx, id).await?.ok_or(OpsError::NotFound)?;
        let route = locks.get(stop.route).cloned().ok_or(Refusal::NotThisRoute)?;
        if route.vehicle != self.vehicle {
            return Err(Refusal::NotThisRoute.into());
        }
        let departed = route.state.departed_at().ok_or(Refusal::RouteNotDeparted)?;
        self.not_before(departed)?;
        Ok((locks, stop, route))
    }

    /// A deed of a route that left at `departed` was not done before.
    fn not_before(&mut self, departed: Instant) -> Result<()> {
        if self.at < departed - CLOCK_SET {
            return Err(OpsError::Invalid(
                "at: the report is from before the vehicle left the hub: set the device's clock".into(),
            ));
        }
        self.at = self.at.max(departed);
        Ok(())
    }

    async fn departed(&mut self, id: RouteId) -> Result<()> {
        let (mut locks, route) = self.own_route_of_day(id).await?;
        let now = store::plans::route_of_vehicle(&mut self.work.tx, self.vehicle, route.day).await?;
        let is_out = |other: &Route| matches!(other.state, RouteState::UnderWay { .. }) && other.id != id;
        if now.is_some_and(|other| other.day == route.day && is_out(&other)) {
            return Err(Refusal::OtherRouteOut.into());
        }
        let route = route.depart(self.at)?;
        store::plans::save_progress(&mut self.work.tx, &mut locks, &route).await?;
        self.event(Fact::RouteDeparted { route: id, vehicle: self.vehicle });
        self.load(&locks, id).await
    }

    /// Came by the hub: what its stops want and it had not got is aboard now.
    async fn reloaded(&mut self, id: RouteId) -> Result<()> {
        let (locks, route) = self.own_route_of_day(id).await?;
        match route.state {
            RouteState::UnderWay { departed_at } => {
                self.not_before(departed_at)?;
                self.load(&locks, id).await
            }
            RouteState::Published => Err(Refusal::RouteNotDeparted.into()),
            RouteState::Finished { .. } => Err(Refusal::RouteFinished.into()),
        }
    }

    /// At the hub, and at no door: what its stops bring is loaded, and what it has taken along at doors stays there.
    async fn load(&mut self, locks: &RouteLocks, id: RouteId) -> Result<()> {
        let stops = store::stops::open_of_route(&mut self.work.tx, locks, id).await?;
        let at_doors = stops.iter().filter(|s| matches!(s.state, StopState::Arrived { .. })).cloned();
        let left = at_doors.map(Stop::leave).collect::<Result<_, _>>()?;
        Came { arrived: vec![], left }.save(&mut self.work, locks, self.at).await?;
        let mut ids: Vec<_> = stops.iter().map(|s| s.order).collect();
        let aboard = store::orders::aboard(&mut self.work.tx, self.vehicle).await?;
        ids.extend(aboard.iter().filter(|o| o.state.is_over()).map(|o| o.id));
        let mut orders = store::orders::lock(&mut self.work.tx, &ids).await?;
        for order in &mut orders {
            match order.state {
                OrderState::Planned { stop } if order.service.brings() => {
                    *order = order.clone().load(stop, self.vehicle)?;
                    self.event(Fact::OrderLoaded { order: order.id, stop, vehicle: self.vehicle });
                }
                state if state.is_over() && order.aboard == Some(self.vehicle) => {
                    *order = order.clone().unload();
                    self.event(Fact::OrderUnloaded { order: order.id });
                }
                _ => {}
            }
        }
        store::orders::save(&mut self.work.tx, &orders).await?;
        self.work.touched.routes.push(id);
        self.work.touched.orders.extend(ids);
        Ok(())
    }

    async fn arrived(&mut self, id: StopId) -> Result<()> {
        let (locks, stop, route) = self.own_stop(id, &[]).await?;
        if let StopState::Arrived { .. } = stop.state {
            return Ok(());
        }
        stop.arrive(self.at)?;
        let came = Came::to(id, &self.stops_of(&route).await?, self.at)?;
        came.save(&mut self.work, &locks, self.at).await
    }

    /// The stops of a route that were not dropped, by their places.
    async fn stops_of(&mut self, route: &Route) -> Result<Vec<DayStop>> {
        let all = store::stops::of_day(&mut self.work.tx, route.hub, route.day, Some(&[route.id])).await?;
        Ok(all.into_iter().filter(|s| s.stop.route == route.id).collect())
    }

    async fn ended(&mut self, id: StopId, outcome: Outcome, note: Option<String>) -> Result<()> {
        // Since a failed attempt the order may have got another stop, on another route.
        let order = store::stops::get(&mut self.work.tx, id).await?.ok_or(OpsError::NotFound)?.order;
        let order = store::orders::get(&mut self.work.tx, order).await?.ok_or(OpsError::NotFound)?;
        let elsewhere = match order.state.stop().filter(|other| *other != id) {
            Some(other) => store::stops::get(&mut self.work.tx, other).await?,
            None => None,
        };
        let also: Vec<_> = elsewhere.iter().map(|s| s.route).collect();
        let (locks, stop, route) = self.own_stop(id, &also).await?;
        let order =
            store::orders::lock(&mut self.work.tx, &[stop.order]).await?.pop().ok_or(OpsError::NotFound)?;

        let again = stop.state;
        // A device that never said that it arrived was at the door all the same, unless the driver never got there.
        if again == StopState::Pending && outcome != Outcome::FailedNoTime {
            let came = Came::to(id, &self.stops_of(&route).await?, self.at)?.but_for(id);
            came.save(&mut self.work, &locks, self.at).await?;
        }
        let stop = stop.end(self.at, outcome)?;
        let mut left = vec![];
        let order = match order.state.stop().filter(|other| *other != id) {
            Some(other) => {
                let stop = store::stops::get(&mut self.work.tx, other).await?.ok_or(OpsError::NotFound)?;
                left.push(stop.drop_off_plan(self.work.now)?);
                order.lose_stop(other)
            }
            None => order,
        };
        let mut order = order.end(outcome, self.vehicle, self.at)?;
        let StopState::Done { arrived_at, ended_at, .. } = stop.state else {
            return Err(Refusal::StopDone.into());
        };
        let (made, further) =
            store::stops::attempts_made(&mut self.work.tx, order.id, route.id, arrived_at).await?;
        let attempt = Attempt {
            id: AttemptId(new_id()),
            stop: id,
            order: order.id,
            route: route.id,
            number: i32::try_from(made).unwrap_or(i32::MAX - 1) + 1,
            arrived_at,
            ended_at,
            outcome,
            note: note.map(|n| n.chars().filter(|c| *c != '\0').take(MOST_TEXT).collect()),
            further,
        };
        for other in &left {
            self.event(Fact::StopDropped { stop: other.id, order: order.id });
            self.work.touched.routes.push(other.route);
        }
        left.push(stop);
        store::stops::save_progress(&mut self.work.tx, &locks, &left).await?;
        store::stops::add_attempt(&mut self.work.tx, &attempt, order.promise.latest).await?;
        self.event(Fact::AttemptMade { attempt, promise: order.promise, vehicle: self.vehicle });
        // Of what was collected we may hear when the vehicle is back with it.
        if outcome.takes() && route.state.finished_at().is_some() {
            order = order.unload();
            self.event(Fact::OrderUnloaded { order: order.id });
        }
        store::orders::save(&mut self.work.tx, std::slice::from_ref(&order)).await?;
        if outcome.is_success() {
            if !again.is_open() {
                let kinds = [ExceptionKind::Failed, ExceptionKind::Unplanned];
                self.ops
                    .settle(&mut self.work, &[order.id], &kinds, &format!("{} after all", success(outcome)))
                    .await?;
                self.work.touched.exceptions = true;
            }
        } else {
            self.raise(Exception {
                id: ExceptionId(new_id()),
                hub: self.site.hub.id,
                day: route.day,
                kind: ExceptionKind::Failed,
                order: Some(order.id),
                stop: Some(id),
                route: Some(route.id),
                vehicle: Some(self.vehicle),
                raised_at: self.work.now,
                save_by: Some(order.promise.latest.until()),
                state: ExceptionState::Open,
            })
            .await?;
        }
        self.work.touched.routes.push(route.id);
        self.work.touched.orders.push(order.id);
        Ok(())
    }

    async fn off_road(&mut self, reason: String) -> Result<()> {
        let reason: String = reason.trim().chars().filter(|c| *c != '\0').take(MOST_TEXT).collect();
        let vehicle =
            store::vehicles::lock(&mut self.work.tx, self.vehicle).await?.ok_or(OpsError::NotFound)?;
        let vehicle = vehicle.break_down(self.at, reason.clone());
        store::vehicles::save_state(&mut self.work.tx, &vehicle).await?;
        self.event(Fact::VehicleOffRoad { vehicle: self.vehicle, reason });
        let now = self.work.now;
        let day = self.ops.running_day(&mut self.work.tx, &self.site, now).await?;
        let route = store::plans::route_of_vehicle(&mut self.work.tx, self.vehicle, day).await?.map(|r| r.id);
        self.raise(Exception {
            id: ExceptionId(new_id()),
            hub: self.site.hub.id,
            day,
            kind: ExceptionKind::Breakdown,
            order: None,
            stop: None,
            route,
            vehicle: Some(self.vehicle),
            raised_at: self.work.now,
            save_by: None,
            state: ExceptionState::Open,
        })
        .await?;
        self.work.touched.all = true;
        Ok(())
    }

    async fn recovered(&mut self) -> Result<()> {
        let vehicle = store::vehicles::lock(&mut self.work.tx, self.vehicle)
            .await?
            .ok_or(OpsError::NotFound)?
            .recover();
        store::vehicles::save_state(&mut self.work.tx, &vehicle).await?;
        self.event(Fact::VehicleRecovered { vehicle: self.vehicle });
        self.work.touched.all = true;
        Ok(())
    }

    async fn returned(&mut self, id: RouteId) -> Result<()> {
        let (mut locks, route) = self.own_route(id).await?;
        if let Some(departed) = route.state.departed_at() {
            self.not_before(departed)?;
        }
        let route = route.finish(self.at)?;
        store::plans::save_progress(&mut self.work.tx, &mut locks, &route).await?;
        self.event(Fact::RouteFinished { route: id, vehicle: self.vehicle });

        let open = store::stops::open_of_route(&mut self.work.tx, &locks, id).await?;
        let mut ids: Vec<_> = open.iter().map(|s| s.order).collect();
        ids.extend(store::orders::aboard(&mut self.work.tx, self.vehicle).await?.iter().map(|o| o.id));
        let mut orders = store::orders::lock(&mut self.work.tx, &ids).await?;
        for order in &mut orders {
            if order.aboard == Some(self.vehicle) {
                *order = order.clone().unload();
                self.event(Fact::OrderUnloaded { order: order.id });
            }
        }
        // A stop at whose door the driver stood and of which nothing more was heard ends as it is: not attempted.
        let open: Vec<Stop> = open.into_iter().map(|s| s.abandon(self.at)).collect::<Result<_, _>>()?;
        store::stops::save_progress(&mut self.work.tx, &locks, &open).await?;
        for stop in &open {
            self.event(Fact::StopDropped { stop: stop.id, order: stop.order });
        }
        // What it never fetched waits for a plan again, as what it brought back does.
        for order in &mut orders {
            let lose = |order: Order, stop: &Stop| {
                if stop.order == order.id { order.lose_stop(stop.id) } else { order }
            };
            *order = open.iter().fold(order.clone(), lose);
        }
        store::orders::save(&mut self.work.tx, &orders).await?;
        self.work.touched.routes.push(id);
        self.work.touched.orders.extend(ids);
        self.work.touched.all = true;
        // Open pages offer to close the day once the last vehicle is back.
        self.work.touched.plan = true;
        Ok(())
    }

    async fn raise(&mut self, exception: Exception) -> Result<()> {
        if store::exceptions::raise(&mut self.work.tx, &exception).await? {
            self.event(Fact::ExceptionRaised { exception });
            self.work.touched.exceptions = true;
        }
        Ok(())
    }
}
