//! Drives that are read back from noisy fixes: which roads, how long, how fast.

use roads::{City, Driver, Drives, Fix, LatLon, Profile, TravelTimes, Wall};

use super::{MALTA, some_places};

/// Numbers without an order, from a seed (Knuth's MMIX generator, upper bits).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normally distributed (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let (a, b) = (self.roll().max(1e-12), self.roll());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}

/// Fixes along a drive: every so many seconds, with noise of so many metres that drifts as that of phones does; the drive
/// takes `slower` times its free time.
fn fixes(leg: &roads::Leg, every_s: f64, noise_m: f64, slower: f64, dice: &mut Dice) -> Vec<Fix> {
    let mut drift = [0.0, 0.0];
    let mut fixes = Vec::new();
    let count = (leg.seconds * slower / every_s).floor() as usize;
    for index in 0..=count + 1 {
        let at = (index as f64 * every_s / slower).min(leg.seconds);
        let after = leg.at_seconds.partition_point(|&t| t <= at).clamp(1, leg.points.len() - 1);
        let (a, b) = (leg.at_seconds[after - 1], leg.at_seconds[after]);
        let share = if b > a { (at - a) / (b - a) } else { 0.0 };
        let (p, q) = (leg.points[after - 1], leg.points[after]);
        for axis in &mut drift {
            *axis = *axis * 0.7 + dice.normal() * noise_m * 0.7;
        }
        fixes.push(Fix {
            at: LatLon {
                lat: p.lat + (q.lat - p.lat) * share + drift[0] / 111_195.0,
                lon: p.lon + (q.lon - p.lon) * share + drift[1] / 90_000.0,
            },
            when: Wall(1_795_420_000 + (index as f64 * every_s) as i64),
            accuracy_m: Some(noise_m),
        });
    }
    fixes
}

fn legs(city: &City, count: usize) -> Vec<roads::Leg> {
    let places = some_places(city, count + 1);
    let path = city.path(&places, Profile::Van, None).expect("a path");
    path.legs.into_iter().filter(|leg| leg.metres > 400.0).collect()
}

#[test]
fn noisy_drives_are_measured_to_two_hundredths() {
    let Some(malta) = &*MALTA else { return };
    let mut dice = Dice(7);
    let legs = legs(&malta.city, 240);
    let (mut good, mut all, mut summed) = (0, 0, 0.0);
    for leg in &legs {
        // The ferry has no road to be matched to.
        if leg.metres > 25_000.0 {
            continue;
        }
        let fixes = fixes(leg, 6.0, 6.0, 1.2, &mut dice);
        let matched = malta.city.match_fixes(&fixes, Profile::Van, &Driver::default());
        let error = (matched.metres / leg.metres - 1.0).abs();
        (good, all, summed) = (good + u32::from(error < 0.02), all + 1, summed + error);
    }
    assert!(
        all > 150 && good * 100 >= all * 95,
        "{good} of {all}, {:.2} % off on average",
        100.0 * summed / f64::from(all)
    );
}

/// The drive as far as so many metres, and back again the same way: a turn in mid-road.
fn there_and_back(leg: &roads::Leg, metres: f64) -> Option<roads::Leg> {
    let mut gone = 0.0;
    let lengths = leg.points.windows(2).map(|ends| ends[0].metres_to(ends[1]));
    let last = lengths
        .take_while(|length| {
            gone += length;
            gone < metres
        })
        .count();
    let (points, at) = (&leg.points[..=last], &leg.at_seconds[..=last]);
    let metres: f64 = points.windows(2).map(|ends| ends[0].metres_to(ends[1])).sum();
    let turn = *at.last()?;
    (metres > 150.0).then(|| roads::Leg {
        metres: 2.0 * metres,
        seconds: 2.0 * turn,
        points: points.iter().chain(points.iter().rev().skip(1)).copied().collect(),
        at_seconds: at.iter().copied().chain(at.iter().rev().skip(1).map(|at| 2.0 * turn - at)).collect(),
    })
}

#[test]
fn a_turn_in_mid_road_is_measured_as_it_was_driven() {
    let Some(malta) = &*MALTA else { return };
    let mut dice = Dice(5);
    let (mut good, mut all) = (0, 0);
    for leg in legs(&malta.city, 240).iter().filter_map(|leg| there_and_back(leg, 350.0)) {
        // Back along a street of one way is no drive: where it is, the way back by the streets is another one.
        let ends = [leg.points[leg.points.len() / 2], leg.points[0]];
        let back = malta.city.path(&ends, Profile::Van, None).expect("a path").legs.remove(0);
        if (back.metres / (leg.metres / 2.0) - 1.0).abs() > 0.05 {
            continue;
        }
        let matched =
            malta.city.match_fixes(&fixes(&leg, 4.0, 4.0, 1.2, &mut dice), Profile::Van, &Driver::default());
        (good, all) = (good + u32::from((matched.metres / leg.metres - 1.0).abs() < 0.1), all + 1);
    }
    assert!(all > 60 && good * 100 >= all * 90, "{good} of {all}");
}

#[test]
fn the_speed_of_a_drive_is_read_from_it_and_a_standing_van_says_nothing() {
    let Some(malta) = &*MALTA else { return };
    let mut dice = Dice(3);
    let mut ratios = Vec::new();
    for leg in legs(&malta.city, 60).iter().filter(|leg| leg.metres < 25_000.0) {
        let matched =
            malta.city.match_fixes(&fixes(leg, 5.0, 5.0, 1.6, &mut dice), Profile::Van, &Driver::default());
        ratios.extend(matched.passes.iter().map(|pass| pass.ratio));
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    assert!(ratios.len() > 300 && (median - 1.6).abs() < 0.12, "{median} of {}", ratios.len());

    let at = malta.city.addresses()[100].at;
    let still: Vec<Fix> = (0..200)
        .map(|n| Fix {
            at: LatLon { lat: at.lat + dice.normal() * 4e-5, lon: at.lon + dice.normal() * 4e-5 },
            when: Wall(1_795_420_000 + n * 5),
            accuracy_m: Some(5.0),
        })
        .collect();
    let matched = malta.city.match_fixes(&still, Profile::Van, &Driver::default());
    assert!(matched.metres < 250.0, "{} m while standing", matched.metres);
}

#[test]
fn live_factors_need_two_vehicles_and_fade() {
    let Some(malta) = &*MALTA else { return };
    let mut dice = Dice(11);
    let (from, to) = (LatLon { lat: 35.9122, lon: 14.5042 }, LatLon { lat: 35.8989, lon: 14.4603 });
    let leg = &malta.city.path(&[from, to], Profile::Van, None).expect("a path").legs[0];
    let mut drives = Drives::default();
    let mut learn = |vehicle: u64, dice: &mut Dice| {
        let fixes = fixes(leg, 5.0, 4.0, 3.0, dice);
        let now = fixes[fixes.len() - 1].when;
        let driver = Driver { vehicle, pauses: &[] };
        drives.add(malta.city.match_fixes(&fixes, Profile::Van, &driver).passes, now);
        malta.city.conclude(&drives, now)
    };
    assert_eq!(learn(1, &mut dice).known(), 0, "one vehicle alone says nothing");
    assert!(learn(2, &mut dice).known() > 10);
}

#[test]
fn fixes_that_make_no_sense_are_survived() {
    let Some(malta) = &*MALTA else { return };
    let fix =
        |lat: f64, lon: f64, when: i64| Fix { at: LatLon { lat, lon }, when: Wall(when), accuracy_m: None };
    let none = Driver::default();
    for fixes in [
        vec![],
        vec![fix(35.9, 14.5, 0)],
        vec![fix(f64::NAN, 14.5, 0), fix(35.9, f64::INFINITY, 5)],
        vec![fix(35.9, 14.5, 10), fix(35.9, 14.51, 5), fix(35.9, 14.5, 10)],
        vec![fix(0.0, 0.0, 0), fix(80.0, 100.0, 1), fix(35.9, 14.5, 2)],
        (0..50)
            .map(|n| fix(35.85 + f64::from(n) * 0.004, 14.4 + f64::from(n % 2) * 0.1, i64::from(n)))
            .collect(),
    ] {
        let matched = malta.city.match_fixes(&fixes, Profile::Van, &none);
        assert!(matched.metres.is_finite() && matched.passes.iter().all(|pass| pass.ratio.is_finite()));
    }
}

/// A delivery round where houses stand closest: short ways, a stand of two minutes at each door, a reading every ten seconds.
#[test]
fn a_round_in_dense_streets_is_measured_to_three_hundredths() {
    let Some(malta) = &*MALTA else { return };
    let city = &malta.city;
    let mut dice = Dice(11);
    let mut dense: Vec<LatLon> =
        city.addresses().iter().map(|address| address.at).filter(|at| city.closeness(*at) > 0.85).collect();
    let (mut driven, mut read, mut worst) = (0.0, 0.0, 0.0_f64);
    for round in 0..12 {
        let first = dense[round * 97 % dense.len()];
        dense.sort_by(|a, b| a.metres_to(first).total_cmp(&b.metres_to(first)));
        let doors: Vec<LatLon> = (0..24).map(|n| dense[n * 9]).collect();
        let path = city.path(&doors, Profile::Van, None).expect("a path");
        let (mut clock, mut trace): (i64, Vec<Fix>) = (0, Vec::new());
        for leg in path.legs.iter().filter(|leg| leg.points.len() > 1) {
            let own = fixes(leg, 10.0, 6.0, 1.3, &mut dice);
            let begin = own[0].when.0;
            trace.extend(own.iter().map(|fix| Fix { when: Wall(fix.when.0 - begin + clock), ..*fix }));
            clock += own[own.len() - 1].when.0 - begin + 10;
            let door = leg.points[leg.points.len() - 1];
            for _ in 0..12 {
                let at = LatLon {
                    lat: door.lat + dice.normal() * 5.0 / 111_195.0,
                    lon: door.lon + dice.normal() * 5.0 / 90_000.0,
                };
                trace.push(Fix { at, when: Wall(clock), accuracy_m: Some(6.0) });
                clock += 10;
            }
        }
        let matched = city.match_fixes(&trace, Profile::Van, &Driver::default()).metres;
        let metres: f64 = path.legs.iter().map(|leg| leg.metres).sum();
        println!("{metres:.0} driven, {matched:.0} read: {:.3}", matched / metres);
        (driven, read) = (driven + metres, read + matched);
        worst = worst.max((matched / metres - 1.0).abs());
    }
    assert!(
        (read / driven - 1.0).abs() < 0.03 && worst < 0.06,
        "{read:.0} of {driven:.0} m, worst {worst:.3}"
    );
}
