//! Better routes by ruin and recreate: strings of neighbouring stops are taken out and put back where they are
//! cheapest.
//!
//! The ruin follows Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems"
//! (2020): around a random stop, each of a few routes loses a string of stops. The recreation is cheapest insertion
//! in a random order, next to neighbours. A step is taken if it is no worse than the plan some steps ago (late
//! acceptance, Burke and Bykov, 2017), which needs neither temperature nor an end that is known beforehand. The best
//! plan is kept aside. What is not here: moves through broken plans, exchange between solutions, threads.

use crate::check::check;
use crate::cost::Cost;
use crate::draft::Draft;
use crate::model::{Problem, Solution, StopId, VehicleId};
use crate::rng::Rng;
use crate::route::{Opening, Route};

/// How many stops are taken out in a step, on average.
const MEAN_REMOVED: usize = 10;
/// The longest string that one route loses.
const LONGEST_STRING: usize = 10;
/// How many neighbours a stop has.
const NEIGHBOURS: usize = 30;
/// How many steps ago the plan is that a step is measured against.
const MEMORY: usize = 300;
/// One route in so many is overlooked when a stop is put back, so that the same hole is not filled the same way.
const OVERLOOKED: usize = 60;

/// When to stop.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    iterations: u64,
    stop: Option<&'a dyn Fn() -> bool>,
}

impl<'a> Budget<'a> {
    /// After that many steps. The same seed then gives the same answer on every machine.
    #[must_use]
    pub const fn iterations(iterations: u64) -> Self {
        Self { iterations, stop: None }
    }

    /// As soon as `stop` says so; it is asked before every step, of which there are tens of thousands a second. The
    /// clock is the caller's.
    #[must_use]
    pub const fn until(stop: &'a dyn Fn() -> bool) -> Self {
        Self { iterations: u64::MAX, stop: Some(stop) }
    }

    /// As soon as `stop` says so, if it does before the steps are done.
    #[must_use]
    pub const fn or_until(self, stop: &'a dyn Fn() -> bool) -> Self {
        Self { stop: Some(stop), ..self }
    }

    fn is_spent(&self, done: u64) -> bool {
        done >= self.iterations || self.stop.is_some_and(|stop| stop())
    }
}

/// The best solution found from the given one, never worse than it by [`Score`](crate::Score).
///
/// A stop that only one vehicle may serve stays with it. Unserved stops come in where they cost less than their
/// penalty, and go out where that is cheaper. A start that breaks rules is mended as far as the search finds a way.
#[must_use]
pub fn improve(problem: &Problem, given: Solution, budget: Budget<'_>, seed: u64) -> Solution {
    let before = check(problem, &given).score();
    let mut search = Search::new(problem, given.clone(), seed);
    let best = search.run(budget);
    if check(problem, &best).score() <= before { best } else { given }
}

struct Search<'p> {
    problem: &'p Problem,
    draft: Draft<'p>,
    rng: Rng,
    /// By stop: the nearest others, the nearest first.
    neighbours: Vec<Vec<StopId>>,
    /// All vehicles, sorted by the first vehicle that is the same in everything.
    kinds: Vec<(VehicleId, VehicleId)>,
    /// By vehicle: when it was last looked at, and what came of it; see `best_nearby`.
    looked_at: Vec<u64>,
    turn: u64,
    changed: Vec<Route>,
    moved: Vec<StopId>,
}

impl<'p> Search<'p> {
    fn new(problem: &'p Problem, given: Solution, seed: u64) -> Self {
        Self {
            problem,
            draft: Draft::from(problem, given),
            rng: Rng::new(seed),
            neighbours: neighbours(problem),
            kinds: kinds(problem),
            looked_at: vec![0; problem.vehicles.len()],
            turn: 0,
            changed: Vec::new(),
            moved: Vec::new(),
        }
    }

    fn run(&mut self, budget: Budget<'_>) -> Solution {
        let mut best = self.draft.to_solution();
        let mut best_score = self.draft.score();
        if self.problem.stops.is_empty() || self.problem.vehicles.is_empty() {
            return best;
        }
        let mut memory = [best_score; MEMORY];
        let mut done = 0;
        while !budget.is_spent(done) {
            let before = self.draft.score();
            self.step();
            let after = self.draft.score();
            let remembered = &mut memory[(done % MEMORY as u64) as usize];
            if after > before && after > *remembered {
                self.draft.restore(before, &mut self.changed, &self.moved);
            }
            *remembered = self.draft.score().min(*remembered);
            if after < best_score {
                best_score = after;
                best = self.draft.to_solution();
            }
            done += 1;
        }
        best
    }

    fn step(&mut self) {
        self.changed.clear();
        self.moved.clear();
        self.ruin();
        self.order();
        let moved = std::mem::take(&mut self.moved);
        for &stop in &moved {
            self.put_back(stop);
        }
        self.moved = moved;
    }

    fn ruin(&mut self) {
        let served: usize = self.draft.routes.iter().map(|route| route.stops.len()).sum();
        let used = self.draft.routes.iter().filter(|route| !route.stops.is_empty()).count();
        let longest = LONGEST_STRING.min(served.div_ceil(used.max(1))).max(1);
        let most_strings = (4 * MEAN_REMOVED / (1 + longest)).max(2) - 1;
        let mut strings = 1 + self.rng.below(most_strings);
        let centre = StopId(self.rng.below(self.problem.stops.len()) as u32);
        self.turn += 1;
        let ruined = 2 * self.turn;
        for index in 0..=self.neighbours[centre.index()].len() {
            let stop = index.checked_sub(1).map_or(centre, |index| self.neighbours[centre.index()][index]);
            match self.draft.place_of(stop) {
                None if !self.moved.contains(&stop) => self.moved.push(stop),
                Some((vehicle, at)) if strings > 0 && self.looked_at[vehicle.index()] != ruined => {
                    self.looked_at[vehicle.index()] = ruined;
                    self.take_string(vehicle, at, longest);
                    strings -= 1;
                }
                _ => {}
            }
        }
    }

    /// Takes a string of random length out of a route, with position `at` somewhere in it.
    fn take_string(&mut self, vehicle: VehicleId, at: usize, longest: usize) {
        let stops = &self.draft.routes[vehicle.index()].stops;
        let length = 1 + self.rng.below(longest.min(stops.len()));
        let earliest = (at + 1).saturating_sub(length);
        let latest = at.min(stops.len() - length);
        let first = earliest + self.rng.below(latest - earliest + 1);
        self.remember(vehicle);
        self.draft.remove(vehicle, first, length, &mut self.moved);
    }

    /// The order in which stops are put back: by chance, the largest, the tightest or the soonest first.
    fn order(&mut self) {
        let problem = self.problem;
        self.rng.shuffle(&mut self.moved);
        match self.rng.below(8) {
            0..=3 => {}
            4..=5 => self.moved.sort_by_key(|&stop| -problem.demand(stop).iter().sum::<i64>()),
            6 => self.moved.sort_by_key(|&stop| problem.row(stop).close - problem.row(stop).open),
            _ => self.moved.sort_by_key(|&stop| problem.row(stop).close),
        }
    }

    fn put_back(&mut self, stop: StopId) {
        let row = self.problem.row(stop);
        let found = match row.only {
            Some(only) => {
                let route = &self.draft.routes[only.index()];
                route.best_opening(self.problem, stop, row.penalty).map(|opening| (only, opening))
            }
            None => self.best_nearby(stop, row.penalty),
        };
        if let Some((vehicle, opening)) = found {
            self.remember(vehicle);
            self.draft.insert(stop, vehicle, opening.position);
        }
    }

    /// The cheapest opening before or after a neighbour, at either end of a neighbour's route, or alone in an idle
    /// vehicle.
    fn best_nearby(&mut self, stop: StopId, mut bound: Cost) -> Option<(VehicleId, Opening)> {
        let Self { problem, draft, rng, neighbours, kinds, looked_at, turn, .. } = self;
        *turn += 1;
        let (open, closed) = (2 * *turn, 2 * *turn + 1);
        let mut best = None;
        let mut keep = |vehicle: VehicleId, opening: Option<Opening>| {
            if let Some(opening) = opening {
                best = Some((vehicle, opening));
            }
            opening.map(|opening| opening.extra)
        };
        for (vehicle, at) in neighbours[stop.index()].iter().filter_map(|&near| draft.place_of(near)) {
            let route = &draft.routes[vehicle.index()];
            let looked = &mut looked_at[vehicle.index()];
            if *looked < open {
                *looked = if route.accepts(problem, stop) && !rng.one_in(OVERLOOKED) { open } else { closed };
                if *looked == open {
                    for end in [0, route.stops.len()] {
                        bound = keep(vehicle, route.opening_at(problem, stop, end, bound)).unwrap_or(bound);
                    }
                }
            }
            if *looked == open {
                for beside in [at, at + 1] {
                    bound = keep(vehicle, route.opening_at(problem, stop, beside, bound)).unwrap_or(bound);
                }
            }
        }
        let mut last_kind = None;
        for (kind, vehicle) in kinds.iter() {
            let route = &draft.routes[vehicle.index()];
            if route.stops.is_empty() && last_kind != Some(kind) {
                last_kind = Some(kind);
                bound = keep(route.vehicle, route.best_opening(problem, stop, bound)).unwrap_or(bound);
            }
        }
        best
    }

    fn remember(&mut self, vehicle: VehicleId) {
        if self.changed.iter().all(|route| route.vehicle != vehicle) {
            self.changed.push(self.draft.routes[vehicle.index()].clone());
        }
    }
}

/// The nearest stops of each, by the way there and back in the first vehicle's time.
fn neighbours(problem: &Problem) -> Vec<Vec<StopId>> {
    let Some(vehicle) = problem.vehicle_ids().next() else { return vec![Vec::new(); problem.stops.len()] };
    let roads = problem.roads(vehicle);
    let mut others: Vec<(i64, StopId)> = Vec::with_capacity(problem.stops.len());
    problem
        .rows
        .iter()
        .zip(problem.stop_ids())
        .map(|(here, own)| {
            others.clear();
            others.extend(problem.rows.iter().zip(problem.stop_ids()).filter(|(_, id)| *id != own).map(
                |(there, id)| {
                    (roads.seconds(here.place, there.place) + roads.seconds(there.place, here.place), id)
                },
            ));
            if others.len() > NEIGHBOURS {
                others.select_nth_unstable(NEIGHBOURS - 1);
                others.truncate(NEIGHBOURS);
            }
            others.sort_unstable();
            others.iter().map(|(_, id)| *id).collect()
        })
        .collect()
}

fn kinds(problem: &Problem) -> Vec<(VehicleId, VehicleId)> {
    let mut kinds: Vec<(VehicleId, VehicleId)> = problem
        .vehicle_ids()
        .map(|vehicle| {
            let first = problem.vehicle_ids().find(|&other| problem.spec(other) == problem.spec(vehicle));
            (first.unwrap_or(vehicle), vehicle)
        })
        .collect();
    kinds.sort_unstable();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Score;
    use crate::samples;

    #[test]
    fn a_zigzag_becomes_a_sweep() {
        let problem = samples::line(&[10, 20, 30, 40, 50]).build().unwrap();
        let ids: Vec<StopId> = problem.stop_ids().collect();
        let zigzag =
            Solution { routes: vec![vec![ids[3], ids[0], ids[4], ids[1], ids[2]]], unserved: Vec::new() };
        assert_eq!(check(&problem, &zigzag).driving, 40 + 30 + 40 + 30 + 10 + 30);
        let swept = improve(&problem, zigzag, Budget::iterations(200), 1);
        assert_eq!(check(&problem, &swept).driving, 100);
    }

    #[test]
    fn no_budget_gives_the_given_back() {
        let problem = samples::line(&[10, 20]).build().unwrap();
        let given = Solution { routes: vec![problem.stop_ids().collect()], unserved: Vec::new() };
        assert_eq!(improve(&problem, given.clone(), Budget::until(&|| true), 1), given);
    }

    #[test]
    fn a_broken_start_is_mended() {
        let mut builder = samples::line(&[]);
        let mut urgent = samples::stop(20);
        urgent.window = (0, 20);
        let (slow, urgent) = (builder.stop(samples::stop(40)), builder.stop(urgent));
        let problem = builder.build().unwrap();
        let late = Solution { routes: vec![vec![slow, urgent]], unserved: Vec::new() };
        assert_eq!(check(&problem, &late).score(), Score { excess: 40, cost: Cost::units(80) });
        let mended = improve(&problem, late, Budget::iterations(100), 1);
        assert_eq!(check(&problem, &mended).score(), Score { excess: 0, cost: Cost::units(80) });
    }

    #[test]
    fn the_search_reckons_as_the_checker_does() {
        let mut builder = samples::line(&[]);
        builder.vehicle(samples::vehicle());
        for index in 0..40 {
            let mut stop = samples::stop(1 + index * 37 % 100);
            let opens = 40 * (index as i64 % 7);
            (stop.service, stop.window, stop.demand) = (5, (opens, opens + 90), vec![4]);
            stop.unserved_penalty = 150;
            builder.stop(stop);
        }
        let problem = builder.build().unwrap();
        let mut search = Search::new(&problem, Solution::default(), 3);
        let best = search.run(Budget::iterations(500));
        assert_eq!(search.draft.score(), check(&problem, &search.draft.to_solution()).score());
        assert!(check(&problem, &best).score() <= search.draft.score());
        assert!(!best.unserved.is_empty() && best.routes.iter().all(|route| route.len() > 3), "{best:?}");
    }

    #[test]
    fn a_given_plan_that_cannot_be_meant_is_kept_if_mending_it_is_worse() {
        let no = u32::MAX;
        let mut builder = crate::ProblemBuilder::new(1);
        // Place 2 is the only way from 1 to 3, and its stop is another vehicle's.
        builder.matrix(4, vec![0, 1, 9, 9, 9, 0, 1, no, 9, 9, 0, 1, 1, 9, 9, 0]);
        builder.vehicle(samples::vehicle());
        let other = builder.vehicle(samples::vehicle());
        let mut foreign = samples::stop(2);
        foreign.only_vehicle = Some(other);
        let route =
            vec![builder.stop(samples::stop(1)), builder.stop(foreign), builder.stop(samples::stop(3))];
        let problem = builder.build().unwrap();
        let given = Solution { routes: vec![route, Vec::new()], unserved: Vec::new() };
        assert_eq!(improve(&problem, given.clone(), Budget::iterations(0), 1), given);
    }
}
