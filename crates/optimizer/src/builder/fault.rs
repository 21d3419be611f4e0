//! What can be wrong with a problem, each with its place. Not here: who looks for it (`builder`).

use thiserror::Error;

/// One thing that is wrong with a problem, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A matrix does not have places × places cells.
    #[error("matrix {matrix} has {cells} cells where {places} places need {places} times {places}")]
    MatrixShape {
        /// Which matrix.
        matrix: usize,
        /// How many places it was said to have.
        places: usize,
        /// How many cells it has.
        cells: usize,
    },
    /// A matrix has another number of places than the first one; all profiles share their places.
    #[error("matrix {matrix} has {places} places where the first has {first}")]
    MatrixPlaces {
        /// Which matrix.
        matrix: usize,
        /// Its number of places.
        places: usize,
        /// The first matrix's.
        first: usize,
    },
    /// An arc takes longer than [`Limits::length`](crate::Limits::length) and is not marked unreachable.
    #[error(
        "matrix {matrix}: {seconds} s from place {from} to place {to} is longer than can be (mark it unreachable)"
    )]
    TravelTooLong {
        /// Which matrix.
        matrix: usize,
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
        /// How long.
        seconds: u32,
    },
    /// The parts of a matrix whose times depend on the departure do not fit together.
    #[error("matrix {matrix}: {what}")]
    TimedShape {
        /// Which matrix.
        matrix: usize,
        /// What does not fit.
        what: &'static str,
    },
    /// Leaving later would mean arriving earlier.
    #[error(
        "matrix {matrix}: who leaves place {from} for place {to} later would arrive earlier; let its times fall more slowly"
    )]
    Overtaking {
        /// Which matrix.
        matrix: usize,
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
    },
    /// A point has a coordinate that is not a finite number.
    #[error("matrix {matrix}: a coordinate of place {place} is not a finite number")]
    NotANumber {
        /// Which matrix.
        matrix: usize,
        /// Which place.
        place: usize,
    },
    /// A vehicle has travel times that do not exist.
    #[error("vehicle {vehicle} has matrix {matrix}, which does not exist")]
    UnknownMatrix {
        /// Which vehicle.
        vehicle: usize,
        /// Which matrix.
        matrix: usize,
    },
    /// A stop is bound to a vehicle, or kept with one, that does not exist.
    #[error("{element} is for vehicle {vehicle}, which does not exist")]
    UnknownVehicle {
        /// Which stop.
        element: Element,
        /// Which vehicle.
        vehicle: usize,
    },
    /// A stop is said to be kept behind a stop that does not exist.
    #[error("{element} is kept behind stop {stop}, which does not exist")]
    UnknownStop {
        /// Which stop.
        element: Element,
        /// Behind which one.
        stop: usize,
    },
    /// A vehicle or stop is at a place that the matrices do not have.
    #[error("{element}: place {place} does not exist, there are {places}")]
    UnknownPlace {
        /// Whose place.
        element: Element,
        /// Which place.
        place: usize,
        /// How many there are.
        places: usize,
    },
    /// A window or shift ends before it begins.
    #[error("{element}: {what} ends at {end}, before it begins at {begin}")]
    Reversed {
        /// Whose.
        element: Element,
        /// The window or the shift.
        what: &'static str,
        /// Its beginning.
        begin: i64,
        /// Its end.
        end: i64,
    },
    /// A window of a stop does not begin after the one before it has ended.
    #[error(
        "{element}: a window begins at {begin}, and the one before it ends at {end}; join them, or sort them"
    )]
    WindowsMeet {
        /// Whose.
        element: Element,
        /// When the one before ends.
        end: i64,
        /// When the next begins.
        begin: i64,
    },
    /// A load has another number of dimensions than the problem.
    #[error("{element}: {what} has {found} dimensions where the problem has {expected}")]
    Dimensions {
        /// Whose.
        element: Element,
        /// The demand or the capacity.
        what: &'static str,
        /// How many it has.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A number is negative where it may not be, or larger than [`LIMITS`](crate::LIMITS) allow.
    #[error("{element}: {what} is {value}, outside {least} to {most}")]
    OutOfRange {
        /// Whose.
        element: Element,
        /// Which number.
        what: &'static str,
        /// Its value.
        value: i64,
        /// The least it may be.
        least: i64,
        /// The most it may be.
        most: i64,
    },
    /// Metres are given for a matrix that does not exist, or not as many as it has pairs of places.
    #[error(
        "metres are given for matrix {matrix}, {cells} of them; they need a matrix that exists, and a number for each pair of its places"
    )]
    MetresShape {
        /// Which matrix.
        matrix: usize,
        /// How many there are.
        cells: usize,
    },
    /// An arc is farther than [`Limits::length`](crate::Limits::length) and is not marked unreachable.
    #[error(
        "matrix {matrix}: {metres} m from place {from} to place {to} is farther than can be (mark it unreachable)"
    )]
    TooFar {
        /// Which matrix.
        matrix: usize,
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
        /// How far.
        metres: u32,
    },
    /// Something is said in metres, and nobody says how far it is from place to place.
    #[error("vehicle {vehicle}: {what} needs metres for matrix {matrix}")]
    NoMetres {
        /// Whose.
        vehicle: usize,
        /// What needs them.
        what: &'static str,
        /// For which matrix.
        matrix: usize,
    },
    /// What binds stops to each other cannot be.
    #[error("{element}: {what}")]
    Relation {
        /// A shipment, alternatives, a group together or a group apart.
        element: Element,
        /// What is wrong with it.
        what: String,
    },
    /// There are more of something than [`Limits::count`](crate::Limits::count).
    #[error("{found} {what} are more than {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many there may be.
        most: usize,
    },
}

impl Fault {
    /// Whom it is about, or none if it is about the whole.
    #[must_use]
    pub const fn element(&self) -> Option<Element> {
        match *self {
            Self::MatrixShape { matrix, .. }
            | Self::MatrixPlaces { matrix, .. }
            | Self::TravelTooLong { matrix, .. }
            | Self::TimedShape { matrix, .. }
            | Self::Overtaking { matrix, .. }
            | Self::NotANumber { matrix, .. }
            | Self::MetresShape { matrix, .. }
            | Self::TooFar { matrix, .. } => Some(Element::Matrix(matrix)),
            Self::UnknownMatrix { vehicle, .. } | Self::NoMetres { vehicle, .. } => {
                Some(Element::Vehicle(vehicle))
            }
            Self::UnknownVehicle { element, .. }
            | Self::UnknownStop { element, .. }
            | Self::UnknownPlace { element, .. }
            | Self::Reversed { element, .. }
            | Self::WindowsMeet { element, .. }
            | Self::Dimensions { element, .. }
            | Self::OutOfRange { element, .. }
            | Self::Relation { element, .. } => Some(element),
            Self::TooMany { .. } => None,
        }
    }
}

/// Whom a [`Fault`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Element {
    /// The matrix of that index.
    #[error("matrix {0}")]
    Matrix(usize),
    /// The vehicle of that index.
    #[error("vehicle {0}")]
    Vehicle(usize),
    /// The stop of that index.
    #[error("stop {0}")]
    Stop(usize),
    /// The shipment of that index.
    #[error("shipment {0}")]
    Shipment(usize),
    /// The alternatives of that index.
    #[error("alternatives {0}")]
    Alternatives(usize),
    /// The group together of that index.
    #[error("group together {0}")]
    Together(usize),
    /// The group apart of that index.
    #[error("group apart {0}")]
    Apart(usize),
}
