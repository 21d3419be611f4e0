//! Takes strings of stops out of routes that lie near each other: the adjacent string removal of Christiaens and
//! Vanden Berghe, "Slack induction by string removals for vehicle routing problems" (2020), with its split strings.

use super::state::NONE;
use super::working_plan::WorkingPlan;
use crate::rng::Rng;

/// How many stops go on average.
const MEAN: f64 = 10.0;
/// The longest string.
const LONGEST: f64 = 10.0;
/// How often a string keeps some stops in its middle.
const SPLIT: f64 = 0.5;
/// How often the part that a split string keeps is longer by one more.
const LONGER: f64 = 0.01;

/// Ruins around a stop; what is taken out is appended to `removed`.
pub(crate) fn ruin<'a, G: WorkingPlan<'a>>(
    state: &mut G,
    centre: usize,
    rng: &mut Rng,
    removed: &mut Vec<u32>,
) {
    let mean_size = state.served() as f64 / state.used().max(1) as f64;
    let longest = LONGEST.min(mean_size).max(1.0);
    let strings = (4.0 * MEAN / (1.0 + longest) - 1.0).max(1.0);
    let mut strings = (1.0 + rng.unit() * strings) as usize;
    for &stop in state.around(centre) {
        let route = state.link(stop as usize).route;
        if route == NONE || state.is_touched(route) {
            continue;
        }
        let size = state.size_of(route);
        let most = longest.min(size as f64);
        let length = ((1.0 + rng.unit() * most) as usize).min(size);
        if length > 1 && length < size && rng.unit() < SPLIT {
            let mut kept = 1;
            while length + kept < size && rng.unit() < LONGER {
                kept += 1;
            }
            take_split(state, stop as usize, length, kept, rng, removed);
        } else {
            let first = string_start(state, stop as usize, length, rng);
            state.remove(first, length, removed);
        }
        strings -= 1;
        if strings == 0 {
            return;
        }
    }
}

/// The first stop of a string of that length which has `stop` somewhere in it.
fn string_start<'a, G: WorkingPlan<'a>>(state: &G, stop: usize, length: usize, rng: &mut Rng) -> usize {
    let stops = state.stops();
    let mut first = stop;
    let mut back = rng.below(length);
    let mut ahead = length - 1 - back;
    while back > 0 {
        let before = state.link(first).prev as usize;
        if before >= stops {
            ahead += back;
            break;
        }
        first = before;
        back -= 1;
    }
    let mut last = stop;
    while ahead > 0 {
        let after = state.link(last).next as usize;
        if after >= stops {
            break;
        }
        last = after;
        ahead -= 1;
    }
    // What the end of the route cut off is made up for at the front.
    while ahead > 0 {
        first = state.link(first).prev as usize;
        ahead -= 1;
    }
    first
}

/// A string of `length + kept` stops loses `length` of them: the middle stays.
fn take_split<'a, G: WorkingPlan<'a>>(
    state: &mut G,
    stop: usize,
    length: usize,
    kept: usize,
    rng: &mut Rng,
    removed: &mut Vec<u32>,
) {
    let first = string_start(state, stop, length + kept, rng);
    let ahead = 1 + rng.below(length - 1);
    state.remove_around(first, ahead, kept, length - ahead, removed);
}
