//! Where a vehicle stands: one place, however much its readings jump about it.
//!
//! Most readings lie close to where the vehicle is, and then nearness alone says that it stands. Beside tall houses they
//! scatter over half a street; how much is read off from what no vehicle does, namely to jerk to and fro from reading to
//! reading. Not here: the roads.

use super::{Fix, accuracy};
use crate::{LatLon, geo::Plane};

/// Whoever stays this close to a place, in metres, for so many seconds stands there.
const STANDING_M: f64 = 18.0;
const STANDING_S: i64 = 45;
/// How much readings scatter is not judged by fewer than this.
const ENOUGH: usize = 12;
/// Readings lie within so many times their scatter of the place.
const WITHIN: f64 = 3.5;
/// Readings that scatter more than this, in metres, say nothing.
const WIDEST_M: f64 = 40.0;
/// Of the readings at one place so many may lie anywhere.
const WILD: f64 = 0.1;
/// Whoever moves on by less than this, in metres, within the time of standing has not moved.
const CREEP_M: f64 = 8.0;

/// How many of these fixes, from the first one on, were taken at one place, and where that is; none when the vehicle drives.
pub(super) fn stay(fixes: &[Fix]) -> Option<(usize, LatLon)> {
    near(fixes).or_else(|| scattered(fixes))
}

/// All fixes close to the first one.
fn near(fixes: &[Fix]) -> Option<(usize, LatLon)> {
    let first = fixes.first()?;
    let around = STANDING_M.max(2.0 * accuracy(first));
    let here = fixes.iter().take_while(|next| next.at.metres_to(first.at) <= around).count();
    let stay = fixes.get(..here)?;
    let long = stay.last()?.when.0 - first.when.0 >= STANDING_S;
    let mean = |of: fn(&Fix) -> f64| stay.iter().map(of).sum::<f64>() / here as f64;
    long.then(|| (here, LatLon { lat: mean(|fix| fix.at.lat), lon: mean(|fix| fix.at.lon) }))
}

/// Fixes that jump about one place.
fn scattered(fixes: &[Fix]) -> Option<(usize, LatLon)> {
    let first = fixes.first()?;
    let least = fixes.iter().position(|fix| fix.when.0 - first.when.0 >= STANDING_S)? + 1;
    if least < ENOUGH {
        return None;
    }
    let plane = Plane::at(first.at);
    let flat: Vec<[f64; 2]> = fixes[..least].iter().map(|fix| plane.flat(fix.at)).collect();
    let scatter = scatter(&flat).filter(|scatter| *scatter <= WIDEST_M)?;
    let reach = STANDING_M.max(WITHIN * scatter);
    let middle = middle(&flat);
    let is_here = |at: [f64; 2]| distance(at, middle) <= reach;
    let wild = flat.iter().filter(|&&at| !is_here(at)).count();
    let (before, behind) = flat.split_at(least / 2);
    let unsure = WITHIN * scatter * (4.0 / least as f64).sqrt();
    let moved = distance(mean(before), mean(behind)) > CREEP_M.max(unsure);
    if moved || !is_here(flat[0]) || wild as f64 > WILD * least as f64 {
        return None;
    }
    // It stands until two readings out of three are elsewhere.
    let mut here = least;
    let mut gone = 0;
    for (index, fix) in fixes.iter().enumerate().skip(least) {
        if is_here(plane.flat(fix.at)) {
            (here, gone) = (index + 1, 0);
        } else {
            gone += 1;
        }
        if gone == 3 {
            break;
        }
    }
    let all: Vec<[f64; 2]> = fixes[..here].iter().map(|fix| plane.flat(fix.at)).collect();
    Some((here, plane.place(self::middle(&all))))
}

/// How much readings scatter in each direction, in metres: from how far each lies from the middle of its neighbours, which
/// takes out what a vehicle does.
fn scatter(flat: &[[f64; 2]]) -> Option<f64> {
    let jerk = |three: &[[f64; 2]]| {
        let [a, b, c] = [three[0], three[1], three[2]];
        (a[0] - 2.0 * b[0] + c[0]).hypot(a[1] - 2.0 * b[1] + c[1])
    };
    let mut jerks: Vec<f64> = flat.windows(3).map(jerk).collect();
    jerks.sort_unstable_by(f64::total_cmp);
    // The median length of a vector of two normal parts is 1.1774 times their deviation; the jerk has six times its square.
    jerks.get(jerks.len() / 2).map(|median| median / (1.1774 * 6.0_f64.sqrt()))
}

/// The middle one in each direction.
fn middle(flat: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|axis| {
        let mut all: Vec<f64> = flat.iter().map(|at| at[axis]).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    })
}

fn mean(flat: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|axis| flat.iter().map(|at| at[axis]).sum::<f64>() / flat.len().max(1) as f64)
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
