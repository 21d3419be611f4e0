//! What is true and nobody is told: how fast streets really are, how long a door really takes, who is not at home.
//!
//! The product never reads any of this; it learns only what phones report. Not here: what drivers and phones do with it.

pub mod approach;
pub mod doors;
pub mod drive;
mod home;
pub mod incidents;
pub mod leg;
pub mod mishaps;
mod morning;
pub mod speeds;

use crate::calendar::Date;
use crate::draws::{Draws, lognormal};
use crate::scenario::drivers::Habits;
use crate::scenario::roster::Duty;
use crate::scenario::workday::Workday;
use crate::scenario::{Behind, Scenario};
use crate::shares::Shares;
use crate::streets::Streets;
use crate::town::Town;
use crate::town::households::Household;
use crate::truth::{Fact, PhoneTruth, Truth};
use chrono::Duration;
use doors::{Door, Knock};
use incidents::Incident;
use mishaps::Mishaps;
use rand::Rng;
use roads::{Closure, ClosureShape, LatLon, Profile, Wall};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wire::driver::{DriverClosure, DriverStop};
use wire::{Instant, Outcome, VehicleKind};

/// The world of one day.
pub struct World {
    draws: Draws,
    shares: Shares,
    day: Workday,
    date: Date,
    town: Arc<Town>,
    streets: Arc<dyn Streets>,
    /// What is true of each order, by its reference.
    orders: HashMap<String, Behind>,
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
    /// What the driver is like.
    pub habits: Habits,
}

impl World {
    /// The world behind a scenario, and the truth of each of its vehicles in their order. What happens is told to `truth`.
    pub fn of(scenario: &Scenario, streets: Arc<dyn Streets>, truth: Truth) -> (Self, Vec<VanTruth>) {
        let (draws, day) = (scenario.draws, scenario.day);
        let mishaps = mishaps::of_the_day(scenario);
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
                    habits: Habits::of(&scenario.town.draws, &vehicle.driver, &scenario.shares.drivers),
                }
            })
            .collect();
        let world = Self {
            draws,
            shares: scenario.shares.clone(),
            day,
            date: scenario.date.clone(),
            town: Arc::clone(&scenario.town),
            streets,
            orders: scenario.orders.iter().map(|own| (own.says.reference.clone(), own.behind)).collect(),
            incidents: incidents::of_the_day(scenario),
            attempts: Mutex::default(),
            closures: Mutex::default(),
            truth,
        };
        world.close(&[]);
        (world, vans)
    }

    /// Tells what is true to whoever scores the product afterwards, and to nobody else.
    pub fn record(&self, fact: &Fact<'_>) {
        self.truth.record(fact);
    }

    /// Tells what is known before the day begins.
    pub fn tell_the_morning(&self, scenario: &Scenario) {
        morning::tell(scenario, &self.incidents, &self.truth);
    }

    /// What drivers are told of closed roads. A drive that has begun is finished as it was begun.
    pub fn hear(&self, closures: &[DriverClosure]) {
        let mut known = self.closures.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_slice() != closures {
            self.close(closures);
            *known = closures.to_vec();
        }
    }

    /// Closes what drivers are told, and the lanes of which nobody tells them before they stand there.
    fn close(&self, told: &[DriverClosure]) {
        let (from, until) =
            (self.day.midnight() - Duration::days(1), self.day.midnight() + Duration::days(3));
        let lane = |places: &[LatLon]| Closure {
            shape: ClosureShape::Line(places.to_vec()),
            from: wall(from),
            until: wall(until),
            bars: vec![Profile::Car],
        };
        let lanes = self.town.closed_lanes.iter().map(|own| lane(&own.places));
        self.streets.close(lanes.chain(told.iter().map(closed)).collect());
    }

    /// The source of all chance.
    pub fn draws(&self) -> &Draws {
        &self.draws
    }

    /// How much there is of everything.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The town.
    pub fn town(&self) -> &Town {
        &self.town
    }

    /// What is true of an order that the world has made.
    pub fn behind(&self, stop: &DriverStop) -> Option<&Behind> {
        self.orders.get(&stop.reference)
    }

    fn household(&self, behind: &Behind) -> Option<&Household> {
        self.town.households.get(behind.household)
    }

    /// Where the door of a stop truly is.
    pub fn door_of(&self, stop: &DriverStop) -> LatLon {
        let said = LatLon { lat: stop.at.lat, lon: stop.at.lon };
        self.behind(stop).map_or(said, |behind| behind.door)
    }

    /// The mean time at a door; `further` if the driver is there already for another order.
    pub fn usual_at_door_s(&self, stop: &DriverStop, further: bool) -> f64 {
        doors::usual_s(stop, self.behind(stop).and_then(|behind| self.household(behind)), further)
    }

    /// What happens at the door to the driver who arrives there now, and at which attempt: every call is one more for the order.
    pub fn knock(
        &self,
        van: &VanTruth,
        stop: &DriverStop,
        arrived: Instant,
        before: Option<Outcome>,
        found: bool,
    ) -> (u32, Door) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(stop.reference.clone()).or_default();
        *attempt += 1;
        let mut rng = self.draws.stream("door", &format!("{}/{attempt}", stop.reference));
        let behind = self.behind(stop);
        let it = Knock {
            kind: van.kind,
            stop,
            before,
            household: behind.and_then(|behind| self.household(behind)),
            home: self.is_home(stop, behind, arrived),
            found,
            act: behind.and_then(|behind| self.act_by(behind, arrived)),
            shares: &self.shares.doors,
            elsewhere: self.shares.people.elsewhere,
        };
        (*attempt, doors::knock(&mut rng, &it))
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
            habits: self.habits,
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
    use crate::testing::{StraightStreets, ordinary, stop_at, workday};
    use roads::Leg;

    fn world(seed: u64) -> (World, Vec<VanTruth>) {
        let scenario = ordinary(seed, Size { vans: 40, orders: 100, late_orders: 3, first_order: 1 }, 300);
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
            assert_eq!(one.knock(van, &stop, at, None, true), again.knock(van, &stop, at, None, true));
        }
    }

    #[test]
    fn draws_do_not_depend_on_the_order_in_which_they_are_asked_for() {
        let ((one, vans), (other, _)) = (world(1), world(1));
        let van = vans.first().unwrap();
        let stops: Vec<_> = (0..20).map(|number| stop_at(number, LatLon { lat: 35.9, lon: 14.5 })).collect();
        let forward: Vec<_> =
            stops.iter().map(|stop| one.knock(van, stop, stop.window_from, None, true)).collect();
        let mut backward: Vec<_> =
            stops.iter().rev().map(|stop| other.knock(van, stop, stop.window_from, None, true)).collect();
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
                world.knock(van, &stop, stop.window_from, None, true),
                world.knock(van, &stop, stop.window_from, None, true),
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
        let scenario = ordinary(1, size, 60);
        let lanes = scenario.town.closed_lanes.len();
        let streets = Arc::new(Counting(Mutex::new(0)));
        let (world, _) = World::of(&scenario, streets.clone(), Truth::default());
        assert_eq!(*streets.0.lock().unwrap(), lanes, "lanes of which nobody is told");
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
        assert_eq!(*streets.0.lock().unwrap(), 2 * lanes + 1);
    }
}
