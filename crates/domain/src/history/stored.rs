//! The form in which a fact is kept: its kind, the ids that it is about in columns of their own, what somebody wrote apart from
//! the rest so that it can be erased, and everything else as JSON.
//!
//! This form is a contract with all of history. Each kind has an example in `tests/facts`; a change of the form is a new
//! [`VERSION`] and a step in `upcast.rs`.

use super::upcast;
use crate::{Fact, HubId, Instant, Subjects};
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

/// The form that facts are written in now.
pub const VERSION: i16 = 2;

/// What the columns of an event's row say of its fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// At which hub.
    pub hub: HubId,
    /// When it happened.
    pub occurred_at: Instant,
    /// Which person, vehicle or shop did it.
    pub actor: Option<Uuid>,
    /// What it is about.
    pub about: Subjects,
}

/// A fact as it is kept beside those columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The form.
    pub version: i16,
    /// The fact's code.
    pub kind: String,
    /// What is in no column.
    pub facts: Value,
    /// What a person wrote; it can be erased, and the fact is read without it then.
    pub words: Option<String>,
}

/// A row of the history cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Another version of the product wrote it.
    #[error("it is of version {0}, and this program knows versions 1 to {VERSION}")]
    Version(i16),
    /// It is not what its version says.
    #[error("it is not a fact of version {version}: {why}")]
    Form {
        /// The version.
        version: i16,
        /// What the reader said.
        why: String,
    },
}

/// Where a fact may say again what a column says.
const REPEATED: [(&str, Column); 29] = [
    ("/order", Column::Order),
    ("/stop", Column::Stop),
    ("/route", Column::Route),
    ("/vehicle", Column::Vehicle),
    ("/exception", Column::Exception),
    ("/order/id", Column::Order),
    ("/route/id", Column::Route),
    ("/vehicle/id", Column::Vehicle),
    ("/exception/id", Column::Exception),
    ("/attempt/order", Column::Order),
    ("/attempt/stop", Column::Stop),
    ("/attempt/route", Column::Route),
    ("/attempt/ended_at", Column::At),
    ("/exception/order", Column::Order),
    ("/exception/stop", Column::Stop),
    ("/exception/route", Column::Route),
    ("/exception/vehicle", Column::Vehicle),
    ("/exception/raised_at", Column::At),
    ("/route/vehicle", Column::Vehicle),
    ("/shift/vehicle", Column::Vehicle),
    ("/shift/hub", Column::Hub),
    ("/order/shop", Column::Actor),
    ("/order/hub", Column::Hub),
    ("/vehicle/hub", Column::Hub),
    ("/route/hub", Column::Hub),
    ("/exception/hub", Column::Hub),
    ("/plan/hub", Column::Hub),
    ("/closure/hub", Column::Hub),
    ("/zone/hub", Column::Hub),
];

/// Where people's words are.
const WORDS: [(&str, &str); 3] = [
    ("attempt_made", "/attempt/note"),
    ("exception_resolved", "/resolution"),
    ("vehicle_off_road", "/reason"),
];

#[derive(Clone, Copy)]
enum Column {
    Hub,
    At,
    Actor,
    Order,
    Stop,
    Route,
    Vehicle,
    Exception,
}

impl Columns {
    fn value(&self, column: Column) -> Option<Value> {
        let id = |id: Option<Uuid>| id.map(|id| Value::String(id.to_string()));
        match column {
            Column::Hub => id(Some(self.hub.0)),
            Column::At => serde_json::to_value(self.occurred_at).ok(),
            Column::Actor => id(self.actor),
            Column::Order => id(self.about.order.map(|o| o.0)),
            Column::Stop => id(self.about.stop.map(|s| s.0)),
            Column::Route => id(self.about.route.map(|r| r.0)),
            Column::Vehicle => id(self.about.vehicle.map(|v| v.0)),
            Column::Exception => id(self.about.exception.map(|e| e.0)),
        }
    }
}

/// The object that holds the last part of a path, and that part.
fn parent<'a, 'p>(facts: &'a mut Value, path: &'p str) -> Option<(&'a mut Map<String, Value>, &'p str)> {
    let (above, name) = path.rsplit_once('/')?;
    Some((facts.pointer_mut(above)?.as_object_mut()?, name))
}

impl Stored {
    /// The form in which a fact is kept.
    ///
    /// # Errors
    /// When serde cannot write it, which no fact of today brings about.
    pub fn of(fact: &Fact, columns: &Columns) -> Result<Self, serde_json::Error> {
        let kind = fact.code().to_owned();
        let mut facts = serde_json::to_value(fact)?;
        let mut words = None;
        if let Some((holder, name)) = words_of(&kind).and_then(|path| parent(&mut facts, path)) {
            words = holder.remove(name).and_then(|said| said.as_str().map(str::to_owned));
        }
        if let Some(all) = facts.as_object_mut() {
            all.remove("fact");
        }
        for (path, column) in REPEATED {
            let said = columns.value(column);
            if let Some((holder, name)) = parent(&mut facts, path)
                && said.is_some()
                && holder.get(name) == said.as_ref()
            {
                holder.remove(name);
            }
        }
        // Most promises are as they were first made.
        if let Some(promise) = facts.get_mut("promise").and_then(Value::as_object_mut)
            && promise.get("latest") == promise.get("original")
        {
            promise.remove("latest");
        }
        Ok(Self { version: VERSION, kind, facts, words })
    }

    /// The fact.
    ///
    /// # Errors
    /// When it is of a version that is not known here, or not of its version's form.
    pub fn read(self, columns: &Columns) -> Result<Fact, Unreadable> {
        let Self { version, kind, mut facts, words } = self;
        match version {
            1 => facts = upcast::from_1(&kind, facts),
            VERSION => {}
            other => return Err(Unreadable::Version(other)),
        }
        let form = |why: String| Unreadable::Form { version, why };
        for (path, column) in REPEATED {
            if let Some((holder, name)) = parent(&mut facts, path)
                && let Some(said) = columns.value(column)
            {
                holder.entry(name).or_insert(said);
            }
        }
        if let Some(promise) = facts.get_mut("promise").and_then(Value::as_object_mut)
            && let Some(original) = promise.get("original").cloned()
        {
            promise.entry("latest").or_insert(original);
        }
        if let Some((holder, name)) = words_of(&kind).and_then(|path| parent(&mut facts, path))
            && let Some(said) = words
        {
            holder.insert(name.to_owned(), Value::String(said));
        }
        let all = facts.as_object_mut().ok_or_else(|| form("it is no object".to_owned()))?;
        all.insert("fact".to_owned(), Value::String(kind));
        serde_json::from_value(facts).map_err(|e| form(e.to_string()))
    }
}

fn words_of(kind: &str) -> Option<&'static str> {
    WORDS.into_iter().find(|(with, _)| *with == kind).map(|(_, path)| path)
}
