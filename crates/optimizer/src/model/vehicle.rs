//! Vehicles as the caller describes them: where and when they drive, what they hold and can do, what they have to do on
//! the way, and what they cost.

use super::{Halt, MatrixId};

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

/// That a vehicle may come back for more: it delivers what it has, loads at a depot and goes out again. What it picked up
/// stays there; what it carries from one stop to another stays aboard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reloads {
    /// The places where it can load.
    pub places: Vec<usize>,
    /// Seconds that loading takes.
    pub service: i64,
    /// How often it may load, the first load of the day not counted.
    pub most: usize,
}

/// A break of the driver.
///
/// It is owed by a route that leaves before the end of the window and is still out then. It begins in the window, at a
/// stop when the service is done, or anywhere on the way to the next place; who is there before the window opens waits.
/// It counts as working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Break {
    /// Earliest and latest beginning, in seconds since the origin.
    pub window: (i64, i64),
    /// How many seconds.
    pub duration: i64,
}

/// How far a vehicle comes, and where it can charge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Battery {
    /// How many metres a full battery lasts.
    pub range: i64,
    /// For how many metres it is charged when the vehicle leaves its start.
    pub at_start: i64,
    /// The places where it can charge; who comes there charges until it is full.
    pub stations: Vec<usize>,
    /// How many seconds of charging give range for a kilometre.
    pub seconds_per_km: i64,
}

/// What driving emits, and what that costs (EN ISO 14083 counts by distance and by load).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Emissions {
    /// Grams of CO2e for each kilometre, whatever is aboard.
    pub grams_per_km: i64,
    /// Grams for each tonne and kilometre on top.
    pub grams_per_tonne_km: i64,
    /// The dimension of the load that is its weight in kilograms.
    pub weight: Option<usize>,
    /// Money units for each kilogram.
    pub cost_per_kg: i64,
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
    /// Under way, but still where it loads: what is released by the beginning of its shift may be in its first trip.
    /// Otherwise its first load is closed, and whatever has a release waits for its next.
    pub at_depot: bool,
    /// What it can do.
    pub skills: Skills,
    /// Which kind it is where services take differently long: the index in
    /// [`StopSpec::service_by_kind`](crate::StopSpec::service_by_kind).
    pub kind: usize,
    /// Money units for each kilometre. Needs [`ProblemBuilder::metres`](crate::ProblemBuilder::metres) for its matrix, as
    /// all that is said in metres.
    pub cost_per_km: i64,
    /// The longest that its route may take, in seconds, from leaving the start to the end; a route that would be longer
    /// leaves later where its windows let it.
    pub max_duration: Option<i64>,
    /// The farthest that it may drive, in metres.
    pub max_distance: Option<i64>,
    /// What is aboard and stays there until the vehicle reloads or ends (parcels picked up earlier), in each dimension;
    /// empty for nothing.
    pub aboard: Vec<i64>,
    /// Whether it may come back for more.
    pub reloads: Option<Reloads>,
    /// The breaks of its driver, in order.
    pub breaks: Vec<Break>,
    /// Its battery, if its range matters.
    pub battery: Option<Battery>,
    /// What it emits, if that counts.
    pub emissions: Option<Emissions>,
}

impl VehicleSpec {
    /// Whether it has that break, or that place to reload or charge at.
    pub(crate) fn has(&self, halt: Halt) -> bool {
        match halt {
            Halt::Break(index) => index < self.breaks.len(),
            Halt::Reload(index) => self.reloads.as_ref().is_some_and(|own| index < own.places.len()),
            Halt::Charge(index) => self.battery.as_ref().is_some_and(|own| index < own.stations.len()),
        }
    }

    /// Whether what is released then left, or leaves, without it.
    pub(crate) fn left_without(&self, release: Option<i64>) -> bool {
        self.under_way && release.is_some_and(|release| !self.at_depot || release > self.shift.0)
    }
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
            at_depot: false,
            skills: Skills::default(),
            kind: 0,
            cost_per_km: 0,
            max_duration: None,
            max_distance: None,
            aboard: Vec::new(),
            reloads: None,
            breaks: Vec::new(),
            battery: None,
            emissions: None,
        }
    }
}
