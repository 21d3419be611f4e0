//! Cuts a plan into parts of about as many stops, along a random direction.
//!
//! There may be no coordinates, so the direction is from a random stop to the one farthest from it, and a route lies
//! where its stops do on average.

use super::Layout;
use crate::kernel::plan::Plan;
use crate::model::StopId;
use crate::rng::Rng;

/// The plan in `count` parts, or none if it has too few routes for that. Routes without stops are dealt out in turn;
/// an absent stop goes where its vehicle does, if it is bound to one, and to a random part otherwise.
pub(super) fn parts(layout: &Layout<'_>, plan: &Plan, count: usize, rng: &mut Rng) -> Option<Vec<Plan>> {
    let routes = plan.routes.iter().filter(|route| !route.is_empty()).count();
    if routes < 2 * count {
        return None;
    }
    let stops = layout.stops as u32;
    let west = rng.below(layout.stops) as u32;
    let east = (0..stops).max_by_key(|&stop| (layout.far)(stop, west)).unwrap_or(west);
    let lean = |stop: u32| (layout.far)(stop, west) - (layout.far)(stop, east);
    let mut sorted: Vec<(i64, usize)> = (plan.routes.iter().enumerate())
        .filter(|(_, route)| !route.is_empty())
        .map(|(index, route)| {
            let sum: i64 = route.iter().map(|&stop| lean(stop)).sum();
            (sum / route.len() as i64, index)
        })
        .collect();
    sorted.sort_unstable();
    let served: usize = plan.routes.iter().map(Vec::len).sum();
    let mut parts = vec![Plan::default(); count];
    let mut put = |part: usize, index: usize| {
        parts[part].routes.push(plan.routes[index].clone());
        parts[part].vehicles.extend(plan.vehicles.get(index));
        parts[part].reloads.extend(plan.reloads.get(index).cloned());
    };
    let mut seen = 0;
    for (_, index) in sorted {
        put((seen * count / served.max(1)).min(count - 1), index);
        seen += plan.routes[index].len();
    }
    let first = rng.below(count);
    let empty = (0..plan.routes.len()).filter(|&index| plan.routes[index].is_empty());
    for (turn, index) in empty.enumerate() {
        put((first + turn) % count, index);
    }
    let anywhere = rng.below(count);
    for &stop in &plan.absent {
        let kin = (layout.kin)(stop);
        let beside = |part: &Plan| part.routes.iter().flatten().any(|other| kin.contains(&StopId(*other)));
        let holder = match (layout.bound)(stop) {
            Some(bound) => parts.iter().position(|part| part.vehicles.contains(&bound)),
            None if kin.is_empty() => None,
            None => parts.iter().position(beside),
        };
        parts[holder.unwrap_or(anywhere)].absent.push(stop);
    }
    Some(parts)
}
