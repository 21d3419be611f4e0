//! A row of the history, and how it becomes an event.

use crate::{StoreError, feed::Cursor};
use domain::{Actor, Columns, Event, HubId, Instant, OrderId, Source, Stored, Subjects};
use uuid::Uuid;

/// An event as it is kept, with the words that were written about it.
pub(crate) struct Row {
    pub(super) id: i64,
    pub(super) epoch: i16,
    pub(super) tx: i64,
    pub(super) occurred_at: Instant,
    pub(super) recorded_at: Instant,
    pub(super) source: String,
    pub(super) actor: Option<serde_json::Value>,
    pub(super) actor_kind: Option<String>,
    pub(super) actor_id: Option<Uuid>,
    pub(super) hub_id: Uuid,
    pub(super) version: i16,
    pub(super) kind: String,
    pub(super) order_id: Option<Uuid>,
    pub(super) stop_id: Option<Uuid>,
    pub(super) route_id: Option<Uuid>,
    pub(super) vehicle_id: Option<Uuid>,
    pub(super) exception_id: Option<Uuid>,
    pub(super) facts: serde_json::Value,
    pub(super) words: Option<String>,
}

/// Asks for events `e` with the words `w` about them; the text says from where.
macro_rules! select_events {
    ($from:tt $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::history::row::Row,
            r#"select e.id as "id!", e.epoch as "epoch!", e.tx::text::int8 as "tx!", e.occurred_at as "occurred_at!",
                      e.recorded_at as "recorded_at!", e.source as "source!", e.actor as "actor?",
                      e.actor_kind as "actor_kind?", e.actor_id as "actor_id?", e.hub_id as "hub_id!",
                      e.version as "version!", e.kind as "kind!", e.order_id as "order_id?", e.stop_id as "stop_id?",
                      e.route_id as "route_id?", e.vehicle_id as "vehicle_id?", e.exception_id as "exception_id?",
                      e.facts as "facts!", w.words as "words?"
               from "# + $from,
            $($arg),*
        )
    };
}
pub(crate) use select_events;

impl Row {
    /// Where whoever follows the history stands behind it.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch, tx: self.tx, id: self.id }
    }

    fn actor(&self) -> Option<Actor> {
        match (&self.actor_kind, &self.actor) {
            (Some(kind), _) => Actor::parse(kind, self.actor_id),
            (None, old) => serde_json::from_value(old.clone()?).ok(),
        }
    }
}

impl TryFrom<Row> for Event {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id;
        let corrupt = |why: String| StoreError::CorruptEvent { id, why };
        let source =
            Source::parse(&row.source).ok_or_else(|| corrupt(format!("no source is {}", row.source)))?;
        let actor = row.actor().ok_or_else(|| corrupt("nobody knows who did it".to_owned()))?;
        let about = Subjects {
            order: row.order_id.map(OrderId),
            stop: row.stop_id.map(domain::StopId),
            route: row.route_id.map(domain::RouteId),
            vehicle: row.vehicle_id.map(domain::VehicleId),
            exception: row.exception_id.map(domain::ExceptionId),
        };
        let columns =
            Columns { hub: HubId(row.hub_id), occurred_at: row.occurred_at, actor: actor.id(), about };
        let stored = Stored { version: row.version, kind: row.kind, facts: row.facts, words: row.words };
        Ok(Self {
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            source,
            actor,
            hub: columns.hub,
            fact: stored.read(&columns).map_err(|e| corrupt(e.to_string()))?,
        })
    }
}
