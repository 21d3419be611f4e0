//! How far one gets: every place that can be reached within a time, and the outline of all of them.
//!
//! One search over all edges (Dijkstra 1959) on the weights of a time. Not here: who would want to go there.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

use super::{
    Router, Weighing,
    router::Place,
    weighing::{ENTERING, tenths_of},
};
use crate::{
    LatLon,
    geo::{doubled_area, in_ring},
};

/// Side of the cells of an outline, in metres.
const CELL_M: f64 = 120.0;

/// What can be reached from a place within a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Places along reached roads, each with the seconds until it.
    pub points: Vec<(LatLon, f64)>,
    /// Islands around all of them. Each is rings, closed: the outline, then the holes in it.
    pub islands: Vec<Vec<Vec<LatLon>>>,
}

impl Router {
    /// Everything within so many seconds of a place.
    pub(crate) fn reach(&self, weighing: &Weighing, from: &Place, seconds: f64) -> Reach {
        let limit = (seconds * 10.0).max(0.0) as u32;
        let (network, turns) = (self.network(), &self.network().paces[weighing.profile.variant()].turns);
        let entering = |from, into| if network.enters(from, into) { ENTERING } else { 0 };
        let shut = network.edges.iter().any(|edge| edge.local);
        let mut done = vec![false; network.edges.len()];
        let mut open = BinaryHeap::new();
        let mut points = vec![(from.snap.at, 0.0)];
        for (edge, before, behind) in self.edges_of(weighing, from) {
            self.run(weighing, edge, before, f64::from(from.on_foot), limit, &mut points);
            for (next, arc) in network.exits(edge) {
                open.push(Reverse((from.on_foot + behind + turns[arc] + entering(edge, next), next)));
            }
        }
        while let Some(Reverse((entered, edge))) = open.pop() {
            let closed = !weighing.is_open(network.edges[edge as usize].segment);
            // Beyond the limit it goes on only to see which streets need not be entered through others.
            let enough = tenths_of(entered) > limit && !shut;
            if enough || closed || std::mem::replace(&mut done[edge as usize], true) {
                continue;
            }
            self.run(weighing, edge, 0, f64::from(tenths_of(entered)), limit, &mut points);
            let left = entered + weighing.edges[edge as usize];
            for (next, arc) in network.exits(edge) {
                if !done[next as usize] {
                    open.push(Reverse((left + turns[arc] + entering(edge, next), next)));
                }
            }
        }
        let islands = islands(&points, self);
        Reach { points, islands }
    }

    /// Notes the places along an edge, from so many tenths behind its beginning until the limit.
    fn run(
        &self,
        weighing: &Weighing,
        edge: u32,
        before: u32,
        entered: f64,
        limit: u32,
        points: &mut Vec<(LatLon, f64)>,
    ) {
        let (line, whole) = (self.network().line(edge), f64::from(weighing.edges[edge as usize]));
        let length: f64 = line.windows(2).map(|e| e[0].metres_to(e[1])).sum();
        let mut gone = 0.0;
        for ends in line.windows(2) {
            let metres = ends[0].metres_to(ends[1]);
            let steps = (metres / (CELL_M / 2.0)).ceil().max(1.0);
            for step in 1..=steps as u32 {
                let share = f64::from(step) / steps;
                let tenths = whole * (gone + metres * share) / length.max(f64::MIN_POSITIVE);
                let at = entered + tenths - f64::from(before);
                if tenths >= f64::from(before) && at <= f64::from(limit) {
                    points.push((ends[0].toward(ends[1], share), at / 10.0));
                }
            }
            gone += metres;
        }
    }
}

/// Islands of the cells that hold a point: rings along the cells' sides.
fn islands(points: &[(LatLon, f64)], router: &Router) -> Vec<Vec<Vec<LatLon>>> {
    let plane = router.roads().plane();
    let cell = |at: LatLon| plane.flat(at).map(|metres| (metres / CELL_M).floor() as i32);
    let mut cells: BTreeSet<[i32; 2]> = points.iter().map(|&(at, _)| cell(at)).collect();
    // A gap of one cell between reached ones is reached over footpaths: it is filled, so that streets grow together.
    let gaps: Vec<[i32; 2]> = cells
        .iter()
        .flat_map(|&[x, y]| [[x + 1, y], [x, y + 1]])
        .filter(|&[x, y]| {
            let has = |x, y| cells.contains(&[x, y]);
            !has(x, y) && ((has(x - 1, y) && has(x + 1, y)) || (has(x, y - 1) && has(x, y + 1)))
        })
        .collect();
    cells.extend(gaps);
    let place =
        |ring: Vec<[f64; 2]>| ring.into_iter().map(|at| plane.place(at.map(|c| c * CELL_M))).collect();
    let rings = |island: Vec<Vec<[f64; 2]>>| island.into_iter().map(place).collect();
    grouped(rings_around(&cells)).into_iter().map(rings).collect()
}

/// Closed rings along the sides of cells, with a cell on the left and none on the right: outlines go counter-clockwise,
/// holes clockwise.
fn rings_around(cells: &BTreeSet<[i32; 2]>) -> Vec<Vec<[f64; 2]>> {
    let mut sides: BTreeMap<[i32; 2], Vec<[i32; 2]>> = BTreeMap::new();
    for &[x, y] in cells {
        let mut side = |outside: [i32; 2], from: [i32; 2], to: [i32; 2]| {
            if !cells.contains(&outside) {
                sides.entry(from).or_default().push(to);
            }
        };
        side([x, y - 1], [x, y], [x + 1, y]);
        side([x + 1, y], [x + 1, y], [x + 1, y + 1]);
        side([x, y + 1], [x + 1, y + 1], [x, y + 1]);
        side([x - 1, y], [x, y + 1], [x, y]);
    }
    let turn =
        |a: [i32; 2], b: [i32; 2], c: [i32; 2]| (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
    let mut rings = Vec::new();
    while let Some((&start, _)) = sides.first_key_value() {
        let mut ring = vec![start];
        loop {
            let at = ring[ring.len() - 1];
            let Some(ends) = sides.get_mut(&at) else { break };
            // Where cells meet only at a corner, a turn to the left stays with the same one.
            let before = if ring.len() > 1 { ring[ring.len() - 2] } else { at };
            let left = (0..ends.len()).max_by_key(|&end| turn(before, at, ends[end]).signum());
            let next = ends.swap_remove(left.unwrap_or_default());
            if ends.is_empty() {
                sides.remove(&at);
            }
            // Corners only: a side that goes straight on makes the last one longer.
            if ring.len() > 1 && turn(before, at, next) == 0 {
                ring.pop();
            }
            ring.push(next);
            if next == start {
                break;
            }
        }
        rings.push(ring.into_iter().map(|corner| corner.map(f64::from)).collect());
    }
    rings
}

/// Puts each hole behind the outline of the island it is in.
fn grouped(rings: Vec<Vec<[f64; 2]>>) -> Vec<Vec<Vec<[f64; 2]>>> {
    let (outlines, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| doubled_area(ring) > 0.0);
    let mut islands: Vec<_> = outlines.into_iter().map(|outline| vec![outline]).collect();
    for hole in holes {
        // The middle of a cell beside the hole; of islands one inside the other's hole, the smallest around it is its own.
        let (from, to) = (hole[0], hole[1]);
        let ahead = [(to[0] - from[0]).signum() / 2.0, (to[1] - from[1]).signum() / 2.0];
        let beside = [from[0] + ahead[0] - ahead[1], from[1] + ahead[1] + ahead[0]];
        let around = islands.iter_mut().filter(|island| in_ring(&island[0], beside));
        if let Some(own) = around.min_by(|a, b| doubled_area(&a[0]).total_cmp(&doubled_area(&b[0]))) {
            own.push(hole);
        }
    }
    islands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn islands_of(drawn: &[&str]) -> Vec<Vec<Vec<[f64; 2]>>> {
        let rows = drawn.iter().rev().zip(0..);
        let cells = rows.flat_map(|(row, y)| {
            row.bytes().zip(0..).filter(|(byte, _)| *byte == b'#').map(move |(_, x)| [x, y])
        });
        grouped(rings_around(&cells.collect()))
    }

    #[test]
    fn holes_are_with_the_island_they_are_in() {
        let islands =
            islands_of(&["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"]);
        let shape: Vec<Vec<f64>> = islands
            .iter()
            .map(|island| island.iter().map(|ring| doubled_area(ring) / 2.0).collect())
            .collect();
        assert_eq!(shape, [[49.0, -25.0], [9.0, -1.0]]);
        assert_eq!(islands[1][1], [[3.0, 3.0], [3.0, 4.0], [4.0, 4.0], [4.0, 3.0], [3.0, 3.0]]);
    }

    #[test]
    fn cells_that_touch_at_a_corner_are_islands_of_their_own() {
        let islands = islands_of(&[".##", "#..", ".#."]);
        let areas: Vec<f64> = islands.iter().map(|island| doubled_area(&island[0]) / 2.0).collect();
        assert_eq!(areas, [1.0, 1.0, 2.0]);
        assert!(islands.iter().all(|island| island.len() == 1 && island[0].len() == 5));
    }
}
