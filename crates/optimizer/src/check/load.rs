//! What is aboard, leg by leg, and what driving with it emits.

use std::collections::HashMap;

use super::steps::{Action, Step};
use crate::model::{Emissions, Problem, StopId, StopSpec, VehicleSpec};

/// What is aboard on the way to each step, in each dimension.
pub(super) fn loads(problem: &Problem, spec: &VehicleSpec, steps: &[Step]) -> Vec<Vec<i64>> {
    (0..problem.capacity_dims()).map(|dimension| load(problem, spec, steps, dimension)).collect()
}

fn load(problem: &Problem, spec: &VehicleSpec, steps: &[Step], dimension: usize) -> Vec<i64> {
    let amount = |amounts: &[i64]| amounts.get(dimension).copied().unwrap_or(0);
    let delivered = |from: usize| -> i64 { trip(&steps[from..]).map(|visit| amount(&visit.demand)).sum() };
    let mut served_at = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Action::Serve(stop, _) = step.action {
            served_at.entry(stop).or_insert(index);
        }
    }
    let at = |stop: StopId| served_at.get(&stop).copied();
    // What of this trip, and what is on its way from stop to stop.
    let (mut own, mut shipped) = (amount(&spec.aboard) + delivered(0), 0);
    let mut loads = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        loads.push(own + shipped);
        match step.action {
            Action::Serve(stop, visit) => {
                own += amount(&visit.pickup) - amount(&visit.demand);
                let Some(shipment) = problem.relations().shipment_of(stop) else { continue };
                if let (Some(from), Some(to)) = (at(shipment.pickup), at(shipment.delivery))
                    && from < to
                {
                    if index == from {
                        shipped += amount(&shipment.amount);
                    } else if index == to {
                        shipped -= amount(&shipment.amount);
                    }
                }
            }
            Action::Reload => own = delivered(index + 1),
            Action::Break(..) | Action::Charge | Action::End => {}
        }
    }
    loads
}

/// The stops of the trip that begins with these steps.
fn trip<'a>(steps: &'a [Step<'a>]) -> impl Iterator<Item = &'a StopSpec> {
    let own = steps.iter().take_while(|step| !matches!(step.action, Action::Reload));
    own.filter_map(|step| if let Action::Serve(_, visit) = step.action { Some(visit) } else { None })
}

/// What a route emits, in millionths of a gram of CO2e.
pub(super) fn emitted(emissions: Emissions, steps: &[Step], loads: &[Vec<i64>]) -> i128 {
    let weight = emissions.weight.and_then(|dimension| loads.get(dimension));
    let leg = |(index, step): (usize, &Step)| {
        let kilograms = weight.and_then(|loads| loads.get(index)).copied().unwrap_or(0);
        let each = i128::from(emissions.grams_per_km) * 1000
            + i128::from(emissions.grams_per_tonne_km) * i128::from(kilograms);
        i128::from(step.metres).saturating_mul(each)
    };
    steps.iter().enumerate().map(leg).fold(0, i128::saturating_add)
}
