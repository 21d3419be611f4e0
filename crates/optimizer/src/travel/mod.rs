//! How long the way is from place to place: a matrix, points on a plane whose distances are computed on demand, or a
//! matrix whose times depend on the departure.

pub(crate) mod time_shapes;

use time_shapes::{TimeShapes, packed};

/// How many seconds an arc that does not exist takes in a schedule; longer than any that does.
pub(crate) const UNREACHABLE: i64 = 10_000_000;

/// Up to this many places, points become a matrix: looking up is then faster than computing, and the memory is small.
const MATRIX_PLACES: usize = 1_500;

/// How the distance between two points becomes whole seconds; the conventions of the benchmark sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Rounding {
    /// Ten times the Euclidean distance, cut off (12th DIMACS challenge, for Solomon and Homberger).
    Dimacs,
    /// The Euclidean distance, rounded to the nearest (TSPLIB's `EUC_2D`).
    Round,
    /// A thousand times the Euclidean distance, rounded to the nearest.
    Exact,
    /// As [`Rounding::Exact`]; the caller reports in doubles.
    Double,
}

impl Rounding {
    /// Whole seconds for a Euclidean distance; saturates below `u32::MAX`, which means that there is no way.
    #[must_use]
    pub fn seconds(self, distance: f64) -> u32 {
        let seconds = match self {
            Self::Dimacs => (10.0 * distance) as u32,
            Self::Round => (distance + 0.5) as u32,
            Self::Exact | Self::Double => (1000.0 * distance).round() as u32,
        };
        seconds.min(u32::MAX - 1)
    }
}

/// The travel times of one profile.
#[derive(Clone, Debug)]
pub(crate) enum Ways {
    /// Seconds, row by row; `u32::MAX` for no way.
    Cells(Vec<u32>),
    /// Coordinates.
    Plane(Vec<(f64, f64)>, Rounding),
    /// Seconds as in `Cells`, the shape of each, and what the shapes are.
    Timed(Vec<u32>, Vec<u8>, TimeShapes),
}

impl Ways {
    pub(crate) fn of(points: Vec<(f64, f64)>, rounding: Rounding) -> Self {
        if points.len() > MATRIX_PLACES || points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return Self::Plane(points, rounding);
        }
        let cells = points.iter().flat_map(|&from| points.iter().map(move |&to| between(from, to, rounding)));
        Self::Cells(cells.collect())
    }

    /// Seconds, before their shape if they have one, or `u32::MAX` for no way; both places must exist.
    pub(crate) fn seconds(&self, places: usize, from: usize, to: usize) -> u32 {
        match self {
            Self::Cells(cells) | Self::Timed(cells, ..) => cells[from * places + to],
            Self::Plane(points, rounding) => between(points[from], points[to], *rounding),
        }
    }
}

impl Ways {
    /// The shapes of the times, if they depend on the departure.
    pub(crate) fn time_shapes(&self) -> Option<&TimeShapes> {
        if let Self::Timed(.., time_shapes) = self { Some(time_shapes) } else { None }
    }
}

pub(crate) fn between(from: (f64, f64), to: (f64, f64), rounding: Rounding) -> u32 {
    let (dx, dy) = (from.0 - to.0, from.1 - to.1);
    rounding.seconds((dx * dx + dy * dy).sqrt())
}

/// The travel times of one vehicle.
#[derive(Clone, Copy)]
pub(crate) struct Roads<'a> {
    pub(crate) ways: &'a Ways,
    pub(crate) places: usize,
}

impl<'a> Roads<'a> {
    /// Seconds and shape in one number, as [`TimeShapes`] reads it.
    pub(crate) fn packed(self, from: usize, to: usize) -> i32 {
        let shape =
            if let Ways::Timed(_, shapes, _) = self.ways { shapes[from * self.places + to] } else { 0 };
        packed(self.seconds(from, to), shape)
    }

    pub(crate) fn time_shapes(self) -> Option<&'a TimeShapes> {
        self.ways.time_shapes()
    }

    /// Seconds for who leaves then; [`UNREACHABLE`] where there is no way.
    pub(crate) fn seconds_at(self, from: usize, to: usize, depart: i64) -> i64 {
        match self.time_shapes() {
            Some(time_shapes) => time_shapes.seconds(self.packed(from, to), depart),
            None => self.seconds(from, to),
        }
    }

    /// When to leave at the latest to be there by then.
    pub(crate) fn leave_by(self, from: usize, to: usize, arrive: i64) -> i64 {
        match self.time_shapes() {
            Some(time_shapes) => time_shapes.leave_by(self.packed(from, to), arrive),
            None => arrive - self.seconds(from, to),
        }
    }

    /// Seconds from place to place, before their shape; [`UNREACHABLE`] where there is no way.
    pub(crate) fn seconds(self, from: usize, to: usize) -> i64 {
        match self.ways.seconds(self.places, from, to) {
            u32::MAX => UNREACHABLE,
            seconds => i64::from(seconds),
        }
    }
}
