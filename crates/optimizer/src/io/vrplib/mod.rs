//! VRPLIB and TSPLIB files: headers `KEY : VALUE`, then sections. Takes what the classic sets say (one depot, one capacity,
//! time windows, service times, distances from coordinates or spelled out) and what PyVRP's benchmark sets say besides:
//! several depots, vehicles that differ, prizes, backhauls, release times, reloads and alternative locations, as its
//! reader (`pyvrp.read`) understands them. Everything else is refused by name, because to leave it out would be to
//! solve another problem.

mod fleet;
mod parts;
mod weights;

use self::parts::{Parts, Row};
use super::draft::Draft;
use super::fault::Faults;
use super::nodes::Node;
use super::text::lines;
use crate::Rounding;

/// The types of problem, and how distances are usually rounded in the sets of each.
const TYPES: [(&str, Rounding); 13] = [
    ("CVRP", Rounding::Round),
    ("ACVRP", Rounding::Round),
    ("DCVRP", Rounding::Round),
    ("VRPTW", Rounding::Round),
    ("CVRPTW", Rounding::Round),
    ("ACVRPTW", Rounding::Round),
    ("MDVRPTW", Rounding::Exact),
    ("SDVRPTW", Rounding::Exact),
    ("HFVRP", Rounding::Exact),
    ("PCVRPTW", Rounding::Dimacs),
    ("MTVRPTWR", Rounding::Dimacs),
    ("VRPB", Rounding::Round),
    ("GVRP", Rounding::Round),
];

const HEADERS: [&str; 18] = [
    "NAME",
    "COMMENT",
    "TYPE",
    "DIMENSION",
    "CAPACITY",
    "VEHICLES",
    "DISTANCE",
    "SERVICE_TIME",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "EDGE_DATA_FORMAT",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
    "VEHICLES_FIXED_COST",
    "VEHICLES_UNIT_DISTANCE_COST",
    "VEHICLES_MAX_DURATION",
    "VEHICLES_MAX_DISTANCE",
    "VEHICLES_MAX_RELOADS",
];

const SECTIONS: [&str; 20] = [
    "NODE_COORD_SECTION",
    "DISPLAY_DATA_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "RELEASE_TIME_SECTION",
    "BACKHAUL_SECTION",
    "PRIZE_SECTION",
    "MUTUALLY_EXCLUSIVE_GROUP_SECTION",
    "CAPACITY_SECTION",
    "VEHICLES_DEPOT_SECTION",
    "VEHICLES_RELOAD_DEPOT_SECTION",
    "VEHICLES_ALLOWED_CLIENTS_SECTION",
    "VEHICLES_FIXED_COST_SECTION",
    "VEHICLES_UNIT_DISTANCE_COST_SECTION",
    "VEHICLES_MAX_DURATION_SECTION",
    "VEHICLES_MAX_DISTANCE_SECTION",
    "VEHICLES_MAX_RELOADS_SECTION",
];

/// Whether the text has a header or a section of this form near its beginning.
pub(super) fn looks_like(text: &str) -> bool {
    lines(text).take(30).any(|line| {
        let key = line
            .text
            .split(|letter: char| letter == ':' || letter.is_whitespace())
            .next()
            .unwrap_or_default();
        SECTIONS.contains(&key) || (HEADERS.contains(&key) && line.text.contains(':'))
    })
}

/// Reads the whole text; what is wrong goes to `faults`.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<Draft> {
    let parts = Parts::of(text, faults)?;
    let kind = parts.headers.get("TYPE");
    let usual = match kind {
        None => Rounding::Round,
        Some(kind) => match TYPES.iter().find(|(name, _)| *name == kind.text) {
            Some((_, usual)) => *usual,
            None => {
                let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                faults.at(kind.number, format!("TYPE {} is not solved here; {names} are", kind.shown()));
                return None;
            }
        },
    };
    let count = parts.required_count("DIMENSION", faults)?;
    let depots = parts.depots(count, faults)?;
    let longest_route = parts.measure("DISTANCE", faults)?.map(|(_, longest)| longest);

    let shown = parts.table::<2>("DISPLAY_DATA_SECTION", count, "`node x y`", faults)?;
    let points = match parts.table::<2>("NODE_COORD_SECTION", count, "`node x y`", faults)? {
        None if parts.headers.get("EDGE_WEIGHT_TYPE").is_none_or(|kind| kind.text != "EUC_2D") => shown,
        points => points,
    };
    let points: Option<Vec<(f64, f64)>> =
        points.map(|rows| rows.into_iter().map(|row| (row.values[0], row.values[1])).collect());
    let nodes = read_nodes(&parts, count, depots, faults)?;
    let fleet = fleet::read(&parts, depots, count, faults);
    let alternatives = read_alternatives(&parts, depots..count, faults)?;
    let weights = parts.weights(count, points.as_deref(), faults)?;
    Some(Draft {
        name: parts.headers.get("NAME").map_or("unnamed", |name| name.text).to_owned(),
        depots,
        fleet: fleet?,
        longest_route,
        weights,
        backhauls_last: kind.is_some_and(|kind| kind.text == "VRPB"),
        points,
        nodes,
        alternatives,
        shipments: Vec::new(),
        usual,
    })
}

fn read_nodes(parts: &Parts<'_>, count: usize, depots: usize, faults: &mut Faults) -> Option<Vec<Node>> {
    let Some(demands) = parts.table::<1>("DEMAND_SECTION", count, "`node demand`", faults)? else {
        faults.whole("DEMAND_SECTION is missing; give each node's demand, the depot's as 0");
        return None;
    };
    let everywhere = parts.measure("SERVICE_TIME", faults)?;
    let windows = parts.table::<2>("TIME_WINDOW_SECTION", count, "`node earliest latest`", faults)?;
    let services = parts.table::<1>("SERVICE_TIME_SECTION", count, "`node time`", faults)?;
    let releases = parts.table::<1>("RELEASE_TIME_SECTION", count, "`node time`", faults)?;
    let backhauls = parts.table::<1>("BACKHAUL_SECTION", count, "`node amount`", faults)?;
    let prizes = parts.table::<1>("PRIZE_SECTION", count, "`node prize`", faults)?;
    if let (Some(_), Some((line, _))) = (&services, everywhere) {
        faults.at(line, "SERVICE_TIME and SERVICE_TIME_SECTION say two things; leave one out");
    }
    if let (Some(_), Some(distance)) = (&windows, parts.headers.get("DISTANCE")) {
        faults.at(
            distance.number,
            "a longest route together with time windows is not solved here; leave one out",
        );
    }
    let value = |rows: &Option<Vec<Row<1>>>, index: usize| {
        rows.as_ref().and_then(|rows| rows.get(index)).map(|row| row.values[0])
    };
    let node = |(index, demand): (usize, Row<1>)| Node {
        line: demand.line,
        demand: demand.values[0],
        pickup: value(&backhauls, index).unwrap_or(0.0),
        window: windows.as_ref().and_then(|rows| {
            let [earliest, latest] = rows.get(index)?.values;
            Some((earliest, latest))
        }),
        service: match everywhere {
            Some((_, everywhere)) if index >= depots => everywhere,
            _ => value(&services, index).unwrap_or(0.0),
        },
        // At 0 everything is there; who is worth nothing has to be served.
        release: value(&releases, index).filter(|release| *release != 0.0),
        prize: value(&prizes, index).filter(|prize| *prize != 0.0),
    };
    Some(demands.into_iter().enumerate().map(node).collect())
}

/// The nodes one of which is enough, with their line; who has no alternative is in no group.
fn read_alternatives(
    parts: &Parts<'_>,
    customers: std::ops::Range<usize>,
    faults: &mut Faults,
) -> Option<Vec<(usize, Vec<usize>)>> {
    const GROUPS: &str = "MUTUALLY_EXCLUSIVE_GROUP_SECTION";
    let count = parts.sections.get(GROUPS).map_or(0, Vec::len);
    let groups = parts.lists(GROUPS, ("group", count), customers, faults)?.unwrap_or_default();
    let first = parts.sections.get("PRIZE_SECTION").and_then(|rows| rows.first());
    if let (Some(first), false) = (first, groups.is_empty()) {
        faults.at(first.number, "prizes together with alternatives are not solved here; leave one out");
        return None;
    }
    Some(groups.into_iter().filter(|(_, group)| group.len() > 1).collect())
}
