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
        let unserved = problem.left_out(|stop| served[stop.index()].is_some());
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

/// The stopovers that the vehicle has, counted by the stops that are left: each break once, at most one reload and one
/// charge between two stops, and no reload before the first stop of a vehicle that is not out.
pub(crate) fn sound_stopovers(spec: &VehicleSpec, given: &[Stopover], places: &[usize]) -> Vec<Stopover> {
    let mut kept: Vec<Stopover> = Vec::with_capacity(given.len());
    let most = spec.reloads.as_ref().map_or(0, |reloads| reloads.most);
    for &Stopover { before, what } in given {
        let before = places.partition_point(|&place| place < before);
        let is_reload = |what: Halt| matches!(what, Halt::Reload(_));
        let fits = !is_reload(what)
            || (usize::from(!spec.under_way)..places.len()).contains(&before)
                && kept.iter().filter(|other| is_reload(other.what)).count() < most;
        let twice = match what {
            Halt::Break(_) => kept.iter().any(|other| other.what == what),
            _ => {
                let same =
                    |other: &Stopover| std::mem::discriminant(&other.what) == std::mem::discriminant(&what);
                kept.iter().any(|other| other.before == before && same(other))
            }
        };
        if spec.has(what) && fits && !twice {
            kept.push(Stopover { before, what });
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Battery, Break, Reloads, Shipment};
    use crate::{ProblemBuilder, samples};

    /// A line with two vehicles that have a break, three places to reload at and a station, and so many stops.
    fn town(stops: usize) -> ProblemBuilder {
        let mut builder = samples::road();
        builder.metres(crate::MatrixId(0), vec![0; samples::PLACES * samples::PLACES]);
        for _ in 0..2 {
            builder.vehicle(VehicleSpec {
                breaks: vec![Break { window: (0, 10), duration: 5 }],
                reloads: Some(Reloads { places: vec![0, 1, 2], service: 0, most: 2 }),
                battery: Some(Battery { range: 9, at_start: 9, stations: vec![3], seconds_per_km: 1 }),
                ..samples::vehicle()
            });
        }
        for place in 1..=stops {
            builder.stop(samples::stop(place));
        }
        builder
    }

    fn ids(stops: &[u32]) -> Vec<StopId> {
        stops.iter().map(|&stop| StopId(stop)).collect()
    }

    /// What is sound of these routes: the routes, and who is left out.
    fn sound_of(builder: ProblemBuilder, routes: &[&[u32]]) -> (Vec<Vec<StopId>>, Vec<StopId>) {
        let problem = builder.build().unwrap();
        let routes = routes.iter().map(|route| ids(route)).collect();
        let sound = Solution { routes, ..Solution::default() }.sound(&problem);
        (sound.routes, sound.unserved)
    }

    #[test]
    fn the_first_alternative_in_a_route_stays_and_the_second_goes() {
        let town = || {
            let mut builder = town(4);
            builder.alternatives(ids(&[0, 1, 2]));
            builder
        };
        let (routes, unserved) = sound_of(town(), &[&[3, 2], &[1, 0]]);
        assert_eq!((routes, unserved), (vec![ids(&[3, 2]), ids(&[])], ids(&[])));
        let (_, unserved) = sound_of(town(), &[&[], &[]]);
        assert_eq!(unserved, ids(&[0, 3]), "the first stands for all");
    }

    #[test]
    fn a_shipment_is_in_one_route_pickup_first_or_not_at_all() {
        let shipped = |routes: &[&[u32]]| {
            let mut builder = town(3);
            builder.shipment(Shipment { pickup: StopId(0), delivery: StopId(1), amount: vec![1] });
            sound_of(builder, routes)
        };
        let whole = (vec![ids(&[0, 2, 1]), ids(&[])], ids(&[]));
        assert_eq!(shipped(&[&[0, 2, 1], &[]]), whole);
        assert_eq!(shipped(&[&[1, 0, 2, 1], &[]]), whole, "only the delivery that is too early goes");
        let without = (vec![ids(&[2]), ids(&[])], ids(&[0, 1]));
        for broken in [&[&[0, 2][..], &[]], &[&[2, 1], &[]], &[&[0, 2], &[1]], &[&[1, 2, 0], &[]]] {
            assert_eq!(shipped(broken), without, "{broken:?}");
        }
    }

    #[test]
    fn a_pickup_goes_with_a_delivery_that_the_vehicle_may_not_make() {
        let mut builder = town(2);
        let mut bound = samples::stop(3);
        bound.only_vehicle = Some(VehicleId(1));
        let delivery = builder.stop(bound);
        builder.shipment(Shipment { pickup: StopId(0), delivery, amount: vec![1] });
        let (routes, unserved) = sound_of(builder, &[&[0, 1, 2], &[]]);
        assert_eq!((routes, unserved), (vec![ids(&[1]), ids(&[])], ids(&[0, 2])));
    }

    #[test]
    fn who_must_ride_together_stays_with_the_first_and_who_must_not_goes() {
        let mut builder = town(4);
        builder.together(ids(&[0, 1, 2]));
        let (routes, unserved) = sound_of(builder, &[&[1, 3], &[0, 2]]);
        assert_eq!((routes, unserved), (vec![ids(&[1, 3]), ids(&[])], ids(&[0, 2])));

        let mut builder = town(4);
        builder.apart(ids(&[0, 1]));
        builder.apart(ids(&[1, 2, 3]));
        let (routes, unserved) = sound_of(builder, &[&[1, 0, 2], &[0, 3, 2]]);
        assert_eq!((routes, unserved), (vec![ids(&[1]), ids(&[0, 3])], ids(&[2])));
    }

    fn sound_halts(route: &[u32], given: &[(usize, Halt)]) -> Vec<(usize, Halt)> {
        let problem = town(4).build().unwrap();
        let stopovers = given.iter().map(|&(before, what)| Stopover { before, what }).collect();
        let solution = Solution {
            routes: vec![Vec::new(), ids(route)],
            stopovers: vec![Vec::new(), stopovers],
            ..Solution::default()
        };
        let sound = solution.sound(&problem);
        assert_eq!(sound.stopovers[0], []);
        sound.stopovers[1].iter().map(|stopover| (stopover.before, stopover.what)).collect()
    }

    #[test]
    fn stopovers_are_counted_by_the_stops_that_are_left() {
        let given = [(0, Halt::Charge(0)), (2, Halt::Reload(1)), (3, Halt::Break(0)), (5, Halt::Charge(0))];
        let moved = [(0, Halt::Charge(0)), (1, Halt::Reload(1)), (2, Halt::Break(0)), (3, Halt::Charge(0))];
        assert_eq!(sound_halts(&[0, 9, 1, 1, 2], &given), moved, "two of the five stops go");
        assert_eq!(sound_halts(&[0, 1, 2, 3], &[(99, Halt::Break(0))]), [(4, Halt::Break(0))]);
        let unsorted = [(3, Halt::Charge(0)), (1, Halt::Break(0))];
        assert_eq!(sound_halts(&[0, 1, 2], &unsorted), [(1, Halt::Break(0)), (3, Halt::Charge(0))]);
    }

    #[test]
    fn stopovers_that_the_vehicle_does_not_have_vanish() {
        let unknown = [(1, Halt::Reload(3)), (1, Halt::Break(1)), (1, Halt::Charge(1))];
        assert_eq!(sound_halts(&[0, 1, 2, 3], &unknown), []);
        let known = [(1, Halt::Reload(3)), (1, Halt::Reload(0)), (2, Halt::Reload(7)), (2, Halt::Reload(2))];
        let sound = [(1, Halt::Reload(0)), (2, Halt::Reload(2))];
        assert_eq!(sound_halts(&[0, 1, 2, 3], &known), sound, "those do not count as its own");
        let often = [(1, Halt::Reload(0)), (2, Halt::Reload(1)), (3, Halt::Reload(2))];
        assert_eq!(sound_halts(&[0, 1, 2, 3], &often), often[..2], "it may reload twice");
        let twice = [(1, Halt::Reload(0)), (2, Halt::Reload(1)), (3, Halt::Reload(2))];
        let once = [(1, Halt::Reload(0)), (2, Halt::Reload(2))];
        assert_eq!(sound_halts(&[0, 9, 1, 2], &twice), once, "no two reloads between two stops");
        let idle = [(0, Halt::Reload(0)), (4, Halt::Reload(0))];
        assert_eq!(sound_halts(&[0, 1, 2, 3], &idle), [], "it has nothing to reload for at the ends");
    }

    #[test]
    fn a_plan_without_stopovers_stays_without() {
        let problem = town(2).build().unwrap();
        let solution = Solution { routes: vec![ids(&[0, 1])], ..Solution::default() };
        assert_eq!(solution.sound(&problem).stopovers, Vec::<Vec<Stopover>>::new());
    }
}
