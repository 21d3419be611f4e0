//! The form of a whole problem, and of what binds its stops to each other.

use serde::{Deserialize, Serialize};

use super::Mismatch;
use super::fields::stop_id;
use super::matrices::MatrixForm;
use super::stops::StopForm;
use super::vehicles::VehicleForm;
use crate::model::{Shipment, StopId};
use crate::{Element, Problem, ProblemBuilder};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemForm {
    #[serde(default)]
    pub(super) name: String,
    /// How many dimensions a load has.
    pub(super) dimensions: usize,
    pub(super) matrices: Vec<MatrixForm>,
    pub(super) vehicles: Vec<VehicleForm>,
    pub(super) stops: Vec<StopForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) shipments: Vec<ShipmentForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) alternatives: Vec<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) together: Vec<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) apart: Vec<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    places: Vec<(f64, f64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShipmentForm {
    pickup: usize,
    delivery: usize,
    amount: Vec<i64>,
}

impl ProblemForm {
    pub(super) fn of(name: &str, problem: &Problem) -> Self {
        let relations = problem.relations();
        let groups = |groups: &[Vec<StopId>]| -> Vec<Vec<usize>> {
            groups.iter().map(|group| group.iter().map(|stop| stop.index()).collect()).collect()
        };
        let matrices = problem.matrices.iter().zip(&problem.metres);
        let vehicles = problem.vehicle_ids().filter_map(|id| problem.vehicle(id)).map(VehicleForm::of);
        let stops = problem.stop_ids().filter_map(|id| problem.stop(id)).map(StopForm::of);
        Self {
            name: name.to_owned(),
            dimensions: problem.capacity_dims(),
            matrices: matrices
                .map(|(ways, metres)| {
                    MatrixForm::of(ways, metres.as_ref().map(|cells| &cells[..]), problem.places)
                })
                .collect(),
            vehicles: vehicles.collect(),
            stops: stops.collect(),
            shipments: relations.shipments().iter().map(ShipmentForm::of).collect(),
            alternatives: groups(relations.alternatives()),
            together: groups(relations.together()),
            apart: groups(relations.apart()),
            places: Vec::new(),
        }
    }

    /// The places as given, or the points of the first matrix.
    pub(super) fn places_to_show(&self) -> Vec<(f64, f64)> {
        let points = self.matrices.first().and_then(MatrixForm::points).filter(|_| self.places.is_empty());
        points.unwrap_or(&self.places).to_vec()
    }

    pub(super) fn builder(self) -> Result<ProblemBuilder, Vec<Mismatch>> {
        let mut builder = ProblemBuilder::new(self.dimensions);
        let mut mismatches = Vec::new();
        for (index, matrix) in self.matrices.into_iter().enumerate() {
            if let Err(what) = matrix.add_to(&mut builder) {
                mismatches.push(Mismatch { element: Element::Matrix(index), what });
            }
        }
        for (index, vehicle) in self.vehicles.into_iter().enumerate() {
            match vehicle.spec() {
                Ok(spec) => {
                    builder.vehicle(spec);
                }
                Err(what) => mismatches.push(Mismatch { element: Element::Vehicle(index), what }),
            }
        }
        for (index, stop) in self.stops.into_iter().enumerate() {
            match stop.spec() {
                Ok(spec) => {
                    builder.stop(spec);
                }
                Err(what) => mismatches.push(Mismatch { element: Element::Stop(index), what }),
            }
        }
        let group = |group: Vec<usize>| group.into_iter().map(stop_id).collect();
        self.shipments.into_iter().for_each(|shipment| builder.shipment(shipment.shipment()));
        self.alternatives.into_iter().for_each(|stops| builder.alternatives(group(stops)));
        self.together.into_iter().for_each(|stops| builder.together(group(stops)));
        self.apart.into_iter().for_each(|stops| builder.apart(group(stops)));
        if mismatches.is_empty() { Ok(builder) } else { Err(mismatches) }
    }
}

impl ShipmentForm {
    fn of(shipment: &Shipment) -> Self {
        Self {
            pickup: shipment.pickup.index(),
            delivery: shipment.delivery.index(),
            amount: shipment.amount.clone(),
        }
    }

    fn shipment(self) -> Shipment {
        Shipment { pickup: stop_id(self.pickup), delivery: stop_id(self.delivery), amount: self.amount }
    }
}
