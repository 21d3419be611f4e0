//! Outlines on the map: polygons with holes, which cross and touch nothing, not even themselves.
//!
//! All of it is reckoned in whole ten-millionths of a degree, so that no answer hangs on a rounding.

use crate::Coordinate;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use thiserror::Error;

/// An outline has no more corners than this, all of its rings together.
pub const MOST_CORNERS: usize = 1_000;
/// A ring of fewer corners holds nothing.
const LEAST_CORNERS: usize = 3;
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Why rings of corners are no outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutlineFault {
    /// There is nothing in it.
    #[error("it has no polygon: draw one at least")]
    Empty,
    /// A ring of one or two corners.
    #[error("a ring has {0} corners: it needs 3 at least that are not the same place")]
    TooFewCorners(usize),
    /// Nobody draws so many by hand, and every order would have to be held against them.
    #[error("it has {0} corners, and {MOST_CORNERS} are the most: draw it more simply, or as several zones")]
    TooManyCorners(usize),
    /// All corners of a ring are on one line.
    #[error("a ring holds no ground: its corners are all on one line")]
    Flat,
    /// Two sides meet where no corner joins them.
    #[error("its outline crosses or touches itself at {lat:.5}, {lon:.5}: move the corners there apart", lat = .0.lat(), lon = .0.lon())]
    Crossing(Coordinate),
    /// A ring that is wider than half the world: it was meant to cross the 180th meridian.
    #[error(
        "it is wider than half the world: an outline that crosses the 180th meridian is drawn as two polygons, one on each side"
    )]
    RoundTheWorld,
    /// A hole that lies beyond its polygon.
    #[error("a hole lies outside its polygon, at {lat:.5}, {lon:.5}: the first ring of a polygon is the outer one", lat = .0.lat(), lon = .0.lon())]
    HoleOutside(Coordinate),
    /// Ground that is in two polygons, or in two holes.
    #[error("two of its rings hold the same ground, at {lat:.5}, {lon:.5}: draw them as one", lat = .0.lat(), lon = .0.lon())]
    Twice(Coordinate),
}

/// Polygons: of each the outer ring, then its holes. A ring goes on from its last corner to its first, which stands once.
pub type Rings = Vec<Vec<Vec<Coordinate>>>;

/// The ground that some polygons hold, without their holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Rings", into = "Rings")]
pub struct Outline {
    polygons: Rings,
    low: Coordinate,
    high: Coordinate,
    area_m2: f64,
}

impl Outline {
    /// Reads rings. A last corner that is the first one again, as GeoJSON has it, and a corner that stands twice in a row are
    /// the same corner once. Outer rings are kept counter-clockwise and holes clockwise.
    ///
    /// # Errors
    /// The first fault, with the place where it is.
    pub fn parse(polygons: Rings) -> Result<Self, OutlineFault> {
        let mut polygons: Rings =
            polygons.into_iter().map(|rings| rings.into_iter().map(once_each).collect()).collect();
        if polygons.is_empty() || polygons.iter().any(Vec::is_empty) {
            return Err(OutlineFault::Empty);
        }
        let corners = polygons.iter().flatten().map(Vec::len).sum();
        if corners > MOST_CORNERS {
            return Err(OutlineFault::TooManyCorners(corners));
        }
        for ring in polygons.iter().flatten() {
            sound(ring)?;
        }
        if let Some(at) = crossing(&polygons) {
            return Err(OutlineFault::Crossing(at));
        }
        nested(&polygons)?;
        for rings in &mut polygons {
            for (place, ring) in rings.iter_mut().enumerate() {
                let is_clockwise = swept(ring) > 0.0;
                if is_clockwise == (place == 0) {
                    ring.reverse();
                    ring.rotate_right(1);
                }
            }
        }
        let all = || polygons.iter().flatten().flatten().copied();
        let fold = |pick: fn(f64, f64) -> f64| {
            let first = all().next().ok_or(OutlineFault::Empty)?;
            let (lat, lon) = all()
                .fold((first.lat(), first.lon()), |(lat, lon), c| (pick(lat, c.lat()), pick(lon, c.lon())));
            Coordinate::parse(lat, lon).map_err(|_| OutlineFault::Empty)
        };
        let (low, high) = (fold(f64::min)?, fold(f64::max)?);
        let area_m2 = polygons.iter().map(|rings| polygon_area(rings)).sum();
        Ok(Self { polygons, low, high, area_m2 })
    }

    /// The polygons: of each the outer ring, then its holes.
    pub fn polygons(&self) -> &[Vec<Vec<Coordinate>>] {
        &self.polygons
    }

    /// The ground that it holds, in square metres, on a round Earth.
    pub fn area_m2(&self) -> f64 {
        self.area_m2
    }

    /// Its south-western and its north-eastern corner.
    pub fn bounds(&self) -> (Coordinate, Coordinate) {
        (self.low, self.high)
    }

    /// Whether it holds a place. Its edges, those of holes too, belong to it.
    pub fn contains(&self, at: Coordinate) -> bool {
        let (x, y) = at.e7();
        let ((west, south), (east, north)) = (self.low.e7(), self.high.e7());
        (west..=east).contains(&x)
            && (south..=north).contains(&y)
            && self.polygons.iter().any(|rings| holds(rings, at))
    }
}

impl TryFrom<Rings> for Outline {
    type Error = OutlineFault;
    fn try_from(polygons: Rings) -> Result<Self, OutlineFault> {
        Self::parse(polygons)
    }
}

impl From<Outline> for Rings {
    fn from(outline: Outline) -> Self {
        outline.polygons
    }
}

fn once_each(mut ring: Vec<Coordinate>) -> Vec<Coordinate> {
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// The sides of a ring, each from one corner to the next.
fn sides(ring: &[Coordinate]) -> impl Iterator<Item = (Coordinate, Coordinate)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

fn sound(ring: &[Coordinate]) -> Result<(), OutlineFault> {
    let [first, second, rest @ ..] = ring else { return Err(OutlineFault::TooFewCorners(ring.len())) };
    if ring.len() < LEAST_CORNERS {
        return Err(OutlineFault::TooFewCorners(ring.len()));
    }
    if rest.iter().all(|corner| turn(*first, *second, *corner) == Ordering::Equal) {
        return Err(OutlineFault::Flat);
    }
    let (west, east) =
        ring.iter().fold((f64::MAX, f64::MIN), |(west, east), c| (west.min(c.lon()), east.max(c.lon())));
    if east - west > 180.0 { Err(OutlineFault::RoundTheWorld) } else { Ok(()) }
}

/// On which side of the line from `a` to `b` a place is: left is greater, on the line is equal.
fn turn(a: Coordinate, b: Coordinate, c: Coordinate) -> Ordering {
    let [(ax, ay), (bx, by), (cx, cy)] = [a, b, c].map(|corner| {
        let (x, y) = corner.e7();
        (i128::from(x), i128::from(y))
    });
    ((bx - ax) * (cy - ay)).cmp(&((by - ay) * (cx - ax)))
}

/// Whether a place on the line through a side is on the side itself.
fn between((a, b): (Coordinate, Coordinate), at: Coordinate) -> bool {
    let ((ax, ay), (bx, by), (x, y)) = (a.e7(), b.e7(), at.e7());
    (ax.min(bx)..=ax.max(bx)).contains(&x) && (ay.min(by)..=ay.max(by)).contains(&y)
}

/// Where two sides meet, if they do.
fn meeting(one: (Coordinate, Coordinate), other: (Coordinate, Coordinate)) -> Option<Coordinate> {
    let ends = [(one, other.0), (one, other.1), (other, one.0), (other, one.1)];
    let turns = ends.map(|((a, b), at)| turn(a, b, at));
    let touch = ends.iter().zip(turns).find(|((side, at), turn)| turn.is_eq() && between(*side, *at));
    if let Some(((_, at), _)) = touch {
        return Some(*at);
    }
    let apart = |a: Ordering, b: Ordering| a.is_ne() && b.is_ne() && a != b;
    if !apart(turns[0], turns[1]) || !apart(turns[2], turns[3]) {
        return None;
    }
    let ((a, b), (c, d)) = (one, other);
    let (rx, ry, sx, sy) = (b.lon() - a.lon(), b.lat() - a.lat(), d.lon() - c.lon(), d.lat() - c.lat());
    let along = ((c.lon() - a.lon()) * sy - (c.lat() - a.lat()) * sx) / (rx * sy - ry * sx);
    let along = if along.is_finite() { along.clamp(0.0, 1.0) } else { 0.5 };
    Some(Coordinate::parse(a.lat() + ry * along, a.lon() + rx * along).unwrap_or(a))
}

struct Side {
    ring: usize,
    place: usize,
    ends: (Coordinate, Coordinate),
    west: i32,
    east: i32,
}

/// Where two sides of any rings meet, but for the corner that joins a side to the next. Sides are held against those alone
/// that begin before they end, from the west on.
fn crossing(polygons: &[Vec<Vec<Coordinate>>]) -> Option<Coordinate> {
    let rings: Vec<_> = polygons.iter().flatten().collect();
    let mut all: Vec<Side> = vec![];
    for (ring, corners) in rings.iter().enumerate() {
        all.extend(sides(corners).enumerate().map(|(place, ends)| {
            let (a, b) = (ends.0.e7().0, ends.1.e7().0);
            Side { ring, place, ends, west: a.min(b), east: a.max(b) }
        }));
    }
    all.sort_unstable_by_key(|side| side.west);
    for (n, one) in all.iter().enumerate() {
        for other in all.iter().skip(n + 1).take_while(|other| other.west <= one.east) {
            let count = rings.get(one.ring).map_or(0, |ring| ring.len());
            let follows = |a: &Side, b: &Side| a.ring == b.ring && (a.place + 1) % count == b.place;
            let met = if follows(one, other) {
                folded(one.ends, other.ends)
            } else if follows(other, one) {
                folded(other.ends, one.ends)
            } else {
                meeting(one.ends, other.ends)
            };
            if met.is_some() {
                return met;
            }
        }
    }
    None
}

/// Where a side goes back over the one before it.
fn folded(before: (Coordinate, Coordinate), side: (Coordinate, Coordinate)) -> Option<Coordinate> {
    let back =
        turn(before.0, before.1, side.1).is_eq() && (between(before, side.1) || between(side, before.0));
    back.then_some(side.0)
}

#[derive(PartialEq, Eq)]
enum Lies {
    Inside,
    OnTheEdge,
    Outside,
}

/// Where a place lies of a ring: whether a line from it to the east crosses an odd number of sides.
fn lies(ring: &[Coordinate], at: Coordinate) -> Lies {
    let (_, y) = at.e7();
    let mut inside = false;
    for side in sides(ring) {
        let (a, b) = side;
        let turn = turn(a, b, at);
        if turn.is_eq() && between(side, at) {
            return Lies::OnTheEdge;
        }
        let (from, to) = (a.e7().1, b.e7().1);
        if (from > y) != (to > y) && (to > from) == turn.is_gt() {
            inside = !inside;
        }
    }
    if inside { Lies::Inside } else { Lies::Outside }
}

fn holds(rings: &[Vec<Coordinate>], at: Coordinate) -> bool {
    let Some((outer, holes)) = rings.split_first() else { return false };
    lies(outer, at) != Lies::Outside && holes.iter().all(|hole| lies(hole, at) != Lies::Inside)
}

/// Rings that meet nowhere lie in each other or apart, so one corner of each says which.
fn nested(polygons: &[Vec<Vec<Coordinate>>]) -> Result<(), OutlineFault> {
    for (n, rings) in polygons.iter().enumerate() {
        let Some((outer, holes)) = rings.split_first() else { continue };
        for (m, hole) in holes.iter().enumerate() {
            let Some(&corner) = hole.first() else { continue };
            if lies(outer, corner) == Lies::Outside {
                return Err(OutlineFault::HoleOutside(corner));
            }
            let mut others = holes.iter().enumerate().filter(|(other, _)| *other != m);
            if others.any(|(_, other)| lies(other, corner) == Lies::Inside) {
                return Err(OutlineFault::Twice(corner));
            }
        }
        let Some(&corner) = outer.first() else { continue };
        let mut others = polygons.iter().enumerate().filter(|(other, _)| *other != n);
        if others.any(|(_, other)| holds(other, corner)) {
            return Err(OutlineFault::Twice(corner));
        }
    }
    Ok(())
}

/// Square metres inside a ring, negative where it is counter-clockwise, by R. G. Chamberlain and W. H. Duquette, "Some
/// Algorithms for Polygons on a Sphere" (2007).
fn swept(ring: &[Coordinate]) -> f64 {
    let slice = |(a, b): (Coordinate, Coordinate)| {
        (b.lon() - a.lon()).to_radians() * (2.0 + a.lat().to_radians().sin() + b.lat().to_radians().sin())
    };
    sides(ring).map(slice).sum::<f64>() * EARTH_RADIUS_M * EARTH_RADIUS_M / 2.0
}

fn polygon_area(rings: &[Vec<Coordinate>]) -> f64 {
    let Some((outer, holes)) = rings.split_first() else { return 0.0 };
    swept(outer).abs() - holes.iter().map(|hole| swept(hole).abs()).sum::<f64>()
}
