//! Plans that break rules and plans that do not, kept good and different from each other (Vidal, Crainic, Gendreau,
//! Lahrichi and Rei, 2012; Vidal, 2022).

use super::local_search::{NONE, Totals};
use super::prices::Prices;
use crate::kernel::plan::Plan;
use crate::rng::Rng;

/// How many of each kind survive.
const KEPT: usize = 25;
/// How many more there may be before.
const BORN: usize = 40;
/// How many of the best are safe.
const ELITE: usize = 4;
/// How many of the nearest say how different a plan is.
const CLOSE: usize = 5;

/// A plan of the population.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) routes: Vec<Vec<u32>>,
    pub(super) absent: Vec<u32>,
    pub(super) totals: Totals,
    /// By stop: what comes before and behind it.
    links: Vec<(u32, u32)>,
    /// How far the others of its kind are, nearest first, by their names.
    others: Vec<(f64, u32)>,
    name: u32,
    fitness: f64,
}

impl Member {
    pub(super) fn new(routes: Vec<Vec<u32>>, absent: Vec<u32>, totals: Totals, stops: usize) -> Self {
        let depot = stops as u32;
        let mut links = vec![(NONE, NONE); stops];
        for route in &routes {
            for (place, &stop) in route.iter().enumerate() {
                let before = if place == 0 { depot } else { route[place - 1] };
                links[stop as usize] = (before, route.get(place + 1).copied().unwrap_or(depot));
            }
        }
        Self { routes, absent, totals, links, others: Vec::new(), name: 0, fitness: 0.0 }
    }

    /// As a plan of the kernel.
    pub(super) fn plan(&self) -> Plan {
        Plan {
            routes: self.routes.clone(),
            absent: self.absent.clone(),
            cost: self.totals.cost,
            ..Plan::default()
        }
    }

    /// By stop: in which route it is.
    pub(super) fn routes_of(&self, stops: usize) -> Vec<u32> {
        let mut of = vec![NONE; stops];
        for (index, route) in self.routes.iter().enumerate() {
            for &stop in route {
                of[stop as usize] = index as u32;
            }
        }
        of
    }

    /// The share of stops that have other neighbours in the other plan.
    fn distance(&self, other: &Self) -> f64 {
        let depot = self.links.len() as u32;
        let broken: usize = self
            .links
            .iter()
            .zip(&other.links)
            .map(|(&(before, behind), &(p, s))| {
                let parted = behind != s && behind != p;
                let first = before == depot && p != depot && s != depot;
                usize::from(parted) + usize::from(first)
            })
            .sum();
        broken as f64 / self.links.len().max(1) as f64
    }

    fn apart(&self) -> f64 {
        let near = &self.others[..self.others.len().min(CLOSE)];
        if near.is_empty() { 1.0 } else { near.iter().map(|&(far, _)| far).sum::<f64>() / near.len() as f64 }
    }
}

/// Both kinds, and the best plan of all times.
#[derive(Debug, Default)]
pub(super) struct Population {
    feasible: Vec<Member>,
    infeasible: Vec<Member>,
    names: u32,
    best: Option<Member>,
}

impl Population {
    pub(super) fn best(&self) -> Option<&Member> {
        self.best.as_ref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.feasible.is_empty() && self.infeasible.is_empty()
    }

    /// Forgets all but the best plan of all times.
    pub(super) fn restart(&mut self) {
        self.feasible.clear();
        self.infeasible.clear();
    }

    /// Takes a plan in; true if it is the best of all times.
    pub(super) fn add(&mut self, mut member: Member, prices: Prices) -> bool {
        self.names += 1;
        member.name = self.names;
        let record = member.totals.is_feasible()
            && self.best.as_ref().is_none_or(|best| member.totals.cost < best.totals.cost);
        if record {
            self.best = Some(member.clone());
        }
        let kind = if member.totals.is_feasible() { &mut self.feasible } else { &mut self.infeasible };
        for other in kind.iter_mut() {
            let far = member.distance(other);
            insert(&mut other.others, (far, member.name));
            insert(&mut member.others, (far, other.name));
        }
        let cost = member.totals.priced(prices);
        let place = kind.partition_point(|other| other.totals.priced(prices) <= cost);
        kind.insert(place, member);
        if kind.len() > KEPT + BORN {
            while kind.len() > KEPT {
                remove_worst(kind);
            }
        }
        rate(kind);
        record
    }

    /// Sorts the plans that break rules by new prices.
    pub(super) fn reprice(&mut self, prices: Prices) {
        self.infeasible.sort_by_key(|member| (member.totals.priced(prices), member.name));
        rate(&mut self.infeasible);
    }

    /// Two different parents, if there are.
    pub(super) fn parents(&self, rng: &mut Rng) -> Option<(&Member, &Member)> {
        let first = self.pick(rng)?;
        let mut second = self.pick(rng)?;
        for _ in 0..10 {
            if second.name != first.name {
                break;
            }
            second = self.pick(rng)?;
        }
        Some((first, second))
    }

    /// The better of two.
    fn pick(&self, rng: &mut Rng) -> Option<&Member> {
        let count = self.feasible.len() + self.infeasible.len();
        let mut one = || self.feasible.iter().chain(&self.infeasible).nth(rng.below(count));
        let (a, b) = (one()?, one()?);
        Some(if a.fitness <= b.fitness { a } else { b })
    }
}

fn insert(others: &mut Vec<(f64, u32)>, item: (f64, u32)) {
    let place = others.partition_point(|other| other.0 <= item.0);
    others.insert(place, item);
}

/// The biased fitness of all, which stand in the order of their cost.
fn rate(kind: &mut [Member]) {
    let count = kind.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&x, &y| kind[y].apart().total_cmp(&kind[x].apart()));
    let weight = 1.0 - (ELITE.min(count) as f64 / count.max(1) as f64);
    let last = count.saturating_sub(1).max(1) as f64;
    for (rank, &index) in order.iter().enumerate() {
        kind[index].fitness = index as f64 / last + weight * rank as f64 / last;
    }
}

/// Removes the least fit, twins of others first, never the best.
fn remove_worst(kind: &mut Vec<Member>) {
    rate(kind);
    let twin = |member: &Member| member.others.first().is_some_and(|&(far, _)| far < 1e-9);
    let worst = (1..kind.len()).max_by(|&x, &y| {
        let (x, y) = (&kind[x], &kind[y]);
        twin(x).cmp(&twin(y)).then(x.fitness.total_cmp(&y.fitness))
    });
    if let Some(index) = worst {
        let gone = kind.remove(index);
        for member in kind {
            member.others.retain(|&(_, name)| name != gone.name);
        }
    }
}
