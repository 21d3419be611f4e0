//! Vehicles that stand while their readings jump about, and vehicles that drive.

use roads::{City, Driver, Fix, Profile, Wall};

use super::{made::Made, opened, ways::with_street};

/// Noise in metres that looks normal and is the same each time.
struct Noise(u64);

impl Noise {
    fn next(&mut self, deviation: f64) -> f64 {
        let mut uniform = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..12).map(|_| uniform()).sum::<f64>().mul_add(1.0, -6.0) * deviation
    }
}

/// A drive along the straight street of a sample, in pieces of (seconds, metres a second, noise while doing so).
fn drive(made: &Made, pieces: &[(i64, f64, f64)], every: i64, seed: u64) -> Vec<Fix> {
    let (mut noise, mut at, mut clock) = (Noise(seed), -300.0, 0);
    let mut fixes = Vec::new();
    for &(seconds, speed, deviation) in pieces {
        for _ in 0..seconds {
            if clock % every == 0 {
                let place = [at + noise.next(deviation), noise.next(deviation)];
                fixes.push(Fix { at: made.at(place), when: Wall(clock), accuracy_m: None });
            }
            (at, clock) = (at + speed, clock + 1);
        }
    }
    fixes
}

fn metres(city: &City, fixes: &[Fix]) -> f64 {
    city.match_fixes(fixes, Profile::Van, &Driver::default()).metres
}

#[test]
fn standing_in_noise_is_no_driving() {
    let made = with_street(&[], &[]);
    let city = opened(&made);
    for seed in 1..=6 {
        for (noise, every) in [(5.0, 1), (10.0, 1), (15.0, 1), (20.0, 1), (15.0, 2), (10.0, 3)] {
            let stop = drive(&made, &[(80, 10.0, 2.0), (300, 0.0, noise), (80, 10.0, 2.0)], every, seed);
            let found = metres(&city, &stop);
            assert!((1_500.0..1_700.0).contains(&found), "{noise} m every {every} s, {seed}: {found}");
        }
    }
}

#[test]
fn what_drives_is_not_taken_to_stand() {
    let made = with_street(&[], &[]);
    let city = opened(&made);
    for seed in 1..=6 {
        let out_and_back = drive(&made, &[(130, 10.0, 5.0), (130, -10.0, 5.0)], 2, seed);
        let found = metres(&city, &out_and_back);
        // 2,600 m, but for what the turn is seen too late by.
        assert!((2_500.0..2_680.0).contains(&found), "{found}");
        // A queue that moves on at a walking pace for four minutes.
        let queue = drive(&made, &[(40, 10.0, 3.0), (240, 1.5, 5.0), (40, 10.0, 3.0)], 1, seed);
        let found = metres(&city, &queue);
        assert!((1_060.0..1_300.0).contains(&found), "{found}");
    }
}
