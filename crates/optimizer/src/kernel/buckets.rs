//! Which stops are near, without looking at all of them: a grid over their ranks from west to east and from south to
//! north, which towns far apart, or one stop far from all, do not empty.

pub(crate) struct Buckets {
    side: usize,
    cell_of: Vec<u32>,
    cells: Vec<Vec<u32>>,
}

impl Buckets {
    /// The stops at these points, in a grid with about two of them in each cell.
    pub(crate) fn new(points: &[(f64, f64)]) -> Self {
        let stops = points.len();
        let side = ((stops as f64 / 2.0).sqrt() as usize).max(1);
        let lines = |value: fn(&(f64, f64)) -> f64| {
            let mut sorted: Vec<usize> = (0..stops).collect();
            sorted.sort_by(|&a, &b| value(&points[a]).total_cmp(&value(&points[b])));
            let mut lines = vec![0; stops];
            sorted.into_iter().enumerate().for_each(|(rank, stop)| lines[stop] = rank * side / stops.max(1));
            lines
        };
        let (columns, rows) = (lines(|point| point.0), lines(|point| point.1));
        let cell_of: Vec<u32> =
            rows.iter().zip(&columns).map(|(row, column)| (row * side + column) as u32).collect();
        let mut cells = vec![Vec::new(); side * side];
        for (stop, &cell) in cell_of.iter().enumerate() {
            cells[cell as usize].push(stop as u32);
        }
        Self { side, cell_of, cells }
    }

    /// Shows at least `least` stops around one (all of them if there are fewer), ring by ring, and one ring more, for
    /// the corners of a square are farther than its sides.
    pub(crate) fn near(&self, stop: usize, least: usize, look: &mut impl FnMut(usize)) {
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
