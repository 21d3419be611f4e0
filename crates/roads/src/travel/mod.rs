//! Travel times, paths and snapping: the questions that planning and tracking ask of the street network.
//!
//! Not here: how the network is built (`network`), and why somebody wants to go there.

mod hierarchy;
#[cfg(test)]
mod oracle;
mod router;
mod snap;

use crate::{LatLon, Profile, RoadsError};

pub(crate) use hierarchy::Hierarchy;
pub(crate) use router::Router;
pub use snap::Snap;

/// Entry of [`Matrix::seconds`] where no way leads from source to target.
pub const UNREACHABLE: u32 = u32::MAX;

/// Something that knows how long it takes to get from place to place.
pub trait TravelTimes: Send + Sync {
    /// Nearest point of a road that the profile may use and from which the rest of the city can be reached; none when
    /// there is no such road within two kilometres.
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap>;

    /// Seconds from every source to every target, on free roads, computed on all cores.
    ///
    /// # Errors
    /// [`RoadsError::OutsideArea`] when a point cannot be snapped.
    fn matrix(&self, sources: &[LatLon], targets: &[LatLon], profile: Profile) -> Result<Matrix, RoadsError>;

    /// The fastest way through all points in their order: one leg between each two neighbours, none for fewer than two points.
    ///
    /// # Errors
    /// [`RoadsError::OutsideArea`] when a point cannot be snapped, [`RoadsError::Unreachable`] when no way leads on.
    fn path(&self, points: &[LatLon], profile: Profile) -> Result<Path, RoadsError>;
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
    /// Time on free roads.
    pub seconds: f64,
    /// Length along the road.
    pub metres: f64,
    /// Places along the road, at least two.
    pub points: Vec<LatLon>,
    /// Seconds from the start of the leg to each of `points`; never falls, ends at `seconds`.
    pub at_seconds: Vec<f64>,
}
