//! Which stops are near, without looking at all of them: a grid over the plane.

use super::instance::Instance;
use super::metric::Metric;

pub(super) struct Buckets {
    side: usize,
    cell_of: Vec<u32>,
    cells: Vec<Vec<u32>>,
}

impl Buckets {
    /// The stops in a grid with about two of them in each cell; none if they have no coordinates.
    pub(super) fn new<M: Metric>(instance: &Instance<M>) -> Option<Self> {
        let stops = instance.stops();
        let points: Vec<(f64, f64)> =
            (0..stops).map(|stop| instance.metric.point(stop)).collect::<Option<_>>()?;
        let low = points.iter().fold((f64::MAX, f64::MAX), |low, p| (low.0.min(p.0), low.1.min(p.1)));
        let high = points.iter().fold((f64::MIN, f64::MIN), |high, p| (high.0.max(p.0), high.1.max(p.1)));
        let side = ((stops as f64 / 2.0).sqrt() as usize).max(1);
        let extent = (high.0 - low.0).max(high.1 - low.1).max(f64::MIN_POSITIVE);
        let line = |value: f64, low: f64| (((value - low) / extent * side as f64) as usize).min(side - 1);
        let cell_of: Vec<u32> =
            points.iter().map(|p| (line(p.1, low.1) * side + line(p.0, low.0)) as u32).collect();
        let mut cells = vec![Vec::new(); side * side];
        for (stop, &cell) in cell_of.iter().enumerate() {
            cells[cell as usize].push(stop as u32);
        }
        Some(Self { side, cell_of, cells })
    }

    /// Shows at least `least` stops around one (all of them if there are fewer), ring by ring, and one ring more, for
    /// the corners of a square are farther than its sides.
    pub(super) fn near(&self, stop: usize, least: usize, look: &mut impl FnMut(usize)) {
        let at = self.cell_of[stop] as usize;
        let (row, column) = ((at / self.side) as isize, (at % self.side) as isize);
        let side = self.side as isize;
        let mut seen = 0;
        let mut last = side;
        for ring in 0..=side {
            for r in (row - ring).max(0)..=(row + ring).min(side - 1) {
                let step = if (r - row).abs() == ring { 1 } else { (2 * ring).max(1) };
                for c in (column - ring..=column + ring).step_by(step as usize) {
                    if (0..side).contains(&c) {
                        let cell = &self.cells[(r * side + c) as usize];
                        seen += cell.len();
                        cell.iter().for_each(|&other| look(other as usize));
                    }
                }
            }
            if seen > least {
                last = last.min(ring + 1);
            }
            if ring == last {
                return;
            }
        }
    }
}
