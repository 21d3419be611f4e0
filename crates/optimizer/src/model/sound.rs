//! What of a solution can be meant at all.

use super::{Halt, Problem, Solution, StopId, Stopover, VehicleId, VehicleSpec};

impl Solution {
    /// The solution without what cannot be meant: stops of another problem, second visits, vehicles that may not serve
    /// the stop, halves of shipments, second alternatives, who may not ride with whom, and stopovers that the vehicle does
    /// not have. Routes and stops that it forgets are there.
    pub(crate) fn sound(&self, problem: &Problem) -> Self {
        let mut served: Vec<Option<VehicleId>> = vec![None; problem.stops.len()];
        let mut routes = Vec::with_capacity(problem.vehicles.len());
        let mut stopovers = Vec::new();
        for vehicle in problem.vehicle_ids() {
            let given = self.routes.get(vehicle.index()).map(Vec::as_slice).unwrap_or_default();
            let mut kept: Vec<StopId> = Vec::with_capacity(given.len());
            let mut places = Vec::with_capacity(given.len());
            for (place, &stop) in given.iter().enumerate() {
                if problem.may_serve(vehicle, stop)
                    && served[stop.index()].is_none()
                    && fits_in(problem, &served, given, place, vehicle)
                {
                    served[stop.index()] = Some(vehicle);
                    kept.push(stop);
                    places.push(place);
                }
            }
            for half in halves(problem, &kept) {
                served[half.index()] = None;
                let at = kept.iter().position(|stop| *stop == half).unwrap_or_default();
                kept.remove(at);
                places.remove(at);
            }
            if let Some(own) = self.stopovers.get(vehicle.index()).filter(|own| !own.is_empty()) {
                stopovers.resize(vehicle.index(), Vec::new());
                stopovers.push(sound_stopovers(problem.spec(vehicle), own, &places));
            }
            routes.push(kept);
        }
        let missing = |stop: StopId| {
            let relations = &problem.relations;
            relations.stands_in(stop)
                && relations.alternatives_to(stop).map_or(served[stop.index()].is_none(), |all| {
                    all.iter().all(|other| served[other.index()].is_none())
                })
        };
        let unserved = problem.stop_ids().filter(|&stop| missing(stop)).collect();
        Self { routes, unserved, stopovers }
    }
}

/// Whether what binds the stop to others lets it into the route there, so far.
fn fits_in(
    problem: &Problem,
    served: &[Option<VehicleId>],
    route: &[StopId],
    place: usize,
    vehicle: VehicleId,
) -> bool {
    let relations = &problem.relations;
    if relations.is_empty() {
        return true;
    }
    let stop = route[place];
    let of = |other: StopId| served[other.index()].filter(|_| other != stop);
    let shipment = relations.shipment_of(stop).is_none_or(|shipment| {
        if shipment.pickup == stop {
            route[place..].contains(&shipment.delivery)
        } else {
            of(shipment.pickup) == Some(vehicle)
        }
    });
    let alone =
        relations.alternatives_to(stop).is_none_or(|all| all.iter().all(|&other| of(other).is_none()));
    let together = relations
        .together_with(stop)
        .is_none_or(|all| all.iter().all(|&other| of(other).is_none_or(|of| of == vehicle)));
    shipment && alone && together && relations.apart_from(stop).all(|other| of(other) != Some(vehicle))
}

/// The pickups in the route whose delivery did not get into it.
fn halves(problem: &Problem, route: &[StopId]) -> Vec<StopId> {
    let alone = |stop: &&StopId| {
        problem
            .relations
            .shipment_of(**stop)
            .is_some_and(|shipment| shipment.pickup == **stop && !route.contains(&shipment.delivery))
    };
    route.iter().filter(alone).copied().collect()
}

/// The stopovers that the vehicle has, at most one of each sort between two stops, counted by the stops that are left.
pub(crate) fn sound_stopovers(spec: &VehicleSpec, given: &[Stopover], places: &[usize]) -> Vec<Stopover> {
    let mut kept: Vec<Stopover> = Vec::with_capacity(given.len());
    let mut reloads = 0;
    for stopover in given {
        let before = places.partition_point(|&place| place < stopover.before);
        let known = match stopover.what {
            Halt::Break(index) => index < spec.breaks.len(),
            Halt::Charge(index) => spec.battery.as_ref().is_some_and(|b| index < b.stations.len()),
            Halt::Reload(index) => {
                let has = spec.reloads.as_ref();
                reloads += 1;
                has.is_some_and(|has| index < has.places.len() && reloads <= has.most)
                    && (1..places.len()).contains(&before)
            }
        };
        let sort = |what: Halt| std::mem::discriminant(&what);
        let twice =
            kept.iter().any(|other| other.before == before && sort(other.what) == sort(stopover.what));
        if known && !twice {
            kept.push(Stopover { before, what: stopover.what });
        }
    }
    kept.sort_unstable();
    kept
}
