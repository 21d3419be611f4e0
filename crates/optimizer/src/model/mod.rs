//! The problem and the solution: what is given and what is answered.
//!
//! A [`Problem`] is immutable and can only come out of [`ProblemBuilder`](crate::ProblemBuilder), so whoever holds
//! one may rely on every index in it. Ids are dense indices in order of insertion. Nothing here searches.

mod relations;
mod rows;
mod sound;
mod stop;
mod vehicle;

use std::sync::Arc;

use crate::travel::{Roads, Ways};

pub use relations::Relations;
pub(crate) use rows::{Exclusions, KeptRow, NOBODY, StopRow};
pub(crate) use sound::sound_stopovers;
pub use stop::{Allowed, Kept, Shipment, StopSpec};
pub use vehicle::{Battery, Break, Emissions, Lateness, LongDay, Reloads, Skills, VehicleSpec};

/// One travel-time matrix, that is one profile of vehicle (van, cargo bike).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatrixId(pub(crate) u32);

/// One vehicle with its driver's shift; also the index of its route in [`Solution::routes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VehicleId(pub(crate) u32);

/// One stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StopId(pub(crate) u32);

impl MatrixId {
    /// Which matrix it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl VehicleId {
    /// Which vehicle it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl StopId {
    /// Which stop it is, counted from 0 in order of insertion.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is to be solved; immutable, from [`ProblemBuilder::build`](crate::ProblemBuilder::build).
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) dims: usize,
    pub(crate) places: usize,
    pub(crate) matrices: Vec<Arc<Ways>>,
    pub(crate) vehicles: Vec<VehicleSpec>,
    pub(crate) stops: Vec<StopSpec>,
    pub(crate) rows: Vec<StopRow>,
    /// By stop; empty if there is no plan to keep to.
    pub(crate) kept: Vec<KeptRow>,
    pub(crate) exclusions: Exclusions,
    /// By matrix: metres, row by row from each place to all, if they are known.
    pub(crate) metres: Vec<Option<Arc<Vec<u32>>>>,
    pub(crate) relations: Relations,
    /// Whether anything in it needs more than loads that are delivered, one window and one way there.
    pub(crate) wide: bool,
    /// Whether services take differently long by kind of vehicle anywhere.
    pub(crate) by_kind: bool,
}

impl Problem {
    /// How many dimensions a load has.
    #[must_use]
    pub fn capacity_dims(&self) -> usize {
        self.dims
    }

    /// The stop with this id, or none if the id is of another problem.
    #[must_use]
    pub fn stop(&self, stop: StopId) -> Option<&StopSpec> {
        self.stops.get(stop.index())
    }

    /// The vehicle with this id, or none if the id is of another problem.
    #[must_use]
    pub fn vehicle(&self, vehicle: VehicleId) -> Option<&VehicleSpec> {
        self.vehicles.get(vehicle.index())
    }

    /// All stops, in order.
    pub fn stop_ids(&self) -> impl ExactSizeIterator<Item = StopId> + use<> {
        (0..self.stops.len() as u32).map(StopId)
    }

    /// All vehicles, in order.
    pub fn vehicle_ids(&self) -> impl ExactSizeIterator<Item = VehicleId> + use<> {
        (0..self.vehicles.len() as u32).map(VehicleId)
    }

    /// Seconds from place to place in that profile for who leaves then, in seconds since the origin; none if there is no
    /// way (or no such place).
    #[must_use]
    pub fn travel_seconds(&self, matrix: MatrixId, from: usize, to: usize, depart: i64) -> Option<i64> {
        if from >= self.places || to >= self.places {
            return None;
        }
        let roads = Roads { ways: self.matrices.get(matrix.index())?, places: self.places };
        let seconds = roads.seconds_at(from, to, depart);
        (seconds < crate::travel::UNREACHABLE).then_some(seconds)
    }

    /// Whether travel times of some profile depend on the departure.
    #[must_use]
    pub fn is_clocked(&self) -> bool {
        self.matrices.iter().any(|ways| ways.time_shapes().is_some())
    }

    /// Metres from place to place in that profile; none if there is no way, no such place, or nobody said how far it is.
    #[must_use]
    pub fn travel_metres(&self, matrix: MatrixId, from: usize, to: usize) -> Option<i64> {
        if from >= self.places || to >= self.places {
            return None;
        }
        let metres = self.metres.get(matrix.index())?.as_ref()?[from * self.places + to];
        (metres < u32::MAX).then_some(i64::from(metres))
    }

    /// What binds its stops to each other.
    #[must_use]
    pub const fn relations(&self) -> &Relations {
        &self.relations
    }

    /// Whether the vehicle may serve the stop: it is bound to no other, the vehicle is allowed there and can do what it needs.
    /// False if either is of another problem.
    #[must_use]
    pub fn may_serve(&self, vehicle: VehicleId, stop: StopId) -> bool {
        vehicle.index() < self.vehicles.len()
            && self.rows.get(stop.index()).is_some_and(|row| row.only.is_none_or(|only| only == vehicle))
            && !self.exclusions.excludes(vehicle.0, stop.index())
    }

    /// Whether somebody said how far it is for that profile.
    pub(crate) fn measured(&self, matrix: MatrixId) -> bool {
        self.metres.get(matrix.index()).is_some_and(Option::is_some)
    }

    /// The stops that nobody serves if these are served: of alternatives of which none is, the first.
    pub(crate) fn left_out(&self, served: impl Fn(StopId) -> bool) -> Vec<StopId> {
        let missing = |&stop: &StopId| match self.relations.alternatives_to(stop) {
            Some(all) => self.relations.stands_in(stop) && !all.iter().any(|&other| served(other)),
            None => !served(stop),
        };
        self.stop_ids().filter(missing).collect()
    }

    /// Whether there is a plan to keep to.
    pub(crate) fn keeps(&self) -> bool {
        !self.kept.is_empty()
    }

    pub(crate) fn row(&self, stop: StopId) -> &StopRow {
        &self.rows[stop.index()]
    }

    pub(crate) fn demand(&self, stop: StopId) -> &[i64] {
        &self.stops[stop.index()].demand
    }

    pub(crate) fn spec(&self, vehicle: VehicleId) -> &VehicleSpec {
        &self.vehicles[vehicle.index()]
    }

    pub(crate) fn roads(&self, vehicle: VehicleId) -> Roads<'_> {
        Roads { ways: &self.matrices[self.spec(vehicle).matrix.index()], places: self.places }
    }
}

/// Routes, and what is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solution {
    /// The stops of each vehicle in order of service; the index is the vehicle's.
    pub routes: Vec<Vec<StopId>>,
    /// The stops that nobody serves, in ascending order. Of alternatives of which none is served the first.
    pub unserved: Vec<StopId>,
    /// What each vehicle does between its stops, in order; may be shorter than the routes, or empty.
    pub stopovers: Vec<Vec<Stopover>>,
}

/// What a vehicle does between two stops beside driving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stopover {
    /// Before which stop of its route, counted from 0; the number of its stops for what it does before its end.
    pub before: usize,
    /// What it does.
    pub what: Halt,
}

/// What a vehicle does at a [`Stopover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Halt {
    /// The break of that index in [`VehicleSpec::breaks`].
    Break(usize),
    /// It loads, at the place of that index in [`Reloads::places`].
    Reload(usize),
    /// It charges, at the place of that index in [`Battery::stations`].
    Charge(usize),
}

impl Solution {
    /// The solution that serves nothing, to build upon.
    #[must_use]
    pub fn nothing_served(problem: &Problem) -> Self {
        let unserved = problem.left_out(|_| false);
        Self { routes: vec![Vec::new(); problem.vehicles.len()], unserved, stopovers: Vec::new() }
    }

    /// Which vehicle serves the stop and as its how-manieth, counted from 0.
    #[must_use]
    pub fn place_of(&self, stop: StopId) -> Option<(VehicleId, usize)> {
        self.routes.iter().enumerate().find_map(|(vehicle, stops)| {
            let position = stops.iter().position(|&at| at == stop)?;
            Some((VehicleId(u32::try_from(vehicle).ok()?), position))
        })
    }
}
