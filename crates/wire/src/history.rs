//! What happened before Doorstep was there, as it is brought in: orders with their attempts, the rounds on which they were
//! driven, and where vehicles were.

use crate::{Outcome, Point, machine::PlaceOrder};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// One line of a history file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum HistoryRecord {
    /// An order that is over, with all its attempts.
    Order(Box<PastOrder>),
    /// A round of a vehicle, which attempts name by its key.
    Route(PastRoute),
    /// Where a vehicle was.
    Positions(PastPositions),
}

/// An order of the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastOrder {
    /// The shop's name, as it was set up.
    pub shop: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The order as the shop would place it. `hub` is not read: the whole file is of one hub.
    #[serde(flatten)]
    pub order: PlaceOrder,
    /// When it was cancelled, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// What was tried at the door, in the order of time. None only when it was cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<PastAttempt>,
}

/// One attempt at the door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastAttempt {
    /// The key of the round.
    pub route: String,
    /// When the driver was at the door; when it ended, if nobody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// How.
    pub outcome: Outcome,
    /// What the driver wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When the plan had the driver there; when it happened, if nobody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_arrival: Option<DateTime<Utc>>,
    /// How long the plan had the vehicle drive there, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_s: Option<i32>,
    /// When the window that was promised for this attempt opened. After a failed attempt the promise is a new one: the hours of
    /// the round unless both ends are given here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_from: Option<DateTime<Utc>>,
    /// When it closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_until: Option<DateTime<Utc>>,
    /// What was said of the arrival beforehand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub estimates: Vec<PastEstimate>,
}

/// What was said of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PastEstimate {
    /// So many minutes before the arrival that was expected: 120, 60, 30, 15 or 10.
    pub horizon_min: i16,
    /// When it was said.
    pub made_at: DateTime<Utc>,
    /// The arrival that was expected.
    pub arrival: DateTime<Utc>,
    /// The earliest end of the range that was said, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<DateTime<Utc>>,
    /// The latest end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<DateTime<Utc>>,
}

/// A round of a vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastRoute {
    /// Names it within the file.
    pub key: String,
    /// The vehicle's label.
    pub vehicle: String,
    /// The driver's name; the vehicle's usual driver when left out. Who is not known is added as somebody who has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The service day; the hub's calendar day of the departure when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// When the plan with it was made; an hour before it left, if nobody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<DateTime<Utc>>,
    /// When it was to leave; when it left, if nobody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_start: Option<DateTime<Utc>>,
    /// When it was to be back; when it was, if nobody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<DateTime<Utc>>,
    /// When it left.
    pub departed_at: DateTime<Utc>,
    /// When it was back.
    pub finished_at: DateTime<Utc>,
    /// How far it was planned, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_m: Option<i32>,
    /// How far it drove, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driven_m: Option<i32>,
}

/// Where a vehicle was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastPositions {
    /// The vehicle's label.
    pub vehicle: String,
    /// When and where, at most 5,000 in a line.
    pub fixes: Vec<PastFix>,
}

/// A moment and a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PastFix {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    #[serde(flatten)]
    pub place: Point,
}

/// `POST /api/v1/history`: what became of each line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryAnswer {
    /// Orders that are stored now.
    pub orders: usize,
    /// Orders whose shop had used the reference before; nothing of them was changed.
    pub known: usize,
    /// Attempts that are stored now.
    pub attempts: usize,
    /// Rounds that are stored now.
    pub routes: usize,
    /// Positions that are stored now.
    pub positions: usize,
    /// Positions that are older than positions are kept, and were left out.
    pub too_old: usize,
    /// How many lines were refused.
    pub refused: usize,
    /// The first 200 of them.
    pub refusals: Vec<HistoryRefusal>,
}

/// A line that was refused; nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRefusal {
    /// Which line of the file, from 1.
    pub line: usize,
    /// Whose: the order's reference or the round's key, where it could be read.
    pub what: String,
    /// Why, and what to do.
    pub why: String,
}
