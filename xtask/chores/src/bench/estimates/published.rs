//! What the product said, asked from outside while the day ran: one line for each change of an estimate.
//!
//! Not here: whether it was right (`super::score`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::facts::At;

/// The answer of `GET /api/v1/estimates`.
#[derive(Debug, Deserialize)]
pub struct Answer {
    now: At,
    stops: Vec<Said>,
}

/// What it says of one stop.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Said {
    stop: String,
    planned: At,
    #[serde(default)]
    expected: Option<At>,
    #[serde(default)]
    earliest: Option<At>,
    #[serde(default)]
    latest: Option<At>,
    #[serde(default)]
    arrived: Option<At>,
    late: bool,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    /// Something else is said of a stop than before.
    Say(Say),
    /// A stop is on no route any more.
    Gone { gone: String, at: At },
    /// When it was asked.
    Asked { asked: At },
}

/// What was said of a stop from a moment on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Say {
    stop: String,
    /// Since when.
    pub at: At,
    /// The plan.
    pub planned: At,
    /// When it is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<At>,
    /// The beginning of the range that it is expected in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<At>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<At>,
    /// When somebody was there, as the product has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<At>,
    /// Whether an alarm stands.
    pub late: bool,
}

/// Writes down what is said.
pub struct Recorder {
    file: BufWriter<File>,
    known: HashMap<String, Said>,
}

impl Recorder {
    /// Begins a record.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn to(file: &Path) -> Result<Self> {
        let file = File::create(file).with_context(|| format!("could not write {}", file.display()))?;
        Ok(Self { file: BufWriter::new(file), known: HashMap::new() })
    }

    /// Keeps what has changed; answers how many stops there are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&mut self, answer: Answer) -> Result<usize> {
        let at = answer.now;
        let there: HashSet<&str> = answer.stops.iter().map(|said| said.stop.as_str()).collect();
        let mut lines = vec![Line::Asked { asked: at }];
        let gone: Vec<String> =
            self.known.keys().filter(|stop| !there.contains(stop.as_str())).cloned().collect();
        for stop in gone {
            self.known.remove(&stop);
            lines.push(Line::Gone { gone: stop, at });
        }
        let count = answer.stops.len();
        for said in answer.stops {
            if self.known.get(&said.stop) != Some(&said) {
                let Said { stop, planned, expected, earliest, latest, arrived, late } = said.clone();
                lines.push(Line::Say(Say { stop, at, planned, expected, earliest, latest, arrived, late }));
                self.known.insert(said.stop.clone(), said);
            }
        }
        for line in lines {
            serde_json::to_writer(&mut self.file, &line)?;
            self.file.write_all(b"\n")?;
        }
        self.file.flush()?;
        Ok(count)
    }
}

/// All that was said of one stop.
#[derive(Debug, Default)]
pub struct History {
    /// In the order of time.
    pub says: Vec<Say>,
    /// When it was first seen to be on no route any more.
    pub gone: Option<At>,
}

impl History {
    /// When it was first known that somebody had been there.
    pub fn heard(&self) -> Option<At> {
        self.says.iter().find(|say| say.arrived.is_some()).map(|say| say.at).or(self.gone)
    }

    /// What held at a moment; nothing before the first word.
    pub fn at(&self, moment: At) -> Option<&Say> {
        self.says.get(self.says.partition_point(|say| say.at <= moment).checked_sub(1)?)
    }
}

/// The record of a day.
#[derive(Debug, Default)]
pub struct Record {
    /// By stop.
    pub stops: BTreeMap<String, History>,
    /// The longest time between two questions.
    pub longest_gap: TimeDelta,
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// When there is none, or a line cannot be read.
    pub fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("no record in {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("reading {}", file.display()))
    }

    /// The same from text.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        let (mut record, mut before) = (Self::default(), None);
        for (index, line) in text.lines().enumerate() {
            match serde_json::from_str(line).with_context(|| format!("line {}", index + 1))? {
                Line::Say(say) => record.stops.entry(say.stop.clone()).or_default().says.push(say),
                Line::Gone { gone, at } => {
                    record.stops.entry(gone).or_default().gone = Some(at);
                }
                Line::Asked { asked } => {
                    let gap = before.map_or(TimeDelta::zero(), |before| asked - before);
                    record.longest_gap = record.longest_gap.max(gap);
                    before = Some(asked);
                }
            }
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(now: &str, stops: &str) -> Answer {
        serde_json::from_str(&format!(r#"{{"now":"2026-06-15T{now}:00Z","revision":1,"stops":[{stops}]}}"#))
            .unwrap()
    }

    fn said(stop: &str, expected: &str, late: bool) -> String {
        format!(
            r#"{{"stop":"{stop}","reference":"X","planned":"2026-06-15T08:00:00Z","expected":"2026-06-15T{expected}:00Z","late":{late}}}"#
        )
    }

    #[test]
    fn only_changes_are_kept_and_what_held_at_a_moment_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("published.jsonl");
        let mut recorder = Recorder::to(&file).unwrap();
        for (now, stops) in [
            ("07:00", [said("a", "08:05", false), said("b", "09:00", false)].join(",")),
            ("07:01", [said("a", "08:05", false), said("b", "09:10", true)].join(",")),
            ("07:05", said("b", "09:10", true)),
            ("09:12", said("b", "09:10", true).replace("expected", "arrived")),
        ] {
            recorder.keep(answer(now, &stops)).unwrap();
        }
        let record = Record::read(&file).unwrap();
        let at = |clock: &str| format!("2026-06-15T{clock}:00Z").parse::<At>().unwrap();
        assert_eq!(record.stops["a"].says.len(), 1);
        assert_eq!(record.stops["a"].gone, Some(at("07:05")));
        assert_eq!(record.stops["b"].gone, None);
        let b = &record.stops["b"];
        assert!(b.at(at("06:59")).is_none());
        assert!(!b.at(at("07:00")).unwrap().late && b.at(at("08:00")).unwrap().late);
        assert_eq!(b.at(at("07:02")).unwrap().expected, Some(at("09:10")));
        assert_eq!(record.stops["a"].heard(), Some(at("07:05")));
        assert_eq!((b.heard(), b.says.last().unwrap().arrived), (Some(at("09:12")), Some(at("09:10"))));
        assert_eq!(record.longest_gap, TimeDelta::minutes(127));
    }
}
