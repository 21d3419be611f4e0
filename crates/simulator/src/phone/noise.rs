//! How wrong a phone is about where it is: an error that wanders within a few metres, and now and then a wild reading.
//!
//! Not here: when it measures.

use crate::draws::normal;
use crate::world::drive::Spot;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use wire::Instant;
use wire::driver::Fix;

const METRES_A_DEGREE: f64 = 111_195.0;
/// How much of one reading's error is still in the next.
const MEMORY: f64 = 0.85;
const WILD: f64 = 1.0 / 150.0;

/// The receiver of one phone.
pub struct Noise {
    rng: ChaCha8Rng,
    accuracy_m: f64,
    east: f64,
    north: f64,
}

impl Noise {
    /// A receiver with an accuracy of 5 to 12 metres and errors of its own.
    pub fn of(mut rng: ChaCha8Rng) -> Self {
        let accuracy_m = rng.random_range(5.0..12.0);
        Self { rng, accuracy_m, east: 0.0, north: 0.0 }
    }

    /// The accuracy that it claims, in metres.
    pub fn accuracy_m(&self) -> f64 {
        self.accuracy_m
    }

    /// Measures a vehicle. Ordinary readings are at most three times the accuracy away, wild ones 40 to 80 metres and say so.
    pub fn measure(&mut self, at: Instant, spot: Spot) -> Fix {
        let fresh = (1.0 - MEMORY * MEMORY).sqrt();
        self.east = MEMORY * self.east + fresh * normal(&mut self.rng);
        self.north = MEMORY * self.north + fresh * normal(&mut self.rng);
        let (lot, turn) = (self.rng.random::<f64>(), self.rng.random_range(0.0..std::f64::consts::TAU));
        let (wild_m, jitter) = (self.rng.random_range(40.0..80.0), normal(&mut self.rng));
        let (east_m, north_m, accuracy_m) = if lot < WILD {
            (wild_m * turn.cos(), wild_m * turn.sin(), wild_m)
        } else {
            // 68 % of readings lie within the accuracy when each axis spreads by 0.66 of it.
            let (east, north) = (self.east * 0.66, self.north * 0.66);
            let shrink = (3.0 / east.hypot(north).max(1e-9)).min(1.0) * self.accuracy_m;
            (east * shrink, north * shrink, self.accuracy_m)
        };
        let squeeze = spot.at.lat.to_radians().cos().max(0.01);
        Fix {
            at,
            lat: spot.at.lat + north_m / METRES_A_DEGREE,
            lon: spot.at.lon + east_m / (METRES_A_DEGREE * squeeze),
            speed_mps: Some((spot.speed_mps * (1.0 + 0.04 * jitter)).max(0.0) as f32),
            heading_deg: spot.heading_deg.map(|heading| (heading + 4.0 * jitter).rem_euclid(360.0) as f32),
            accuracy_m: Some(accuracy_m as f32),
            battery_percent: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::testing::workday;
    use roads::LatLon;

    #[test]
    fn readings_stay_within_their_bounds_and_wild_ones_are_rare_and_say_so() {
        let here = LatLon { lat: 35.9, lon: 14.5 };
        let mut noise = Noise::of(Draws::new(9).stream("noise", "Van 01"));
        let at = workday().after(chrono::Duration::zero());
        let (mut wild, mut within) = (0, 0);
        for _ in 0..20_000 {
            let fix = noise.measure(at, Spot { at: here, speed_mps: 9.0, heading_deg: Some(1.0) });
            let (away, accuracy) =
                (here.metres_to(LatLon { lat: fix.lat, lon: fix.lon }), f64::from(fix.accuracy_m.unwrap()));
            if accuracy >= 40.0 {
                wild += 1;
                assert!((39.0..81.0).contains(&away), "{away}");
            } else {
                assert!(
                    (5.0..=12.0).contains(&accuracy) && away <= 3.01 * accuracy,
                    "{away} with {accuracy}"
                );
                within += i32::from(away <= accuracy);
            }
            assert!(fix.speed_mps.unwrap() >= 0.0 && (0.0..=360.0).contains(&fix.heading_deg.unwrap()));
        }
        assert!((60..220).contains(&wild), "{wild} wild readings");
        assert!((0.62..0.74).contains(&(f64::from(within) / 20_000.0)), "{within} within the accuracy");
    }
}
