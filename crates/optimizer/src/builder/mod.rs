//! From what a caller says to a [`Problem`] that holds together, or to every fault in it at once, each with its place.
//!
//! Only contradictions are faults. A problem that cannot be solved completely (too few vehicles, none at all, places
//! that no road reaches) is a problem like any other.

mod fault;
pub(crate) mod wide_checks;

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::cost::Cost;
use crate::model::{
    Allowed, Exclusions, KeptRow, Lateness, MatrixId, Problem, Relations, Shipment, StopId, StopRow,
    StopSpec, VehicleId, VehicleSpec,
};
use crate::travel::UNREACHABLE;
use crate::travel::time_shapes::{TimeShapes, TimedMatrix};
use crate::travel::{Rounding, Ways};
pub use fault::{Element, Fault};
use wide_checks::{check_relations, is_wide};

/// How large each kind of number may be, so that no sum of them leaves the range of the integers. Money saturates; the
/// emissions of a route, in millionths of a gram, stay below 2¹²⁷.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Points in time: seconds before or after the origin.
    pub time: i64,
    /// A service or one arc in seconds, one arc or the range of a battery in metres.
    pub length: i64,
    /// Loads and capacities, in one dimension.
    pub load: i64,
    /// Prices, in money units per hour, per minute or per piece.
    pub price: i64,
    /// Grams for a kilometre, or for a tonne and kilometre.
    pub grams: i64,
    /// How many stops, vehicles, places, shipments or groups of stops there may be, or reloads of a vehicle.
    pub count: usize,
}

/// The limits that [`ProblemBuilder::build`] holds a problem to.
pub const LIMITS: Limits = Limits {
    time: 100_000_000_000,
    length: UNREACHABLE - 1,
    load: 1_000_000_000_000,
    price: 1_000_000_000,
    grams: 1_000_000,
    count: 1_000_000,
};

/// Collects a problem piece by piece and checks it as a whole.
#[derive(Clone, Debug)]
pub struct ProblemBuilder {
    pub(crate) dims: usize,
    pub(crate) matrices: Vec<(usize, Ways)>,
    pub(crate) vehicles: Vec<VehicleSpec>,
    pub(crate) stops: Vec<StopSpec>,
    pub(crate) metres: Vec<(MatrixId, Vec<u32>)>,
    pub(crate) relations: Relations,
}

impl ProblemBuilder {
    /// A problem whose loads have that many dimensions (0 if nothing is ever full).
    #[must_use]
    pub fn new(capacity_dims: usize) -> Self {
        Self {
            dims: capacity_dims,
            matrices: Vec::new(),
            vehicles: Vec::new(),
            stops: Vec::new(),
            metres: Vec::new(),
            relations: Relations::default(),
        }
    }

    /// Adds the travel times of one profile: seconds, row by row from each place to all, `u32::MAX` for no way.
    pub fn matrix(&mut self, places: usize, seconds: Vec<u32>) -> MatrixId {
        self.matrices.push((places, Ways::Cells(seconds)));
        MatrixId(dense(self.matrices.len()))
    }

    /// Adds the travel times of one profile that depend on the departure.
    pub fn timed_matrix(&mut self, places: usize, times: TimedMatrix) -> MatrixId {
        let TimedMatrix { seconds, shape, breaks, shapes } = times;
        // What does not fit together is kept as it is for `build` to name; time shapes are only made of what does.
        let whole = rises(&breaks) && shapes.iter().all(|shape| shape.len() == breaks.len());
        let time_shapes = if whole { TimeShapes::new(breaks, shapes) } else { TimeShapes::default() };
        self.matrices.push((places, Ways::Timed(seconds, shape, time_shapes)));
        MatrixId(dense(self.matrices.len()))
    }

    /// Adds the travel times of one profile as points on a plane, the distance between which is the seconds from one to
    /// the other. Above 1,500 points they are computed on demand, and no memory is needed for their square.
    pub fn points(&mut self, points: Vec<(f64, f64)>, rounding: Rounding) -> MatrixId {
        self.matrices.push((points.len(), Ways::of(points, rounding)));
        MatrixId(dense(self.matrices.len()))
    }

    /// Adds a vehicle.
    pub fn vehicle(&mut self, vehicle: VehicleSpec) -> VehicleId {
        self.vehicles.push(vehicle);
        VehicleId(dense(self.vehicles.len()))
    }

    /// Adds a stop.
    pub fn stop(&mut self, stop: StopSpec) -> StopId {
        self.stops.push(stop);
        StopId(dense(self.stops.len()))
    }

    /// Says how far it is in metres from each place to all for a profile, row by row, `u32::MAX` for no way. Only what is
    /// said in metres needs it: the cost per kilometre, the farthest drive, batteries and emissions. What is said last for
    /// a profile counts.
    pub fn metres(&mut self, matrix: MatrixId, metres: Vec<u32>) {
        self.metres.push((matrix, metres));
    }

    /// The profiles so far, in order.
    pub fn matrix_ids(&self) -> impl ExactSizeIterator<Item = MatrixId> + use<> {
        (0..dense(self.matrices.len() + 1)).map(MatrixId)
    }

    /// The stops so far, in order.
    pub fn stop_ids(&self) -> impl ExactSizeIterator<Item = StopId> + use<> {
        (0..dense(self.stops.len() + 1)).map(StopId)
    }

    /// Adds goods that go from one stop to another.
    pub fn shipment(&mut self, shipment: Shipment) {
        self.relations.shipments.push(shipment);
    }

    /// Says that one of these stops is enough (home or locker); the first stands for all where none is served. They have
    /// the same penalty, which is paid once.
    pub fn alternatives(&mut self, stops: Vec<StopId>) {
        self.relations.alternatives.push(stops);
    }

    /// Says that one vehicle serves these stops, as far as they are served.
    pub fn together(&mut self, stops: Vec<StopId>) {
        self.relations.together.push(stops);
    }

    /// Says that no two of these stops are served by the same vehicle.
    pub fn apart(&mut self, stops: Vec<StopId>) {
        self.relations.apart.push(stops);
    }

    /// The problem, if it holds together.
    ///
    /// # Errors
    /// Every fault there is, in the order matrices, vehicles, stops, and what binds these to each other.
    pub fn build(mut self) -> Result<Problem, Vec<Fault>> {
        let places = self.matrices.first().map_or(0, |(places, _)| *places);
        let mut faults = Vec::new();
        for (what, found) in [
            ("places", places),
            ("vehicles", self.vehicles.len()),
            ("stops", self.stops.len()),
            ("shipments", self.relations.shipments.len()),
            ("alternatives", self.relations.alternatives.len()),
            ("groups together", self.relations.together.len()),
            ("groups apart", self.relations.apart.len()),
        ] {
            if found > LIMITS.count {
                faults.push(Fault::TooMany { what, found, most: LIMITS.count });
            }
        }
        for (matrix, (own, ways)) in self.matrices.iter().enumerate() {
            match ways {
                Ways::Cells(cells) => check_matrix(matrix, *own, places, cells, &mut faults),
                Ways::Plane(points, rounding) => check_points(matrix, points, *rounding, places, &mut faults),
                Ways::Timed(cells, shape, time_shapes) => {
                    check_matrix(matrix, *own, places, cells, &mut faults);
                    check_time_shapes(matrix, *own, cells, shape, time_shapes, &mut faults);
                }
            }
        }
        let metres = self.check_metres(places, &mut faults);
        for (index, vehicle) in self.vehicles.iter().enumerate() {
            self.check_vehicle(index, vehicle, places, &mut faults);
            self.check_ways(index, vehicle, places, &metres, &mut faults);
        }
        for (index, stop) in self.stops.iter().enumerate() {
            self.check_stop(index, stop, places, &mut faults);
        }
        check_relations(&self.relations, &self.stops, self.dims, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.relations.index(self.stops.len());
        Ok(Problem {
            wide: is_wide(&self.vehicles, &self.stops, &self.relations),
            by_kind: self.stops.iter().any(|stop| !stop.service_by_kind.is_empty()),
            relations: self.relations,
            metres,
            dims: self.dims,
            places,
            matrices: self.matrices.into_iter().map(|(_, ways)| Arc::new(ways)).collect(),
            rows: self.stops.iter().map(row).collect(),
            kept: KeptRow::all(&self.stops),
            exclusions: Exclusions::of(&self.vehicles, &self.stops),
            vehicles: self.vehicles,
            stops: self.stops,
        })
    }

    fn check_vehicle(&self, index: usize, spec: &VehicleSpec, places: usize, faults: &mut Vec<Fault>) {
        let element = Element::Vehicle(index);
        if spec.matrix.index() >= self.matrices.len() {
            faults.push(Fault::UnknownMatrix { vehicle: index, matrix: spec.matrix.index() });
        }
        let mut check = Checker { element, places, faults };
        check.place(spec.start);
        if let Some(end) = spec.end {
            check.place(end);
        }
        check.span("the shift", spec.shift);
        check.load("the capacity", &spec.capacity, self.dims);
        check.lateness("the price of overtime", spec.overtime);
        check.price("the fixed cost", spec.fixed_cost);
        check.price("the cost per hour", spec.cost_per_hour);
        check.price("the cost per driving hour", spec.cost_per_driving_hour);
        if let Some(long) = spec.long_day {
            check.price("the cost per hour of a long day", long.cost_per_hour);
            check.range("the length of a day", long.after, 0..=LIMITS.time);
        }
    }

    fn check_stop(&self, index: usize, spec: &StopSpec, places: usize, faults: &mut Vec<Fault>) {
        let element = Element::Stop(index);
        let named = match &spec.allowed {
            Allowed::All => &[][..],
            Allowed::Only(vehicles) | Allowed::AllBut(vehicles) => &vehicles[..],
        };
        for vehicle in spec.only_vehicle.iter().chain(named).filter(|v| v.index() >= self.vehicles.len()) {
            faults.push(Fault::UnknownVehicle { element, vehicle: vehicle.index() });
        }
        let mut check = Checker { element, places, faults };
        check.place(spec.place);
        check.range("the service time", spec.service, 0..=LIMITS.length);
        check.span("the window", spec.window);
        for &window in &spec.more_windows {
            check.span("the window", window);
        }
        let windows: Vec<(i64, i64)> = spec.windows().collect();
        for pair in windows.windows(2).filter(|pair| pair[1].0 <= pair[0].1) {
            check.faults.push(Fault::WindowsMeet { element, end: pair[0].1, begin: pair[1].0 });
        }
        for &service in &spec.service_by_kind {
            check.range("the service time", service, 0..=LIMITS.length);
        }
        if let Some(release) = spec.release {
            check.range("the release", release, -LIMITS.time..=LIMITS.time);
        }
        check.lateness("the price of lateness", spec.lateness);
        check.load("the demand", &spec.demand, self.dims);
        if !spec.pickup.is_empty() {
            check.load("the pickup", &spec.pickup, self.dims);
        }
        check.price("the penalty for leaving it out", spec.unserved_penalty);
        let Some(kept) = spec.kept else { return };
        check.price("the price of another vehicle", kept.moved_price);
        check.price("the price of another order", kept.order_price);
        if kept.vehicle.index() >= self.vehicles.len() {
            faults.push(Fault::UnknownVehicle { element, vehicle: kept.vehicle.index() });
        }
        if let Some(behind) = kept.behind.filter(|stop| stop.index() >= self.stops.len()) {
            faults.push(Fault::UnknownStop { element, stop: behind.index() });
        }
    }
}

pub(crate) struct Checker<'a> {
    pub(crate) element: Element,
    pub(crate) places: usize,
    pub(crate) faults: &'a mut Vec<Fault>,
}

impl Checker<'_> {
    pub(crate) fn place(&mut self, place: usize) {
        if place >= self.places {
            self.faults.push(Fault::UnknownPlace { element: self.element, place, places: self.places });
        }
    }

    pub(crate) fn range(&mut self, what: &'static str, value: i64, allowed: RangeInclusive<i64>) {
        if !allowed.contains(&value) {
            let (least, most) = allowed.into_inner();
            self.faults.push(Fault::OutOfRange { element: self.element, what, value, least, most });
        }
    }

    pub(crate) fn span(&mut self, what: &'static str, (begin, end): (i64, i64)) {
        self.range(what, begin, -LIMITS.time..=LIMITS.time);
        self.range(what, end, -LIMITS.time..=LIMITS.time);
        if end < begin {
            self.faults.push(Fault::Reversed { element: self.element, what, begin, end });
        }
    }

    pub(crate) fn load(&mut self, what: &'static str, load: &[i64], expected: usize) {
        if load.len() != expected {
            self.faults.push(Fault::Dimensions { element: self.element, what, found: load.len(), expected });
        }
        for &amount in load {
            self.range(what, amount, 0..=LIMITS.load);
        }
    }

    fn lateness(&mut self, what: &'static str, lateness: Lateness) {
        if let Lateness::Priced { per_minute } = lateness {
            self.price(what, per_minute);
        }
    }

    pub(crate) fn price(&mut self, what: &'static str, price: i64) {
        self.range(what, price, 0..=LIMITS.price);
    }
}

fn check_matrix(matrix: usize, places: usize, first: usize, cells: &[u32], faults: &mut Vec<Fault>) {
    if places.checked_mul(places) != Some(cells.len()) {
        faults.push(Fault::MatrixShape { matrix, places, cells: cells.len() });
        return;
    }
    if places != first {
        faults.push(Fault::MatrixPlaces { matrix, places, first });
    }
    for (cell, &seconds) in cells.iter().enumerate() {
        if seconds != u32::MAX && i64::from(seconds) > LIMITS.length {
            faults.push(Fault::TravelTooLong { matrix, from: cell / places, to: cell % places, seconds });
        }
    }
}

/// Whether these can be the breaks of time shapes.
fn rises(breaks: &[i64]) -> bool {
    let within = breaks.iter().all(|at| (-LIMITS.time..=LIMITS.time).contains(at));
    (1..=usize::from(u16::MAX)).contains(&breaks.len())
        && within
        && breaks.windows(2).all(|pair| pair[0] < pair[1])
}

fn check_time_shapes(
    matrix: usize,
    places: usize,
    cells: &[u32],
    shape: &[u8],
    time_shapes: &TimeShapes,
    faults: &mut Vec<Fault>,
) {
    let (breaks, shapes) = (time_shapes.breaks(), time_shapes.shapes());
    let mut fault = |what| faults.push(Fault::TimedShape { matrix, what });
    if !rises(breaks) {
        return fault(
            "it needs a break at least, breaks that rise within the limits of time, and a factor for each in every shape",
        );
    }
    if shape.len() != cells.len() || shape.iter().any(|&shape| usize::from(shape) >= shapes.len()) {
        return fault("each pair needs a shape that exists");
    }
    if shapes.iter().flatten().any(|&factor| !(1..=100 << 16).contains(&factor)) {
        return fault("a factor has to be more than 0 and no more than 100 times 65,536");
    }
    let longest: Vec<i64> = shapes.iter().map(|shape| TimeShapes::longest(breaks, shape)).collect();
    let most: Vec<i64> = shapes.iter().map(|s| s.iter().copied().max().unwrap_or(0).into()).collect();
    for (cell, (&seconds, &shape)) in cells.iter().zip(shape).enumerate() {
        if seconds == u32::MAX {
            continue;
        }
        let (shape, seconds) = (usize::from(shape), i64::from(seconds));
        let (from, to) = (cell / places.max(1), cell % places.max(1));
        if seconds > longest[shape] {
            faults.push(Fault::Overtaking { matrix, from, to });
        }
        if (seconds * most[shape]) >> 16 > LIMITS.length {
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            faults.push(Fault::TravelTooLong { matrix, from, to, seconds });
        }
    }
}

fn check_points(
    matrix: usize,
    points: &[(f64, f64)],
    rounding: Rounding,
    first: usize,
    faults: &mut Vec<Fault>,
) {
    if points.len() != first {
        faults.push(Fault::MatrixPlaces { matrix, places: points.len(), first });
    }
    let (mut low, mut high) = ((0, f64::MAX, f64::MAX), (0, f64::MIN, f64::MIN));
    for (place, &(x, y)) in points.iter().enumerate() {
        if !x.is_finite() || !y.is_finite() {
            faults.push(Fault::NotANumber { matrix, place });
            return;
        }
        if x < low.1 {
            low.0 = place;
        }
        if x > high.1 {
            high.0 = place;
        }
        low = (low.0, low.1.min(x), low.2.min(y));
        high = (high.0, high.1.max(x), high.2.max(y));
    }
    let longest = rounding.seconds((high.1 - low.1).hypot(high.2 - low.2));
    if points.len() > 1 && i64::from(longest) > LIMITS.length {
        faults.push(Fault::TravelTooLong { matrix, from: low.0, to: high.0, seconds: longest });
    }
}

fn row(spec: &StopSpec) -> StopRow {
    StopRow {
        place: spec.place,
        service: spec.service,
        open: spec.window.0,
        close: spec.windows().last().unwrap_or(spec.window).1,
        per_minute: match spec.lateness {
            Lateness::Hard => None,
            Lateness::Priced { per_minute } => Some(per_minute),
        },
        penalty: Cost::units(spec.unserved_penalty),
        only: spec.only_vehicle,
    }
}

/// The id of the piece that was added last; beyond the range of ids there is no problem, `build` sees to that.
fn dense(count: usize) -> u32 {
    u32::try_from(count - 1).unwrap_or(u32::MAX)
}
