//! Every move is said to change the cost by what it does (asserted where moves end, in tests only), and what comes out
//! breaks no rule by the checker.

use super::*;
use crate::check::check;
use crate::kernel::instance::AnyInstance;
use crate::{Lateness, MatrixId, Problem, ProblemBuilder, Solution, StopSpec, VehicleSpec};

/// A town by chance.
#[derive(Clone, Copy, Debug)]
struct Town {
    stops: usize,
    vehicles: usize,
    timed: bool,
    one_way: bool,
    /// Some stops are worth less than the way to them.
    optional: bool,
    fixed: i64,
    seed: u64,
}

impl Town {
    fn build(self) -> Problem {
        let mut rng = Rng::new(self.seed);
        let mut builder = ProblemBuilder::new(1);
        let places: Vec<(i64, i64)> =
            (0..=self.stops).map(|_| (rng.below(1000) as i64, rng.below(1000) as i64)).collect();
        let mut cells = Vec::new();
        for from in &places {
            for to in &places {
                let way = (from.0 - to.0).abs() + (from.1 - to.1).abs();
                let detour = if self.one_way && from != to { rng.below(300) as i64 } else { 0 };
                cells.push((way + detour) as u32);
            }
        }
        builder.matrix(places.len(), cells);
        for _ in 0..self.vehicles {
            builder.vehicle(VehicleSpec {
                matrix: MatrixId(0),
                start: 0,
                end: Some(0),
                shift: (0, if self.timed { 20_000 } else { 50_000_000 }),
                overtime: Lateness::Hard,
                capacity: vec![40],
                fixed_cost: self.fixed,
                cost_per_hour: 0,
                cost_per_driving_hour: 3600,
                long_day: None,
                under_way: false,
                ..VehicleSpec::default()
            });
        }
        for place in 1..=self.stops {
            let open = if self.timed { rng.below(8000) as i64 } else { 0 };
            builder.stop(StopSpec {
                place,
                service: if self.timed { 50 } else { 0 },
                window: (open, if self.timed { open + 300 + rng.below(4000) as i64 } else { 50_000_000 }),
                lateness: Lateness::Hard,
                demand: vec![1 + rng.below(9) as i64],
                only_vehicle: None,
                unserved_penalty: if self.optional && rng.one_in(3) { 400 } else { 100_000 },
                ..StopSpec::default()
            });
        }
        builder.build().unwrap_or_else(|faults| panic!("{faults:?}"))
    }
}

fn towns() -> impl Iterator<Item = Town> {
    (0..24).map(|seed| Town {
        stops: [30, 60, 7, 1][seed as usize % 4],
        vehicles: if seed % 3 == 0 { 4 } else { 30 },
        timed: seed % 2 == 0,
        one_way: seed % 4 < 2,
        optional: seed % 5 == 0,
        fixed: if seed % 7 == 0 { 700 } else { 0 },
        seed,
    })
}

fn evolve<M: Metric, const TIMED: bool>(
    instance: &Instance<M>,
    starts: &[Plan],
    children: u64,
    seed: u64,
) -> Option<Plan> {
    let near = Near::new(instance);
    let mut genetic = Genetic::<M, TIMED>::new(instance, &near, seed);
    for plan in starts {
        genetic.add(plan);
    }
    genetic.run(Limits { until: None, iterations: children, cancel: None });
    genetic.best()
}

fn best(problem: &Problem, starts: &[Plan], children: u64, seed: u64) -> Option<Plan> {
    match AnyInstance::of(problem)? {
        AnyInstance::Table(i) if i.timed => evolve::<_, true>(&i, starts, children, seed),
        AnyInstance::Table(i) => evolve::<_, false>(&i, starts, children, seed),
        AnyInstance::Plane(i) if i.timed => evolve::<_, true>(&i, starts, children, seed),
        AnyInstance::Plane(i) => evolve::<_, false>(&i, starts, children, seed),
    }
}

fn nothing(stops: usize) -> Plan {
    Plan { absent: (0..stops as u32).collect(), ..Plan::default() }
}

#[test]
fn moves_are_computed_rightly_and_the_best_plan_breaks_no_rule() {
    for town in towns() {
        let problem = town.build();
        let plan = best(&problem, &[nothing(town.stops)], 150, town.seed).unwrap_or_default();
        let report = check(&problem, &plan.to_solution(&problem));
        assert_eq!(report.violations, [], "{town:?}");
        assert_eq!(crate::Cost::units(plan.cost), report.cost, "{town:?}");
        let alone = check(&problem, &Solution::nothing_served(&problem));
        assert!(report.cost <= alone.cost, "{town:?}");
        if town.vehicles > 4 && !town.optional && !town.timed {
            assert_eq!(report.unserved, 0, "{town:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    let town =
        Town { stops: 40, vehicles: 20, timed: true, one_way: true, optional: false, fixed: 0, seed: 5 };
    let problem = town.build();
    let runs = [1, 1].map(|seed| best(&problem, &[nothing(40)], 120, seed).unwrap_or_default().routes);
    assert_eq!(runs[0], runs[1]);
    assert!(!runs[0].is_empty());
}
