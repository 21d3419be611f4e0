//! What a change of the roster does to routes that wait at the hub.

use crate::{
    Result,
    base::{work::Work, zone::Zone},
    fleet::duties::{Drive, Duties},
};
use chrono::TimeDelta;
use domain::{Fact, Route, RouteId, RouteState, Vehicle};
use store::locks::{DayLock, RouteLocks};

/// Gives the routes of these vehicles that wait at the hub the drivers and hours of the shifts that hold now. A shift without a route
/// takes over one whose own shift is gone; what nobody drives any more loses its stops, whose orders wait for a plan again.
pub(super) async fn hand_over(
    work: &mut Work<'_>,
    zone: Zone,
    day: &DayLock,
    mut locks: RouteLocks,
    vehicles: &[Vehicle],
) -> Result<()> {
    let duties = Duties::read(&mut work.tx, day.hub(), day.day()).await?;
    let (mut changed, mut later, mut undriven) = (vec![], vec![], vec![]);
    for vehicle in vehicles {
        let own: Vec<_> = locks.all().filter(|route| route.vehicle == vehicle.id).collect();
        let drives = duties.drives(zone, vehicle);
        let has_route = |drive: &&Drive| own.iter().any(|route| route.shift == drive.shift);
        let mut free = drives.iter().filter(|drive| !has_route(drive));
        let mut waiting: Vec<_> = own.iter().filter(|route| route.state == RouteState::Published).collect();
        waiting.sort_by_key(|route| route.planned_start);
        for route in waiting {
            let own = drives.iter().find(|drive| drive.shift == route.shift);
            let Some(drive) = own.or_else(|| free.next()) else {
                undriven.push(route.id);
                continue;
            };
            let delay = (drive.from - route.planned_start).max(TimeDelta::zero());
            let now = Route {
                shift: drive.shift,
                driver: drive.driver,
                planned_start: route.planned_start + delay,
                planned_end: route.planned_end + delay,
                shift_until: drive.until,
                ..(**route).clone()
            };
            if delay > TimeDelta::zero() {
                later.push((route.id, delay));
            }
            if now != **route {
                changed.push(now);
            }
        }
    }
    for route in &changed {
        work.happened(Fact::RoutePublished { route: route.clone() });
    }
    store::plans::save_routes(&mut work.tx, day, &mut locks, &changed).await?;
    for (route, delay) in later {
        begin_later(work, &locks, route, delay).await?;
    }
    take_off(work, &locks, &undriven).await
}

/// Moves the planned times of a waiting route's stops.
async fn begin_later(
    work: &mut Work<'_>,
    locks: &RouteLocks,
    route: RouteId,
    delay: TimeDelta,
) -> Result<()> {
    let mut stops = store::stops::open_of_route(&mut work.tx, locks, route).await?;
    for stop in &mut stops {
        stop.planned_arrival += delay;
        stop.planned_departure += delay;
        work.touched.orders.push(stop.order);
        work.happened(Fact::StopPlanned {
            stop: stop.id,
            route,
            order: stop.order,
            sequence: stop.sequence,
            arrival: stop.planned_arrival,
            departure: stop.planned_departure,
            travel_s: stop.travel_s,
            loaded: false,
            via_hub: stop.via_hub,
        });
    }
    Ok(store::stops::save_plan(&mut work.tx, locks, &stops).await?)
}

/// Takes all stops off routes that wait at the hub and that nobody drives.
async fn take_off(work: &mut Work<'_>, locks: &RouteLocks, routes: &[RouteId]) -> Result<()> {
    let mut dropped = vec![];
    for route in routes {
        for stop in store::stops::open_of_route(&mut work.tx, locks, *route).await? {
            work.followed(Fact::StopDropped { stop: stop.id, order: stop.order });
            dropped.push(stop.drop_off_plan(work.now)?);
        }
    }
    let ids: Vec<_> = dropped.iter().map(|stop| stop.order).collect();
    let mut orders = store::orders::lock(&mut work.tx, &ids).await?;
    for order in &mut orders {
        *order = dropped.iter().fold(order.clone(), |order, stop| order.lose_stop(stop.id));
    }
    store::stops::save_progress(&mut work.tx, locks, &dropped).await?;
    store::orders::save(&mut work.tx, &orders).await?;
    work.touched.orders.extend(ids);
    Ok(())
}
