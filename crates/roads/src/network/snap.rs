//! From a place on the map to a position on a road.
//!
//! Not here: which road a moving vehicle is on; that needs more than one fix.

use rstar::{AABB, PointDistance, RTree, RTreeObject};

use super::Network;
use crate::{
    LatLon,
    geo::{Plane, nearest_on_line},
};

/// Places farther than this from any road are outside the area.
pub(crate) const REACH_M: f64 = 2_000.0;

/// A position on a road.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    /// The position.
    pub at: LatLon,
    /// Distance from the place that was asked about.
    pub metres_away: f64,
    /// Segment of the profile's network.
    pub(crate) segment: u32,
    /// Share of the segment's length that lies before the position, 0..=1, in the direction of its shape.
    pub(crate) share: f64,
    /// Shape point before the position.
    pub(crate) after: u32,
    /// On which side of the road the place lies, seen in the direction of its shape.
    pub(crate) side: Side,
}

/// A side of the road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
    /// Too close to the middle to tell.
    Neither,
}

/// A place nearer to the middle of the road than this is on neither side, in metres.
const ON_THE_ROAD_M: f64 = 3.0;

impl Snap {
    /// The position itself, for a provider of travel times that has no network of ours.
    pub fn on_the_spot(at: LatLon) -> Self {
        Self { at, metres_away: 0.0, segment: 0, share: 0.0, after: 0, side: Side::Neither }
    }
}

/// A segment in the flat picture of the city. Whole segments rather than their straight pieces: a tree of them is built
/// several times faster, and searched hardly slower.
struct FlatSegment {
    line: Box<[[f64; 2]]>,
    segment: u32,
}

impl FlatSegment {
    /// Squared distance to a point, the piece of the line that is nearest, and how far along that piece, 0..=1.
    fn nearest(&self, point: [f64; 2]) -> Option<(f64, usize, f64)> {
        let pieces = self.line.windows(2).enumerate().map(|(index, ends)| {
            let (share, distance2) = nearest_on_line(point, ends[0], ends[1]);
            (distance2, index, share)
        });
        pieces.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

impl RTreeObject for FlatSegment {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_points(self.line.iter())
    }
}

impl PointDistance for FlatSegment {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        self.nearest(*point).map_or(f64::INFINITY, |(distance2, ..)| distance2)
    }
}

/// All roads of one profile, by where they are.
pub(crate) struct Roads {
    plane: Plane,
    tree: RTree<FlatSegment>,
}

impl Roads {
    /// Sorts the segments of a network; `centre` is the middle of the city.
    pub(crate) fn new(network: &Network, centre: LatLon) -> Roads {
        let plane = Plane::at(centre);
        let flat = |segment| FlatSegment {
            line: network.shape(segment).iter().map(|&spot| plane.flat(spot.into())).collect(),
            segment,
        };
        Roads { plane, tree: RTree::bulk_load((0..network.segments.len() as u32).map(flat).collect()) }
    }

    /// The picture of the city in which the roads lie.
    pub(crate) fn plane(&self) -> Plane {
        self.plane
    }

    /// Segments whose surrounding box touches the box around some points, with a margin in metres.
    pub(crate) fn in_box(&self, points: &[[f64; 2]], margin: f64) -> impl Iterator<Item = u32> + '_ {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis] - margin);
                high[axis] = high[axis].max(point[axis] + margin);
            }
        }
        let any = !points.is_empty();
        let area = AABB::from_corners(low, high);
        let found = any.then(|| self.tree.locate_in_envelope_intersecting(&area)).into_iter().flatten();
        found.map(|flat| flat.segment)
    }

    /// Nearest positions on the roads around, one for each segment, the nearest first, up to so many metres away.
    pub(crate) fn snaps<'a>(
        &'a self,
        network: &'a Network,
        at: LatLon,
        reach_m: f64,
    ) -> impl Iterator<Item = Snap> + 'a {
        let point = at.is_on_globe().then(|| self.plane.flat(at));
        let nearest = point.into_iter().flat_map(move |point| {
            self.tree.nearest_neighbor_iter_with_distance_2(&point).map(move |(flat, d2)| (point, flat, d2))
        });
        nearest
            .take_while(move |&(.., distance2)| distance2 <= reach_m * reach_m)
            .filter_map(move |(point, flat, _)| position(network, at, point, flat))
    }
}

fn position(network: &Network, at: LatLon, point: [f64; 2], flat: &FlatSegment) -> Option<Snap> {
    let (distance2, index, along) = flat.nearest(point)?;
    let shape = network.shape(flat.segment);
    let (first, second) = (LatLon::from(*shape.get(index)?), LatLon::from(*shape.get(index + 1)?));
    let lengths = || shape.windows(2).map(|ends| LatLon::from(ends[0]).metres_to(ends[1].into()));
    let whole: f64 = lengths().sum();
    let before: f64 = lengths().take(index).sum::<f64>() + first.metres_to(second) * along;
    let position = first.toward(second, along);
    let (a, b) = (flat.line.get(index)?, flat.line.get(index + 1)?);
    let cross = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
    let side = match distance2 > ON_THE_ROAD_M * ON_THE_ROAD_M {
        true if cross > 0.0 => Side::Left,
        true if cross < 0.0 => Side::Right,
        _ => Side::Neither,
    };
    Some(Snap {
        at: position,
        metres_away: at.metres_to(position),
        segment: flat.segment,
        share: if whole > 0.0 { (before / whole).clamp(0.0, 1.0) } else { 0.0 },
        after: index as u32,
        side,
    })
}
