//! How a day of the past was planned: at the beginning of each group of shifts, what is known by then, by the product's own solver.
//!
//! A search ends by steps and not by time, so the same day has the same plan on every machine. Not here: the drive.

use crate::scenario::Scenario;
use crate::scenario::roster::Duty;
use crate::town::areas::Areas;
use crate::world::approach::{self, WALK_MPS};
use anyhow::{Context, Result};
use chrono::{Duration, TimeDelta};
use optimizer::{
    Break, Lateness, MatrixId, ProblemBuilder, Settings, StopRule, StopSpec, VehicleSpec, check::check,
    solve, timetable,
};
use roads::{City, LatLon, Profile, TravelTimes, UNREACHABLE, Wall};
use wire::{Instant, Point, VehicleKind};

/// Travel times as the product's map has them.
pub trait Times {
    /// Seconds between all places, row by row; none where there is no way.
    fn between(&self, places: &[LatLon], profile: Profile, at: Wall) -> Result<Vec<Option<u32>>>;
}

impl Times for City {
    fn between(&self, places: &[LatLon], profile: Profile, at: Wall) -> Result<Vec<Option<u32>>> {
        let matrix =
            self.matrix(places, places, profile, Some(at)).context("travel times are not to be had")?;
        Ok(matrix.seconds.into_iter().map(|s| (s != UNREACHABLE).then_some(s)).collect())
    }
}

/// A round as it was planned.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRound {
    /// Which of the vehicles.
    pub van: usize,
    /// When the plan was made.
    pub planned_at: Instant,
    /// When it was to leave.
    pub start: Instant,
    /// When it was to be back.
    pub end: Instant,
    /// Whether the spare driver has the shift.
    pub spare: bool,
    /// Its stops, in order.
    pub stops: Vec<PlannedStop>,
}

/// A stop as it was planned.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStop {
    /// Which of the orders.
    pub order: usize,
    /// When the driver was to be at the door.
    pub arrival: Instant,
    /// How long the vehicle was to drive there, in seconds.
    pub travel_s: i32,
}

/// A shift that is to be filled.
struct Shift {
    van: usize,
    from: Instant,
    until: Instant,
    pause: Option<(Instant, Instant, Duration)>,
    spare: bool,
}

/// Shifts that begin within so much of each other are planned together.
const TOGETHER: TimeDelta = TimeDelta::minutes(45);
/// The plan is made so long before the first shift of it begins.
const BEFORE: TimeDelta = TimeDelta::minutes(30);
/// A plan keeps so much of a window in hand, as the product's morning plan does.
const IN_HAND_S: i64 = 600;
/// Prices in cents: of a vehicle that is used at all, of an hour of its driver, of an order left for another day.
const USED: i64 = 4_000;
const HOUR: i64 = 2_200;
const LEFT_OUT: i64 = 5_000_000;
/// Longer than any day, for where no way leads.
const NO_WAY_S: u32 = 200_000;
/// A part of the ground with more orders than that is halved.
const MOST_STOPS: usize = 250;
/// Steps of the search in each part; a second or less for some hundred orders.
const STEPS: u64 = 600;

/// Plans a day. Orders that found no place are left out.
///
/// # Errors
/// When the map has no travel times, or the solver refuses the problem.
pub fn plan(scenario: &Scenario, times: &dyn Times) -> Result<Vec<PlannedRound>> {
    let mut shifts = shifts(scenario);
    shifts.sort_by_key(|shift| shift.from);
    let mut waits: Vec<usize> = (0..scenario.orders.len()).collect();
    let mut rounds = vec![];
    while let Some(first) = shifts.first() {
        let planned_at = first.from - BEFORE;
        let last = first.from + TOGETHER;
        let together = shifts.partition_point(|shift| shift.from <= last);
        let wave: Vec<Shift> = shifts.drain(..together).collect();
        let known: Vec<usize> = waits
            .iter()
            .copied()
            .filter(|order| {
                scenario.orders.get(*order).is_some_and(|o| o.placed_at.is_none_or(|at| at <= planned_at))
            })
            .collect();
        let mut planned = vec![];
        for (shifts, orders) in districts(scenario, wave, known) {
            planned.extend(one_district(scenario, &shifts, &orders, planned_at, times)?);
        }
        let taken: Vec<usize> = planned.iter().flat_map(|r| r.stops.iter().map(|s| s.order)).collect();
        waits.retain(|order| !taken.contains(order));
        rounds.extend(planned);
    }
    Ok(rounds)
}

fn shifts(scenario: &Scenario) -> Vec<Shift> {
    let mut all = vec![];
    for (van, (vehicle, duty)) in scenario.vehicles.iter().zip(&scenario.roster).enumerate() {
        match duty {
            Some(Duty::Nobody) => {}
            Some(Duty::Drives(hours)) => all.extend(hours.iter().map(|own| Shift {
                van,
                from: own.from,
                until: own.until,
                pause: own.pause.map(|p| (p.earliest, p.latest, Duration::minutes(p.minutes.into()))),
                spare: own.spare,
            })),
            None => all.push(Shift {
                van,
                from: scenario.day.at(vehicle.shift_from),
                until: scenario.day.at(vehicle.shift_until),
                pause: None,
                spare: false,
            }),
        }
    }
    all
}

/// Halves the ground across its longer side until no part has more than [`MOST_STOPS`] orders; the shifts are shared out in turn.
fn districts(scenario: &Scenario, shifts: Vec<Shift>, orders: Vec<usize>) -> Vec<(Vec<Shift>, Vec<usize>)> {
    if orders.len() <= MOST_STOPS || shifts.len() < 2 {
        return vec![(shifts, orders)];
    }
    let place = |order: &usize| scenario.orders.get(*order).and_then(|o| o.says.at).unwrap_or(scenario.hub);
    let spread = |of: fn(&Point) -> f64| {
        let (low, high) = orders
            .iter()
            .map(|order| of(&place(order)))
            .fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        high - low
    };
    let wide = spread(|at| at.lon) * scenario.hub.lat.to_radians().cos() > spread(|at| at.lat);
    let along = |order: &usize| if wide { place(order).lon } else { place(order).lat };
    let mut orders = orders;
    orders.sort_by(|a, b| along(a).total_cmp(&along(b)));
    let others = orders.split_off(orders.len() / 2);
    let (mut even, mut odd) = (vec![], vec![]);
    for (nth, shift) in shifts.into_iter().enumerate() {
        if nth % 2 == 0 { even.push(shift) } else { odd.push(shift) }
    }
    [(even, orders), (odd, others)].into_iter().flat_map(|(s, o)| districts(scenario, s, o)).collect()
}

fn one_district(
    scenario: &Scenario,
    wave: &[Shift],
    known: &[usize],
    planned_at: Instant,
    times: &dyn Times,
) -> Result<Vec<PlannedRound>> {
    let hub = LatLon { lat: scenario.hub.lat, lon: scenario.hub.lon };
    let doors: Vec<(usize, LatLon)> = known
        .iter()
        .filter_map(|order| {
            let at = scenario.orders.get(*order)?.says.at?;
            Some((*order, LatLon { lat: at.lat, lon: at.lon }))
        })
        .collect();
    if doors.is_empty() {
        return Ok(vec![]);
    }
    let places: Vec<LatLon> = std::iter::once(hub).chain(doors.iter().map(|(_, at)| *at)).collect();
    let second = |at: Instant| (at - planned_at).num_seconds();
    let wall = Wall(planned_at.timestamp() + 2 * 3_600);
    let mut builder = ProblemBuilder::new(2);
    let mut matrices: Vec<(Profile, MatrixId)> = vec![];
    let mut vehicles = vec![];
    for shift in wave {
        let Some(vehicle) = scenario.vehicles.get(shift.van) else { continue };
        let profile = profile(vehicle.kind);
        let known = matrices.iter().find(|(own, _)| *own == profile).map(|(_, matrix)| *matrix);
        let matrix = match known {
            Some(matrix) => matrix,
            None => {
                let seconds = times.between(&places, profile, wall)?;
                let matrix = builder
                    .matrix(places.len(), seconds.into_iter().map(|s| s.unwrap_or(NO_WAY_S)).collect());
                matrices.push((profile, matrix));
                matrix
            }
        };
        vehicles.push(
            builder.vehicle(VehicleSpec {
                matrix,
                start: 0,
                end: Some(0),
                shift: (second(shift.from), second(shift.until)),
                capacity: vec![vehicle.capacity_g, vehicle.capacity_ml],
                fixed_cost: USED,
                cost_per_hour: HOUR,
                under_way: true,
                at_depot: true,
                kind: usize::from(vehicle.kind == VehicleKind::CargoBike),
                breaks: shift
                    .pause
                    .iter()
                    .map(|(from, until, long)| Break {
                        window: (second(*from), second(*until)),
                        duration: long.num_seconds(),
                    })
                    .collect(),
                ..VehicleSpec::default()
            }),
        );
    }
    let begins = wave.iter().map(|shift| second(shift.from)).min().unwrap_or_default();
    for (nth, (order, at)) in doors.iter().enumerate() {
        let Some(order) = scenario.orders.get(*order) else { continue };
        let says = &order.says;
        let (from, until) = (second(says.window_from), second(says.window_until));
        let until = if until - from > 3 * IN_HAND_S { until - IN_HAND_S } else { until };
        let at_door = i64::from(says.service_s.unwrap_or(120));
        let demand = |of: fn(&wire::machine::PlacePackage) -> i64| says.packages.iter().map(of).sum::<i64>();
        let (brings, takes) =
            says.service.map_or((true, false), |service| (service.brings(), service.takes()));
        let load = vec![demand(|p| p.weight_g), demand(|p| p.volume_ml)];
        builder.stop(StopSpec {
            place: nth + 1,
            service: at_door,
            service_by_kind: [VehicleKind::DieselVan, VehicleKind::CargoBike]
                .map(|kind| at_door + approach_s(&scenario.town.areas, kind, *at))
                .to_vec(),
            // A window that is over is missed whatever is done.
            window: (from, until.max(begins + 3_600).max(from)),
            lateness: Lateness::Hard,
            demand: if brings { load.clone() } else { vec![0, 0] },
            pickup: if takes { load } else { vec![] },
            unserved_penalty: LEFT_OUT,
            ..StopSpec::default()
        });
    }
    let problem = builder.build().map_err(|faults| {
        let faults: Vec<_> = faults.iter().take(3).map(ToString::to_string).collect();
        anyhow::anyhow!("the day makes no problem: {}", faults.join("; "))
    })?;
    let until = StopRule { iterations: Some(STEPS), ..StopRule::default() };
    let solution = solve(&problem, &until, &Settings { seed: 1, threads: 1, ..Settings::default() }).solution;
    anyhow::ensure!(check(&problem, &solution).is_feasible(), "the solver's answer breaks limits");
    let instant = |s: i64| planned_at + Duration::seconds(s);
    let mut rounds = vec![];
    for (shift, id) in wave.iter().zip(vehicles) {
        let Some(kind) = scenario.vehicles.get(shift.van).map(|vehicle| vehicle.kind) else { continue };
        let table = timetable(&problem, &solution, id);
        let stops: Vec<PlannedStop> = table
            .visits
            .iter()
            .filter_map(|visit| {
                let (order, at) = *doors.get(visit.stop.index())?;
                let walk = approach_s(&scenario.town.areas, kind, at);
                let travel_s = i32::try_from(visit.travel + walk).unwrap_or_default();
                Some(PlannedStop { order, arrival: instant(visit.begin + walk), travel_s })
            })
            .collect();
        if !stops.is_empty() {
            let (start, end) = (instant(table.start), instant(table.end));
            rounds.push(PlannedRound { van: shift.van, planned_at, start, end, spare: shift.spare, stops });
        }
    }
    Ok(rounds)
}

/// What a planner has learnt of looking for a place, parking and walking, in seconds.
fn approach_s(areas: &Areas, kind: VehicleKind, at: LatLon) -> i64 {
    let usual = approach::usual(kind, areas.at(at));
    (usual.search_s + usual.short_m / WALK_MPS) as i64
}

fn profile(kind: VehicleKind) -> Profile {
    match kind {
        // They may go the same ways.
        VehicleKind::DieselVan | VehicleKind::ElectricVan => Profile::Van,
        VehicleKind::CargoBike => Profile::CargoBike,
    }
}
