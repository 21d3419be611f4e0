//! Outlines as signed distances: negative inside, zero on the edge, positive outside, all in pixels. A distance gives smooth
//! edges at every size and angle without sampling.
//!
//! The y axis points where the vehicle is heading, the x axis to its right.

use super::angles::{atan2, length};
use std::f64::consts::TAU;

/// A circle around the origin.
pub fn circle(x: f64, y: f64, radius: f64) -> f64 {
    length(x, y) - radius
}

/// A circle around the origin drawn out to a tip ahead of it: the convex hull of both. The tip must be outside the circle.
pub fn drop(x: f64, y: f64, radius: f64, tip: f64) -> f64 {
    let x = x.abs();
    let sin = radius / tip;
    let cos = (1.0 - sin * sin).sqrt();
    let along = y * cos - x * sin;
    if along < 0.0 {
        circle(x, y, radius)
    } else if along > tip * cos {
        length(x, y - tip)
    } else {
        x * cos + y * sin - radius
    }
}

/// A triangle that points ahead: its tip, the line behind, and half the width of its foot on that line.
pub fn triangle(x: f64, y: f64, tip: f64, behind: f64, half_width: f64) -> f64 {
    let (rise, run) = (tip + behind, half_width);
    let slope = length(rise, run);
    let side = (x.abs() * rise + (y - tip) * run) / slope;
    side.max(-behind - y)
}

/// The inner edge of a shape, so many pixels wide.
pub fn outline(distance: f64, width: f64) -> f64 {
    distance.max(-width - distance)
}

/// Dashes around the origin at a radius, as many as asked for, each a little longer than the gap after it.
pub fn dashes(x: f64, y: f64, radius: f64, count: f64) -> f64 {
    let step = TAU / count;
    let within = atan2(x, y).rem_euclid(step) - step / 2.0;
    (within.abs() - step * 0.3) * radius
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drop_is_round_behind_and_pointed_ahead() {
        assert!((drop(0.0, -6.0, 6.0, 11.0)).abs() < 1e-12);
        assert!((drop(0.0, 11.0, 6.0, 11.0)).abs() < 1e-12);
        assert!((drop(0.0, 13.0, 6.0, 11.0) - 2.0).abs() < 1e-12, "two pixels ahead of the tip");
        assert!((drop(0.0, 0.0, 6.0, 11.0) + 6.0).abs() < 1e-12);
        assert!(drop(5.0, 9.0, 6.0, 11.0) > 0.0, "it narrows towards the tip");
        assert_eq!(drop(3.0, 4.0, 6.0, 11.0), drop(-3.0, 4.0, 6.0, 11.0));
    }

    #[test]
    fn a_triangle_ends_at_its_three_corners() {
        for (x, y) in [(0.0, 11.0), (8.0, -6.0), (-8.0, -6.0)] {
            assert!(triangle(x, y, 11.0, 6.0, 8.0).abs() < 1e-12);
        }
        assert!(triangle(0.0, 0.0, 11.0, 6.0, 8.0) < -4.0);
        assert!(triangle(8.0, 6.0, 11.0, 6.0, 8.0) > 0.0);
    }

    #[test]
    fn dashes_alternate_with_gaps() {
        let round: Vec<bool> = (0..360)
            .map(|degree| {
                let angle = f64::from(degree).to_radians();
                dashes(angle.sin() * 6.0, angle.cos() * 6.0, 6.0, 6.0) < 0.0
            })
            .collect();
        let turns = (0..360).filter(|&at| round[at] != round[(at + 1) % 360]).count();
        assert_eq!(turns, 12, "six dashes and six gaps");
    }
}
