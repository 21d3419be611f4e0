//! What an agent sees of orders.

use crate::{Moment, Point, Span};
use domain::{Day, ExceptionKind, HubId, OrderId, Outcome, RouteId, Service, Standing};
use serde::{Deserialize, Serialize};

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HitsView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The orders, best match first.
    pub hits: Vec<OrderHit>,
    /// More follow on the next page.
    pub more: bool,
}

/// One order that a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderHit {
    /// Which.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// The shop's name.
    pub shop: String,
    /// Who receives it.
    pub recipient: String,
    /// Phone.
    pub phone: String,
    /// The address as written.
    pub address: String,
    /// How far it has come.
    pub progress: Progress,
    /// How it stands against the latest promise.
    pub standing: Standing,
    /// What is promised now.
    pub window: Span,
    /// Its parts in which it may be served, in order; the whole alone where they are not several.
    pub windows: Vec<Span>,
    /// What is done at the door.
    pub service: Service,
}

/// How far an order has come, in the reader's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Waits for a plan.
    Placed,
    /// On a route, and in no vehicle: it waits at the hub, or at its door to be collected.
    Planned,
    /// On the road.
    OutForDelivery,
    /// Delivered.
    Delivered,
    /// Delivered, and nothing was taken along of what was to be exchanged.
    NothingTaken,
    /// Taken along from its door.
    Collected,
    /// The last attempt failed.
    Failed,
    /// Cancelled.
    Cancelled,
}

/// One order's whole story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The order as in a list.
    pub hit: OrderHit,
    /// The door.
    pub at: Point,
    /// The first promise.
    pub original: Span,
    /// Its packages.
    pub packages: Vec<PackageRow>,
    /// Where it is on the road, when it is planned.
    pub ahead: Option<Ahead>,
    /// How a closure is in the way of its door.
    pub hindered: Option<Hindrance>,
    /// Vehicles on the road that could be at its door within a quarter of an hour, the nearest first.
    pub near: Vec<NearVehicle>,
    /// All that happened, oldest first.
    pub story: Vec<StoryLine>,
    /// Whether its promise may move.
    pub can_reschedule: bool,
    /// Whether it may be cancelled.
    pub can_cancel: bool,
    /// The vehicle that carries its goods.
    pub aboard: Option<String>,
    /// What else the shop said about it.
    pub asked: Asked,
}

/// What a shop said about an order beyond door, window and packages; empty where it said nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The hub that serves it, for a reader who reaches several.
    pub hub: Option<String>,
    /// How much it matters when not all orders find a place; 0 is the usual, 9 the most.
    pub priority: i16,
    /// The codes of what a vehicle has to be able to do.
    pub skills: Vec<String>,
    /// The labels of the only vehicles that may come.
    pub only_vehicles: Vec<String>,
    /// The labels of those that must not.
    pub never_vehicles: Vec<String>,
    /// Where messages to its recipient go.
    pub email: Option<String>,
    /// The code of the language that the recipient understands.
    pub language: Option<String>,
    /// What the driver has to know at the door.
    pub notes: Option<String>,
    /// What is in the packages, with the number of pieces.
    pub items: Vec<(String, i32)>,
}

/// How a closure is in the way of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hindrance {
    /// The last so many metres are on foot.
    OnFoot(i64),
    /// No road leads there.
    CutOff,
}

/// A vehicle that is not far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearVehicle {
    /// Its name.
    pub label: String,
    /// Minutes to the door, by the roads as they are.
    pub minutes: i64,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRow {
    /// What the label says.
    pub barcode: String,
    /// Weight in grams.
    pub weight_g: i64,
    /// Volume in millilitres.
    pub volume_ml: i64,
}

/// Where a planned order is on the road.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ahead {
    /// The hub whose route it is.
    pub hub: HubId,
    /// The route.
    pub route: RouteId,
    /// The vehicle's name.
    pub label: String,
    /// Stops before this one.
    pub stops_before: i64,
    /// Planned arrival.
    pub planned: Moment,
    /// Expected arrival.
    pub eta: Option<Moment>,
    /// Nine of ten arrivals that were expected as this one fell into this range; nothing before enough were.
    pub between: Option<Span>,
    /// Whether its vehicle cannot drive on, so that nobody knows when it comes.
    pub off_road: bool,
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryLine {
    /// When it happened.
    pub at: Moment,
    /// Who did it, in the reader's words; nothing when it was us.
    pub by: Option<String>,
    /// What happened.
    pub what: StoryFact,
}

/// What can happen in an order's story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fact")]
pub enum StoryFact {
    /// The shop placed it.
    Placed {
        /// The promise: one window, or several of one day.
        windows: Vec<Span>,
        /// How much it matters; 0 is the usual.
        #[serde(default)]
        priority: i16,
        /// What a vehicle has to be able to do.
        #[serde(default)]
        skills: Vec<String>,
        /// What is done at the door.
        #[serde(default)]
        service: Service,
    },
    /// It got a place on a route.
    Planned {
        /// The vehicle's name.
        label: String,
        /// Place in the route.
        sequence: i32,
        /// Planned arrival.
        arrival: Moment,
    },
    /// It lost its place.
    Dropped,
    /// It left the hub.
    Loaded,
    /// It came to the hub.
    Unloaded,
    /// The driver stood at the door.
    Arrived,
    /// The driver went on, and nobody said what came of it.
    Left,
    /// An attempt ended.
    Attempt {
        /// 1 for the first.
        number: i32,
        /// How.
        outcome: Outcome,
        /// What the driver wrote.
        note: Option<String>,
    },
    /// The promise moved.
    Rescheduled {
        /// From.
        before: Span,
        /// To.
        after: Span,
    },
    /// It was cancelled.
    Cancelled,
    /// Its day closed before it was done.
    CarriedOver {
        /// The service day that it belongs to now.
        day: Day,
    },
    /// Who receives it, and where exactly, was erased.
    Erased,
    /// Something needed a person.
    ExceptionRaised {
        /// What.
        kind: ExceptionKind,
    },
    /// Somebody took it.
    ExceptionClaimed,
    /// The owner put it back.
    ExceptionReleased,
    /// It was resolved.
    ExceptionResolved {
        /// What was done.
        resolution: String,
    },
    /// The resolution was undone.
    ExceptionReopened,
}

/// A window that is really feasible, with its price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotOffer {
    /// The window.
    pub window: Span,
    /// Which vehicle would serve it; nothing on a day without a plan.
    pub label: Option<String>,
    /// Expected arrival.
    pub eta: Option<Moment>,
    /// Extra minutes of work on the road; nothing on a day without a plan.
    pub extra_min: Option<i64>,
    /// What driver and vehicle cost more, in cents; nothing on a day without a plan.
    pub extra_cents: Option<i64>,
    /// Extra carbon in kilograms CO2e from the extra driving; nothing on a day without a plan.
    pub extra_kg_co2e: Option<f64>,
    /// Other promises that would be missed, by reference.
    pub makes_late: Vec<String>,
    /// What is shown here and now, for whoever books it to send along.
    pub quote: String,
}

/// The windows that an order can move to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotsView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The cheapest first within each day.
    pub slots: Vec<SlotOffer>,
    /// Why nobody serves it in the window that it is promised, if nobody does: the vehicles that come closest, the
    /// closest first.
    pub reasons: Vec<Reason>,
    /// How many vehicles are on the road and would have to come by the hub for it.
    pub on_the_road: usize,
    /// What prices are in.
    pub currency: domain::Currency,
    /// An arrival within so many minutes of a window's end is at risk.
    pub risk_margin_min: i64,
}

/// Why a vehicle does not serve an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which vehicle.
    pub label: String,
    /// What stands in the way; each of it has to give.
    pub what: Vec<InTheWay>,
}

/// One thing that keeps an order out of a vehicle's route, and how much of it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InTheWay {
    /// What it is.
    pub lack: Lack,
    /// How much is missing, in the lack's unit.
    pub missing: i64,
}

/// What an order lacks in a vehicle's route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lack {
    /// A road that leads there.
    Way,
    /// Minutes within its own window.
    Window,
    /// Minutes within another order's window.
    OtherWindow,
    /// Minutes of the shift.
    Shift,
    /// Kilograms of load.
    Weight,
    /// Litres of space.
    Space,
    /// Something that the vehicle has to be able to do.
    Skill,
    /// Leave of the shop, which keeps this vehicle away.
    Leave,
    /// Nothing but a plan that knows it.
    Plan,
}
