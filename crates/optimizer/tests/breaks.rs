//! Breaks that leave hardly any room, each as it was met: a search must find the plan that keeps them on every seed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use optimizer::check::check;
use optimizer::{Break, MatrixId, ProblemBuilder, Settings, StopRule, StopSpec, VehicleSpec, solve};

/// A van with these breaks whose hours cost 1,000 each, among so many places that lie all as far from each other.
fn van(places: usize, far: u32, shift: (i64, i64), breaks: Vec<Break>) -> ProblemBuilder {
    let mut builder = ProblemBuilder::new(0);
    let ways = (0..places * places).map(|way| if way % (places + 1) == 0 { 0 } else { far }).collect();
    let matrix: MatrixId = builder.matrix(places, ways);
    builder.vehicle(VehicleSpec { matrix, shift, cost_per_hour: 1000, breaks, ..VehicleSpec::default() });
    builder
}

fn stop(place: usize, window: (i64, i64), service: i64) -> StopSpec {
    StopSpec { place, window, service, unserved_penalty: 1_000_000, ..StopSpec::default() }
}

/// That everybody is served at that cost in parts, from twenty seeds.
fn always_costs(builder: ProblemBuilder, parts: i64) {
    let problem = builder.build().unwrap();
    for seed in 1..=20 {
        let stop = StopRule { iterations: Some(200), ..StopRule::default() };
        let found = solve(&problem, &stop, &Settings { seed, ..Settings::default() }).solution;
        let report = check(&problem, &found);
        assert_eq!((&report.violations[..], &found.unserved[..]), (&[][..], &[][..]), "seed {seed}");
        assert_eq!(report.cost.in_parts(), parts, "seed {seed}: {found:?}");
    }
}

#[test]
fn two_stops_that_fit_only_before_a_break_that_ends_with_the_shift() {
    let mut builder = van(3, 0, (30_000, 60_000), vec![Break { window: (43_000, 43_000), duration: 17_000 }]);
    builder.stop(stop(1, (29_000, 43_000), 5700));
    builder.stop(stop(2, (36_000, 50_000), 6000));
    always_costs(builder, 12_000 * 1000);
}

#[test]
fn a_stop_that_fits_only_behind_a_break_at_the_beginning_of_the_shift() {
    let mut builder = van(3, 0, (0, 30_000), vec![Break { window: (0, 0), duration: 17_000 }]);
    builder.stop(stop(1, (16_000, 17_000), 5000));
    builder.stop(stop(2, (16_000, 22_000), 5000));
    always_costs(builder, 10_000 * 1000);
}

#[test]
fn stops_on_either_side_of_a_break_that_leaves_no_second() {
    let mut builder = van(3, 100, (0, 10_000), vec![Break { window: (1200, 1200), duration: 1000 }]);
    builder.stop(stop(1, (100, 100), 1000));
    builder.stop(stop(2, (2200, 2200), 1000));
    always_costs(builder, (1000 + 1000 + 1000 + 300 - 100 + 100) * 1000);
}
