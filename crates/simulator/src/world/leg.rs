//! One leg as it really goes: back to the vehicle, along the streets, looking for a place to stop, and on foot to the door.
//!
//! Arriving is being at the door, after parking and walking. Not here: what happens there (`super::doors`).

use super::approach::{self, WALK_MPS};
use super::drive::Drive;
use super::{VanTruth, World, incidents, profile_of, seconds, speeds, wall};
use crate::draws::lognormal;
use crate::town::areas::Area;
use rand::Rng;
use roads::{LatLon, Leg as Way};
use wire::Instant;
use wire::driver::DriverStop;

/// Where somebody sets off: the vehicle may stand a little away from where its driver is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Here {
    /// The driver, and the phone.
    pub driver: LatLon,
    /// The vehicle.
    pub vehicle: LatLon,
}

impl Here {
    /// Both in one place.
    pub fn at(place: LatLon) -> Self {
        Self { driver: place, vehicle: place }
    }
}

/// A leg, with the seconds of its parts in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// The whole of it.
    pub drive: Drive,
    /// Walking back to the vehicle.
    pub back_s: f64,
    /// Driving.
    pub drive_s: f64,
    /// Looking for a place and parking.
    pub search_s: f64,
    /// Walking to the door.
    pub walk_s: f64,
    /// What the driving usually takes this driver at this hour, without luck and incidents.
    pub usual_drive_s: f64,
    /// What weather adds to the driving.
    pub weather_s: f64,
    /// What incidents add to the driving.
    pub incident_s: f64,
    /// Looking for the door, where the address is wrong.
    pub astray_s: f64,
    /// Whether the door was found.
    pub found: bool,
    /// What looking, parking and walking usually take here.
    pub usual_approach_s: f64,
    /// Where the vehicle stands in the end.
    pub vehicle: LatLon,
}

impl Leg {
    /// Of a driver who is there already.
    fn to_nowhere(here: Here) -> Self {
        Self {
            drive: Drive::from(here.driver),
            back_s: 0.0,
            drive_s: 0.0,
            search_s: 0.0,
            walk_s: 0.0,
            usual_drive_s: 0.0,
            weather_s: 0.0,
            incident_s: 0.0,
            astray_s: 0.0,
            found: true,
            usual_approach_s: 0.0,
            vehicle: here.vehicle,
        }
    }

    /// Whether there is no way to go.
    pub fn leads_nowhere(&self) -> bool {
        self.drive.whole_s() <= 0.0
    }
}

const LUCK: f64 = 0.15;
/// Who is farther than this from the right door looks for it; beyond the second figure nobody finds it, and some do not before.
/// Assumed, as is how long it takes to ask.
const ASTRAY_M: f64 = 20.0;
const FAR_ASTRAY_M: f64 = 400.0;
const GIVES_UP: f64 = 0.2;
const ASKING_S: f64 = 90.0;
/// Two places as close as this are one.
const SAME_PLACE_M: f64 = 2.0;

impl World {
    /// The area of a door.
    pub fn area_of(&self, stop: &DriverStop) -> Area {
        self.town.areas.at(LatLon { lat: stop.at.lat, lon: stop.at.lon })
    }

    /// To a yard or the hub's gate, where there is room. `name` names the leg: the same leg of the same vehicle has the same
    /// luck.
    pub fn leg(&self, van: &VanTruth, name: &str, here: Here, to: LatLon, set_off: Instant) -> Leg {
        let mut drive = Drive::from(here.driver);
        let back_s = if here.driver.metres_to(here.vehicle) > SAME_PLACE_M {
            drive.walk(here.vehicle, WALK_MPS)
        } else {
            0.0
        };
        let way = self
            .streets
            .way(here.vehicle, to, profile_of(van.kind), wall(set_off))
            .unwrap_or_else(|| on_foot(here.vehicle, to));
        let luck = lognormal(&mut self.draws.stream("leg", &format!("{}/{name}", van.label)), 1.0, LUCK);
        let mut elapsed = back_s;
        let (mut usual_drive_s, mut weather_s, mut incident_s) = (0.0, 0.0, 0.0);
        way.points.first().into_iter().for_each(|start| drive.reach(*start, elapsed));
        for run in runs(&way) {
            let now = set_off + seconds(elapsed);
            let hours = self.day.local_hours(now);
            let usual_s = run.free_s
                * van.pace
                * speeds::congestion(van.kind, hours)
                * self.town.pieces.times(run.from);
            let wet = self.date.weather_at(hours).slows_driving(self.shares.calendar.wet_slows);
            let trouble = incidents::slowdown(&self.incidents, van.kind, run.from, now);
            let least_s = speeds::shortest_s(van.kind, run.metres, run.free_s);
            let [dry_s, wet_s, takes_s] =
                [1.0, wet, wet * trouble].map(|times| (usual_s * luck * times).max(least_s));
            usual_drive_s += (usual_s * (LUCK * LUCK / 2.0).exp()).max(least_s);
            weather_s += wet_s - dry_s;
            incident_s += takes_s - wet_s;
            for (there, share) in run.points {
                drive.reach(there, elapsed + takes_s * share);
            }
            elapsed += takes_s;
        }
        Leg {
            back_s,
            drive_s: drive.whole_s() - back_s,
            search_s: 0.0,
            walk_s: 0.0,
            usual_drive_s,
            weather_s,
            incident_s,
            astray_s: 0.0,
            found: true,
            usual_approach_s: 0.0,
            vehicle: drive.end(),
            drive,
        }
    }

    /// To a door: the vehicle stops where there is a place, and the driver goes on on foot; where the address is wrong, to look
    /// for the right door.
    pub fn leg_to_door(&self, van: &VanTruth, stop: &DriverStop, here: Here, set_off: Instant) -> Leg {
        let (said, door) = (LatLon { lat: stop.at.lat, lon: stop.at.lon }, self.door_of(stop));
        if [said, door].iter().any(|place| here.driver.metres_to(*place) <= SAME_PLACE_M) {
            return Leg::to_nowhere(here);
        }
        let mut leg = self.leg(van, &stop.reference, here, said, set_off);
        let curb = leg.drive.end();
        let area = self.area_of(stop);
        let parking = self.behind(stop).and_then(|behind| self.household(behind));
        let parking_times = parking.map_or(1.0, |household| household.parking_times);
        let drawn = approach::draw(&mut self.draws.stream("parking", &stop.reference), van.kind, area);
        let usual = approach::usual(van.kind, area);
        // Who has not a step to drive has parked already.
        if leg.drive_s > 0.0 {
            leg.drive.stop_short(drawn.short_m.min(here.vehicle.metres_to(curb)));
            leg.drive_s = (leg.drive.whole_s() - leg.back_s).max(0.0);
            leg.search_s = drawn.search_s * parking_times;
            leg.drive.linger(leg.search_s);
        }
        leg.vehicle = leg.drive.end();
        let weather = self.date.weather_at(self.day.local_hours(set_off + seconds(leg.drive.whole_s())));
        let on_foot = WALK_MPS / weather.slows_walking(self.shares.calendar.wet_slows);
        leg.walk_s = leg.drive.walk(curb, on_foot) + leg.drive.walk(said, on_foot);
        leg.usual_approach_s =
            usual.search_s * parking_times + (usual.short_m + curb.metres_to(said)) / WALK_MPS;
        self.look_for(stop, said, door, on_foot, &mut leg);
        leg
    }

    /// Looks for the right door, where the said one is not it.
    fn look_for(&self, stop: &DriverStop, said: LatLon, door: LatLon, on_foot: f64, leg: &mut Leg) {
        let (before, away) = (leg.drive.whole_s(), said.metres_to(door));
        let mut rng = self.draws.stream("looking", &stop.reference);
        let (asking_s, lot) = (lognormal(&mut rng, ASKING_S, 0.5).clamp(20.0, 600.0), rng.random::<f64>());
        if away > FAR_ASTRAY_M || (away > ASTRAY_M && lot < GIVES_UP) {
            leg.found = false;
            leg.drive.linger(asking_s * 2.0);
        } else if away > ASTRAY_M {
            leg.drive.linger(asking_s);
            leg.drive.walk(door, on_foot);
        } else if self.behind(stop).is_some_and(|behind| behind.slip.is_some()) {
            leg.drive.linger(asking_s / 3.0);
        }
        leg.astray_s = leg.drive.whole_s() - before;
    }
}

/// A stretch of a way that takes at least a second: the map's times are good to a tenth, and a piece of two metres has no speed.
struct Run {
    from: LatLon,
    metres: f64,
    free_s: f64,
    /// Its points but the first, with the share of its length at which they lie.
    points: Vec<(LatLon, f64)>,
}

const SHORTEST_RUN_S: f64 = 1.0;

fn runs(way: &Way) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let whole_s = way.at_seconds.last().copied().unwrap_or_default();
    for (pair, times) in way.points.windows(2).zip(way.at_seconds.windows(2)) {
        let (&[from, there], &[since, until]) = (pair, times) else { continue };
        let fresh = runs.last().is_none_or(|run| run.free_s >= SHORTEST_RUN_S)
            && (runs.is_empty() || whole_s - since >= SHORTEST_RUN_S);
        if fresh {
            runs.push(Run { from, metres: 0.0, free_s: 0.0, points: Vec::new() });
        }
        let Some(run) = runs.last_mut() else { continue };
        run.metres += from.metres_to(there);
        run.free_s += (until - since).max(0.0);
        run.points.push((there, run.metres));
    }
    for run in &mut runs {
        let metres = run.metres.max(f64::MIN_POSITIVE);
        run.points.iter_mut().for_each(|(_, at)| *at /= metres);
    }
    runs
}

fn on_foot(from: LatLon, to: LatLon) -> Way {
    let metres = from.metres_to(to);
    let seconds = metres / WALK_MPS;
    Way { seconds, metres, points: vec![from, to], at_seconds: vec![0.0, seconds] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Spell, Weather};
    use crate::scenario::{Scenario, Size, Slip};
    use crate::streets::Streets;
    use crate::testing::{StraightStreets, ordinary, stop_at, workday};
    use crate::truth::Truth;
    use chrono::Duration;
    use roads::{Profile, Wall};
    use std::sync::Arc;
    use wire::{Point, VehicleKind};

    const FAR: LatLon = LatLon { lat: 35.93, lon: 14.52 };

    fn scenario(seed: u64) -> Scenario {
        ordinary(seed, Size { vans: 40, orders: 100, late_orders: 3, first_order: 1 }, 300)
    }

    fn world(seed: u64) -> (World, Vec<VanTruth>) {
        World::of(&scenario(seed), Arc::new(StraightStreets), Truth::default())
    }

    fn set_off() -> Instant {
        workday().after(Duration::minutes(40))
    }

    #[test]
    fn the_same_seed_gives_the_same_legs() {
        let legs = |seed| -> Vec<f64> {
            let (world, vans) = world(seed);
            let leg = |van: &VanTruth| {
                world.leg_to_door(van, &stop_at(1, FAR), Here::at(van.bay), set_off()).drive.whole_s()
            };
            vans.iter().map(leg).collect()
        };
        assert_eq!(legs(1), legs(1));
        assert_ne!(legs(1), legs(2));
    }

    #[test]
    fn real_drives_take_longer_than_free_roads_but_not_absurdly_and_never_break_the_limit() {
        let (world, vans) = world(1);
        let mut fastest: f64 = 0.0;
        for van in vans.iter().filter(|van| van.kind == VehicleKind::DieselVan) {
            let free = StraightStreets.way(van.bay, FAR, Profile::Car, Wall(0)).unwrap();
            let legs =
                (0..200).map(|leg| world.leg(van, &format!("leg {leg}"), Here::at(van.bay), FAR, set_off()));
            let (mut sum, mut usual) = (0.0, 0.0);
            for leg in legs {
                sum += leg.drive_s / 200.0;
                usual += (leg.usual_drive_s + leg.incident_s) / 200.0;
                fastest = fastest.max(leg.drive.fastest_mps());
            }
            assert!((free.seconds..free.seconds * 2.5).contains(&sum), "{sum} against {}", free.seconds);
            assert!((usual / sum - 1.0).abs() < 0.06, "{usual} s is said to be usual, {sum} s are");
        }
        // The made-up streets are driven at 8 m/s when they are free.
        let most = 8.0 * speeds::FASTEST_AGAINST_FREE;
        assert!((most * 0.98..=most * 1.001).contains(&fastest), "{fastest} m/s");
    }

    #[test]
    fn arriving_is_being_at_the_door_after_parking_and_walking() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        for number in 0..60 {
            let stop = stop_at(number, FAR);
            let leg = world.leg_to_door(van, &stop, Here::at(van.bay), set_off());
            let parts = leg.back_s + leg.drive_s + leg.search_s + leg.walk_s;
            assert!((leg.drive.whole_s() - parts).abs() < 1e-6);
            assert_eq!(leg.drive.end(), FAR);
            let parked = leg.drive.spot(leg.drive_s + leg.search_s);
            assert!(parked.at.metres_to(leg.vehicle) < 0.6);
            assert!((leg.vehicle.metres_to(FAR) / WALK_MPS - leg.walk_s).abs() < 0.1);
        }
    }

    #[test]
    fn the_driver_walks_back_to_the_vehicle_first() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let door = LatLon { lat: van.bay.lat + 0.0005, lon: van.bay.lon };
        let leg = world.leg(van, "hub", Here { driver: door, vehicle: van.bay }, FAR, set_off());
        assert!((leg.back_s - door.metres_to(van.bay) / WALK_MPS).abs() < 1e-6);
        assert_eq!(leg.drive.spot(0.0).at, door);
        assert!(leg.drive.spot(leg.back_s).at.metres_to(van.bay) < 0.1);
    }

    #[test]
    fn who_is_at_the_door_already_leaves_the_vehicle_where_it_is() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let vehicle = LatLon { lat: FAR.lat + 0.0004, lon: FAR.lon };
        let leg = world.leg_to_door(van, &stop_at(3, FAR), Here { driver: FAR, vehicle }, set_off());
        assert!(leg.leads_nowhere() && leg.vehicle == vehicle, "{leg:?}");
        let other = world.leg_to_door(van, &stop_at(4, van.bay), Here { driver: FAR, vehicle }, set_off());
        assert!(!other.leads_nowhere() && other.back_s > 0.0);
    }

    #[test]
    fn who_parks_where_the_next_door_is_goes_there_on_foot() {
        let (world, vans) = world(1);
        let van = vans.first().unwrap();
        let leg = world.leg_to_door(van, &stop_at(3, van.bay), Here::at(van.bay), set_off());
        assert!(leg.search_s < 1e-9 && leg.walk_s < 1e-9 && leg.drive.whole_s() < 1e-9, "{leg:?}");
    }

    #[test]
    fn rain_makes_a_leg_longer_and_says_by_how_much() {
        let (mut day, (dry, vans)) = (scenario(1), world(1));
        day.date.spells = vec![Spell { weather: Weather::HeavyRain, from_h: 0.0, until_h: 24.0 }];
        let (wet, _) = World::of(&day, Arc::new(StraightStreets), Truth::default());
        let leg =
            |world: &World| world.leg_to_door(&vans[0], &stop_at(5, FAR), Here::at(vans[0].bay), set_off());
        let (dry, wet) = (leg(&dry), leg(&wet));
        assert!(dry.weather_s.abs() < 1e-9 && wet.weather_s > dry.drive_s * 0.1);
        assert!(wet.drive_s > dry.drive_s * 1.1 && wet.walk_s >= dry.walk_s);
        assert!((wet.usual_drive_s - dry.usual_drive_s).abs() < dry.drive_s * 0.02, "weather is not usual");
    }

    #[test]
    fn who_is_sent_to_another_door_looks_for_the_right_one_and_far_away_does_not_find_it() {
        let mut day = scenario(1);
        let metres = [0.0, 10.0, 90.0, 1_500.0];
        let door = |away: f64| LatLon { lat: FAR.lat + away / 111_195.0, lon: FAR.lon };
        for (order, away) in day.orders.iter_mut().zip(metres) {
            order.behind.door = door(away);
            order.behind.slip = (away > 0.0).then_some(Slip::WrongDoor);
        }
        let (world, vans) = World::of(&day, Arc::new(StraightStreets), Truth::default());
        let leg = |index: usize| {
            let stop = DriverStop {
                reference: day.orders[index].says.reference.clone(),
                at: Point { lat: FAR.lat, lon: FAR.lon },
                ..stop_at(1, FAR)
            };
            world.leg_to_door(&vans[0], &stop, Here::at(vans[0].bay), set_off())
        };
        let [right, near, wrong, far] = [0, 1, 2, 3].map(leg);
        assert!(right.astray_s.abs() < 1e-9 && right.found);
        assert!(near.astray_s > 5.0 && near.found && near.drive.end() == FAR);
        assert!(wrong.astray_s > 20.0 && (!wrong.found || wrong.drive.end().metres_to(door(90.0)) < 0.1));
        assert!(!far.found && far.drive.end() == FAR);
        for leg in [&right, &near, &wrong, &far] {
            let parts = leg.back_s + leg.drive_s + leg.search_s + leg.walk_s + leg.astray_s;
            assert!((leg.drive.whole_s() - parts).abs() < 1e-6);
        }
    }
}
