//! Draws a leg: places along a way with the time at each.
//!
//! Not here: which way it is (`router`).

use super::Leg;
use crate::LatLon;

/// A leg that is being drawn.
pub(super) struct Trace {
    points: Vec<LatLon>,
    at_tenths: Vec<f64>,
    metres: f64,
    clock: u32,
}

impl Trace {
    pub(super) fn start(at: LatLon) -> Trace {
        Trace { points: vec![at], at_tenths: vec![0.0], metres: 0.0, clock: 0 }
    }

    /// Tenths of a second since the start.
    pub(super) fn clock(&self) -> u32 {
        self.clock
    }

    /// Spends time without moving.
    pub(super) fn wait(&mut self, tenths: u32) {
        self.clock += tenths;
    }

    /// Moves through places at one speed, in `tenths` altogether.
    pub(super) fn run(&mut self, places: impl IntoIterator<Item = LatLon>, tenths: u32) {
        let Some(&last) = self.points.last() else { return };
        let began = self.points.len();
        let (mut here, mut gone, mut lengths) = (last, 0.0, Vec::new());
        for place in places {
            gone += here.metres_to(place);
            if place != here {
                self.points.push(place);
                lengths.push(gone);
            }
            here = place;
        }
        let begin = f64::from(self.clock);
        self.at_tenths.extend(
            lengths.iter().map(|length| begin + f64::from(tenths) * length / gone.max(f64::MIN_POSITIVE)),
        );
        debug_assert_eq!(self.points.len() - began, lengths.len());
        self.metres += gone;
        self.clock += tenths;
    }

    pub(super) fn finish(mut self) -> Leg {
        let seconds = f64::from(self.clock) / 10.0;
        if let (1, Some(&only)) = (self.points.len(), self.points.first()) {
            self.points.push(only);
            self.at_tenths.push(0.0);
        }
        let mut at_seconds: Vec<f64> = self.at_tenths.into_iter().map(|tenths| tenths / 10.0).collect();
        if let Some(last) = at_seconds.last_mut() {
            *last = seconds;
        }
        Leg { seconds, metres: self.metres, points: self.points, at_seconds }
    }
}
