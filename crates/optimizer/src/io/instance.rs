//! An instance as read from a file: the problem, and how its plans are reported in the file's own terms.

use crate::check::Report;
use crate::{Halt, Problem, Solution, VehicleSpec};

/// What a classic problem asks for; a problem in JSON has prices of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The least distance.
    Distance,
    /// The fewest vehicles, and the least distance with so many.
    Vehicles,
}

/// How the cost of a plan is reported.
#[derive(Clone, Debug)]
pub(crate) enum Reckoning {
    /// Driving, in so many parts of the file's unit.
    Driving {
        /// How many seconds of the problem make one unit of the file.
        scale: i64,
    },
    /// Euclidean distance in doubles.
    Plane(Vec<(f64, f64)>),
    /// Money.
    Money,
}

/// A problem from a file.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What the file calls it.
    pub name: String,
    /// The problem. Customer `k` of the file is stop `k - 1`.
    pub problem: Problem,
    /// Where its places are, for the eye; empty if the file does not say.
    pub places: Vec<(f64, f64)>,
    pub(crate) reckoning: Reckoning,
    /// Whether any vehicle may drive any route, so that routes are counted and not tied to vehicles.
    pub(crate) alike: bool,
}

impl Instance {
    /// What the plan costs in the file's terms: distance in its unit, or money; what is left out costs nothing here.
    #[must_use]
    pub fn cost(&self, solution: &Solution, report: &Report) -> f64 {
        match &self.reckoning {
            Reckoning::Driving { scale } => report.driving as f64 / *scale as f64,
            Reckoning::Plane(points) => self.length(points, solution),
            Reckoning::Money => report.cost.in_parts() as f64 / 3600.0,
        }
    }

    /// The cost with as many decimals as mean something.
    #[must_use]
    pub fn cost_text(&self, cost: f64) -> String {
        let decimals = match &self.reckoning {
            Reckoning::Driving { scale } => scale.ilog10() as usize,
            Reckoning::Plane(_) => 6,
            Reckoning::Money => 2,
        };
        format!("{cost:.decimals$}")
    }

    fn length(&self, points: &[(f64, f64)], solution: &Solution) -> f64 {
        let ways = self
            .tours(solution)
            .into_iter()
            .flat_map(|tour| tour.windows(2).map(|way| (way[0], way[1])).collect::<Vec<_>>());
        ways.filter_map(|(from, to)| {
            let (from, to) = (points.get(from)?, points.get(to)?);
            Some((from.0 - to.0).hypot(from.1 - to.1))
        })
        .sum()
    }

    /// The places that each used vehicle comes to, its start and end included.
    pub(super) fn tours(&self, solution: &Solution) -> Vec<Vec<usize>> {
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
            Some(tour)
        })
        .collect()
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
