//! What to dispatch now: everything that is known, or what most sampled futures would not let wait.

use std::thread;

use optimizer::{ProblemBuilder, Settings, Solution, StopRule, StopSpec, VehicleSpec, solve};

use crate::rules::{Customers, Epoch, Request, departure};
use crate::town::Dice;

/// More than any way round.
const PROHIBITIVE: i64 = 1_000_000;
const THREADS: usize = 2;

/// How futures are sampled.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// How many futures there are in a round.
    pub futures: usize,
    /// In how many rounds; what one has settled the next takes for given.
    pub rounds: usize,
    /// How many epochs a future has.
    pub epochs: i64,
    /// Steps of the search for each stop of a future.
    pub steps_for_stop: u64,
    /// What is dispatched in at least that percentage of the futures goes now.
    pub goes: usize,
    /// What is dispatched in at most that percentage waits.
    pub waits: usize,
}

/// Everything that is known goes.
pub fn everything(epoch: &Epoch<'_>, steps: u64) -> Vec<Vec<usize>> {
    planned(epoch, &(0..epoch.known.len()).collect::<Vec<_>>(), steps)
}

/// What most futures would not let wait goes.
pub fn consensus(epoch: &Epoch<'_>, sampling: &Sampling, steps: u64, seed: u64) -> Vec<Vec<usize>> {
    let mut dice = Dice(seed ^ departure(epoch.number).unsigned_abs().wrapping_mul(0xD1B5_4A32_D192_ED03));
    let mut settled: Vec<Settled> = epoch
        .known
        .iter()
        .map(|request| if epoch.must_go(request) { Settled::Goes } else { Settled::Open })
        .collect();
    for _ in 0..sampling.rounds {
        if !settled.contains(&Settled::Open) {
            break;
        }
        let futures: Vec<(Vec<(Request, i64)>, u64)> =
            (0..sampling.futures).map(|_| (future(epoch, sampling.epochs, &mut dice), dice.0)).collect();
        let dispatched = in_futures(epoch, &settled, &futures, sampling);
        for (settled, count) in settled.iter_mut().zip(dispatched) {
            let percent = 100 * count / sampling.futures.max(1);
            if *settled == Settled::Open && percent >= sampling.goes {
                *settled = Settled::Goes;
            } else if *settled == Settled::Open && percent <= sampling.waits {
                *settled = Settled::Waits;
            }
        }
    }
    let going: Vec<usize> = (0..settled.len()).filter(|&index| settled[index] == Settled::Goes).collect();
    let mut routes = planned(epoch, &going, steps);
    // Who can leave as well in the next epoch loses nothing by waiting for more.
    routes.retain(|route| {
        let requests: Vec<Request> = route.iter().map(|&index| epoch.known[index]).collect();
        route.iter().any(|&index| epoch.must_go(&epoch.known[index]))
            || epoch
                .customers
                .latest_leave(&requests)
                .is_none_or(|latest| latest < departure(epoch.number + 1))
    });
    routes
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    Open,
    Goes,
    Waits,
}

/// What the next epochs may bring, and when it can leave the depot.
fn future(epoch: &Epoch<'_>, epochs: i64, dice: &mut Dice) -> Vec<(Request, i64)> {
    let numbers = epoch.number + 1..=epoch.last.min(epoch.number + epochs);
    numbers
        .flat_map(|number| {
            let new = epoch.customers.draw(number, dice);
            new.into_iter().map(move |request| (request, departure(number)))
        })
        .collect()
}

/// By known request: in how many of the futures it leaves now.
fn in_futures(
    epoch: &Epoch<'_>,
    settled: &[Settled],
    futures: &[(Vec<(Request, i64)>, u64)],
    sampling: &Sampling,
) -> Vec<usize> {
    let share = futures.len().div_ceil(THREADS).max(1);
    let counts: Vec<Vec<bool>> = thread::scope(|scope| {
        let workers: Vec<_> = futures
            .chunks(share)
            .map(|own| {
                let work = move || {
                    own.iter()
                        .map(|(future, seed)| leaving(epoch, settled, future, *seed, sampling))
                        .collect()
                };
                scope.spawn(work)
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|_| Vec::new())).collect()
    });
    let count = |index: usize| counts.iter().filter(|leaves| leaves[index]).count();
    (0..epoch.known.len()).map(count).collect()
}

/// Which known requests leave now if that is the future: those whose routes cannot wait for the next epoch.
fn leaving(
    epoch: &Epoch<'_>,
    settled: &[Settled],
    future: &[(Request, i64)],
    seed: u64,
    sampling: &Sampling,
) -> Vec<bool> {
    let next = departure(epoch.number + 1);
    let known = epoch
        .known
        .iter()
        .zip(settled)
        .map(|(request, settled)| (*request, (*settled == Settled::Waits).then_some(next)));
    let all: Vec<(Request, Option<i64>)> =
        known.chain(future.iter().map(|&(request, release)| (request, Some(release)))).collect();
    let steps = sampling.steps_for_stop * all.len() as u64;
    let routes = routed(epoch.customers, &all, departure(epoch.number), steps, seed, 1);
    let mut leaves = vec![false; epoch.known.len()];
    for route in routes {
        let requests: Vec<Request> = route.iter().map(|&index| all[index].0).collect();
        let waits = route.iter().any(|&index| all[index].1.is_some())
            || epoch.customers.latest_leave(&requests).is_some_and(|latest| latest >= next);
        if !waits {
            route.iter().for_each(|&index| leaves[index] = true);
        }
    }
    leaves
}

/// Routes for these requests, which leave now.
fn planned(epoch: &Epoch<'_>, going: &[usize], steps: u64) -> Vec<Vec<usize>> {
    let requests: Vec<(Request, Option<i64>)> =
        going.iter().map(|&index| (epoch.known[index], None)).collect();
    let routes = routed(epoch.customers, &requests, departure(epoch.number), steps, 1, THREADS);
    routes.into_iter().map(|route| route.into_iter().map(|index| going[index]).collect()).collect()
}

/// Routes for these requests, some of which are released later; as many vehicles as there are requests.
fn routed(
    customers: &Customers,
    requests: &[(Request, Option<i64>)],
    leaves: i64,
    steps: u64,
    seed: u64,
    threads: usize,
) -> Vec<Vec<usize>> {
    let mut builder = ProblemBuilder::new(1);
    let matrix = builder.matrix(customers.places, customers.seconds.clone());
    for _ in requests {
        builder.vehicle(VehicleSpec {
            matrix,
            start: customers.depot,
            end: Some(customers.depot),
            shift: (leaves, customers.closes),
            capacity: vec![customers.capacity],
            cost_per_driving_hour: 3600,
            ..VehicleSpec::default()
        });
    }
    for (request, release) in requests {
        builder.stop(StopSpec {
            place: request.place,
            service: request.service,
            window: request.window,
            demand: vec![request.demand],
            unserved_penalty: PROHIBITIVE,
            release: *release,
            ..StopSpec::default()
        });
    }
    // What does not hold together has no routes, and the rules will say what had to go.
    let Ok(problem) = builder.build() else { return Vec::new() };
    let stop = StopRule { iterations: Some(steps), ..StopRule::default() };
    let Solution { routes, .. } =
        solve(&problem, &stop, &Settings { seed, threads, ..Settings::default() }).solution;
    let used = routes.into_iter().filter(|route| !route.is_empty());
    used.map(|route| route.into_iter().map(optimizer::StopId::index).collect()).collect()
}
