//! Cuts one long tour into routes at the least price (Beasley, 1983; Prins, 2004), with overload and lateness priced.

use super::local_search::segment::{Head, Tail};
use super::prices::Prices;
use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;

/// A route may be overloaded by this share of the capacity.
const OVERLOAD: f64 = 1.5;

/// The routes that a tour of stops is best cut into, in its order.
pub(super) fn split<M: Metric, const TIMED: bool>(
    instance: &Instance<M>,
    tour: &[u32],
    prices: Prices,
) -> Vec<Vec<u32>> {
    let depot = instance.stops();
    let most = (f64::from(instance.capacity) * OVERLOAD).min(f64::from(i32::MAX)) as i32;
    let home = Tail { latest: instance.end, warp: 0 };
    let mut least = vec![(i64::MAX, 0_usize); tour.len() + 1];
    least[0].0 = 0;
    for from in 0..tour.len() {
        let base = least[from].0.saturating_add(instance.fixed);
        let mut head = Head { depart: 0, warp: 0 };
        let (mut way, mut load, mut last) = (0, 0, depot);
        for to in from..tour.len() {
            let stop = tour[to] as usize;
            let site = &instance.sites[stop];
            load += site.demand;
            if to > from && load > most {
                break;
            }
            let arc = instance.metric.outward(last, stop);
            way += i64::from(arc);
            let back = instance.metric.outward(stop, depot);
            let mut cost = base.saturating_add(way + i64::from(back));
            if load > instance.capacity {
                cost += prices.load(i64::from(load - instance.capacity));
            }
            if TIMED {
                head = head.push(arc, site);
                cost += prices.warp(head.join(back, home));
            }
            if cost < least[to + 1].0 {
                least[to + 1] = (cost, from);
            }
            last = stop;
        }
    }
    let mut routes = Vec::new();
    let mut end = tour.len();
    while end > 0 {
        let from = least[end].1;
        routes.push(tour[from..end].to_vec());
        end = from;
    }
    routes.reverse();
    routes
}
