//! Streets that are closed for a while, and which segments of a network that means.
//!
//! An area closes every segment that reaches into it. A line closes the streets that it follows, and where it follows none,
//! those that it crosses: so it may be drawn along a street past its side streets, or across one as a barrier.
//! Not here: why, and who said so.

use std::collections::{HashMap, HashSet};

use crate::{
    LatLon, Profile,
    geo::{Plane, in_ring},
    network::{Network, Roads},
    wall::Wall,
};

/// A line is sampled this often, in metres.
const STEP_M: f64 = 4.0;
/// A line follows a street that is no farther than this, in metres, and no more askew than this, in degrees.
const BESIDE_M: f64 = 14.0;
const ASKEW: f64 = 30.0;
/// A segment is closed when a line follows it for this share of its length, or for this far in metres.
const SHARE: f64 = 0.4;
const FAR_M: f64 = 40.0;
/// A line is compared with what lies near pieces of this length, in metres.
const PIECE_M: f64 = 100.0;
/// Lines that are longer than this, in metres, are looked at less closely.
const LONGEST_M: f64 = 50_000.0;

/// Something closed to some for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// Where.
    pub shape: ClosureShape,
    /// From when on.
    pub from: Wall,
    /// Until when.
    pub until: Wall,
    /// For whom.
    pub bars: Vec<Profile>,
}

/// The outline of a closure, as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum ClosureShape {
    /// Along streets or across them; two places or more.
    Line(Vec<LatLon>),
    /// Everything in a ring; three places or more, closed by itself.
    Area(Vec<LatLon>),
}

impl Closure {
    /// Whether it holds for this profile at this time.
    pub fn bars(&self, profile: Profile, when: Wall) -> bool {
        (self.from..self.until).contains(&when) && self.bars.contains(&profile)
    }
}

/// The segments that a shape closes, ascending.
pub(crate) fn closed(shape: &ClosureShape, network: &Network, roads: &Roads) -> Vec<u32> {
    let mut segments: Vec<u32> = match shape {
        ClosureShape::Line(line) => along(line, network, roads),
        ClosureShape::Area(ring) => inside(ring, network, roads),
    };
    segments.sort_unstable();
    segments.dedup();
    segments
}

fn flat_shape(network: &Network, plane: &Plane, segment: u32) -> Vec<[f64; 2]> {
    network.shape(segment).iter().map(|&spot| plane.flat(spot.into())).collect()
}

fn inside(ring: &[LatLon], network: &Network, roads: &Roads) -> Vec<u32> {
    let plane = roads.plane();
    let mut flat: Vec<[f64; 2]> =
        ring.iter().filter(|at| at.is_on_globe()).map(|&at| plane.flat(at)).collect();
    if flat.len() < 3 {
        return Vec::new();
    }
    flat.push(flat[0]);
    let reaches_in = |segment: &u32| {
        let shape = flat_shape(network, &plane, *segment);
        shape.iter().any(|&point| in_ring(&flat, point)) || crosses(&shape, &flat)
    };
    roads.in_box(&flat, 0.0).filter(reaches_in).collect()
}

fn along(line: &[LatLon], network: &Network, roads: &Roads) -> Vec<u32> {
    let plane = roads.plane();
    let flat: Vec<[f64; 2]> = line.iter().filter(|at| at.is_on_globe()).map(|&at| plane.flat(at)).collect();
    let mut shapes: HashMap<u32, Vec<[f64; 2]>> = HashMap::new();
    let mut followed: HashMap<u32, f64> = HashMap::new();
    let mut closed = Vec::new();
    let short: Vec<[[f64; 2]; 2]> = flat.windows(2).flat_map(|ends| pieces(ends[0], ends[1])).collect();
    for ends in &short {
        let way = [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]];
        let length = way[0].hypot(way[1]);
        let near: Vec<u32> = roads.in_box(ends, BESIDE_M).collect();
        for &segment in &near {
            shapes.entry(segment).or_insert_with(|| flat_shape(network, &plane, segment));
        }
        let steps = (length / STEP_M).ceil().clamp(1.0, PIECE_M / STEP_M);
        for step in 0..steps as u32 {
            let share = (f64::from(step) + 0.5) / steps;
            let point = [ends[0][0] + way[0] * share, ends[0][1] + way[1] * share];
            let beside = near
                .iter()
                .filter_map(|segment| Some((*segment, distance_beside(&shapes[segment], point, way)?)));
            if let Some((segment, _)) = beside.min_by(|a, b| a.1.total_cmp(&b.1)) {
                *followed.entry(segment).or_default() += length / steps;
                continue;
            }
            // Here the line follows nothing, so it closes what it crosses.
            let half = [way[0] / steps / 2.0, way[1] / steps / 2.0];
            let piece = [[point[0] - half[0], point[1] - half[1]], [point[0] + half[0], point[1] + half[1]]];
            closed.extend(near.iter().filter(|segment| crosses(&shapes[segment], &piece)));
        }
    }
    for (segment, metres) in followed {
        let pieces = shapes[&segment].windows(2);
        let length: f64 = pieces.map(|e| (e[1][0] - e[0][0]).hypot(e[1][1] - e[0][1])).sum();
        if metres >= FAR_M || metres >= SHARE * length {
            closed.push(segment);
        }
    }
    closed
}

/// A piece of a line cut into short ones; into so many at most that no slip of the pen takes long.
fn pieces([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> impl Iterator<Item = [[f64; 2]; 2]> {
    let count = ((x1 - x0).hypot(y1 - y0).min(LONGEST_M) / PIECE_M).ceil().max(1.0);
    let at = move |n: u32| {
        let share = f64::from(n) / count;
        [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share]
    };
    (0..count as u32).map(move |n| [at(n), at(n + 1)])
}

/// How far a point is from the part of a street that runs in about the same direction, if any is near.
fn distance_beside(shape: &[[f64; 2]], point: [f64; 2], way: [f64; 2]) -> Option<f64> {
    let pieces = shape.windows(2).filter_map(|ends| {
        let run = [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]];
        let lengths = run[0].hypot(run[1]) * way[0].hypot(way[1]);
        let askew = ((run[0] * way[0] + run[1] * way[1]).abs() / lengths).min(1.0).acos().to_degrees();
        let (_, distance2) = crate::geo::nearest_on_line(point, ends[0], ends[1]);
        (lengths > 0.0 && askew <= ASKEW && distance2 <= BESIDE_M * BESIDE_M).then(|| distance2.sqrt())
    });
    pieces.min_by(f64::total_cmp)
}

/// Whether two lines cross.
fn crosses(a: &[[f64; 2]], b: &[[f64; 2]]) -> bool {
    let side =
        |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    a.windows(2).any(|s| {
        b.windows(2).any(|t| {
            side(s[0], s[1], t[0]) * side(s[0], s[1], t[1]) < 0.0
                && side(t[0], t[1], s[0]) * side(t[0], t[1], s[1]) < 0.0
        })
    })
}

/// The segments that closures bar for a profile at a time; `segments_of` are those of each closure, in their order.
pub(crate) fn barred(
    closures: &[Closure],
    segments_of: &[Vec<u32>],
    profile: Profile,
    when: Wall,
) -> HashSet<u32> {
    let holding = closures.iter().zip(segments_of).filter(|(closure, _)| closure.bars(profile, when));
    holding.flat_map(|(_, segments)| segments.iter().copied()).collect()
}
