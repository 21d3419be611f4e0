//! What a dispatcher sees of the roads, and says of them.

use crate::{Moment, Point};
use chrono::NaiveDateTime;
use domain::{ClosureId, VehicleKind, Weather};
use serde::{Deserialize, Serialize};

/// The roads on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoadsView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The weather that is reckoned with.
    pub weather: Weather,
    /// What is closed, or will be, the first to begin first.
    pub closures: Vec<ClosureRow>,
    /// The same on the map.
    pub closed: Vec<ClosedRoad>,
    /// How fast the roads are.
    pub traffic: TrafficView,
}

/// One closure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosureRow {
    /// Which.
    pub id: ClosureId,
    /// Whether this hub has said so, and can open it again.
    pub own: bool,
    /// Why; and where it was said, if elsewhere.
    pub reason: String,
    /// The streets that it closes.
    pub streets: String,
    /// For whom.
    pub bars: Vec<VehicleKind>,
    /// From when on.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// Whether it holds already.
    pub holds: bool,
    /// Open stops that no vehicle of their kind reaches while it holds.
    pub cut_off: i64,
}

/// A closure as the map draws it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedRoad {
    /// Which.
    pub id: ClosureId,
    /// Why, and until when, for the pointer.
    pub title: String,
    /// The streets that are closed.
    pub lines: Vec<Vec<Point>>,
    /// The area, if it was drawn as one.
    pub area: Option<Vec<Point>>,
}

/// How fast the roads are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrafficView {
    /// Where travel times come from.
    pub engine: String,
    /// Why that is not what it should be.
    pub trouble: Option<String>,
    /// How much longer a drive takes now than on free roads, in hundredths; of a drive over all kinds of roads.
    pub now_percent: i64,
    /// The same for each hour of today's clock.
    pub by_hour: Vec<i64>,
    /// When the fleet's own drives were looked at last.
    pub learnt_at: Option<Moment>,
    /// Passes of roads in the last hours that the present is judged by.
    pub passes: i64,
    /// Roads that are not as usual now.
    pub unusual: i64,
    /// Passes of roads that the usual is judged by.
    pub evidence: i64,
}

/// A road that somebody wants closed, as a form says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloseRoad {
    /// Whether the places go round an area; otherwise they lie along a road, or across one.
    pub area: bool,
    /// Places, one to a line: degrees north, a comma, degrees east.
    pub places: String,
    /// Why.
    pub reason: String,
    /// For whom.
    pub bars: Vec<VehicleKind>,
    /// Until when, on the hub's clocks.
    pub until: NaiveDateTime,
}
