//! Distances as the inner loops read them: a table with its transpose, or points computed on demand.

use crate::travel::Rounding;

/// How an arc that does not exist is written: beyond every horizon, and three of them can be added up.
pub(crate) const NO_WAY: i32 = (1 << 28) + 1;

/// Distances between the nodes of an [`Instance`](super::Instance): its stops, and after them the depot.
pub(crate) trait Metric: Sync {
    /// From `c` to `x`.
    fn outward(&self, c: usize, x: usize) -> i32;
    /// From `x` to `c`; reads what lies near to `outward(c, x)` in memory.
    fn inward(&self, c: usize, x: usize) -> i32;
    /// Where `c` is, if the distances are those of a plane.
    fn point(&self, c: usize) -> Option<(f64, f64)>;
}

/// A table of all distances, and its transpose if it is not symmetric.
pub(crate) struct Table {
    size: usize,
    out: Vec<i32>,
    into: Option<Vec<i32>>,
}

impl Table {
    /// Of `size` nodes, from what `distance` says.
    pub(crate) fn new(size: usize, distance: impl Fn(usize, usize) -> i32) -> Self {
        let pairs = (0..size).flat_map(|from| (0..size).map(move |to| (from, to)));
        let out: Vec<i32> = pairs.map(|(from, to)| distance(from, to)).collect();
        let into = transposed(size, &out);
        let into = (into != out).then_some(into);
        Self { size, out, into }
    }
}

impl Metric for Table {
    #[inline(always)]
    fn outward(&self, c: usize, x: usize) -> i32 {
        self.out[c * self.size + x]
    }

    #[inline(always)]
    fn inward(&self, c: usize, x: usize) -> i32 {
        match &self.into {
            Some(cells) => cells[c * self.size + x],
            None => self.out[c * self.size + x],
        }
    }

    fn point(&self, _: usize) -> Option<(f64, f64)> {
        None
    }
}

/// Block by block, so that what is read and what is written stays close to the processor.
fn transposed(size: usize, cells: &[i32]) -> Vec<i32> {
    const BLOCK: usize = 32;
    let mut turned = vec![0; cells.len()];
    for top in (0..size).step_by(BLOCK) {
        for left in (0..size).step_by(BLOCK) {
            for row in top..(top + BLOCK).min(size) {
                for column in left..(left + BLOCK).min(size) {
                    turned[column * size + row] = cells[row * size + column];
                }
            }
        }
    }
    turned
}

/// Where routes on a plane end.
pub(crate) enum End {
    /// Where they start.
    Start,
    At((f64, f64)),
    /// At their last stop.
    Anywhere,
}

/// Points on a plane; the last of them is where routes start.
pub(crate) struct Plane {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) rounding: Rounding,
    pub(crate) end: End,
}

impl Metric for Plane {
    #[inline(always)]
    fn outward(&self, c: usize, x: usize) -> i32 {
        let from = self.points[c];
        let to = match self.end {
            End::At(end) if x + 1 == self.points.len() && c != x => end,
            End::Anywhere if x + 1 == self.points.len() => return 0,
            _ => self.points[x],
        };
        let (dx, dy) = (from.0 - to.0, from.1 - to.1);
        self.rounding.seconds((dx * dx + dy * dy).sqrt()) as i32
    }

    #[inline(always)]
    fn inward(&self, c: usize, x: usize) -> i32 {
        self.outward(x, c)
    }

    fn point(&self, c: usize) -> Option<(f64, f64)> {
        Some(self.points[c])
    }
}
