//! How far routes were planned, and how far their vehicles drove: the one along the streets from stop to stop, the other
//! matched from the vehicle's readings, with the shortest way where there are none.

use crate::{
    Caller, Operations, Result,
    base::{
        convert::{lat_lon, profile},
        turns::aside,
    },
    day::book::DayBook,
    sites::hubs::{Rounds, Site},
};
use ::roads::{Driver, Fix, LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::RouteId;
use std::sync::Arc;
use store::{
    positions::Position,
    roads::{Measured, Unmeasured},
};

/// What phones had to keep for themselves comes within so long.
const SETTLED: TimeDelta = TimeDelta::minutes(10);
/// Older routes are left as they are.
const SINCE: TimeDelta = TimeDelta::days(2);
const ROUND: i64 = 40;

impl Operations {
    /// Measures what has left and what is back, once: a timer's verb. Answers how many routes have a new length.
    pub async fn measure_routes(&self, caller: &Caller) -> Result<usize> {
        caller.timer_only()?;
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.measure_routes_at(site).await);
        }
        Ok(rounds.end()?.into_iter().sum())
    }

    async fn measure_routes_at(&self, site: &Site) -> Result<usize> {
        let mut conn = self.0.database.read().await?;
        let now = self.now();
        let wanted =
            store::roads::unmeasured(&mut conn, site.hub.id, now - SINCE, now - SETTLED, ROUND).await?;
        if wanted.is_empty() {
            return Ok(0);
        }
        let routes: Vec<_> = wanted.iter().map(|route| route.route).collect();
        let book = DayBook::read(self, &mut conn, site, Some(&routes)).await?;
        let mut readings = vec![];
        for route in &wanted {
            readings.push(match route.drive_until {
                Some(until) => {
                    store::positions::drive(&mut conn, route.vehicle, route.departed_at, until).await?
                }
                None => vec![],
            });
        }
        drop(conn);
        let (roads, city) = (self.0.roads.clone(), self.0.roadbook.city().cloned());
        let measured = aside(move || {
            let each = wanted.into_iter().zip(readings).map(|(of, readings)| Measured {
                of,
                planned_m: of.plan.then(|| planned_m(&book, &of, roads.as_ref())).flatten(),
                driven_m: city.as_ref().and_then(|city| driven_m(city, &book, &of, &readings)),
            });
            each.collect::<Vec<_>>()
        })
        .await?;
        let mut tx = self.0.database.begin().await?;
        store::roads::save_metres(&mut tx, &measured).await?;
        tx.commit().await?;
        Ok(measured.iter().filter(|m| m.planned_m.is_some() || m.driven_m.is_some()).count())
    }
}

/// From the hub through the stops of the plan and back; none of a route of another day.
fn planned_m(book: &DayBook, route: &Unmeasured, roads: &dyn TravelTimes) -> Option<i32> {
    let kind = book.vehicles.get(&route.vehicle)?.kind;
    let id: RouteId = book.routes.iter().find(|r| r.id == route.route)?.id;
    let mut stops: Vec<_> = book.stops_of(id).iter().collect();
    stops.sort_by_key(|s| s.stop.sequence);
    let hub = lat_lon(book.hub.at);
    let points: Vec<LatLon> =
        std::iter::once(hub).chain(stops.into_iter().map(|s| lat_lon(s.at))).chain([hub]).collect();
    metres(roads, &points, profile(kind)).map(|metres| metres.round() as i32)
}

fn metres(roads: &dyn TravelTimes, points: &[LatLon], profile: Profile) -> Option<f64> {
    Some(roads.path(points, profile, None).ok()?.legs.iter().map(|leg| leg.metres).sum())
}

fn driven_m(
    city: &Arc<::roads::City>,
    book: &DayBook,
    route: &Unmeasured,
    readings: &[Position],
) -> Option<i32> {
    let profile = profile(book.vehicles.get(&route.vehicle)?.kind);
    let fix = |p: &Position| Fix {
        at: lat_lon(p.place),
        when: book.zone.wall(p.at),
        accuracy_m: p.accuracy_m.map(f64::from),
    };
    let fixes: Vec<Fix> = readings.iter().map(fix).collect();
    let matched = city.match_fixes(&fixes, profile, &Driver::default());
    let gaps = matched.lines.windows(2).filter_map(|pair| {
        let ends = [*pair[0].last()?, *pair[1].first()?];
        metres(city.as_ref(), &ends, profile)
    });
    let hub = lat_lon(book.hub.at);
    let ends = [
        (Some(hub), matched.lines.first().and_then(|line| line.first()).copied()),
        (matched.lines.last().and_then(|line| line.last()).copied(), Some(hub)),
    ];
    let to_and_from = ends.into_iter().filter_map(|(from, to)| metres(city.as_ref(), &[from?, to?], profile));
    let all = matched.metres + gaps.sum::<f64>() + to_and_from.sum::<f64>();
    (!matched.lines.is_empty()).then_some(all.round() as i32)
}
