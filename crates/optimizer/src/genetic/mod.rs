//! Hybrid genetic search (Vidal, Crainic, Gendreau, Lahrichi and Rei, 2012; Vidal, 2022): plans are crossed, improved by
//! a local search that may break rules at a price, and kept in a population that stays diverse.
//!
//! It is strong where ruin and recreate is weak: when routes are long, and on small problems that stagnate.

mod bearings;
mod local_search;
mod near;
mod order;
mod population;
mod prices;
mod split;
mod srex;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;
use crate::kernel::plan::Plan;
use crate::rng::Rng;
use local_search::{NONE, Search};
pub(crate) use near::Near;
use population::{Member, Population};
use prices::PenaltyPrices;

/// How many plans are made by chance at the beginning.
const FOUNDERS: usize = 40;
/// How many of them a given plan stands for.
const GIVEN: usize = 20;
/// Up to so many stops, children are made by order crossover, too, and how often.
const SMALL: usize = 150;
const BY_ORDER: f64 = 0.5;
/// After so many children without a better plan everything starts anew.
const PATIENCE: u64 = 20_000;
/// How much more broken rules cost in a repair.
const REPAIR: f64 = 10.0;

/// When to stop: at whichever comes first.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'a> {
    pub(crate) until: Option<Instant>,
    /// In children.
    pub(crate) iterations: u64,
    pub(crate) cancel: Option<&'a AtomicBool>,
}

impl Limits<'_> {
    fn is_over(&self, done: u64) -> bool {
        done >= self.iterations
            || self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
            || self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// A population that goes on where it was left.
pub(crate) struct Genetic<'a, M, const TIMED: bool> {
    instance: &'a Instance<M>,
    search: Search<'a, M, TIMED>,
    population: Population,
    penalty_prices: PenaltyPrices,
    rng: Rng,
    bearings: Vec<f64>,
    /// How often children follow the order of both parents and not their routes.
    by_order: f64,
    founded: usize,
    idle: u64,
}

impl<'a, M: Metric, const TIMED: bool> Genetic<'a, M, TIMED> {
    pub(crate) fn new(instance: &'a Instance<M>, near: &'a Near, seed: u64) -> Self {
        let stops = instance.stops();
        let farthest = (0..stops).map(|stop| instance.metric.outward(stops, stop)).max().unwrap_or(1);
        let heaviest = instance.sites.iter().map(|site| site.demand).max().unwrap_or(1).max(1);
        let penalty_prices = PenaltyPrices::new(f64::from(farthest) / f64::from(heaviest), 1.0);
        Self {
            instance,
            search: Search::new(instance, near, penalty_prices.prices(1.0)),
            population: Population::default(),
            penalty_prices,
            rng: Rng::new(seed),
            bearings: bearings::bearings(instance),
            by_order: if stops <= SMALL { BY_ORDER } else { 0.0 },
            founded: 0,
            idle: 0,
        }
    }

    /// Takes a plan in as it is, and what local search makes of it.
    pub(crate) fn add(&mut self, plan: &Plan) {
        self.load(plan.routes.iter().map(|route| (route.as_slice(), true)));
        self.keep();
        self.educate();
        self.founded += GIVEN;
    }

    /// The best plan that breaks no rule.
    pub(crate) fn best(&self) -> Option<Plan> {
        self.population.best().map(Member::plan)
    }

    /// Makes children until the limits are reached; how many.
    pub(crate) fn run(&mut self, limits: Limits<'_>) -> u64 {
        let mut done = 0;
        while self.instance.stops() > 1 && !limits.is_over(done) {
            done += 1;
            self.make_child();
        }
        done
    }

    fn make_child(&mut self) {
        self.idle += 1;
        if self.idle > PATIENCE {
            self.population.restart();
            (self.founded, self.idle) = (0, 0);
        }
        if self.founded < FOUNDERS || self.population.is_empty() {
            self.founded += 1;
            self.make_random();
        } else {
            self.cross();
        }
        self.educate();
    }

    fn load<'r>(&mut self, routes: impl Iterator<Item = (&'r [u32], bool)>) {
        self.search.prices = self.penalty_prices.prices(1.0);
        self.search.load(routes.take(self.instance.vehicles));
    }

    /// A plan by chance.
    fn make_random(&mut self) {
        let mut tour: Vec<u32> = self.search.hopeful().collect();
        self.rng.shuffle(&mut tour);
        self.cut(&tour);
    }

    fn cut(&mut self, tour: &[u32]) {
        let routes = split::split::<M, TIMED>(self.instance, tour, self.penalty_prices.prices(1.0));
        self.load(routes.iter().map(|route| (route.as_slice(), true)));
    }

    /// A child of two plans.
    fn cross(&mut self) {
        let stops = self.instance.stops();
        let Some((a, b)) = self.population.parents(&mut self.rng) else { return self.make_random() };
        let whole = a.absent == b.absent && a.absent.len() + 1 < stops;
        if whole && self.rng.unit() < self.by_order {
            let tour = order::cross(a, b, stops, &mut self.rng);
            self.cut(&tour);
            return;
        }
        let draft = srex::cross(self.instance, a, b, &mut self.rng);
        self.load(draft.routes.iter().map(|(route, fresh)| (route.as_slice(), *fresh)));
        for &stop in &draft.missing {
            if !self.search.force(stop as usize) {
                break;
            }
        }
    }

    /// Local search, and a repair half the time when the plan breaks rules; both results are taken in.
    fn educate(&mut self) {
        self.search.descend(&mut self.rng);
        let totals = self.search.totals();
        if self.penalty_prices.observe(totals.excess == 0, totals.warp == 0) {
            self.population.reprice(self.penalty_prices.prices(1.0));
        }
        self.keep();
        if !totals.is_feasible() && self.rng.one_in(2) {
            self.search.set_prices(self.penalty_prices.prices(REPAIR));
            self.search.descend(&mut self.rng);
            if self.search.totals().is_feasible() {
                self.keep();
            }
        }
    }

    fn keep(&mut self) {
        let member = self.member();
        if self.population.add(member, self.penalty_prices.prices(1.0)) {
            self.idle = 0;
        }
    }

    /// The plan of the search, its routes in a round about the depot.
    fn member(&self) -> Member {
        let mut routes: Vec<(f64, Vec<u32>)> = Vec::new();
        for (index, tour) in self.search.tours.iter().enumerate().filter(|(_, tour)| tour.size > 0) {
            let mut route = Vec::with_capacity(tour.size as usize);
            self.search.walk(index as u32, &mut route);
            let (x, y) = route
                .iter()
                .map(|&stop| self.bearings[stop as usize].sin_cos())
                .fold((0.0, 0.0), |(x, y), (sin, cos)| (x + cos, y + sin));
            routes.push((f64::atan2(y, x), route));
        }
        routes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let stops = self.instance.stops();
        let absent = (0..stops).filter(|&stop| self.search.nodes[stop].tour == NONE).map(|stop| stop as u32);
        let routes = routes.into_iter().map(|(_, route)| route).collect();
        Member::new(routes, absent.collect(), self.search.totals(), stops)
    }
}
