//! The land, from coastlines: rings as they are, and open lines closed along the edge of the extract.
//!
//! OpenStreetMap draws coastlines with land on the left. Not here: lakes and rivers.

use super::rings::joined;
use crate::{
    Bounds, LatLon,
    extract::Extract,
    geo::{doubled_area, in_ring},
};

/// Land areas in the Web Mercator unit square: outline, then holes.
pub(super) fn areas(extract: &Extract) -> Vec<Vec<Vec<[f64; 2]>>> {
    let coast = extract.ways.iter().filter(|way| way.tags.is("natural", "coastline"));
    let chains = joined(coast.map(|way| way.nodes.clone()).collect(), false);
    let places = |chain: &Vec<u32>| -> Vec<[f64; 2]> {
        chain.iter().map(|&node| extract.at(node)).map(|at| [at.lon, at.lat]).collect()
    };
    let Some(frame) = extract.area else { return Vec::new() };
    let lines = chains.iter().map(places).collect();
    let mercator = |[lon, lat]: [f64; 2]| LatLon { lat, lon }.mercator();
    let areas = enclosed(lines, frame);
    areas
        .into_iter()
        .map(|rings| rings.into_iter().map(|r| r.into_iter().map(mercator).collect()).collect())
        .collect()
}

/// Land enclosed by coastlines (longitude, latitude) and the frame.
fn enclosed(lines: Vec<Vec<[f64; 2]>>, frame: Bounds) -> Vec<Vec<Vec<[f64; 2]>>> {
    let (rings, open): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .filter(|line| line.len() >= 2)
        .partition(|line| line.len() >= 4 && line.first() == line.last());
    let (mut land, lagoons): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| doubled_area(ring) > 0.0);
    let shores: Vec<Vec<[f64; 2]>> = open.iter().flat_map(|line| inside(line, frame)).collect();
    if shores.is_empty() && land.is_empty() {
        land.push(around(frame));
    }
    land.extend(closed(&shores, frame));
    let mut areas: Vec<Vec<Vec<[f64; 2]>>> = land.into_iter().map(|outline| vec![outline]).collect();
    for lagoon in lagoons {
        let Some(&corner) = lagoon.first() else { continue };
        let home = areas.iter_mut().find(|area| area.first().is_some_and(|outline| in_ring(outline, corner)));
        if let Some(area) = home {
            area.push(lagoon);
        }
    }
    areas
}

fn corners(frame: Bounds) -> [[f64; 2]; 4] {
    [
        [frame.west, frame.south],
        [frame.east, frame.south],
        [frame.east, frame.north],
        [frame.west, frame.north],
    ]
}

fn around(frame: Bounds) -> Vec<[f64; 2]> {
    let [a, b, c, d] = corners(frame);
    vec![a, b, c, d, a]
}

/// The pieces of a line within the frame, each from edge to edge: an end inside is led straight to the nearest edge.
fn inside(line: &[[f64; 2]], frame: Bounds) -> Vec<Vec<[f64; 2]>> {
    let within = |p: &[f64; 2]| frame.contains(LatLon { lat: p[1], lon: p[0] });
    let mut whole = line.to_vec();
    if let Some(first) = line.first().filter(|p| within(p)) {
        whole.insert(0, to_edge(*first, frame));
    }
    if let Some(last) = line.last().filter(|p| within(p)) {
        whole.push(to_edge(*last, frame));
    }
    super::clip::line_within(&whole, [frame.west, frame.south], [frame.east, frame.north])
}

fn to_edge([x, y]: [f64; 2], frame: Bounds) -> [f64; 2] {
    let candidates = [[frame.west, y], [frame.east, y], [x, frame.south], [x, frame.north]];
    let distance = |p: &[f64; 2]| (p[0] - x).abs() + (p[1] - y).abs();
    candidates.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or([x, y])
}

/// How far round the frame a point on its edge lies, counter-clockwise from the south-west corner, 0..4.
fn round([x, y]: [f64; 2], frame: Bounds) -> f64 {
    let across = ((x - frame.west) / (frame.east - frame.west)).clamp(0.0, 1.0);
    let up = ((y - frame.south) / (frame.north - frame.south)).clamp(0.0, 1.0);
    let sides = [(up, across), (1.0 - across, 1.0 + up), (1.0 - up, 3.0 - across), (across, 4.0 - up)];
    let nearest = sides.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map_or(0.0, |(_, position)| position % 4.0)
}

/// Closes shores that begin and end on the frame: from each end on along the frame, counter-clockwise, to the next beginning.
fn closed(shores: &[Vec<[f64; 2]>], frame: Bounds) -> Vec<Vec<[f64; 2]>> {
    let begins: Vec<f64> = shores.iter().filter_map(|s| s.first()).map(|&p| round(p, frame)).collect();
    let mut used = vec![false; shores.len()];
    let mut rings = Vec::new();
    for start in 0..shores.len() {
        if used[start] {
            continue;
        }
        let mut ring: Vec<[f64; 2]> = Vec::new();
        let mut current = start;
        loop {
            used[current] = true;
            ring.extend(&shores[current]);
            let Some(&end) = shores[current].last() else { break };
            let here = round(end, frame);
            let onward = |index: usize| (begins[index] - here).rem_euclid(4.0);
            let open = (0..shores.len()).filter(|&index| index == start || !used[index]);
            let Some(next) = open.min_by(|&a, &b| onward(a).total_cmp(&onward(b))) else { break };
            let mut corner = here.floor() + 1.0;
            while corner - here < onward(next) {
                ring.push(corners(frame)[corner as usize % 4]);
                corner += 1.0;
            }
            if next == start {
                break;
            }
            current = next;
        }
        ring.extend(ring.first().copied());
        rings.push(ring);
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Bounds = Bounds { south: 0.0, west: 0.0, north: 10.0, east: 10.0 };

    fn is_land(areas: &[Vec<Vec<[f64; 2]>>], point: [f64; 2]) -> bool {
        areas.iter().any(|area| area.iter().filter(|ring| in_ring(ring, point)).count() % 2 == 1)
    }

    #[test]
    fn without_a_coast_all_is_land() {
        assert!(is_land(&enclosed(Vec::new(), FRAME), [5.0, 5.0]));
    }

    #[test]
    fn an_island_is_land_and_the_rest_is_sea() {
        let island = vec![[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0], [4.0, 4.0]];
        let areas = enclosed(vec![island], FRAME);
        assert!(is_land(&areas, [5.0, 5.0]) && !is_land(&areas, [1.0, 1.0]));
    }

    #[test]
    fn land_lies_left_of_an_open_coast() {
        let northward = enclosed(vec![vec![[5.0, -1.0], [5.0, 5.0], [5.0, 11.0]]], FRAME);
        assert!(is_land(&northward, [1.0, 5.0]) && !is_land(&northward, [9.0, 5.0]));
        let southward = enclosed(vec![vec![[5.0, 9.0], [5.0, 1.0]]], FRAME);
        assert!(is_land(&southward, [9.0, 5.0]) && !is_land(&southward, [1.0, 5.0]));
    }

    #[test]
    fn a_channel_between_two_coasts_is_sea() {
        let areas = enclosed(vec![vec![[4.0, -1.0], [4.0, 11.0]], vec![[6.0, 11.0], [6.0, -1.0]]], FRAME);
        assert!(is_land(&areas, [1.0, 5.0]) && !is_land(&areas, [5.0, 5.0]) && is_land(&areas, [9.0, 5.0]));
    }

    #[test]
    fn a_lagoon_is_a_hole() {
        let lagoon = vec![[4.0, 4.0], [4.0, 6.0], [6.0, 6.0], [6.0, 4.0], [4.0, 4.0]];
        let areas = enclosed(vec![lagoon], FRAME);
        assert!(!is_land(&areas, [5.0, 5.0]) && is_land(&areas, [1.0, 1.0]));
    }
}
