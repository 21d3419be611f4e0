//! The solution file that the benchmark sets use: `Route #1: 3 5 8` for each route and `Cost 123`. Places are counted
//! from 0, the depots first; with one depot, customers from 1. A depot within a route is where the vehicle reloads. What
//! else a vehicle does beside serving stops is among them as `break#1`, `reload#1` or `charge#1`, counted from 1 too.

use std::fmt::Write;

use super::fault::{BadFile, Faults};
use super::instance::{Instance, halts};
use super::text::{clipped, lines};
use crate::{Halt, Solution, StopId, Stopover, VehicleSpec};

/// The file's text. Where vehicles differ, route `k` is that of vehicle `k` and may be empty; where they are alike only
/// the routes that are driven are listed.
#[must_use]
pub fn write(instance: &Instance, solution: &Solution, cost: f64) -> String {
    let mut text = String::new();
    let routes = instance.problem.vehicle_ids().zip(&solution.routes);
    let listed = routes.filter(|(_, route)| !instance.alike || !route.is_empty());
    for (index, (vehicle, route)) in listed.enumerate() {
        let _ = write!(text, "Route #{}:", index + 1);
        let spec = instance.problem.vehicle(vehicle);
        for position in 0..=route.len() {
            for halt in halts(solution, vehicle.index(), position) {
                let _ = match halt {
                    Halt::Break(number) => write!(text, " break#{}", number.saturating_add(1)),
                    Halt::Reload(number) => match spec.and_then(|spec| depot_of(instance, spec, number)) {
                        Some(depot) => write!(text, " {depot}"),
                        None => write!(text, " reload#{}", number.saturating_add(1)),
                    },
                    Halt::Charge(number) => write!(text, " charge#{}", number.saturating_add(1)),
                };
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

/// The number that the place to reload has in the file, if it has one.
fn depot_of(instance: &Instance, spec: &VehicleSpec, reload: usize) -> Option<usize> {
    let depot = *spec.reloads.as_ref()?.places.get(reload)?;
    (instance.numbers_depots() && depot < instance.first_number).then_some(depot)
}

/// Reads such a file for that instance; lines that are neither routes nor the cost are passed over, and so is the cost.
/// Whether the plan keeps the rules is for [`check`](crate::check::check()) to say.
///
/// # Errors
/// When there is no route in it, a route is of no vehicle, or a word in it is no customer's number and nothing that the
/// vehicle has.
pub fn read(file: &str, bytes: &[u8], instance: &Instance) -> Result<Solution, BadFile> {
    let text = String::from_utf8_lossy(bytes);
    let mut faults = Faults::default();
    let mut solution = Solution::nothing_served(&instance.problem);
    let customers = instance.problem.stop_ids().len();
    let vehicles = solution.routes.len();
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
        let mut own = Vec::new();
        if !route.is_empty() {
            faults.at(line.number, "this vehicle's route is given twice; leave one out");
        }
        let spec = instance.problem.vehicle_ids().nth(vehicle).and_then(|id| instance.problem.vehicle(id));
        for word in stops.split_whitespace() {
            let number = word.parse::<usize>().ok();
            let reload = number.and_then(|number| reload_of(instance, spec?, number));
            if let Some(stop) = number.and_then(|number| stop_of(instance, number)) {
                route.push(stop);
            } else if let Some(halt) = reload.or_else(|| halt_of(word)) {
                if !spec.is_some_and(|spec| spec.has(halt)) {
                    faults.at(line.number, format!("`{}` is nothing that this vehicle has", clipped(word)));
                }
                own.push(Stopover { before: route.len(), what: halt });
            } else {
                let (first, last) =
                    (instance.first_number, (instance.first_number + customers).saturating_sub(1));
                faults.at(
                    line.number,
                    format!("`{}` is no customer; they are numbered {first} to {last}", clipped(word)),
                );
            }
        }
        if !own.is_empty() {
            solution.stopovers.resize(solution.stopovers.len().max(vehicle + 1), Vec::new());
            solution.stopovers[vehicle] = own;
        }
    }
    if !found {
        faults.whole("has no routes; write lines like `Route #1: 3 5 8`");
    }
    let mut served = vec![false; customers];
    solution.routes.iter().flatten().for_each(|stop| served[stop.index()] = true);
    solution.unserved = instance.problem.left_out(|stop| served[stop.index()]);
    faults.settle(file, Some(solution))
}

/// What a word like `break#1` says.
fn halt_of(word: &str) -> Option<Halt> {
    let (what, number) = word.split_once('#')?;
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    match what {
        "break" => Some(Halt::Break(index)),
        "reload" => Some(Halt::Reload(index)),
        "charge" => Some(Halt::Charge(index)),
        _ => None,
    }
}

fn stop_of(instance: &Instance, number: usize) -> Option<StopId> {
    let index = number.checked_sub(instance.first_number)?;
    instance.problem.stop_ids().nth(index)
}

/// A reload at the place of that number, if the vehicle reloads there.
fn reload_of(instance: &Instance, spec: &VehicleSpec, number: usize) -> Option<Halt> {
    let reloads =
        spec.reloads.as_ref().filter(|_| instance.numbers_depots() && number < instance.first_number)?;
    reloads.places.iter().position(|&place| place == number).map(Halt::Reload)
}

/// The number of a route, if it has one that can be read, and what follows its colon.
fn route_of(line: &str) -> Option<(Option<usize>, &str)> {
    let (head, stops) = line.split_once(':')?;
    let mut words = head.split(['#', ' ', '\t']).filter(|word| !word.is_empty());
    let named = words.next()?.eq_ignore_ascii_case("route");
    named.then(|| (words.next().and_then(|number| number.parse().ok()), stops))
}
