//! An instance as read from a file: the problem, and how its plans are reported in the file's own terms.

use crate::check::Report;
use crate::{Halt, Problem, Solution, StopId, VehicleId, VehicleSpec};

/// What a classic problem asks for; a problem in JSON has prices of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The least distance, with the prices that the file names.
    Distance,
    /// The fewest vehicles, and the least distance with so many; only where the file names no prices.
    Vehicles,
}

/// How the cost of a plan is reported.
#[derive(Clone, Debug)]
pub(crate) enum CostUnit {
    /// Distance, and what else has a price in the file.
    File(Units),
    /// Money.
    Money,
}

/// What costs how much in a file's own units.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    /// How many seconds of the problem make one unit of the file.
    pub(crate) scale: i64,
    /// How much of the problem's money makes one unit of the file.
    pub(crate) money: i64,
    /// Where the places are, if distances are computed in doubles.
    pub(crate) plane: Option<Vec<(f64, f64)>>,
    /// By vehicle: for using it, and for each unit of distance.
    pub(crate) tariffs: Vec<(f64, f64)>,
    /// By stop: what it is worth, or none if it has to be served.
    pub(crate) prizes: Vec<Option<f64>>,
}

/// A problem from a file.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What the file calls it.
    pub name: String,
    /// The problem. Its stops are the customers of the file in order; [`Self::number`] is what the file calls one.
    pub problem: Problem,
    /// Where its places are, for the eye; empty if the file does not say.
    pub places: Vec<(f64, f64)>,
    /// The number of the first customer in solution files; the depots have those below, from 0 on.
    pub(crate) first_number: usize,
    pub(crate) cost_unit: CostUnit,
    /// Whether any vehicle may drive any route, so that routes are counted and not tied to vehicles.
    pub(crate) alike: bool,
}

impl Instance {
    /// The stop's number in solution files.
    #[must_use]
    pub fn number(&self, stop: StopId) -> usize {
        stop.index() + self.first_number
    }

    /// Whether depots have numbers in solution files; in those for problems in JSON they have none.
    pub(super) fn numbers_depots(&self) -> bool {
        matches!(self.cost_unit, CostUnit::File(_))
    }

    /// Whether everybody is served who has to be; who has a prize in the file may be left out.
    #[must_use]
    pub fn is_complete(&self, solution: &Solution) -> bool {
        solution.unserved.iter().all(|stop| match &self.cost_unit {
            CostUnit::File(units) => units.prize(*stop).is_some(),
            CostUnit::Money => false,
        })
    }

    /// What the plan costs in the file's terms: distance in its unit with the fixed costs, unit costs and uncollected
    /// prizes that it names, or money. Who has to be served and is not costs nothing here, except in money.
    #[must_use]
    pub fn cost(&self, solution: &Solution, report: &Report) -> f64 {
        match &self.cost_unit {
            CostUnit::File(units) => self.in_units(units, solution),
            CostUnit::Money => report.cost.in_parts() as f64 / 3600.0,
        }
    }

    /// The cost with as many decimals as mean something.
    #[must_use]
    pub fn cost_text(&self, cost: f64) -> String {
        let decimals = match &self.cost_unit {
            CostUnit::File(Units { plane: Some(_), .. }) => 6,
            CostUnit::File(units) => units.scale.ilog10() as usize,
            CostUnit::Money => 2,
        };
        format!("{cost:.decimals$}")
    }

    fn in_units(&self, units: &Units, solution: &Solution) -> f64 {
        let scale = units.scale as f64;
        let uncollected = solution.unserved.iter().filter_map(|stop| units.prize(*stop));
        let mut total = uncollected.fold(0.0, |sum, prize| sum + prize * scale);
        for (vehicle, tour) in self.tours(solution) {
            let Some(spec) = self.problem.vehicle(vehicle) else { continue };
            let (fixed, unit) = units.tariffs.get(vehicle.index()).copied().unwrap_or((0.0, 1.0));
            let ways = tour.windows(2).map(|way| (way[0], way[1]));
            let length = match &units.plane {
                Some(points) => {
                    let between = |(from, to)| {
                        let (from, to): (&(f64, f64), &(f64, f64)) = (points.get(from)?, points.get(to)?);
                        Some((from.0 - to.0).hypot(from.1 - to.1))
                    };
                    ways.filter_map(between).sum::<f64>() * scale
                }
                None => {
                    let seconds = |(from, to)| self.problem.travel_seconds(spec.matrix, from, to, 0);
                    ways.filter_map(seconds).sum::<i64>() as f64
                }
            };
            total += fixed * scale + unit * length;
        }
        total / scale
    }

    /// The used vehicles and the places that each comes to, its start and end and what it does on the way included.
    pub(super) fn tours(&self, solution: &Solution) -> Vec<(VehicleId, Vec<usize>)> {
        let used = self.problem.vehicle_ids().zip(&solution.routes).filter(|(_, route)| !route.is_empty());
        used.filter_map(|(vehicle, route)| {
            let spec = self.problem.vehicle(vehicle)?;
            let mut tour = vec![spec.start];
            for position in 0..=route.len() {
                let halts = halts(solution, vehicle.index(), position);
                tour.extend(halts.filter_map(|halt| place_of(spec, halt)));
                let stop = route.get(position).and_then(|&stop| self.problem.stop(stop));
                tour.extend(stop.map(|stop| stop.place));
            }
            tour.extend(spec.end);
            Some((vehicle, tour))
        })
        .collect()
    }
}

impl Units {
    fn prize(&self, stop: StopId) -> Option<f64> {
        self.prizes.get(stop.index()).copied().flatten()
    }
}

/// What a vehicle does before the stop at that position of its route, or behind its last one.
pub(super) fn halts(solution: &Solution, vehicle: usize, position: usize) -> impl Iterator<Item = Halt> {
    let stops = solution.routes.get(vehicle).map_or(0, Vec::len);
    let own = solution.stopovers.get(vehicle).map_or(&[][..], Vec::as_slice);
    own.iter().filter(move |own| own.before.min(stops) == position).map(|own| own.what)
}

/// Where a vehicle goes to do that; none for a break, which is wherever it is then.
fn place_of(spec: &VehicleSpec, halt: Halt) -> Option<usize> {
    match halt {
        Halt::Break(_) => None,
        Halt::Reload(index) => spec.reloads.as_ref()?.places.get(index).copied(),
        Halt::Charge(index) => spec.battery.as_ref()?.stations.get(index).copied(),
    }
}
