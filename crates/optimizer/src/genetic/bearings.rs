//! In which direction from the depot each stop lies, as far as distances show: so that routes can be put into a round.

use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;

/// Angles of all stops as seen from the depot, by the cosine rule from two landmarks.
pub(super) fn bearings<M: Metric>(instance: &Instance<M>) -> Vec<f64> {
    let depot = instance.stops();
    let way = |from: usize, to: usize| {
        let (out, into) = (instance.metric.outward(from, to), instance.metric.inward(from, to));
        (f64::from(out) + f64::from(into)) / 2.0
    };
    let stops = 0..depot;
    let farthest =
        |of: &dyn Fn(usize) -> f64| stops.clone().max_by(|&a, &b| of(a).total_cmp(&of(b))).unwrap_or(0);
    let east = farthest(&|stop| way(depot, stop));
    let base = way(depot, east).max(1.0);
    let place = |stop: usize| {
        let (a, b) = (way(depot, stop), way(east, stop));
        let x = (a * a - b * b + base * base) / (2.0 * base);
        (x, (a * a - x * x).max(0.0).sqrt())
    };
    let north = farthest(&|stop| place(stop).1);
    let (nx, ny) = place(north);
    let bearing = |stop: usize| {
        let (x, y) = place(stop);
        let real = way(north, stop);
        let (same, other) = ((x - nx).hypot(y - ny), (x - nx).hypot(y + ny));
        let y = if (same - real).abs() <= (other - real).abs() { y } else { -y };
        y.atan2(x)
    };
    stops.clone().map(bearing).collect()
}
