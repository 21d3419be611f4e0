//! How far one gets: every place that can be reached within a time, and the outline of all of them.
//!
//! One search over all edges (Dijkstra 1959) on the weights of a time. Not here: who would want to go there.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{Router, Weighing, router::Place};
use crate::LatLon;

/// Side of the cells of an outline, in metres.
const CELL_M: f64 = 120.0;

/// What can be reached from a place within a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Places along reached roads, each with the seconds until it.
    pub points: Vec<(LatLon, f64)>,
    /// Rings around all of them, each closed: outlines of islands, and of holes.
    pub outline: Vec<Vec<LatLon>>,
}

impl Router {
    /// Everything within so many seconds of a place.
    pub(crate) fn reach(&self, weighing: &Weighing, from: &Place, seconds: f64) -> Reach {
        let limit = (seconds * 10.0).max(0.0) as u32;
        let (network, turns) = (self.network(), &self.network().paces[weighing.profile.variant()].turns);
        let mut done = vec![false; network.edges.len()];
        let mut open = BinaryHeap::new();
        let mut points = vec![(from.snap.at, 0.0)];
        for (edge, before, behind) in self.edges_of(weighing, from) {
            self.run(weighing, edge, before, f64::from(from.on_foot), limit, &mut points);
            for (next, arc) in network.exits(edge) {
                open.push(Reverse((from.on_foot + behind + turns[arc], next)));
            }
        }
        while let Some(Reverse((entered, edge))) = open.pop() {
            let closed = !weighing.is_open(network.edges[edge as usize].segment);
            if entered > limit || closed || std::mem::replace(&mut done[edge as usize], true) {
                continue;
            }
            self.run(weighing, edge, 0, f64::from(entered), limit, &mut points);
            let left = entered + weighing.edges[edge as usize];
            for (next, arc) in network.exits(edge) {
                if !done[next as usize] {
                    open.push(Reverse((left + turns[arc], next)));
                }
            }
        }
        let outline = outline(&points, self);
        Reach { points, outline }
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

/// Rings around the cells that hold a point, along the cells' sides.
fn outline(points: &[(LatLon, f64)], router: &Router) -> Vec<Vec<LatLon>> {
    let plane = router.roads().plane();
    let cell = |at: LatLon| plane.flat(at).map(|metres| (metres / CELL_M).floor() as i32);
    let mut cells: std::collections::BTreeSet<[i32; 2]> = points.iter().map(|&(at, _)| cell(at)).collect();
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
    // Sides with a cell on the left and none on the right, from corner to corner.
    let mut sides: std::collections::BTreeMap<[i32; 2], Vec<[i32; 2]>> = std::collections::BTreeMap::new();
    for &[x, y] in &cells {
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
    let mut rings = Vec::new();
    while let Some((&start, _)) = sides.iter().find(|(_, ends)| !ends.is_empty()) {
        let (mut ring, mut at) = (vec![start], start);
        while let Some(next) = sides.get_mut(&at).and_then(Vec::pop) {
            // Corners only: a side that goes straight on makes the last one longer.
            if let [.., a, b] = ring[..]
                && (b[0] - a[0]) * (next[1] - b[1]) == (b[1] - a[1]) * (next[0] - b[0])
            {
                ring.pop();
            }
            ring.push(next);
            at = next;
            if at == start {
                break;
            }
        }
        sides.retain(|_, ends| !ends.is_empty());
        rings.push(ring.iter().map(|corner| plane.place(corner.map(|c| f64::from(c) * CELL_M))).collect());
    }
    rings
}
