//! VRPLIB and TSPLIB files: headers `KEY : VALUE`, then sections. Takes one depot, one capacity, time windows, service
//! times, and distances from coordinates or spelled out; what a file says besides is refused by name, because to leave
//! it out would be to solve another problem.

use std::collections::BTreeMap;

use super::classic::{Classic, Node, Weights};
use super::fault::Faults;
use super::text::{Line, clipped, lines, whole};
use super::weights;
use crate::LIMITS;

const TYPES: [&str; 6] = ["CVRP", "ACVRP", "DCVRP", "VRPTW", "CVRPTW", "ACVRPTW"];

const HEADERS: [&str; 13] = [
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
];

const SECTIONS: [&str; 7] = [
    "NODE_COORD_SECTION",
    "DISPLAY_DATA_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
];

/// Whether the text has a header or a section of this form near its beginning.
pub(super) fn looks_like(text: &str) -> bool {
    lines(text).take(30).any(|line| {
        let key = line.text.split([':', ' ', '\t']).next().unwrap_or_default();
        SECTIONS.contains(&key) || (HEADERS.contains(&key) && line.text.contains(':'))
    })
}

/// Reads the whole text; what is wrong goes to `faults`.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<Classic> {
    let parts = Parts::of(text, faults)?;
    if let Some(kind) = parts.headers.get("TYPE").filter(|kind| !TYPES.contains(&kind.text)) {
        faults.at(kind.number, format!("TYPE {} is not solved here; {} are", kind.shown(), TYPES.join(", ")));
        return None;
    }
    let nodes = parts.required_count("DIMENSION", faults)?;
    let capacity = parts.required("CAPACITY", LIMITS.load, faults);
    let vehicles = match parts.headers.get("VEHICLES") {
        None => None,
        Some(_) => Some(parts.required_count("VEHICLES", faults)?),
    };
    let longest_route = parts.measure("DISTANCE", faults)?;
    let everywhere = parts.measure("SERVICE_TIME", faults)?;
    parts.check_depot(faults);

    let shown = parts.table::<2>("DISPLAY_DATA_SECTION", nodes, "`node x y`", faults)?;
    let points = match parts.table::<2>("NODE_COORD_SECTION", nodes, "`node x y`", faults)? {
        None if parts.headers.get("EDGE_WEIGHT_TYPE").is_none_or(|kind| kind.text != "EUC_2D") => shown,
        points => points,
    };
    let points: Option<Vec<(f64, f64)>> =
        points.map(|rows| rows.into_iter().map(|row| (row.values[0], row.values[1])).collect());
    let Some(demands) = parts.table::<1>("DEMAND_SECTION", nodes, "`node demand`", faults)? else {
        faults.whole("DEMAND_SECTION is missing; give each node's demand, the depot's as 0");
        return None;
    };
    let windows = parts.table::<2>("TIME_WINDOW_SECTION", nodes, "`node earliest latest`", faults)?;
    let services = parts.table::<1>("SERVICE_TIME_SECTION", nodes, "`node time`", faults)?;
    if let (Some(_), Some(header)) = (&services, parts.headers.get("SERVICE_TIME")) {
        faults.at(header.number, "SERVICE_TIME and SERVICE_TIME_SECTION say two things; leave one out");
    }
    if let (Some(_), Some(distance)) = (&windows, parts.headers.get("DISTANCE")) {
        faults.at(
            distance.number,
            "a longest route together with time windows is not solved here; leave one out",
        );
    }
    let nodes = demands
        .into_iter()
        .enumerate()
        .map(|(index, demand)| Node {
            line: demand.line,
            demand: demand.values[0],
            window: windows.as_ref().and_then(|rows| {
                let [earliest, latest] = rows.get(index)?.values;
                Some((earliest, latest))
            }),
            service: match &services {
                Some(rows) => rows.get(index).map_or(0.0, |row| row.values[0]),
                None if index == 0 => 0.0,
                None => everywhere.unwrap_or(0.0),
            },
        })
        .collect::<Vec<_>>();
    let weights = parts.weights(nodes.len(), points.as_deref(), faults)?;
    let name = parts.headers.get("NAME").map_or("unnamed", |name| name.text).to_owned();
    Some(Classic { name, vehicles, capacity: capacity?, longest_route, weights, points, nodes })
}

/// The file taken apart: headers by key, sections by name, each with its lines.
struct Parts<'a> {
    headers: BTreeMap<&'a str, Line<'a>>,
    sections: BTreeMap<&'a str, Vec<Line<'a>>>,
}

/// One row of a section that gives each node some numbers.
#[derive(Clone, Copy)]
struct Row<const COUNT: usize> {
    line: usize,
    values: [f64; COUNT],
}

impl<'a> Parts<'a> {
    fn of(text: &'a str, faults: &mut Faults) -> Option<Self> {
        let mut parts = Self { headers: BTreeMap::new(), sections: BTreeMap::new() };
        let mut section: Option<&str> = None;
        for line in lines(text) {
            if line.text == "EOF" {
                break;
            }
            if !line.text.starts_with(|first: char| first.is_ascii_alphabetic()) {
                match section {
                    Some(name) => parts.sections.entry(name).or_default().push(line),
                    None => {
                        faults.at(line.number, format!("`{}` is in no section", line.shown()));
                        return None;
                    }
                }
                continue;
            }
            let (key, value) = match line.text.split_once(':') {
                Some((key, value)) => (key.trim(), value.trim()),
                None => (line.text, ""),
            };
            let known = if key.ends_with("_SECTION") {
                if !value.is_empty() {
                    faults.at(
                        line.number,
                        format!(
                            "`{}` stands behind the section's name; put it in the next line",
                            clipped(value)
                        ),
                    );
                }
                section = Some(key);
                let new = parts.sections.insert(key, Vec::new()).is_none();
                SECTIONS.contains(&key).then_some(new)
            } else {
                section = None;
                let value = Line { number: line.number, text: value };
                let new = parts.headers.insert(key, value).is_none() || key == "COMMENT";
                HEADERS.contains(&key).then_some(new)
            };
            match known {
                Some(true) => {}
                Some(false) => {
                    faults.at(line.number, format!("{} is given twice; leave one out", clipped(key)));
                }
                None => faults.at(
                    line.number,
                    format!("{} is not solved here: to leave it out would be another problem", clipped(key)),
                ),
            }
        }
        Some(parts)
    }

    /// A header that must be there, as a whole number.
    fn required(&self, key: &str, most: i64, faults: &mut Faults) -> Option<i64> {
        let Some(line) = self.headers.get(key) else {
            faults.whole(format!("{key} is missing; write `{key} : NUMBER`"));
            return None;
        };
        let number = line.text.parse().ok().and_then(|number| whole(number, most));
        if number.is_none() {
            let text = line.shown();
            faults.at(line.number, format!("{key} is `{text}`; write a whole number from 0 to {most}"));
        }
        number
    }

    fn required_count(&self, key: &str, faults: &mut Faults) -> Option<usize> {
        let count = usize::try_from(self.required(key, LIMITS.count as i64, faults)?).ok()?;
        if let (0, Some(line)) = (count, self.headers.get(key)) {
            faults.at(line.number, format!("{key} is 0; write a number from 1 to {}", LIMITS.count));
            return None;
        }
        Some(count)
    }

    /// A header that may be there, as a length or time; none if it is there and broken.
    fn measure(&self, key: &str, faults: &mut Faults) -> Option<Option<f64>> {
        let Some(line) = self.headers.get(key) else { return Some(None) };
        let number: Option<f64> = line.text.parse().ok();
        let number = number.filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            faults.at(line.number, format!("{key} is `{}`; write a number from 0", line.shown()));
        }
        number.map(Some)
    }

    /// A section that gives each node some numbers, in the order of the nodes; the inner none if there is no such
    /// section, the outer if it is broken.
    fn table<const COUNT: usize>(
        &self,
        name: &str,
        nodes: usize,
        form: &str,
        faults: &mut Faults,
    ) -> Option<Option<Vec<Row<COUNT>>>> {
        let Some(section) = self.sections.get(name) else { return Some(None) };
        if section.len() < nodes {
            faults.whole(format!(
                "{name} has {} lines; write {form} for each of the {nodes} nodes",
                section.len()
            ));
            return None;
        }
        let mut rows = vec![None; nodes];
        let mut sound = true;
        for line in section {
            let Some((id, values)) = keyed(*line, form, faults) else {
                sound = false;
                continue;
            };
            let slot = whole(id, LIMITS.count as i64)
                .and_then(|id| usize::try_from(id - 1).ok())
                .and_then(|index| rows.get_mut(index));
            match slot {
                None => faults.at(
                    line.number,
                    format!("{name} speaks of node {id}, which does not exist; nodes are 1 to {nodes}"),
                ),
                Some(Some(_)) => {
                    faults.at(line.number, format!("{name} gives node {id} twice; leave one out"));
                }
                Some(slot) => {
                    *slot = Some(Row { line: line.number, values });
                    continue;
                }
            }
            sound = false;
        }
        if let (true, Some(missing)) = (sound, rows.iter().position(Option::is_none)) {
            faults.whole(format!("{name} has no line for node {}; write {form} for each node", missing + 1));
            sound = false;
        }
        sound.then(|| Some(rows.into_iter().flatten().collect()))
    }

    fn check_depot(&self, faults: &mut Faults) {
        let mut depots = Vec::new();
        for line in self.sections.get("DEPOT_SECTION").into_iter().flatten() {
            let words = line.text.split_whitespace();
            depots.extend(words.take_while(|&word| word != "-1").map(|word| (line.number, word)));
        }
        match depots.as_slice() {
            [] | [(_, "1")] => {}
            [(line, word)] => faults.at(
                *line,
                format!("the depot is node `{}`; number the nodes so that it is 1", clipped(word)),
            ),
            [_, (line, _), ..] => {
                faults.at(*line, "several depots are not solved here; keep one, or write -1 after it");
            }
        }
    }

    fn weights(&self, nodes: usize, points: Option<&[(f64, f64)]>, faults: &mut Faults) -> Option<Weights> {
        let Some(kind) = self.headers.get("EDGE_WEIGHT_TYPE") else {
            faults.whole("EDGE_WEIGHT_TYPE is missing; write EUC_2D for coordinates, EXPLICIT for a matrix");
            return None;
        };
        match (kind.text, points) {
            ("EUC_2D", Some(_)) if self.sections.contains_key("EDGE_WEIGHT_SECTION") => {
                faults.at(
                    kind.number,
                    "EUC_2D and EDGE_WEIGHT_SECTION say two things; write EXPLICIT, or leave the section out",
                );
                None
            }
            ("EUC_2D", Some(points)) => Some(Weights::Points(points.to_vec())),
            ("EUC_2D", None) => {
                faults.at(kind.number, "EUC_2D needs coordinates, and NODE_COORD_SECTION is missing");
                None
            }
            ("EXPLICIT", _) => {
                let format = self.headers.get("EDGE_WEIGHT_FORMAT");
                let section = self.sections.get("EDGE_WEIGHT_SECTION");
                let (Some(format), Some(section)) = (format, section) else {
                    faults.at(kind.number, "EXPLICIT needs EDGE_WEIGHT_FORMAT and EDGE_WEIGHT_SECTION");
                    return None;
                };
                weights::read(*format, nodes, section, faults).map(Weights::Matrix)
            }
            _ => {
                faults.at(
                    kind.number,
                    format!("EDGE_WEIGHT_TYPE {} is not known here; EUC_2D and EXPLICIT are", kind.shown()),
                );
                None
            }
        }
    }
}

/// A node's number and what the line says of it.
fn keyed<const COUNT: usize>(line: Line<'_>, form: &str, faults: &mut Faults) -> Option<(f64, [f64; COUNT])> {
    match line.text.split_once(char::is_whitespace) {
        Some((id, rest)) => {
            let [id] = Line { text: id, ..line }.numbers::<1>(form, faults)?;
            let values = Line { text: rest.trim(), ..line }.numbers::<COUNT>(form, faults)?;
            Some((id, values))
        }
        None => {
            faults.at(line.number, format!("`{}` is too short; write {form}", line.shown()));
            None
        }
    }
}
