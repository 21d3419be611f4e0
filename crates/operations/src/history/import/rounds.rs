//! Rounds of the past: which vehicle and driver, when, and on which day.

use super::lines::Unread;
use crate::{base::bounds, base::clock::new_id, sites::hubs::Site};
use chrono::{SubsecRound, TimeDelta};
use domain::{Day, Driver, DriverId, HubDriver, Instant, Route, RouteId, RouteState, Vehicle, VehicleId};
use std::collections::{HashMap, hash_map::Entry};
use wire::history::PastRoute;

const MOST_KEY: usize = 120;
const MOST_NAME: usize = 80;
/// A plan of which nobody knows when it was made was made so long before the round left.
const PLANNED_BEFORE: TimeDelta = TimeDelta::hours(1);
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// A round of the past.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// Its line.
    pub line: usize,
    /// Its name in the file.
    pub key: String,
    /// As it was in the end. The id is the stored one, once it is stored.
    pub route: Route,
    /// When the plan with it was made.
    pub planned_at: Instant,
    /// When it left.
    pub departed_at: Instant,
    /// When it was back.
    pub finished_at: Instant,
    /// How far, in metres.
    pub planned_m: Option<i32>,
    /// How far, in metres.
    pub driven_m: Option<i32>,
}

/// Who and what drives at the hub.
pub(super) struct Fleet {
    vehicles: HashMap<String, Vehicle>,
    drivers: HashMap<String, DriverId>,
    /// Drivers whom nobody knew, as they are to be added.
    pub new_drivers: Vec<HubDriver>,
}

impl Fleet {
    /// Of what is stored.
    pub fn of(vehicles: Vec<Vehicle>, drivers: Vec<HubDriver>) -> Self {
        Self {
            vehicles: vehicles.into_iter().map(|v| (v.label.clone(), v)).collect(),
            drivers: drivers.into_iter().map(|d| (d.driver.name, d.driver.id)).collect(),
            new_drivers: vec![],
        }
    }

    /// The vehicle of a label.
    pub fn vehicle(&self, label: &str) -> Result<&Vehicle, String> {
        let label = bounds::one_line(label);
        self.vehicles.get(&label).ok_or_else(|| {
            let shown: String = label.chars().filter(|c| !c.is_control()).take(80).collect();
            format!("vehicle: the hub has none called “{shown}”; add it by a set-up first, or write its label as it stands there")
        })
    }

    fn driver(&mut self, name: &str, site: &Site, left: Instant) -> Result<DriverId, String> {
        let name = bounds::text("driver", name, MOST_NAME)?;
        if let Some(id) = self.drivers.get(&name) {
            // Who is new and drove on another day has left after the later one.
            if let Some(new) = self.new_drivers.iter_mut().find(|d| d.driver.id == *id) {
                new.left_at = new.left_at.max(Some(left));
            }
            return Ok(*id);
        }
        let id = DriverId(new_id());
        self.drivers.insert(name.clone(), id);
        self.new_drivers.push(HubDriver {
            driver: Driver { id, name },
            hub: site.hub.id,
            left_at: Some(left),
        });
        Ok(id)
    }
}

/// What has to hold of every day of the past.
pub(super) struct Past {
    /// The day that runs; all days before it are over.
    pub running: Day,
    /// Now.
    pub now: Instant,
}

/// Reads rounds; what cannot have been is told by its line.
pub(super) fn read(
    asked: Vec<(usize, PastRoute)>,
    fleet: &mut Fleet,
    site: &Site,
    past: &Past,
) -> (Vec<Round>, Vec<(usize, Unread)>) {
    let (mut rounds, mut refused) = (vec![], vec![]);
    let mut keys: HashMap<String, usize> = HashMap::new();
    for (line, asked) in asked {
        let key = asked.key.clone();
        let round = match keys.entry(key.clone()) {
            Entry::Occupied(other) => {
                Err(format!("key: line {} has the same; give each round its own", other.get()))
            }
            Entry::Vacant(place) => {
                place.insert(line);
                one(line, &asked, fleet, site, past)
            }
        };
        match round {
            Ok(round) => rounds.push(round),
            Err(why) => refused.push((line, Unread { what: key.chars().take(64).collect(), why })),
        }
    }
    (rounds, refused)
}

/// The microsecond, which is as fine as the database keeps time.
pub(super) fn micro(at: Instant) -> Instant {
    at.trunc_subsecs(6)
}

fn one(line: usize, asked: &PastRoute, fleet: &mut Fleet, site: &Site, past: &Past) -> Result<Round, String> {
    let key = bounds::text("key", &asked.key, MOST_KEY)?;
    let (departed_at, finished_at) = (micro(asked.departed_at), micro(asked.finished_at));
    if finished_at < departed_at || finished_at - departed_at > LONGEST {
        return Err("finished_at: a round is back after it left, within 24 hours".to_owned());
    }
    if finished_at > past.now {
        return Err("finished_at lies ahead: only what is over can be brought in".to_owned());
    }
    let of_departure = site.zone.day(departed_at);
    let day = bounds::day(asked.day.unwrap_or(of_departure)).map_err(|_| "day: there is no such day")?;
    if (of_departure - day).num_days().abs() > 1 {
        return Err("day: a round leaves on its day, or a day beside it where it passes midnight".to_owned());
    }
    if day >= past.running {
        return Err(format!(
            "day: {day} is not over here; only days before {} can be brought in",
            past.running
        ));
    }
    if [asked.planned_m, asked.driven_m]
        .into_iter()
        .flatten()
        .any(|metres| !(0..=2_000_000).contains(&metres))
    {
        return Err("planned_m and driven_m are 0 to 2,000,000 metres".to_owned());
    }
    let (vehicle, usual): (VehicleId, DriverId) = {
        let vehicle = fleet.vehicle(&asked.vehicle)?;
        (vehicle.id, vehicle.driver.id)
    };
    let driver = match &asked.driver {
        Some(name) => fleet.driver(name, site, finished_at)?,
        None => usual,
    };
    let planned_start = asked.planned_start.map_or(departed_at, micro);
    let planned_end = asked.planned_end.map_or(finished_at, micro);
    let planned_at = asked.planned_at.map_or(departed_at - PLANNED_BEFORE, micro);
    if planned_end < planned_start {
        return Err("planned_end lies before planned_start".to_owned());
    }
    if planned_at > departed_at {
        return Err("planned_at lies after departed_at: no round leaves before its plan".to_owned());
    }
    let route = Route {
        id: RouteId(new_id()),
        hub: site.hub.id,
        day,
        vehicle,
        shift: None,
        driver,
        planned_start,
        planned_end,
        shift_until: planned_end,
        state: RouteState::Finished { departed_at, finished_at },
    };
    let (planned_m, driven_m) = (asked.planned_m, asked.driven_m);
    Ok(Round { line, key, route, planned_at, departed_at, finished_at, planned_m, driven_m })
}
