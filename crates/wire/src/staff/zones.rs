//! What an administrator sees of zones, and says of them.

use crate::zones::ZoneRefusal;
use domain::{Day, HubId, ZoneId};
use serde::{Deserialize, Serialize};

/// The zones on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZonesView {
    /// The hub that the forms are for, unless another is chosen.
    pub hub: HubId,
    /// The day that it is there.
    pub today: Day,
    /// The hubs within reach.
    pub hubs: Vec<(HubId, String)>,
    /// The zones that hold now or later, hub by hub.
    pub rows: Vec<ZoneRow>,
    /// The same drawn; nothing without any.
    pub map: Option<ZonesMap>,
    /// The hubs without a zone that holds today, while others have one: they get only the orders that name them.
    pub without: Vec<String>,
    /// What came of the last change, a sentence each.
    pub said: Vec<String>,
    /// Whether any of that was refused.
    pub refused: bool,
}

/// One zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneRow {
    /// Which.
    pub id: ZoneId,
    /// Its number on the drawing, from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its hub's name.
    pub hub: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more.
    pub until: Option<Day>,
    /// Its ground in square metres.
    pub area_m2: i64,
    /// The day that it is at its hub: the earliest on which it can end.
    pub today: Day,
}

/// Zones and hubs on a drawing with north above, in units of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZonesMap {
    /// How wide it is.
    pub width: i32,
    /// How tall it is.
    pub height: i32,
    /// The zones, the largest first.
    pub zones: Vec<DrawnZone>,
    /// The gates of the hubs.
    pub hubs: Vec<DrawnHub>,
}

/// A zone on the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnZone {
    /// Its number in the list.
    pub number: u32,
    /// Its name and its hub's.
    pub title: String,
    /// Its outline, as the `d` of an SVG path.
    pub path: String,
    /// Where its number stands.
    pub at: (i32, i32),
}

/// A hub on the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnHub {
    /// Its name.
    pub name: String,
    /// Where.
    pub at: (i32, i32),
}

/// A zone that somebody draws, as a form says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawZone {
    /// Its name.
    pub name: String,
    /// Its corners, one to a line: degrees north, a comma, degrees east.
    pub places: String,
    /// The first day on which it holds, such as `2030-05-02`; today when empty.
    pub from: String,
    /// The first day on which it holds no more; no end when empty.
    pub until: String,
}

/// What came of a change, short enough for an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZonesSaid {
    /// So many are new.
    pub drawn: u32,
    /// Of so many another had the name, which ends.
    pub replaced: u32,
    /// So many stood already.
    pub known: u32,
    /// So many got an end.
    pub ended: u32,
    /// What was refused: its place in what was sent, from 1, and why.
    pub refused: Vec<(u32, ZoneRefusal)>,
    /// So many more were refused.
    pub more: u32,
}
