//! What can go wrong with a city, said so that its reader knows what to do next.

use std::path::PathBuf;

use crate::LatLon;

/// A refusal or failure of the street network; coordinates stay in the fields and out of the message, which may be logged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RoadsError {
    /// The extract does not exist or is not a file.
    #[error("there is no map extract at {}: fetch an OpenStreetMap .osm.pbf of your area and point the setting at it", path.display())]
    NoExtract {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The extract exists but is no usable OpenStreetMap extract.
    #[error("the map extract {} cannot be used: {what}; fetch it again or choose another .osm.pbf", path.display())]
    BrokenExtract {
        /// The extract.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The cache folder cannot be written.
    #[error("the map cache {} cannot be written: {what}; free some space or choose a folder that may be written", path.display())]
    Cache {
        /// The file or folder that failed.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
    /// A folder holds no city that can be opened without its extract.
    #[error("{} holds no city that this version has built: build one from an extract", folder.display())]
    NoKept {
        /// The folder.
        folder: PathBuf,
    },
    /// A point lies too far from any road that the profile may use.
    #[error(
        "point {index} is not near any road of this map: check its position, or load a map that covers it"
    )]
    OutsideArea {
        /// Place of the point in the argument; targets of a matrix are counted after its sources.
        index: usize,
        /// The point itself.
        at: LatLon,
    },
    /// No permitted way leads from one point of a path to the next.
    #[error(
        "no permitted way leads from point {from} to point {to}: check closures, or move one of the points"
    )]
    Unreachable {
        /// Index of the point where the search began.
        from: usize,
        /// Index of the point that was not reached.
        to: usize,
    },
    /// An outside engine did not answer as it should.
    #[error("the {engine} at {address} cannot be used: {what}")]
    Provider {
        /// What it is, such as `OSRM server`.
        engine: &'static str,
        /// Where it was asked.
        address: String,
        /// What went wrong.
        what: String,
    },
}
