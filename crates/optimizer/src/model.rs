//! The problem and the solution: what is given and what is answered.
//!
//! A [`Problem`] is immutable and can only come out of [`ProblemBuilder`](crate::ProblemBuilder), so whoever holds
//! one may rely on every index in it. Ids are dense indices in order of insertion. Nothing here searches.

use std::sync::Arc;

use crate::cost::Cost;
use crate::travel::{Roads, Ways};

/// One travel-time matrix, that is one profile of vehicle (van, cargo bike).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatrixId(pub(crate) u32);

/// One vehicle with its driver's shift; also the index of its route in [`Solution::routes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VehicleId(pub(crate) u32);

/// One stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StopId(pub(crate) u32);

impl MatrixId {
    /// Which matrix it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl VehicleId {
    /// Which vehicle it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl StopId {
    /// Which stop it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What it means to be later than a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lateness {
    /// It may not happen; what would need it is left out.
    Hard,
    /// It may happen, at a price.
    Priced {
        /// Money units for each minute beyond the limit, by the second; 0 makes the limit a wish.
        per_minute: i64,
    },
}

/// A soft limit to the length of a route, which also spreads the work: put it near the mean and the surplus of long
/// routes moves to short ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LongDay {
    /// Seconds between leaving the start and the end of the route that cost no more than usual.
    pub after: i64,
    /// Money units for each hour beyond, on top of [`VehicleSpec::cost_per_hour`].
    pub cost_per_hour: i64,
}

/// What a vehicle can do, or a stop needs done: up to 64 skills, a bit for each. What they are is the caller's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Skills(pub u64);

impl Skills {
    /// Whether all that is needed is among these.
    #[must_use]
    pub const fn cover(self, needed: Self) -> bool {
        needed.0 & !self.0 == 0
    }
}

/// Which vehicles may serve a stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    /// Every one.
    #[default]
    All,
    /// These and no others.
    Only(Vec<VehicleId>),
    /// Every one but these.
    AllBut(Vec<VehicleId>),
}

impl Allowed {
    pub(crate) fn allows(&self, vehicle: VehicleId) -> bool {
        match self {
            Self::All => true,
            Self::Only(vehicles) => vehicles.contains(&vehicle),
            Self::AllBut(vehicles) => !vehicles.contains(&vehicle),
        }
    }
}

/// A vehicle as the caller describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VehicleSpec {
    /// Whose travel times it has.
    pub matrix: MatrixId,
    /// The place where it starts.
    pub start: usize,
    /// The place where it ends, or none if it ends at its last stop.
    pub end: Option<usize>,
    /// Earliest start and latest end, in seconds since the origin.
    pub shift: (i64, i64),
    /// What it means to end after the shift.
    pub overtime: Lateness,
    /// What it holds, in each dimension.
    pub capacity: Vec<i64>,
    /// Money units for using it at all.
    pub fixed_cost: i64,
    /// Money units for each hour between leaving the start and the end of the route: driving, waiting and service.
    pub cost_per_hour: i64,
    /// Money units for each hour of driving, on top of `cost_per_hour`; fuel and wear. Without it, a detour that
    /// fits into waiting time looks free.
    pub cost_per_driving_hour: i64,
    /// The price of long routes, if they have one.
    pub long_day: Option<LongDay>,
    /// Already out: it starts at the beginning of its shift whatever happens, and is paid for until its end even
    /// when it has no stop left. Otherwise it waits at the start, unpaid, rather than at its first stop, and costs
    /// nothing when it is not used.
    pub under_way: bool,
    /// What it can do.
    pub skills: Skills,
}

impl Default for VehicleSpec {
    /// A vehicle that starts and ends at place 0, has a whole day from the origin on, holds nothing and costs nothing.
    fn default() -> Self {
        Self {
            matrix: MatrixId(0),
            start: 0,
            end: Some(0),
            shift: (0, 86_400),
            overtime: Lateness::Hard,
            capacity: Vec::new(),
            fixed_cost: 0,
            cost_per_hour: 0,
            cost_per_driving_hour: 0,
            long_day: None,
            under_way: false,
            skills: Skills::default(),
        }
    }
}

/// Where a stop is in the plan that people know already, and what it costs to change that.
///
/// A changed plan is shuffled parcels at the hub, a driver who has to learn a new order, and recipients who were told
/// another time; a better plan has to be worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kept {
    /// Who serves it there.
    pub vehicle: VehicleId,
    /// The stop directly before it there, or none if it is the vehicle's first.
    pub behind: Option<StopId>,
    /// Money units for another vehicle.
    pub moved_price: i64,
    /// Money units for another stop, or none, directly before it when its vehicle serves it.
    pub order_price: i64,
}

/// A stop as the caller describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopSpec {
    /// Where it is.
    pub place: usize,
    /// Seconds of service.
    pub service: i64,
    /// Earliest and latest beginning of service, in seconds since the origin; who comes early waits.
    pub window: (i64, i64),
    /// What it means to begin after the window.
    pub lateness: Lateness,
    /// What is delivered, in each dimension; it is aboard from the start of the route.
    pub demand: Vec<i64>,
    /// The one vehicle that may serve it (its goods are aboard), or none if any may.
    pub only_vehicle: Option<VehicleId>,
    /// Money units for leaving it out; a stop whose service costs more is left out.
    pub unserved_penalty: i64,
    /// Where it is in a plan that is in force, if there is one.
    pub kept: Option<Kept>,
    /// What a vehicle must be able to do to serve it.
    pub needs: Skills,
    /// Which vehicles may serve it, beside [`Self::only_vehicle`].
    pub allowed: Allowed,
}

impl Default for StopSpec {
    /// A stop at place 0 on the day from the origin on that takes no time, holds nothing, and may be left out for nothing.
    fn default() -> Self {
        Self {
            place: 0,
            service: 0,
            window: (0, 86_400),
            lateness: Lateness::Hard,
            demand: Vec::new(),
            only_vehicle: None,
            unserved_penalty: 0,
            kept: None,
            needs: Skills::default(),
            allowed: Allowed::All,
        }
    }
}

/// What is to be solved; immutable, from [`ProblemBuilder::build`](crate::ProblemBuilder::build).
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) dims: usize,
    pub(crate) places: usize,
    pub(crate) matrices: Vec<Arc<Ways>>,
    pub(crate) vehicles: Vec<VehicleSpec>,
    pub(crate) stops: Vec<StopSpec>,
    pub(crate) rows: Vec<StopRow>,
    /// By stop; empty if there is no plan to keep to.
    pub(crate) kept: Vec<KeptRow>,
    pub(crate) bars: Bars,
}

/// Which vehicles may not serve which stops, whatever is bound to whom: a bit for each pair, or none at all if every vehicle
/// may serve every stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bars {
    words: usize,
    bits: Vec<u64>,
}

impl Bars {
    pub(crate) fn of(vehicles: &[VehicleSpec], stops: &[StopSpec]) -> Self {
        let words = vehicles.len().div_ceil(64);
        let mut bits = vec![0; words * stops.len()];
        for (row, stop) in bits.chunks_mut(words.max(1)).zip(stops) {
            for (index, vehicle) in vehicles.iter().enumerate() {
                if !vehicle.skills.cover(stop.needs) || !stop.allowed.allows(VehicleId(index as u32)) {
                    row[index / 64] |= 1 << (index % 64);
                }
            }
        }
        if bits.iter().all(|word| *word == 0) { Self::default() } else { Self { words, bits } }
    }

    /// Whether every vehicle may serve every stop.
    pub(crate) fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    #[inline]
    pub(crate) fn bar(&self, vehicle: u32, stop: usize) -> bool {
        !self.bits.is_empty()
            && self.bits[stop * self.words + vehicle as usize / 64] >> (vehicle % 64) & 1 == 1
    }

    /// Whether any vehicle may not serve the stop.
    pub(crate) fn concern(&self, stop: usize) -> bool {
        !self.bits.is_empty()
            && self.bits[stop * self.words..(stop + 1) * self.words].iter().any(|word| *word != 0)
    }
}

/// [`Kept`] for the inner loops; of a stop without one both prices are zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptRow {
    pub(crate) vehicle: u32,
    /// The stop before it, or [`NOBODY`].
    pub(crate) behind: u32,
    pub(crate) moved: Cost,
    pub(crate) order: Cost,
}

/// No stop before the first one.
pub(crate) const NOBODY: u32 = u32::MAX;

impl KeptRow {
    /// What is kept of each stop; nothing at all if no price makes a difference.
    pub(crate) fn all(stops: &[StopSpec]) -> Vec<Self> {
        let costs =
            |stop: &StopSpec| stop.kept.is_some_and(|kept| kept.moved_price > 0 || kept.order_price > 0);
        if stops.iter().any(costs) {
            stops.iter().map(|stop| Self::of(stop.kept)).collect()
        } else {
            Vec::new()
        }
    }

    fn of(kept: Option<Kept>) -> Self {
        let name = |stop: StopId| stop.0;
        kept.map_or(Self { vehicle: NOBODY, behind: NOBODY, moved: Cost::ZERO, order: Cost::ZERO }, |kept| {
            Self {
                vehicle: kept.vehicle.0,
                behind: kept.behind.map_or(NOBODY, name),
                moved: Cost::units(kept.moved_price),
                order: Cost::units(kept.order_price),
            }
        })
    }

    /// What serving the stop by that vehicle behind that stop costs as a change.
    #[inline]
    pub(crate) fn change(&self, vehicle: u32, behind: u32) -> Cost {
        if self.vehicle != vehicle {
            self.moved
        } else if self.behind == behind {
            Cost::ZERO
        } else {
            self.order
        }
    }
}

/// What the inner loops read of a stop, side by side in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StopRow {
    pub(crate) place: usize,
    pub(crate) service: i64,
    pub(crate) open: i64,
    pub(crate) close: i64,
    /// The price of a minute late, or none if the window is hard.
    pub(crate) per_minute: Option<i64>,
    pub(crate) penalty: Cost,
    pub(crate) only: Option<VehicleId>,
}

impl StopRow {
    /// What beginning at `begin` costs in lateness; nothing where the window is hard, for that is not a price.
    pub(crate) fn late_cost(&self, begin: i64) -> Cost {
        match self.per_minute {
            Some(price) if begin > self.close => Cost::minutely(begin - self.close, price),
            _ => Cost::ZERO,
        }
    }
}

/// How many seconds an arc that does not exist takes in a schedule; longer than any that does.
pub(crate) const UNREACHABLE: i64 = 10_000_000;

impl Problem {
    /// How many dimensions a load has.
    #[must_use]
    pub fn capacity_dims(&self) -> usize {
        self.dims
    }

    /// The stop with this id, or none if the id is of another problem.
    #[must_use]
    pub fn stop(&self, stop: StopId) -> Option<&StopSpec> {
        self.stops.get(stop.index())
    }

    /// The vehicle with this id, or none if the id is of another problem.
    #[must_use]
    pub fn vehicle(&self, vehicle: VehicleId) -> Option<&VehicleSpec> {
        self.vehicles.get(vehicle.index())
    }

    /// All stops, in order.
    pub fn stop_ids(&self) -> impl ExactSizeIterator<Item = StopId> + use<> {
        (0..self.stops.len() as u32).map(StopId)
    }

    /// All vehicles, in order.
    pub fn vehicle_ids(&self) -> impl ExactSizeIterator<Item = VehicleId> + use<> {
        (0..self.vehicles.len() as u32).map(VehicleId)
    }

    /// Seconds from place to place in that profile for who leaves then, in seconds since the origin; none if there is no
    /// way (or no such place).
    #[must_use]
    pub fn travel_seconds(&self, matrix: MatrixId, from: usize, to: usize, depart: i64) -> Option<i64> {
        if from >= self.places || to >= self.places {
            return None;
        }
        let roads = Roads { ways: self.matrices.get(matrix.index())?, places: self.places };
        let seconds = roads.seconds_at(from, to, depart);
        (seconds < UNREACHABLE).then_some(seconds)
    }

    /// Whether travel times of some profile depend on the departure.
    #[must_use]
    pub fn is_clocked(&self) -> bool {
        self.matrices.iter().any(|ways| ways.course().is_some())
    }

    /// Whether the vehicle may serve the stop: it is bound to no other, the vehicle is allowed there and can do what it needs.
    /// False if either is of another problem.
    #[must_use]
    pub fn may_serve(&self, vehicle: VehicleId, stop: StopId) -> bool {
        vehicle.index() < self.vehicles.len()
            && self.rows.get(stop.index()).is_some_and(|row| row.only.is_none_or(|only| only == vehicle))
            && !self.bars.bar(vehicle.0, stop.index())
    }

    /// Whether there is a plan to keep to.
    pub(crate) fn keeps(&self) -> bool {
        !self.kept.is_empty()
    }

    pub(crate) fn row(&self, stop: StopId) -> &StopRow {
        &self.rows[stop.index()]
    }

    pub(crate) fn demand(&self, stop: StopId) -> &[i64] {
        &self.stops[stop.index()].demand
    }

    pub(crate) fn spec(&self, vehicle: VehicleId) -> &VehicleSpec {
        &self.vehicles[vehicle.index()]
    }

    pub(crate) fn roads(&self, vehicle: VehicleId) -> Roads<'_> {
        Roads { ways: &self.matrices[self.spec(vehicle).matrix.index()], places: self.places }
    }
}

/// Routes, and what is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solution {
    /// The stops of each vehicle in order of service; the index is the vehicle's.
    pub routes: Vec<Vec<StopId>>,
    /// The stops that nobody serves, in ascending order.
    pub unserved: Vec<StopId>,
}

impl Solution {
    /// The solution that serves nothing, to build upon.
    #[must_use]
    pub fn nothing_served(problem: &Problem) -> Self {
        Self { routes: vec![Vec::new(); problem.vehicles.len()], unserved: problem.stop_ids().collect() }
    }

    /// The solution without what cannot be meant: stops of another problem, second visits, vehicles that may not serve
    /// the stop. Routes and stops that it forgets are there.
    pub(crate) fn sound(&self, problem: &Problem) -> Self {
        let mut served = vec![false; problem.stops.len()];
        let route = |vehicle: VehicleId| {
            let stops = self.routes.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
            let sound = |stop: &&StopId| {
                problem.may_serve(vehicle, **stop) && !std::mem::replace(&mut served[stop.index()], true)
            };
            stops.iter().filter(sound).copied().collect()
        };
        let routes = problem.vehicle_ids().map(route).collect();
        let unserved = problem.stop_ids().filter(|stop| !served[stop.index()]).collect();
        Self { routes, unserved }
    }

    /// Which vehicle serves the stop and as its how-manieth, counted from 0.
    #[must_use]
    pub fn place_of(&self, stop: StopId) -> Option<(VehicleId, usize)> {
        self.routes.iter().enumerate().find_map(|(vehicle, stops)| {
            let position = stops.iter().position(|&at| at == stop)?;
            Some((VehicleId(u32::try_from(vehicle).ok()?), position))
        })
    }
}
