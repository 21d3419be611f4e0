//! What a vehicle does from its start to its end, one thing after the other, with the ways between and how long it stays.

use super::Report;
use super::violation::Violation;
use crate::model::{Break, Halt, Problem, StopId, StopSpec, Stopover, VehicleId, VehicleSpec};

/// The longest that charging is taken to last, in seconds, so that clocks stay within the integers.
const LONGEST_CHARGE: i64 = 1_000_000_000_000;

/// One thing that a vehicle does.
pub(super) struct Step<'a> {
    pub(super) action: Action<'a>,
    /// The places between which it drives for that. The first break before a place has the way there.
    pub(super) leg: Option<(usize, usize)>,
    /// How far that is, as far as it is known.
    pub(super) metres: i64,
    /// Seconds that it takes there.
    pub(super) stay: i64,
}

/// What is done.
#[derive(Clone, Copy)]
pub(super) enum Action<'a> {
    Serve(StopId, &'a StopSpec),
    /// The break of that index.
    Break(usize, Break),
    Reload,
    Charge,
    End,
}

/// The steps of a vehicle, and how many metres it drives beyond its range.
pub(super) struct Steps<'a> {
    pub(super) all: Vec<Step<'a>>,
    pub(super) beyond_range: i64,
}

/// Puts a route and its stopovers in one order, and names the stopovers that cannot be.
pub(super) fn steps<'a>(
    problem: &'a Problem,
    vehicle: VehicleId,
    spec: &'a VehicleSpec,
    route: &[StopId],
    stopovers: &[Stopover],
    report: &mut Report,
) -> Steps<'a> {
    let mut between: Vec<Vec<(Action<'a>, Option<usize>, i64)>> = vec![Vec::new(); route.len() + 1];
    for &stopover in stopovers {
        match (between.get_mut(stopover.before), halt(spec, stopover.what)) {
            (Some(before), Some(halt)) => before.push(halt),
            _ => report.violations.push(Violation::UnknownStopover { vehicle, stopover }),
        }
    }
    let stops = route.iter().map(|&stop| {
        let visit = problem.stop(stop)?;
        let own = visit.service_by_kind.get(spec.kind);
        Some((Action::Serve(stop, visit), Some(visit.place), own.copied().unwrap_or(visit.service)))
    });
    let end = Some((Action::End, spec.end, 0));
    let mut all: Vec<Step<'a>> = Vec::new();
    let (mut here, mut on_way) = (spec.start, None);
    for (before, last) in between.into_iter().zip(stops.chain(std::iter::once(end))) {
        for (action, place, stay) in before.into_iter().chain(last) {
            let index = all.len();
            all.push(Step { action, leg: None, metres: 0, stay });
            let Some(place) = place else {
                on_way.get_or_insert(index);
                continue;
            };
            let driven = &mut all[on_way.take().unwrap_or(index)];
            driven.leg = Some((here, place));
            driven.metres = problem.travel_metres(spec.matrix, here, place).unwrap_or(0);
            here = place;
        }
    }
    let beyond_range = charge(spec, &mut all);
    Steps { all, beyond_range }
}

/// A stopover with its place, if it has one, and how long it takes; none if the vehicle does not have it.
fn halt<'a>(spec: &VehicleSpec, what: Halt) -> Option<(Action<'a>, Option<usize>, i64)> {
    match what {
        Halt::Break(index) => {
            let pause = *spec.breaks.get(index)?;
            Some((Action::Break(index, pause), None, pause.duration))
        }
        Halt::Reload(index) => {
            let reloads = spec.reloads.as_ref()?;
            Some((Action::Reload, Some(*reloads.places.get(index)?), reloads.service))
        }
        Halt::Charge(index) => Some((Action::Charge, Some(*spec.battery.as_ref()?.stations.get(index)?), 0)),
    }
}

/// Follows the battery: says how long each charge takes, and returns the metres that are driven without any.
fn charge(spec: &VehicleSpec, steps: &mut [Step]) -> i64 {
    let Some(battery) = &spec.battery else { return 0 };
    let (mut left, mut beyond) = (battery.at_start, 0);
    for step in steps {
        left -= step.metres;
        match step.action {
            Action::Charge => {
                beyond += (-left).max(0);
                let missing = i128::from((battery.range - left).max(0));
                let thousandths = missing * i128::from(battery.seconds_per_km);
                step.stay = i64::try_from((thousandths + 999) / 1000).unwrap_or(i64::MAX).min(LONGEST_CHARGE);
                left = battery.range;
            }
            Action::End => beyond += (-left).max(0),
            _ => {}
        }
    }
    beyond
}
