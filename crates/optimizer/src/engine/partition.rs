//! Cuts a plan into parts of about as many stops, along a random direction.
//!
//! There may be no coordinates, so the direction is from a random stop to the one farthest from it, and a route lies
//! where its stops do on average.

use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;
use crate::rng::Rng;

/// The routes of `plan` in `count` parts; one of them gets what is absent.
pub(super) fn parts<M: Metric>(
    instance: &Instance<M>,
    plan: &Plan,
    count: usize,
    rng: &mut Rng,
) -> Vec<Plan> {
    let stops = instance.stops();
    let west = rng.below(stops);
    let east = (0..stops).max_by_key(|&stop| instance.metric.outward(west, stop)).unwrap_or(west);
    let lean = |stop: u32| {
        let way = |pole: usize| i64::from(instance.metric.inward(stop as usize, pole));
        way(west) - way(east)
    };
    let mut sorted: Vec<(i64, usize)> = (plan.routes.iter().enumerate())
        .map(|(index, route)| {
            let sum: i64 = route.iter().map(|&stop| lean(stop)).sum();
            (sum / route.len().max(1) as i64, index)
        })
        .collect();
    sorted.sort_unstable();
    let served: usize = plan.routes.iter().map(Vec::len).sum();
    let mut parts = vec![Plan::default(); count];
    let mut seen = 0;
    for (_, index) in sorted {
        let route = &plan.routes[index];
        parts[(seen * count / served.max(1)).min(count - 1)].routes.push(route.clone());
        seen += route.len();
    }
    parts[rng.below(count)].absent.clone_from(&plan.absent);
    parts
}
