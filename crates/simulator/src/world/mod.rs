//! What is true and nobody is told: how fast streets really are, how long a door really takes, who is not at home.
//!
//! The product never reads any of this; it learns only what phones report. Not here: what drivers and phones do with it.

pub mod doors;
pub mod drive;
pub mod incidents;
pub mod mishaps;
pub mod speeds;

use crate::scenario::Scenario;
use crate::scenario::draws::{Draws, lognormal};
use crate::scenario::workday::Workday;
use crate::streets::Streets;
use chrono::Duration;
use doors::Door;
use drive::Drive;
use incidents::Incident;
use mishaps::Mishaps;
use rand::Rng;
use roads::{Closure, ClosureShape, LatLon, Leg, Profile, Wall};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wire::intake::{DriverClosure, DriverStop};
use wire::{Instant, VehicleKind};

/// The world of one day.
pub struct World {
    draws: Draws,
    day: Workday,
    streets: Arc<dyn Streets>,
    incidents: Vec<Incident>,
    attempts: Mutex<HashMap<String, u32>>,
    closures: Mutex<Vec<DriverClosure>>,
}

/// What is true of one vehicle and its driver.
#[derive(Debug, Clone, PartialEq)]
pub struct VanTruth {
    /// The label on screens; it names the vehicle in every draw.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// How much longer this driver takes than others, 1 being ordinary.
    pub pace: f64,
    /// How much later than planned the driver leaves the hub.
    pub lateness: Duration,
    /// When the driver gives up what is left and goes home.
    pub gives_up: Instant,
    /// Where the vehicle stands in the yard.
    pub bay: LatLon,
    /// What goes wrong with it today.
    pub mishaps: Mishaps,
}

impl World {
    /// The world behind a scenario, and the truth of each of its vehicles in their order.
    pub fn of(scenario: &Scenario, streets: Arc<dyn Streets>) -> (Self, Vec<VanTruth>) {
        let (draws, day) = (scenario.draws, scenario.day);
        let mishaps = mishaps::of_the_day(&draws, &day, scenario);
        let hub = LatLon { lat: scenario.hub.lat, lon: scenario.hub.lon };
        let vans = scenario
            .vehicles
            .iter()
            .zip(mishaps)
            .map(|(vehicle, mishaps)| {
                let mut rng = draws.stream("van", &vehicle.label);
                VanTruth {
                    label: vehicle.label.clone(),
                    kind: vehicle.kind,
                    pace: lognormal(&mut rng, 1.0, 0.06).clamp(0.85, 1.25),
                    lateness: Duration::seconds(lognormal(&mut rng, 60.0, 0.8).min(600.0) as i64),
                    gives_up: day.at(vehicle.shift_until) + Duration::minutes(rng.random_range(5..40)),
                    bay: LatLon {
                        lat: hub.lat + rng.random_range(-2.0e-4..2.0e-4),
                        lon: hub.lon + rng.random_range(-2.0e-4..2.0e-4),
                    },
                    mishaps,
                }
            })
            .collect();
        let incidents = incidents::of_the_day(&draws, &day, scenario);
        (
            Self { draws, day, streets, incidents, attempts: Mutex::default(), closures: Mutex::default() },
            vans,
        )
    }

    /// What drivers are told of closed roads. A drive that has begun is finished as it was begun.
    pub fn hear(&self, closures: &[DriverClosure]) {
        let mut known = self.closures.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_slice() != closures {
            self.streets.close(closures.iter().map(closed).collect());
            *known = closures.to_vec();
        }
    }

    /// The source of all chance.
    pub fn draws(&self) -> &Draws {
        &self.draws
    }

    /// The drive as it will really be. `leg` names it: the same leg of the same vehicle has the same luck. Where the map has no
    /// way, the driver goes straight at walking pace.
    pub fn drive(&self, van: &VanTruth, leg: &str, from: LatLon, to: LatLon, set_off: Instant) -> Drive {
        let profile = profile_of(van.kind);
        let way = self.streets.way(from, to, profile, wall(set_off)).unwrap_or_else(|| on_foot(from, to));
        let luck = lognormal(&mut self.draws.stream("leg", &format!("{}/{leg}", van.label)), 1.0, 0.15);
        let mut drive = Drive::from(way.points.first().copied().unwrap_or(from));
        let mut elapsed = 0.0;
        for (pair, times) in way.points.windows(2).zip(way.at_seconds.windows(2)) {
            let (&[here, there], &[since, until]) = (pair, times) else { continue };
            let now = set_off + seconds(elapsed);
            let crowd = speeds::congestion(van.kind, self.day.local_hours(now));
            let trouble = incidents::slowdown(&self.incidents, van.kind, here, now);
            elapsed += (until - since).max(0.0) * van.pace * luck * crowd * trouble;
            drive.reach(there, elapsed);
        }
        drive
    }

    /// The search for a place to stop, at the end of the drive.
    pub fn parking(&self, van: &VanTruth, stop: &DriverStop) -> Duration {
        doors::parking(&mut self.draws.stream("parking", &stop.reference), van.kind)
    }

    /// What happens at the door to the driver who arrives there now. Every call is one more attempt for the order.
    pub fn knock(&self, van: &VanTruth, stop: &DriverStop, arrived: Instant) -> Door {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(stop.reference.clone()).or_default();
        *attempt += 1;
        doors::knock(
            &mut self.draws.stream("door", &format!("{}/{attempt}", stop.reference)),
            van.kind,
            stop,
            arrived,
        )
    }
}

/// Seconds as a duration, to the millisecond.
pub fn seconds(s: f64) -> Duration {
    Duration::milliseconds((s * 1_000.0) as i64)
}

/// The world's time as the streets take it: nothing here follows the clocks of the city, so any will do.
fn wall(at: Instant) -> Wall {
    Wall(at.timestamp())
}

fn closed(closure: &DriverClosure) -> Closure {
    let places = closure.places.iter().map(|at| LatLon { lat: at.lat, lon: at.lon }).collect();
    Closure {
        shape: if closure.area { ClosureShape::Area(places) } else { ClosureShape::Line(places) },
        from: wall(closure.from),
        until: wall(closure.until),
        bars: closure.bars.iter().map(|&kind| profile_of(kind)).collect(),
    }
}

fn profile_of(kind: VehicleKind) -> Profile {
    match kind {
        VehicleKind::DieselVan | VehicleKind::ElectricVan => Profile::Car,
        VehicleKind::CargoBike => Profile::CargoBike,
    }
}

fn on_foot(from: LatLon, to: LatLon) -> Leg {
    const METRES_A_SECOND: f64 = 1.3;
    let metres = from.metres_to(to);
    let seconds = metres / METRES_A_SECOND;
    Leg { seconds, metres, points: vec![from, to], at_seconds: vec![0.0, seconds] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::{StraightStreets, addresses, stop_at, workday};

    fn world(seed: u64) -> (World, Vec<VanTruth>) {
        let size = Size { vans: 40, orders: 100, late_orders: 3 };
        let scenario = Scenario::write(seed, size, workday(), &addresses(300), &StraightStreets).unwrap();
        World::of(&scenario, Arc::new(StraightStreets))
    }

    fn drives(seed: u64) -> Vec<f64> {
        let (world, vans) = world(seed);
        let set_off = workday().after(Duration::minutes(40));
        let to = LatLon { lat: 35.93, lon: 14.52 };
        vans.iter().map(|van| world.drive(van, "BOO-000001", van.bay, to, set_off).whole_s()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_vans_legs_and_doors() {
        let ((one, vans), (again, same), (_, others)) = (world(1), world(1), world(2));
        assert_eq!(vans, same);
        assert_ne!(vans, others);
        assert_eq!(drives(1), drives(1));
        assert_ne!(drives(1), drives(2));
        let van = vans.first().unwrap();
        for number in 0..50 {
            let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
            let at = stop.window_from;
            assert_eq!(one.knock(van, &stop, at), again.knock(van, &stop, at));
            assert_eq!(one.parking(van, &stop), again.parking(van, &stop));
        }
    }

    #[test]
    fn draws_do_not_depend_on_the_order_in_which_they_are_asked_for() {
        let ((one, vans), (other, _)) = (world(1), world(1));
        let van = vans.first().unwrap();
        let stops: Vec<_> = (0..20).map(|number| stop_at(number, LatLon { lat: 35.9, lon: 14.5 })).collect();
        let forward: Vec<_> = stops.iter().map(|stop| one.knock(van, stop, stop.window_from)).collect();
        let mut backward: Vec<_> =
            stops.iter().rev().map(|stop| other.knock(van, stop, stop.window_from)).collect();
        backward.reverse();
        assert_eq!(forward, backward);
    }

    #[test]
    fn the_second_attempt_has_a_luck_of_its_own() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let differ = (0..40).any(|number| {
            let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
            world.knock(van, &stop, stop.window_from) != world.knock(van, &stop, stop.window_from)
        });
        assert!(differ);
    }

    #[test]
    fn real_drives_take_longer_than_free_roads_but_not_absurdly() {
        let free = LatLon { lat: 35.93, lon: 14.52 };
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let ideal = StraightStreets.way(van.bay, free, Profile::Car, Wall(0)).unwrap().seconds;
        let set_off = workday().after(Duration::minutes(40));
        let mean = (0..200)
            .map(|leg| world.drive(van, &leg.to_string(), van.bay, free, set_off).whole_s())
            .sum::<f64>()
            / 200.0;
        assert!((ideal * 1.1..ideal * 2.5).contains(&mean), "{mean} against {ideal}");
    }

    #[test]
    fn roads_are_closed_once_when_drivers_hear_of_it() {
        struct Counting(Mutex<usize>);
        impl Streets for Counting {
            fn road_near(&self, at: LatLon, profile: Profile) -> Option<(LatLon, f64)> {
                StraightStreets.road_near(at, profile)
            }
            fn seconds_to(&self, from: LatLon, doors: &[LatLon]) -> Vec<Option<u32>> {
                StraightStreets.seconds_to(from, doors)
            }
            fn way(&self, from: LatLon, to: LatLon, profile: Profile, at: Wall) -> Option<Leg> {
                StraightStreets.way(from, to, profile, at)
            }
            fn close(&self, closures: Vec<Closure>) {
                *self.0.lock().unwrap() += closures.len();
            }
        }
        let size = Size { vans: 2, orders: 20, late_orders: 0 };
        let scenario = Scenario::write(1, size, workday(), &addresses(60), &StraightStreets).unwrap();
        let streets = Arc::new(Counting(Mutex::new(0)));
        let (world, _) = World::of(&scenario, streets.clone());
        let closure = DriverClosure {
            area: true,
            places: vec![],
            bars: vec![VehicleKind::DieselVan],
            from: workday().after(Duration::zero()),
            until: workday().after(Duration::hours(1)),
        };
        for _ in 0..3 {
            world.hear(std::slice::from_ref(&closure));
        }
        assert_eq!(*streets.0.lock().unwrap(), 1);
    }
}
