//! Cheapest insertion with regret: the stop goes first that would lose most by waiting.
//!
//! All routes grow side by side. For each open stop the cheapest position in each vehicle is known, and after an
//! insertion only that vehicle's column is looked at again. Regret is the second-best vehicle's price (or the penalty
//! of leaving the stop out, if that is less) minus the best one's: Potvin and Rousseau, "A parallel route building
//! algorithm for the vehicle routing and scheduling problem with time windows", 1993. Many stops are first cut into
//! neighbourhoods with their share of the vehicles (see `split`), for the work grows with the square.

use std::cmp::Reverse;

use crate::cost::Cost;
use crate::draft::Draft;
use crate::model::{Problem, Solution, StopId, VehicleId};
use crate::route::Opening;
use crate::split;

/// How many stops are inserted together at most.
const NEIGHBOURHOOD: usize = 800;

/// A first set of routes, from nothing.
///
/// What no vehicle can serve within the hard limits, or only at more than its penalty, is left unserved. The same
/// problem gives the same routes.
#[must_use]
pub fn construct(problem: &Problem) -> Solution {
    construct_from(problem, Solution::default())
}

/// Puts the unserved stops into the given routes, whose own stops keep their vehicles and their order.
///
/// Stops that the given solution forgets are unserved; stops that it should not have (twice, of another problem, or
/// with a vehicle that may not serve them) are taken out and put in anew. No insertion breaks a limit that holds, or
/// breaks one further.
#[must_use]
pub fn construct_from(problem: &Problem, given: Solution) -> Solution {
    let mut draft = Draft::from(problem, given);
    let vehicles: Vec<VehicleId> = problem.vehicle_ids().collect();
    let groups = split::neighbourhoods(problem, &draft.unserved(), &vehicles, NEIGHBOURHOOD);
    if groups.len() > 1 {
        for (stops, vehicles) in &groups {
            fill(&mut draft, stops, vehicles);
        }
    }
    let left = draft.unserved();
    fill(&mut draft, &left, &vehicles);
    draft.to_solution()
}

/// One stop that waits to be inserted.
struct Waiting {
    stop: StopId,
    penalty: Cost,
    /// The cheapest opening in each vehicle.
    openings: Vec<Option<Opening>>,
}

impl Waiting {
    /// The regret, the price, and in which column: none where leaving it out is cheaper.
    fn choice(&self) -> Option<(Cost, Cost, usize)> {
        let (mut best, mut second, mut column) = (self.penalty, self.penalty, None);
        for (index, opening) in self.openings.iter().enumerate() {
            let Some(opening) = opening else { continue };
            if opening.extra < best {
                (best, second, column) = (opening.extra, best, Some(index));
            } else if opening.extra < second {
                second = opening.extra;
            }
        }
        column.map(|column| (second - best, best, column))
    }
}

fn fill(draft: &mut Draft<'_>, stops: &[StopId], vehicles: &[VehicleId]) {
    let problem = draft.problem;
    let mut waiting: Vec<Waiting> = stops
        .iter()
        .map(|&stop| {
            let penalty = problem.row(stop).penalty;
            let opening =
                |vehicle: &VehicleId| draft.routes[vehicle.index()].best_opening(problem, stop, penalty);
            Waiting { stop, penalty, openings: vehicles.iter().map(opening).collect() }
        })
        .collect();
    loop {
        let chosen = waiting
            .iter()
            .enumerate()
            .filter_map(|(index, one)| one.choice().map(|choice| (index, choice)))
            .max_by_key(|&(index, (regret, price, _))| (regret, price, Reverse(waiting[index].stop)));
        let Some((index, (_, _, column))) = chosen else { return };
        let one = waiting.swap_remove(index);
        let Some(opening) = one.openings[column] else { return };
        draft.insert(one.stop, vehicles[column], opening.position);
        let route = &draft.routes[vehicles[column].index()];
        for other in &mut waiting {
            other.openings[column] = route.best_opening(problem, other.stop, other.penalty);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::samples;

    #[test]
    fn a_line_of_stops_is_driven_there_and_back() {
        let problem = samples::line(&[10, 20, 30]).build().unwrap();
        let solution = construct(&problem);
        let report = check(&problem, &solution);
        assert!(report.is_feasible(), "{report:?}");
        assert_eq!(report.driving, 60);
        assert!(solution.unserved.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_nothing_else() {
        let mut builder = samples::line(&[10, 20, 30]);
        let mut large = samples::stop(1);
        large.demand = vec![1000];
        let large = builder.stop(large);
        let problem = builder.build().unwrap();
        assert_eq!(construct(&problem).unserved, [large]);
    }

    #[test]
    fn a_stop_that_costs_more_than_its_penalty_is_left_out() {
        let mut builder = samples::line(&[10]);
        let mut optional = samples::stop(1);
        optional.service = 3600;
        optional.unserved_penalty = 1;
        let optional = builder.stop(optional);
        let problem = builder.build().unwrap();
        assert_eq!(construct(&problem).unserved, [optional]);
    }

    #[test]
    fn a_price_on_long_days_spreads_the_work() {
        let used = |long_day| {
            let mut builder = samples::road();
            let vehicle = crate::VehicleSpec { long_day, ..samples::vehicle() };
            builder.vehicle(vehicle.clone());
            builder.vehicle(vehicle);
            for place in [10, 20, 30, 40] {
                let mut stop = samples::stop(place);
                stop.service = 100;
                builder.stop(stop);
            }
            let problem = builder.build().unwrap();
            let mut lengths: Vec<usize> = construct(&problem).routes.iter().map(Vec::len).collect();
            lengths.sort_unstable();
            lengths
        };
        assert_eq!(used(None), [0, 4]);
        assert_eq!(used(Some(crate::LongDay { after: 300, cost_per_hour: 36_000 })), [2, 2]);
    }

    #[test]
    fn given_routes_keep_their_order() {
        let problem = samples::line(&[10, 20, 30]).build().unwrap();
        let ids: Vec<StopId> = problem.stop_ids().collect();
        let given = Solution { routes: vec![vec![ids[2], ids[0]]], unserved: vec![ids[1]] };
        let solution = construct_from(&problem, given);
        let kept: Vec<StopId> = solution.routes[0].iter().copied().filter(|stop| *stop != ids[1]).collect();
        assert_eq!(kept, [ids[2], ids[0]]);
        assert!(solution.unserved.is_empty());
    }

    #[test]
    fn no_vehicles_and_no_stops_are_answered() {
        let nothing = crate::ProblemBuilder::new(0).build().unwrap();
        assert_eq!(construct(&nothing), Solution::default());
    }
}
