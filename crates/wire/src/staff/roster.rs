//! What dispatchers see of the roster of a day, and say of it.

use crate::{Moment, roster::DutyCode};
use domain::{Day, DriverId, HubId, ShiftId, VehicleId, VehicleKind};
use serde::{Deserialize, Serialize};

/// The roster of a hub on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterView {
    /// The hub.
    pub hub: HubId,
    /// The service day that runs there.
    pub today: Day,
    /// The day that is shown.
    pub day: Day,
    /// Whether another was asked for, of which there can be no roster.
    pub no_such_day: bool,
    /// The last day that can be rostered now.
    pub last: Day,
    /// Whether that day is closed.
    pub over: bool,
    /// Whether the reader may change it.
    pub may_change: bool,
    /// Whether that day has a plan.
    pub planned: bool,
    /// What stands over the time axis: the hours at which its equal parts begin.
    pub hours: Vec<String>,
    /// Where on the time axis it is now, in thousandths, and what the clock shows; nothing beside it.
    pub now: Option<(i64, Moment)>,
    /// The vehicles, by label.
    pub rows: Vec<RosterRow>,
    /// The drivers, by name.
    pub drivers: Vec<DriverRow>,
}

/// A vehicle on that day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterRow {
    /// Which.
    pub vehicle: VehicleId,
    /// Its name.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// Whether it cannot drive now.
    pub off_road: bool,
    /// Why nobody drives it, where nobody does.
    pub stays: Option<Stays>,
    /// Who drives it when, the earliest first.
    pub shifts: Vec<ShiftRow>,
    /// Who drives it when nothing is rostered for it, from when until when; nothing when it stays at the hub then.
    pub usual: Option<(String, Moment, Moment)>,
    /// A form for a shift that it has not got yet.
    pub blank: ShiftForm,
}

/// Why a vehicle stays at the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// The roster says so.
    Rostered,
    /// Its usual driver drives another vehicle.
    DriverElsewhere,
}

/// Who drives a vehicle when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShiftRow {
    /// The line of the roster; nothing where the usual holds.
    pub shift: Option<ShiftId>,
    /// The driver's name.
    pub driver: String,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// The breaks, the first first.
    pub breaks: Vec<BreakRow>,
    /// Where it lies on the time axis.
    pub bar: Bar,
    /// How far the route has come; nothing without one.
    pub route: Option<RouteCode>,
    /// The form that changes it.
    pub form: ShiftForm,
}

/// How far a route has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteCode {
    /// Planned, still at the hub.
    Planned,
    /// On the road.
    Out,
    /// Back at the hub.
    Back,
}

/// A planned break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakRow {
    /// Its earliest beginning.
    pub earliest: Moment,
    /// Its latest beginning.
    pub latest: Moment,
    /// How many minutes it lasts.
    pub minutes: i32,
    /// Where it may lie on the time axis, from its earliest beginning to its latest end.
    pub bar: Bar,
}

/// A part of the time axis, in thousandths of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Where it begins.
    pub at: i64,
    /// How long it is.
    pub long: i64,
}

/// A driver on that day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverRow {
    /// Who.
    pub id: DriverId,
    /// The name.
    pub name: String,
    /// Whether the driver no longer works here.
    pub left: bool,
    /// The vehicles that the driver usually drives.
    pub usually: Vec<String>,
    /// What the driver drives on that day: the vehicle, from when and until when.
    pub drives: Vec<(String, Moment, Moment)>,
}

/// What a vehicle does on a day, as a form says it: times are the hub's clock, such as `07:30`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftForm {
    /// Which vehicle.
    pub vehicle: VehicleId,
    /// On which service day.
    pub day: Day,
    /// What it does.
    pub duty: DutyCode,
    /// The driver's id.
    #[serde(default)]
    pub driver: String,
    /// When the shift begins.
    #[serde(default)]
    pub from: String,
    /// When it ends; on the next calendar day where that is no later than it begins.
    #[serde(default)]
    pub until: String,
    /// The breaks; those that are left empty are none.
    #[serde(default)]
    pub breaks: Vec<BreakForm>,
    /// The line that this one replaces; empty where the usual holds, or for another one.
    #[serde(default)]
    pub replaces: String,
    /// Whether it is a shift beside those that the vehicle has.
    #[serde(default)]
    pub another: bool,
    /// What the roster said of the vehicle when the form was shown, in short.
    #[serde(default)]
    pub seen: String,
}

/// A break, as a form says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BreakForm {
    /// Its earliest beginning.
    pub earliest: String,
    /// Its latest beginning.
    pub latest: String,
    /// How many minutes it lasts.
    pub minutes: String,
}

/// A driver, as a form says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriverForm {
    /// Which; empty for a new one.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether the driver no longer works here.
    pub left: bool,
    /// The vehicle that the driver usually drives from now on; empty for no change.
    pub usually: String,
}

/// What came of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RosterSaid {
    /// What was done.
    pub done: Option<RosterDone>,
    /// Why nothing was done, and what to do.
    pub refused: Option<String>,
    /// What takes the change back.
    pub undo: Option<ShiftForm>,
    /// The shift that was typed and refused.
    pub shift: Option<ShiftForm>,
    /// The driver that was typed and refused.
    pub driver: Option<DriverForm>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum RosterDone {
    /// Somebody drives a vehicle.
    Drives {
        /// The vehicle's name.
        label: String,
        /// The driver's name.
        driver: String,
        /// From when, by the hub's clock.
        from: String,
        /// Until when.
        until: String,
        /// On which day.
        day: Day,
        /// Whether the day had its plan before.
        planned: bool,
    },
    /// A vehicle stays at the hub.
    Stays {
        /// The vehicle's name.
        label: String,
        /// On which day.
        day: Day,
        /// Whether the day had its plan before.
        planned: bool,
    },
    /// A shift is gone; what is left of the day holds, or else the usual.
    Removed {
        /// The vehicle's name.
        label: String,
        /// On which day.
        day: Day,
        /// Whether the day had its plan before.
        planned: bool,
    },
    /// It was so before.
    Known,
    /// A driver was added or changed.
    Driver {
        /// The name.
        name: String,
    },
    /// A driver no longer works here.
    Left {
        /// The name.
        name: String,
    },
}
