//! A hub's day opens with the calendar and closes when its work is done, when the next one has to be planned, or when a
//! dispatcher says so. What it leaves open is carried over.

use crate::{Caller, Operations, OpsError, Result, base::work::Work, sites::hubs::Site};
use domain::{
    Ability, Actor, Day, ExceptionKind, ExceptionState, Fact, HubId, Instant, OrderId, Refusal, RouteId,
    RouteState, ServiceDay, StopState,
};
use std::collections::HashSet;
use store::{
    locks::{DayLock, RouteLocks},
    service_days,
};

/// What the end of a day says of an alarm that nothing can be done about any more.
const DAY_CLOSED: &str = "The day was closed";

impl Operations {
    /// The service day that runs at a hub: the oldest open one. Before a worker has opened the first it is the calendar's.
    pub(crate) async fn running_day(&self, conn: &mut store::Conn, site: &Site, now: Instant) -> Result<Day> {
        let running = service_days::running(conn, site.hub.id).await?;
        Ok(running.unwrap_or_else(|| site.zone.day(now)))
    }

    /// Closes what is over and opens what has begun; answers the day that runs then. Workers ask this before they read a day.
    pub(crate) async fn keep_day(&self, caller: &Caller, site: &Site) -> Result<Day> {
        let hub = site.hub.id;
        // A hub that nobody has served for long closes one day after the other.
        loop {
            let now = self.now();
            let today = site.zone.day(now);
            let mut conn = self.0.database.read().await?;
            let Some(day) = service_days::running(&mut conn, hub).await? else {
                let closed = service_days::last_closed(&mut conn, hub).await?;
                drop(conn);
                let next = closed.and_then(|day| day.succ_opt()).map_or(today, |next| next.max(today));
                self.open_day(caller, hub, next).await?;
                return Ok(next);
            };
            if day >= today || !self.is_over(&mut conn, site, day, now).await? {
                return Ok(day);
            }
            drop(conn);
            once_more!(self.close_once(caller, site, day).await)?;
        }
    }

    /// Whether a day of the calendar's past is over: nobody works on it any more, or the next one has to be planned.
    async fn is_over(&self, conn: &mut store::Conn, site: &Site, day: Day, now: Instant) -> Result<bool> {
        let next = day.succ_opt().map(|next| site.zone.at(next, site.hub.plan_at));
        Ok(next.is_some_and(|next| now >= next)
            || !service_days::is_worked_on(conn, site.hub.id, day, now).await?)
    }

    async fn open_day(&self, caller: &Caller, hub: HubId, day: Day) -> Result<()> {
        let mut work = self.begin(caller, hub).await?;
        if open(&mut work, hub, day).await? {
            work.commit().await?;
        }
        Ok(())
    }

    /// Closes the day that runs: a dispatcher's verb. Refused while a vehicle is on the road. Said twice it changes nothing.
    pub async fn close_day(&self, caller: &Caller, hub: Option<HubId>, day: Day) -> Result<()> {
        caller.must(Ability::Dispatch)?;
        let site = self.site_for(caller, hub).await?;
        once_more!(self.close_once(caller, &site, day).await)
    }

    async fn close_once(&self, caller: &Caller, site: &Site, day: Day) -> Result<()> {
        let hub = site.hub.id;
        let mut work = self.begin(caller, hub).await?;
        let lock = DayLock::take(&mut work.tx, hub, day).await?;
        let row = service_days::get(&mut work.tx, hub, day).await?.ok_or(OpsError::NotFound)?;
        if row.closed_at.is_some() {
            return Ok(());
        }
        let routes = store::plans::routes(&mut work.tx, hub, day).await?;
        let own: Vec<RouteId> = routes.iter().filter(|r| r.day == day).map(|r| r.id).collect();
        let locks = RouteLocks::take(&mut work.tx, &own).await?;
        let is_out = |id: RouteId| {
            locks.get(id).is_some_and(|route| matches!(route.state, RouteState::UnderWay { .. }))
        };
        // By the clock a day ends all the same: who is still out keeps the route, and brings back what is left.
        if caller.who != Actor::Timer && own.iter().any(|id| is_out(*id)) {
            return Err(Refusal::VehiclesOut.into());
        }
        let now = work.go_on();
        let next = day.succ_opt().unwrap_or(day).max(site.zone.day(now));
        let carried = carry_over(&mut work, &lock, &locks, next).await?;
        let is_over = |route: Option<RouteId>| route.is_none_or(|route| !is_out(route));
        end_alarms(&mut work, &lock, &carried, is_over).await?;
        work.overtake_proposal(day).await?;
        self.0.pauses.at("close").await;
        service_days::save(&mut work.tx, &row.close(now)?).await?;
        work.happened(Fact::DayClosed { day });
        open(&mut work, hub, next).await?;
        work.touched.all = true;
        work.touched.plan = true;
        work.touched.exceptions = true;
        work.commit().await?;
        tracing::info!(%hub, %day, carried = carried.len(), "a day was closed");
        Ok(())
    }
}

/// Opens a day, if nobody has.
async fn open(work: &mut Work<'_>, hub: HubId, day: Day) -> Result<bool> {
    let is_new = service_days::add(&mut work.tx, &ServiceDay::open(hub, day, work.now)).await?;
    if is_new {
        work.followed(Fact::DayOpened { day });
        work.touched.all = true;
    }
    Ok(is_new)
}

/// Takes the stops off routes that nobody drives any more, and gives every order of the day that is not done, and lies at
/// the hub, to the next day. Answers which were carried over.
async fn carry_over(
    work: &mut Work<'_>,
    day: &DayLock,
    locks: &RouteLocks,
    next: Day,
) -> Result<HashSet<OrderId>> {
    let now = work.now;
    let mut left = vec![];
    for route in locks.all().filter(|route| !matches!(route.state, RouteState::UnderWay { .. })) {
        let open = store::stops::open_of_route(&mut work.tx, locks, route.id).await?;
        left.extend(open.into_iter().filter(|stop| stop.state == StopState::Pending));
    }
    let unfinished = store::orders::unfinished(&mut work.tx, day.hub(), day.day()).await?;
    let mut orders = store::orders::lock(&mut work.tx, &unfinished).await?;
    let mut dropped = vec![];
    for stop in left {
        work.followed(Fact::StopDropped { stop: stop.id, order: stop.order });
        dropped.push(stop.abandon(now)?);
    }
    let mut carried = HashSet::new();
    for order in &mut orders {
        let without = dropped.iter().fold(order.clone(), |order, stop| order.lose_stop(stop.id));
        *order = match without.clone().carry_over(next) {
            Ok(moved) => {
                work.followed(Fact::OrderCarriedOver { order: order.id, before: day.day(), day: next });
                carried.insert(order.id);
                moved
            }
            // It is on the road, or its state has changed since it was looked for.
            Err(_) => without,
        };
    }
    store::stops::save_progress(&mut work.tx, locks, &dropped).await?;
    store::orders::save(&mut work.tx, &orders).await?;
    work.touched.orders.extend(&carried);
    Ok(carried)
}

/// Ends the alarms that were about routes of the day, but for those that `over` leaves out, and about orders without a place that
/// the next day's plan will look for. Orders that failed still need a person, and so does a vehicle that broke down.
async fn end_alarms(
    work: &mut Work<'_>,
    day: &DayLock,
    carried: &HashSet<OrderId>,
    over: impl Fn(Option<RouteId>) -> bool,
) -> Result<()> {
    let known = store::exceptions::of_day(&mut work.tx, day.hub(), day.day()).await?;
    let ends = known.iter().filter(|e| match e.kind {
        ExceptionKind::Late
        | ExceptionKind::CutOff
        | ExceptionKind::OffShift
        | ExceptionKind::Silent
        | ExceptionKind::LateStart => over(e.route) && !matches!(e.state, ExceptionState::Resolved { .. }),
        ExceptionKind::Unplanned => e.order.is_some_and(|order| carried.contains(&order)),
        ExceptionKind::Failed | ExceptionKind::Breakdown => false,
    });
    let ids: HashSet<_> = ends.map(|e| e.id).collect();
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    for exception in store::exceptions::lock_many(&mut work.tx, &ids).await? {
        if matches!(exception.state, ExceptionState::Resolved { .. }) {
            continue;
        }
        let (id, kind) = (exception.id, exception.kind);
        work.touched.orders.extend(exception.order);
        let resolved = exception.resolve(None, work.now, DAY_CLOSED.to_owned())?;
        store::exceptions::save(&mut work.tx, &resolved).await?;
        work.followed(Fact::ExceptionResolved { exception: id, kind, resolution: DAY_CLOSED.to_owned() });
    }
    Ok(())
}
