//! What can be wrong with what vehicles do on the way, and with what binds stops to each other.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Checker, Element, Fault, LIMITS, ProblemBuilder};
use crate::Problem;
use crate::model::{Relations, Shipment, StopId, StopSpec, VehicleSpec};

/// How many breaks a vehicle may have, and how many places to reload or charge at.
const MOST: i64 = 200;

/// Metres by matrix, where somebody said them.
type Metres = Vec<Option<Arc<Vec<u32>>>>;

impl ProblemBuilder {
    /// What has been said in metres, by matrix.
    pub(crate) fn check_metres(&mut self, places: usize, faults: &mut Vec<Fault>) -> Metres {
        let mut metres: Metres = vec![None; self.matrices.len()];
        for (matrix, cells) in std::mem::take(&mut self.metres) {
            let matrix = matrix.index();
            if matrix >= metres.len() || places.checked_mul(places) != Some(cells.len()) {
                faults.push(Fault::MetresShape { matrix, cells: cells.len() });
            } else {
                for (cell, &metres) in cells.iter().enumerate() {
                    if metres != u32::MAX && i64::from(metres) > LIMITS.length {
                        faults.push(Fault::TooFar { matrix, from: cell / places, to: cell % places, metres });
                    }
                }
            }
            if let Some(slot) = metres.get_mut(matrix) {
                *slot = Some(Arc::new(cells));
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
        let element = Element::Vehicle(index);
        let mut check = Checker { element, places, faults };
        check.price("the cost per kilometre", spec.cost_per_km);
        check.range("the longest route", spec.max_duration.unwrap_or(0), 0..=LIMITS.time);
        check.range("the farthest drive", spec.max_distance.unwrap_or(0), 0..=LIMITS.time);
        if !spec.aboard.is_empty() {
            check.load("what is aboard", &spec.aboard, self.dims);
        }
        if let Some(reloads) = &spec.reloads {
            reloads.places.iter().for_each(|&place| check.place(place));
            check.range("the time to reload", reloads.service, 0..=LIMITS.length);
            check.range("the number of places to reload", count(reloads.places.len()), 0..=MOST);
            check.range("how often it may reload", count(reloads.most), 0..=count(LIMITS.count));
        }
        check.range("the number of breaks", count(spec.breaks.len()), 0..=16);
        for pause in &spec.breaks {
            check.span("the window of a break", pause.window);
            check.range("the length of a break", pause.duration, 0..=LIMITS.length);
        }
        if let Some(battery) = &spec.battery {
            battery.stations.iter().for_each(|&place| check.place(place));
            check.range("the number of places to charge", count(battery.stations.len()), 0..=MOST);
            check.range("the range of the battery", battery.range, 0..=LIMITS.length);
            let full = battery.range.clamp(0, LIMITS.length);
            check.range("its charge at the start", battery.at_start, 0..=full);
            check.range("the charging time", battery.seconds_per_km, 0..=LIMITS.length);
        }
        if let Some(emissions) = spec.emissions {
            check.range("the grams per kilometre", emissions.grams_per_km, 0..=LIMITS.grams);
            let laden = emissions.grams_per_tonne_km;
            check.range("the grams per tonne and kilometre", laden, 0..=LIMITS.grams);
            check.price("the cost per kilogram", emissions.cost_per_kg);
            if let Some(weight) = emissions.weight {
                check.range("the dimension of the weight", count(weight), 0..=count(self.dims) - 1);
            }
        }
        let matrix = spec.matrix.index();
        if matches!(metres.get(matrix), Some(None)) {
            for (what, needed) in [
                ("a cost per kilometre", spec.cost_per_km > 0),
                ("a farthest drive", spec.max_distance.is_some()),
                ("a battery", spec.battery.is_some()),
                ("what it emits", spec.emissions.is_some()),
            ] {
                if needed {
                    faults.push(Fault::NoMetres { vehicle: index, what, matrix });
                }
            }
        }
    }
}

/// Whether anything needs more than loads that are delivered, one window and one way there.
pub(crate) fn is_wide(vehicles: &[VehicleSpec], stops: &[StopSpec], relations: &Relations) -> bool {
    let picks_up = |spec: &StopSpec| spec.pickup.iter().any(|&amount| amount > 0);
    is_beyond(vehicles, stops, relations) || stops.iter().any(picks_up)
}

/// Whether anything is wide but what is picked up.
pub(crate) fn is_beyond_pickups(problem: &Problem) -> bool {
    problem.wide && is_beyond(&problem.vehicles, &problem.stops, &problem.relations)
}

fn is_beyond(vehicles: &[VehicleSpec], stops: &[StopSpec], relations: &Relations) -> bool {
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
        !spec.more_windows.is_empty() || spec.release.is_some() || !spec.service_by_kind.is_empty()
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
        check_shipment(Element::Shipment(index), shipment, &mut shipped, stops.len(), dims, faults);
    }
    let mut chosen = HashSet::new();
    for (index, group) in relations.alternatives.iter().enumerate() {
        let element = Element::Alternatives(index);
        check_group(element, group, Some(&mut chosen), stops.len(), faults);
        let mut fault = |what: String| faults.push(Fault::Relation { element, what });
        for stop in group.iter().filter(|stop| shipped.contains(*stop)) {
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
        check_group(Element::Together(index), group, Some(&mut bound), stops.len(), faults);
    }
    for (index, group) in relations.apart.iter().enumerate() {
        check_group(Element::Apart(index), group, None, stops.len(), faults);
    }
}

/// Whether both ends of a shipment exist and are no other shipment's, and its amount is a load.
fn check_shipment(
    element: Element,
    shipment: &Shipment,
    shipped: &mut HashSet<StopId>,
    stops: usize,
    dims: usize,
    faults: &mut Vec<Fault>,
) {
    let mut fault = |what: String| faults.push(Fault::Relation { element, what });
    let Shipment { pickup, delivery, amount } = shipment;
    let ends = if pickup == delivery { &[*pickup][..] } else { &[*pickup, *delivery] };
    for stop in ends {
        if stop.index() >= stops {
            fault(format!("stop {} does not exist", stop.index()));
        } else if !shipped.insert(*stop) {
            fault(format!("stop {} is an end of another shipment too", stop.index()));
        }
    }
    if pickup == delivery {
        fault(format!("stop {} is both of its ends", pickup.index()));
    }
    // It has no places to check.
    let mut check = Checker { element, places: 0, faults };
    check.load("the amount", amount, dims);
}

/// Whether the stops of a group exist, once each, and in no other group of its sort if that may not be.
fn check_group(
    element: Element,
    group: &[StopId],
    others: Option<&mut HashSet<StopId>>,
    stops: usize,
    faults: &mut Vec<Fault>,
) {
    let mut own = HashSet::new();
    let seen = others.unwrap_or(&mut own);
    for &stop in group {
        let what = if stop.index() >= stops {
            "does not exist"
        } else if !seen.insert(stop) {
            "is named twice"
        } else {
            continue;
        };
        faults.push(Fault::Relation { element, what: format!("stop {} {what}", stop.index()) });
    }
}

/// A number of things as a number like any other.
fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}
