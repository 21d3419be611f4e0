//! Small files in every form, sound and broken.

mod bytes;
mod rich;
mod wide;

use proptest::prelude::*;

use super::*;
use crate::check::check;
use crate::{Problem, Solution, StopId};
use wide::WIDE;

const USUAL: Convention = Convention { rounding: None, objective: Objective::Distance };

pub(super) const SOLOMON: &str = "tiny

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME
    0      0       0       0      0          100      0
    1      3       4       6      0          50       10
    2      -3      4       6      20         60       10
";

pub(super) const VRPLIB: &str = "NAME : tiny
TYPE : VRPTW
DIMENSION : 3
VEHICLES : 2
CAPACITY : 10
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 5 7
6 0 9
8 4 0
DEMAND_SECTION
1 0
2 6
3 4
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1 0
2 10
3 10
TIME_WINDOW_SECTION
1 0 100
2 0 50
3 20 60
EOF
";

pub(super) const PLANE: &str = "NAME: tiny\nTYPE: CVRP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nCAPACITY: 10
NODE_COORD_SECTION\n1 0 0\n2 1 1\n3 2 2\nDEMAND_SECTION\n1 0\n2 5\n3 5\nDEPOT_SECTION\n1 -1\nEOF\n";

pub(super) const JSON: &str = r#"{
  "name": "tiny",
  "dimensions": 1,
  "matrices": [{"seconds": [[0, 60, null], [60, 0, 30], [90, 30, 0]]}],
  "vehicles": [
    {"start": 0, "end": 0, "shift": [0, 3600], "capacity": [5], "cost_per_hour": 60},
    {"start": 0, "end": null, "shift": [0, 3600], "capacity": [5], "overtime_per_minute": 2, "skills": [0, 63]}
  ],
  "stops": [
    {"place": 1, "window": [0, 600], "demand": [2], "unserved_penalty": 100, "kept": {"vehicle": 0, "moved_price": 7, "order_price": 3}},
    {"place": 2, "window": [0, 600], "demand": [2], "unserved_penalty": 100, "late_per_minute": 1,
     "only_vehicle": 1, "needs": [63], "only_vehicles": [1]}
  ]
}"#;

pub(super) fn parse(text: &str) -> Result<Instance, String> {
    parse_with(text, USUAL)
}

fn parse_with(text: &str, convention: Convention) -> Result<Instance, String> {
    parse_instance("tiny", text.as_bytes(), convention).map_err(|bad| bad.to_string())
}

/// What the plan of that solution file costs in that instance, and whether it keeps all rules.
fn judged(instance: &Instance, sol: &str) -> (String, bool) {
    let solution = read_solution("tiny.sol", sol.as_bytes(), instance).unwrap();
    let report = check(&instance.problem, &solution);
    (instance.cost_text(instance.cost(&solution, &report)), report.is_feasible())
}

#[test]
fn solomon_is_read_in_tenths() {
    let instance = parse(SOLOMON).unwrap();
    assert_eq!((instance.name.as_str(), instance.places.len()), ("tiny", 3));
    assert_eq!(judged(&instance, "Route #1: 1\nRoute #2: 2\nCost 20.0\n"), ("20.0".to_owned(), true));
    let (cost, feasible) = judged(&instance, "Route #1: 1 2");
    assert_eq!((cost.as_str(), feasible), ("16.0", false), "the two do not fit into one vehicle");
    let stop = instance.problem.stop(StopId(1)).unwrap();
    assert_eq!((stop.window, stop.service), ((200, 600), 100));
}

#[test]
fn conventions_differ_in_what_a_distance_is() {
    let plane = "NAME: a\nTYPE: CVRP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nCAPACITY: 1\nNODE_COORD_SECTION
        1 0 0\n2 1 1\nDEMAND_SECTION\n1 0\n2 1\n";
    let cost = |rounding| {
        let instance = parse_with(plane, Convention { rounding, ..USUAL }).unwrap();
        judged(&instance, "Route #1: 1").0
    };
    assert_eq!(cost(None), "2");
    assert_eq!(cost(Some(Rounding::Dimacs)), "2.8");
    assert_eq!(cost(Some(Rounding::Exact)), "2.828");
    assert_eq!(cost(Some(Rounding::Double)), "2.828427");
}

#[test]
fn vrplib_with_a_matrix_is_taken_as_given_in_each_direction() {
    let instance = parse(VRPLIB).unwrap();
    assert_eq!(judged(&instance, "Route 1 : 1 2\n"), ("22".to_owned(), true));
    assert_eq!(judged(&instance, "Route #1: 2 1\n"), ("17".to_owned(), true));
    assert!(instance.places.is_empty());
}

#[test]
fn service_times_may_be_one_for_all_and_a_route_may_have_a_longest_length() {
    let limited = PLANE.replace("CAPACITY: 10", "CAPACITY: 10\nDISTANCE: 10\nSERVICE_TIME: 3");
    let instance = parse(&limited).unwrap();
    assert!(!judged(&instance, "Route #1: 1 2").1, "1 + 3 + 1 + 3 + 3 is more than 10");
    assert!(judged(&instance, "Route #1: 1\nRoute #2: 2").1);
    let windows = VRPLIB.replace("CAPACITY", "DISTANCE : 50\nCAPACITY");
    assert!(parse(&windows).unwrap_err().contains("tiny:5: a longest route together with time windows"));
}

#[test]
fn as_many_vehicles_as_customers_where_the_file_names_none() {
    let instance = parse(PLANE).unwrap();
    assert_eq!(instance.problem.vehicle_ids().len(), 2);
    assert_eq!(judged(&instance, "Route #1: 1 2"), ("5".to_owned(), true));
}

#[test]
fn vehicles_first_prices_a_vehicle_above_any_way() {
    let plan = |sol: &str| {
        let instance = parse_with(PLANE, Convention { objective: Objective::Vehicles, ..USUAL }).unwrap();
        let solution = read_solution("tiny.sol", sol.as_bytes(), &instance).unwrap();
        check(&instance.problem, &solution).cost
    };
    assert!(plan("Route #1: 2 1") < plan("Route #1: 1\nRoute #2: 2"));
    assert!(plan("Route #1: 1\nRoute #2: 2") < plan("Route #1: 1"), "to leave one out is worse still");
}

#[test]
fn each_fault_of_solomons_form_has_its_line() {
    let fault = |from: &str, to: &str| parse(&SOLOMON.replacen(from, to, 1)).unwrap_err();
    assert!(fault("0          50 ", "70         50 ").starts_with("tiny:10: the window ends at 50, before"));
    assert!(fault("6      0 ", "-6     0 ").starts_with("tiny:10: a demand of -6; write a whole number"));
    assert!(fault("  2         10", "  0         10").starts_with("tiny:5: a fleet of 0 vehicles"));
    assert!(fault("  2         10", "  2.5       x").starts_with("tiny:5: `x` is not a number"));
    assert!(
        fault("    2      -3", "    7      -3").starts_with("tiny:11: customer 7 stands where 2 belongs")
    );
    assert!(
        fault("20         60       10", "").starts_with("tiny:11: `2      -3      4       6` is too short")
    );
    assert!(fault("3       4 ", "3e9     4 ").contains("is the most; use smaller units"));
    assert!(
        fault("0      0          100", "4      0          100").starts_with("tiny:9: the depot has a demand")
    );
    let cut = &SOLOMON[..SOLOMON.find("CUSTOMER").unwrap()];
    assert!(parse(cut).unwrap_err().starts_with("tiny: the depot is missing"));
}

#[test]
fn each_fault_of_vrplib_has_its_line() {
    let fault = |from: &str, to: &str| parse(&VRPLIB.replacen(from, to, 1)).unwrap_err();
    assert!(fault("VRPTW", "DARP").starts_with("tiny:2: TYPE DARP is not solved here"));
    let pairs = fault("DEPOT_SECTION", "PICKUP_AND_DELIVERY_SECTION\n2\nDEPOT_SECTION");
    assert!(pairs.starts_with("tiny:16: PICKUP_AND_DELIVERY_SECTION is not solved here"), "{pairs}");
    assert!(fault("DIMENSION : 3", "DIMENSION : x").starts_with("tiny:3: DIMENSION is `x`; write a whole"));
    assert!(fault("DIMENSION : 3\n", "").starts_with("tiny: DIMENSION is missing"));
    assert!(fault("CAPACITY : 10\n", "").starts_with("tiny: CAPACITY is missing"));
    assert!(
        fault("CAPACITY : 10\n", "CAPACITY : 10\nCAPACITY : 9\n").starts_with("tiny:6: CAPACITY is given")
    );
    assert!(fault("6 0 9", "6 0 -9").starts_with("tiny:10: `-9` is no travel time"));
    assert!(fault("6 0 9", "6 0").starts_with("tiny:11: EDGE_WEIGHT_SECTION has 8 numbers"));
    assert!(fault("3 4\n", "9 4\n").starts_with("tiny:15: DEMAND_SECTION speaks of node 9"));
    assert!(fault("3 4\n", "2 4\n").starts_with("tiny:15: DEMAND_SECTION gives node 2 twice"));
    assert!(fault("3 4\n", "").starts_with("tiny: DEMAND_SECTION has 2 lines"));
    assert!(fault("1\n-1", "2\n-1").starts_with("tiny:17: a depot is node `2`"));
    assert!(fault("1\n-1", "1\n3\n-1").starts_with("tiny:18: a depot is node `3`; number the nodes so that"));
    assert!(fault("1\n-1", "1\n2\n-1").starts_with("tiny:14: the depot has a demand"));
    assert!(fault("FULL_MATRIX", "CIRCLE").starts_with("tiny:7: EDGE_WEIGHT_FORMAT CIRCLE is not known"));
    assert!(fault("EXPLICIT", "GEO").starts_with("tiny:6: EDGE_WEIGHT_TYPE GEO is not known"));
    assert!(fault("EXPLICIT", "EUC_2D").starts_with("tiny:6: EUC_2D needs coordinates"));
    assert!(parse("hello").unwrap_err().starts_with("tiny: is neither Solomon's form, nor VRPLIB"));
    assert!(parse("").unwrap_err().starts_with("tiny: is neither"));
}

#[test]
fn what_a_file_says_twice_or_in_the_wrong_place_is_not_passed_over() {
    for (from, to, fault) in [
        ("DEPOT_SECTION\n1 -1", "DEPOT_SECTION : 2\n1 -1", "behind the section's name"),
        ("NODE_COORD_SECTION", "DISPLAY_DATA_SECTION", "EUC_2D needs coordinates"),
        ("DEMAND_SECTION", "EDGE_WEIGHT_SECTION\n0 1 1\nDEMAND_SECTION", "say two things"),
        (
            "DEPOT_SECTION",
            "SERVICE_TIME_SECTION\n1 0\n2 1\n3 1\nSERVICE_TIME: 5\nDEPOT_SECTION",
            "say two things",
        ),
    ] {
        let text = PLANE.replacen(from, to, 1);
        let said = parse(&text).expect_err(&text);
        assert!(said.contains(fault), "{said} should say {fault}");
    }
    assert!(parse(&PLANE.replacen("TYPE", "COMMENT: a\nCOMMENT: b\nTYPE", 1)).is_ok());
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_their_lines() {
    let text = SOLOMON.replace("0          50", "70         50").replace("20         60", "80         60");
    let said = parse(&text).unwrap_err();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("tiny:10:") && lines[1].starts_with("tiny:11:"), "{said}");
}

#[test]
fn a_file_without_customers_is_an_empty_problem() {
    let cut = &SOLOMON[..SOLOMON.find("    1      3").unwrap()];
    let instance = parse(cut).unwrap();
    assert_eq!(instance.problem.stop_ids().len(), 0);
    assert_eq!(judged(&instance, ""), ("0.0".to_owned(), true));
}

#[test]
fn json_is_read_with_its_own_prices() {
    let instance = parse(JSON).unwrap();
    assert_eq!((instance.problem.vehicle_ids().len(), instance.problem.capacity_dims()), (2, 1));
    assert_eq!(judged(&instance, "Route #1: 1\nRoute #2:\n"), ("102.00".to_owned(), true));
    let (_, feasible) = judged(&instance, "Route #1: 2\nRoute #2: 1\n");
    assert!(!feasible, "the second stop is the second vehicle's, and no way leads to it from the hub");
}

#[test]
fn json_written_and_read_again_is_the_same_problem() {
    for text in [JSON, WIDE, PLANE, SOLOMON] {
        let first = parse(text).unwrap();
        let written = json::write(&first.name, &first.problem).unwrap();
        let second = parse(&written).unwrap();
        assert_eq!(json::write(&second.name, &second.problem).unwrap(), written);
        let (first, second) = (first.problem, second.problem);
        assert_eq!((&first.vehicles, &first.stops), (&second.vehicles, &second.stops));
        assert_eq!((&first.metres, first.relations()), (&second.metres, second.relations()));
        assert_eq!((first.places, first.capacity_dims()), (second.places, second.capacity_dims()));
        let ways = |problem: &Problem| -> Vec<Option<i64>> {
            let pairs = (0..problem.places).flat_map(|from| (0..problem.places).map(move |to| (from, to)));
            let all =
                problem.vehicles.iter().flat_map(|vehicle| pairs.clone().map(move |pair| (vehicle, pair)));
            all.map(|(vehicle, (from, to))| problem.travel_seconds(vehicle.matrix, from, to, 1800)).collect()
        };
        assert_eq!(ways(&first), ways(&second));
    }
}

#[test]
fn each_fault_of_json_has_its_line() {
    let fault = |from: &str, to: &str| parse(&JSON.replacen(from, to, 1)).unwrap_err();
    let reversed = fault("\"window\": [0, 600]", "\"window\": [700, 600]");
    assert!(reversed.starts_with("tiny:10: stop 0: the window ends"), "{reversed}");
    assert!(fault("\"place\": 2", "\"place\": 9").starts_with("tiny:11: stop 1: place 9 does not exist"));
    let negative = fault("\"capacity\": [5]", "\"capacity\": [-5]");
    assert!(negative.starts_with("tiny:6: vehicle 0: the capacity is -5"), "{negative}");
    let stranger = fault("\"only_vehicle\": 1", "\"only_vehicle\": 7");
    assert!(stranger.starts_with("tiny:11: stop 1 is for vehicle"), "{stranger}");
    assert!(fault("\"demand\"", "\"demnad\"").starts_with("tiny:10: unknown field `demnad`"));
    assert!(fault(", \"demand\": [2]", "").starts_with("tiny:10: missing field `demand`"));
    assert!(fault("[60, 0, 30]", "[60, 0]").starts_with("tiny:4: matrix 0: row 1 of its seconds has 2"));
    assert!(parse(&JSON[..200]).unwrap_err().contains("EOF while parsing"));
}

#[test]
fn a_solution_file_is_read_as_it_was_written() {
    let instance = parse(SOLOMON).unwrap();
    let solution = Solution {
        routes: vec![Vec::new(), vec![StopId(1)]],
        unserved: vec![StopId(0)],
        ..Solution::default()
    };
    let text = write_solution(&instance, &solution, 10.0);
    assert_eq!(text, "Route #1: 2\nCost 10.0\n");
    let read = read_solution("a.sol", text.as_bytes(), &instance).unwrap();
    assert_eq!((read.routes[0].as_slice(), read.unserved.as_slice()), (&[StopId(1)][..], &[StopId(0)][..]));

    let tied = parse(JSON).unwrap();
    assert_eq!(write_solution(&tied, &solution, 1.0), "Route #1:\nRoute #2: 2\nCost 1.00\n");
    assert_eq!(read_solution("a.sol", b"Route #2: 2", &tied).unwrap(), solution);
}

#[test]
fn each_fault_of_a_solution_file_has_its_line() {
    let instance = parse(SOLOMON).unwrap();
    let fault = |text: &str| read_solution("a.sol", text.as_bytes(), &instance).unwrap_err().to_string();
    assert_eq!(fault("Cost 3"), "a.sol: has no routes; write lines like `Route #1: 3 5 8`");
    assert_eq!(fault("Route #1: 1\nRoute #2: 3"), "a.sol:2: `3` is no customer; they are numbered 1 to 2");
    let many = "Route #1: 1\nRoute #2: 2\nRoute #3: 1";
    assert_eq!(fault(many), "a.sol:3: a route without a vehicle; there are 2 vehicles");
    let bare = "Route #1: 1\nRoute #2 2";
    assert_eq!(fault(bare), "a.sol:2: a route without a colon; write it like `Route #1: 3 5 8`");
    let tied = parse(JSON).unwrap();
    let twice = read_solution("a.sol", b"Route #1: 1\nRoute #1: 2", &tied).unwrap_err().to_string();
    assert_eq!(twice, "a.sol:2: this vehicle's route is given twice, in line 1 too; leave one out");
}

#[test]
fn a_plot_has_a_line_for_each_route_and_a_legend() {
    let mut instance = parse(SOLOMON).unwrap();
    instance.name = "a < b".to_owned();
    let solution = read_solution("a.sol", b"Route #1: 1", &instance).unwrap();
    let picture = plot(&instance, &solution, 10.0).unwrap();
    assert!(picture.contains("a &lt; b"), "{picture}");
    assert!(picture.contains("cost 10.0, 1 route, 2 customers, 1 left out"), "{picture}");
    assert_eq!(picture.matches("<title>Route").count(), 1);
    assert!(plot(&parse(VRPLIB).unwrap(), &Solution::default(), 0.0).is_none());
}

/// Reads the bytes as an instance and, if they are one, goes through everything that is done with one.
fn survive(bytes: &[u8], sol: &[u8]) {
    let Ok(instance) = parse_instance("any", bytes, USUAL) else { return };
    let plans =
        [Some(Solution::nothing_served(&instance.problem)), read_solution("any", sol, &instance).ok()];
    for plan in plans.into_iter().flatten() {
        let cost = instance.cost(&plan, &check(&instance.problem, &plan));
        let _ = (write_solution(&instance, &plan, cost), plot(&instance, &plan, cost));
    }
    let written = json::write(&instance.name, &instance.problem).unwrap();
    parse_instance("any", written.as_bytes(), USUAL).unwrap();
}

const WORDS: [&str; 16] = [
    "",
    "-1",
    "0",
    "1e300",
    "nan",
    "99999999999999999999",
    "EOF",
    ":",
    "DIMENSION : 3",
    "NODE_COORD_SECTION",
    "[[",
    "null",
    "\n",
    "\u{feff}",
    "Route #9: 1",
    "4294967295",
];

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survive(&bytes, &bytes);
        let _ = unpack("any", [&[0x1f, 0x8b][..], &bytes].concat());
    }

    #[test]
    fn no_change_of_a_file_makes_a_reader_panic(
        which in 0..5_usize,
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..WORDS.len(), 0..12_usize),
            1..5,
        ),
    ) {
        let mut text: Vec<char> = [SOLOMON, VRPLIB, PLANE, JSON, WIDE][which].chars().collect();
        for (place, word, length) in changes {
            let at = place.index(text.len().max(1)).min(text.len());
            text.splice(at..(at + length).min(text.len()), WORDS[word].chars());
        }
        survive(text.into_iter().collect::<String>().as_bytes(), b"Route #1: 1 break#1 2\nRoute #2: 1");
    }
}

#[test]
fn the_examples_of_the_documentation_are_problems() {
    let page = include_str!("../../../../../docs/problem-json.md");
    let examples: Vec<&str> =
        page.split("```json").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let read = examples.iter().map(|example| parse(example).unwrap().problem);
    let counts: Vec<(usize, usize)> =
        read.map(|problem| (problem.vehicle_ids().len(), problem.stop_ids().len())).collect();
    assert_eq!(counts, [(2, 2), (1, 5)]);
}
