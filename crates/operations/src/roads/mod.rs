//! The roads as they stand: closures and weather by somebody's word, traffic by what the fleet's drives show.
//!
//! What somebody says is kept and takes effect with the next question about a way. What the drives show is worked out here
//! round by round; the database keeps how often roads took how long, and the rest is worked out again after a restart.

mod closures;
mod drives;
mod lengths;

use crate::{
    Caller, Operations, Result,
    base::{turns::aside, zone::Zone},
    day::book::DayBook,
    sites::hubs::Site,
};
use ::roads::{City, Conditions, Curves, Drives, LatLon, Live, Profile};
use domain::{ClosureId, ClosureShape, HubId, Instant, VehicleKind};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wire::{
    Point,
    staff::roads::{ClosedRoad, ClosureRow, RoadsView, TrafficView},
};

/// The lines of so many closures are kept.
const MOST_DRAWN: usize = 500;

/// The streets that closures and weather change, and what is known of their traffic.
pub(crate) struct Roadbook {
    city: Option<Arc<City>>,
    known: Mutex<Known>,
    /// The streets of closures as the map draws them: every board shows them, and they stay the same.
    drawn: Mutex<HashMap<ClosureId, Vec<Vec<Point>>>>,
    /// Held from reading what holds until the roads know it, so that what is said last holds last.
    telling: tokio::sync::Mutex<()>,
}

/// What the streets were told last, and what it was made from.
#[derive(Default)]
struct Known {
    applied: Option<Applied>,
    curves: Option<Arc<Curves>>,
    live: Arc<Live>,
    drives: Drives,
    learnt_at: Option<Instant>,
    /// The hubs whose drives of the last hours have been read.
    begun: HashSet<HubId>,
    evidence: f64,
}

/// What conditions are made from, to see whether they have changed.
#[derive(Clone, PartialEq)]
struct Applied {
    closures: Vec<domain::Closure>,
    weather: domain::Weather,
    /// Grows with everything that drives have shown.
    learnt: u64,
}

impl Roadbook {
    pub fn new(city: Option<Arc<City>>) -> Self {
        Self { city, known: Mutex::default(), drawn: Mutex::default(), telling: Default::default() }
    }

    pub fn city(&self) -> Option<&Arc<City>> {
        self.city.as_ref()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What is kept here is worked out anew from the database, so a panic elsewhere leaves nothing to protect.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn lines_of(&self, closure: &domain::Closure) -> Result<Vec<Vec<Point>>> {
        let drawn = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(city) = self.city.clone() else { return Ok(vec![]) };
        if let Some(lines) = drawn().get(&closure.id) {
            return Ok(lines.clone());
        }
        let shape = closure.shape.clone();
        let lines = aside(move || closures::lines_of(&city, &shape)).await?;
        let mut drawn = drawn();
        if drawn.len() >= MOST_DRAWN {
            drawn.clear();
        }
        drawn.insert(closure.id, lines.clone());
        Ok(lines)
    }

    /// Lets closures, weather and traffic hold; answers whether anything is new.
    fn apply(&self, applied: Applied, sites: &[Site]) -> bool {
        let Some(city) = &self.city else { return false };
        let mut known = self.known();
        if known.applied.as_ref() == Some(&applied) {
            return false;
        }
        let zone_of = |closure: &domain::Closure| {
            sites.iter().find(|site| site.hub.id == closure.hub).map(|site| site.zone)
        };
        let curves = known.curves.get_or_insert_with(|| Arc::new(Curves::assumed())).clone();
        city.set_conditions(Conditions {
            closures: applied
                .closures
                .iter()
                .filter_map(|c| Some(closures::closure(c, zone_of(c)?)))
                .collect(),
            weather: ::roads::Weather::from_code(applied.weather.code()).unwrap_or_default(),
            curves,
            live: known.live.clone(),
        });
        known.applied = Some(applied);
        true
    }
}

/// How much longer a van's drives take in this weather.
fn slows(weather: domain::Weather) -> f64 {
    ::roads::Weather::from_code(weather.code()).unwrap_or_default().factor(Profile::Van)
}

/// The profiles of a kind of vehicle; those of cars go with vans.
fn profiles(kind: VehicleKind) -> &'static [Profile] {
    match kind {
        VehicleKind::DieselVan => &[Profile::Van, Profile::Car],
        VehicleKind::ElectricVan => &[Profile::ElectricVan],
        VehicleKind::CargoBike => &[Profile::CargoBike],
    }
}

impl Operations {
    /// Reads what somebody has said about the roads and lets it hold: a timer's verb. Answers whether anything is new.
    pub async fn refresh_roads(&self, caller: &Caller) -> Result<bool> {
        caller.timer_only()?;
        self.tell_roads().await
    }

    /// Tells the roads at once what was just said. It is said already, so where that fails the next round does it.
    async fn tell_roads_soon(&self) {
        if let Err(fault) = self.tell_roads().await {
            tracing::warn!(%fault, "the roads will hear in the next round what was said about them");
        }
    }

    async fn tell_roads(&self) -> Result<bool> {
        let _turn = self.0.roadbook.telling.lock().await;
        let sites = self.sites().await?;
        let mut conn = self.0.database.read().await?;
        let closures = store::roads::closures(&mut conn, self.now()).await?;
        let mut weather = domain::Weather::default();
        for site in sites.iter() {
            // Hubs on one map have one sky: where they disagree, the weather that slows most is believed.
            let said = store::roads::weather(&mut conn, site.hub.id).await?;
            weather = if slows(said) > slows(weather) { said } else { weather };
        }
        drop(conn);
        let learnt = self.0.roadbook.known().applied.as_ref().map_or(0, |applied| applied.learnt);
        let news = self.0.roadbook.apply(Applied { closures, weather, learnt }, &sites);
        if news {
            self.0.live.touch_roads();
            self.0.driver_routes.note_all();
        }
        Ok(news)
    }

    /// The roads on one page.
    pub async fn roads(&self, caller: &Caller, hub: Option<HubId>) -> Result<RoadsView> {
        caller.must(domain::Ability::SeeRoads)?;
        let site = self.site_for(caller, hub).await?;
        let mut conn = self.0.database.read().await?;
        let book = DayBook::without_stops(self, &mut conn, &site).await?;
        let closures = store::roads::closures(&mut conn, book.now).await?;
        let said = store::roads::weather(&mut conn, book.hub.id).await?;
        let weather = self.0.roadbook.known().applied.as_ref().map_or(said, |applied| applied.weather);
        let sites = self.sites().await?;
        let cut_off = store::exceptions::of_day(&mut conn, book.hub.id, book.day).await?;
        let is_open =
            |e: &&domain::Exception| e.kind == domain::ExceptionKind::CutOff && e.state.code() != "resolved";
        let vehicles: Vec<_> = cut_off.iter().filter(is_open).filter_map(|e| e.vehicle).collect();
        let book = book.with_stops_of(&mut conn, &vehicles).await?;
        let closed = self.closed_roads(&mut conn, &book).await?;
        drop(conn);
        let zone = book.zone;
        let cut_off: Vec<_> = cut_off
            .iter()
            .filter(is_open)
            .filter_map(|e| book.stops.iter().find(|s| Some(s.stop.id) == e.stop))
            .map(|s| LatLon { lat: s.at.lat(), lon: s.at.lon() })
            .collect();
        let elsewhere = |c: &domain::Closure| {
            let other = sites.iter().find(|other| other.hub.id == c.hub && c.hub != book.hub.id);
            other.map(|other| format!(", said at {}", other.hub.name)).unwrap_or_default()
        };
        let rows = closures.iter().map(|c| ClosureRow {
            id: c.id,
            own: c.hub == book.hub.id,
            reason: c.reason.clone() + &elsewhere(c),
            streets: c.streets.clone(),
            bars: c.bars.clone(),
            from: zone.moment(c.from),
            until: zone.moment(c.until),
            holds: c.from <= book.now,
            cut_off: cut_off.iter().filter(|at| closures::is_near(&c.shape, **at)).count() as i64,
        });
        Ok(RoadsView {
            as_of: zone.moment(book.now),
            weather,
            closures: rows.collect(),
            closed,
            traffic: self.traffic(zone, book.now),
        })
    }

    fn traffic(&self, zone: Zone, now: Instant) -> TrafficView {
        let source = self.0.roads.source();
        let known = self.0.roadbook.known();
        let curves = known.curves.clone().unwrap_or_else(|| Arc::new(Curves::assumed()));
        let wall = zone.wall(now);
        let percent = |at| {
            let groups = ::roads::Group::WITH_TRAFFIC;
            let sum: f64 = groups.iter().map(|&group| curves.at(group, at)).sum();
            (sum / groups.len() as f64 * 100.0).round() as i64
        };
        let weather = known.applied.as_ref().map_or(1.0, |applied| {
            ::roads::Weather::from_code(applied.weather.code()).unwrap_or_default().factor(Profile::Van)
        });
        TrafficView {
            engine: source.engine,
            trouble: source.trouble,
            now_percent: (percent(wall) as f64 * weather).round() as i64,
            by_hour: (0..24).map(|hour| percent(wall.midnight().plus(hour * 3_600))).collect(),
            learnt_at: known.learnt_at.map(|at| zone.moment(at)),
            passes: known.drives.len() as i64,
            unusual: known.live.known() as i64,
            evidence: known.evidence.round() as i64,
        }
    }

    /// The closures that hold now or later today, as the map draws them.
    pub(crate) async fn closed_roads(
        &self,
        conn: &mut store::Conn,
        book: &DayBook,
    ) -> Result<Vec<ClosedRoad>> {
        let closures = store::roads::closures(conn, book.now).await?;
        let today = book.zone.bounds(book.day).1;
        let mut drawn = Vec::new();
        for closure in closures.into_iter().filter(|c| c.from < today) {
            let until = if closure.until > today {
                "a later day".to_owned()
            } else {
                book.zone.moment(closure.until).format("%H:%M").to_string()
            };
            let area = match &closure.shape {
                ClosureShape::Area(places) => {
                    Some(places.iter().map(|&at| crate::base::convert::point(at)).collect())
                }
                ClosureShape::Line(_) => None,
            };
            drawn.push(ClosedRoad {
                id: closure.id,
                title: format!("{}, until {until}", closure.reason),
                lines: self.0.roadbook.lines_of(&closure).await?,
                area,
            });
        }
        Ok(drawn)
    }
}
