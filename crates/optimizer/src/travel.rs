//! How long the way is from place to place: a matrix, or points on a plane whose distances are reckoned on demand.

use crate::model::UNREACHABLE;

/// Up to this many places, points become a matrix: looking up is then faster than reckoning, and the memory is small.
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
}

impl Ways {
    pub(crate) fn of(points: Vec<(f64, f64)>, rounding: Rounding) -> Self {
        if points.len() > MATRIX_PLACES || points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return Self::Plane(points, rounding);
        }
        let cells = points.iter().flat_map(|&from| points.iter().map(move |&to| between(from, to, rounding)));
        Self::Cells(cells.collect())
    }

    /// Seconds, or `u32::MAX` for no way; both places must exist.
    pub(crate) fn seconds(&self, places: usize, from: usize, to: usize) -> u32 {
        match self {
            Self::Cells(cells) => cells[from * places + to],
            Self::Plane(points, rounding) => between(points[from], points[to], *rounding),
        }
    }
}

fn between(from: (f64, f64), to: (f64, f64), rounding: Rounding) -> u32 {
    let (dx, dy) = (from.0 - to.0, from.1 - to.1);
    rounding.seconds((dx * dx + dy * dy).sqrt())
}

/// The travel times of one vehicle.
#[derive(Clone, Copy)]
pub(crate) struct Roads<'a> {
    pub(crate) ways: &'a Ways,
    pub(crate) places: usize,
}

impl Roads<'_> {
    /// Seconds from place to place; [`UNREACHABLE`] where there is no way.
    pub(crate) fn seconds(self, from: usize, to: usize) -> i64 {
        match self.ways.seconds(self.places, from, to) {
            u32::MAX => UNREACHABLE,
            seconds => i64::from(seconds),
        }
    }
}
