//! The vehicles of a VRPLIB file: what is said of all in a header, or of each in a section of the same name.

use super::super::fault::Faults;
use super::super::nodes::Van;
use super::super::text::whole;
use super::parts::Parts;
use crate::LIMITS;

/// By vehicle: a line and the nodes in it.
type Lists = Vec<(usize, Vec<usize>)>;

/// What a file says of each vehicle beside its capacity, in the order of the vehicles; none where it says nothing.
struct Columns {
    fixed_costs: Option<Vec<f64>>,
    unit_costs: Option<Vec<f64>>,
    max_durations: Option<Vec<f64>>,
    max_distances: Option<Vec<f64>>,
    max_reloads: Option<Vec<f64>>,
    homes: Option<Lists>,
    reloads: Option<Lists>,
    serves: Option<Lists>,
}

/// All vehicles; as many as customers where the file does not say how many.
pub(super) fn read(parts: &Parts<'_>, depots: usize, nodes: usize, faults: &mut Faults) -> Option<Vec<Van>> {
    let customers = nodes - depots;
    let said = match parts.headers.get("VEHICLES") {
        None => customers,
        Some(_) => parts.required_count("VEHICLES", faults)?,
    };
    let varied = parts.sections.keys().any(|key| *key == "CAPACITY_SECTION" || key.starts_with("VEHICLES_"));
    // Of vehicles that are all alike, more are never needed.
    let count = if varied { said } else { said.min(customers) };
    if !parts.sections.contains_key("CAPACITY_SECTION") {
        parts.required("CAPACITY", LIMITS.load, faults)?;
    }
    let capacities = column(parts, "CAPACITY", count, faults)?;
    let columns = Columns {
        fixed_costs: values(parts, "VEHICLES_FIXED_COST", count, faults)?,
        unit_costs: values(parts, "VEHICLES_UNIT_DISTANCE_COST", count, faults)?,
        max_durations: values(parts, "VEHICLES_MAX_DURATION", count, faults)?,
        max_distances: values(parts, "VEHICLES_MAX_DISTANCE", count, faults)?,
        max_reloads: values(parts, "VEHICLES_MAX_RELOADS", count, faults)?,
        homes: parts.lists("VEHICLES_DEPOT_SECTION", ("vehicle", count), 0..depots, faults)?,
        reloads: parts.lists("VEHICLES_RELOAD_DEPOT_SECTION", ("vehicle", count), 0..depots, faults)?,
        serves: parts.lists("VEHICLES_ALLOWED_CLIENTS_SECTION", ("vehicle", count), depots..nodes, faults)?,
    };
    let capacities = capacities.unwrap_or_default();
    (0..count).map(|vehicle| van(vehicle, *capacities.get(vehicle)?, &columns, faults)).collect()
}

fn van(
    vehicle: usize,
    (line, capacity): (usize, f64),
    columns: &Columns,
    faults: &mut Faults,
) -> Option<Van> {
    let of = |column: &Option<Vec<f64>>| column.as_ref().and_then(|values| values.get(vehicle).copied());
    let list = |lists: &Option<Lists>| Some(lists.as_ref()?.get(vehicle)?.1.clone());
    let held = whole(capacity, LIMITS.load);
    if held.is_none() {
        let most = LIMITS.load;
        faults.at(line, format!("a capacity of {capacity}; write a whole number from 0 to {most}"));
    }
    let depot = match list(&columns.homes).as_deref() {
        None => Some(0),
        Some(&[depot]) => Some(depot),
        Some(_) => {
            faults.at(line, format!("vehicle {} needs one depot in VEHICLES_DEPOT_SECTION", vehicle + 1));
            None
        }
    };
    let most = match of(&columns.max_reloads) {
        None => Some(LIMITS.count),
        Some(most) => {
            let count = whole(most, LIMITS.count as i64).and_then(|most| usize::try_from(most).ok());
            if count.is_none() {
                faults.at(line, format!("{most} reloads; write a whole number from 0 to {}", LIMITS.count));
            }
            count
        }
    };
    let (depot, held, most) = (depot?, held?, most?);
    Some(Van {
        depot,
        fixed_cost: of(&columns.fixed_costs).unwrap_or(0.0),
        unit_cost: of(&columns.unit_costs).unwrap_or(1.0),
        max_duration: of(&columns.max_durations),
        max_distance: of(&columns.max_distances),
        reloads: list(&columns.reloads).filter(|places| !places.is_empty()).map(|places| (places, most)),
        serves: list(&columns.serves),
        ..Van::plain(line, held)
    })
}

fn values(parts: &Parts<'_>, key: &str, count: usize, faults: &mut Faults) -> Option<Option<Vec<f64>>> {
    let column = column(parts, key, count, faults)?;
    Some(column.map(|rows| rows.into_iter().map(|(_, value)| value).collect()))
}

/// What the header says of every vehicle, or the section of that name of each, with the lines; the inner none if there is
/// neither, the outer if it is broken.
fn column(
    parts: &Parts<'_>,
    key: &str,
    count: usize,
    faults: &mut Faults,
) -> Option<Option<Vec<(usize, f64)>>> {
    let section = format!("{key}_SECTION");
    let rows = parts.column(&section, ("vehicle", count), faults)?;
    let header = parts.measure(key, faults)?;
    match (rows, header) {
        (Some(_), Some((line, _))) => {
            faults.at(line, format!("{key} and {section} say two things; leave one out"));
            None
        }
        (Some(rows), None) => Some(Some(rows)),
        (None, Some((line, value))) => Some(Some(vec![(line, value); count])),
        (None, None) => Some(None),
    }
}
