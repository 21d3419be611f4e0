//! What a manager reads.

use crate::{Moment, Span};
use domain::{Day, OrderId, Outcome, RouteId};
use serde::{Deserialize, Serialize};

/// A share, with what it is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many have it.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
    /// In percent; nothing when the whole is nothing.
    pub percent: Option<f64>,
}

/// One day's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiguresView {
    /// The hub's name.
    pub hub: String,
    /// The day.
    pub day: Day,
    /// Until when events are counted.
    pub as_of: Moment,
    /// Arrived within the latest promise.
    pub on_time_latest: Share,
    /// Arrived within the first promise.
    pub on_time_original: Share,
    /// Orders delivered within the first promise, of all whose first window has ended.
    pub promises_kept: Share,
    /// The same for windows of up to two hours, of up to four, and longer ones.
    pub promises_by_length: [Share; 3],
    /// Delivered or collected at the first attempt.
    pub first_attempt: Share,
    /// Completed stops.
    pub stops: i64,
    /// Hours that routes were on the road.
    pub road_hours: f64,
    /// Attempts in an hour on the road; nothing before the first.
    pub stops_per_hour: Option<f64>,
    /// The same for attempts that delivered.
    pub delivered_per_hour: Option<f64>,
    /// Failed attempts by cause.
    pub failed: Vec<FailedShare>,
    /// Each hour of the day: attempts, and of those on time.
    pub hours: Vec<HourShare>,
}

/// Failed attempts of one cause.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FailedShare {
    /// The cause.
    pub outcome: Outcome,
    /// Of all attempts.
    pub share: Share,
}

/// One hour's attempts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HourShare {
    /// When the hour began.
    pub hour: Moment,
    /// Arrived within the latest promise, of the attempts that ended in this hour.
    pub on_time: Share,
}

/// Which rows stand behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// Late against the latest promise.
    OnTimeLatest,
    /// Late against the first promise.
    OnTimeOriginal,
    /// First attempts that failed.
    FirstAttempt,
    /// Failed attempts.
    Failed,
    /// Routes on the road.
    StopsPerHour,
    /// First promises that were broken.
    PromisesKept,
}

impl FigureKind {
    /// Every figure with rows.
    pub const ALL: [Self; 6] = [
        Self::OnTimeLatest,
        Self::OnTimeOriginal,
        Self::FirstAttempt,
        Self::Failed,
        Self::StopsPerHour,
        Self::PromisesKept,
    ];

    /// The name in URLs.
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTimeLatest => "on_time",
            Self::OnTimeOriginal => "on_time_original",
            Self::FirstAttempt => "first_attempt",
            Self::Failed => "failed",
            Self::StopsPerHour => "stops_per_hour",
            Self::PromisesKept => "promises",
        }
    }

    /// Reads a figure's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The rows behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureRows {
    /// Attempts that belong to the whole, those that spoil the figure first.
    pub attempts: Vec<AttemptRow>,
    /// Orders, for the figure of first promises.
    pub promises: Vec<PromiseRow>,
    /// Routes, for figures about time on the road.
    pub routes: Vec<RoadRow>,
    /// More follow on the next page.
    pub more: bool,
}

/// One attempt behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptRow {
    /// The order.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// The vehicle's name.
    pub label: String,
    /// 1 for the order's first attempt.
    pub number: i32,
    /// When the driver arrived.
    pub arrived_at: Moment,
    /// End of the promise that the figure counts.
    pub promised_until: Moment,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it has what the figure counts.
    pub counts: bool,
}

/// One first promise behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromiseRow {
    /// The order.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// The name of the vehicle that delivered it.
    pub label: Option<String>,
    /// The first window.
    pub promised: Span,
    /// When it was delivered, if it was.
    pub delivered_at: Option<Moment>,
    /// How its last attempt ended; nothing without one.
    pub outcome: Option<Outcome>,
    /// Whether the promise was kept.
    pub counts: bool,
}

/// One route behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoadRow {
    /// The route.
    pub route: RouteId,
    /// The vehicle's name.
    pub label: String,
    /// When it left.
    pub departed_at: Moment,
    /// When it was back.
    pub finished_at: Option<Moment>,
    /// Hours on the road until then, or until now.
    pub hours: f64,
    /// Visits: further orders at one door count once.
    pub stops: i64,
    /// Kilometres of the plan with which it left.
    pub planned_km: Option<f64>,
    /// Kilometres that it drove, once it is back.
    pub driven_km: Option<f64>,
}
