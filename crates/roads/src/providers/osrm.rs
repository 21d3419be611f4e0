//! A client of OSRM's HTTP interface (v1): tables, routes and the nearest road.
//!
//! Not here: what is done when it fails (`outside`), and any other engine's dialect.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde::Deserialize;

use super::http::{Answer, Refusal, Server};
use crate::{LatLon, Leg, Path, RoadsError, UNREACHABLE};

/// How an OSRM server is asked.
#[derive(Clone, Debug)]
pub struct OsrmSettings {
    /// Where it is, such as `http://127.0.0.1:5000`.
    pub address: String,
    /// The profile in its addresses, such as `driving`.
    pub profile: String,
    /// Most places in one table; a server that refuses is asked for less from then on. Its own default is 100.
    pub most_places: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a question is asked again when the connection breaks.
    pub retries: u32,
}

impl OsrmSettings {
    /// A server with the settings that it has when nobody changed them.
    pub fn at(address: &str) -> OsrmSettings {
        OsrmSettings {
            address: address.to_owned(),
            profile: "driving".to_owned(),
            most_places: 100,
            timeout: Duration::from_secs(10),
            retries: 2,
        }
    }
}

/// A server that speaks OSRM's interface.
pub struct Osrm {
    server: Server,
    profile: String,
    most_places: AtomicUsize,
}

/// Seconds that a journey may take at most; longer ones are no answer to anything within a city.
const LONGEST_S: f64 = 86_400.0;
/// Nothing on a road is faster, in metres a second along the straight line.
const FASTEST_MPS: f64 = 70.0;
/// A table is never asked for with fewer places than this.
const FEWEST_PLACES: usize = 4;

#[derive(Deserialize)]
struct TableAnswer {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
}

#[derive(Deserialize)]
struct RouteAnswer {
    code: String,
    #[serde(default)]
    routes: Vec<RouteForm>,
}

#[derive(Deserialize)]
struct RouteForm {
    legs: Vec<LegForm>,
}

#[derive(Deserialize)]
struct LegForm {
    duration: f64,
    distance: f64,
    #[serde(default)]
    steps: Vec<StepForm>,
}

#[derive(Deserialize)]
struct StepForm {
    duration: f64,
    geometry: LineForm,
}

#[derive(Deserialize)]
struct LineForm {
    coordinates: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct NearestAnswer {
    code: String,
    #[serde(default)]
    waypoints: Vec<WaypointForm>,
}

#[derive(Deserialize)]
struct WaypointForm {
    location: (f64, f64),
    distance: f64,
}

#[derive(Deserialize)]
struct Trouble {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Osrm {
    /// A client; asks nothing yet.
    pub fn new(settings: &OsrmSettings) -> Osrm {
        Osrm {
            server: Server::new("OSRM server", &settings.address, settings.timeout, settings.retries),
            profile: settings.profile.clone(),
            most_places: AtomicUsize::new(settings.most_places.max(FEWEST_PLACES)),
        }
    }

    /// Where it is asked.
    pub fn address(&self) -> &str {
        self.server.address()
    }

    /// The nearest road and its distance in metres.
    ///
    /// # Errors
    /// [`RoadsError::Provider`].
    pub fn nearest(&self, at: LatLon) -> Result<Option<(LatLon, f64)>, RoadsError> {
        let path = format!("/nearest/v1/{}/{}?number=1&generate_hints=false", self.profile, places(&[at]));
        match self.server.get::<NearestAnswer>(&path)? {
            Answer::Good(answer) if answer.code == "Ok" => {
                let found = answer.waypoints.into_iter().next();
                Ok(found.map(|w| (LatLon { lat: w.location.1, lon: w.location.0 }, w.distance)))
            }
            Answer::Good(answer) => Err(self.server.fault(format!("it says {}", answer.code))),
            Answer::Refused(refusal) if trouble(&refusal).code == "NoSegment" => Ok(None),
            Answer::Refused(refusal) => Err(self.server.fault(said(&refusal))),
        }
    }

    /// Seconds from every source to every target, row by row, in as many tables as the server's limit asks for.
    ///
    /// # Errors
    /// [`RoadsError::Provider`], also when an answer has another shape than the question or cannot be true.
    pub fn table(&self, sources: &[LatLon], targets: &[LatLon]) -> Result<Vec<u32>, RoadsError> {
        let mut seconds = vec![UNREACHABLE; sources.len() * targets.len()];
        let (mut row, width) = (0, targets.len());
        while row < sources.len() {
            let half = (self.most_places.load(Ordering::Relaxed) / 2).max(1);
            let rows = &sources[row..sources.len().min(row + half)];
            let mut column = 0;
            while column < width {
                let columns = &targets[column..width.min(column + half)];
                match self.block(rows, columns)? {
                    Some(block) => {
                        for (i, line) in block.chunks(columns.len()).enumerate() {
                            let at = (row + i) * width + column;
                            seconds[at..at + columns.len()].copy_from_slice(line);
                        }
                        column += columns.len();
                    }
                    // Too big for this server: again, with less.
                    None => break,
                }
            }
            if column >= width {
                row += rows.len();
            }
        }
        Ok(seconds)
    }

    /// One table; none when the server says that it is too big, which is remembered.
    fn block(&self, rows: &[LatLon], columns: &[LatLon]) -> Result<Option<Vec<u32>>, RoadsError> {
        let all: Vec<LatLon> = rows.iter().chain(columns).copied().collect();
        let numbers = |from: usize, count: usize| -> String {
            (from..from + count).map(|n| n.to_string()).collect::<Vec<_>>().join(";")
        };
        let path = format!(
            "/table/v1/{}/{}?sources={}&destinations={}&annotations=duration&skip_waypoints=true&generate_hints=false",
            self.profile,
            places(&all),
            numbers(0, rows.len()),
            numbers(rows.len(), columns.len())
        );
        let answer = match self.server.get::<TableAnswer>(&path)? {
            Answer::Good(answer) => answer,
            Answer::Refused(refusal) if is_too_big(&refusal) => {
                if all.len() <= FEWEST_PLACES {
                    return Err(self.server.fault("it finds even the smallest table too big"));
                }
                self.most_places.fetch_min((all.len() / 2).max(FEWEST_PLACES), Ordering::Relaxed);
                return Ok(None);
            }
            Answer::Refused(refusal) => return Err(self.server.fault(said(&refusal))),
        };
        if answer.code != "Ok" {
            return Err(self.server.fault(format!("it says {}", answer.code)));
        }
        let shaped =
            answer.durations.len() == rows.len() && answer.durations.iter().all(|r| r.len() == columns.len());
        if !shaped {
            return Err(self.server.fault("its table has another shape than was asked for"));
        }
        let mut block = Vec::with_capacity(rows.len() * columns.len());
        for (&from, row) in rows.iter().zip(&answer.durations) {
            for (&to, &duration) in columns.iter().zip(row) {
                block.push(match duration {
                    None => UNREACHABLE,
                    Some(seconds) => self.believable(seconds, from.metres_to(to))?.round() as u32,
                });
            }
        }
        Ok(Some(block))
    }

    /// The fastest way through places.
    ///
    /// # Errors
    /// [`RoadsError::Unreachable`] where there is none, [`RoadsError::Provider`].
    pub fn route(&self, points: &[LatLon]) -> Result<Path, RoadsError> {
        if points.len() < 2 {
            return Ok(Path::default());
        }
        let path = format!(
            "/route/v1/{}/{}?overview=false&steps=true&geometries=geojson&generate_hints=false&skip_waypoints=true",
            self.profile,
            places(points)
        );
        let answer = match self.server.get::<RouteAnswer>(&path)? {
            Answer::Good(answer) if answer.code == "Ok" => answer,
            Answer::Good(answer) => return Err(self.server.fault(format!("it says {}", answer.code))),
            Answer::Refused(refusal) if trouble(&refusal).code == "NoRoute" => {
                return Err(RoadsError::Unreachable { from: 0, to: points.len() - 1 });
            }
            Answer::Refused(refusal) => return Err(self.server.fault(said(&refusal))),
        };
        let route = answer.routes.into_iter().next().ok_or_else(|| self.server.fault("it knows no route"))?;
        if route.legs.len() + 1 != points.len() {
            return Err(self.server.fault("its route has another number of legs than was asked for"));
        }
        let mut legs = Vec::with_capacity(route.legs.len());
        for (leg, ends) in route.legs.into_iter().zip(points.windows(2)) {
            self.believable(leg.duration, ends[0].metres_to(ends[1]))?;
            legs.push(drawn(leg, ends[0], ends[1]));
        }
        Ok(Path { legs })
    }

    /// Seconds that can be true for a journey over so many metres of straight line.
    fn believable(&self, seconds: f64, metres: f64) -> Result<f64, RoadsError> {
        let possible = seconds.is_finite() && (0.0..=LONGEST_S).contains(&seconds);
        // Places are moved to the nearest road, so short ways may shrink to nothing.
        let fast_enough = metres < 2_000.0 || metres / seconds.max(0.1) <= FASTEST_MPS;
        if possible && fast_enough {
            return Ok(seconds);
        }
        Err(self
            .server
            .fault(format!("it says {seconds} s for a way of {:.1} km, which cannot be", metres / 1_000.0)))
    }
}

/// A leg with its places and the times there, which pass evenly within a step.
fn drawn(leg: LegForm, from: LatLon, to: LatLon) -> Leg {
    let (mut points, mut at_seconds, mut clock) = (Vec::new(), Vec::new(), 0.0);
    for step in leg.steps {
        let line: Vec<LatLon> =
            step.geometry.coordinates.iter().map(|&(lon, lat)| LatLon { lat, lon }).collect();
        let length: f64 = line.windows(2).map(|e| e[0].metres_to(e[1])).sum();
        let mut gone = 0.0;
        for (index, &at) in line.iter().enumerate() {
            if let Some(before) = index.checked_sub(1).and_then(|b| line.get(b)) {
                gone += before.metres_to(at);
            }
            if points.last() != Some(&at) {
                points.push(at);
                at_seconds.push((clock + step.duration * gone / length.max(0.1)).min(leg.duration));
            }
        }
        clock += step.duration;
    }
    while points.len() < 2 {
        points.push(if points.is_empty() { from } else { to });
        at_seconds.push(leg.duration);
    }
    if let Some(last) = at_seconds.last_mut() {
        *last = leg.duration;
    }
    Leg { seconds: leg.duration, metres: leg.distance.max(0.0), points, at_seconds }
}

fn places(all: &[LatLon]) -> String {
    all.iter().map(|at| format!("{:.6},{:.6}", at.lon, at.lat)).collect::<Vec<_>>().join(";")
}

fn trouble(refusal: &Refusal) -> Trouble {
    serde_json::from_str(&refusal.body).unwrap_or(Trouble { code: String::new(), message: String::new() })
}

/// Whether a server says that a table is too big, or its address too long.
fn is_too_big(refusal: &Refusal) -> bool {
    matches!(refusal.status, 413 | 414) || trouble(refusal).code == "TooBig"
}

fn said(refusal: &Refusal) -> String {
    let Trouble { code, message } = trouble(refusal);
    let message: String = message.chars().take(120).collect();
    format!("it answers {} {code} {message}", refusal.status).trim_end().to_owned()
}
