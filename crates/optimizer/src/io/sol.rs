//! The solution file that the benchmark sets use: `Route #1: 3 5 8` for each route and `Cost 123`. Places are counted
//! from 0, the depots first; with one depot, customers from 1. A depot within a route is where the vehicle reloads.

use std::fmt::Write;

use super::fault::{BadFile, Faults};
use super::instance::Instance;
use super::text::{clipped, lines};
use crate::{Halt, Solution, StopId, Stopover, VehicleId, VehicleSpec};

/// The file's text. Where vehicles differ, route `k` is that of vehicle `k` and may be empty; where they are alike only
/// the routes that are driven are listed.
#[must_use]
pub fn write(instance: &Instance, solution: &Solution, cost: f64) -> String {
    let mut text = String::new();
    let routes = instance.problem.vehicle_ids().zip(&solution.routes);
    let listed = routes.filter(|(_, route)| !instance.alike || !route.is_empty());
    for (index, (vehicle, route)) in listed.enumerate() {
        let _ = write!(text, "Route #{}:", index + 1);
        let reloads = reloads_of(instance, solution, vehicle);
        for position in 0..=route.len() {
            for (_, depot) in reloads.iter().filter(|(before, _)| *before == position) {
                let _ = write!(text, " {depot}");
            }
            if let Some(&stop) = route.get(position) {
                let _ = write!(text, " {}", instance.number(stop));
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Cost {}", instance.cost_text(cost));
    text
}

/// Where the vehicle reloads and before which of its stops, as far as the file's form has a number for the place.
fn reloads_of(instance: &Instance, solution: &Solution, vehicle: VehicleId) -> Vec<(usize, usize)> {
    let reloads = instance.problem.vehicle(vehicle).and_then(|spec| spec.reloads.as_ref());
    let stopovers = solution.stopovers.get(vehicle.index()).into_iter().flatten();
    let place = |stopover: &Stopover| match stopover.what {
        Halt::Reload(index) => {
            let depot = *reloads?.places.get(index)?;
            (depot < instance.first_number).then_some((stopover.before, depot))
        }
        Halt::Break(_) | Halt::Charge(_) => None,
    };
    stopovers.filter_map(place).collect()
}

/// Reads such a file for that instance; lines that are neither routes nor the cost are passed over, and so is the cost.
/// Whether the plan keeps the rules is for [`check`](crate::check::check()) to say.
///
/// # Errors
/// When there is no route in it, a route is of no vehicle, or a number in it is no customer's.
pub fn read(file: &str, bytes: &[u8], instance: &Instance) -> Result<Solution, BadFile> {
    let text = String::from_utf8_lossy(bytes);
    let mut faults = Faults::default();
    let mut solution = Solution::nothing_served(&instance.problem);
    let customers = instance.problem.stop_ids().len();
    let vehicles = solution.routes.len();
    let mut stopovers = vec![Vec::new(); vehicles];
    let (mut next, mut found) = (0, customers == 0);
    for line in lines(&text) {
        let Some((number, stops)) = route_of(line.text) else {
            if line.text.split(['#', ' ', '\t']).next().is_some_and(|word| word.eq_ignore_ascii_case("route"))
            {
                faults.at(line.number, "a route without a colon; write it like `Route #1: 3 5 8`");
            }
            continue;
        };
        found = true;
        if instance.alike && stops.trim().is_empty() {
            continue;
        }
        let vehicle =
            if instance.alike { Some(next) } else { number.and_then(|number| number.checked_sub(1)) };
        next += 1;
        let place = vehicle.and_then(|vehicle| Some((vehicle, solution.routes.get_mut(vehicle)?)));
        let Some((vehicle, route)) = place else {
            faults.at(line.number, format!("a route without a vehicle; there are {vehicles} vehicles"));
            continue;
        };
        if !route.is_empty() {
            faults.at(line.number, "this vehicle's route is given twice; leave one out");
        }
        let spec = instance.problem.vehicle_ids().nth(vehicle).and_then(|id| instance.problem.vehicle(id));
        for word in stops.split_whitespace() {
            let number = word.parse::<usize>().ok();
            if let Some(stop) = number.and_then(|number| stop_of(instance, number)) {
                route.push(stop);
            } else if let Some(index) = number.and_then(|number| reload_of(instance, spec?, number)) {
                let what = Halt::Reload(index);
                stopovers[vehicle].push(Stopover { before: route.len(), what });
            } else {
                let (first, last) = (instance.first_number, instance.first_number + customers - 1);
                faults.at(
                    line.number,
                    format!("`{}` is no customer; they are numbered {first} to {last}", clipped(word)),
                );
            }
        }
    }
    if !found {
        faults.whole("has no routes; write lines like `Route #1: 3 5 8`");
    }
    let mut served = vec![false; customers];
    solution.routes.iter().flatten().for_each(|stop| served[stop.index()] = true);
    let relations = instance.problem.relations();
    solution.unserved.retain(|stop| match relations.alternatives_to(*stop) {
        Some(all) => !all.iter().any(|stop| served[stop.index()]),
        None => !served[stop.index()],
    });
    if stopovers.iter().any(|of_one| !of_one.is_empty()) {
        solution.stopovers = stopovers;
    }
    faults.settle(file, Some(solution))
}

fn stop_of(instance: &Instance, number: usize) -> Option<StopId> {
    let index = number.checked_sub(instance.first_number)?;
    instance.problem.stop_ids().nth(index)
}

/// Which of the vehicle's places to reload has that number.
fn reload_of(instance: &Instance, spec: &VehicleSpec, number: usize) -> Option<usize> {
    let reloads = spec.reloads.as_ref().filter(|_| number < instance.first_number)?;
    reloads.places.iter().position(|&place| place == number)
}

/// The number of a route, if it has one that can be read, and what follows its colon.
fn route_of(line: &str) -> Option<(Option<usize>, &str)> {
    let (head, stops) = line.split_once(':')?;
    let mut words = head.split(['#', ' ', '\t']).filter(|word| !word.is_empty());
    let named = words.next()?.eq_ignore_ascii_case("route");
    named.then(|| (words.next().and_then(|number| number.parse().ok()), stops))
}
