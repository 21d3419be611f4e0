//! How fast one gets along a way on a free road, and what a way says about the size of vehicles.
//!
//! Not here: who may use it (`profile`).

use super::access::Heading;
use crate::extract::Tags;

/// Share of a posted limit that is driven on average on a free road.
const OF_LIMIT: f64 = 0.8;
const KM_PER_MILE: f64 = 1.609_344;
/// What a limit of walking pace means to a car, in km/h.
const WALKING_PACE_KMH: f64 = 5.0;
/// A van's size.
const VAN_HEIGHT_M: f64 = 2.7;
const VAN_WIDTH_M: f64 = 2.1;
const VAN_WEIGHT_T: f64 = 3.5;

pub(super) fn car_speed(highway: &str, tags: &Tags, heading: Heading) -> Option<f64> {
    let usual = match highway {
        "motorway" => 90.0,
        "motorway_link" => 45.0,
        "trunk" => 85.0,
        "trunk_link" => 40.0,
        "primary" => 65.0,
        "primary_link" => 30.0,
        "secondary" => 55.0,
        "secondary_link" | "unclassified" | "residential" | "road" => 25.0,
        "tertiary" => 40.0,
        "tertiary_link" => 20.0,
        "living_street" => 10.0,
        "service" => match tags.get("service") {
            Some("parking_aisle" | "drive-through" | "alley") => 5.0,
            _ => 15.0,
        },
        _ => return None,
    };
    let one_way = if heading == Heading::Along { "maxspeed:forward" } else { "maxspeed:backward" };
    let keys = [one_way, "maxspeed", "source:maxspeed", "maxspeed:type", "zone:maxspeed", "zone:traffic"];
    let limit = keys.iter().find_map(|key| limit_kmh(tags.get(key)?, highway));
    let speed = limit.map_or(usual, |limit| limit * OF_LIMIT);
    Some(speed.min(surface_kmh(tags)))
}

pub(super) fn bike_speed(highway: &str, welcome: bool, tags: &Tags) -> Option<f64> {
    let speed: f64 = match highway {
        "cycleway" | "trunk" | "trunk_link" | "primary" | "primary_link" | "secondary" | "secondary_link"
        | "tertiary" | "tertiary_link" | "unclassified" | "residential" | "living_street" | "service"
        | "road" => 15.0,
        "track" | "path" => 12.0,
        "pedestrian" if welcome => 10.0,
        "pedestrian" => 5.0,
        "footway" if welcome => 10.0,
        _ => return None,
    };
    Some(speed.min(surface_kmh(tags) / 3.0))
}

pub(super) fn foot_speed(highway: &str, welcome: bool) -> Option<f64> {
    match highway {
        "steps" => Some(2.5),
        "trunk" | "trunk_link" if !welcome => None,
        "motorway" | "motorway_link" | "construction" | "proposed" | "bus_guideway" | "raceway" => None,
        _ => Some(4.8),
    }
}

/// The most that a car makes on this surface, in km/h.
fn surface_kmh(tags: &Tags) -> f64 {
    let surface = match tags.get("surface") {
        Some("cement" | "compacted") => 80.0,
        Some("fine_gravel") => 80.0,
        Some("paving_stones" | "metal" | "bricks") => 60.0,
        Some(
            "grass" | "wood" | "sett" | "grass_paver" | "gravel" | "unpaved" | "ground" | "dirt"
            | "pebblestone" | "tartan",
        ) => 40.0,
        Some("cobblestone" | "clay") => 30.0,
        Some("earth" | "stone" | "rocky" | "sand") => 20.0,
        Some("mud") => 10.0,
        _ => f64::INFINITY,
    };
    let track = match tags.get("tracktype") {
        Some("grade1") => 60.0,
        Some("grade2") => 40.0,
        Some("grade3") => 30.0,
        Some("grade4") => 25.0,
        Some("grade5") => 20.0,
        _ => f64::INFINITY,
    };
    let smoothness = match tags.get("smoothness") {
        Some("intermediate") => 80.0,
        Some("bad") => 40.0,
        Some("very_bad") => 20.0,
        Some("horrible") => 10.0,
        Some("very_horrible") => 5.0,
        Some("impassable") => 1.0,
        _ => f64::INFINITY,
    };
    surface.min(track).min(smoothness)
}

/// Whether a way says that it is too low, narrow or weak for a van, or lets none in.
pub(super) fn too_small_for_a_van(tags: &Tags) -> bool {
    let under = |key: &str, least: f64| tags.get(key).and_then(metric).is_some_and(|most| most < least);
    under("maxheight", VAN_HEIGHT_M)
        || under("maxwidth", VAN_WIDTH_M)
        || under("maxweight", VAN_WEIGHT_T)
        || tags.is("goods", "no")
}

/// A length in metres or a weight in tonnes; none for values that are no such number, such as `default` or `none`.
fn metric(value: &str) -> Option<f64> {
    if let Some((feet, inches)) = value.split_once('\'') {
        let inches = inches.trim_end_matches('"').trim();
        let inches: f64 = if inches.is_empty() { 0.0 } else { inches.parse().ok()? };
        return Some((feet.trim().parse::<f64>().ok()? * 12.0 + inches) * 0.025_4);
    }
    let number = value.trim().trim_end_matches(['m', 't']).trim();
    number.parse::<f64>().ok().filter(|number| *number > 0.0)
}

/// A posted limit in km/h, of several the lowest; none for values that are no limit. Where a country's rule is named instead
/// of a number (`RO:urban`), that rule.
fn limit_kmh(value: &str, highway: &str) -> Option<f64> {
    value.split(';').filter_map(|one| one_limit_kmh(one.trim(), highway)).min_by(f64::total_cmp)
}

fn one_limit_kmh(value: &str, highway: &str) -> Option<f64> {
    let (country, rule) = value.split_once(':').unwrap_or(("", value));
    let rule = rule.to_ascii_lowercase();
    let limit = match (rule.as_str(), country) {
        ("walk" | "walking" | "walking_pace", _) => WALKING_PACE_KMH,
        // Where any speed is permitted, the one that is advised.
        ("none", _) | ("motorway", "DE") => return (highway == "motorway").then_some(130.0),
        ("urban", _) => 50.0,
        ("rural", "DE" | "AT") => 100.0,
        ("rural", "FR" | "MT" | "CH" | "NL") => 80.0,
        ("rural", _) => 90.0,
        ("trunk", "RO") => 100.0,
        ("trunk", _) => 110.0,
        ("nsl_restricted", _) => 30.0 * KM_PER_MILE,
        ("nsl_single", _) => 60.0 * KM_PER_MILE,
        ("nsl_dual", _) | ("motorway", "GB" | "UK") => 70.0 * KM_PER_MILE,
        ("motorway", _) => 130.0,
        ("bicycle_road", _) => 30.0,
        (number, _) => {
            // `zone30`, `zone:30`, `30 mph`, `30 km/h`
            let number = number.strip_prefix("zone").unwrap_or(number).trim_start_matches([':', ' ']);
            let digits = number.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(number.len());
            let factor = match number[digits..].trim() {
                "" | "km/h" | "kmh" | "kph" => 1.0,
                "mph" => KM_PER_MILE,
                "knots" => 1.852,
                _ => return None,
            };
            number[..digits].parse::<f64>().ok()? * factor
        }
    };
    (2.0..=160.0).contains(&limit).then_some(limit)
}

/// A `duration` tag (`MM`, `HH:MM` or `HH:MM:SS`) in seconds.
pub(super) fn duration_seconds(value: &str) -> Option<f64> {
    let parts: Vec<f64> = value.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes] => minutes * 60.0,
        [hours, minutes] => hours * 3600.0 + minutes * 60.0,
        [hours, minutes, seconds] => hours * 3600.0 + minutes * 60.0 + seconds,
        _ => return None,
    };
    (seconds > 0.0 && seconds < 86_400.0).then_some(seconds)
}
