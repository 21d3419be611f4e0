//! The classic problem that the text forms describe (one depot, alike vehicles, one capacity) and how it becomes a
//! [`Problem`](crate::Problem).

use super::fault::Faults;
use super::instance::{Instance, Objective, Reckoning};
use super::text::whole;
use crate::{Fault, LIMITS, Lateness, ProblemBuilder, Rounding, StopSpec, VehicleSpec, Whom};

/// What leaving a customer out costs: more than any way to it.
const PENALTY: i64 = LIMITS.price;

/// The most that using a vehicle costs when vehicles come first; below the penalty, so that customers come before.
const MOST_FIXED: i64 = LIMITS.price / 10;

/// What a text form says, in the file's units.
pub(super) struct Classic {
    pub(super) name: String,
    /// How many vehicles there are, or none for as many as customers; more are never needed.
    pub(super) vehicles: Option<usize>,
    pub(super) capacity: i64,
    /// The longest that a route may take, services included.
    pub(super) longest_route: Option<f64>,
    pub(super) weights: Weights,
    /// Where the nodes are, for the eye.
    pub(super) points: Option<Vec<(f64, f64)>>,
    /// The depot first.
    pub(super) nodes: Vec<Node>,
}

/// Where the travel times come from.
pub(super) enum Weights {
    Points(Vec<(f64, f64)>),
    /// Row by row, as given.
    Matrix(Vec<u32>),
}

/// The depot or a customer.
pub(super) struct Node {
    /// Its line in the file.
    pub(super) line: usize,
    pub(super) demand: f64,
    pub(super) window: Option<(f64, f64)>,
    pub(super) service: f64,
}

/// A node in the integers of the problem.
struct Measured {
    demand: i64,
    window: (i64, i64),
    service: i64,
}

impl Classic {
    /// The problem; what is wrong goes to `faults`.
    pub(super) fn build(
        self,
        rounding: Rounding,
        objective: Objective,
        faults: &mut Faults,
    ) -> Option<Instance> {
        let (scale, reckoning) = match (&self.weights, rounding) {
            (Weights::Matrix(_), _) | (_, Rounding::Round) => (1, Reckoning::Driving { scale: 1 }),
            (_, Rounding::Dimacs) => (10, Reckoning::Driving { scale: 10 }),
            (_, Rounding::Exact) => (1000, Reckoning::Driving { scale: 1000 }),
            (Weights::Points(points), Rounding::Double) => (1000, Reckoning::Plane(points.clone())),
        };
        let horizon = self.horizon(scale, rounding);
        let measured: Vec<Option<Measured>> =
            self.nodes.iter().map(|node| measure(node, scale, horizon, faults)).collect();
        let measured = measured.into_iter().collect::<Option<Vec<Measured>>>()?;
        let (depot, customers) = measured.split_first()?;
        if depot.demand != 0 {
            faults.at(self.nodes.first()?.line, "the depot has a demand; write 0");
            return None;
        }
        let shift_end = match self.longest_route {
            Some(longest) => depot.window.0.saturating_add(scaled(longest, scale)?),
            None => depot.window.1,
        };
        let fixed_cost = match objective {
            Objective::Distance => 0,
            Objective::Vehicles => horizon.clamp(1, MOST_FIXED),
        };
        let mut builder = ProblemBuilder::new(1);
        let matrix = match self.weights {
            Weights::Points(points) => builder.points(points, rounding),
            Weights::Matrix(cells) => builder.matrix(self.nodes.len(), cells),
        };
        for _ in 0..self.vehicles.unwrap_or(usize::MAX).min(customers.len()) {
            builder.vehicle(VehicleSpec {
                matrix,
                start: 0,
                end: Some(0),
                shift: (depot.window.0 + depot.service, shift_end),
                overtime: Lateness::Hard,
                capacity: vec![self.capacity],
                fixed_cost,
                cost_per_hour: 0,
                cost_per_driving_hour: 3600,
                long_day: None,
                under_way: false,
                ..VehicleSpec::default()
            });
        }
        for (index, customer) in customers.iter().enumerate() {
            builder.stop(StopSpec {
                place: index + 1,
                service: customer.service,
                window: customer.window,
                lateness: Lateness::Hard,
                demand: vec![customer.demand],
                only_vehicle: None,
                unserved_penalty: PENALTY,
                ..StopSpec::default()
            });
        }
        match builder.build() {
            Ok(problem) => {
                let places = self.points.unwrap_or_default();
                Some(Instance { name: self.name, problem, places, reckoning, alike: true })
            }
            Err(found) => {
                for fault in found {
                    report(&self.nodes, &fault, faults);
                }
                None
            }
        }
    }

    /// A time by which every route is over, whatever it does.
    fn horizon(&self, scale: i64, rounding: Rounding) -> i64 {
        let longest = match &self.weights {
            Weights::Matrix(cells) => cells.iter().copied().max().unwrap_or(0),
            Weights::Points(points) => {
                let bound = |of: fn(&(f64, f64)) -> f64| {
                    let low = points.iter().map(of).fold(f64::INFINITY, f64::min);
                    points.iter().map(of).fold(low, f64::max) - low
                };
                rounding.seconds(bound(|point| point.0).hypot(bound(|point| point.1)))
            }
        };
        let ways = i64::from(longest).saturating_mul(self.nodes.len() as i64 + 1);
        let services = self.nodes.iter().filter_map(|node| scaled(node.service, scale));
        services.fold(ways, i64::saturating_add).clamp(1, LIMITS.time)
    }
}

fn measure(node: &Node, scale: i64, horizon: i64, faults: &mut Faults) -> Option<Measured> {
    let demand = whole(node.demand, LIMITS.load);
    if demand.is_none() {
        faults.at(
            node.line,
            format!("a demand of {}; write a whole number from 0 to {}", node.demand, LIMITS.load),
        );
    }
    let service = scaled(node.service, scale).filter(|service| (0..=LIMITS.length).contains(service));
    if service.is_none() {
        faults.at(
            node.line,
            format!("a service time of {}; write 0 to {}", node.service, LIMITS.length / scale),
        );
    }
    let window = match node.window {
        None => Some((0, horizon)),
        Some((earliest, latest)) if earliest > latest => {
            faults.at(
                node.line,
                format!("the window ends at {latest}, before it begins at {earliest}; exchange them"),
            );
            None
        }
        Some((earliest, latest)) => {
            let window = scaled(earliest, scale).zip(scaled(latest, scale));
            if window.is_none() {
                faults.at(
                    node.line,
                    format!(
                        "a window from {earliest} to {latest}; times may be up to {}",
                        LIMITS.time / scale
                    ),
                );
            }
            window
        }
    };
    Some(Measured { demand: demand?, window: window?, service: service? })
}

/// The measure in the problem's units, rounded to the nearest; none beyond the limits.
fn scaled(measure: f64, scale: i64) -> Option<i64> {
    let value = (measure * scale as f64).round();
    (value.abs() <= LIMITS.time as f64).then_some(value as i64)
}

fn report(nodes: &[Node], fault: &Fault, faults: &mut Faults) {
    if let Fault::TravelTooLong { from, seconds, .. } = *fault {
        let line = nodes.get(from).map_or(1, |node| node.line);
        let most = LIMITS.length;
        faults
            .at(line, format!("a way from here takes {seconds}, and {most} is the most; use smaller units"));
        return;
    }
    let said = fault.to_string();
    let customer = match fault.whom() {
        Some(Whom::Stop(stop)) => nodes.get(stop + 1).map(|node| (stop, node.line)),
        _ => None,
    };
    match customer {
        Some((stop, line)) => {
            faults.at(line, said.replacen(&format!("stop {stop}"), &format!("customer {}", stop + 1), 1));
        }
        None => faults.whole(said),
    }
}
