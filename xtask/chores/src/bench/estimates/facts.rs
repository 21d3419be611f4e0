//! What really happened: the simulator's truth file, as far as scoring needs it.
//!
//! Read by names of its own, as an outsider would; `docs/simulator.md` says what the fields mean.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// An instant, UTC.
pub type At = chrono::DateTime<chrono::Utc>;

const VERSION: u32 = 2;

/// One line of the file; facts that are not needed are passed over.
#[derive(Debug, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
enum Line {
    Day {
        version: u32,
    },
    Incident {
        from: At,
        until: At,
    },
    Weather {
        from: At,
        until: At,
    },
    Departed {
        vehicle: String,
        at: At,
        planned: At,
    },
    NoStart {
        vehicle: String,
        from: At,
        until: At,
    },
    Breakdown {
        vehicle: String,
        from: At,
        until: At,
    },
    Stop(Box<Visit>),
    GivenUp {},
    End {
        whole: bool,
    },
    #[serde(other)]
    Other,
}

/// A visit to a door.
#[derive(Clone, Debug, Deserialize)]
pub struct Visit {
    pub vehicle: String,
    pub kind: String,
    pub stop: String,
    pub area: String,
    pub window_from: At,
    pub window_until: At,
    pub set_off: At,
    pub back_s: f64,
    pub turned_s: f64,
    pub usual_drive_s: f64,
    #[serde(default)]
    pub weather_s: f64,
    pub incident_s: f64,
    pub stood_s: f64,
    #[serde(default)]
    pub search_s: f64,
    #[serde(default)]
    pub walk_s: f64,
    pub usual_approach_s: f64,
    pub arrived: At,
    pub usual_at_door_s: f64,
    pub ended: At,
}

/// A span of time.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: At,
    pub until: At,
}

impl Span {
    fn holds(self, at: At) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// How a vehicle is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It has not left the hub.
    AtHub,
    /// It cannot drive.
    Standing,
    /// It is on its way.
    OnTheRoad,
}

/// One vehicle's day.
#[derive(Debug, Default)]
pub struct Tour {
    /// When it left, and when it should have.
    pub departed: Option<(At, At)>,
    /// When it did not start.
    pub no_start: Option<Span>,
    /// When it stood on the road.
    pub breakdowns: Vec<Span>,
    /// Its visits, in their order.
    pub visits: Vec<Visit>,
}

impl Tour {
    /// How it was doing at a moment.
    pub fn doing(&self, at: At) -> Doing {
        if self.no_start.iter().chain(&self.breakdowns).any(|span| span.holds(at)) {
            Doing::Standing
        } else if self.departed.is_some_and(|(left, _)| left <= at) {
            Doing::OnTheRoad
        } else {
            Doing::AtHub
        }
    }
}

/// A whole day.
#[derive(Debug, Default)]
pub struct Truth {
    pub tours: BTreeMap<String, Tour>,
    pub incidents: Vec<Span>,
    pub weather: Vec<Span>,
    /// How many stops drivers gave up on.
    pub given_up: usize,
    /// Whether the day was played to its end.
    pub whole: bool,
}

impl Truth {
    /// Reads a truth file.
    ///
    /// # Errors
    /// When there is none, a line cannot be read, or it is of another version.
    pub fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("no truth in {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("reading {}", file.display()))
    }

    /// The same from text.
    ///
    /// # Errors
    /// As [`Truth::read`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut truth = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = serde_json::from_str(line).with_context(|| format!("line {}", index + 1))?;
            truth.add(line)?;
        }
        for tour in truth.tours.values_mut() {
            tour.visits.sort_by_key(|visit| visit.arrived);
        }
        Ok(truth)
    }

    fn add(&mut self, line: Line) -> Result<()> {
        match line {
            Line::Day { version } if version != VERSION => {
                bail!("the truth file is of version {version} and this reads {VERSION}; play the day again")
            }
            Line::Incident { from, until } => self.incidents.push(Span { from, until }),
            Line::Weather { from, until } => self.weather.push(Span { from, until }),
            Line::Departed { vehicle, at, planned } => {
                let tour = self.tours.entry(vehicle).or_default();
                tour.departed = tour.departed.or(Some((at, planned)));
            }
            Line::NoStart { vehicle, from, until } => {
                self.tours.entry(vehicle).or_default().no_start = Some(Span { from, until });
            }
            Line::Breakdown { vehicle, from, until } => {
                self.tours.entry(vehicle).or_default().breakdowns.push(Span { from, until });
            }
            Line::Stop(visit) => {
                self.tours.entry(visit.vehicle.clone()).or_default().visits.push(*visit);
            }
            Line::GivenUp {} => self.given_up += 1,
            Line::End { whole } => self.whole = whole,
            Line::Day { .. } | Line::Other => {}
        }
        Ok(())
    }

    /// Every visit of the day.
    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.tours.values().flat_map(|tour| &tour.visits)
    }
}
