//! How long parking and walking to a door takes, by kind of vehicle and area, learnt from the fleet's own drives.
//!
//! What a drive took beyond the driving is its approach. One drive says little, since the driving is only expected; many
//! drives to the same part of the town say it without bias. Where few have been, all places speak where houses stand as
//! close, where nobody has been at such a place the whole town does, and before anybody has been anywhere a usual value.
//!
//! Here too: how much later than planned vehicles leave the hub, and how long visits take against what shops say: one that
//! fails is shorter.

use crate::{
    Caller, Operations, Result,
    base::{
        convert::{lat_lon, profile},
        turns::aside,
    },
    sites::hubs::{Rounds, Site},
};
use chrono::TimeDelta;
use domain::{Coordinate, VehicleKind};
use roads::{City, DayMatrix, LatLon, UNREACHABLE, Wall};
use std::{collections::HashMap, sync::Arc};
use store::approaches::Seen;

/// Side of a square of the map, in degrees of latitude: about 400 m.
const CELL_DEG: f64 = 0.0036;
/// Before anything has been learnt: seconds by van and by bike, and how many drives that counts for.
const USUAL_S: (f64, f64) = (38.0, 12.0);
const USUAL_LEGS: f64 = 12.0;
/// A mean counts as much as that of what it belongs to once so many drives ended there.
const AS_GOOD: f64 = 15.0;
/// More than this beyond the driving was something else: a break, a detour, a phone that was off.
const MOST: TimeDelta = TimeDelta::minutes(12);
/// Less than the driving took by more than this, too.
const LEAST: TimeDelta = TimeDelta::minutes(-4);
/// Beyond so many drives the older ones of a square fade.
const REMEMBERED: f64 = 300.0;
/// A way may fall by less than a second in a second of departure.
const STEEPEST: f64 = 0.9;
/// How many drives are read in one round.
const ROUND: i64 = 500;
/// Departures of so many days speak for the next, and one counts for no more than so much.
const DEPARTURES_OF: TimeDelta = TimeDelta::days(14);
const LATEST_START: TimeDelta = TimeDelta::minutes(15);
/// Before so many vehicles have left, being on time counts as much.
const DEPARTURES: f64 = 20.0;
/// Before visits have taken so many seconds, what shops say counts as much; beyond so many the older ones fade.
const VISITS_S: f64 = 7_200.0;
const VISITS_REMEMBERED_S: f64 = 400_000.0;
/// A visit counts for no more than this.
const LONGEST_VISIT: TimeDelta = TimeDelta::minutes(20);

/// What is known of approaches.
#[derive(Clone, Default)]
pub(crate) struct Approaches {
    /// Legs and seconds by square.
    cells: HashMap<(bool, (i32, i32)), (f64, f64)>,
    /// Legs and seconds by how close the houses stand.
    alike: HashMap<(bool, i32), (f64, f64)>,
    /// Legs and seconds of all squares, by van and by bike.
    town: [(f64, f64); 2],
    city: Option<Arc<City>>,
    /// How much later than planned vehicles leave the hub.
    pub leaves_late: TimeDelta,
    /// Seconds at doors, and those that shops had expected there.
    visits: (f64, f64),
}

impl Approaches {
    fn of(seen: &[Seen], city: Option<Arc<City>>, leaves_late: TimeDelta, visits: (f64, f64)) -> Self {
        let mut known = Self { city, leaves_late, visits, ..Self::default() };
        for s in seen {
            known.cells.insert((s.bike, s.cell), (s.legs, s.seconds));
            let alike = known.alike.entry((s.bike, known.likeness(middle(s.cell)))).or_default();
            *alike = (alike.0 + s.legs, alike.1 + s.seconds);
            let town = &mut known.town[usize::from(s.bike)];
            *town = (town.0 + s.legs, town.1 + s.seconds);
        }
        known
    }

    /// Expected seconds from the end of the drive to the door.
    pub fn seconds(&self, bike: bool, door: LatLon) -> f64 {
        let usual = if bike { USUAL_S.1 } else { USUAL_S.0 };
        let town = self.town[usize::from(bike)];
        let town = (town.1 + USUAL_LEGS * usual) / (town.0 + USUAL_LEGS);
        let nearer = |known: Option<&(f64, f64)>, wider: f64| {
            let (legs, seconds) = known.copied().unwrap_or_default();
            (seconds + AS_GOOD * wider) / (legs + AS_GOOD)
        };
        let alike = nearer(self.alike.get(&(bike, self.likeness(door))), town);
        nearer(self.cells.get(&(bike, cell(door))), alike).max(0.0)
    }

    /// Places are alike if they are in the same eighth of the city's addresses by how close these stand.
    fn likeness(&self, at: LatLon) -> i32 {
        self.city.as_ref().map_or(0, |city| (city.closeness(at) * 8.0).floor() as i32)
    }

    /// How long a visit takes of which a shop says that it takes so many seconds.
    pub fn at_door_s(&self, told_s: i32) -> i64 {
        let share = (self.visits.0 + VISITS_S) / (self.visits.1 + VISITS_S);
        (f64::from(told_s) * share).round() as i64
    }

    /// The expected approach of a vehicle.
    pub fn of_vehicle(&self, kind: VehicleKind, door: Coordinate) -> TimeDelta {
        TimeDelta::seconds(self.seconds(is_bike(kind), lat_lon(door)).round() as i64)
    }

    /// Adds the approach to every way that ends at one of these doors, the last places of a day's matrix.
    ///
    /// What is added is multiplied by the hour's factor together with the drive, so it is divided by that factor's mean. Where
    /// who leaves later would then be there earlier, as just before the end of a jam, the way takes its mean at all hours.
    pub fn add_to(&self, day: &mut DayMatrix, bike: bool, doors: &[LatLon]) {
        let first = day.places.saturating_sub(doors.len());
        let courses: Vec<(f64, f64)> = day.shapes.iter().map(|shape| course(shape, &day.breaks)).collect();
        let seconds: Vec<f64> = doors.iter().map(|door| self.seconds(bike, *door)).collect();
        let flat = day.shapes.len();
        let mut flattened = false;
        for from in 0..day.places {
            for (n, approach) in seconds.iter().enumerate() {
                let (to, pair) = (first + n, from * day.places + first + n);
                // Another parcel for the same door is carried there from the same place.
                let drives = |way: &&mut u32| from != to && **way != UNREACHABLE && **way > 0;
                let Some(way) = day.seconds.get_mut(pair).filter(drives) else { continue };
                let own = day.shape.get_mut(pair);
                let (mean, falls) =
                    own.as_ref().and_then(|s| courses.get(usize::from(**s))).copied().unwrap_or((1.0, 0.0));
                let longer = (f64::from(*way) + approach / mean).round();
                let takes = match (own, u8::try_from(flat)) {
                    (Some(own), Ok(flat)) if longer * falls >= STEEPEST => {
                        *own = flat;
                        flattened = true;
                        (f64::from(*way) * mean + approach).round()
                    }
                    // There is no shape left for it: better too short than impossible.
                    (_, Err(_)) if longer * falls >= STEEPEST => continue,
                    _ => longer,
                };
                *way = (takes as u32).min(UNREACHABLE - 1);
            }
        }
        if flattened {
            day.shapes.push(vec![1 << 16; day.breaks.len()]);
        }
    }
}

/// A shape's mean over its breaks, and by how much it falls in a second where it falls fastest.
fn course(shape: &[u32], breaks: &[Wall]) -> (f64, f64) {
    let factors: Vec<f64> = shape.iter().map(|f| f64::from(*f) / 65_536.0).collect();
    let mean = factors.iter().sum::<f64>() / factors.len().max(1) as f64;
    let falls = factors.windows(2).zip(breaks.windows(2)).map(|(factor, at)| {
        let seconds = at[1].0.saturating_sub(at[0].0).max(1);
        (factor[0] - factor[1]) / seconds as f64
    });
    (if factors.is_empty() { 1.0 } else { mean.max(0.1) }, falls.fold(0.0, f64::max))
}

pub(crate) fn is_bike(kind: VehicleKind) -> bool {
    kind == VehicleKind::CargoBike
}

fn cell(at: LatLon) -> (i32, i32) {
    let row = (at.lat / CELL_DEG).floor();
    ((at.lon / wide(row)).floor() as i32, row as i32)
}

/// The width of the squares of a row, in degrees of longitude.
fn wide(row: f64) -> f64 {
    CELL_DEG / ((row + 0.5) * CELL_DEG).to_radians().cos().max(0.1)
}

fn middle((column, row): (i32, i32)) -> LatLon {
    let (column, row) = (f64::from(column), f64::from(row));
    LatLon { lat: (row + 0.5) * CELL_DEG, lon: (column + 0.5) * wide(row) }
}

impl Operations {
    /// One round of learning approaches from drives: a timer's verb. Answers how many drives were read.
    pub async fn learn_approaches(&self, caller: &Caller) -> Result<usize> {
        caller.timer_only()?;
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.learn_approaches_at(site).await);
        }
        Ok(rounds.end()?.into_iter().sum())
    }

    async fn learn_approaches_at(&self, site: &Site) -> Result<usize> {
        let Site { hub, zone } = site.clone();
        let mut conn = self.0.database.read().await?;
        let known = store::approaches::read(&mut conn, hub.id).await?;
        let after = known.map(|read| read.until);
        let legs = store::approaches::legs_after(&mut conn, hub.id, after, ROUND).await?;
        let mut visits = known.map_or((0.0, 0.0), |read| (read.door_s, read.told_s));
        let late = store::approaches::departures(&mut conn, hub.id, self.now() - DEPARTURES_OF, LATEST_START)
            .await?;
        let leaves_late = TimeDelta::seconds((late.seconds / (late.count + DEPARTURES)).round() as i64);
        let city = self.0.roadbook.city().cloned();
        let Some(last) = legs.last().map(|leg| leg.attempt) else {
            if self.0.approaches.get(hub.id).is_none_or(|known| known.leaves_late != leaves_late) {
                let seen = store::approaches::seen(&mut conn, hub.id).await?;
                self.0.approaches.set(hub.id, Approaches::of(&seen, city, leaves_late, visits));
            }
            return Ok(0);
        };
        drop(conn);
        let fades = (VISITS_REMEMBERED_S / visits.1.max(1.0)).min(1.0);
        visits = (visits.0 * fades, visits.1 * fades);
        for leg in &legs {
            let (from, until) = leg.served;
            let took = (until - from).clamp(TimeDelta::zero(), LONGEST_VISIT);
            visits.0 += took.num_milliseconds() as f64 / 1_000.0;
            visits.1 += f64::from(leg.told_s);
        }
        let (read, roads, gate) = (legs.len(), self.0.roads.clone(), hub.at);
        let seen = aside(move || {
            let mut seen: HashMap<(bool, (i32, i32)), (f64, f64)> = HashMap::new();
            for leg in legs {
                let (from, to) = (lat_lon(leg.from.unwrap_or(gate)), lat_lon(leg.to));
                let depart = zone.wall(leg.left_at);
                let Ok(Some(drive)) = roads.drive(from, to, profile(leg.kind), depart) else { continue };
                let over = leg.arrived_at - leg.left_at - TimeDelta::seconds(drive.into());
                if over > MOST || over < LEAST {
                    continue;
                }
                let sum = seen.entry((is_bike(leg.kind), cell(to))).or_default();
                *sum = (sum.0 + 1.0, sum.1 + over.num_milliseconds() as f64 / 1_000.0);
            }
            let row = |((bike, cell), (legs, seconds))| Seen { bike, cell, legs, seconds };
            seen.into_iter().map(row).collect::<Vec<_>>()
        })
        .await?;
        let mut tx = self.0.database.begin().await?;
        let done = store::approaches::Read { until: last, door_s: visits.0, told_s: visits.1 };
        store::approaches::add(&mut tx, hub.id, &seen, done, REMEMBERED).await?;
        let all = store::approaches::seen(&mut tx, hub.id).await?;
        tx.commit().await?;
        self.0.approaches.set(hub.id, Approaches::of(&all, city, leaves_late, visits));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roads::{Matrix, Path, Profile, RoadsError, Snap, Source, TravelTimes};

    #[test]
    fn a_part_of_the_town_speaks_for_itself_once_enough_drives_ended_there() {
        let (centre, edge) = (LatLon { lat: 35.9, lon: 14.5 }, LatLon { lat: 35.95, lon: 14.4 });
        let nothing = Approaches::default();
        assert_eq!((nothing.seconds(false, centre), nothing.seconds(true, centre)), USUAL_S);
        let row = |at, legs, each: f64| Seen { bike: false, cell: cell(at), legs, seconds: legs * each };
        let known = Approaches::of(
            &[row(centre, 200.0, 90.0), row(edge, 2.0, 20.0)],
            None,
            TimeDelta::zero(),
            (0.0, 0.0),
        );
        assert!((known.seconds(false, centre) - 90.0).abs() < 2.0);
        let far = known.seconds(false, LatLon { lat: 36.1, lon: 14.2 });
        assert!(far > 80.0, "the town's mean where nobody has been: {far}");
        let few = known.seconds(false, edge);
        assert!(few < far && few > 60.0, "two drives say a little: {few}");
        assert_eq!(known.seconds(true, centre), USUAL_S.1, "a bike parks elsewhere");
    }

    #[test]
    fn the_middle_of_a_square_lies_in_it() {
        for at in [(35.9, 14.5), (-33.9, 18.4), (64.1, -21.9), (0.001, 0.001)] {
            let square = cell(LatLon { lat: at.0, lon: at.1 });
            assert_eq!(cell(middle(square)), square);
        }
    }

    /// Every way takes as long.
    struct Even(u32);

    impl TravelTimes for Even {
        fn snap(&self, _: LatLon, _: Profile) -> Option<Snap> {
            None
        }

        fn matrix(
            &self,
            sources: &[LatLon],
            targets: &[LatLon],
            _: Profile,
            _: Option<Wall>,
        ) -> std::result::Result<Matrix, RoadsError> {
            let seconds = vec![self.0; sources.len() * targets.len()];
            Ok(Matrix { sources: sources.len(), targets: targets.len(), seconds })
        }

        fn path(
            &self,
            points: &[LatLon],
            _: Profile,
            _: Option<Wall>,
        ) -> std::result::Result<Path, RoadsError> {
            Err(RoadsError::OutsideArea { index: 0, at: points[0] })
        }

        fn source(&self) -> Source {
            Source { engine: "even".into(), trouble: None }
        }
    }

    #[test]
    fn who_leaves_later_is_never_there_earlier_for_the_approach() {
        let places: Vec<LatLon> =
            (0..3).map(|n| LatLon { lat: 35.9 + f64::from(n) * 0.01, lon: 14.5 }).collect();
        let all = vec![(0..3).collect()];
        let span = (Wall(0), Wall(7_200));
        for way in [20, 120, 900] {
            let mut day = Even(way).day_matrix(&places, &all, Profile::Van, span).unwrap();
            // A jam of eight times the free time that is over within five minutes, and the usual end of a rush.
            day.breaks = vec![Wall(0), Wall(3_600), Wall(3_900), Wall(7_200)];
            day.shapes =
                vec![vec![8 << 16, 8 << 16, 1 << 16, 1 << 16], vec![3 << 15, 3 << 15, 5 << 14, 1 << 16]];
            day.shape = vec![0, 0, 1, 0, 0, 1, 1, 1, 0];
            let known =
                Approaches { town: [(9_000.0, 100.0 * 9_000.0), (0.0, 0.0)], ..Approaches::default() };
            known.add_to(&mut day, false, &places[1..]);
            for (from, to) in [(0, 1), (0, 2), (1, 2), (2, 1)] {
                let there = |at: i64| at + i64::from(day.at(from, to, Wall(at)));
                for at in 0..7_200 {
                    assert!(there(at) <= there(at + 1), "{way} s from {from} to {to} at {at}");
                }
                let mean = (0..7_200).map(|at| there(at) - at).sum::<i64>() / 7_200;
                assert!(mean > i64::from(way) + 60, "the approach is in it: {mean}");
            }
        }
    }
}
