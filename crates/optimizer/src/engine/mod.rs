//! The search as a whole on a classic problem: a first plan, then rounds of annealing on one or more threads.
//!
//! Up to [`TOGETHER`] stops each thread anneals alone over the whole plan, and from time to time the one that is behind
//! takes over the plan of the one ahead. Above, the threads share one plan: each anneals the routes of one part of the
//! town, and every round cuts it anew (as FILO2x does: Accorsi and Vigo, 2025). Rounds end by the clock or after a
//! number of steps; by steps the answer follows from the seed.
//!
//! If there are few stops, the threads anneal some plans apart from each other and then breed from them (see
//! [`Instance::is_bred`]).

mod fleet;
mod partition;
mod workers;

use std::time::Instant;

use crate::kernel::anneal::Cooling;
use crate::kernel::instance::{Instance, round_trip};
use crate::kernel::metric::{Metric, NO_WAY};
use crate::kernel::plan::Plan;
use crate::kernel::state::State;
use crate::kernel::working_plan::WorkingPlan;
use crate::model::StopId;
use crate::rich;
use crate::rng::Rng;
use crate::stop_rule::StopRule;

use workers::Workers;

/// Up to this many stops to serve every thread has the whole plan.
const TOGETHER: usize = 400;
/// How many rounds a search has.
const ROUNDS: u64 = 100;
/// Where plans are bred, which share of the budget goes to annealing the plans to breed from, over how many steps a stop each, how many
/// of them a thread may make, and all threads together.
const ANNEALED: f64 = 0.4;
const STEPS_A_PARENT: f64 = 300.0;
const PARENTS: f64 = 8.0;
const ALL_PARENTS: f64 = 16.0;
/// After how many rounds threads with a plan each compare them.
const EXCHANGE: u64 = 10;
/// The temperature at the beginning, in mean arcs: between these, by the steps that there are for a stop.
const WARM: (f64, f64) = (1.0, 4.0);
/// For so many steps a stop the lower of them is right; it grows with their root.
const STEPS_A_STOP: f64 = 400.0;
/// Steps a second and thread, for judging how many there will be.
const PACE: f64 = 100_000.0;
/// The temperature at the end, in mean arcs.
const COLD: f64 = 0.01;
/// The temperatures at the beginning and at the end of a search over a rich problem, in mean arcs: where time is paid for,
/// waiting and whole days of a vehicle are at stake too.
const RICH: (f64, f64) = (10.0, 0.1);
/// The same where ways alone are paid for, and where it does not matter when they are driven either.
const RICH_WAYS: (f64, f64) = (4.0, 0.01);
const RICH_ANY_TIME: (f64, f64) = (2.0, 0.01);
/// The temperature is no more than so many times what half of the stops are worth; above, they would just be left out.
const HOLD: f64 = 0.3;
/// The same where penalties are raised meanwhile, and by how many temperatures.
const HOLD_RAISED: f64 = 2.5;
const RAISE: f64 = 0.5;
/// How much colder a search begins that was given a plan.
const GIVEN: f64 = 0.3;
/// Which share of the budget goes to saving vehicles, where they cost.
const FLEET: f64 = 0.2;

/// What a search is asked for.
pub(crate) struct SearchRequest<'a> {
    pub(crate) stop: &'a StopRule<'a>,
    pub(crate) begun: Instant,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    /// Stops around which something happened.
    pub(crate) near: Vec<u32>,
    /// Called with the best plan and the steps so far after a round that found a better one.
    pub(crate) on_better: &'a dyn Fn(&Plan, u64),
}

/// Searches from a plan, which may serve nothing; the best plan, and how many steps it took.
pub(crate) fn run<M: Metric, const TIMED: bool>(
    instance: &Instance<M>,
    start: Plan,
    request: &SearchRequest<'_>,
) -> (Plan, u64) {
    let given = !start.routes.is_empty();
    let mut workers =
        Workers::new(request, instance.stops(), instance.vehicles, || State::<M, TIMED>::new(instance));
    let (mut best, mut begin) = workers.first_plans(start, given);
    let way = best.cost - instance.penalties(&best.absent) - instance.fixed * best.routes.len() as i64;
    let arcs = best.routes.len() + instance.stops() - best.absent.len();
    let arc = way.max(1) as f64 / arcs.max(1) as f64;
    let warm = warm_by(request, instance.stops()) * if given { GIVEN } else { 1.0 };
    let cooling = Cooling { from: warm * arc, to: COLD * arc }
        .held_below(HOLD_RAISED * instance.usual_penalty() as f64);
    let mut from = 0.0;
    if instance.fixed as f64 > 10.0 * arc {
        best = workers.save_vehicles(best, FLEET);
        begin = best.clone();
        from = FLEET;
    }
    (request.on_better)(&best, workers.done);
    if instance.is_bred() {
        let warm = WARM.0 * if given { GIVEN } else { 1.0 };
        let cooling =
            Cooling { from: warm * arc, to: COLD * arc }.held_below(HOLD * instance.usual_penalty() as f64);
        workers.take(&best);
        let plan = breed(instance, &mut workers, request, &best, cooling, instance.stops(), from);
        return (plan, workers.done);
    }
    let far = |from: u32, to: u32| {
        let (from, to) = (from as usize, to as usize);
        i64::from(round_trip(instance.metric.outward(from, to), instance.metric.inward(from, to), NO_WAY))
    };
    let best = rounds(
        &mut workers,
        request,
        &Layout {
            stops: instance.stops(),
            served: instance.stops(),
            far: &far,
            bound: &|_| None,
            kin: &|_| &[],
        },
        (best, begin),
        cooling,
        from,
    );
    (best, workers.done)
}

/// Searches a rich problem from a plan, which may serve nothing; the best plan, and how many steps it took.
pub(crate) fn run_rich<const CLOCKED: bool, const WIDE: bool>(
    instance: &rich::Instance<'_>,
    start: Plan,
    request: &SearchRequest<'_>,
) -> (Plan, u64) {
    let given = start.routes.iter().any(|route| !route.is_empty());
    let (stops, vehicles) = (instance.stops(), instance.vehicles());
    let mut workers = Workers::new(request, stops, vehicles, || rich::State::<CLOCKED, WIDE>::new(instance));
    let (best, begin) = workers.first_plans(start, given);
    (request.on_better)(&best, workers.done);
    let arc = instance.arc_of(&begin);
    let (warm, cold) = match (instance.is_timed(), instance.pays_time()) {
        (true, true) => RICH,
        (true, false) => RICH_WAYS,
        (false, _) => RICH_ANY_TIME,
    };
    let warm = warm * if given { GIVEN } else { 1.0 };
    let cooling = Cooling { from: warm * arc, to: cold * arc }.held_below(HOLD * instance.usual_penalty());
    let far = |from: u32, to: u32| instance.far(from as usize, to as usize);
    let bound = |stop: u32| instance.bound(stop);
    let layout = Layout {
        stops,
        served: stops - instance.spare(),
        far: &far,
        bound: &bound,
        kin: &|stop| instance.kin(stop),
    };
    let best = rounds(&mut workers, request, &layout, (best, begin), cooling, 0.0);
    (best, workers.done)
}

/// What the rounds of a search know of its problem.
struct Layout<'a> {
    stops: usize,
    /// How many of them may be served at once.
    served: usize,
    /// How far it is from stop to stop.
    far: &'a dyn Fn(u32, u32) -> i64,
    /// The one vehicle that may serve the stop, if it is bound to one.
    bound: &'a dyn Fn(u32) -> Option<u32>,
    /// The stops that the same vehicle has to serve.
    kin: &'a dyn Fn(u32) -> &'a [StopId],
}

/// Anneals round by round from `from` of the budget to its end, with the best plan so far and the one to begin with; the
/// best plan.
fn rounds<'a, G: WorkingPlan<'a>>(
    workers: &mut Workers<'a, G>,
    request: &SearchRequest<'_>,
    layout: &Layout<'_>,
    (mut best, mut current): (Plan, Plan),
    cooling: Cooling,
    from: f64,
) -> Plan {
    let mut rng = Rng::new(request.seed ^ 0xC0FF_EE00);
    let apart = request.threads > 1 && layout.served > TOGETHER;
    if !apart {
        workers.take(&current);
    }
    for round in 0..ROUNDS {
        let share = |round: u64| round as f64 / ROUNDS as f64;
        let cooling = cooling.between(share(round), share(round + 1));
        let until = from + (1.0 - from) * share(round + 1);
        workers.raise_penalties((RAISE * cooling.from) as i64);
        let cut = if apart { partition::parts(layout, &current, request.threads, &mut rng) } else { None };
        let top = if let Some(parts) = cut {
            let (top, now) = workers.anneal_parts(&parts, cooling, until);
            current = now;
            top
        } else if apart {
            current = workers.anneal_all(cooling, until, Some(&current));
            current.clone()
        } else {
            let top = workers.anneal_all(cooling, until, None);
            if (round + 1) % EXCHANGE == 0 {
                workers.exchange();
            }
            top
        };
        if top.worth() < best.worth() {
            best = top;
            (request.on_better)(&best, workers.done);
        }
        if workers.is_over() {
            break;
        }
    }
    best
}

/// Anneals some plans apart from each other, each from the same beginning, and breeds from them.
fn breed<'a, M: Metric, const TIMED: bool>(
    instance: &Instance<M>,
    workers: &mut Workers<'a, State<'a, M, TIMED>>,
    request: &SearchRequest<'_>,
    start: &Plan,
    cooling: Cooling,
    stops: usize,
    from: f64,
) -> Plan {
    let steps = steps_a_stop(request, stops) / request.threads.max(1) as f64;
    let most = (ALL_PARENTS / request.threads.max(1) as f64).clamp(1.0, PARENTS);
    let parents = (steps * ANNEALED / STEPS_A_PARENT).round().clamp(1.0, most).floor();
    let mut plans = Vec::new();
    let mut best = start.clone();
    let mut improve = |found: Option<Plan>, done: u64| {
        if let Some(plan) = found.filter(|plan| plan.cost < best.cost) {
            (request.on_better)(&plan, done);
            best = plan;
        }
    };
    for parent in 1..=parents as u64 {
        let until = from + (ANNEALED - from) * parent as f64 / parents;
        let found = workers.anneal_all(cooling, until, Some(start));
        plans.extend(workers.best_plans());
        improve(Some(found), workers.done);
    }
    if !workers.is_over() {
        let found = workers.breed(instance, &plans);
        improve(found, workers.done);
    }
    best
}

/// How warm a search begins.
fn warm_by(request: &SearchRequest<'_>, stops: usize) -> f64 {
    (steps_a_stop(request, stops) / STEPS_A_STOP).sqrt().clamp(WARM.0, WARM.1)
}

/// About how many steps there will be for each stop.
fn steps_a_stop(request: &SearchRequest<'_>, stops: usize) -> f64 {
    let by_clock = request.stop.time.map(|time| time.as_secs_f64() * PACE * request.threads.max(1) as f64);
    let by_count = request.stop.iterations.map(|steps| steps as f64);
    by_clock.into_iter().chain(by_count).reduce(f64::min).unwrap_or(0.0) / stops as f64
}
