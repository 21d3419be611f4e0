//! Fewer vehicles, by the sum of absences: a route is given up, and plans are taken whose absent stops have been
//! absent less often so far (Christiaens and Vanden Berghe, 2020).

use crate::kernel::anneal::{Annealer, Slice};
use crate::kernel::metric::Metric;
use crate::kernel::state::State;

impl Annealer {
    /// Gives up one route after the other while the slice lasts; the state's best plan is the cheapest that leaves
    /// out no more than the plan it began with. Returns how many steps it took.
    pub(super) fn save_vehicles<M: Metric, const TIMED: bool>(
        &mut self,
        state: &mut State<'_, M, TIMED>,
        slice: Slice<'_>,
    ) -> u64 {
        let demand: i64 = state.instance.sites.iter().map(|site| i64::from(site.demand)).sum();
        let capacity = i64::from(state.instance.capacity.max(1));
        let picked: i64 = state.instance.pickups.iter().map(|&amount| i64::from(amount)).sum();
        let least = ((demand.max(picked) + capacity - 1) / capacity) as usize;
        let mut absences = vec![0_u64; state.instance.stops()];
        let goal = state.absent.len();
        let mut done = 0;
        while slice.lasts(done) {
            if state.absent.len() <= goal {
                if state.used <= least.max(1) {
                    break;
                }
                state.give_up_route(&absences);
            }
            done += 1;
            self.squeeze(state, &mut absences);
        }
        done
    }

    /// One step that is taken if its absent stops have been absent less often than those of before.
    fn squeeze<M: Metric, const TIMED: bool>(
        &mut self,
        state: &mut State<'_, M, TIMED>,
        absences: &mut [u64],
    ) {
        let sum = |absent: &[u32]| -> u64 { absent.iter().map(|&stop| absences[stop as usize]).sum() };
        let (before, count, cost) = (sum(&state.absent), state.absent.len(), state.cost);
        if !self.ruin_and_recreate(state) {
            state.undo();
            return;
        }
        let after = sum(&state.absent);
        let fewer = state.absent.len() < count || after < before;
        let as_good = state.absent.len() == count && after == before && state.cost <= cost;
        for &stop in &state.absent {
            absences[stop as usize] += 1;
        }
        if fewer || as_good {
            state.keep();
        } else {
            state.undo();
        }
    }
}
