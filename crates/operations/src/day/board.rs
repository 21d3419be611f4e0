//! The day as a dispatcher sees it.

use super::book::DayBook;
use crate::{
    Caller, Operations, OpsError, Result,
    base::{
        convert::{lat_lon, mark, point, profile},
        zone::Zone,
    },
};
use ::roads::{Driver, Fix, LatLon, Profile, Wall};
use chrono::TimeDelta;
use domain::{HubId, Instant, Route, RouteId, RouteState, Standing, StopState, VehicleState};
use std::collections::{HashMap, HashSet};
use store::{stops::DayStop, visits::visits};
use wire::{
    Point,
    staff::control_room::{
        BoardView, Closing, Counts, DayHead, MapView, Reload, RoutePhase, RouteRow, RouteView, StopRow,
    },
};

impl DayBook {
    /// How a stop stands against its latest promise.
    fn standing_of(&self, s: &DayStop) -> Standing {
        Standing::of_stop(&s.stop.state, s.eta, s.window, self.settings.risk_margin())
    }

    /// How a route stands.
    pub fn row(&self, route: &Route) -> Option<RouteRow> {
        let vehicle = self.vehicles.get(&route.vehicle)?;
        let stops = self.stops_of(route.id);
        let standing_of = |s: &DayStop| self.standing_of(s);
        let open = || stops.iter().filter(|s| s.stop.state.is_open());
        let phase = match (&route.state, &vehicle.state) {
            (RouteState::Finished { .. }, _) => RoutePhase::Finished,
            (_, VehicleState::OffRoad { .. }) => RoutePhase::OffRoad,
            (RouteState::UnderWay { .. }, _) => RoutePhase::UnderWay,
            (RouteState::Published, _) => RoutePhase::Published,
        };
        let back_at = route.state.finished_at().or_else(|| self.returns.get(&route.id).copied());
        let off_shift = back_at.is_some_and(|at| at > route.shift_until);
        let worst = open().map(standing_of).max().unwrap_or(Standing::OnTime);
        let standing = match phase {
            RoutePhase::Finished => Standing::Done,
            RoutePhase::OffRoad => Standing::Late,
            _ if self.is_silent(route) => Standing::Unknown,
            _ if off_shift || self.starts_late(route) => worst.max(Standing::AtRisk),
            _ => worst,
        };
        let count = |has: &dyn Fn(&DayStop) -> bool| stops.iter().filter(|s| has(s)).count() as i64;
        let done = |s: &DayStop| matches!(s.stop.state, StopState::Done { .. });
        Some(RouteRow {
            route: route.id,
            vehicle: vehicle.id,
            label: self.label_on(route, vehicle),
            kind: vehicle.kind,
            driver: self.driver_of(route, vehicle),
            standing,
            phase,
            done: count(&done),
            failed: count(
                &|s| matches!(s.stop.state, StopState::Done { outcome, .. } if !outcome.is_success()),
            ),
            late: count(&|s| s.stop.state.is_open() && standing_of(s) == Standing::Late),
            at_risk: count(&|s| s.stop.state.is_open() && standing_of(s) == Standing::AtRisk),
            on_time: count(
                &|s| matches!(s.stop.state, StopState::Done { arrived_at, .. } if arrived_at <= s.window.until()),
            ),
            total: stops.len() as i64,
            behind_min: open().next().and_then(|s| Some((s.eta? - s.stop.planned_arrival).num_minutes())),
            back_at: back_at.map(|at| self.zone.moment(at)),
            off_shift,
        })
    }

    /// Every row, most troubled first: who cannot drive holds all of its stops.
    pub fn rows(&self) -> Vec<RouteRow> {
        // What lost its shift has nothing to bring, and nobody.
        let drives =
            |r: &Route| self.vehicles.get(&r.vehicle).is_some_and(|v| self.drive(v, r.shift).is_some());
        let is_gone =
            |r: &Route| r.state == RouteState::Published && self.stops_of(r.id).is_empty() && !drives(r);
        let mut rows: Vec<_> =
            self.routes.iter().filter(|r| !is_gone(r)).filter_map(|r| self.row(r)).collect();
        let stuck = |row: &RouteRow| row.phase == RoutePhase::OffRoad && row.done < row.total;
        rows.sort_by(|a, b| {
            stuck(b)
                .cmp(&stuck(a))
                .then(b.standing.cmp(&a.standing))
                .then(b.late.cmp(&a.late))
                .then(b.at_risk.cmp(&a.at_risk))
                .then(a.label.cmp(&b.label))
        });
        rows
    }

    /// Whether the day's vehicles have all come back, but for those that have nothing to bring any more.
    fn is_done(&self) -> bool {
        let own = || self.routes.iter().filter(|r| r.day == self.day);
        let is_back = |r: &Route| matches!(r.state, RouteState::Finished { .. });
        let has_work = |r: &Route| self.stops_of(r.id).iter().any(|s| s.stop.state.is_open());
        own().any(is_back) && own().all(|r| is_back(r) || r.state == RouteState::Published && !has_work(r))
    }

    fn head(&self, closing: Option<Closing>) -> DayHead {
        DayHead {
            hub: self.hub.name.clone(),
            hub_at: point(self.hub.at),
            zone: self.hub.zone.clone(),
            day: self.day,
            as_of: self.zone.moment(self.now),
            plan_at: self.zone.moment(self.zone.at(self.day, self.hub.plan_at)),
            closing,
            revision: self.plan.as_ref().map(|p| p.revision),
        }
    }
}

/// Adds up the strip of numbers.
pub(crate) fn counts(rows: &[RouteRow], waiting: i64, exceptions: i64) -> Counts {
    let sum = |of: fn(&RouteRow) -> i64| rows.iter().map(of).sum();
    Counts {
        stops: sum(|r| r.total),
        done: sum(|r| r.done),
        on_time: sum(|r| r.on_time),
        failed: sum(|r| r.failed),
        at_risk: sum(|r| r.at_risk),
        late: sum(|r| r.late),
        vehicles: rows.iter().map(|row| row.vehicle).collect::<HashSet<_>>().len() as i64,
        silent: rows
            .iter()
            .filter(|r| r.standing == Standing::Unknown && r.phase == RoutePhase::UnderWay)
            .count() as i64,
        waiting,
        exceptions,
    }
}

impl Operations {
    /// The whole day of a hub on one page.
    pub async fn board(&self, caller: &Caller, hub: Option<HubId>) -> Result<BoardView> {
        caller.must(domain::Ability::SeeDay)?;
        let mut conn = self.0.database.read().await?;
        let site = self.site_for(caller, hub).await?;
        let book = DayBook::read(self, &mut conn, &site, None).await?;
        let waiting = store::orders::waiting(&mut conn, book.hub.id, book.day).await?;
        let exceptions = store::exceptions::unresolved(&mut conn, book.hub.id, book.day).await?;
        let closing = if caller.must(domain::Ability::Dispatch).is_ok() && book.is_done() {
            let (hub, day, now) = (book.hub.id, book.day, book.now);
            let (carried, ahead) = store::orders::count_unfinished(&mut conn, hub, day, now).await?;
            Some(Closing { carried, ahead })
        } else {
            None
        };
        let routes = book.rows();
        let mut current: Vec<_> = routes.iter().collect();
        current.sort_by_key(|row| std::cmp::Reverse(row.phase.nearness()));
        let standing: HashMap<_, _> = current.into_iter().map(|r| (r.vehicle, r.standing)).collect();
        let mut vehicles: Vec<_> = book
            .vehicles
            .values()
            .filter_map(|vehicle| {
                let place = book.place_of(vehicle.id)?;
                let standing = standing.get(&vehicle.id).copied().unwrap_or(Standing::Unknown);
                Some(mark(vehicle.id, &vehicle.label, standing, &place, book.zone))
            })
            .collect();
        vehicles.sort_by(|a, b| a.label.cmp(&b.label));
        let proposal = self.open_proposal(&mut conn, &book).await?;
        let closed = self.closed_roads(&mut conn, &book).await?;
        Ok(BoardView {
            closed,
            roads_trouble: self.0.roads.source().trouble,
            head: book.head(closing),
            counts: counts(&routes, waiting, exceptions),
            routes,
            vehicles,
            proposal,
        })
    }

    /// One route with its stops, the way ahead and the way driven.
    pub async fn route(&self, caller: &Caller, id: RouteId) -> Result<RouteView> {
        caller.must(domain::Ability::SeeDay)?;
        let mut conn = self.0.database.read().await?;
        let hub = store::plans::route(&mut conn, id).await?.ok_or(OpsError::NotFound)?.hub;
        caller.reach(hub)?;
        let site = self.site_of(hub).await?;
        let book = DayBook::read(self, &mut conn, &site, Some(&[id])).await?;
        let route = book.routes.iter().find(|r| r.id == id).ok_or(OpsError::NotFound)?;
        let row = book.row(route).ok_or(OpsError::NotFound)?;
        let stops = book.stops_of(id);
        let latest = book.latest.get(&route.vehicle);
        let reloads_before = book.reloads_before(route);
        let reload = reloads_before.and_then(|index| reload(&book, &stops[index..]));
        let driven = match route.state.departed_at() {
            Some(from) => {
                let until = route.state.finished_at().unwrap_or(book.now);
                store::positions::trace(&mut conn, route.vehicle, from, until, 15).await?
            }
            None => vec![],
        };
        drop(conn);

        let mut way: Vec<LatLon> = vec![];
        if !matches!(route.state, RouteState::Finished { .. }) {
            let on_the_road = route.state.departed_at().and(latest);
            way.push(on_the_road.map_or_else(|| lat_lon(book.hub.at), |p| lat_lon(p.place)));
            for (index, s) in stops.iter().enumerate().filter(|(_, s)| s.stop.state.is_open()) {
                way.extend((reloads_before == Some(index)).then(|| lat_lon(book.hub.at)));
                way.push(lat_lon(s.at));
            }
            way.push(lat_lon(book.hub.at));
        }
        let (ahead, ahead_m) = self.way(way, profile(row.kind), book.zone.wall(book.now)).await;
        let (driven, driven_m) = self.driven(driven, profile(row.kind), book.zone).await;
        Ok(RouteView {
            mark: book.place_of(route.vehicle).map(|place| {
                let label = book.vehicles.get(&route.vehicle).map_or("", |vehicle| &vehicle.label);
                mark(route.vehicle, label, row.standing, &place, book.zone)
            }),
            planned_start: book.zone.moment(route.planned_start),
            planned_end: book.zone.moment(route.planned_end),
            departed_at: route.state.departed_at().map(|at| book.zone.moment(at)),
            stops: stop_rows(stops, &book),
            reload,
            ahead,
            ahead_m,
            driven,
            driven_m,
            row,
        })
    }

    /// The way that readings show, along the streets where these are known, with its length.
    async fn driven(
        &self,
        readings: Vec<(Instant, domain::Coordinate)>,
        profile: Profile,
        zone: Zone,
    ) -> (Vec<Point>, Option<i64>) {
        let plain = readings.iter().map(|(_, at)| point(*at)).collect();
        let Some(city) = self.0.roadbook.city().cloned().filter(|_| readings.len() > 1) else {
            return (plain, None);
        };
        let matched = tokio::task::spawn_blocking(move || {
            let fix = |(at, place): &(Instant, domain::Coordinate)| Fix {
                at: lat_lon(*place),
                when: zone.wall(*at),
                accuracy_m: None,
            };
            let fixes: Vec<Fix> = readings.iter().map(fix).collect();
            city.match_fixes(&fixes, profile, &Driver::default())
        });
        match matched.await {
            Ok(matched) if matched.metres > 0.0 => {
                let points = matched.lines.iter().flatten().map(|at| Point { lat: at.lat, lon: at.lon });
                (points.collect(), Some(matched.metres.round() as i64))
            }
            Ok(_) | Err(_) => (plain, None),
        }
    }

    /// The way along the streets, and its length; straight lines where the streets give none.
    async fn way(&self, points: Vec<LatLon>, profile: Profile, depart: Wall) -> (Vec<Point>, i64) {
        let roads = self.0.roads.clone();
        let straight: Vec<_> = points.iter().map(|p| Point { lat: p.lat, lon: p.lon }).collect();
        let metres: f64 = points.windows(2).map(|ends| ends[0].metres_to(ends[1])).sum();
        let path = tokio::task::spawn_blocking(move || roads.path(&points, profile, Some(depart))).await;
        match path {
            Ok(Ok(path)) => {
                let points = path.legs.iter().flat_map(|l| &l.points);
                let metres: f64 = path.legs.iter().map(|l| l.metres).sum();
                (points.map(|p| Point { lat: p.lat, lon: p.lon }).collect(), metres.round() as i64)
            }
            Ok(Err(e)) => {
                tracing::warn!("a planned way is shown as straight lines: {e}");
                (straight, metres.round() as i64)
            }
            Err(_) => (straight, metres.round() as i64),
        }
    }

    /// What the map of a hub needs before it can draw.
    pub async fn map(&self, caller: &Caller, hub: Option<HubId>) -> Result<MapView> {
        caller.must(domain::Ability::SeeDay)?;
        let site = match self.site_for(caller, hub).await {
            // The city is there before the first hub.
            Err(OpsError::NoHub) => return Ok(self.0.map.clone()),
            site => site?,
        };
        let mut conn = self.0.database.read().await?;
        let day = self.running_day(&mut conn, &site, self.now()).await?;
        let doors = store::orders::corners(&mut conn, site.hub.id, day).await?;
        let doors = doors.into_iter().flat_map(|(low, high)| [low, high]);
        let day = std::iter::once(site.hub.at).chain(doors).map(point).collect();
        Ok(MapView { day, ..self.0.map.clone() })
    }
}

/// What a vehicle fetches at the hub before these stops, and when it is expected there.
fn reload(book: &DayBook, stops: &[DayStop]) -> Option<Reload> {
    let next = stops.first()?;
    let drive = TimeDelta::seconds(next.stop.travel_s.into());
    let at = next.eta.unwrap_or(next.stop.planned_arrival) - drive - book.settings.loading();
    Some(Reload {
        before: next.stop.id,
        orders: stops.iter().filter(|s| s.stop.state.is_open() && s.lacks_goods()).count() as i64,
        at: book.zone.moment(at.max(book.now)),
    })
}

/// The stops of a route, open ones and ended ones each for themselves, as they are shown.
fn stop_rows(stops: &[DayStop], book: &DayBook) -> Vec<StopRow> {
    let mut rows = vec![];
    for open in [false, true] {
        let own: Vec<_> = stops.iter().filter(|s| s.stop.state.is_open() == open).collect();
        let together = visits(&own)
            .into_iter()
            .flat_map(|visit| std::iter::once(visit as i64).chain(std::iter::repeat_n(0, visit - 1)));
        rows.extend(own.iter().zip(together).map(|(s, together)| stop_row(s, together, book)));
    }
    rows.sort_by_key(|row| row.sequence);
    rows
}

fn stop_row(s: &DayStop, together: i64, book: &DayBook) -> StopRow {
    let zone = book.zone;
    let (arrived, outcome) = match s.stop.state {
        StopState::Arrived { at } => (Some(at), None),
        StopState::Done { arrived_at, outcome, .. } => (Some(arrived_at), Some(outcome)),
        StopState::Pending | StopState::Dropped { .. } => (None, None),
    };
    StopRow {
        stop: s.stop.id,
        order: s.stop.order,
        reference: s.reference.clone(),
        sequence: s.stop.sequence,
        together,
        service: s.service,
        address: s.address.clone(),
        at: point(s.at),
        standing: book.standing_of(s),
        window: zone.span(s.window),
        planned: zone.moment(s.stop.planned_arrival),
        eta: s.eta.filter(|_| s.stop.state == StopState::Pending).map(|at| zone.moment(at)),
        arrived: arrived.map(|at| zone.moment(at)),
        outcome,
    }
}
