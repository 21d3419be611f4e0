//! A driver's whole day, lived in a moment.

use super::*;
use crate::scenario::{Size, drivers::Habits};
use crate::shares::Phones;
use crate::testing::{StraightStreets, ordinary, stop_at, workday};
use crate::truth::Truth;
use crate::world::mishaps::Mishaps;
use chrono::Duration;
use serde_json::Value;
use uuid::Uuid;
use wire::driver::Report;
use wire::roster::PlannedBreak;

fn world() -> (Arc<World>, VanTruth) {
    world_told_to(Truth::default())
}

fn world_told_to(file: Truth) -> (Arc<World>, VanTruth) {
    let size = Size { vans: 3, orders: 10, late_orders: 0, first_order: 1 };
    let scenario = ordinary(1, size, 100);
    let (world, vans) = World::of(&scenario, Arc::new(StraightStreets), file);
    let truth = VanTruth {
        mishaps: Mishaps::default(),
        habits: Habits::default(),
        ..vans.into_iter().next().unwrap()
    };
    (Arc::new(world), truth)
}

/// A phone without faults.
fn phone_of(world: &World, label: &str) -> Phone {
    let sound = Phones { dead_zones: 0.0, blind: 0.0, worn: 0.0, wrong_clock: 0.0, far_off_clock: 0.0 };
    Phone::new(world.draws(), 0, label, "token".into(), 10.0, &sound, Arc::default())
}

fn route(truth: &VanTruth, stops: impl IntoIterator<Item = u32>) -> DriverRoute {
    let near = |number: u32| LatLon {
        lat: truth.bay.lat + 0.004 * f64::from(number % 5),
        lon: truth.bay.lon + 0.005 * f64::from(number % 7 + 1),
    };
    DriverRoute {
        route: RouteId(Uuid::from_u128(77)),
        revision: 1,
        planned_start: workday().after(Duration::minutes(15)),
        hub: Point { lat: truth.bay.lat, lon: truth.bay.lon },
        stops: stops.into_iter().map(|number| stop_at(number, near(number))).collect(),
        breaks: vec![],
        reload_before: None,
        closures: vec![],
    }
}

fn day(truth: VanTruth, world: Arc<World>, stops: u32, step: Duration) -> Vec<Report> {
    let (opens, day) = (workday().after(Duration::zero()), workday());
    let mut phone = phone_of(&world, &truth.label);
    let route = route(&truth, 0..stops);
    let mut driver = Driver::new(world, truth, opens);
    driver.hear(route, &mut phone);
    let mut now = opens;
    while now < day.after(Duration::hours(14)) {
        now += step;
        driver.live_until(now, &mut phone);
    }
    assert!(driver.is_idle());
    phone.queued_reports()
}

fn kinds(reports: &[Report]) -> String {
    reports
        .iter()
        .map(|report| match report.what {
            Deed::Departed { .. } => 'D',
            Deed::Arrived { .. } => 'a',
            Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. } => 'e',
            Deed::OffRoad { .. } => 'X',
            Deed::Recovered => 'R',
            Deed::Reloaded { .. } => 'L',
            Deed::Returned { .. } => 'H',
        })
        .collect()
}

#[test]
fn a_day_is_departure_every_stop_in_order_and_return() {
    let (world, truth) = world();
    let reports = day(truth, world, 8, Duration::seconds(10));
    assert_eq!(kinds(&reports), format!("D{}H", "ae".repeat(8)));
    assert!(reports.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let ids: HashSet<_> = reports.iter().map(|report| report.id).collect();
    assert_eq!(ids.len(), reports.len());
}

#[test]
fn a_break_is_taken_once_at_the_first_door_after_its_earliest_beginning() {
    let (world, truth) = world();
    let mut phone = phone_of(&world, &truth.label);
    let mut route = route(&truth, 0..8);
    let earliest = stop_at(0, truth.bay).window_from + Duration::minutes(5);
    route.breaks = vec![PlannedBreak { earliest, latest: earliest + Duration::hours(1), minutes: 45 }];
    let mut driver = Driver::new(world, truth, workday().after(Duration::zero()));
    for minute in 0..14 * 60 {
        driver.hear(route.clone(), &mut phone);
        driver.live_until(workday().after(Duration::minutes(minute)), &mut phone);
    }
    let reports = phone.queued_reports();
    assert_eq!(kinds(&reports), format!("D{}H", "ae".repeat(8)));
    let ends = |report: &Report| {
        matches!(report.what, Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. })
    };
    let gaps: Vec<_> = reports
        .windows(2)
        .filter(|pair| ends(&pair[0]) && pair[1].at - pair[0].at >= Duration::minutes(45))
        .map(|pair| pair[0].at)
        .collect();
    let first = reports.iter().find(|report| ends(report) && report.at >= earliest).unwrap().at;
    assert_eq!(gaps, [first]);
}

#[test]
fn the_day_is_the_same_however_often_somebody_looks() {
    let looks = [1, 10, 137, 3_600, 100_000].map(|step| {
        let (world, truth) = world();
        day(truth, world, 12, Duration::seconds(step))
    });
    assert!(looks.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn nobody_is_served_before_the_window_opens() {
    let (world, truth) = world();
    let opens = stop_at(0, truth.bay).window_from;
    let reports = day(truth, world, 5, Duration::minutes(1));
    let first_end = reports
        .iter()
        .find(|report| {
            matches!(report.what, Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. })
        })
        .unwrap();
    assert!(first_end.at > opens);
}

#[test]
fn a_breakdown_stops_the_drive_and_the_drive_goes_on_after_it() {
    let (world, mut truth) = world();
    let lasts = Duration::minutes(40);
    truth.mishaps.breakdown = Some(Breakdown { after: 0.5, into: 0.5, lasts, reason: "Flat tyre" });
    let reports = day(truth, world, 4, Duration::seconds(30));
    assert!(kinds(&reports).starts_with("DaeaeXRae"), "{}", kinds(&reports));
    assert_eq!(kinds(&reports).matches("XR").count(), 1);
    assert_eq!(kinds(&reports).replace("XR", ""), format!("D{}H", "ae".repeat(4)));
    let at = |is: fn(&Deed) -> bool| reports.iter().find(|report| is(&report.what)).unwrap().at;
    assert_eq!(
        at(|d| matches!(d, Deed::Recovered)) - at(|d| matches!(d, Deed::OffRoad { .. })),
        Duration::minutes(40)
    );
}

#[test]
fn who_does_not_start_leaves_later() {
    let (world, mut truth) = world();
    truth.mishaps.no_start = Some(NoStart { lasts: Duration::minutes(100), reason: "Will not start" });
    let whole = day(truth.clone(), world.clone(), 4, Duration::seconds(30));
    assert_eq!(kinds(&whole), format!("XRD{}H", "ae".repeat(4)));
    assert_eq!(whole[2].at - whole[0].at, Duration::minutes(100));
}

#[test]
fn who_is_asked_to_comes_by_the_hub_once_and_loads() {
    let (world, truth) = world();
    let mut phone = phone_of(&world, &truth.label);
    let mut asked = route(&truth, [0, 1, 2, 3]);
    let bay = truth.bay;
    let mut driver = Driver::new(world, truth, workday().after(Duration::zero()));
    driver.hear(asked.clone(), &mut phone);
    let departed = driver.next_change().unwrap();
    driver.live_until(departed + Duration::seconds(5), &mut phone);
    asked.reload_before = Some(asked.stops[2].stop);
    driver.hear(asked.clone(), &mut phone);
    for hours in 1..14 {
        driver.live_until(departed + Duration::hours(hours), &mut phone);
        driver.hear(asked.clone(), &mut phone);
    }
    let reports = phone.queued_reports();
    assert_eq!(kinds(&reports), "DaeaeLaeaeH");
    assert!(driver.spot(driver.lived_to).at.metres_to(bay) < 1.0);
}

#[test]
fn when_the_shift_is_over_the_rest_has_no_time() {
    let (world, mut truth) = world();
    truth.gives_up = vec![stop_at(0, truth.bay).window_from];
    let reports = day(truth, world, 30, Duration::seconds(30));
    let no_time = reports
        .iter()
        .filter(|report| matches!(report.what, Deed::Failed { outcome: Outcome::FailedNoTime, .. }));
    assert!(no_time.count() > 10);
    assert!(kinds(&reports).ends_with('H'));
}

#[test]
fn a_stop_that_is_taken_away_is_not_visited_and_a_new_one_is() {
    let (world, truth) = world();
    let mut phone = phone_of(&world, &truth.label);
    let (first, second) = (route(&truth, [0, 1, 2]), route(&truth, [5, 1]));
    let mut driver = Driver::new(world, truth, workday().after(Duration::zero()));
    driver.hear(first, &mut phone);
    let departed = driver.next_change().unwrap();
    driver.live_until(departed + Duration::seconds(5), &mut phone);
    let before = driver.spot(driver.lived_to).at;
    driver.hear(second, &mut phone);
    assert!(driver.spot(driver.lived_to).at.metres_to(before) < 1.0, "turning around is no jump");
    driver.live_until(workday().after(Duration::hours(10)), &mut phone);
    let visited: Vec<_> = phone
        .queued_reports()
        .into_iter()
        .filter_map(|report| match report.what {
            Deed::Arrived { stop } => Some(stop.0.as_u128() - 1),
            _ => None,
        })
        .collect();
    assert_eq!(visited, [5, 1]);
}

#[test]
fn the_truth_file_holds_the_whole_day_and_its_parts_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth/day.jsonl");
    let (world, mut truth) = world_told_to(Truth::to(&file).unwrap());
    let lasts = Duration::minutes(25);
    truth.mishaps = Mishaps {
        breakdown: Some(Breakdown { after: 0.3, into: 0.4, lasts, reason: "Flat tyre" }),
        no_start: Some(NoStart { lasts, reason: "Will not start" }),
        late_start: None,
        lull: Some(Lull { after: 0.6, lasts, forgets: true }),
    };
    let reports = day(truth, world, 8, Duration::seconds(30));

    let text = std::fs::read_to_string(&file).unwrap();
    let facts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| facts.iter().filter(|fact| fact["fact"] == kind).collect::<Vec<_>>();
    let time = |fact: &Value, name: &str| fact[name].as_str().unwrap().parse::<Instant>().unwrap();
    let (out, back) = (time(of("departed")[0], "at"), time(of("returned")[0], "at"));
    assert_eq!(of("departed")[0]["stops"], 8);
    for mishap in ["breakdown", "silence"] {
        let from = time(of(mishap)[0], "from");
        assert!(out < from && from < back, "{mishap} falls on a van that is out");
        assert_eq!(time(of(mishap)[0], "until") - from, lasts);
    }
    assert_eq!(time(of("no_start")[0], "until") - time(of("no_start")[0], "from"), lasts);

    let stops = of("stop");
    let reported = |kind: fn(&Deed) -> bool| {
        reports.iter().filter(|report| kind(&report.what)).map(|report| report.at).collect::<Vec<_>>()
    };
    assert_eq!(
        stops.iter().map(|stop| time(stop, "tapped")).collect::<Vec<_>>(),
        reported(|deed| matches!(deed, Deed::Arrived { .. }))
    );
    assert_eq!(
        stops.iter().map(|stop| time(stop, "ended")).collect::<Vec<_>>(),
        reported(|deed| matches!(
            deed,
            Deed::Delivered { .. } | Deed::Collected { .. } | Deed::Failed { .. }
        ))
    );
    for stop in stops {
        let s = |name: &str| stop[name].as_f64().unwrap();
        let way =
            ["turned_s", "back_s", "drive_s", "stood_s", "search_s", "walk_s"].map(s).iter().sum::<f64>();
        let on_the_way = (time(stop, "arrived") - time(stop, "set_off")).as_seconds_f64();
        assert!((on_the_way - way).abs() < 0.1, "{stop}");
        let at_the_door = (time(stop, "ended") - time(stop, "arrived")).as_seconds_f64();
        assert!((at_the_door - s("waited_s") - s("at_door_s")).abs() < 0.1, "{stop}");
        let walked = (time(stop, "arrived") - time(stop, "parked")).as_seconds_f64();
        assert!((walked - s("walk_s")).abs() < 0.1, "{stop}");
    }
}

#[test]
fn orders_for_one_door_are_one_visit_for_which_the_driver_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("day.jsonl");
    let (world, truth) = world_told_to(Truth::to(&file).unwrap());
    let mut route = route(&truth, 0..4);
    let door = LatLon { lat: truth.bay.lat + 0.01, lon: truth.bay.lon + 0.01 };
    let shared = [1, 2, 3].map(|number| stop_at(number, door));
    route.stops.splice(1..4, shared);
    let mut phone = phone_of(&world, &truth.label);
    let mut driver = Driver::new(world, truth, workday().after(Duration::zero()));
    driver.hear(route, &mut phone);
    driver.live_until(workday().after(Duration::hours(14)), &mut phone);
    assert_eq!(kinds(&phone.queued_reports()), "DaeaeaeaeH");

    let text = std::fs::read_to_string(&file).unwrap();
    let facts = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let stops: Vec<_> = facts.filter(|fact| fact["fact"] == "stop").collect();
    let visit = &stops[1..];
    let seconds = |stop: &Value, name: &str| stop[name].as_f64().unwrap();
    assert!(seconds(&visit[0], "drive_s") > 60.0);
    for (before, further) in visit.iter().zip(&visit[1..]) {
        assert_eq!(further["arrived"], visit[0]["arrived"]);
        assert!(["back_s", "drive_s", "search_s", "walk_s"].iter().all(|part| seconds(further, part) < 1e-9));
        let usual = seconds(&visit[0], "usual_at_door_s");
        assert!(seconds(further, "usual_at_door_s") < 0.5 * usual);
        assert!(seconds(further, "waited_s") >= seconds(before, "at_door_s"));
    }
}

#[test]
fn a_disk_that_is_full_ends_the_truth_file_and_not_the_day() {
    let (world, truth) = world_told_to(Truth::to(std::path::Path::new("/dev/full")).unwrap());
    let reports = day(truth, world, 3, Duration::seconds(30));
    assert_eq!(kinds(&reports), format!("D{}H", "ae".repeat(3)));
}

fn day_with(habits: Habits, stops: u32) -> (Vec<Report>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth.jsonl");
    let (world, truth) = world_told_to(Truth::to(&file).unwrap());
    let reports = day(VanTruth { habits, ..truth }, world, stops, Duration::minutes(1));
    let text = std::fs::read_to_string(&file).unwrap();
    (reports, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn of<'a>(facts: &'a [Value], what: &str) -> Vec<&'a Value> {
    facts.iter().filter(|fact| fact["fact"] == what).collect()
}

#[test]
fn an_arrival_that_is_forgotten_is_nowhere_but_in_the_truth() {
    let (reports, facts) = day_with(Habits { skips_arrival: 1.0, ..Habits::default() }, 6);
    assert_eq!(kinds(&reports), format!("D{}H", "e".repeat(6)));
    let stops = of(&facts, "stop");
    assert!(
        stops.len() == 6 && stops.iter().all(|stop| stop["tapped"].is_null() && stop["arrived"].is_string())
    );
}

#[test]
fn who_taps_later_taps_at_the_next_door_and_at_the_hub_at_the_latest() {
    let (reports, facts) = day_with(Habits { taps_later: 1.0, ..Habits::default() }, 6);
    assert_eq!(kinds(&reports), format!("D{}H", "ae".repeat(6)));
    assert!(reports.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let late = of(&facts, "late_tap");
    assert_eq!(late.len(), 6);
    assert!(late.iter().all(|tap| tap["tapped"].as_str() > tap["ended"].as_str()));
    let (both, _) = day_with(Habits { taps_later: 1.0, skips_arrival: 1.0, ..Habits::default() }, 6);
    assert_eq!(kinds(&both), format!("D{}H", "e".repeat(6)), "all in one go");
    assert_eq!(both[1].at, both.last().unwrap().at);
}

#[test]
fn who_takes_nearer_doors_first_serves_all_of_them_in_another_order() {
    let (reports, facts) = day_with(Habits { own_order: 1.0, ..Habits::default() }, 12);
    assert_eq!(kinds(&reports), format!("D{}H", "ae".repeat(12)));
    let served = |reports: &[Report]| -> Vec<StopId> {
        let arrived = |report: &Report| match report.what {
            Deed::Arrived { stop } => Some(stop),
            _ => None,
        };
        reports.iter().filter_map(arrived).collect()
    };
    let own = served(&reports);
    let planned = served(&day_with(Habits::default(), 12).0);
    assert_ne!(own, planned);
    assert_eq!(own.iter().collect::<HashSet<_>>(), planned.iter().collect::<HashSet<_>>());
    assert!(!of(&facts, "out_of_order").is_empty());
}
