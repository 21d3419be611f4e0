//! Takes strings of stops out of routes that lie near each other: the adjacent string removal of Christiaens and
//! Vanden Berghe, "Slack induction by string removals for vehicle routing problems" (2020), with its split strings.

use super::metric::Metric;
use super::state::{NONE, State};
use crate::rng::Rng;

/// How many stops go on average.
const MEAN: f64 = 10.0;
/// The longest string.
const LONGEST: f64 = 10.0;
/// How often a string keeps some stops in its middle.
const SPLIT: f64 = 0.5;
/// How often the part that a split string keeps is longer by one more.
const LONGER: f64 = 0.01;

impl<M: Metric, const TIMED: bool> State<'_, M, TIMED> {
    /// Ruins around a stop; what is taken out is appended to `removed`. Absent stops nearby are appended too.
    pub(crate) fn ruin(&mut self, centre: usize, rng: &mut Rng, removed: &mut Vec<u32>) {
        let mean_size = self.served as f64 / self.used.max(1) as f64;
        let longest = LONGEST.min(mean_size).max(1.0);
        let strings = (4.0 * MEAN / (1.0 + longest) - 1.0).max(1.0);
        let mut strings = (1.0 + rng.unit() * strings) as usize;
        let instance = self.instance;
        for &stop in instance.around(centre) {
            let tour = self.nodes[stop as usize].route;
            if tour == NONE || self.is_touched(tour) {
                continue;
            }
            let size = self.tours[tour as usize].size as usize;
            let most = longest.min(size as f64);
            let length = ((1.0 + rng.unit() * most) as usize).min(size);
            if length > 1 && length < size && rng.unit() < SPLIT {
                let mut kept = 1;
                while length + kept < size && rng.unit() < LONGER {
                    kept += 1;
                }
                self.take_split(stop as usize, length, kept, rng, removed);
            } else {
                let first = self.string_start(stop as usize, length, rng);
                self.remove(first, length, removed);
            }
            strings -= 1;
            if strings == 0 {
                return;
            }
        }
    }

    /// The first stop of a string of that length which has `stop` somewhere in it.
    fn string_start(&self, stop: usize, length: usize, rng: &mut Rng) -> usize {
        let stops = self.instance.stops();
        let mut first = stop;
        let mut back = rng.below(length);
        let mut ahead = length - 1 - back;
        while back > 0 {
            let before = self.nodes[first].prev as usize;
            if before >= stops {
                ahead += back;
                break;
            }
            first = before;
            back -= 1;
        }
        let mut last = stop;
        while ahead > 0 {
            let after = self.nodes[last].next as usize;
            if after >= stops {
                break;
            }
            last = after;
            ahead -= 1;
        }
        // What the end of the route cut off is made up for at the front.
        while ahead > 0 {
            first = self.nodes[first].prev as usize;
            ahead -= 1;
        }
        first
    }

    /// A string of `length + kept` stops loses `length` of them: the middle stays.
    fn take_split(&mut self, stop: usize, length: usize, kept: usize, rng: &mut Rng, removed: &mut Vec<u32>) {
        let first = self.string_start(stop, length + kept, rng);
        let ahead = 1 + rng.below(length - 1);
        let mut behind = first;
        for _ in 0..ahead + kept {
            behind = self.nodes[behind].next as usize;
        }
        self.remove(first, ahead, removed);
        self.remove(behind, length - ahead, removed);
    }
}
