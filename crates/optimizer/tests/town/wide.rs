//! What the real world adds to an invented town, each thing alone or with others.

use optimizer::{
    Battery, Break, ChangePrices, Emissions, MatrixId, Problem, ProblemBuilder, Reloads, Shipment, Skills,
    Solution, StopId, StopSpec, VehicleSpec,
};

use crate::town::{Dice, Town};

/// One thing that a problem can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    Rough,
    PricedLateness,
    RushHours,
    KnownPlan,
    Depots,
    Kinds,
    Skills,
    Kilometres,
    LongestRoute,
    FarthestDrive,
    Breaks,
    SeveralWindows,
    Returns,
    Shipments,
    Alternatives,
    Together,
    Apart,
    Reloads,
    Releases,
    Batteries,
    Emissions,
    Aboard,
}

impl Feature {
    pub const ALL: [Self; 22] = [
        Self::Rough,
        Self::PricedLateness,
        Self::RushHours,
        Self::KnownPlan,
        Self::Depots,
        Self::Kinds,
        Self::Skills,
        Self::Kilometres,
        Self::LongestRoute,
        Self::FarthestDrive,
        Self::Breaks,
        Self::SeveralWindows,
        Self::Returns,
        Self::Shipments,
        Self::Alternatives,
        Self::Together,
        Self::Apart,
        Self::Reloads,
        Self::Releases,
        Self::Batteries,
        Self::Emissions,
        Self::Aboard,
    ];
}

/// A town of so many stops and vehicles with these features.
pub fn wide_town(stops: usize, vehicles: usize, seed: u64, features: &[Feature]) -> Problem {
    let has = |feature| features.contains(&feature);
    let town = Town {
        stops,
        vehicles,
        seed,
        rough: has(Feature::Rough),
        priced: has(Feature::PricedLateness),
        rush: has(Feature::RushHours),
    };
    let mut dice = Dice(seed ^ 0xFEA7_04E5);
    let mut builder = town.founded(|builder, fleet, visits, places| {
        if has(Feature::Kilometres)
            || has(Feature::FarthestDrive)
            || has(Feature::Batteries)
            || has(Feature::Emissions)
        {
            measure(builder, places);
        }
        for vehicle in fleet {
            equip(vehicle, features, places.len(), &mut dice);
        }
        for visit in visits {
            ask(visit, features, &mut dice);
        }
    });
    relate(&mut builder, stops, features, &mut dice);
    let built = builder.build();
    let problem = built.unwrap_or_else(|faults| panic!("an invented town should hold together: {faults:?}"));
    if has(Feature::KnownPlan) {
        let known = scattered(&problem, seed);
        return problem.keeping(&known, ChangePrices { moved: 35, order: 15 });
    }
    problem
}

fn measure(builder: &mut ProblemBuilder, places: &[(i64, i64)]) {
    let mut metres = Vec::with_capacity(places.len() * places.len());
    for from in places {
        metres.extend(places.iter().map(|to| ((from.0 - to.0).abs() + (from.1 - to.1).abs()) as u32));
    }
    let ids: Vec<MatrixId> = builder.matrix_ids().collect();
    for matrix in ids {
        builder.metres(matrix, metres.clone());
    }
}

fn equip(vehicle: &mut VehicleSpec, features: &[Feature], places: usize, dice: &mut Dice) {
    let place = |dice: &mut Dice| dice.roll(places as i64) as usize;
    for feature in features {
        match feature {
            Feature::Depots => {
                vehicle.start = place(dice);
                vehicle.end = if dice.once_in(4) { None } else { Some(place(dice)) };
            }
            Feature::Kinds => vehicle.kind = dice.roll(3) as usize,
            Feature::Skills => vehicle.skills = Skills(dice.roll(8) as u64),
            Feature::Kilometres => vehicle.cost_per_km = dice.roll(60),
            Feature::LongestRoute => vehicle.max_duration = Some(3600 + dice.roll(4 * 3600)),
            Feature::FarthestDrive => vehicle.max_distance = Some(20_000 + dice.roll(60_000)),
            Feature::Breaks => {
                let opens = (9 + dice.roll(3)) * 3600;
                let first =
                    Break { window: (opens, opens + dice.roll(5400)), duration: 900 + dice.roll(1800) };
                vehicle.breaks.push(first);
                if dice.once_in(3) {
                    let opens = first.window.1 + 5400;
                    vehicle.breaks.push(Break { window: (opens, opens + 3600), duration: 900 });
                }
            }
            Feature::Reloads => {
                vehicle.reloads = Some(Reloads {
                    places: if dice.once_in(3) { vec![0, place(dice)] } else { vec![0] },
                    service: dice.roll(1200),
                    most: 1 + dice.roll(3) as usize,
                });
                vehicle.capacity = vec![8 + dice.roll(10), 400];
            }
            Feature::Batteries => {
                let range = 25_000 + dice.roll(20_000);
                vehicle.battery = Some(Battery {
                    range,
                    at_start: range / 2 + dice.roll(range / 2),
                    stations: (0..dice.roll(4)).map(|_| place(dice)).collect(),
                    seconds_per_km: dice.roll(80),
                });
            }
            Feature::Emissions => {
                vehicle.emissions = Some(Emissions {
                    grams_per_km: 150 + dice.roll(100),
                    grams_per_tonne_km: dice.roll(200),
                    weight: if dice.once_in(3) { None } else { Some(1) },
                    cost_per_kg: 1 + dice.roll(500),
                });
            }
            Feature::Aboard => vehicle.aboard = vec![dice.roll(6), dice.roll(60)],
            Feature::Releases => vehicle.at_depot = dice.once_in(2),
            _ => {}
        }
    }
}

fn ask(visit: &mut StopSpec, features: &[Feature], dice: &mut Dice) {
    if features.contains(&Feature::Alternatives) {
        visit.unserved_penalty = 50_000;
    }
    for feature in features {
        match feature {
            Feature::Kinds => visit.service_by_kind = (0..2).map(|_| 30 + dice.roll(300)).collect(),
            Feature::Skills if dice.once_in(5) => visit.needs = Skills(1 << dice.roll(3)),
            Feature::SeveralWindows if !dice.once_in(3) => {
                visit.window = (8 * 3600, 8 * 3600 + dice.roll(5400));
                let second = visit.window.1 + 1 + dice.roll(7200);
                visit.more_windows.push((second, second + dice.roll(5400)));
                if dice.once_in(3) {
                    visit.more_windows.push((second + 9000, second + 12_000));
                }
            }
            Feature::Returns if dice.once_in(3) => {
                visit.pickup = vec![dice.roll(5), dice.roll(60)];
                if dice.once_in(2) {
                    visit.demand = vec![0, 0];
                }
            }
            Feature::Releases if dice.once_in(2) => visit.release = Some(7 * 3600 + dice.roll(4 * 3600)),
            _ => {}
        }
    }
}

fn relate(builder: &mut ProblemBuilder, stops: usize, features: &[Feature], dice: &mut Dice) {
    let ids: Vec<StopId> = builder.stop_ids().collect();
    let mut free = ids.clone();
    let mut draw =
        |dice: &mut Dice| (!free.is_empty()).then(|| free.swap_remove(dice.roll(free.len() as i64) as usize));
    for feature in features {
        match feature {
            Feature::Shipments => {
                for _ in 0..stops / 5 {
                    if let (Some(pickup), Some(delivery)) = (draw(dice), draw(dice)) {
                        let amount = vec![dice.roll(6), dice.roll(80)];
                        builder.shipment(Shipment { pickup, delivery, amount });
                    }
                }
            }
            Feature::Alternatives => {
                for _ in 0..stops / 8 {
                    let group: Vec<StopId> = (0..2 + dice.roll(2)).filter_map(|_| draw(dice)).collect();
                    builder.alternatives(group);
                }
            }
            Feature::Together | Feature::Apart => {
                let mut left = ids.clone();
                for _ in 0..stops / 8 {
                    let size = (2 + dice.roll(2)).min(left.len() as i64);
                    let group =
                        (0..size).map(|_| left.swap_remove(dice.roll(left.len() as i64) as usize)).collect();
                    if *feature == Feature::Together {
                        builder.together(group);
                    } else {
                        builder.apart(group);
                    }
                    if *feature == Feature::Apart {
                        left.clone_from(&ids);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Stops thrown into routes without a thought.
pub fn scattered(problem: &Problem, seed: u64) -> Solution {
    let mut dice = Dice(seed);
    let mut solution =
        Solution { routes: vec![Vec::new(); problem.vehicle_ids().len()], ..Solution::default() };
    for stop in problem.stop_ids() {
        let route = dice.roll(solution.routes.len() as i64 + 1) as usize;
        solution.routes.get_mut(route).unwrap_or(&mut solution.unserved).push(stop);
    }
    solution
}
