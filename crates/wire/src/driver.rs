//! What phones say, and what they are told.

use crate::{Point, roster::PlannedBreak};
use chrono::{DateTime, Utc};
use domain::{Outcome, ReportId, RouteId, Service, StopId, VehicleKind};
use serde::{Deserialize, Serialize};

/// `POST /intake/positions`: readings of one device, oldest first or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Positions {
    /// At most 1,000 readings.
    pub fixes: Vec<Fix>,
}

/// One GPS reading.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// When the device measured it.
    pub at: DateTime<Utc>,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Speed in metres a second, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f32>,
    /// Heading in degrees from north, clockwise, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f32>,
    /// Radius of 68 % confidence in metres, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f32>,
    /// Battery in percent, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_percent: Option<f32>,
}

/// The answer to positions: what became of each reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionsAnswer {
    /// Readings that are stored now.
    pub stored: usize,
    /// Readings that had been stored before.
    pub known: usize,
    /// Readings that cannot be true, with their place in the batch.
    pub refused: Vec<RefusedFix>,
}

/// A reading that cannot be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFix {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub why: String,
}

/// `POST /intake/outcomes`: what the driver did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcomes {
    /// At most 200 reports, in the order in which they happened.
    pub reports: Vec<Report>,
}

/// One thing that the driver did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Made by the device, so that sending twice is harmless.
    pub id: ReportId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub what: Deed,
}

/// What a driver can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Deed {
    /// Left the hub with the load.
    Departed {
        /// The route.
        route: RouteId,
    },
    /// Stands at the door.
    Arrived {
        /// The stop.
        stop: StopId,
    },
    /// Handed it over.
    Delivered {
        /// The stop.
        stop: StopId,
        /// How.
        outcome: Outcome,
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Took goods along.
    Collected {
        /// The stop.
        stop: StopId,
        /// How: `collected`, or `exchanged` where others were handed over.
        outcome: Outcome,
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Could not do it.
    Failed {
        /// The stop.
        stop: StopId,
        /// Why.
        outcome: Outcome,
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The vehicle cannot drive on.
    OffRoad {
        /// Why.
        reason: String,
    },
    /// The vehicle drives again.
    Recovered,
    /// Came by the hub and left with what was to be fetched there.
    Reloaded {
        /// The route.
        route: RouteId,
    },
    /// Back at the hub.
    Returned {
        /// The route.
        route: RouteId,
    },
}

/// The answer to outcomes, one for each report, in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomesAnswer {
    /// What became of each.
    pub results: Vec<ReportResult>,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportResult {
    /// Which; all zeros when the report's id could not be read.
    pub id: ReportId,
    /// What became of it.
    pub result: ReportStatus,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// Stored now.
    Stored,
    /// Stored before.
    Known,
    /// Cannot be; the reason stands beside it.
    Refused,
    /// Not stored, by a fault of ours: keep it and send it again.
    Later,
}

/// `GET /intake/route`: what the driver of this device has to do today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverRoute {
    /// The route.
    pub route: RouteId,
    /// The plan's revision; when it grows, stops may have moved.
    pub revision: i32,
    /// Planned departure from the hub.
    pub planned_start: DateTime<Utc>,
    /// The hub's gate.
    pub hub: Point,
    /// Open stops, in order.
    pub stops: Vec<DriverStop>,
    /// The stop before which the vehicle comes by the hub, for goods that it has not got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reload_before: Option<StopId>,
    /// The breaks that are planned for the day, taken or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<PlannedBreak>,
    /// Roads that are closed now or later today.
    #[serde(default)]
    pub closures: Vec<DriverClosure>,
}

/// A closed road, as a navigator takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverClosure {
    /// Whether the places go round an area; otherwise they lie along a road, or across one.
    pub area: bool,
    /// The places.
    pub places: Vec<Point>,
    /// For whom.
    pub bars: Vec<VehicleKind>,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// One stop of the driver's route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverStop {
    /// The stop.
    pub stop: StopId,
    /// Place in the route, from 1.
    pub sequence: i32,
    /// The visit that it belongs to. Stops with the same number follow each other and are at one door: whoever arrives at one has
    /// arrived at all of them, and each ends with a report of its own.
    pub visit: i32,
    /// The shop's reference, as on the label.
    pub reference: String,
    /// The address as written.
    pub address: String,
    /// The door.
    pub at: Point,
    /// Who receives it, or hands it out.
    pub recipient: String,
    /// When the promised window opens.
    pub window_from: DateTime<Utc>,
    /// When it closes.
    pub window_until: DateTime<Utc>,
    /// Expected time at the door, in seconds.
    pub service_s: i32,
    /// What is done at the door: `deliver`, `collect`, or `both` for an exchange.
    #[serde(default)]
    pub service: Service,
    /// Whether the goods that it brings are in the vehicle already; never those that it collects, for which there is nothing to
    /// fetch.
    pub aboard: bool,
    /// What has to be known at the door, in the shop's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The windows in which it may be served, if they are several; `window_from` and `window_until` reach from the first to
    /// the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<DriverWindow>,
}

/// One of several windows of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverWindow {
    /// When it opens.
    pub from: DateTime<Utc>,
    /// When it closes.
    pub until: DateTime<Utc>,
}
