//! Solomon's text form of the problem with time windows, also used by Gehring and Homberger: a name, the fleet, and a
//! line of seven numbers for the depot and each customer.

use super::draft::{Draft, Weights};
use super::fault::Faults;
use super::nodes::{Node, Van};
use super::text::{Line, lines, whole};
use crate::{LIMITS, Rounding};

const FLEET: &str = "`number-of-vehicles capacity`";
const CUSTOMER: &str = "`number x y demand ready due service`";

/// Whether the text has the headings of this form near its beginning.
pub(super) fn looks_like(text: &str) -> bool {
    lines(text).take(12).any(|line| {
        let mut words = line.text.split_whitespace();
        let first = words.next().unwrap_or_default();
        matches!(first.to_ascii_uppercase().as_str(), "VEHICLE" | "CUSTOMER" | "CUST")
            && !line.text.contains(':')
    })
}

/// Reads the whole text; what is wrong goes to `faults`.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<Draft> {
    let mut lines = lines(text).peekable();
    let name = lines.next_if(|line| !is_heading(line.text)).map_or("unnamed", |line| line.text);
    let mut rows = lines.filter(|line| !is_heading(line.text));
    let Some(fleet) = rows.next() else {
        faults.whole(format!("the fleet is missing; below VEHICLE write {FLEET}"));
        return None;
    };
    let (vehicles, capacity) = read_fleet(fleet, faults)?;
    let mut points = Vec::new();
    let mut nodes = Vec::new();
    for line in rows {
        let Some([number, x, y, demand, ready, due, service]) = line.numbers::<7>(CUSTOMER, faults) else {
            continue;
        };
        if number != nodes.len() as f64 {
            faults.at(
                line.number,
                format!(
                    "customer {number} stands where {} belongs; number them from 0, the depot, without gaps",
                    nodes.len()
                ),
            );
            return None;
        }
        points.push((x, y));
        let window = Some((ready, due));
        nodes.push(Node { line: line.number, demand, window, service, ..Node::default() });
    }
    if nodes.is_empty() {
        faults.whole(format!("the depot is missing; below CUSTOMER write {CUSTOMER}, the depot first"));
        return None;
    }
    let customers = nodes.len() - 1;
    Some(Draft {
        name: name.to_owned(),
        depots: 1,
        fleet: vec![Van::plain(fleet.number, capacity); vehicles.min(customers)],
        longest_route: None,
        weights: Weights::Points(points.clone()),
        backhauls_last: false,
        points: Some(points),
        nodes,
        alternatives: Vec::new(),
        shipments: Vec::new(),
        usual: Rounding::Dimacs,
    })
}

fn is_heading(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    matches!(first.to_ascii_uppercase().as_str(), "VEHICLE" | "NUMBER" | "CUSTOMER" | "CUST")
}

fn read_fleet(line: Line<'_>, faults: &mut Faults) -> Option<(usize, i64)> {
    let [vehicles, capacity] = line.numbers::<2>(FLEET, faults)?;
    let number = whole(vehicles, LIMITS.count as i64).filter(|&vehicles| vehicles > 0);
    if number.is_none() {
        faults.at(
            line.number,
            format!("a fleet of {vehicles} vehicles; write a whole number from 1 to {}", LIMITS.count),
        );
    }
    let held = whole(capacity, LIMITS.load);
    if held.is_none() {
        faults.at(
            line.number,
            format!("a capacity of {capacity}; write a whole number from 0 to {}", LIMITS.load),
        );
    }
    Some((usize::try_from(number?).ok()?, held?))
}
