//! What can be wrong with what vehicles do on the way, and with what binds stops to each other.

use std::collections::HashSet;
use std::sync::Arc;

use crate::builder::{Checker, LIMITS, ProblemBuilder};
use crate::fault::{Fault, Whom};
use crate::model::{MatrixId, Relations, StopId, StopSpec, VehicleSpec};

/// How many breaks a vehicle may have, and how many places to reload or charge at.
const MOST: usize = 200;

/// Metres by matrix, where somebody said them.
type Metres = Vec<Option<Arc<Vec<u32>>>>;

impl ProblemBuilder {
    /// What has been said in metres, by matrix.
    pub(crate) fn check_metres(&mut self, places: usize, faults: &mut Vec<Fault>) -> Metres {
        let mut metres: Metres = vec![None; self.matrices.len()];
        for (matrix, cells) in std::mem::take(&mut self.metres) {
            let fits = places.checked_mul(places) == Some(cells.len());
            match metres.get_mut(matrix.index()).filter(|_| fits) {
                Some(slot) => *slot = Some(Arc::new(cells)),
                None => faults.push(Fault::MetresShape { matrix: matrix.index(), cells: cells.len() }),
            }
        }
        metres
    }

    /// What a vehicle may and must do beside serving stops.
    pub(crate) fn check_ways(
        &self,
        index: usize,
        spec: &VehicleSpec,
        places: usize,
        metres: &Metres,
        faults: &mut Vec<Fault>,
    ) {
        let whom = Whom::Vehicle(index);
        let mut check = Checker { whom, places, faults };
        check.price("the cost per kilometre", spec.cost_per_km);
        for (what, limit) in [
            ("the longest route", spec.max_duration),
            ("the farthest drive", spec.max_distance),
            ("the range of the battery", spec.battery.as_ref().map(|battery| battery.range)),
            ("its charge at the start", spec.battery.as_ref().map(|battery| battery.at_start)),
            ("the charging time", spec.battery.as_ref().map(|battery| battery.seconds_per_km)),
        ] {
            check.range(what, limit.unwrap_or(0), 0..=LIMITS.time);
        }
        if !spec.aboard.is_empty() {
            check.load("what is aboard", &spec.aboard, self.dims);
        }
        if let Some(reloads) = &spec.reloads {
            reloads.places.iter().for_each(|&place| check.place(place));
            check.range("the time to reload", reloads.service, 0..=LIMITS.length);
            check.range("the number of places to reload", reloads.places.len() as i64, 0..=MOST as i64);
        }
        check.range("the number of breaks", spec.breaks.len() as i64, 0..=16);
        for pause in &spec.breaks {
            check.span("the window of a break", pause.window);
            check.range("the length of a break", pause.duration, 0..=LIMITS.length);
        }
        if let Some(battery) = &spec.battery {
            battery.stations.iter().for_each(|&place| check.place(place));
            check.range("the number of places to charge", battery.stations.len() as i64, 0..=MOST as i64);
        }
        if let Some(emissions) = spec.emissions {
            check.price("the grams per kilometre", emissions.grams_per_km);
            check.price("the grams per tonne and kilometre", emissions.grams_per_tonne_km);
            check.price("the cost per kilogram", emissions.cost_per_kg);
            if let Some(weight) = emissions.weight {
                check.range("the dimension of the weight", weight as i64, 0..=self.dims as i64 - 1);
            }
        }
        let MatrixId(matrix) = spec.matrix;
        if matches!(metres.get(matrix as usize), Some(None)) {
            for (what, needed) in [
                ("a cost per kilometre", spec.cost_per_km > 0),
                ("a farthest drive", spec.max_distance.is_some()),
                ("a battery", spec.battery.is_some()),
                ("what it emits", spec.emissions.is_some()),
            ] {
                if needed {
                    faults.push(Fault::NoMetres { vehicle: index, what, matrix: matrix as usize });
                }
            }
        }
    }
}

/// Whether anything needs more than loads that are delivered, one window and one way there.
pub(crate) fn is_wide(vehicles: &[VehicleSpec], stops: &[StopSpec], relations: &Relations) -> bool {
    let plain = VehicleSpec::default();
    let special = |spec: &VehicleSpec| {
        spec.cost_per_km > 0
            || spec.max_duration.is_some()
            || spec.max_distance.is_some()
            || spec.aboard != plain.aboard
            || spec.reloads.is_some()
            || !spec.breaks.is_empty()
            || spec.battery.is_some()
            || spec.emissions.is_some_and(|emissions| emissions.cost_per_kg > 0)
    };
    let wide = |spec: &StopSpec| {
        !spec.more_windows.is_empty()
            || spec.pickup.iter().any(|&amount| amount > 0)
            || spec.release.is_some()
            || !spec.service_by_kind.is_empty()
    };
    !relations.is_empty() || vehicles.iter().any(special) || stops.iter().any(wide)
}

/// Everything that cannot be in what binds stops to each other.
pub(crate) fn check_relations(
    relations: &Relations,
    stops: &[StopSpec],
    dims: usize,
    faults: &mut Vec<Fault>,
) {
    let mut shipped = HashSet::new();
    for (index, shipment) in relations.shipments.iter().enumerate() {
        let mut fault = |what: String| faults.push(Fault::Relation { relation: "shipment", index, what });
        for stop in [shipment.pickup, shipment.delivery] {
            if stop.index() >= stops.len() {
                fault(format!("stop {} does not exist", stop.index()));
            } else if !shipped.insert(stop) {
                fault(format!(
                    "stop {} is an end of another shipment too, or both ends of this",
                    stop.index()
                ));
            }
        }
        if shipment.amount.len() != dims {
            fault(format!(
                "its amount has {} dimensions where the problem has {dims}",
                shipment.amount.len()
            ));
        }
        if let Some(amount) = shipment.amount.iter().find(|amount| !(0..=LIMITS.load).contains(*amount)) {
            fault(format!("an amount of {amount} is outside 0 to {}", LIMITS.load));
        }
    }
    let mut chosen = HashSet::new();
    for (index, group) in relations.alternatives.iter().enumerate() {
        check_group("alternatives", index, group, Some(&mut chosen), stops, faults);
        let mut fault = |what: String| faults.push(Fault::Relation { relation: "alternatives", index, what });
        if let Some(stop) = group.iter().find(|stop| shipped.contains(*stop)) {
            fault(format!("stop {} is an end of a shipment and has no alternatives", stop.index()));
        }
        let mut penalties = group.iter().filter_map(|stop| Some(stops.get(stop.index())?.unserved_penalty));
        let first = penalties.next();
        if penalties.any(|penalty| Some(penalty) != first) {
            fault("their penalties differ; give them all the same, it is paid once".to_owned());
        }
    }
    let mut bound = HashSet::new();
    for (index, group) in relations.together.iter().enumerate() {
        check_group("group together", index, group, Some(&mut bound), stops, faults);
    }
    for (index, group) in relations.apart.iter().enumerate() {
        check_group("group apart", index, group, None, stops, faults);
    }
}

/// Whether the stops of a group exist, once each, and in no other group of its sort if that may not be.
fn check_group(
    relation: &'static str,
    index: usize,
    group: &[StopId],
    others: Option<&mut HashSet<StopId>>,
    stops: &[StopSpec],
    faults: &mut Vec<Fault>,
) {
    let mut own = HashSet::new();
    let seen = others.unwrap_or(&mut own);
    for &stop in group {
        let what = if stop.index() >= stops.len() {
            "does not exist"
        } else if !seen.insert(stop) {
            "is named twice"
        } else {
            continue;
        };
        faults.push(Fault::Relation { relation, index, what: format!("stop {} {what}", stop.index()) });
    }
}
