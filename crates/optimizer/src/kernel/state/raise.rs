//! Penalties that are higher than they are: a warm search takes stops out by chance more easily than it finds those worth
//! their way again.

use super::State;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> State<'_, M, TIMED> {
    /// Lets leaving a stop out cost so much more than its penalty, from now on.
    pub(super) fn raise_penalties(&mut self, raise: i64) {
        let more = raise - self.raise;
        self.raise = raise;
        self.cost += more * self.absent.len() as i64;
        self.best_cost += more * self.best_absent.len() as i64;
    }

    /// What leaving these stops out costs now.
    pub(super) fn penalties(&self, stops: &[u32]) -> i64 {
        self.instance.penalties(stops) + self.raise * stops.len() as i64
    }

    /// What the best plan costs at penalties as they are.
    pub(super) fn best_cost_unraised(&self) -> i64 {
        self.best_cost - self.raise * self.best_absent.len() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::anneal::{Annealer, Cooling, Slice};
    use crate::kernel::instance::AnyInstance;
    use crate::kernel::plan::Plan;
    use crate::kernel::working_plan::WorkingPlan;
    use crate::samples;

    #[test]
    fn raised_penalties_bring_stops_in_and_plans_cost_what_they_cost() {
        let mut builder = samples::road();
        builder.vehicle(crate::VehicleSpec {
            cost_per_hour: 0,
            cost_per_driving_hour: 3600,
            ..samples::vehicle()
        });
        for place in [20, 50] {
            builder.stop(crate::StopSpec { unserved_penalty: 90, ..samples::stop(place) });
        }
        let problem = builder.build().unwrap();
        let Some(AnyInstance::Table(instance)) = AnyInstance::of(&problem) else {
            panic!("a classic problem");
        };
        let mut state = State::<_, true>::new(&instance);
        state.load(&Plan { absent: vec![0, 1], cost: 180, ..Plan::default() }, 1);
        let mut annealer = Annealer::new(1, Vec::new());
        let mut costs = |state: &mut State<'_, _, true>| {
            let slice = Slice { clock: None, steps: 200, cancel: None };
            annealer.anneal(state, Cooling { from: 0.01, to: 0.01 }, slice);
            [state.plan().cost, state.best_plan().cost, state.best_worth().cost]
        };
        // The far stop is worth 90, and 60 more to drive to than the near one.
        state.raise_penalties(-45);
        assert_eq!(costs(&mut state), [130; 3]);
        state.raise_penalties(-85);
        assert_eq!(costs(&mut state), [180; 3]);
        state.raise_penalties(500);
        assert_eq!(costs(&mut state), [100; 3]);
        state.raise_penalties(0);
        assert_eq!(costs(&mut state), [100; 3]);
        state.raise_penalties(-95);
        let fresh = Plan { absent: vec![0, 1], cost: 180, ..Plan::default() };
        state.load(&fresh, 1);
        assert_eq!(state.plan().cost, 180);
    }
}
