//! Rosters: who drives what when, as dispatchers and administrators' systems say and see it.

use chrono::{DateTime, Utc};
use domain::{Day, DriverId, HubId, ShiftId, VehicleId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/shifts`: lines of the roster, at most 500. Needs an administrator's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveShifts {
    /// At which hub; the oldest when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<HubId>,
    /// The lines.
    pub shifts: Vec<SaveShift>,
}

/// What a vehicle does on a service day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveShift {
    /// Which vehicle.
    pub vehicle: VehicleId,
    /// On which service day.
    pub day: Day,
    /// What it does; somebody drives it when left out.
    #[serde(default)]
    pub duty: DutyCode,
    /// Who drives; the vehicle's usual driver when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverId>,
    /// When the shift begins, on that day of the hub's calendar; needed if somebody drives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// When it ends; it may pass midnight. Needed if somebody drives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The planned breaks, at most four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<PlannedBreak>,
    /// The line that this one replaces, when the shift begins at another time than that one said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<ShiftId>,
    /// Whether it is a shift beside those that the vehicle has on the day; its usual hours become a line of their own then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub another: bool,
}

/// What a vehicle does on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyCode {
    /// Somebody drives it.
    #[default]
    Drives,
    /// It stays at the hub; one of several shifts is removed.
    Off,
    /// What it usually does: a line that says otherwise is removed.
    Usual,
}

/// A planned break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedBreak {
    /// Its earliest beginning.
    pub earliest: DateTime<Utc>,
    /// Its latest beginning.
    pub latest: DateTime<Utc>,
    /// How many minutes it lasts, 5 to 240.
    pub minutes: i32,
}

/// The answer to shifts or drivers, one result for each, in the same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// What became of each.
    pub results: Vec<Saved>,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// What became of it.
    pub result: SavedStatus,
    /// The line of the roster, if there is one now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftId>,
    /// The driver, if one was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverId>,
    /// Why it was refused, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Saved {
    /// Refused, for this reason.
    pub fn refused(why: String) -> Self {
        Self { result: SavedStatus::Refused, shift: None, driver: None, why: Some(why) }
    }
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedStatus {
    /// Stored now.
    Saved,
    /// It was so before.
    Known,
    /// Cannot be; the reason stands beside it.
    Refused,
}

/// `?hub=&day=&days=` in an address: which part of the roster is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterAsk {
    /// The hub; the caller's own, or else the oldest, when left out.
    #[serde(default)]
    pub hub: Option<HubId>,
    /// The first day; the one that runs when left out.
    #[serde(default)]
    pub day: Option<Day>,
    /// How many days, 1 to 7; one when left out.
    #[serde(default)]
    pub days: Option<u8>,
}

/// `GET /api/v1/shifts`: what each vehicle of a hub does on some days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    /// The hub.
    pub hub: HubId,
    /// Every vehicle on every day, by day and label; one with several shifts has a line for each, the earliest first.
    pub lines: Vec<RosterLine>,
    /// The hub's drivers, by name.
    pub drivers: Vec<RosterDriver>,
}

/// What a vehicle does on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterLine {
    /// The service day.
    pub day: Day,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Its name.
    pub label: String,
    /// The line that says so; nothing where the usual holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftId>,
    /// Who drives it when; nothing when it stays at the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drives: Option<RosterHours>,
}

/// Who drives when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterHours {
    /// Who.
    pub driver: DriverId,
    /// The name.
    pub name: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// The planned breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<PlannedBreak>,
}

/// A driver of a hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterDriver {
    /// Who.
    pub id: DriverId,
    /// The name.
    pub name: String,
    /// Since when the driver no longer works here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<DateTime<Utc>>,
}

/// `POST /api/v1/drivers`: drivers to add or change, at most 500. Needs an administrator's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveDrivers {
    /// Their home hub; the oldest when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<HubId>,
    /// The drivers.
    pub drivers: Vec<SaveDriver>,
}

/// A driver to add or change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveDriver {
    /// Which driver; left out it is the one of this name who works at the hub, or a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<DriverId>,
    /// The name.
    pub name: String,
    /// Whether the driver no longer works here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// The vehicle whose usual driver this one is from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usually_drives: Option<VehicleId>,
}
