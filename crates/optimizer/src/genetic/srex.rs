//! Selective route exchange (Nagata, Bräysy and Dullaert, 2010): some routes of one plan in the place of those of
//! another that serve much the same stops.

use super::local_search::NONE;
use super::population::Member;
use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::rng::Rng;

/// A plan that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Routes, and whether they are not as they were in the first parent.
    pub(super) routes: Vec<(Vec<u32>, bool)>,
    /// Served by the first parent, and now in no route.
    pub(super) missing: Vec<u32>,
}

/// Exchanges routes of `a` around some stop with as many of `b`.
pub(super) fn cross<M: Metric>(instance: &Instance<M>, a: &Member, b: &Member, rng: &mut Rng) -> Draft {
    let stops = instance.stops();
    let (of_a, of_b) = (a.routes_of(stops), b.routes_of(stops));
    let most = a.routes.len().min(b.routes.len());
    let wanted = 1 + rng.below((most / 2).max(1));
    let mut leaving = vec![false; a.routes.len()];
    let mut left = wanted;
    for &stop in instance.around(rng.below(stops)) {
        let route = of_a[stop as usize];
        if route != NONE && left > 0 && !std::mem::replace(&mut leaving[route as usize], true) {
            left -= 1;
        }
    }
    let is_leaving = |stop: u32| of_a[stop as usize] != NONE && leaving[of_a[stop as usize] as usize];
    let mut shared: Vec<(usize, usize)> = b
        .routes
        .iter()
        .enumerate()
        .map(|(index, route)| (route.iter().filter(|&&stop| is_leaving(stop)).count(), index))
        .collect();
    shared.sort_unstable_by(|x, y| y.cmp(x));
    shared.truncate(wanted - left);
    let mut entering = vec![false; b.routes.len()];
    for &(_, index) in &shared {
        entering[index] = true;
    }
    // What comes in wins over where it was, or the other way round.
    let newer = rng.one_in(2);
    let enters = |stop: u32| of_b[stop as usize] != NONE && entering[of_b[stop as usize] as usize];
    let mut draft = Draft::default();
    for (index, route) in a.routes.iter().enumerate() {
        if leaving[index] {
            draft.missing.extend(route.iter().filter(|&&stop| !enters(stop)));
        } else if newer {
            let kept: Vec<u32> = route.iter().filter(|&&stop| !enters(stop)).copied().collect();
            let fresh = kept.len() < route.len();
            draft.routes.push((kept, fresh));
        } else {
            draft.routes.push((route.clone(), false));
        }
    }
    for &(_, index) in &shared {
        let stays = |stop: u32| !newer && of_a[stop as usize] != NONE && !is_leaving(stop);
        draft.routes.push((b.routes[index].iter().filter(|&&stop| !stays(stop)).copied().collect(), true));
    }
    draft
}
