//! What a dispatcher sees of the whole day.

use crate::{Moment, Point, Span, staff::roads::ClosedRoad};
use domain::{Day, OrderId, Outcome, ProposalId, RouteId, Service, Standing, StopId, VehicleId, VehicleKind};
use serde::{Deserialize, Serialize};

/// The day on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardView {
    /// Where and when.
    pub head: DayHead,
    /// The strip of numbers.
    pub counts: Counts,
    /// Every vehicle with its route, most troubled first.
    pub routes: Vec<RouteRow>,
    /// Every vehicle that has reported.
    pub vehicles: Vec<VehicleMark>,
    /// The better plan that waits for a yes.
    pub proposal: Option<ProposalView>,
    /// The roads that are closed today.
    pub closed: Vec<ClosedRoad>,
    /// Why travel times do not come from where they should; nothing when they do.
    pub roads_trouble: Option<String>,
}

/// Where and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayHead {
    /// The hub's name.
    pub hub: String,
    /// The hub's gate.
    pub hub_at: Point,
    /// IANA name of the hub's time zone.
    pub zone: String,
    /// The service day.
    pub day: Day,
    /// What "now" means in this view.
    pub as_of: Moment,
    /// Local time at which the day is planned.
    pub plan_at: Moment,
    /// What closing the day would leave, when the reader may close it now: all of its vehicles are back.
    pub closing: Option<Closing>,
    /// The plan's revision; nothing before the morning plan.
    pub revision: Option<i32>,
}

/// What is left of a day that could be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Orders that would be carried over.
    pub carried: i64,
    /// Those of them whose promised window is not over.
    pub ahead: i64,
}

/// The strip of numbers. Stops that were dropped count nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Stops of the day's plan.
    pub stops: i64,
    /// Stops that an attempt ended.
    pub done: i64,
    /// Of those, how many were arrived at within the latest promise.
    pub on_time: i64,
    /// Attempts that failed.
    pub failed: i64,
    /// Open stops expected in the last minutes of their window.
    pub at_risk: i64,
    /// Open stops expected after their window.
    pub late: i64,
    /// Vehicles with a route.
    pub vehicles: i64,
    /// Of those, silent on the road.
    pub silent: i64,
    /// Orders of the day that wait for a plan.
    pub waiting: i64,
    /// Exceptions that nobody has resolved.
    pub exceptions: i64,
}

/// One vehicle and how its route stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteRow {
    /// The route.
    pub route: RouteId,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Its name.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// Who drives.
    pub driver: String,
    /// The worst of its open stops, or silent, or done.
    pub standing: Standing,
    /// How far it has come.
    pub phase: RoutePhase,
    /// Stops that an attempt ended.
    pub done: i64,
    /// Attempts that failed.
    pub failed: i64,
    /// Open stops expected late.
    pub late: i64,
    /// Open stops at risk.
    pub at_risk: i64,
    /// Ended stops that were arrived at within the latest promise.
    pub on_time: i64,
    /// All stops.
    pub total: i64,
    /// Minutes behind the plan at the next stop; negative when ahead.
    pub behind_min: Option<i64>,
    /// Expected, or actual, return to the hub.
    pub back_at: Option<Moment>,
    /// Whether that is after the shift.
    pub off_shift: bool,
}

/// How far a route has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutePhase {
    /// At the hub.
    Published,
    /// On the road.
    UnderWay,
    /// On the road and unable to drive.
    OffRoad,
    /// Back.
    Finished,
}

impl RoutePhase {
    /// Which of a vehicle's routes of a day is the one that it is on, or comes to next: the one where this is lowest.
    pub fn nearness(self) -> u8 {
        match self {
            Self::UnderWay | Self::OffRoad => 0,
            Self::Published => 1,
            Self::Finished => 2,
        }
    }
}

/// A vehicle on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VehicleMark {
    /// Which.
    pub vehicle: VehicleId,
    /// Its name.
    pub label: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Degrees from north, clockwise, when known.
    pub heading_deg: Option<f32>,
    /// Speed in kilometres an hour, when known.
    pub speed_kmh: Option<f32>,
    /// How its route stands.
    pub standing: Standing,
    /// When it was there.
    pub at: Moment,
}

/// One route with its stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteView {
    /// How it stands.
    pub row: RouteRow,
    /// Planned departure from the hub.
    pub planned_start: Moment,
    /// Planned return.
    pub planned_end: Moment,
    /// When it left.
    pub departed_at: Option<Moment>,
    /// Every stop, in order.
    pub stops: Vec<StopRow>,
    /// That it comes by the hub for more.
    pub reload: Option<Reload>,
    /// The planned way along the streets, still to drive.
    pub ahead: Vec<Point>,
    /// The way driven, along the streets where they are known.
    pub driven: Vec<Point>,
    /// Its length in metres, where the streets are known.
    pub driven_m: Option<i64>,
    /// The length of the way ahead, in metres.
    pub ahead_m: i64,
    /// The latest reading.
    pub mark: Option<VehicleMark>,
}

/// That a vehicle on the road comes by the hub to load more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reload {
    /// Before which stop.
    pub before: StopId,
    /// How many orders it fetches.
    pub orders: i64,
    /// When it is expected there.
    pub at: Moment,
}

/// One stop of a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StopRow {
    /// The stop.
    pub stop: StopId,
    /// The order it serves.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// Place in the route, from 1.
    pub sequence: i32,
    /// Of the first stop of a visit how many stops of this list it has, of each further one 0.
    pub together: i64,
    /// What is done at the door.
    #[serde(default, skip_serializing_if = "Service::is_usual")]
    pub service: Service,
    /// The address as written.
    pub address: String,
    /// The door.
    pub at: Point,
    /// How it stands.
    pub standing: Standing,
    /// What was promised.
    pub window: Span,
    /// Planned arrival.
    pub planned: Moment,
    /// Expected arrival, while it is open.
    pub eta: Option<Moment>,
    /// Actual arrival.
    pub arrived: Option<Moment>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// A better plan that waits for a yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalView {
    /// Which.
    pub id: ProposalId,
    /// The plan's revision that it was made for.
    pub based_on: i32,
    /// When it was made.
    pub made_at: Moment,
    /// Whether the day has moved on.
    pub stale: bool,
    /// What can be chosen from, the one that changes least first; never empty.
    pub answers: Vec<PlanAnswer>,
}

/// How free an answer is to change the plan that people know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freedom {
    /// Only what mends much.
    Least,
    /// What is worth its trouble.
    Balanced,
    /// Whatever is cheapest.
    Free,
}

impl Freedom {
    /// Its name in forms and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Least => "least",
            Self::Balanced => "balanced",
            Self::Free => "free",
        }
    }
}

/// One better plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// How free it is.
    pub freedom: Freedom,
    /// What it gains.
    pub gains: Gains,
    /// Who works past the end of the shift, as things stand or if accepted.
    pub overtime: Vec<Overtime>,
    /// What it changes, stop by stop.
    pub changes: Vec<Change>,
}

/// How long a vehicle's driver works past the end of the shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtime {
    /// The vehicle.
    pub label: String,
    /// Minutes, as things stand.
    pub min_before: i64,
    /// Minutes, if accepted.
    pub min_after: i64,
}

/// What a proposal gains; each before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gains {
    /// Open stops expected late, as things stand.
    pub late_before: i64,
    /// Open stops expected late, if accepted.
    pub late_after: i64,
    /// Minutes of lateness in all, as things stand.
    pub late_min_before: i64,
    /// Minutes of lateness in all, if accepted.
    pub late_min_after: i64,
    /// Minutes of driving still ahead, as things stand.
    pub drive_min_before: i64,
    /// Minutes of driving still ahead, if accepted.
    pub drive_min_after: i64,
    /// Minutes that drivers still work, as things stand: driving, waiting and service.
    pub work_min_before: i64,
    /// Minutes that drivers still work, if accepted.
    pub work_min_after: i64,
    /// Minutes that drivers work past the ends of their shifts in all, as things stand.
    #[serde(default)]
    pub overtime_min_before: i64,
    /// Minutes that drivers work past the ends of their shifts in all, if accepted.
    #[serde(default)]
    pub overtime_min_after: i64,
    /// Orders without a place, as things stand.
    pub unplanned_before: i64,
    /// Orders without a place, if accepted.
    pub unplanned_after: i64,
    /// Promises that would be broken as things stand, and are kept if accepted.
    pub promises_kept: i64,
    /// Promises that would be kept as things stand, and are broken if accepted.
    pub promises_lost: i64,
    /// Stops that change vehicle; loaded ones never do.
    pub moved: i64,
    /// Stops that keep their vehicle and change their place.
    pub resequenced: i64,
}

impl Gains {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            late_before: self.late_before + other.late_before,
            late_after: self.late_after + other.late_after,
            late_min_before: self.late_min_before + other.late_min_before,
            late_min_after: self.late_min_after + other.late_min_after,
            drive_min_before: self.drive_min_before + other.drive_min_before,
            drive_min_after: self.drive_min_after + other.drive_min_after,
            work_min_before: self.work_min_before + other.work_min_before,
            work_min_after: self.work_min_after + other.work_min_after,
            overtime_min_before: self.overtime_min_before + other.overtime_min_before,
            overtime_min_after: self.overtime_min_after + other.overtime_min_after,
            unplanned_before: self.unplanned_before + other.unplanned_before,
            unplanned_after: self.unplanned_after + other.unplanned_after,
            promises_kept: self.promises_kept + other.promises_kept,
            promises_lost: self.promises_lost + other.promises_lost,
            moved: self.moved + other.moved,
            resequenced: self.resequenced + other.resequenced,
        }
    }
}

/// One stop that a proposal changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The order.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// The address as written.
    pub address: String,
    /// The vehicle as things stand; nothing for an order without a place.
    pub from: Option<String>,
    /// The vehicle if accepted.
    pub to: String,
    /// Place in the route as things stand.
    pub sequence_before: Option<i32>,
    /// Place in the route if accepted.
    pub sequence_after: i32,
    /// Expected arrival as things stand.
    pub eta_before: Option<Moment>,
    /// Expected arrival if accepted.
    pub eta_after: Moment,
    /// Whether the vehicle, which is on the road, fetches it at the hub first.
    #[serde(default)]
    pub fetched: bool,
    /// The promise.
    pub window: Span,
}

/// What the map needs before it can draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapView {
    /// South-west corner of the city.
    pub south_west: Point,
    /// North-east corner.
    pub north_east: Point,
    /// What the first look has to hold: the hub's gate, then the south-west and north-east corners of the doors of its day.
    /// Empty before a hub is set up.
    pub day: Vec<Point>,
    /// URL template of the tiles, with `{z}`, `{x}` and `{y}`.
    pub tiles: String,
    /// Whether the tiles are our vector tiles rather than pictures.
    pub vector: bool,
    /// The deepest zoom that has tiles.
    pub max_zoom: u8,
    /// Whose data it is.
    pub attribution: String,
}
