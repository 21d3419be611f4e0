//! Small files of rich problems: what problem is read from each, and how its plans are written and computed.

use super::super::*;
use crate::check::check;
use crate::{Allowed, Halt, Reloads, Solution, StopId, StopSpec, Stopover, VehicleId, VehicleSpec};

const USUAL: Convention = Convention { rounding: None, objective: Objective::Distance };

/// Three customers on a line, behind one depot at 0.
const LINE: &str = "NAME: line\nTYPE: CVRP\nDIMENSION: 4\nVEHICLES: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nCAPACITY: 10
NODE_COORD_SECTION\n1 0 0\n2 10 0\n3 20 0\n4 30 0\nDEMAND_SECTION\n1 0\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\nEOF\n";

const DEPOTS: &str = "NAME: two\nTYPE: MDVRPTW\nDIMENSION: 4\nVEHICLES: 2\nCAPACITY: 9\nVEHICLES_MAX_DURATION: 50.5
EDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 100 0\n3 10 0\n4 90.5 0
DEMAND_SECTION\n1 0\n2 0\n3 4\n4 5\nSERVICE_TIME_SECTION\n1 0\n2 0\n3 2\n4 3
TIME_WINDOW_SECTION\n1 0 200\n2 10 210\n3 5 60\n4 5 70\nVEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION\n1\n2\n-1\n";

const LILIM: &str = "2 50 1\n0 0 0 0 0 100 0 0 0\n1 3 4 8 0 50 1 0 2\n2 3 0 -8 0 60 1 1 0\n";

fn parse(text: &str) -> Result<Instance, String> {
    parse_instance("sets/small.txt", text.as_bytes(), USUAL).map_err(|bad| bad.to_string())
}

/// The line instance as another type, with more sections.
fn line(kind: &str, more: &str) -> Result<Instance, String> {
    parse(&LINE.replace("TYPE: CVRP", &format!("TYPE: {kind}")).replace("DEPOT_SECTION\n1\n", more))
}

fn stop(instance: &Instance, index: u32) -> &StopSpec {
    instance.problem.stop(StopId(index)).unwrap()
}

fn vehicle(instance: &Instance, index: u32) -> &VehicleSpec {
    instance.problem.vehicle(VehicleId(index)).unwrap()
}

fn plan(instance: &Instance, sol: &str) -> Solution {
    read_solution("small.sol", sol.as_bytes(), instance).unwrap()
}

/// What the plan costs in the file's terms.
fn cost(instance: &Instance, sol: &str) -> String {
    let solution = plan(instance, sol);
    instance.cost_text(instance.cost(&solution, &check(&instance.problem, &solution)))
}

#[test]
fn vehicles_start_and_end_at_their_depots_within_their_longest_route() {
    let instance = parse(DEPOTS).unwrap();
    let (first, second) = (vehicle(&instance, 0), vehicle(&instance, 1));
    assert_eq!((first.start, first.end, first.shift), (0, Some(0), (0, 200_000)));
    assert_eq!((second.start, second.end, second.shift), (1, Some(1), (10_000, 210_000)));
    assert_eq!((first.max_duration, second.max_duration), (Some(50_500), Some(50_500)));
    let (near, far) = (stop(&instance, 0), stop(&instance, 1));
    assert_eq!((near.place, near.service, near.window), (2, 2000, (5000, 60_000)));
    assert_eq!((far.place, far.service, far.demand.as_slice()), (3, 3000, &[5][..]));
    assert_eq!(cost(&instance, "Route #1: 2\nRoute #2: 3"), "39.000");
    assert_eq!(cost(&instance, "Route #2: 3 2"), "180.000", "the second vehicle drives it");
}

#[test]
fn where_vehicles_differ_routes_are_theirs_in_solution_files() {
    let instance = parse(DEPOTS).unwrap();
    let solution = plan(&instance, "Route #1:\nRoute #2: 2 3\nCost: 180000\n");
    assert_eq!(solution.routes, [vec![], vec![StopId(0), StopId(1)]]);
    let written = write_solution(&instance, &solution, 180.0);
    assert_eq!(written, "Route #1:\nRoute #2: 2 3\nCost 180.000\n");
    let said = read_solution("a.sol", b"Route #1: 1", &instance).unwrap_err().to_string();
    assert_eq!(said, "a.sol:1: `1` is no customer; they are numbered 2 to 3");
}

#[test]
fn what_is_said_of_each_vehicle_is_read() {
    let fleet = "CAPACITY_SECTION\n1 10\n2 20\nVEHICLES_FIXED_COST_SECTION\n1 300\n2 700
        VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 100\n2 150\nDEPOT_SECTION\n1\n";
    let text = LINE.replace("CAPACITY: 10\n", "").replace("TYPE: CVRP", "TYPE: HFVRP");
    let instance = parse(&text.replace("DEPOT_SECTION\n1\n", fleet)).unwrap();
    let (small, large) = (vehicle(&instance, 0), vehicle(&instance, 1));
    assert_eq!((small.capacity.as_slice(), large.capacity.as_slice()), (&[10][..], &[20][..]));
    // Money is in 200 seconds of driving at a unit cost of 1, five of which are a unit of distance.
    assert_eq!((small.fixed_cost, small.cost_per_driving_hour), (1500, 1800));
    assert_eq!((large.fixed_cost, large.cost_per_driving_hour), (3500, 2700));
    assert_eq!(cost(&instance, "Route #1: 1\nRoute #2: 2 3"), "12000.000", "300 + 2000 and 700 + 9000");
    let solution = plan(&instance, "Route #1: 1\nRoute #2: 2 3");
    let money = check(&instance.problem, &solution).cost.in_parts();
    assert_eq!(money, 12_000 * 5 * 3600, "the problem's money is the same cost");
    let same = parse(&text.replace("DEPOT_SECTION\n1\n", "CAPACITY_SECTION\n1 10\n2 10\nDEPOT_SECTION\n1\n"));
    assert_eq!(
        cost(&same.unwrap(), "Route #1:\nRoute #2: 1 2"),
        "40.000",
        "alike vehicles are not told apart"
    );
}

#[test]
fn only_some_vehicles_may_serve_a_customer() {
    let lists = "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 2 4\nDEPOT_SECTION\n1\n";
    let instance = line("SDVRPTW", lists).unwrap();
    assert_eq!(stop(&instance, 0).allowed, Allowed::All);
    assert_eq!(stop(&instance, 1).allowed, Allowed::Only(vec![VehicleId(0)]));
    assert_eq!(stop(&instance, 2).allowed, Allowed::Only(vec![VehicleId(1)]));
    assert_eq!(plan(&instance, "Route #2: 3").routes, [vec![], vec![StopId(2)]], "vehicles differ");
    let said = line("SDVRPTW", &lists.replace("2 2 4", "2 2 1")).unwrap_err();
    assert!(said.contains("names node `1`, and only nodes 2 to 4 belong here"), "{said}");
}

#[test]
fn who_has_a_prize_may_be_left_out_for_it() {
    let prizes = "PRIZE_SECTION\n1 0\n2 7\n3 0\n4 12\nDEPOT_SECTION\n1\n";
    let instance = line("PCVRPTW", prizes).unwrap();
    let penalties = [0, 1, 2].map(|index| stop(&instance, index).unserved_penalty);
    assert_eq!(penalties, [7, crate::LIMITS.price, 12], "money is a unit of distance");
    assert_eq!(vehicle(&instance, 0).cost_per_driving_hour, 360);
    assert_eq!(cost(&instance, "Route #1: 2"), "59.0", "40 and two prizes");
    assert!(instance.is_complete(&plan(&instance, "Route #1: 2")));
    assert!(!instance.is_complete(&plan(&instance, "Route #1: 1 3")), "the second has to be served");
    assert_eq!(cost(&instance, "Route #1: 1 3"), "60.0");
    let said = line("PCVRPTW", &prizes.replace("2 7", "2 0.5")).unwrap_err();
    assert!(said.contains(": a prize of 0.5; write a whole number from 0 to 999999999"), "{said}");
    let vehicles = Convention { objective: Objective::Vehicles, ..USUAL };
    let text = LINE.replace("DEPOT_SECTION\n1\n", prizes);
    let said = parse_instance("f", text.as_bytes(), vehicles).unwrap_err().to_string();
    assert!(said.starts_with("f: has prices of its own"), "{said}");
}

#[test]
fn backhauls_come_last_and_never_alone() {
    let text = LINE.replace("3 5\n4 5\n", "3 0\n4 0\n");
    let of = |kind: &str| {
        let backhauls = "BACKHAUL_SECTION\n1 0\n2 0\n3 4\n4 3\nDEPOT_SECTION\n1\n";
        let kind = format!("TYPE: {kind}");
        parse(&text.replace("TYPE: CVRP", &kind).replace("DEPOT_SECTION\n1\n", backhauls)).unwrap()
    };
    let instance = of("VRPB");
    assert_eq!(
        (stop(&instance, 0).demand.as_slice(), stop(&instance, 0).pickup.as_slice()),
        (&[5][..], &[][..])
    );
    assert_eq!(
        (stop(&instance, 1).demand.as_slice(), stop(&instance, 1).pickup.as_slice()),
        (&[0][..], &[4][..])
    );
    let matrix = vehicle(&instance, 0).matrix;
    let ways = |from| [0, 1, 2, 3].map(|to| instance.problem.travel_seconds(matrix, from, to, 0));
    assert_eq!(ways(0), [Some(0), Some(10), None, None], "no route begins with a backhaul");
    assert_eq!(ways(1), [Some(10), Some(0), Some(10), Some(20)]);
    assert_eq!(ways(2), [Some(20), None, Some(0), Some(10)], "and none delivers after one");
    assert_eq!(cost(&instance, "Route #1: 1 2 3"), "60");
    let mixed = of("CVRP");
    let matrix = vehicle(&mixed, 0).matrix;
    assert_eq!(mixed.problem.travel_seconds(matrix, 0, 2, 0), Some(20), "elsewhere they come when they come");
}

#[test]
fn vehicles_reload_at_depots_and_wait_for_releases() {
    let trips = "RELEASE_TIME_SECTION\n1 0\n2 0\n3 12\n4 15\nVEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2 1
        DEPOT_SECTION\n1\n";
    let instance = line("MTVRPTWR", trips).unwrap();
    let reloads = Reloads { places: vec![0], service: 0, most: crate::LIMITS.count };
    assert_eq!(vehicle(&instance, 1).reloads, Some(reloads.clone()));
    let releases = [0, 1, 2].map(|index| stop(&instance, index).release);
    assert_eq!(releases, [None, Some(120), Some(150)]);
    let limited = line("MTVRPTWR", &format!("VEHICLES_MAX_RELOADS: 3\n{trips}")).unwrap();
    assert_eq!(vehicle(&limited, 0).reloads, Some(Reloads { most: 3, ..reloads }));

    let solution = plan(&instance, "Route #1: 1 2 0 3\n");
    assert_eq!(solution.routes[0], [StopId(0), StopId(1), StopId(2)]);
    assert_eq!(solution.stopovers[0], [Stopover { before: 2, what: Halt::Reload(0) }]);
    assert_eq!(cost(&instance, "Route #1: 1 2 0 3\n"), "100.0", "with the way to the depot and back");
    assert_eq!(write_solution(&instance, &solution, 100.0), "Route #1: 1 2 0 3\nCost 100.0\n");
    let said = read_solution("a.sol", b"Route #1: 1 0 2", &parse(LINE).unwrap()).unwrap_err().to_string();
    assert_eq!(said, "a.sol:1: `0` is no customer; they are numbered 1 to 3", "where nobody reloads");
}

#[test]
fn one_of_several_places_is_enough() {
    let groups = "MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 2 4\n2 3\nDEPOT_SECTION\n1\n";
    let instance = line("GVRP", groups).unwrap();
    assert_eq!(instance.problem.relations().alternatives(), [vec![StopId(0), StopId(2)]]);
    let solution = plan(&instance, "Route #1: 2 3");
    assert_eq!((solution.unserved.as_slice(), instance.is_complete(&solution)), (&[][..], true));
    assert_eq!(plan(&instance, "Route #1: 2").unserved, [StopId(0)], "the first stands for all");
    assert_eq!(cost(&instance, "Route #1: 2 3"), "60");
    let said = line("GVRP", &format!("PRIZE_SECTION\n1 0\n2 1\n3 0\n4 1\n{groups}")).unwrap_err();
    assert!(said.contains("prizes together with alternatives are not solved here"), "{said}");
}

#[test]
fn the_farthest_drive_is_in_the_units_of_distance() {
    let instance = line("CVRP", "VEHICLES_MAX_DISTANCE: 55\nDEPOT_SECTION\n1\n").unwrap();
    let spec = vehicle(&instance, 0);
    assert_eq!(spec.max_distance, Some(55));
    assert_eq!(instance.problem.travel_metres(spec.matrix, 1, 3), Some(20));
}

#[test]
fn pairs_of_li_and_lim_are_shipments() {
    let instance = parse(LILIM).unwrap();
    assert_eq!((instance.name.as_str(), instance.problem.vehicle_ids().len()), ("small", 2));
    let [shipment] = instance.problem.relations().shipments() else { panic!("one shipment") };
    assert_eq!(
        (shipment.pickup, shipment.delivery, shipment.amount.as_slice()),
        (StopId(0), StopId(1), &[8][..])
    );
    let spec = stop(&instance, 0);
    assert_eq!((spec.place, spec.service, spec.window), (1, 1000, (0, 50_000)));
    assert_eq!(spec.demand, [0], "what it ships is no demand of its own");
    assert_eq!(
        (vehicle(&instance, 0).capacity.as_slice(), vehicle(&instance, 0).shift),
        (&[50][..], (0, 100_000))
    );
    assert_eq!(cost(&instance, "Route #1: 1 2"), "12.000");
}

#[test]
fn each_fault_of_li_and_lims_form_has_its_line() {
    let fault = |from: &str, to: &str| parse(&LILIM.replacen(from, to, 1)).unwrap_err();
    let file = "sets/small.txt";
    assert!(fault("2 50 1", "0 50 1").starts_with(&format!("{file}:1: `0 50 1` is no fleet")));
    assert!(
        fault("0 0 0 0 0 100", "0 0 0 4 0 100").starts_with(&format!("{file}:2: the depot has a demand"))
    );
    assert!(fault("1 0 2\n", "1 0 7\n").starts_with(&format!("{file}:3: 8 goes from customer 1 to 7")));
    assert!(fault("-8", "-7").starts_with(&format!("{file}:3: 8 goes from customer 1 to 2, and")));
    assert!(fault("1 1 0\n", "1 2 0\n").contains(&format!("{file}:4: customer 2 gets something from 2")));
    assert!(
        fault("2 3 0 -8", "5 3 0 -8").starts_with(&format!("{file}:4: customer 5 stands where 2 belongs"))
    );
    assert!(fault("-8 0 60 1", "-8 70 60 1").starts_with(&format!("{file}:4: the window ends at 60")));
}

#[test]
fn each_fault_of_a_fleet_has_its_line() {
    let fault = |from: &str, to: &str| parse(&DEPOTS.replacen(from, to, 1)).unwrap_err();
    let file = "sets/small.txt";
    let home = fault("1 1\n2 2\nDEPOT", "1 1\n2 3\nDEPOT");
    assert_eq!(
        home,
        format!("{file}:30: VEHICLES_DEPOT_SECTION names node `3`, and only nodes 1 to 2 belong here")
    );
    let few = fault("1 1\n2 2\nDEPOT", "1 1\nDEPOT");
    assert_eq!(
        few,
        format!(
            "{file}: VEHICLES_DEPOT_SECTION has 1 lines; write `vehicle node node ...` for each of the 2 vehicles"
        )
    );
    assert!(fault("1 1\n2 2\nDEPOT", "1 1\n2\nDEPOT").contains("vehicle 2 needs one depot"));
    let twice = fault("SERVICE_TIME_SECTION", "CAPACITY_SECTION\n1 9\n2 9\nSERVICE_TIME_SECTION");
    assert!(twice.contains("CAPACITY and CAPACITY_SECTION say two things"), "{twice}");
    assert!(
        fault("50.5", "-3").starts_with(&format!("{file}:6: VEHICLES_MAX_DURATION is `-3`; write a number"))
    );
    let unit = fault("CAPACITY: 9", "CAPACITY: 9\nVEHICLES_UNIT_DISTANCE_COST: 0.7");
    assert!(unit.contains(": a unit cost of 0.7; write a whole number from 0 to"), "{unit}");
    assert!(fault("CAPACITY: 9", "CAPACITY: 9.5").contains("CAPACITY is `9.5`; write a whole number"));
}

#[test]
fn no_cut_of_a_rich_file_makes_a_reader_panic() {
    for text in [DEPOTS, LILIM, LINE] {
        for end in 0..text.len() {
            let read = parse(&text[..end]);
            assert!(read.is_ok() || read.is_err_and(|said| said.starts_with("sets/small.txt")));
        }
    }
}
