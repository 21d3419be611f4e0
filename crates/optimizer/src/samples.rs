//! Tiny problems for unit tests: places on a line, one second apart. Not for anything that runs.

use crate::{Lateness, ProblemBuilder, StopSpec, VehicleSpec};

/// How many places the line has; place 0 is the hub.
pub(crate) const PLACES: usize = 101;

/// A line with one vehicle and a stop at each of these places.
pub(crate) fn line(places: &[usize]) -> ProblemBuilder {
    let mut builder = road();
    builder.vehicle(vehicle());
    for &place in places {
        builder.stop(stop(place));
    }
    builder
}

/// A line with nothing on it.
pub(crate) fn road() -> ProblemBuilder {
    let mut builder = ProblemBuilder::new(1);
    let cells = (0..PLACES).flat_map(|from| (0..PLACES).map(move |to| from.abs_diff(to) as u32)).collect();
    let matrix = builder.matrix(PLACES, cells);
    assert_eq!(matrix, vehicle().matrix);
    builder
}

/// A vehicle at the hub, the whole day, with room for a hundred, at 3600 an hour: a second costs one.
pub(crate) fn vehicle() -> VehicleSpec {
    VehicleSpec {
        matrix: crate::MatrixId(0),
        start: 0,
        end: Some(0),
        shift: (0, 100_000),
        overtime: Lateness::Hard,
        capacity: vec![100],
        fixed_cost: 0,
        cost_per_hour: 3600,
        cost_per_driving_hour: 0,
        long_day: None,
        under_way: false,
        ..VehicleSpec::default()
    }
}

/// A stop at any time, of one piece, that takes no time.
pub(crate) fn stop(place: usize) -> StopSpec {
    StopSpec {
        place,
        service: 0,
        window: (0, 100_000),
        lateness: Lateness::Hard,
        demand: vec![1],
        only_vehicle: None,
        unserved_penalty: 1_000_000,
        ..StopSpec::default()
    }
}
