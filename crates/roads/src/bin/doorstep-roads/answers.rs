//! Answers in the shape of OSRM's.
//!
//! Not here: what they say.

use roads::{LatLon, Matched, Matrix, Path, Reach, UNREACHABLE};
use serde_json::{Value, json};

/// As `/table`.
pub fn table(times: &Matrix, metres: &[u32], seconds: f64) -> Value {
    let width = times.targets.max(1);
    let durations: Vec<Vec<Option<u32>>> = times
        .seconds
        .chunks(width)
        .map(|row| row.iter().map(|&s| (s != UNREACHABLE).then_some(s)).collect())
        .collect();
    let distances: Vec<Vec<Option<u32>>> = metres
        .chunks(width)
        .zip(&durations)
        .map(|(row, times)| row.iter().zip(times).map(|(&m, time)| time.map(|_| m)).collect())
        .collect();
    json!({ "code": "Ok", "durations": durations, "distances": distances, "compute_seconds": seconds })
}

/// As `/route`.
pub fn route(path: &Path, seconds: f64) -> Value {
    let sum = |of: fn(&roads::Leg) -> f64| path.legs.iter().map(of).sum::<f64>();
    let legs: Vec<Value> =
        path.legs.iter().map(|leg| json!({ "duration": leg.seconds, "distance": leg.metres })).collect();
    let points: Vec<LatLon> = path.legs.iter().flat_map(|leg| leg.points.iter().copied()).collect();
    let route = json!({
        "duration": sum(|leg| leg.seconds),
        "distance": sum(|leg| leg.metres),
        "legs": legs,
        "geometry": line(&points),
    });
    json!({ "code": "Ok", "routes": [route], "compute_seconds": seconds })
}

/// As `/match`.
pub fn matched(matched: &Matched, seconds: f64) -> Value {
    let matchings: Vec<Value> =
        matched.lines.iter().map(|points| json!({ "geometry": line(points) })).collect();
    json!({
        "code": if matched.lines.is_empty() { "NoMatch" } else { "Ok" },
        "matchings": matchings,
        "distance": matched.metres,
        "astray": matched.astray,
        "compute_seconds": seconds,
    })
}

/// The islands that can be reached, as GeoJSON.
pub fn reach(reach: &Reach, minutes: f64) -> Value {
    let ring = |ring: &Vec<LatLon>| ring.iter().map(|at| [at.lon, at.lat]).collect::<Vec<_>>();
    let islands: Vec<Vec<_>> = reach.islands.iter().map(|island| island.iter().map(ring).collect()).collect();
    json!({
        "type": "Feature",
        "properties": { "minutes": minutes },
        "geometry": { "type": "MultiPolygon", "coordinates": islands },
    })
}

fn line(points: &[LatLon]) -> Value {
    let coordinates: Vec<[f64; 2]> = points.iter().map(|at| [at.lon, at.lat]).collect();
    json!({ "type": "LineString", "coordinates": coordinates })
}
