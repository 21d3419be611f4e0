//! A visit as it will stand in the truth file: how the driver came, when, and what came of it.
//!
//! Not here: writing it (`crate::truth`).

use super::{Trip, as_s, elapsed_s};
use crate::areas::Area;
use crate::truth::{Fact, StopTruth, WayTruth};
use crate::world::doors::{self, Door};
use crate::world::{VanTruth, seconds};
use wire::Instant;
use wire::driver::DriverStop;

/// A visit that has begun.
pub struct Visit {
    /// The stop.
    pub stop: DriverStop,
    attempt: u32,
    area: Area,
    way: WayTruth,
    parked: Instant,
    /// When the driver came to the door.
    pub arrived: Instant,
    begins: Instant,
    further: bool,
}

impl Visit {
    /// The visit at the end of a trip; the door can be knocked at from `begins` on, or the driver is there for another order already.
    pub fn of(
        trip: &Trip,
        stop: &DriverStop,
        attempt: u32,
        area: Area,
        arrived: Instant,
        begins: Instant,
    ) -> Self {
        let leg = &trip.leg;
        let way = WayTruth {
            set_off: trip.began,
            back_s: leg.back_s,
            turned_s: elapsed_s(trip.began, arrived) - leg.drive.whole_s() - as_s(trip.stood),
            drive_s: leg.drive_s,
            usual_drive_s: leg.usual_drive_s,
            incident_s: leg.incident_s,
            stood_s: as_s(trip.stood),
            search_s: leg.search_s,
            walk_s: leg.walk_s,
            usual_approach_s: leg.usual_approach_s,
        };
        let parked = arrived - seconds(leg.walk_s);
        let further = leg.leads_nowhere();
        Self { stop: stop.clone(), attempt, area, way, parked, arrived, begins, further }
    }

    /// What is told of it once it has ended. A driver's tap is as good as the truth, so far.
    pub fn fact(self, van: &VanTruth, door: &Door, ended: Instant) -> Fact<'static> {
        let usual_at_door_s = doors::usual_s(&self.stop, self.further);
        Fact::Stop(Box::new(StopTruth {
            vehicle: van.label.clone(),
            kind: van.kind,
            order: self.stop.reference,
            stop: self.stop.stop,
            attempt: self.attempt,
            area: self.area,
            window_from: self.stop.window_from,
            window_until: self.stop.window_until,
            way: self.way,
            parked: self.parked,
            arrived: self.arrived,
            tapped: self.arrived,
            waited_s: elapsed_s(self.arrived, self.begins),
            at_door_s: elapsed_s(self.begins, ended),
            usual_at_door_s,
            ended,
            outcome: door.outcome,
            note: door.note,
        }))
    }
}
