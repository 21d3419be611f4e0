//! A problem in JSON that has everything, its faults, and its solution files.

use super::super::*;
use super::{JSON, parse};
use crate::{Battery, Break, Emissions, Halt, Reloads, Shipment, Solution, StopId, Stopover};

/// Every field that [`JSON`] leaves out.
pub(super) const WIDE: &str = r#"{
  "name": "wide",
  "dimensions": 1,
  "matrices": [
    {"seconds": [[0, 60, 60], [60, 0, 30], [60, 30, 0]],
     "metres": [[0, 700, null], [700, 0, 300], [700, 300, 0]]},
    {"points": {"at": [[0, 0], [3, 4], [6, 8]], "rounding": "round"}},
    {"timed": {"breaks": [0, 3600], "shapes": [[65536, 70000]], "seconds": [[0, 9, 9], [9, 0, null], [9, 9, 0]],
     "shape": [[0, 0, 0], [0, 0, 0], [0, 0, 0]]}, "metres": [[0, 1, 2], [3, 0, 4], [5, 6, 0]]}
  ],
  "vehicles": [
    {"start": 0, "end": 0, "shift": [0, 3600], "capacity": [5], "long_day": {"after": 60, "cost_per_hour": 5},
     "kind": 1, "cost_per_km": 50, "max_duration": 3000, "max_distance": 9000, "aboard": [1],
     "reloads": {"places": [0, 2], "service": 90, "most": 2},
     "breaks": [{"window": [600, 900], "duration": 300}, {"window": [1200, 1800], "duration": 60}],
     "battery": {"range": 8000, "at_start": 5000, "stations": [2], "seconds_per_km": 40},
     "emissions": {"grams_per_km": 150, "grams_per_tonne_km": 20, "weight": 0, "cost_per_kg": 12}},
    {"matrix": 2, "start": 0, "end": 0, "shift": [0, 3600], "capacity": [5], "under_way": true,
     "battery": {"range": 8000}, "emissions": {"grams_per_km": 150}}
  ],
  "stops": [
    {"place": 1, "window": [0, 600], "demand": [2], "unserved_penalty": 100,
     "more_windows": [[900, 1200], [1500, 1800]], "pickup": [1], "release": 30, "service_by_kind": [60, 90]},
    {"place": 2, "window": [0, 600], "demand": [2], "unserved_penalty": 100},
    {"place": 1, "window": [0, 600], "demand": [0], "unserved_penalty": 100},
    {"place": 2, "window": [0, 600], "demand": [0], "unserved_penalty": 100, "not_vehicles": [1]}
  ],
  "shipments": [
    {"pickup": 2, "delivery": 3, "amount": [4]}
  ],
  "alternatives": [
    [1, 0]
  ],
  "together": [
    [2, 3]
  ],
  "apart": [
    [0, 2],
    [1, 3]
  ]
}"#;

#[test]
fn json_says_everything_that_a_problem_has() {
    let problem = parse(WIDE).unwrap().problem;
    let [van, bare] = &problem.vehicles[..] else { panic!("two vehicles") };
    assert_eq!(
        (van.kind, van.cost_per_km, van.max_duration, van.max_distance),
        (1, 50, Some(3000), Some(9000))
    );
    assert_eq!(van.aboard, [1]);
    assert_eq!(van.reloads, Some(Reloads { places: vec![0, 2], service: 90, most: 2 }));
    let breaks = [((600, 900), 300), ((1200, 1800), 60)];
    assert_eq!(van.breaks, breaks.map(|(window, duration)| Break { window, duration }));
    let battery = Battery { range: 8000, at_start: 5000, stations: vec![2], seconds_per_km: 40 };
    assert_eq!(van.battery, Some(battery.clone()));
    let green = Emissions { grams_per_km: 150, grams_per_tonne_km: 20, weight: Some(0), cost_per_kg: 12 };
    assert_eq!(van.emissions, Some(green));
    let full = Battery { at_start: 8000, stations: vec![], seconds_per_km: 0, ..battery };
    assert_eq!(bare.battery, Some(full), "it is full unless it is said otherwise");
    let grams = Emissions { grams_per_tonne_km: 0, weight: None, cost_per_kg: 0, ..green };
    assert_eq!(bare.emissions, Some(grams));
    let stop = &problem.stops[0];
    assert_eq!(stop.more_windows, [(900, 1200), (1500, 1800)]);
    assert_eq!(
        (&stop.pickup[..], stop.release, &stop.service_by_kind[..]),
        (&[1][..], Some(30), &[60, 90][..])
    );
    let [first, second, third, fourth] = [0, 1, 2, 3].map(StopId);
    let relations = problem.relations();
    assert_eq!(relations.shipments(), [Shipment { pickup: third, delivery: fourth, amount: vec![4] }]);
    assert_eq!(relations.alternatives(), [[second, first]]);
    assert_eq!(relations.together(), [[third, fourth]]);
    assert_eq!(relations.apart(), [[first, third], [second, fourth]]);
    let metres = |matrix, from, to| problem.travel_metres(matrix, from, to);
    assert_eq!((metres(van.matrix, 0, 1), metres(van.matrix, 0, 2)), (Some(700), None));
    assert_eq!(metres(bare.matrix, 2, 0), Some(5));
}

#[test]
fn what_is_not_said_is_not_written() {
    let problem = parse(JSON).unwrap().problem;
    let written = json::write("a", &problem).unwrap();
    for field in ["kind", "cost_per_km", "breaks", "battery", "more_windows", "metres", "shipments", "apart"]
    {
        assert!(!written.contains(field), "{field} in {written}");
    }
}

#[test]
fn each_fault_of_the_wider_json_has_its_line() {
    let fault = |from: &str, to: &str| parse(&WIDE.replacen(from, to, 1)).unwrap_err();
    for (from, to, said) in [
        (
            "[700, 0, 300]",
            "[700, 0]",
            "tiny:5: matrix 0: row 1 of its metres has 2 numbers where 3 rows need 3",
        ),
        ("[[0, 1, 2], [3, 0, 4], [5, 6, 0]]", "[[7]]", "tiny:8: metres are given for matrix 2, 1 of them"),
        ("700, null", "10000000, 3", "tiny:5: matrix 0: 10000000 m from place 0 to place 1 is farther"),
        ("\"points\"", "\"seconds\": [], \"points\"", "tiny:7: matrix 1: give it one of seconds, points and"),
        (
            "{\"points\": {\"at\": [[0, 0], [3, 4], [6, 8]], \"rounding\": \"round\"}}",
            "{}",
            "tiny:7: matrix 1: give",
        ),
        ("\"matrix\": 2", "\"matrix\": 1", "tiny:18: vehicle 1: a battery needs metres for matrix 1"),
        ("[900, 1200]", "[600, 1200]", "tiny:22: stop 0: a window begins at 600"),
        ("\"amount\": [4]", "\"amount\": [-4]", "tiny:29: shipment 0: the amount is -4"),
        ("[1, 0]", "[1, 9]", "tiny:32: alternatives 0: stop 9 does not exist"),
        ("[2, 3]\n", "[2, 2]\n", "tiny:35: group together 0: stop 2 is named twice"),
        ("[1, 3]", "[1, 3, 1]", "tiny:39: group apart 1: stop 1 is named twice"),
        ("\"under_way\"", "\"skills\": [64], \"under_way\"", "tiny:18: vehicle 1: skill 64: there are 64"),
        (
            "\"not_vehicles\"",
            "\"only_vehicles\": [0], \"not_vehicles\"",
            "tiny:26: stop 3: it has only_vehicles",
        ),
        ("\"most\": 2", "\"mots\": 2", "tiny:14: unknown field `mots`"),
    ] {
        let found = fault(from, to);
        assert!(found.starts_with(said), "{found} should be {said}");
    }
}

#[test]
fn what_a_vehicle_does_on_the_way_is_in_its_solution_file() {
    let instance = parse(WIDE).unwrap();
    let halts = [(0, Halt::Charge(0)), (1, Halt::Break(1)), (1, Halt::Reload(0)), (3, Halt::Break(0))];
    let solution = Solution {
        routes: vec![Vec::new(), vec![StopId(0), StopId(2), StopId(3)]],
        unserved: Vec::new(),
        stopovers: vec![Vec::new(), halts.map(|(before, what)| Stopover { before, what }).to_vec()],
    };
    let written = "Route #1:\nRoute #2: charge#1 1 break#2 reload#1 3 4 break#1\nCost 2.00\n";
    assert_eq!(write_solution(&instance, &solution, 2.0), written);

    let first = |text: &str| text.replace("#2: ", "#1: ").replace("Route #1:\n", "");
    let read = read_solution("a.sol", first(written).as_bytes(), &instance).unwrap();
    assert_eq!((&read.routes[0], &read.unserved), (&solution.routes[1], &solution.unserved));
    assert_eq!(
        read.stopovers,
        [solution.stopovers[1].clone()],
        "the second stop is the first one's alternative"
    );
    let late = Stopover { before: 99, what: Halt::Charge(0) };
    let beyond = Solution { stopovers: vec![vec![late]], ..read };
    assert!(write_solution(&instance, &beyond, 0.0).starts_with("Route #1: 1 3 4 charge#1\n"));
}

#[test]
fn of_alternatives_that_no_route_has_the_first_is_left_out() {
    let instance = parse(WIDE).unwrap();
    let left_out = |text: &str| read_solution("a.sol", text.as_bytes(), &instance).unwrap().unserved;
    assert_eq!(left_out("Route #1: 3 4"), [StopId(1)]);
    assert_eq!(left_out("Route #1: 1"), [StopId(2), StopId(3)]);
    assert_eq!(left_out("Route #1: 2"), [StopId(2), StopId(3)]);
}

#[test]
fn what_no_vehicle_does_is_a_fault_of_the_solution_file() {
    let instance = parse(WIDE).unwrap();
    let fault = |text: &str| read_solution("a.sol", text.as_bytes(), &instance).unwrap_err().to_string();
    for word in ["break#3", "reload#3", "charge#2"] {
        assert_eq!(
            fault(&format!("Route #1: 1 {word}")),
            format!("a.sol:1: `{word}` is nothing that this vehicle has")
        );
    }
    assert!(fault("Route #2: break#1").ends_with("nothing that this vehicle has"));
    for word in ["break#0", "break#", "pause#1", "break"] {
        assert_eq!(
            fault(&format!("Route #1: {word}")),
            format!("a.sol:1: `{word}` is no customer; they are numbered 1 to 4")
        );
    }
}

#[test]
fn a_plot_goes_where_vehicles_reload_and_charge() {
    let mut instance = parse(WIDE).unwrap();
    instance.places = vec![(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)];
    let solution = read_solution("a.sol", b"Route #1: 1 break#1 reload#2 3 charge#1", &instance).unwrap();
    let tours: Vec<Vec<usize>> = instance.tours(&solution).into_iter().map(|(_, tour)| tour).collect();
    assert_eq!(tours, [[0, 1, 2, 1, 2, 0]]);
}
