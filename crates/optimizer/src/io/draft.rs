//! What a text form says, in its own words and units, and how it becomes a [`Problem`](crate::Problem).

use std::collections::HashSet;

use super::fault::Faults;
use super::instance::{CostUnit, Instance, Objective, Units};
use super::measure::{Measure, Measured, PENALTY, Tariff};
use super::nodes::{Node, Van};
use crate::travel::between;
use crate::{
    Allowed, Element, Fault, LIMITS, Lateness, ProblemBuilder, Reloads, Rounding, Shipment, StopId, StopSpec,
    VehicleId, VehicleSpec,
};

/// The most that using a vehicle costs when vehicles come first; below the penalty, so that customers come before.
const MOST_FIXED: i64 = PENALTY / 10;

/// Up to so many nodes a matrix is spelled out where coordinates do not say enough.
const MOST_IN_MATRIX: usize = 10_000;

/// What a text form says, in the file's units. Nodes are counted from 0, the depots first.
pub(super) struct Draft {
    pub(super) name: String,
    /// How many of the nodes are depots.
    pub(super) depots: usize,
    pub(super) fleet: Vec<Van>,
    /// The longest that a route may take, services included, where there are no windows.
    pub(super) longest_route: Option<f64>,
    pub(super) weights: Weights,
    /// Whether a route serves nobody it delivers to after somebody it picks up from, nor only the latter.
    pub(super) backhauls_last: bool,
    /// Where the nodes are, for the eye.
    pub(super) points: Option<Vec<(f64, f64)>>,
    pub(super) nodes: Vec<Node>,
    /// Nodes one of which is enough, two at least, with their line.
    pub(super) alternatives: Vec<(usize, Vec<usize>)>,
    /// What goes from one node to another, and how much.
    pub(super) shipments: Vec<(usize, usize, i64)>,
    /// How distances are usually rounded with this form.
    pub(super) usual: Rounding,
}

/// Where the travel times come from.
pub(super) enum Weights {
    Points(Vec<(f64, f64)>),
    /// Row by row, as given.
    Matrix(Vec<u32>),
}

impl Draft {
    /// The problem; what is wrong goes to `faults`.
    pub(super) fn build(
        mut self,
        rounding: Rounding,
        objective: Objective,
        faults: &mut Faults,
    ) -> Option<Instance> {
        let is_matrix = matches!(self.weights, Weights::Matrix(_));
        let is_priced = self.is_priced();
        if is_priced && objective == Objective::Vehicles {
            faults.whole("has prices of its own, so vehicles cannot come first; leave --objective out");
            return None;
        }
        let measure = Measure::new(rounding, is_matrix, is_priced);
        let horizon = self.horizon(measure, rounding);
        let measured: Vec<Option<Measured>> =
            self.nodes.iter().map(|node| measure.node(node, horizon, faults)).collect();
        let tariffs: Vec<Option<Tariff>> = self.fleet.iter().map(|van| measure.tariff(van, faults)).collect();
        let measured = measured.into_iter().collect::<Option<Vec<Measured>>>()?;
        let tariffs = tariffs.into_iter().collect::<Option<Vec<Tariff>>>()?;
        let (depots, customers) = measured.split_at_checked(self.depots)?;
        for (depot, node) in depots.iter().zip(&self.nodes) {
            if depot.demand != 0 || depot.pickup != 0 {
                faults.at(node.line, "the depot has a demand; write 0");
                return None;
            }
        }
        let alike = self.fleet.windows(2).all(|pair| pair[0].is_like(&pair[1]));
        if alike {
            // More are never needed.
            self.fleet.truncate(customers.len());
        }
        let cost_unit = self.cost_unit(measure, rounding);
        let mut builder = ProblemBuilder::new(1);
        let matrix = self.matrix(&mut builder, rounding, faults)?;
        for (van, tariff) in self.fleet.iter().zip(tariffs) {
            let depot = depots.get(van.depot)?;
            let shift_end = match self.longest_route {
                Some(longest) => depot.window.0.saturating_add(measure.scaled(longest)?),
                None => depot.window.1,
            };
            builder.vehicle(VehicleSpec {
                matrix,
                start: van.depot,
                end: Some(van.depot),
                shift: (depot.window.0 + depot.service, shift_end),
                overtime: Lateness::Hard,
                capacity: vec![van.capacity],
                fixed_cost: match objective {
                    Objective::Distance => tariff.fixed_cost,
                    Objective::Vehicles => horizon.clamp(1, MOST_FIXED),
                },
                cost_per_driving_hour: tariff.cost_per_driving_hour,
                max_duration: tariff.max_duration,
                max_distance: tariff.max_distance,
                reloads: van.reloads.as_ref().map(|(places, most)| Reloads {
                    places: places.clone(),
                    service: 0,
                    most: *most,
                }),
                ..VehicleSpec::default()
            });
        }
        let allowed = self.allowed();
        let mut stops = Vec::with_capacity(customers.len());
        for ((place, customer), allowed) in (self.depots..).zip(customers).zip(allowed) {
            stops.push(builder.stop(StopSpec {
                place,
                service: customer.service,
                window: customer.window,
                lateness: Lateness::Hard,
                demand: vec![customer.demand],
                pickup: if customer.pickup > 0 { vec![customer.pickup] } else { Vec::new() },
                release: customer.release,
                unserved_penalty: customer.penalty,
                allowed,
                ..StopSpec::default()
            }));
        }
        let stop = |node: usize| -> Option<StopId> { stops.get(node.checked_sub(self.depots)?).copied() };
        for (_, group) in &self.alternatives {
            builder.alternatives(group.iter().map(|&node| stop(node)).collect::<Option<_>>()?);
        }
        for &(pickup, delivery, amount) in &self.shipments {
            let (pickup, delivery) = (stop(pickup)?, stop(delivery)?);
            builder.shipment(Shipment { pickup, delivery, amount: vec![amount] });
        }
        match builder.build() {
            Ok(problem) => Some(Instance {
                name: self.name,
                problem,
                places: self.points.unwrap_or_default(),
                first_number: self.depots,
                cost_unit,
                alike,
            }),
            Err(found) => {
                let lines = Lines {
                    nodes: &self.nodes,
                    depots: self.depots,
                    fleet: &self.fleet,
                    alternatives: &self.alternatives,
                    shipments: &self.shipments,
                };
                lines.report(&found, faults);
                None
            }
        }
    }

    fn is_priced(&self) -> bool {
        self.fleet.iter().any(|van| van.fixed_cost > 0.0 || (van.unit_cost - 1.0).abs() > 0.0)
            || self.nodes.iter().any(|node| node.prize.is_some())
    }

    fn cost_unit(&self, measure: Measure, rounding: Rounding) -> CostUnit {
        let plane = match &self.weights {
            Weights::Points(points) if rounding == Rounding::Double => Some(points.clone()),
            _ => None,
        };
        CostUnit::File(Units {
            scale: measure.scale,
            money: measure.scale / measure.seconds_per_unit,
            plane,
            tariffs: self.fleet.iter().map(|van| (van.fixed_cost, van.unit_cost)).collect(),
            prizes: self.nodes.iter().skip(self.depots).map(|node| node.prize).collect(),
        })
    }

    /// Gives the builder the travel times, and the distances where they are limited.
    fn matrix(
        &mut self,
        builder: &mut ProblemBuilder,
        rounding: Rounding,
        faults: &mut Faults,
    ) -> Option<crate::MatrixId> {
        let limited = self.fleet.iter().any(|van| van.max_distance.is_some());
        let weights = std::mem::replace(&mut self.weights, Weights::Matrix(Vec::new()));
        let places = self.nodes.len();
        let mut cells = match weights {
            Weights::Points(points) if !limited && !self.backhauls_last => {
                return Some(builder.points(points, rounding));
            }
            Weights::Points(_) if places > MOST_IN_MATRIX => {
                faults.whole(format!(
                    "has {places} nodes; with backhauls or a farthest drive {MOST_IN_MATRIX} are the most"
                ));
                return None;
            }
            Weights::Points(points) => points
                .iter()
                .flat_map(|&from| points.iter().map(move |&to| between(from, to, rounding)))
                .collect(),
            Weights::Matrix(cells) => cells,
        };
        let metres = limited.then(|| cells.clone());
        if self.backhauls_last {
            self.forbid_backhauls_first(&mut cells);
        }
        let matrix = builder.matrix(places, cells);
        if let Some(metres) = metres {
            builder.metres(matrix, metres);
        }
        Some(matrix)
    }

    /// Takes away the ways from depots to who gives something back, and from there to who is delivered to.
    fn forbid_backhauls_first(&self, cells: &mut [u32]) {
        for (from, row) in cells.chunks_mut(self.nodes.len().max(1)).enumerate() {
            let from_depot = from < self.depots;
            let from_backhaul = self.nodes.get(from).is_some_and(|node| node.pickup > 0.0);
            for (cell, to) in row.iter_mut().zip(&self.nodes) {
                if (from_depot && to.pickup > 0.0) || (from_backhaul && to.demand > 0.0) {
                    *cell = u32::MAX;
                }
            }
        }
    }

    /// Who may serve each customer.
    fn allowed(&self) -> Vec<Allowed> {
        let customers = self.nodes.len() - self.depots;
        if self.fleet.iter().all(|van| van.serves.is_none()) {
            return vec![Allowed::All; customers];
        }
        let mut allowed = vec![Vec::new(); customers];
        for (number, van) in (0..).zip(&self.fleet) {
            let all: Vec<usize>;
            let served = match &van.serves {
                Some(served) => served,
                None => {
                    all = (self.depots..self.nodes.len()).collect();
                    &all
                }
            };
            for &node in served {
                let slot = node.checked_sub(self.depots).and_then(|stop| allowed.get_mut(stop));
                if let Some(slot) = slot {
                    slot.push(VehicleId(number));
                }
            }
        }
        let everybody = self.fleet.len();
        let name = |vehicles: Vec<VehicleId>| {
            if vehicles.len() == everybody { Allowed::All } else { Allowed::Only(vehicles) }
        };
        allowed.into_iter().map(name).collect()
    }

    /// A time by which every route is over, whatever it does.
    fn horizon(&self, measure: Measure, rounding: Rounding) -> i64 {
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
        let trips = if self.fleet.iter().any(|van| van.reloads.is_some()) { 2 } else { 1 };
        let ways = i64::from(longest).saturating_mul(trips * self.nodes.len() as i64 + 1);
        let scaled =
            |of: fn(&Node) -> f64| self.nodes.iter().filter_map(move |node| measure.scaled(of(node)));
        let released = scaled(|node| node.release.unwrap_or(0.0)).max().unwrap_or(0).max(0);
        scaled(|node| node.service)
            .fold(ways.saturating_add(released), i64::saturating_add)
            .clamp(1, LIMITS.time)
    }
}

/// Where in the file what stands that the problem speaks of.
struct Lines<'a> {
    nodes: &'a [Node],
    depots: usize,
    fleet: &'a [Van],
    alternatives: &'a [(usize, Vec<usize>)],
    shipments: &'a [(usize, usize, i64)],
}

impl Lines<'_> {
    /// The problem's faults in the file's words, behind their lines.
    fn report(&self, found: &[Fault], faults: &mut Faults) {
        let mut too_far = HashSet::new();
        for fault in found {
            let said = fault.to_string();
            match (fault, fault.element()) {
                (&Fault::TravelTooLong { from, seconds, .. }, _) => {
                    if too_far.insert(from) {
                        let most = LIMITS.length;
                        let said = format!(
                            "a way from here takes {seconds}, and {most} is the most; use smaller units"
                        );
                        faults.at(self.nodes.get(from).map_or(1, |node| node.line), said);
                    }
                }
                (_, Some(Element::Stop(stop))) => {
                    let customer = format!("customer {}", stop + self.depots);
                    let said = said.replacen(&format!("stop {stop}"), &customer, 1);
                    say(self.nodes.get(stop + self.depots).map(|node| node.line), said, faults);
                }
                (_, Some(Element::Vehicle(vehicle))) => {
                    // Of vehicles that share a line the fault is one.
                    let said = said.split_once(": ").map_or(&*said, |(_, what)| what);
                    let line = self.fleet.get(vehicle).map(|van| van.line);
                    say(line, format!("a vehicle: {said}"), faults);
                }
                (_, Some(Element::Alternatives(group))) => {
                    let said = "a node of this group is in another one too, or twice in this; leave one out";
                    say(self.alternatives.get(group).map(|group| group.0), said.to_owned(), faults);
                }
                (_, Some(Element::Shipment(index))) => {
                    let pickup = self.shipments.get(index).and_then(|shipment| self.nodes.get(shipment.0));
                    say(pickup.map(|node| node.line), said, faults);
                }
                _ => faults.whole(said),
            }
        }
    }
}

fn say(line: Option<usize>, said: String, faults: &mut Faults) {
    match line {
        Some(line) => faults.at(line, said),
        None => faults.whole(said),
    }
}
