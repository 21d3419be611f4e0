//! What can be wrong with a solution, and how much it counts.

use thiserror::Error;

use crate::model::{StopId, Stopover, VehicleId};

/// What a violation that has no size counts in [`Score::excess`](crate::Score::excess).
pub const BROKEN: i64 = 1_000_000;

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// A vehicle carries more than it holds.
    #[error("vehicle {} is {over} over its capacity in dimension {dimension}", vehicle.index())]
    Capacity {
        /// Which vehicle.
        vehicle: VehicleId,
        /// In which dimension, counted from 0.
        dimension: usize,
        /// By how much, where most is aboard.
        over: i64,
    },
    /// A stop with a hard window is served after it.
    #[error("stop {} is served {seconds} s after its window by vehicle {}", stop.index(), vehicle.index())]
    Window {
        /// By which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
        /// How long after its last window.
        seconds: i64,
    },
    /// A vehicle without overtime ends after its shift.
    #[error("vehicle {} ends {seconds} s after its shift", vehicle.index())]
    Shift {
        /// Which vehicle.
        vehicle: VehicleId,
        /// How long after.
        seconds: i64,
    },
    /// A vehicle under way is to deliver goods before it has loaded them.
    #[error("vehicle {} is under way without the goods of stop {}", vehicle.index(), stop.index())]
    NotAboard {
        /// Which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
    },
    /// A break begins after its window.
    #[error("break {which} of vehicle {} begins {seconds} s after its window", vehicle.index())]
    BreakLate {
        /// Whose.
        vehicle: VehicleId,
        /// The index of the break in [`VehicleSpec::breaks`](crate::VehicleSpec::breaks).
        which: usize,
        /// How long after.
        seconds: i64,
    },
    /// A break is owed and not taken.
    #[error("vehicle {} owes its driver break {which}", vehicle.index())]
    BreakMissing {
        /// Whose.
        vehicle: VehicleId,
        /// The index of the break in [`VehicleSpec::breaks`](crate::VehicleSpec::breaks).
        which: usize,
    },
    /// A break is taken more than once; reported for each time too many.
    #[error("vehicle {} takes break {which} more than once", vehicle.index())]
    BreakTwice {
        /// Whose.
        vehicle: VehicleId,
        /// The index of the break in [`VehicleSpec::breaks`](crate::VehicleSpec::breaks).
        which: usize,
    },
    /// A stopover that the vehicle does not have, or before a stop that its route does not have.
    #[error("vehicle {} has no {:?} before position {}", vehicle.index(), stopover.what, stopover.before)]
    UnknownStopover {
        /// Which vehicle; perhaps one that the problem does not have.
        vehicle: VehicleId,
        /// Which stopover.
        stopover: Stopover,
    },
    /// A vehicle reloads more often than it may.
    #[error("vehicle {} reloads {over} times too often", vehicle.index())]
    Reloads {
        /// Which vehicle.
        vehicle: VehicleId,
        /// How often too often.
        over: i64,
    },
    /// A route takes longer than the vehicle's longest.
    #[error("vehicle {} is out {seconds} s too long", vehicle.index())]
    Duration {
        /// Which vehicle.
        vehicle: VehicleId,
        /// By how much.
        seconds: i64,
    },
    /// A vehicle drives farther than it may.
    #[error("vehicle {} drives {metres} m too far", vehicle.index())]
    Distance {
        /// Which vehicle.
        vehicle: VehicleId,
        /// By how much.
        metres: i64,
    },
    /// A vehicle drives farther than its battery lasts.
    #[error("vehicle {} drives {metres} m with an empty battery", vehicle.index())]
    Range {
        /// Which vehicle.
        vehicle: VehicleId,
        /// How far, summed over the stretches between charges.
        metres: i64,
    },
    /// A vehicle is to drive where there is no way.
    #[error("vehicle {} has no way from place {from} to place {to}", vehicle.index())]
    Unreachable {
        /// Which vehicle.
        vehicle: VehicleId,
        /// From which place.
        from: usize,
        /// To which place.
        to: usize,
    },
    /// A stop is served by a vehicle that may not serve it.
    #[error("stop {} may not be served by vehicle {}", stop.index(), vehicle.index())]
    WrongVehicle {
        /// Which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
    },
    /// A vehicle cannot do what a stop needs.
    #[error("vehicle {} cannot do what stop {} needs", vehicle.index(), stop.index())]
    Skill {
        /// Which vehicle.
        vehicle: VehicleId,
        /// Which stop.
        stop: StopId,
    },
    /// Of a shipment one half is served, or both by different vehicles, or the delivery first.
    #[error("shipment {shipment} is torn apart")]
    Shipment {
        /// The index of the shipment in [`Relations::shipments`](crate::Relations::shipments).
        shipment: usize,
    },
    /// More than one of some alternatives is served.
    #[error("of alternatives {group}, {over} too many are served")]
    Alternatives {
        /// Their index in [`Relations::alternatives`](crate::Relations::alternatives).
        group: usize,
        /// How many too many.
        over: i64,
    },
    /// Several vehicles serve stops that one is to serve.
    #[error("{over} vehicles too many serve group together {group}")]
    Together {
        /// The index of the group in [`Relations::together`](crate::Relations::together).
        group: usize,
        /// How many too many.
        over: i64,
    },
    /// A vehicle serves several stops no two of which it may serve.
    #[error("vehicle {} serves {over} too many of group apart {group}", vehicle.index())]
    Apart {
        /// Which vehicle; perhaps one that the problem does not have.
        vehicle: VehicleId,
        /// The index of the group in [`Relations::apart`](crate::Relations::apart).
        group: usize,
        /// How many too many.
        over: i64,
    },
    /// A stop is named more than once, in routes or as unserved; reported for each time too many.
    #[error("stop {} is named more than once", stop.index())]
    Twice {
        /// Which stop.
        stop: StopId,
    },
    /// A stop is neither in a route nor unserved. Of alternatives of which none is named, the first.
    #[error("stop {} is forgotten", stop.index())]
    Missing {
        /// Which stop.
        stop: StopId,
    },
    /// A stop is named that the problem does not have.
    #[error("stop {} does not exist", stop.index())]
    UnknownStop {
        /// Which stop.
        stop: StopId,
    },
    /// A route belongs to a vehicle that the problem does not have.
    #[error("route {route} has stops and no vehicle")]
    UnknownVehicle {
        /// The index of the route.
        route: usize,
    },
}

impl Violation {
    /// What it counts in [`Score::excess`](crate::Score::excess).
    #[must_use]
    pub const fn size(&self) -> i64 {
        match *self {
            Self::Capacity { over, .. } => over,
            Self::Window { seconds, .. }
            | Self::Shift { seconds, .. }
            | Self::BreakLate { seconds, .. }
            | Self::Duration { seconds, .. } => seconds,
            Self::Distance { metres, .. } | Self::Range { metres, .. } => metres,
            Self::Reloads { over, .. }
            | Self::Alternatives { over, .. }
            | Self::Together { over, .. }
            | Self::Apart { over, .. } => over.saturating_mul(BROKEN),
            Self::BreakMissing { .. }
            | Self::BreakTwice { .. }
            | Self::NotAboard { .. }
            | Self::UnknownStopover { .. }
            | Self::Unreachable { .. }
            | Self::WrongVehicle { .. }
            | Self::Skill { .. }
            | Self::Shipment { .. }
            | Self::Twice { .. }
            | Self::Missing { .. }
            | Self::UnknownStop { .. }
            | Self::UnknownVehicle { .. } => BROKEN,
        }
    }

    /// Whose route it is about, if it is about one.
    #[must_use]
    pub const fn vehicle(&self) -> Option<VehicleId> {
        match *self {
            Self::Capacity { vehicle, .. }
            | Self::Window { vehicle, .. }
            | Self::Shift { vehicle, .. }
            | Self::BreakLate { vehicle, .. }
            | Self::BreakMissing { vehicle, .. }
            | Self::BreakTwice { vehicle, .. }
            | Self::NotAboard { vehicle, .. }
            | Self::UnknownStopover { vehicle, .. }
            | Self::Reloads { vehicle, .. }
            | Self::Duration { vehicle, .. }
            | Self::Distance { vehicle, .. }
            | Self::Range { vehicle, .. }
            | Self::Unreachable { vehicle, .. }
            | Self::WrongVehicle { vehicle, .. }
            | Self::Skill { vehicle, .. }
            | Self::Apart { vehicle, .. } => Some(vehicle),
            Self::Shipment { .. }
            | Self::Alternatives { .. }
            | Self::Together { .. }
            | Self::Twice { .. }
            | Self::Missing { .. }
            | Self::UnknownStop { .. }
            | Self::UnknownVehicle { .. } => None,
        }
    }
}
