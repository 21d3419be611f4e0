//! Travel times, paths and snapping: the questions that planning and tracking ask of the street network.
//!
//! Not here: how the network is built (`network`), what slows it (`conditions`), and why somebody wants to go there.

mod day;
mod hierarchy;
#[cfg(test)]
mod oracle;
mod reach;
mod router;
mod trace;
mod weighing;

use crate::{
    LatLon, RoadsError,
    network::{Profile, Snap},
    wall::Wall,
};

pub use day::{DayMatrix, SHAPES};
pub(crate) use day::{Rows, build as build_day};
pub(crate) use hierarchy::{Hierarchy, contraction_order};
pub use reach::Reach;
pub(crate) use router::{Place, Router};
pub(crate) use weighing::{Weighing, Weights};

/// Entry of [`Matrix::seconds`] where no way leads from source to target.
pub const UNREACHABLE: u32 = u32::MAX;

/// Something that knows how long it takes to get from place to place.
///
/// `depart` is when journeys begin; without it roads are free, dry and open.
pub trait TravelTimes: Send + Sync {
    /// Nearest point of a road that the profile may use and from which the rest of the city can be reached; none when
    /// there is no such road within two kilometres.
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap>;

    /// Seconds from every source to every target, computed on all cores.
    ///
    /// # Errors
    /// [`RoadsError::OutsideArea`] when a point cannot be snapped, [`RoadsError::Provider`] when an outside engine fails.
    fn matrix(
        &self,
        sources: &[LatLon],
        targets: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Matrix, RoadsError>;

    /// Seconds between places for every departure within a span; what depends on the time of the day changes evenly
    /// between its breaks, and leaving later never means arriving earlier. Only ways within a group of places (by their
    /// index) are looked for; the first place of a group is the one that the others have to be connected with.
    ///
    /// # Errors
    /// As [`TravelTimes::matrix`].
    fn day_matrix(
        &self,
        places: &[LatLon],
        groups: &[Vec<usize>],
        profile: Profile,
        span: (Wall, Wall),
    ) -> Result<DayMatrix, RoadsError> {
        day::all_day(places, groups, span.0, &|sources, targets| {
            Ok(self.matrix(sources, targets, profile, Some(span.0))?.seconds)
        })
    }

    /// Seconds of one drive, as [`TravelTimes::day_matrix`] would say; none when no way leads there.
    ///
    /// # Errors
    /// As [`TravelTimes::matrix`].
    fn drive(
        &self,
        from: LatLon,
        to: LatLon,
        profile: Profile,
        depart: Wall,
    ) -> Result<Option<u32>, RoadsError> {
        let seconds = self.matrix(&[from], &[to], profile, Some(depart))?.at(0, 0);
        Ok((seconds != UNREACHABLE).then_some(seconds))
    }

    /// The fastest way through all points in their order: one leg between each two neighbours, none for fewer than two points.
    ///
    /// # Errors
    /// [`RoadsError::OutsideArea`] when a point cannot be snapped, [`RoadsError::Unreachable`] when no way leads on.
    fn path(&self, points: &[LatLon], profile: Profile, depart: Option<Wall>) -> Result<Path, RoadsError>;

    /// Whether two profiles take equally long everywhere throughout a span, so that asking for one is enough.
    fn are_alike(&self, one: Profile, other: Profile, _: (Wall, Wall)) -> bool {
        one == other
    }

    /// Where the answers come from, for people: the name of the engine, and what is wrong with it if something is.
    fn source(&self) -> Source;
}

/// Where travel times come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the engine that answers now.
    pub engine: String,
    /// Why it is not the one that should answer; none when all is well.
    pub trouble: Option<String>,
}

/// Travel times between places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Number of places where journeys begin.
    pub sources: usize,
    /// Number of places where journeys end.
    pub targets: usize,
    /// Seconds, row by row: source `i` to target `j` is at `i * targets + j`; [`UNREACHABLE`] where there is no way.
    pub seconds: Vec<u32>,
}

impl Matrix {
    /// Seconds from source `i` to target `j`; [`UNREACHABLE`] where there is no way or no such pair.
    pub fn at(&self, i: usize, j: usize) -> u32 {
        let within = i < self.sources && j < self.targets;
        let entry = if within { self.seconds.get(i * self.targets + j) } else { None };
        entry.copied().unwrap_or(UNREACHABLE)
    }
}

/// A way through several points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// One leg from each point to the next.
    pub legs: Vec<Leg>,
}

/// The way from one point to the next, from snapped position to snapped position.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    /// Time it takes.
    pub seconds: f64,
    /// Length along the road.
    pub metres: f64,
    /// Places along the road, at least two.
    pub points: Vec<LatLon>,
    /// Seconds from the start of the leg to each of `points`; never falls, ends at `seconds`.
    pub at_seconds: Vec<f64>,
}
