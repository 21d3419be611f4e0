//! A visit as it will stand in the truth file: how the driver came, when, and what came of it.
//!
//! Not here: writing it (`crate::truth`).

use super::{Trip, as_s, elapsed_s};
use crate::town::areas::Area;
use crate::truth::{Fact, StopTruth, WayTruth};
use crate::world::doors::Door;
use crate::world::{VanTruth, World, seconds};
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
    tapped: Option<Instant>,
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
        (arrived, tapped): (Instant, Option<Instant>),
        begins: Instant,
    ) -> Self {
        let leg = &trip.leg;
        let way = WayTruth {
            set_off: trip.began,
            way_m: leg.drive.metres(),
            back_s: leg.back_s,
            turned_s: elapsed_s(trip.began, arrived) - leg.drive.whole_s() - as_s(trip.stood),
            drive_s: leg.drive_s,
            usual_drive_s: leg.usual_drive_s,
            weather_s: leg.weather_s,
            incident_s: leg.incident_s,
            stood_s: as_s(trip.stood),
            search_s: leg.search_s,
            walk_s: leg.walk_s,
            astray_s: leg.astray_s,
            usual_approach_s: leg.usual_approach_s,
        };
        let parked = arrived - seconds(leg.walk_s + leg.astray_s);
        let further = leg.leads_nowhere();
        Self { stop: stop.clone(), attempt, area, way, parked, arrived, tapped, begins, further }
    }

    /// What is told of it once it has ended.
    pub fn fact(self, world: &World, van: &VanTruth, door: &Door, ended: Instant) -> Fact<'static> {
        let usual_at_door_s = world.usual_at_door_s(&self.stop, self.further);
        let behind = world.behind(&self.stop);
        Fact::Stop(Box::new(StopTruth {
            vehicle: van.label.clone(),
            kind: van.kind,
            stop: self.stop.stop,
            attempt: self.attempt,
            area: self.area,
            window_from: self.stop.window_from,
            window_until: self.stop.window_until,
            way: self.way,
            parked: self.parked,
            arrived: self.arrived,
            tapped: self.tapped,
            household: behind.map(|behind| behind.household),
            home: door.home,
            slip: behind.and_then(|behind| behind.slip),
            waited_s: elapsed_s(self.arrived, self.begins),
            at_door_s: elapsed_s(self.begins, ended),
            usual_at_door_s,
            ended,
            outcome: door.outcome,
            note: door.note,
            order: self.stop.reference,
        }))
    }
}
