//! When a vehicle leaves, halts, serves and ends.

use super::*;
use crate::model::{Break, Reloads};
use crate::{LongDay, TimedMatrix};

fn pausing(breaks: &[((i64, i64), i64)]) -> VehicleSpec {
    let breaks = breaks.iter().map(|&(window, duration)| Break { window, duration }).collect();
    VehicleSpec { breaks, ..samples::vehicle() }
}

fn loading(place: usize) -> VehicleSpec {
    let reloads = Some(Reloads { places: vec![place], service: 3, most: 1 });
    VehicleSpec { reloads, ..samples::vehicle() }
}

fn opens(place: usize, window: (i64, i64)) -> StopSpec {
    StopSpec { window, ..stop(place) }
}

fn alone(spec: VehicleSpec, stops: Vec<StopSpec>, stopovers: &[(usize, Halt)]) -> Report {
    super::alone(samples::road(), spec, stops, stopovers)
}

const PAUSE: Halt = Halt::Break(0);

#[test]
fn a_break_on_the_way_within_its_window_takes_its_time() {
    let report = alone(pausing(&[((10, 20), 5)]), vec![stop(50)], &[(0, PAUSE)]);
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.breaks, report.waiting), (105, 100, 5, 0));
}

#[test]
fn who_arrives_before_a_break_waits_for_its_window() {
    // Leaves the stop at 50, would be back at 100, waits until 120 and is done at 125.
    let report = alone(pausing(&[((120, 130), 5)]), vec![stop(50)], &[(1, PAUSE)]);
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.breaks, report.waiting), (125, 5, 20));
}

#[test]
fn a_break_is_late_by_how_long_after_its_window_the_vehicle_sets_out() {
    let report = alone(pausing(&[((10, 20), 5)]), vec![stop(50)], &[(1, PAUSE)]);
    assert_eq!(report.violations, [Violation::BreakLate { vehicle: FIRST, which: 0, seconds: 30 }]);
    assert_eq!((report.duration, report.score().excess), (105, 30));
}

#[test]
fn of_several_breaks_before_a_place_the_first_has_the_way() {
    // The first from 58 to 63, the second from 63 to 70.
    let breaks = [((10, 20), 5), ((50, 60), 7)];
    let report = alone(pausing(&breaks), vec![stop(58)], &[(0, PAUSE), (0, Halt::Break(1))]);
    assert_eq!(report.violations, [Violation::BreakLate { vehicle: FIRST, which: 1, seconds: 3 }]);
    assert_eq!((report.duration, report.driving, report.breaks), (58 + 12 + 58, 116, 12));
    // The other way round the second waits for nothing, and the first begins 65 - 20 after its window.
    let turned = alone(pausing(&breaks), vec![stop(58)], &[(0, Halt::Break(1)), (0, PAUSE)]);
    assert_eq!(turned.violations, [Violation::BreakLate { vehicle: FIRST, which: 0, seconds: 45 }]);
}

#[test]
fn stopovers_come_by_their_stops_however_they_are_given() {
    let breaks = [((10, 20), 5), ((50, 60), 7)];
    let report = alone(pausing(&breaks), vec![stop(50)], &[(1, Halt::Break(1)), (0, PAUSE)]);
    assert_eq!(report.violations, []);
}

#[test]
fn a_break_is_owed_by_who_is_out_when_its_window_closes() {
    let out = |window, stop| alone(pausing(&[(window, 5)]), vec![stop], &[]).violations;
    let missing = [Violation::BreakMissing { vehicle: FIRST, which: 0 }];
    assert_eq!(out((40, 60), stop(50)), missing);
    assert_eq!(out((40, 99), stop(50)), missing);
    assert_eq!(out((40, 100), stop(50)), []);
    // Leaves at 150 for a window that opens at 200.
    assert_eq!(out((40, 150), opens(50, (200, 300))), []);
    assert_eq!(out((40, 151), opens(50, (200, 300))), missing);
}

#[test]
fn a_break_that_is_taken_twice_is_one_too_many() {
    let twice = Violation::BreakTwice { vehicle: FIRST, which: 0 };
    let report = alone(pausing(&[((0, 90), 5)]), vec![stop(20)], &[(0, PAUSE), (1, PAUSE), (1, PAUSE)]);
    assert_eq!(report.violations, [twice, twice]);
    assert_eq!((report.breaks, report.score().excess), (15, 2 * BROKEN));
}

#[test]
fn a_break_at_the_end_of_a_route_that_ends_at_its_last_stop_is_taken_there() {
    let spec = VehicleSpec { end: None, ..pausing(&[((55, 60), 5)]) };
    let report = alone(spec, vec![stop(50)], &[(1, PAUSE)]);
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.waiting), (60, 50, 5));
}

#[test]
fn who_would_wait_for_a_break_before_the_first_stop_leaves_later() {
    let report = alone(pausing(&[((70, 80), 5)]), vec![stop(50)], &[(0, PAUSE)]);
    assert_eq!((report.duration, report.waiting), (105, 0));
    // For the window of the first stop too, but not so late that the break would begin after its own.
    let late = alone(pausing(&[((0, 100), 5)]), vec![opens(50, (500, 600))], &[(0, PAUSE)]);
    assert_eq!(late.violations, []);
    assert_eq!((late.duration, late.waiting), (450, 345));
    // A break that is late already begins no later for it.
    let spec = VehicleSpec { shift: (130, 100_000), ..pausing(&[((0, 100), 5)]) };
    let too_late = alone(spec, vec![opens(50, (500, 600))], &[(0, PAUSE)]);
    assert_eq!(too_late.violations, [Violation::BreakLate { vehicle: FIRST, which: 0, seconds: 30 }]);
    assert_eq!(too_late.duration, 550 - 130);
}

#[test]
fn a_reload_waits_for_the_goods_of_the_trip_that_begins() {
    // At 10, back at 20, loaded at 23, leaves at 100, there at 120.
    let released = StopSpec { release: Some(100), ..stop(20) };
    let report = alone(loading(0), vec![stop(10), released.clone()], &[(1, Halt::Reload(0))]);
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.loading, report.waiting), (140, 60, 3, 77));
    assert_eq!(report.reloads, 1);
    // Without the reload all of it waits for the goods.
    let at_once = alone(loading(0), vec![stop(10), released.clone()], &[]);
    assert_eq!((at_once.duration, at_once.waiting), (40, 0));
    // Who reloads before the first stop leaves as late as that lets him: at 97.
    let before = alone(loading(0), vec![released], &[(0, Halt::Reload(0))]);
    assert_eq!((before.duration, before.waiting), (43, 0));
}

#[test]
fn a_vehicle_leaves_with_the_last_goods_of_its_first_trip() {
    let stops = vec![opens(10, (0, 35)), StopSpec { release: Some(30), ..stop(20) }];
    let report = alone(samples::vehicle(), stops, &[]);
    assert_eq!(report.violations, [Violation::Window { vehicle: FIRST, stop: StopId(0), seconds: 5 }]);
    assert_eq!(report.duration, 40);
}

#[test]
fn one_that_is_under_way_has_aboard_what_it_left_with_and_loads_what_is_released_later() {
    let spec = VehicleSpec { under_way: true, shift: (50, 100_000), ..loading(5) };
    let late = StopSpec { release: Some(80), ..stop(10) };
    let report = alone(spec.clone(), vec![stop(20), late.clone()], &[]);
    assert_eq!(report.violations, [Violation::NotAboard { vehicle: FIRST, stop: StopId(1) }]);
    // Still at the depot, it takes along what is there when it leaves.
    let here = |release| {
        let spec = VehicleSpec { at_depot: true, ..spec.clone() };
        let released = StopSpec { release: Some(release), ..stop(10) };
        alone(spec, vec![stop(20), released], &[]).violations
    };
    assert_eq!((here(50), here(51).len()), (vec![], 1));
    // At 70 at the stop, at 85 where it loads until 88, there at 93 and back at 103.
    let report = alone(spec.clone(), vec![stop(20), late.clone()], &[(1, Halt::Reload(0))]);
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.waiting), (53, 50, 0));
    // With nothing to deliver it loads from 55 to 58 and waits for the goods until 80.
    let report = alone(spec, vec![late], &[(0, Halt::Reload(0))]);
    assert_eq!((report.violations.len(), report.duration, report.waiting), (0, 45, 22));
}

#[test]
fn who_comes_between_two_windows_waits_for_the_next() {
    let mut several = opens(20, (0, 10));
    several.more_windows = vec![(40, 60), (90, 95)];
    let first = alone(samples::vehicle(), vec![several.clone()], &[]);
    assert_eq!((first.duration, first.waiting), (40, 0));
    let behind = |service| {
        let earlier = StopSpec { service, ..opens(50, (50, 50)) };
        let report = alone(samples::vehicle(), vec![earlier, several.clone()], &[]);
        (report.waiting, report.late, report.violations)
    };
    assert_eq!(behind(1), (9, 0, vec![]));
    assert_eq!(behind(12), (0, 0, vec![]));
    // At 100, which is 5 after the end of the last one.
    let late = Violation::Window { vehicle: FIRST, stop: StopId(1), seconds: 5 };
    assert_eq!(behind(20), (0, 5, vec![late]));
}

#[test]
fn lateness_is_paid_from_the_end_of_the_last_window() {
    let mut priced = opens(20, (0, 10));
    (priced.more_windows, priced.lateness) = (vec![(12, 15)], Lateness::Priced { per_minute: 60 });
    let report = alone(samples::vehicle(), vec![priced], &[]);
    assert_eq!((report.late, report.late_stops), (5, 1));
    assert_eq!(report.cost, Cost::units(40 + 5));
}

#[test]
fn service_takes_what_it_takes_that_kind_of_vehicle() {
    let service = |kind| {
        let slow = StopSpec { service: 3, service_by_kind: vec![5, 9], ..stop(10) };
        alone(VehicleSpec { kind, ..samples::vehicle() }, vec![slow], &[]).service
    };
    assert_eq!([0, 1, 2].map(service), [5, 9, 3]);
}

/// At 10, at 20 from 80 on, back at 100.
fn longest(most: i64, first: StopSpec, spec: VehicleSpec, stopovers: &[(usize, Halt)]) -> Report {
    let spec = VehicleSpec { max_duration: Some(most), ..spec };
    alone(spec, vec![first, opens(20, (80, 90))], stopovers)
}

#[test]
fn a_route_that_is_too_long_leaves_later_by_what_is_too_much() {
    let enough = longest(100, opens(10, (0, 100)), samples::vehicle(), &[]);
    assert_eq!((enough.duration, enough.waiting, enough.violations), (100, 60, vec![]));
    let report = longest(60, opens(10, (0, 100)), samples::vehicle(), &[]);
    assert_eq!((report.duration, report.waiting, report.violations), (60, 20, vec![]));
    // At 60 it would not wait any more, and later it would end later.
    let most = longest(10, opens(10, (0, 100)), samples::vehicle(), &[]);
    assert_eq!(most.violations, [Violation::Duration { vehicle: FIRST, seconds: 30 }]);
    assert_eq!((most.duration, most.score().excess), (40, 30));
}

#[test]
fn a_route_that_is_too_long_leaves_no_later_than_its_windows_let_it() {
    let over = |report: &Report, seconds| {
        assert_eq!(report.violations, [Violation::Duration { vehicle: FIRST, seconds }]);
    };
    over(&longest(60, opens(10, (0, 30)), samples::vehicle(), &[]), 20);
    // The second of two windows lets it.
    let mut second = opens(10, (0, 10));
    second.more_windows = vec![(40, 60)];
    let report = longest(60, second, samples::vehicle(), &[]);
    assert_eq!((report.duration, report.violations), (60, vec![]));
    // A break that would begin after its window.
    over(&longest(60, opens(10, (0, 100)), pausing(&[((0, 15), 0)]), &[(0, PAUSE)]), 25);
    // A stop that is late already is not served later.
    let late = StopSpec { lateness: Lateness::Priced { per_minute: 60 }, ..opens(10, (0, 5)) };
    let report = longest(60, late, samples::vehicle(), &[]);
    over(&report, 40);
    assert_eq!(report.late, 5);
    // One that is under way is out already.
    over(&longest(60, opens(10, (0, 100)), VehicleSpec { under_way: true, ..samples::vehicle() }, &[]), 40);
}

#[test]
fn what_follows_from_a_later_departure_is_computed_anew() {
    let long_day = Some(LongDay { after: 50, cost_per_hour: 7200 });
    let spec = VehicleSpec { long_day, ..pausing(&[((20, 30), 5)]) };
    // Owed when it leaves at 0, not when it leaves at 40; and the long day is 10 s and not 50.
    let report = longest(60, opens(10, (0, 100)), spec, &[]);
    assert_eq!(report.violations, []);
    assert_eq!(report.cost, Cost::units(60 + 2 * 10));
}

/// Two places, 100 s apart times a factor that changes from the first moment to the last.
fn timed(moments: Vec<i64>, factors: Vec<u32>) -> ProblemBuilder {
    let mut builder = ProblemBuilder::new(1);
    let times = TimedMatrix {
        seconds: vec![0, 100, 100, 0],
        shape: vec![0; 4],
        breaks: moments,
        shapes: vec![factors],
    };
    builder.timed_matrix(2, times);
    builder
}

#[test]
fn a_way_with_a_break_takes_what_it_takes_who_leaves_then_without_it() {
    // From 101 on everything takes twice as long.
    let town = timed(vec![100, 101], vec![65_536, 131_072]);
    let spec = VehicleSpec { shift: (90, 100_000), under_way: true, ..pausing(&[((150, 200), 30)]) };
    let report = super::alone(town, spec, vec![stop(1)], &[(0, PAUSE)]);
    // There at 190, on until 220, back at 420.
    assert_eq!(report.violations, []);
    assert_eq!((report.duration, report.driving, report.breaks, report.waiting), (330, 300, 30, 0));
}

#[test]
fn who_would_wait_leaves_by_the_times_that_he_will_find() {
    // Twice as long at 0, half of that again at 1000: who leaves at t needs 200 - t / 10.
    let town = || timed(vec![0, 1000], vec![131_072, 65_536]);
    let report = super::alone(town(), samples::vehicle(), vec![opens(1, (550, 600))], &[]);
    // Leaves at 389 and needs 161; back in 145.
    assert_eq!((report.waiting, report.violations), (0, vec![]));
    assert_eq!((report.duration, report.driving), (161 + 145, 161 + 145));
    // Who does not wait leaves at once, although leaving at 5 is arriving at 204 too.
    let spec = VehicleSpec { shift: (4, 100_000), ..samples::vehicle() };
    let at_once = super::alone(town(), spec, vec![opens(1, (0, 600))], &[]);
    assert_eq!((at_once.duration, at_once.driving), (200 + 180, 200 + 180));
}
