//! What is true and nobody is told: how fast streets really are, how long a door really takes, who is not at home.
//!
//! The product never reads any of this; it learns only what phones report. Not here: what drivers and phones do with it.

pub mod approach;
pub mod doors;
pub mod drive;
pub mod incidents;
pub mod leg;
pub mod mishaps;
pub mod speeds;

use crate::areas::Areas;
use crate::scenario::draws::{Draws, lognormal};
use crate::scenario::roster::Duty;
use crate::scenario::workday::Workday;
use crate::scenario::{Scenario, ScenarioOrder};
use crate::streets::Streets;
use crate::truth::{Fact, PhoneTruth, Truth};
use chrono::Duration;
use doors::Door;
use incidents::Incident;
use mishaps::Mishaps;
use rand::Rng;
use roads::{Closure, ClosureShape, LatLon, Profile, Wall};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wire::driver::{DriverClosure, DriverStop};
use wire::{Instant, Outcome, Point, VehicleKind};

/// The world of one day.
pub struct World {
    draws: Draws,
    day: Workday,
    streets: Arc<dyn Streets>,
    areas: Areas,
    incidents: Vec<Incident>,
    attempts: Mutex<HashMap<String, u32>>,
    closures: Mutex<Vec<DriverClosure>>,
    truth: Truth,
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
    /// When the driver of each shift gives up what is left and goes home, the first first; at least one.
    pub gives_up: Vec<Instant>,
    /// Where the vehicle stands in the yard.
    pub bay: LatLon,
    /// What goes wrong with it today.
    pub mishaps: Mishaps,
}

impl World {
    /// The world behind a scenario, and the truth of each of its vehicles in their order. What happens is told to `truth`.
    pub fn of(scenario: &Scenario, streets: Arc<dyn Streets>, truth: Truth) -> (Self, Vec<VanTruth>) {
        let (draws, day) = (scenario.draws, scenario.day);
        let mishaps = mishaps::of_the_day(&draws, &day, scenario);
        let hub = LatLon { lat: scenario.hub.lat, lon: scenario.hub.lon };
        let vans = scenario
            .vehicles
            .iter()
            .zip(&scenario.roster)
            .zip(mishaps)
            .map(|((vehicle, duty), mishaps)| {
                let mut rng = draws.stream("van", &vehicle.label);
                let ends = match duty {
                    Some(Duty::Drives(shifts)) => shifts.iter().map(|shift| shift.until).collect(),
                    Some(Duty::Nobody) | None => vec![day.at(vehicle.shift_until)],
                };
                VanTruth {
                    label: vehicle.label.clone(),
                    kind: vehicle.kind,
                    pace: lognormal(&mut rng, 1.0, 0.06).clamp(0.85, 1.25),
                    lateness: Duration::seconds(lognormal(&mut rng, 60.0, 0.8).min(600.0) as i64),
                    gives_up: {
                        let stays_on = Duration::minutes(rng.random_range(5..40));
                        ends.into_iter().map(|ends| ends + stays_on).collect()
                    },
                    bay: LatLon {
                        lat: hub.lat + rng.random_range(-2.0e-4..2.0e-4),
                        lon: hub.lon + rng.random_range(-2.0e-4..2.0e-4),
                    },
                    mishaps,
                }
            })
            .collect();
        let incidents = incidents::of_the_day(&draws, &day, scenario);
        let world = Self {
            draws,
            day,
            streets,
            areas: scenario.areas.clone(),
            incidents,
            attempts: Mutex::default(),
            closures: Mutex::default(),
            truth,
        };
        (world, vans)
    }

    /// Tells what is true to whoever scores the product afterwards, and to nobody else.
    pub fn record(&self, fact: &Fact<'_>) {
        self.truth.record(fact);
    }

    /// Tells what is known before the day begins: its orders and its incidents.
    pub fn tell_the_morning(&self, scenario: &Scenario) {
        for ScenarioOrder { says, placed_at, .. } in &scenario.orders {
            let Some(at) = says.at else { continue };
            self.record(&Fact::Order {
                order: &says.reference,
                area: self.areas.at(LatLon { lat: at.lat, lon: at.lon }),
                at,
                address: &says.address,
                placed_at: *placed_at,
                window_from: says.window_from,
                window_until: says.window_until,
                service_s: says.service_s,
            });
        }
        for incident in &self.incidents {
            self.record(&Fact::Incident {
                near: &incident.near,
                at: Point { lat: incident.centre.lat, lon: incident.centre.lon },
                radius_m: incident.radius_m,
                from: incident.from,
                until: incident.until,
                times_slower: incident.factor,
            });
        }
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

    /// What happens at the door to the driver who arrives there now, and at which attempt: every call is one more for the order.
    pub fn knock(
        &self,
        van: &VanTruth,
        stop: &DriverStop,
        arrived: Instant,
        before: Option<Outcome>,
    ) -> (u32, Door) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(stop.reference.clone()).or_default();
        *attempt += 1;
        let mut rng = self.draws.stream("door", &format!("{}/{attempt}", stop.reference));
        (*attempt, doors::knock(&mut rng, van.kind, stop, arrived, before))
    }
}

impl VanTruth {
    /// What is told of it before it leaves.
    pub fn fact(&self, phone: PhoneTruth) -> Fact<'_> {
        Fact::Van {
            vehicle: &self.label,
            kind: self.kind,
            pace: self.pace,
            leaves_late_s: self.lateness.as_seconds_f64(),
            gives_up: self.gives_up(None),
            phone,
        }
    }

    /// When the driver gives up what is left of a route that was to leave at a time; of the last one for none.
    pub fn gives_up(&self, planned_start: Option<Instant>) -> Instant {
        let own = planned_start.and_then(|start| self.gives_up.iter().find(|ends| **ends > start));
        own.or(self.gives_up.last()).copied().unwrap_or(Instant::MAX_UTC)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::{StraightStreets, addresses, stop_at, workday};
    use roads::Leg;

    fn world(seed: u64) -> (World, Vec<VanTruth>) {
        let size = Size { vans: 40, orders: 100, late_orders: 3, first_order: 1 };
        let scenario = Scenario::write(seed, size, workday(), &addresses(300), &StraightStreets).unwrap();
        World::of(&scenario, Arc::new(StraightStreets), Truth::default())
    }

    #[test]
    fn the_same_seed_gives_the_same_vans_and_doors() {
        let ((one, vans), (again, same), (_, others)) = (world(1), world(1), world(2));
        assert_eq!(vans, same);
        assert_ne!(vans, others);
        let van = vans.first().unwrap();
        for number in 0..50 {
            let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
            let at = stop.window_from;
            assert_eq!(one.knock(van, &stop, at, None), again.knock(van, &stop, at, None));
        }
    }

    #[test]
    fn draws_do_not_depend_on_the_order_in_which_they_are_asked_for() {
        let ((one, vans), (other, _)) = (world(1), world(1));
        let van = vans.first().unwrap();
        let stops: Vec<_> = (0..20).map(|number| stop_at(number, LatLon { lat: 35.9, lon: 14.5 })).collect();
        let forward: Vec<_> = stops.iter().map(|stop| one.knock(van, stop, stop.window_from, None)).collect();
        let mut backward: Vec<_> =
            stops.iter().rev().map(|stop| other.knock(van, stop, stop.window_from, None)).collect();
        backward.reverse();
        assert_eq!(forward, backward);
    }

    #[test]
    fn the_second_attempt_has_a_luck_of_its_own() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let differ = (0..40).any(|number| {
            let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
            let (first, second) = (
                world.knock(van, &stop, stop.window_from, None),
                world.knock(van, &stop, stop.window_from, None),
            );
            assert_eq!((first.0, second.0), (1, 2));
            first.1 != second.1
        });
        assert!(differ);
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
        let size = Size { vans: 2, orders: 20, late_orders: 0, first_order: 1 };
        let scenario = Scenario::write(1, size, workday(), &addresses(60), &StraightStreets).unwrap();
        let streets = Arc::new(Counting(Mutex::new(0)));
        let (world, _) = World::of(&scenario, streets.clone(), Truth::default());
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
