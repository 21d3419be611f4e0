//! Where the hub stands: by a road in the densest part of the map from which most of it can be reached.
//!
//! Not here: what the hub does.

use crate::streets::Streets;
use anyhow::{Context, Result};
use roads::{Address, LatLon, Profile};
use std::collections::BTreeMap;

/// The longest drive from the hub to a door on a free road, in seconds.
pub const REACH_S: u32 = 45 * 60;

const CELL_DEGREES: f64 = 0.009;
const CELLS_TRIED: usize = 20;
const SAMPLE: usize = 400;

/// Chooses the gate. The same map always gives the same gate.
///
/// # Errors
/// When no dense part of the map lies by a road from which half of a sample of its addresses can be reached.
pub fn choose(addresses: &[Address], streets: &dyn Streets) -> Result<LatLon> {
    let step = addresses.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<LatLon> = addresses
        .iter()
        .step_by(step)
        .map(|address| address.at)
        .filter(|at| streets.road_near(*at, Profile::Car).is_some())
        .collect();
    densest_first(addresses)
        .into_iter()
        .take(CELLS_TRIED)
        .filter_map(|centre| streets.road_near(centre, Profile::Car))
        .map(|(gate, _)| gate)
        .find(|gate| reaches_half(*gate, &sample, streets))
        .context("no place for a hub: this map has no dense area with roads to most of its addresses; use another extract")
}

fn reaches_half(gate: LatLon, sample: &[LatLon], streets: &dyn Streets) -> bool {
    let within =
        streets.seconds_to(gate, sample).into_iter().flatten().filter(|seconds| *seconds <= REACH_S).count();
    within * 2 >= sample.len().max(1)
}

/// Mean places of cells of about a square kilometre, the ones with most addresses in and around them first.
fn densest_first(addresses: &[Address]) -> Vec<LatLon> {
    let mut cells: BTreeMap<(i32, i32), (u32, f64, f64)> = BTreeMap::new();
    for address in addresses {
        let squeeze = address.at.lat.to_radians().cos().max(0.01);
        let key = (
            (address.at.lat / CELL_DEGREES).floor() as i32,
            (address.at.lon * squeeze / CELL_DEGREES).floor() as i32,
        );
        let (count, lat, lon) = cells.entry(key).or_default();
        *count += 1;
        *lat += address.at.lat;
        *lon += address.at.lon;
    }
    let around = |(row, column): (i32, i32)| -> u32 {
        let near = (row - 2..=row + 2).flat_map(|r| (column - 2..=column + 2).map(move |c| (r, c)));
        near.filter_map(|key| cells.get(&key)).map(|(count, ..)| count).sum()
    };
    let mut ranked: Vec<(u32, LatLon)> = cells
        .iter()
        .map(|(key, (count, lat, lon))| {
            let n = f64::from(*count);
            (around(*key), LatLon { lat: lat / n, lon: lon / n })
        })
        .collect();
    ranked.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    ranked.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{StraightStreets, address_at, addresses};

    #[test]
    fn the_hub_stands_in_the_crowd_not_with_the_lonely_house() {
        let mut all = addresses(300);
        let centre = all.first().unwrap().at;
        all.push(address_at(LatLon { lat: centre.lat + 0.3, lon: centre.lon }));
        let gate = choose(&all, &StraightStreets).unwrap();
        assert!(gate.metres_to(centre) < 5_000.0);
    }

    #[test]
    fn an_empty_map_is_refused_with_a_sentence() {
        assert!(choose(&[], &StraightStreets).unwrap_err().to_string().contains("another extract"));
    }
}
