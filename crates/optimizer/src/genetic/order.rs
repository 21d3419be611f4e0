//! Order crossover (Oliver, Smith and Holland, 1987) on the long tours that routes make one behind the other.

use super::population::Member;
use crate::rng::Rng;

/// A part of one tour, filled up in the order of the other; both must have the same stops.
pub(super) fn cross(a: &Member, b: &Member, stops: usize, rng: &mut Rng) -> Vec<u32> {
    let (a, b) = (a.routes.concat(), b.routes.concat());
    let count = a.len();
    let start = rng.below(count);
    let length = 1 + rng.below(count - 1).max(count.min(2) - 1);
    let mut taken = vec![false; stops];
    let mut child: Vec<u32> = a.iter().cycle().skip(start).take(length).copied().collect();
    for &stop in &child {
        taken[stop as usize] = true;
    }
    let rest = b.iter().cycle().skip((start + length) % count).take(count);
    child.extend(rest.filter(|&&stop| !taken[stop as usize]));
    child.rotate_right(start);
    child
}
