//! The figures of a day, from the history and nothing else.

use crate::{
    Caller, Operations, Result,
    base::{bounds, zone::Zone},
    sites::hubs::Site,
};
use domain::{
    Ability, Day, HubId, Instant,
    figures::{self, AttemptFacts, Rate},
};
use std::collections::{BTreeMap, HashMap};
use store::figures::DayAttempt;
use wire::staff::figures::{
    AttemptRow, FailedShare, FigureKind, FigureRows, FiguresView, HourShare, PromiseRow, RoadRow, Share,
};

const PAGE: usize = 50;

impl Operations {
    /// A day's figures; today's when no day is named.
    pub async fn figures(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        day: Option<Day>,
    ) -> Result<FiguresView> {
        caller.must(Ability::SeeFigures)?;
        let mut conn = self.0.database.read().await?;
        let site = self.site_for(caller, hub).await?;
        let now = self.now();
        let day = self.day_of_figures(&mut conn, &site, day, now).await?;
        let Site { hub, zone } = site;
        let (from, until) = zone.bounds(day);
        let attempts = store::figures::attempts(&mut conn, hub.id, from, until).await?;
        let roads = store::figures::road_times(&mut conn, hub.id, from, until).await?;
        let promised = store::figures::promised(&mut conn, hub.id, from, until).await?;
        drop(conn);

        let promised: Vec<_> = promised.iter().map(|p| p.facts).collect();
        let facts: Vec<_> = attempts.iter().map(|a| a.facts).collect();
        let times: Vec<_> = roads.iter().map(|route| route.time).collect();
        let as_of = now.min(until).max(from);
        let (stops, road_hours) = figures::stops_per_hour(&facts, &times, as_of);
        let (delivered, _) = figures::delivered_per_hour(&facts, &times, as_of);
        Ok(FiguresView {
            hub: hub.name,
            day,
            as_of: zone.moment(as_of),
            on_time_latest: share(figures::on_time_latest(&facts)),
            on_time_original: share(figures::on_time_original(&facts)),
            promises_kept: share(figures::promises_kept(&promised, as_of)),
            promises_by_length: figures::promises_kept_by_length(&promised, as_of).map(share),
            first_attempt: share(figures::first_attempt_success(&facts)),
            stops,
            road_hours,
            stops_per_hour: (road_hours > 0.0).then(|| stops as f64 / road_hours),
            delivered_per_hour: (road_hours > 0.0).then(|| delivered as f64 / road_hours),
            failed: figures::failed_by_reason(&facts)
                .into_iter()
                .map(|(outcome, rate)| FailedShare { outcome, share: share(rate) })
                .collect(),
            hours: by_hour(&attempts, zone),
        })
    }

    /// The day that is asked for; else the one that runs, or the calendar's while that is not over and the next one runs already.
    async fn day_of_figures(
        &self,
        conn: &mut store::Conn,
        site: &Site,
        asked: Option<Day>,
        now: Instant,
    ) -> Result<Day> {
        match asked {
            Some(day) => bounds::day(day),
            None => Ok(self.running_day(conn, site, now).await?.min(site.zone.day(now))),
        }
    }

    /// The rows behind a figure, those that spoil it first; pages count from 1.
    pub async fn figure_rows(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        day: Option<Day>,
        kind: FigureKind,
        page: u32,
    ) -> Result<FigureRows> {
        caller.must(Ability::SeeFigures)?;
        let mut conn = self.0.database.read().await?;
        let site = self.site_for(caller, hub).await?;
        let day = self.day_of_figures(&mut conn, &site, day, self.now()).await?;
        let Site { hub, zone } = site;
        let (from, until) = zone.bounds(day);
        let labels: HashMap<_, _> =
            store::vehicles::of_hub(&mut conn, hub.id).await?.into_iter().map(|v| (v.id, v.label)).collect();
        let label = |id| labels.get(&id).cloned().unwrap_or_default();
        let attempts = store::figures::attempts(&mut conn, hub.id, from, until).await?;
        let skip = PAGE * (page.max(1) as usize - 1);
        let as_of = self.now().min(until).max(from);

        if kind == FigureKind::StopsPerHour {
            let roads = store::figures::road_times(&mut conn, hub.id, from, until).await?;
            let mut routes: Vec<_> = roads
                .into_iter()
                .map(|r| RoadRow {
                    route: r.route,
                    label: label(r.vehicle),
                    departed_at: zone.moment(r.time.departed_at),
                    finished_at: r.time.finished_at.map(|at| zone.moment(at)),
                    hours: figures::stops_per_hour(&[], &[r.time], as_of).1,
                    stops: attempts.iter().filter(|a| a.route == r.route && !a.facts.further).count() as i64,
                    planned_km: r.planned_m.map(|metres| f64::from(metres) / 1_000.0),
                    driven_km: r.driven_m.map(|metres| f64::from(metres) / 1_000.0),
                })
                .collect();
            routes.sort_by(|a, b| a.label.cmp(&b.label));
            let more = routes.len() > skip + PAGE;
            let routes = routes.into_iter().skip(skip).take(PAGE).collect();
            return Ok(FigureRows { attempts: vec![], promises: vec![], routes, more });
        }
        if kind == FigureKind::PromisesKept {
            let mut promised = store::figures::promised(&mut conn, hub.id, from, until).await?;
            promised.retain(|p| p.facts.original.until() <= as_of);
            promised.sort_by_key(|p| (p.facts.is_kept(), std::cmp::Reverse(p.facts.original.until())));
            let more = promised.len() > skip + PAGE;
            let promised: Vec<_> = promised.into_iter().skip(skip).take(PAGE).collect();
            let ids: Vec<_> = promised.iter().map(|p| p.order).collect();
            let references = store::figures::references(&mut conn, &ids).await?;
            let row = |p: store::figures::Promised| PromiseRow {
                order: p.order,
                reference: references.get(&p.order).cloned().unwrap_or_default(),
                label: p.vehicle.map(label),
                promised: zone.span(p.facts.original),
                delivered_at: p.facts.delivered_at.map(|at| zone.moment(at)),
                outcome: p.outcome,
                counts: p.facts.is_kept(),
            };
            let promises = promised.into_iter().map(row).collect();
            return Ok(FigureRows { attempts: vec![], promises, routes: vec![], more });
        }

        let promised = |a: &AttemptFacts| match kind {
            FigureKind::OnTimeOriginal => a.promise.original.until(),
            _ => a.promise.latest.until(),
        };
        let has = |a: &AttemptFacts| match kind {
            FigureKind::FirstAttempt => a.outcome.is_success(),
            FigureKind::Failed => !a.outcome.is_success(),
            _ => a.arrived_at <= promised(a),
        };
        let mut rows: Vec<_> = attempts
            .into_iter()
            .filter(|a| kind != FigureKind::FirstAttempt || a.facts.number == 1)
            .collect();
        // What a reader looks for comes first: failures for the failed, misses for the rest.
        rows.sort_by_key(|a| (has(&a.facts) != (kind == FigureKind::Failed), std::cmp::Reverse(a.ended_at)));
        let more = rows.len() > skip + PAGE;
        let rows: Vec<_> = rows.into_iter().skip(skip).take(PAGE).collect();
        let ids: Vec<_> = rows.iter().map(|a| a.order).collect();
        let references = store::figures::references(&mut conn, &ids).await?;
        let attempts = rows
            .into_iter()
            .map(|a| AttemptRow {
                order: a.order,
                reference: references.get(&a.order).cloned().unwrap_or_default(),
                label: label(a.vehicle),
                number: a.facts.number,
                arrived_at: zone.moment(a.facts.arrived_at),
                promised_until: zone.moment(promised(&a.facts)),
                outcome: a.facts.outcome,
                counts: has(&a.facts),
            })
            .collect();
        Ok(FigureRows { attempts, promises: vec![], routes: vec![], more })
    }
}

fn share(rate: Rate) -> Share {
    Share { part: rate.part, whole: rate.whole, percent: rate.percent() }
}

fn by_hour(attempts: &[DayAttempt], zone: Zone) -> Vec<HourShare> {
    let mut hours: BTreeMap<Instant, Vec<AttemptFacts>> = BTreeMap::new();
    for a in attempts {
        hours.entry(zone.hour(a.ended_at)).or_default().push(a.facts);
    }
    hours
        .into_iter()
        .map(|(hour, facts)| HourShare {
            hour: zone.moment(hour),
            on_time: share(figures::on_time_latest(&facts)),
        })
        .collect()
}
