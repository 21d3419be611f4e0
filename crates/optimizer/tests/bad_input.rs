//! What the day brings that no plan can mend: the answer is the best plan there is, the rest of it without harm, and what
//! is in the way is named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use optimizer::check::{Report, Violation, check};
use optimizer::{
    Battery, Break, ChangePrices, Lateness, MatrixId, Obstacle, Problem, ProblemBuilder, Settings, Shipment,
    Solution, StopId, StopRule, StopSpec, VehicleId, VehicleSpec, examine, replan, solve,
};

/// How many places there are along the road; they are a minute and a kilometre apart, and the hub is at its beginning.
const PLACES: usize = 21;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

struct Road {
    builder: ProblemBuilder,
    matrix: MatrixId,
}

impl Road {
    fn new() -> Self {
        let mut builder = ProblemBuilder::new(1);
        let far = |each: u32| -> Vec<u32> {
            (0..PLACES * PLACES).map(|cell| each * (cell / PLACES).abs_diff(cell % PLACES) as u32).collect()
        };
        let matrix = builder.matrix(PLACES, far(60));
        builder.metres(matrix, far(1000));
        Self { builder, matrix }
    }

    /// A van at the hub with room for ten parcels, whose shift is an hour.
    fn van(&self) -> VehicleSpec {
        VehicleSpec {
            matrix: self.matrix,
            shift: (0, HOUR),
            capacity: vec![10],
            cost_per_hour: 3600,
            ..VehicleSpec::default()
        }
    }

    fn build(self) -> Problem {
        self.builder.build().unwrap()
    }
}

/// A parcel for somebody at any time of the day.
fn parcel(place: usize) -> StopSpec {
    StopSpec { place, demand: vec![1], unserved_penalty: 100_000, ..StopSpec::default() }
}

fn bound(place: usize, vehicle: VehicleId) -> StopSpec {
    StopSpec { only_vehicle: Some(vehicle), ..parcel(place) }
}

fn plan(routes: &[&[StopId]]) -> Solution {
    Solution { routes: routes.iter().map(|route| route.to_vec()).collect(), ..Solution::default() }
}

/// The answer to a plan that is in force, which is no worse than that; nor are those of a replan.
fn answer(problem: &Problem, given: &Solution) -> (Solution, Report) {
    let stop = StopRule { iterations: Some(1500), ..StopRule::default() };
    let untouched = check(problem, given).score();
    let settings = Settings { start: Some(given), ..Settings::default() };
    let outcome = solve(problem, &stop, &settings);
    let report = check(problem, &outcome.solution);
    assert!(report.score() <= untouched);
    let anew = solve(problem, &stop, &Settings::default());
    assert_eq!(anew.score, report.score(), "who begins with nothing comes to the same");
    for answer in replan(problem, given, ChangePrices { moved: 50, order: 10 }, &stop, &Settings::default()) {
        assert_eq!(answer.report.score().excess, report.score().excess, "{:?}", answer.freedom);
    }
    (outcome.solution, report)
}

/// What stands in the way of the stop in the route of that vehicle.
fn obstacles(problem: &Problem, plan: &Solution, stop: StopId, vehicle: VehicleId) -> Vec<Obstacle> {
    let examination = examine(problem, plan, usize::MAX);
    let unserved = examination.unserved.iter().find(|unserved| unserved.stop == stop).unwrap();
    unserved.ways.iter().find(|way| way.vehicle == vehicle).unwrap().obstacles.clone()
}

#[test]
fn more_locked_stops_than_a_shift_can_hold_leave_out_what_does_not_fit() {
    let mut road = Road::new();
    let van = road.builder.vehicle(VehicleSpec { shift: (0, 600), ..road.van() });
    let other = road.builder.vehicle(road.van());
    let slow = |place| StopSpec { service: 200, ..bound(place, van) };
    let locked: Vec<StopId> = (0..5).map(|_| road.builder.stop(slow(1))).collect();
    let free = road.builder.stop(parcel(9));
    let problem = road.build();
    let given = plan(&[&locked, &[free]]);
    assert_eq!(check(&problem, &given).violations, [Violation::Shift { vehicle: van, seconds: 520 }]);
    let (found, report) = answer(&problem, &given);
    assert_eq!(report.violations, []);
    assert_eq!((found.routes[0].len(), &found.routes[1][..]), (2, &[free][..]));
    assert_eq!(found.unserved.len(), 3);
    for &stop in &found.unserved {
        assert_eq!(obstacles(&problem, &found, stop, van), [Obstacle::Shift { seconds: 120 }]);
        assert!(obstacles(&problem, &found, stop, other).contains(&Obstacle::Bound { to: van }));
    }
}

#[test]
fn a_break_that_fits_nowhere_leaves_out_the_stop_that_is_in_its_way() {
    let mut road = Road::new();
    let breaks = vec![Break { window: (500, 600), duration: 300 }];
    let van = road.builder.vehicle(VehicleSpec { under_way: true, breaks, ..road.van() });
    let long = StopSpec { window: (0, 700), service: 2000, ..bound(2, van) };
    let long = road.builder.stop(long);
    let short = road.builder.stop(bound(3, van));
    let problem = road.build();
    let given = plan(&[&[long, short]]);
    assert_eq!(
        check(&problem, &given).violations,
        [Violation::BreakMissing { vehicle: van, which: 0 }],
        "nobody has said when it is to be taken"
    );
    let (found, report) = answer(&problem, &given);
    assert_eq!((&report.violations[..], &found.routes[0][..]), (&[][..], &[short][..]));
    assert_eq!((report.breaks, &found.unserved[..]), (0, &[long][..]), "it is home before it owes the break");
    // Before the stop the break makes it late, behind it the break itself is.
    let with = |before| Solution {
        stopovers: vec![vec![optimizer::Stopover { before, what: optimizer::Halt::Break(0) }]],
        ..plan(&[&[long, short]])
    };
    assert_eq!(
        check(&problem, &with(0)).violations,
        [Violation::Window { vehicle: van, stop: long, seconds: 100 }]
    );
    assert_eq!(
        check(&problem, &with(1)).violations,
        [Violation::BreakLate { vehicle: van, which: 0, seconds: 1520 }]
    );
}

#[test]
fn a_break_that_no_shift_has_time_for_is_taken_all_the_same_and_does_no_other_harm() {
    let mut road = Road::new();
    let breaks = vec![Break { window: (60, 120), duration: 1000 }];
    let out = VehicleSpec { start: 10, shift: (0, 500), under_way: true, breaks, ..road.van() };
    let out = road.builder.vehicle(out);
    let other = road.builder.vehicle(road.van());
    let on_the_way = road.builder.stop(bound(5, out));
    let elsewhere = road.builder.stop(bound(12, other));
    let problem = road.build();
    let (found, report) = answer(&problem, &plan(&[&[on_the_way], &[elsewhere]]));
    assert_eq!(report.violations, [Violation::Shift { vehicle: out, seconds: 1100 }]);
    assert_eq!(found.routes, [[on_the_way], [elsewhere]], "it comes by there anyway");
    assert_eq!((&found.unserved[..], report.breaks), (&[][..], 1000));
}

#[test]
fn a_shipment_whose_ends_are_bound_to_different_vehicles_stays_where_it_is() {
    let mut road = Road::new();
    let [one, two] = [0, 1].map(|_| road.builder.vehicle(road.van()));
    let pickup = road.builder.stop(bound(3, one));
    let delivery = road.builder.stop(bound(5, two));
    let (first, second) = (road.builder.stop(bound(4, one)), road.builder.stop(bound(6, two)));
    road.builder.shipment(Shipment { pickup, delivery, amount: vec![1] });
    let problem = road.build();
    let given = plan(&[&[pickup, first], &[delivery, second]]);
    assert_eq!(check(&problem, &given).violations, [Violation::Shipment { shipment: 0 }]);
    let (found, report) = answer(&problem, &given);
    assert_eq!((report.violations, found.unserved.clone()), (vec![], vec![pickup, delivery]));
    assert_eq!(found.routes, [[first], [second]]);
    assert_eq!(obstacles(&problem, &found, pickup, two), [Obstacle::Bound { to: one }]);
    assert_eq!(obstacles(&problem, &found, delivery, one), [Obstacle::Bound { to: two }]);
}

#[test]
fn a_station_that_is_out_of_range_leaves_what_is_near() {
    let mut road = Road::new();
    let battery = |at_start| Battery { range: 20_000, at_start, stations: vec![8], seconds_per_km: 10 };
    let van = road.builder.vehicle(VehicleSpec { battery: Some(battery(5000)), ..road.van() });
    let (near, far) = (road.builder.stop(parcel(2)), road.builder.stop(parcel(7)));
    let problem = road.build();
    let given = plan(&[&[near, far]]);
    assert_eq!(check(&problem, &given).violations, [Violation::Range { vehicle: van, metres: 9000 }]);
    let (found, report) = answer(&problem, &given);
    assert_eq!((report.violations, found.routes, found.unserved), (vec![], vec![vec![near]], vec![far]));
}

#[test]
fn who_cannot_get_home_on_its_battery_still_serves_what_lies_on_the_way() {
    let mut road = Road::new();
    let battery = Battery { range: 20_000, at_start: 3000, stations: vec![20], seconds_per_km: 10 };
    let out = VehicleSpec { start: 10, under_way: true, battery: Some(battery), ..road.van() };
    let out = road.builder.vehicle(out);
    let (near, passed, behind) = (
        road.builder.stop(bound(8, out)),
        road.builder.stop(bound(2, out)),
        road.builder.stop(bound(11, out)),
    );
    let problem = road.build();
    let given = plan(&[&[near, passed, behind]]);
    let (found, report) = answer(&problem, &given);
    assert_eq!(report.violations, [Violation::Range { vehicle: out, metres: 7000 }]);
    assert_eq!((&found.routes[0][..], &found.unserved[..]), (&[near, passed][..], &[behind][..]));
}

#[test]
fn a_van_that_is_too_full_already_still_serves_what_takes_no_room() {
    let mut road = Road::new();
    let out = VehicleSpec { start: 6, under_way: true, aboard: vec![12], ..road.van() };
    let out = road.builder.vehicle(out);
    road.builder.vehicle(road.van());
    let letter = StopSpec { demand: vec![0], ..bound(5, out) };
    let letter = road.builder.stop(letter);
    let locked = road.builder.stop(bound(4, out));
    let free = road.builder.stop(parcel(3));
    let problem = road.build();
    let given = plan(&[&[letter, locked, free], &[]]);
    assert_eq!(
        check(&problem, &given).violations,
        [Violation::Capacity { vehicle: out, dimension: 0, over: 4 }]
    );
    let (found, report) = answer(&problem, &given);
    assert_eq!(report.violations, [Violation::Capacity { vehicle: out, dimension: 0, over: 2 }]);
    assert_eq!((&found.routes[0][..], &found.routes[1][..]), (&[letter][..], &[free][..]));
    assert_eq!(found.unserved, [locked]);
    let needs = obstacles(&problem, &found, locked, out);
    assert_eq!(needs, [Obstacle::Room { dimension: 0, over: 3 }]);
}

#[test]
fn bound_stops_that_are_too_many_for_a_van_are_served_as_far_as_it_holds_them() {
    let mut road = Road::new();
    let van = road.builder.vehicle(VehicleSpec { capacity: vec![2], ..road.van() });
    let locked: Vec<StopId> = (1..=4).map(|place| road.builder.stop(bound(place, van))).collect();
    let problem = road.build();
    let given = plan(&[&locked]);
    assert_eq!(
        check(&problem, &given).violations,
        [Violation::Capacity { vehicle: van, dimension: 0, over: 2 }]
    );
    let (mut found, report) = answer(&problem, &given);
    // There and back it is as far either way round.
    found.routes[0].sort_unstable();
    assert_eq!((&report.violations[..], &found.routes[0][..]), (&[][..], &locked[..2]));
    for &stop in &locked[2..] {
        assert_eq!(obstacles(&problem, &found, stop, van), [Obstacle::Room { dimension: 0, over: 1 }]);
    }
}

/// A van that is out at eleven minutes past, with a window that closed at five past, and another stop.
fn behind_time(lateness: Lateness) -> (Problem, VehicleId, [StopId; 2]) {
    let mut road = Road::new();
    let shift = (11 * MINUTE, HOUR);
    let out = VehicleSpec { start: 6, under_way: true, shift, ..road.van() };
    let out = road.builder.vehicle(out);
    let missed = StopSpec { window: (0, 5 * MINUTE), lateness, ..bound(5, out) };
    let stops = [missed, bound(4, out)].map(|stop| road.builder.stop(stop));
    (road.build(), out, stops)
}

#[test]
fn a_window_that_was_missed_before_the_plan_began_costs_that_stop_and_no_other() {
    let (problem, out, [missed, next]) = behind_time(Lateness::Hard);
    let late = 7 * MINUTE;
    let given = plan(&[&[missed, next]]);
    assert_eq!(
        check(&problem, &given).violations,
        [Violation::Window { vehicle: out, stop: missed, seconds: late }]
    );
    let (found, report) = answer(&problem, &given);
    assert_eq!((&report.violations[..], &found.routes[0][..]), (&[][..], &[next][..]));
    let stands = obstacles(&problem, &found, missed, out);
    assert_eq!(stands, [Obstacle::Window { seconds: late }]);
}

#[test]
fn a_missed_window_whose_lateness_has_a_price_is_served_as_soon_as_can_be() {
    let (problem, _, [missed, next]) = behind_time(Lateness::Priced { per_minute: 30 });
    let (found, report) = answer(&problem, &plan(&[&[next, missed]]));
    assert_eq!((report.violations, report.late), (vec![], 7 * MINUTE));
    assert_eq!(found.routes, [[missed, next]]);
}
