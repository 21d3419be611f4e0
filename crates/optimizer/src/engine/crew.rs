//! The threads of a search, each with its walker and its state.

use std::thread;
use std::time::{Duration, Instant};

use super::Order;
use crate::genetic::{Genetic, Limits, Near};
use crate::kernel::anneal::{Cooling, Slice, Walker};
use crate::kernel::ground::{Ground, Mode};
use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;
use crate::kernel::state::State;

/// Steps of a search that is given neither a time nor a number of steps, and how many more for each stop.
const STEPS: u64 = 20_000;
const STEPS_PER_STOP: u64 = 200;

/// Who asks for more time than this asks for no limit.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

pub(crate) struct Crew<'a, G> {
    order: &'a Order<'a>,
    /// How many vehicles there are.
    vehicles: usize,
    grounds: Vec<G>,
    walkers: Vec<Walker>,
    /// Steps so far, and at most.
    pub(crate) done: u64,
    most: u64,
    /// When the search proper began, and how long it may take.
    began: Instant,
    span: Option<Duration>,
}

impl<'a, G: Ground<'a>> Crew<'a, G> {
    /// A crew whose members each have a ground of their own, of a problem with so many stops and vehicles.
    pub(crate) fn new(order: &'a Order<'a>, stops: usize, vehicles: usize, ground: impl Fn() -> G) -> Self {
        let threads = order.threads.max(1);
        let began = Instant::now();
        let spent = began.saturating_duration_since(order.begun);
        let span = order.stop.time.map(|time| time.min(LONGEST).saturating_sub(spent));
        let unlimited = if span.is_some() { u64::MAX } else { STEPS + STEPS_PER_STOP * stops as u64 };
        Self {
            order,
            vehicles,
            grounds: (0..threads).map(|_| ground()).collect(),
            walkers: (0..threads as u64)
                .map(|t| Walker::new(order.seed ^ (t << 32), order.near.clone()))
                .collect(),
            done: 0,
            most: order.stop.iterations.unwrap_or(unlimited),
            began,
            span,
        }
    }

    /// Whether the whole budget is spent.
    pub(crate) fn is_over(&self) -> bool {
        self.done >= self.most
            || self.span.is_some_and(|span| self.began.elapsed() >= span)
            || self.order.stop.is_cancelled()
    }

    /// What each thread may do until that share of the budget is spent.
    fn slices(&self, until: f64) -> Vec<Slice<'a>> {
        let goal = if self.most == u64::MAX { u64::MAX } else { (self.most as f64 * until).round() as u64 };
        let left = goal.saturating_sub(self.done);
        let threads = self.grounds.len() as u64;
        let start = Instant::now();
        (0..threads)
            .map(|thread| Slice {
                clock: self.span.map(|span| (start, self.began + span.mul_f64(until.min(1.0)))),
                steps: left.saturating_add(thread) / threads,
                cancel: self.order.stop.cancel,
            })
            .collect()
    }

    /// The plan with what is absent inserted where it costs least: what is worth its price alone, or all that fits if
    /// that is cheaper. And the one to search from: all that fits, if nothing was given, for giving up what is not worth
    /// its price is easier than finding out what is worth a vehicle together.
    pub(crate) fn first_plans(&mut self, start: Plan, given: bool) -> (Plan, Plan) {
        let (Some(ground), Some(walker)) = (self.grounds.first_mut(), self.walkers.first_mut()) else {
            return (start.clone(), start);
        };
        let changes = ground.changes();
        let mut filled = |mode| {
            ground.load(&start, self.vehicles);
            ground.set_mode(mode);
            walker.fill(ground);
            ground.set_mode(Mode::Search);
            ground.plan()
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
        for ground in &mut self.grounds {
            ground.load(plan, self.vehicles);
        }
    }

    /// Lets leaving a stop out cost so much more than its penalty, where the ground knows how.
    pub(crate) fn raise_penalties(&mut self, raise: i64) {
        for ground in &mut self.grounds {
            ground.raise_penalties(raise);
        }
    }

    /// Every thread anneals its own plan, after taking up `plan` if there is one; the best of them.
    pub(crate) fn anneal_all(&mut self, cooling: Cooling, until: f64, plan: Option<&Plan>) -> Plan {
        let slices = self.slices(until);
        let most = self.vehicles;
        self.done += self.each(|index, ground, walker| {
            if let Some(plan) = plan {
                ground.load(plan, most);
            }
            slices.get(index).map_or(0, |slice| walker.anneal(ground, cooling, *slice))
        });
        let ahead = self.grounds.iter().min_by_key(|ground| ground.best_worth());
        ahead.map(G::best_plan).unwrap_or_default()
    }

    /// Whoever is behind takes over the best plan of whoever is ahead.
    pub(crate) fn exchange(&mut self) {
        let Some(ahead) = (0..self.grounds.len()).min_by_key(|&index| self.grounds[index].best_worth())
        else {
            return;
        };
        let plan = self.grounds[ahead].best_plan();
        for (index, ground) in self.grounds.iter_mut().enumerate() {
            if index != ahead && ground.best_worth() > plan.worth() {
                ground.load(&plan, self.vehicles);
            }
        }
    }

    /// Every thread anneals a part of one plan; the parts' best and last plans, joined.
    pub(crate) fn anneal_parts(&mut self, parts: &[Plan], cooling: Cooling, until: f64) -> (Plan, Plan) {
        let slices = self.slices(until);
        let used: usize = parts.iter().map(|part| part.routes.len()).sum();
        let spare = self.vehicles.saturating_sub(used);
        let threads = parts.len();
        self.done += self.each(|index, ground, walker| {
            let (Some(part), Some(slice)) = (parts.get(index), slices.get(index)) else { return 0 };
            ground.load(part, part.routes.len() + (spare + index) / threads);
            walker.anneal(ground, cooling, *slice)
        });
        let (mut best, mut last) = (Plan::default(), Plan::default());
        for ground in &self.grounds {
            best.join(ground.best_plan());
            last.join(ground.plan());
        }
        (best, last)
    }

    /// The best plan of every thread.
    pub(crate) fn best_plans(&self) -> impl Iterator<Item = Plan> {
        self.grounds.iter().map(G::best_plan)
    }

    /// Lets every thread work at once; how many steps they took together.
    fn each(&mut self, work: impl Fn(usize, &mut G, &mut Walker) -> u64 + Sync) -> u64 {
        if let ([ground], [walker]) = (&mut self.grounds[..], &mut self.walkers[..]) {
            return work(0, ground, walker);
        }
        let work = &work;
        thread::scope(|scope| {
            let hands: Vec<_> = (self.grounds.iter_mut().zip(&mut self.walkers).enumerate())
                .map(|(index, (ground, walker))| scope.spawn(move || work(index, ground, walker)))
                .collect();
            hands.into_iter().map(joined).sum()
        })
    }
}

impl<'a, M: Metric, const TIMED: bool> Crew<'a, State<'a, M, TIMED>> {
    /// Every thread breeds from these plans until the budget is spent; the best plan that was found, if any. Children
    /// count as steps by the time they take, roughly.
    pub(crate) fn breed(&mut self, instance: &Instance<M>, plans: &[Plan]) -> Option<Plan> {
        let seed = self.order.seed;
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
        self.done += self.each(|index, state, walker| {
            state.load(&plan, most);
            slices.get(index).map_or(0, |slice| walker.save_vehicles(state, *slice))
        });
        let ahead = self.grounds.iter().min_by_key(|state| state.best_cost);
        ahead.map(State::best_plan).filter(|best| best.cost < plan.cost).unwrap_or(plan)
    }
}

/// What a thread came to; a panic in it is a defect of this crate, and goes on in whoever waits.
fn joined<T>(hand: thread::ScopedJoinHandle<'_, T>) -> T {
    hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
