//! The city with an engine outside before it: that is asked first, and the city answers when it fails or cannot know.
//!
//! After a failure it is left alone for a while, longer each time, so that a dead server costs nobody a wait. Who looks sees
//! which of the two answers, and why. An engine outside knows neither closures nor the hour: while something is closed the
//! city answers, and by the hour its times are multiplied by what the city's curves say of all kinds of roads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Geocoder, Osrm};
use crate::{
    Addresses, City, DayMatrix, Found, Group, LatLon, Matrix, Path, Profile, RoadsError, Snap, Source,
    TravelTimes, UNREACHABLE, Wall,
    travel::{Rows, build_day},
};

/// How long a failed engine is left alone at first, and at most.
const FIRST_REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(300);

/// Whether something outside works.
#[derive(Default)]
struct Health(Mutex<Option<Outage>>);

struct Outage {
    what: String,
    rest: Duration,
    until: Instant,
}

impl Health {
    /// Asks if it may be asked now; remembers how that went.
    fn ask<T>(&self, question: impl FnOnce() -> Result<T, RoadsError>) -> Result<T, RoadsError> {
        let resting =
            self.with(|outage| outage.as_ref().filter(|s| Instant::now() < s.until).map(|s| s.what.clone()));
        if let Some(what) = resting {
            return Err(RoadsError::Provider { engine: "engine outside", address: String::new(), what });
        }
        let began = Instant::now();
        let answer = question();
        self.with(|outage| match &answer {
            Err(fault @ RoadsError::Provider { .. }) => {
                // Questions that were under way together say one thing, not many.
                if outage.as_ref().is_none_or(|s| began >= s.until) {
                    let rest = outage.as_ref().map_or(FIRST_REST, |s| (s.rest * 2).min(LONGEST_REST));
                    *outage = Some(Outage { what: fault.to_string(), rest, until: Instant::now() + rest });
                }
            }
            _ => *outage = None,
        });
        answer
    }

    fn trouble(&self) -> Option<String> {
        self.with(|outage| outage.as_ref().map(|s| s.what.clone()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Option<Outage>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Travel times of an OSRM server for motor traffic, with the city behind it.
pub struct OutsideRoads {
    osrm: Osrm,
    city: Arc<City>,
    health: Health,
}

impl OutsideRoads {
    /// Puts a server before a city.
    pub fn new(osrm: Osrm, city: Arc<City>) -> OutsideRoads {
        OutsideRoads { osrm, city, health: Health::default() }
    }

    /// Whether the server is to be asked about this profile at this time.
    fn is_asked(&self, profile: Profile, when: Option<Wall>) -> bool {
        let motor = matches!(profile, Profile::Car | Profile::Van | Profile::ElectricVan);
        let closed = when.is_some_and(|when| {
            self.city.conditions().closures.iter().any(|closure| closure.bars(profile, when))
        });
        motor && !closed
    }

    /// Time by the hour as a multiple of the server's, over all kinds of roads.
    fn factor(&self, profile: Profile, when: Wall) -> f64 {
        let conditions = self.city.conditions();
        let groups = Group::WITH_TRAFFIC;
        let traffic: f64 = groups.iter().map(|&group| conditions.curves.at(group, when)).sum();
        traffic / groups.len() as f64 * conditions.weather.factor(profile)
    }

    fn seconds(
        &self,
        sources: &[LatLon],
        targets: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Vec<u32>, RoadsError> {
        let factor = depart.map_or(1.0, |depart| self.factor(profile, depart));
        let seconds = self.health.ask(|| self.osrm.table(sources, targets))?;
        Ok(seconds.into_iter().map(|s| times(s, factor)).collect())
    }

    /// A place that lies near no road of ours is outside, whatever a server makes of it.
    fn inside(&self, all: &[LatLon], counted_before: usize, profile: Profile) -> Result<(), RoadsError> {
        let lost = all.iter().position(|&at| self.city.snap(at, profile).is_none());
        lost.map_or(Ok(()), |index| {
            Err(RoadsError::OutsideArea { index: counted_before + index, at: all[index] })
        })
    }
}

fn times(seconds: u32, factor: f64) -> u32 {
    if seconds == UNREACHABLE { UNREACHABLE } else { (f64::from(seconds) * factor).round() as u32 }
}

/// The rows of a day: those of the server, multiplied by the hour.
struct OutsideRows<'a> {
    roads: &'a OutsideRoads,
    places: &'a [LatLon],
    factors: Vec<f64>,
    /// The last rows that the server was asked for: the next break wants the same ones.
    last: Mutex<Option<LastRows>>,
}

/// Sources, targets, and the seconds between them.
type LastRows = (Vec<usize>, Vec<usize>, Vec<u32>);

impl Rows for OutsideRows<'_> {
    fn rows(&self, sources: &[usize], targets: &[usize], at: usize) -> Result<Vec<u32>, RoadsError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.as_ref().is_some_and(|(s, t, _)| s == sources && t == targets) {
            let place = |all: &[usize]| -> Vec<LatLon> { all.iter().map(|&i| self.places[i]).collect() };
            let seconds =
                self.roads.health.ask(|| self.roads.osrm.table(&place(sources), &place(targets)))?;
            *last = Some((sources.to_vec(), targets.to_vec(), seconds));
        }
        let base = last.as_ref().map(|(.., seconds)| seconds.as_slice()).unwrap_or_default();
        Ok(base.iter().map(|&s| times(s, self.factors[at])).collect())
    }

    fn same_as(&self, at: usize) -> usize {
        self.factors.iter().position(|f| (f - self.factors[at]).abs() < 1e-9).unwrap_or(at)
    }
}

impl TravelTimes for OutsideRoads {
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        self.city.snap(at, profile)
    }

    fn matrix(
        &self,
        sources: &[LatLon],
        targets: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Matrix, RoadsError> {
        if self.is_asked(profile, depart) {
            self.inside(sources, 0, profile)?;
            self.inside(targets, sources.len(), profile)?;
            if let Ok(seconds) = self.seconds(sources, targets, profile, depart) {
                return Ok(Matrix { sources: sources.len(), targets: targets.len(), seconds });
            }
        }
        self.city.matrix(sources, targets, profile, depart)
    }

    /// By the city's own streets: a single drive is asked for again and again, and those know how the roads are now.
    fn drive(&self, from: LatLon, to: LatLon, profile: Profile, at: Wall) -> Result<Option<u32>, RoadsError> {
        self.city.drive(from, to, profile, at)
    }

    fn day_matrix(
        &self,
        places: &[LatLon],
        groups: &[Vec<usize>],
        profile: Profile,
        span: (Wall, Wall),
    ) -> Result<DayMatrix, RoadsError> {
        let (from, until) = span;
        let conditions = self.city.conditions();
        let breaks = conditions.breaks(profile.means(), from, until);
        if breaks.iter().all(|&at| self.is_asked(profile, Some(at))) {
            self.inside(places, 0, profile)?;
            let factors = breaks.iter().map(|&at| self.factor(profile, at)).collect();
            let rows = OutsideRows { roads: self, places, factors, last: Mutex::default() };
            if let Ok(day) = build_day(places.len(), groups, breaks, &rows) {
                return Ok(day);
            }
        }
        self.city.day_matrix(places, groups, profile, span)
    }

    fn path(&self, points: &[LatLon], profile: Profile, depart: Option<Wall>) -> Result<Path, RoadsError> {
        if self.is_asked(profile, depart) {
            self.inside(points, 0, profile)?;
            match self.health.ask(|| self.osrm.route(points)) {
                Ok(mut path) => {
                    let factor = depart.map_or(1.0, |depart| self.factor(profile, depart));
                    for leg in &mut path.legs {
                        leg.seconds *= factor;
                        leg.at_seconds.iter_mut().for_each(|at| *at *= factor);
                    }
                    return Ok(path);
                }
                Err(fault @ RoadsError::Unreachable { .. }) => return Err(fault),
                Err(_) => {}
            }
        }
        self.city.path(points, profile, depart)
    }

    fn are_alike(&self, one: Profile, other: Profile, span: (Wall, Wall)) -> bool {
        self.city.are_alike(one, other, span)
    }

    fn source(&self) -> Source {
        match self.health.trouble() {
            Some(trouble) => Source {
                engine: self.city.source().engine,
                trouble: Some(format!("{trouble}. Own streets answer instead.")),
            },
            None => Source { engine: format!("OSRM at {}", self.osrm.address()), trouble: None },
        }
    }
}

/// Addresses of a service outside, with the city's behind them.
pub struct OutsideAddresses {
    geocoder: Geocoder,
    city: Arc<City>,
    health: Health,
}

impl OutsideAddresses {
    /// Puts a service before a city.
    pub fn new(geocoder: Geocoder, city: Arc<City>) -> OutsideAddresses {
        OutsideAddresses { geocoder, city, health: Health::default() }
    }

    /// What is wrong with the service, if something is.
    pub fn trouble(&self) -> Option<String> {
        self.health.trouble()
    }
}

impl Addresses for OutsideAddresses {
    fn search(&self, text: &str, limit: usize) -> Result<Vec<Found>, RoadsError> {
        match self.health.ask(|| self.geocoder.search(text, limit)) {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) | Err(_) => self.city.search(text, limit),
        }
    }

    fn reverse(&self, at: LatLon) -> Result<Option<Found>, RoadsError> {
        match self.health.ask(|| self.geocoder.reverse(at)) {
            Ok(Some(found)) => Ok(Some(found)),
            Ok(None) | Err(_) => self.city.reverse(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(health: &Health, meanwhile: impl FnOnce()) {
        let answer: Result<(), _> = health.ask(|| {
            meanwhile();
            Err(RoadsError::Provider { engine: "engine", address: String::new(), what: "it is down".into() })
        });
        assert!(answer.is_err());
    }

    #[test]
    fn questions_that_fail_together_make_one_rest_and_an_answer_ends_it() {
        let health = Health::default();
        failed(&health, || failed(&health, || failed(&health, || ())));
        let rest = health.with(|outage| outage.as_ref().map(|s| s.rest));
        assert_eq!(rest, Some(FIRST_REST));
        assert!(health.ask(|| -> Result<(), _> { unreachable!("it rests") }).is_err());

        health.with(|outage| outage.as_mut().map(|s| s.until = Instant::now()));
        failed(&health, || ());
        assert_eq!(health.with(|outage| outage.as_ref().map(|s| s.rest)), Some(FIRST_REST * 2));
        health.with(|outage| outage.as_mut().map(|s| s.until = Instant::now()));
        assert!(health.trouble().is_some() && health.ask(|| Ok(())).is_ok() && health.trouble().is_none());
    }
}
