//! Simplifies shapes for a zoom level and cuts them into tiles.
//!
//! Shapes are simplified before they are cut, so that neighbouring tiles meet. Not here: how a tile is written.

use std::ops::Range;

use super::{BUFFER, EXTENT, Window, shape::Shape};
use crate::geo::doubled_area;

/// Smallest side of an area that is still drawn, in units; a sixteenth of it at the last zoom level.
const SMALLEST: f64 = 24.0;

/// What a tile shows of a shape, in whole units from the tile's north-western corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clipped {
    Point([i32; 2]),
    Lines(Vec<Vec<[i32; 2]>>),
    /// Rings without the repeated last corner: the outline clockwise as seen on screen, holes the other way.
    Area(Vec<Vec<[i32; 2]>>),
}

/// Cuts a shape into the tiles `(x, y)` of a window. `units` is the width of the world at this zoom level.
pub(super) fn in_tiles(
    shape: &Shape,
    units: f64,
    tolerance: f64,
    window: &Window,
) -> Vec<((u32, u32), Clipped)> {
    let scaled =
        |line: &[[f64; 2]]| -> Vec<[f64; 2]> { line.iter().map(|p| [p[0] * units, p[1] * units]).collect() };
    match shape {
        Shape::Point(place) => {
            let place = [place[0] * units, place[1] * units];
            let tiles = range(place[0], place[0], &window.columns)
                .flat_map(|x| range(place[1], place[1], &window.rows).map(move |y| (x, y)));
            tiles.map(|tile| (tile, Clipped::Point(local(place, tile)))).collect()
        }
        Shape::Line(line) => {
            let line = simplified(&scaled(line), tolerance);
            let Some((low, high)) = extent(&line) else { return Vec::new() };
            let mut tiles = Vec::new();
            for x in range(low[0], high[0], &window.columns) {
                let strips = within_column(&line, x);
                for y in range(low[1], high[1], &window.rows) {
                    let pieces = strips.iter().flat_map(|strip| within_row(strip, y));
                    let lines: Vec<Vec<[i32; 2]>> =
                        pieces.map(|piece| whole(&piece, (x, y))).filter(|line| line.len() >= 2).collect();
                    if !lines.is_empty() {
                        tiles.push(((x, y), Clipped::Lines(lines)));
                    }
                }
            }
            tiles
        }
        Shape::Area(rings) => {
            area_in_tiles(rings.iter().map(|ring| scaled(ring)).collect(), tolerance, window)
        }
    }
}

fn area_in_tiles(rings: Vec<Vec<[f64; 2]>>, tolerance: f64, window: &Window) -> Vec<((u32, u32), Clipped)> {
    let smallest = if tolerance < 2.0 { SMALLEST / 16.0 } else { SMALLEST };
    let visible = |ring: &Vec<[f64; 2]>| doubled_area(ring).abs() / 2.0 >= smallest * smallest;
    let mut simple = Vec::with_capacity(rings.len());
    for (place, ring) in rings.into_iter().enumerate() {
        let ring = simplified_ring(&ring, tolerance);
        match (place, visible(&ring)) {
            (0, false) => return Vec::new(),
            (_, true) => simple.push(ring),
            (_, false) => {}
        }
    }
    let Some((low, high)) = simple.first().and_then(|outline| extent(outline)) else { return Vec::new() };
    let mut tiles = Vec::new();
    for x in range(low[0], high[0], &window.columns) {
        let (west, east) = reach(x);
        let strips: Vec<Vec<[f64; 2]>> =
            simple.iter().map(|ring| ring_between(ring, 0, west, east)).collect();
        for y in range(low[1], high[1], &window.rows) {
            let (north, south) = reach(y);
            let rings = strips.iter().map(|ring| whole(&ring_between(ring, 1, north, south), (x, y)));
            if let Some(area) = wound(rings) {
                tiles.push(((x, y), area));
            }
        }
    }
    tiles
}

/// Tiles along one axis that a stretch touches, buffer included, as far as the window shows them.
fn range(low: f64, high: f64, window: &Range<u32>) -> Range<u32> {
    let tile = |value: f64| (value / f64::from(EXTENT)).floor();
    // Casts from floating point saturate, so that what lies west or north of the world is in no tile.
    let (first, end) = (tile(low - BUFFER).max(0.0) as u32, (tile(high + BUFFER) + 1.0).max(0.0) as u32);
    first.max(window.start)..end.min(window.end)
}

/// What a tile reaches along one axis, buffer included.
fn reach(tile: u32) -> (f64, f64) {
    let start = f64::from(tile) * f64::from(EXTENT);
    (start - BUFFER, start + f64::from(EXTENT) + BUFFER)
}

fn local(place: [f64; 2], (x, y): (u32, u32)) -> [i32; 2] {
    let extent = f64::from(EXTENT);
    [(place[0] - f64::from(x) * extent).round() as i32, (place[1] - f64::from(y) * extent).round() as i32]
}

/// Rounds to units and drops points that then repeat.
fn whole(line: &[[f64; 2]], tile: (u32, u32)) -> Vec<[i32; 2]> {
    let mut points: Vec<[i32; 2]> = line.iter().map(|&place| local(place, tile)).collect();
    points.dedup();
    points
}

/// Winds the outline clockwise on screen and holes the other way; none when nothing of the outline is left.
fn wound(rings: impl Iterator<Item = Vec<[i32; 2]>>) -> Option<Clipped> {
    let mut kept: Vec<Vec<[i32; 2]>> = Vec::new();
    for (place, mut ring) in rings.enumerate() {
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let closing = ring.iter().zip(ring.iter().cycle().skip(1));
        let doubled: i64 =
            closing.map(|(a, b)| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1])).sum();
        if ring.len() < 3 || doubled == 0 {
            if place == 0 {
                return None;
            }
            continue;
        }
        // With y growing downwards a positive sum is clockwise on screen.
        if (doubled > 0) != (place == 0) {
            ring.reverse();
        }
        kept.push(ring);
    }
    (!kept.is_empty()).then_some(Clipped::Area(kept))
}

fn extent(line: &[[f64; 2]]) -> Option<([f64; 2], [f64; 2])> {
    let &first = line.first()?;
    Some(line.iter().fold((first, first), |(low, high), p| {
        ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
    }))
}

fn within_column(line: &[[f64; 2]], x: u32) -> Vec<Vec<[f64; 2]>> {
    let (west, east) = reach(x);
    line_within(line, [west, f64::NEG_INFINITY], [east, f64::INFINITY])
}

fn within_row(line: &[[f64; 2]], y: u32) -> Vec<Vec<[f64; 2]>> {
    let (north, south) = reach(y);
    line_within(line, [f64::NEG_INFINITY, north], [f64::INFINITY, south])
}

/// The pieces of a line within a rectangle (Liang and Barsky 1984).
pub(super) fn line_within(line: &[[f64; 2]], low: [f64; 2], high: [f64; 2]) -> Vec<Vec<[f64; 2]>> {
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut goes_on = false;
    for ends in line.windows(2) {
        let (a, b) = (ends[0], ends[1]);
        let Some((enter, leave)) = share_within(a, b, low, high) else {
            goes_on = false;
            continue;
        };
        let at = |share: f64| match share {
            0.0 => a,
            1.0 => b,
            share => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share],
        };
        match pieces.last_mut() {
            Some(piece) if goes_on && enter == 0.0 => piece.push(at(leave)),
            _ => pieces.push(vec![at(enter), at(leave)]),
        }
        goes_on = leave == 1.0;
    }
    pieces
}

/// The part of a straight line inside a rectangle, as shares of its length.
fn share_within(a: [f64; 2], b: [f64; 2], low: [f64; 2], high: [f64; 2]) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let run = b[axis] - a[axis];
        let (to_low, to_high) = (low[axis] - a[axis], high[axis] - a[axis]);
        if run == 0.0 {
            if to_low > 0.0 || to_high < 0.0 {
                return None;
            }
            continue;
        }
        let (near, far) =
            if run > 0.0 { (to_low / run, to_high / run) } else { (to_high / run, to_low / run) };
        enter = enter.max(near);
        leave = leave.min(far);
    }
    (enter < leave).then_some((enter, leave))
}

/// The part of a closed ring between two parallels of one axis (Sutherland and Hodgman 1974); closed again.
fn ring_between(ring: &[[f64; 2]], axis: usize, low: f64, high: f64) -> Vec<[f64; 2]> {
    let above = cut_ring(ring, axis, low, |value| value >= low);
    cut_ring(&above, axis, high, |value| value <= high)
}

fn cut_ring(ring: &[[f64; 2]], axis: usize, edge: f64, keeps: impl Fn(f64) -> bool) -> Vec<[f64; 2]> {
    let mut kept = Vec::with_capacity(ring.len() + 4);
    for ends in ring.windows(2) {
        let (a, b) = (ends[0], ends[1]);
        if keeps(a[axis]) {
            kept.push(a);
        }
        if keeps(a[axis]) != keeps(b[axis]) {
            let share = (edge - a[axis]) / (b[axis] - a[axis]);
            let mut crossing = [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
            crossing[axis] = edge;
            kept.push(crossing);
        }
    }
    kept.extend(kept.first().copied());
    kept
}

/// Drops points nearer than `tolerance` to the line without them (Douglas and Peucker 1973).
fn simplified(line: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    let mut open = vec![(0, line.len() - 1)];
    while let Some((first, last)) = open.pop() {
        (keep[first], keep[last]) = (true, true);
        let off = |i: usize| crate::geo::nearest_on_line(line[i], line[first], line[last]).1;
        let farthest = (first + 1..last).map(|i| (i, off(i))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((middle, distance2)) = farthest
            && distance2 > tolerance * tolerance
        {
            open.extend([(first, middle), (middle, last)]);
        }
    }
    line.iter().zip(keep).filter(|&(_, keep)| keep).map(|(&point, _)| point).collect()
}

/// Simplifies a closed ring: in two halves, because its ends are the same point.
fn simplified_ring(ring: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    let Some(&first) = ring.first() else { return Vec::new() };
    let away = |p: &[f64; 2]| (p[0] - first[0]).powi(2) + (p[1] - first[1]).powi(2);
    let farthest =
        ring.iter().enumerate().max_by(|a, b| away(a.1).total_cmp(&away(b.1))).map_or(0, |(place, _)| place);
    let (Some(out), Some(back)) = (ring.get(..=farthest), ring.get(farthest..)) else { return Vec::new() };
    let mut simple = simplified(out, tolerance);
    simple.extend(simplified(back, tolerance).into_iter().skip(1));
    simple
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_into_the_pieces_inside() {
        let line = [[-5.0, 5.0], [5.0, 5.0], [5.0, 20.0], [8.0, 20.0], [8.0, 5.0]];
        let pieces = line_within(&line, [0.0, 0.0], [10.0, 10.0]);
        assert_eq!(pieces, [vec![[0.0, 5.0], [5.0, 5.0], [5.0, 10.0]], vec![[8.0, 10.0], [8.0, 5.0]]]);
        assert!(line_within(&[[20.0, 0.0], [30.0, 0.0]], [0.0, 0.0], [10.0, 10.0]).is_empty());
    }

    #[test]
    fn a_ring_is_cut_along_an_axis() {
        let square = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]];
        let half = ring_between(&square, 0, 5.0, 20.0);
        assert!((doubled_area(&half) - 100.0).abs() < 1e-9, "{half:?}");
        assert!(ring_between(&square, 1, 11.0, 12.0).is_empty());
    }

    #[test]
    fn a_straight_line_needs_only_its_ends() {
        let line: Vec<[f64; 2]> = (0..50).map(|i| [f64::from(i), 0.1 * f64::from(i % 2)]).collect();
        assert_eq!(simplified(&line, 1.0).len(), 2);
        assert_eq!(simplified(&[[0.0, 0.0], [5.0, 5.0], [10.0, 0.0]], 1.0).len(), 3);
    }

    #[test]
    fn neighbouring_tiles_share_a_shape_with_its_outline_clockwise() {
        // A square across the corner of four tiles at zoom 8.
        let units = f64::from(EXTENT) * 256.0;
        let at = |x: f64, y: f64| [(128.0 + x) / 256.0, (128.0 + y) / 256.0];
        let ring = vec![at(-0.5, -0.5), at(-0.5, 0.5), at(0.5, 0.5), at(0.5, -0.5), at(-0.5, -0.5)];
        let tiles =
            in_tiles(&Shape::Area(vec![ring.clone()]), units, 8.0, &Window { columns: 0..256, rows: 0..256 });
        let corner =
            in_tiles(&Shape::Area(vec![ring]), units, 8.0, &Window { columns: 128..256, rows: 0..128 });
        assert_eq!(corner.into_iter().map(|(tile, _)| tile).collect::<Vec<_>>(), [(128, 127)]);
        let names: Vec<(u32, u32)> = tiles.iter().map(|(tile, _)| *tile).collect();
        assert_eq!(names, [(127, 127), (127, 128), (128, 127), (128, 128)]);
        for (_, clipped) in tiles {
            let Clipped::Area(rings) = clipped else { panic!("an area") };
            let corners = rings[0].iter().zip(rings[0].iter().cycle().skip(1));
            let doubled: i32 = corners.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
            assert_eq!(doubled, 2 * (2048 + 128) * (2048 + 128));
        }
    }
}
