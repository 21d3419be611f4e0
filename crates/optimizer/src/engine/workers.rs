//! The threads of a search, each with its annealer and its state.

use std::thread;
use std::time::{Duration, Instant};

use super::SearchRequest;
use crate::genetic::{Genetic, Limits, Near};
use crate::kernel::anneal::{Annealer, Cooling, Slice};
use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;
use crate::kernel::state::State;
use crate::kernel::working_plan::{Mode, WorkingPlan};

/// Steps of a search that is given neither a time nor a number of steps, and how many more for each stop.
const STEPS: u64 = 20_000;
const STEPS_PER_STOP: u64 = 200;

/// Who asks for more time than this asks for no limit.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

pub(crate) struct Workers<'a, G> {
    request: &'a SearchRequest<'a>,
    /// How many vehicles there are.
    vehicles: usize,
    states: Vec<G>,
    annealers: Vec<Annealer>,
    /// Steps so far, and at most.
    pub(crate) done: u64,
    most: u64,
    /// When the search proper began, and how long it may take.
    began: Instant,
    span: Option<Duration>,
}

impl<'a, G: WorkingPlan<'a>> Workers<'a, G> {
    /// Workers that each have a state of their own, of a problem with so many stops and vehicles.
    pub(crate) fn new(
        request: &'a SearchRequest<'a>,
        stops: usize,
        vehicles: usize,
        state: impl Fn() -> G,
    ) -> Self {
        let threads = request.threads.max(1);
        let began = Instant::now();
        let spent = began.saturating_duration_since(request.begun);
        let span = request.stop.time.map(|time| time.min(LONGEST).saturating_sub(spent));
        let unlimited = if span.is_some() { u64::MAX } else { STEPS + STEPS_PER_STOP * stops as u64 };
        Self {
            request,
            vehicles,
            states: (0..threads).map(|_| state()).collect(),
            annealers: (0..threads as u64)
                .map(|t| Annealer::new(request.seed ^ (t << 32), request.near.clone()))
                .collect(),
            done: 0,
            most: request.stop.iterations.unwrap_or(unlimited),
            began,
            span,
        }
    }

    /// Whether the whole budget is spent.
    pub(crate) fn is_over(&self) -> bool {
        self.done >= self.most
            || self.span.is_some_and(|span| self.began.elapsed() >= span)
            || self.request.stop.is_cancelled()
    }

    /// What each thread may do until that share of the budget is spent.
    fn slices(&self, until: f64) -> Vec<Slice<'a>> {
        let goal = if self.most == u64::MAX { u64::MAX } else { (self.most as f64 * until).round() as u64 };
        let left = goal.saturating_sub(self.done);
        let threads = self.states.len() as u64;
        let start = Instant::now();
        (0..threads)
            .map(|thread| Slice {
                clock: self.span.map(|span| (start, self.began + span.mul_f64(until.min(1.0)))),
                steps: left.saturating_add(thread) / threads,
                cancel: self.request.stop.cancel,
            })
            .collect()
    }

    /// The plan with what is absent inserted where it costs least: what is worth its price alone, or all that fits if
    /// that is cheaper. And the one to search from: all that fits, if nothing was given, for giving up what is not worth
    /// its price is easier than finding out what is worth a vehicle together.
    pub(crate) fn first_plans(&mut self, start: Plan, given: bool) -> (Plan, Plan) {
        let (Some(state), Some(annealer)) = (self.states.first_mut(), self.annealers.first_mut()) else {
            return (start.clone(), start);
        };
        let changes = state.changes();
        let mut filled = |mode| {
            state.load(&start, self.vehicles);
            state.set_mode(mode);
            annealer.fill(state);
            state.set_mode(Mode::Search);
            state.plan()
        };
        let mut best = filled(Mode::First);
        if changes && !given {
            let changed = filled(Mode::Changing);
            best = if changed.worth() < best.worth() { changed } else { best };
        }
        if best.absent.is_empty() {
            return (best.clone(), best);
        }
        let fuller = filled(Mode::Fullest);
        let better = fuller.worth() < best.worth();
        let begin =
            if better || (!given && fuller.excess <= best.excess) { fuller.clone() } else { best.clone() };
        (if better { fuller } else { best }, begin)
    }

    /// Gives every thread the plan.
    pub(crate) fn take(&mut self, plan: &Plan) {
        for state in &mut self.states {
            state.load(plan, self.vehicles);
        }
    }

    /// Lets leaving a stop out cost so much more than its penalty, where the state knows how.
    pub(crate) fn raise_penalties(&mut self, raise: i64) {
        for state in &mut self.states {
            state.raise_penalties(raise);
        }
    }

    /// Every thread anneals its own plan, after taking up `plan` if there is one; the best of them.
    pub(crate) fn anneal_all(&mut self, cooling: Cooling, until: f64, plan: Option<&Plan>) -> Plan {
        let slices = self.slices(until);
        let most = self.vehicles;
        self.done += self.each(|index, state, annealer| {
            if let Some(plan) = plan {
                state.load(plan, most);
            }
            slices.get(index).map_or(0, |slice| annealer.anneal(state, cooling, *slice))
        });
        let ahead = self.states.iter().min_by_key(|state| state.best_worth());
        ahead.map(G::best_plan).unwrap_or_default()
    }

    /// Whoever is behind takes over the best plan of whoever is ahead.
    pub(crate) fn exchange(&mut self) {
        let Some(ahead) = (0..self.states.len()).min_by_key(|&index| self.states[index].best_worth()) else {
            return;
        };
        let plan = self.states[ahead].best_plan();
        for (index, state) in self.states.iter_mut().enumerate() {
            if index != ahead && state.best_worth() > plan.worth() {
                state.load(&plan, self.vehicles);
            }
        }
    }

    /// Every thread anneals a part of one plan; the parts' best and last plans, joined.
    pub(crate) fn anneal_parts(&mut self, parts: &[Plan], cooling: Cooling, until: f64) -> (Plan, Plan) {
        let slices = self.slices(until);
        let used: usize = parts.iter().map(|part| part.routes.len()).sum();
        let spare = self.vehicles.saturating_sub(used);
        let threads = parts.len();
        self.done += self.each(|index, state, annealer| {
            let (Some(part), Some(slice)) = (parts.get(index), slices.get(index)) else { return 0 };
            state.load(part, part.routes.len() + (spare + index) / threads);
            annealer.anneal(state, cooling, *slice)
        });
        let (mut best, mut last) = (Plan::default(), Plan::default());
        for state in &self.states {
            best.join(state.best_plan());
            last.join(state.plan());
        }
        (best, last)
    }

    /// The best plan of every thread.
    pub(crate) fn best_plans(&self) -> impl Iterator<Item = Plan> {
        self.states.iter().map(G::best_plan)
    }

    /// Lets every thread work at once; how many steps they took together.
    fn each(&mut self, work: impl Fn(usize, &mut G, &mut Annealer) -> u64 + Sync) -> u64 {
        if let ([state], [annealer]) = (&mut self.states[..], &mut self.annealers[..]) {
            return work(0, state, annealer);
        }
        let work = &work;
        thread::scope(|scope| {
            let hands: Vec<_> = (self.states.iter_mut().zip(&mut self.annealers).enumerate())
                .map(|(index, (state, annealer))| scope.spawn(move || work(index, state, annealer)))
                .collect();
            hands.into_iter().map(joined).sum()
        })
    }
}

impl<'a, M: Metric, const TIMED: bool> Workers<'a, State<'a, M, TIMED>> {
    /// Every thread breeds from these plans until the budget is spent; the best plan that was found, if any. Children
    /// count as steps by the time they take, roughly.
    pub(crate) fn breed(&mut self, instance: &Instance<M>, plans: &[Plan]) -> Option<Plan> {
        let seed = self.request.seed;
        let price = instance.stops().max(1) as u64;
        let near = Near::new(instance);
        let work = |thread: u64, slice: Slice<'_>| {
            let mut genetic = Genetic::<M, TIMED>::new(instance, &near, seed ^ (thread << 32));
            let until = slice.clock.map(|(_, end)| end);
            for (index, plan) in plans.iter().enumerate() {
                if index == 0 || until.is_none_or(|until| Instant::now() < until) {
                    genetic.add(plan);
                }
            }
            let children = if slice.steps == u64::MAX { u64::MAX } else { slice.steps / price };
            let done = genetic.run(Limits { until, iterations: children, cancel: slice.cancel });
            (genetic.best(), done * price)
        };
        let slices = self.slices(1.0);
        let results: Vec<(Option<Plan>, u64)> = if let [slice] = slices[..] {
            vec![work(0, slice)]
        } else {
            let work = &work;
            thread::scope(|scope| {
                let threads = (0..).zip(slices);
                let hands: Vec<_> =
                    threads.map(|(thread, slice)| scope.spawn(move || work(thread, slice))).collect();
                hands.into_iter().map(joined).collect()
            })
        };
        self.done += results.iter().map(|(_, done)| done).sum::<u64>();
        results.into_iter().filter_map(|(plan, _)| plan).min_by_key(|plan| plan.cost)
    }

    /// Spends up to that share of the budget on plans with fewer routes; the best plan by cost.
    pub(crate) fn save_vehicles(&mut self, plan: Plan, until: f64) -> Plan {
        let slices = self.slices(until);
        let most = self.vehicles;
        self.done += self.each(|index, state, annealer| {
            state.load(&plan, most);
            slices.get(index).map_or(0, |slice| annealer.save_vehicles(state, *slice))
        });
        let ahead = self.states.iter().min_by_key(|state| state.best_cost);
        ahead.map(State::best_plan).filter(|best| best.cost < plan.cost).unwrap_or(plan)
    }
}

/// What a thread came to; a panic in it is a defect of this crate, and goes on in whoever waits.
fn joined<T>(hand: thread::ScopedJoinHandle<'_, T>) -> T {
    hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
