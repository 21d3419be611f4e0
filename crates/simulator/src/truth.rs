//! The truth file: what really happened, one fact a line, for those who score the product afterwards.
//!
//! The product never reads it. Each fact is written whole as soon as it is known, so a day that is cut short keeps all that
//! happened before. `docs/simulator.md` says what each field means. Not here: what is true (`crate::world`).

use crate::calendar::{Date, Weather};
use crate::scenario::{Slip, acts::Deed, drivers::Habits};
use crate::shares::Shares;
use crate::town::areas::Area;
use crate::town::habits::Kind;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use wire::driver::DriverRoute;
use wire::{Instant, Outcome, Point, StopId, VehicleKind};

/// Grows when a field changes its meaning or goes.
pub const VERSION: u32 = 2;

/// The file, or nothing when nobody asked for one.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    file: Arc<Mutex<Option<File>>>,
}

/// One line of the file.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact<'a> {
    /// The first line.
    Day {
        version: u32,
        seed: u64,
        town: u64,
        factor: f64,
        zone: &'a str,
        opens: Instant,
        closes: Instant,
        vans: usize,
        orders: usize,
        late_orders: usize,
        first_order: usize,
        by_date: bool,
        #[serde(flatten)]
        date: &'a Date,
        shares: &'a Shares,
    },
    /// Some hours of weather.
    Weather { weather: Weather, from: Instant, until: Instant, drives_slower: f64, walks_slower: f64 },
    /// A household that has ordered something for today.
    Household {
        household: usize,
        kind: Kind,
        at: Point,
        people: usize,
        shift_h: f64,
        floor: u8,
        lift: bool,
        quirk: Option<&'a str>,
        door_times: f64,
        climb_s: f64,
        parking_times: f64,
        rate: f64,
        answers: bool,
    },
    /// An order as the shop knows it and as it is, and the area that its door is in.
    Order {
        order: &'a str,
        household: usize,
        person: usize,
        area: Area,
        at: Option<Point>,
        door: Point,
        address: &'a str,
        slip: Option<Slip>,
        prepared: bool,
        placed_at: Option<Instant>,
        window_from: Instant,
        window_until: Instant,
        service_s: Option<i32>,
    },
    /// What a recipient does about an order; nobody tells the product.
    Act { order: &'a str, act: Deed, at: Instant, by_message: bool },
    /// A place without reception.
    DeadZone { what: &'a str, at: Point, radius_m: f64, blind: bool },
    /// A lane that is closed, and the map does not know it.
    ClosedLane { street: &'a str, places: Vec<Point> },
    /// An area that is slow for a while.
    Incident {
        kind: &'a str,
        name: &'a str,
        near: &'a str,
        at: Point,
        radius_m: f64,
        from: Instant,
        until: Instant,
        times_slower: f64,
    },
    /// A vehicle, its driver and its phone.
    Van {
        vehicle: &'a str,
        kind: VehicleKind,
        pace: f64,
        leaves_late_s: f64,
        gives_up: Instant,
        habits: Habits,
        phone: PhoneTruth,
    },
    /// The product refused an address, and the shop sent the order again with coordinates.
    SentAgain { order: &'a str, at: Instant, why: &'a str },
    /// A driver took another door first.
    OutOfOrder { vehicle: &'a str, at: Instant, order: &'a str, before: &'a str },
    /// A driver tapped how a stop ended only now.
    LateTap { vehicle: &'a str, stop: StopId, ended: Instant, tapped: Instant },
    /// A phone went off, came back, or was set to the right time.
    Phone { vehicle: &'a str, at: Instant, what: &'a str },
    /// What its driver was told to do, whenever that is another round or it changed before it began.
    Heard { vehicle: &'a str, route: &'a DriverRoute },
    /// It left the hub with so many stops.
    Departed { vehicle: &'a str, at: Instant, planned: Instant, stops: usize },
    /// It stood at the hub when it should have left.
    NoStart { vehicle: &'a str, from: Instant, until: Instant, reason: &'a str },
    /// It stood on the road.
    Breakdown { vehicle: &'a str, at: Point, from: Instant, until: Instant, reason: &'a str },
    /// Its phone had no network.
    Silence { vehicle: &'a str, from: Instant, until: Instant, forgets: bool },
    /// Its driver paused between two doors.
    Break { vehicle: &'a str, from: Instant, until: Instant },
    /// It came by the hub and loaded.
    Reload { vehicle: &'a str, arrived: Instant, left: Instant },
    /// A visit to a door, from leaving the place before to leaving this one.
    Stop(Box<StopTruth>),
    /// A stop that the driver gave up on.
    GivenUp { vehicle: &'a str, order: &'a str, stop: StopId, window_until: Instant, at: Instant },
    /// It is back.
    Returned { vehicle: &'a str, at: Instant },
    /// The last line of a day that ended in order, or was ended early.
    End { at: Instant, whole: bool },
}

/// How a phone measures.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PhoneTruth {
    /// Whether it sends each reading on its own.
    pub singly: bool,
    /// Seconds between readings of a vehicle that moves.
    pub moving_every_s: i64,
    /// The accuracy that it claims, in metres; 68 % of its readings are within it, and one in 150 is wild.
    pub accuracy_m: f64,
    /// Seconds by which its clock is ahead, and by how many more each day.
    pub clock_ahead_s: f64,
    pub drifts_s_a_day: f64,
    /// Percent of the battery in the morning, and lost each hour.
    pub battery: f64,
    pub lost_an_hour: f64,
}

/// A visit to a door.
#[derive(Debug, Clone, Serialize)]
pub struct StopTruth {
    pub vehicle: String,
    pub kind: VehicleKind,
    pub order: String,
    pub stop: StopId,
    pub attempt: u32,
    pub area: Area,
    pub window_from: Instant,
    pub window_until: Instant,
    #[serde(flatten)]
    pub way: WayTruth,
    pub parked: Instant,
    pub arrived: Instant,
    pub tapped: Option<Instant>,
    pub household: Option<usize>,
    pub home: bool,
    pub slip: Option<Slip>,
    pub waited_s: f64,
    pub at_door_s: f64,
    pub usual_at_door_s: f64,
    pub ended: Instant,
    pub outcome: Outcome,
    pub note: Option<&'static str>,
}

/// How one came to a door, in seconds of each part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WayTruth {
    pub set_off: Instant,
    pub way_m: f64,
    pub back_s: f64,
    pub turned_s: f64,
    pub drive_s: f64,
    pub usual_drive_s: f64,
    pub weather_s: f64,
    pub incident_s: f64,
    pub stood_s: f64,
    pub search_s: f64,
    pub walk_s: f64,
    pub astray_s: f64,
    pub usual_approach_s: f64,
}

impl Truth {
    /// Begins a file; what it held before is gone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn to(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let file = File::create(path).with_context(|| {
            format!("the truth cannot be written to {}; name another --truth", path.display())
        })?;
        Ok(Self { file: Arc::new(Mutex::new(Some(file))) })
    }

    /// Writes one line. A disk that takes no more ends the file, with a warning, and not the day.
    pub fn record(&self, fact: &Fact<'_>) {
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = slot.as_mut() else { return };
        let line = serde_json::to_string(fact).map(|line| line + "\n");
        let written = line.map_err(anyhow::Error::from).and_then(|line| Ok(file.write_all(line.as_bytes())?));
        if let Err(error) = written {
            tracing::warn!("the truth file ends here, because it cannot be written: {error}");
            *slot = None;
        }
    }
}
