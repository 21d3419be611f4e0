//! How a day's problem is solved: by a number of steps, on two threads, checked by the judge, and kept for whoever wants
//! to see what the optimizer saw.

use crate::{
    OpsError, Result,
    planning::{
        decidable::{Choices, Task},
        problem::DayProblem,
    },
};
use optimizer::{Answer, ChangePrices, Settings, Solution, StopRule, check::check};
use std::path::Path;

/// Always as many, so that the same day has the same plan on every machine.
const THREADS: usize = 2;
const SEED: u64 = 1;

/// Which problem, how long, and where a copy of it goes.
pub(crate) struct Ask<'a> {
    /// What a kept problem is called.
    pub name: &'a str,
    /// Steps of the optimizer.
    pub steps: u64,
    /// The folder that gets the problem as `doorstep-solve` reads it.
    pub keep: Option<&'a Path>,
}

/// Solves a problem from nothing. Nobody sees a solution that the checker does not accept.
pub(crate) fn solve(day_problem: &DayProblem, ask: &Ask<'_>) -> Result<Solution> {
    keep_copy(day_problem, ask);
    let until = StopRule { iterations: Some(ask.steps), ..StopRule::default() };
    let settings = Settings { seed: SEED, threads: THREADS, ..Settings::default() };
    let solution = optimizer::solve(&day_problem.problem, &until, &settings).solution;
    judged(day_problem, &solution)?;
    Ok(solution)
}

/// Three answers to how the day stands, never worse than that. Nobody sees one that the checker does not accept.
pub(crate) fn solve_again(day_problem: &DayProblem, ask: &Ask<'_>) -> Result<Vec<Answer>> {
    keep_copy(day_problem, ask);
    let until = StopRule { iterations: Some(ask.steps), ..StopRule::default() };
    let settings = Settings { seed: SEED, threads: THREADS, ..Settings::default() };
    let set = &day_problem.settings;
    let prices = ChangePrices { moved: set.moved_stop_cents, order: set.reordered_stop_cents };
    let answers = optimizer::replan(&day_problem.problem, &day_problem.given, prices, &until, &settings);
    answers.iter().try_for_each(|answer| judged(day_problem, &answer.solution))?;
    Ok(answers)
}

fn judged(day_problem: &DayProblem, solution: &Solution) -> Result<()> {
    let report = check(&day_problem.problem, solution);
    if report.is_feasible() {
        Ok(())
    } else {
        Err(OpsError::Broken(format!("the optimizer's answer breaks {} limits", report.violations.len())))
    }
}

fn keep_copy(day_problem: &DayProblem, ask: &Ask<'_>) {
    if let Some(folder) = ask.keep
        && let Err(fault) = keep(day_problem, folder, ask.name)
    {
        // A copy that cannot be kept is no reason to leave a day without a plan.
        tracing::warn!(folder = %folder.display(), fault, "the problem could not be kept: check DOORSTEP_KEEP_PROBLEMS");
    }
}

fn keep(day_problem: &DayProblem, folder: &Path, name: &str) -> Result<(), String> {
    let text = optimizer::json::write(name, &day_problem.problem).map_err(|e| e.to_string())?;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join(format!("{name}.json")), text))
        .map_err(|e| e.to_string())
}

/// Halves the city across its longer side until no part has more than `most` stops. Who has a route takes it along to the
/// half in which it lies; the others are shared out, so that every part gets a mix of vehicles.
pub(crate) fn districts(choices: Choices, most: usize) -> Vec<Choices> {
    if choices.tasks.len() <= most || choices.runners.len() < 2 {
        return vec![choices];
    }
    let [one, other] = halves(choices);
    // Where all routes lie in one place there is nothing to halve, and what nobody could serve stays with the others.
    if [&one, &other].iter().any(|part| part.runners.is_empty() || part.tasks.is_empty()) {
        return vec![joined(one, other)];
    }
    [one, other].into_iter().flat_map(|part| districts(part, most)).collect()
}

/// Both as one again.
fn joined(mut one: Choices, other: Choices) -> Choices {
    let behind = one.runners.len();
    let moved = |own: Option<usize>| own.map(|runner| runner + behind);
    let tasks = other.tasks.into_iter();
    one.tasks.extend(tasks.map(|task| Task { only: moved(task.only), given: moved(task.given), ..task }));
    one.runners.extend(other.runners);
    one
}

fn halves(choices: Choices) -> [Choices; 2] {
    let Choices { runners, tasks, hub, now, approaches, settings } = choices;
    let spread = |of: &dyn Fn(&Task) -> f64| {
        let (low, high) =
            tasks.iter().map(of).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        high - low
    };
    // A degree of longitude is shorter than one of latitude away from the equator.
    let wide = spread(&|t| t.at.lon) * hub.lat.to_radians().cos() > spread(&|t| t.at.lat);
    let along = |task: &Task| if wide { task.at.lon } else { task.at.lat };
    let middle = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let cut = middle(tasks.iter().map(along).collect()).unwrap_or_default();
    let mut routes: Vec<Vec<f64>> = vec![vec![]; runners.len()];
    for task in &tasks {
        if let Some(route) = task.only.or(task.given).and_then(|runner| routes.get_mut(runner)) {
            route.push(along(task));
        }
    }
    let mut parts = [(); 2].map(|()| Choices {
        runners: vec![],
        tasks: vec![],
        hub,
        now,
        approaches: approaches.clone(),
        settings: settings.clone(),
    });
    let mut shared_out = 0;
    let mut places = vec![];
    for (runner, route) in runners.into_iter().zip(routes) {
        let side = match middle(route) {
            Some(middle) => usize::from(middle >= cut),
            None => {
                shared_out += 1;
                shared_out % 2
            }
        };
        places.push((side, parts[side].runners.len()));
        parts[side].runners.push(runner);
    }
    for task in tasks {
        let place = |runner: Option<usize>| runner.and_then(|runner| places.get(runner));
        let own = place(task.only.or(task.given)).map(|(side, _)| *side);
        let side = own.unwrap_or_else(|| usize::from(along(&task) >= cut));
        let there = |runner| place(runner).filter(|(other, _)| *other == side).map(|(_, index)| *index);
        let (only, given) = (there(task.only), there(task.given));
        parts[side].tasks.push(Task { only, given, ..task });
    }
    parts
}

/// Whether a runner has the same stops in the same order, and comes by the hub before the same ones. Where the driver pauses is
/// the driver's own choice, within what is planned.
pub(crate) fn drives_alike(runner: usize, one: &Solution, other: &Solution) -> bool {
    fn halts(plan: &Solution, runner: usize) -> impl Iterator<Item = &optimizer::Stopover> {
        let own = plan.stopovers.get(runner).map(Vec::as_slice).unwrap_or_default();
        own.iter().filter(|halt| matches!(halt.what, optimizer::Halt::Reload(_)))
    }
    one.routes.get(runner) == other.routes.get(runner) && halts(one, runner).eq(halts(other, runner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fleet::approach::Approaches,
        planning::decidable::{Runner, TaskOrder},
    };
    use ::roads::LatLon;
    use chrono::DateTime;
    use domain::{
        Coordinate, Driver, DriverId, HubId, OrderId, Vehicle, VehicleId, VehicleKind, VehicleState, Window,
    };
    use std::{collections::HashSet, sync::Arc};

    fn choices(runners: usize, tasks: usize, routed: bool) -> Choices {
        let now = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        let hub = LatLon { lat: 35.9, lon: 14.45 };
        let runner = |n: usize| Runner {
            vehicle: Vehicle {
                id: VehicleId(uuid::Uuid::from_u128(n as u128)),
                hub: HubId(uuid::Uuid::nil()),
                label: format!("Van {n}"),
                kind: VehicleKind::DieselVan,
                capacity_g: 1,
                capacity_ml: 1,
                shift_from: Default::default(),
                shift_until: Default::default(),
                driver: Driver { id: DriverId(uuid::Uuid::nil()), name: String::new() },
                skills: Default::default(),
                state: VehicleState::Available,
            },
            shift: None,
            label: format!("Van {n}"),
            route: None,
            place: hub,
            free_at: now,
            shift_until: now,
            breaks: vec![],
            under_way: routed,
            at_hub: !routed,
            spoken_for: (0, 0),
            next_sequence: 1,
        };
        let task = |n: usize| Task {
            orders: vec![TaskOrder {
                id: OrderId(uuid::Uuid::from_u128(n as u128)),
                reference: (n % runners).to_string(),
                address: String::new(),
                stop: None,
                service: Default::default(),
                window: Window::parse(now, now + chrono::TimeDelta::hours(1)).unwrap(),
                service_s: 60,
                weight: 1,
            }],
            place: Coordinate::parse(35.9, 14.45).unwrap(),
            // Each runner drives in a strip of its own.
            at: LatLon {
                lat: 35.9 + 0.0001 * n as f64 / tasks as f64,
                lon: 14.4 + 0.01 * (n % runners) as f64,
            },
            window: Window::parse(now, now + chrono::TimeDelta::hours(1)).unwrap(),
            windows: vec![],
            needs: Default::default(),
            service_s: 60,
            brings: (1, 1),
            takes: (0, 0),
            only: n.is_multiple_of(7).then_some(n % runners),
            given: (routed && !n.is_multiple_of(50)).then_some(n % runners),
            via_hub: false,
        };
        Choices {
            runners: (0..runners).map(runner).collect(),
            tasks: (0..tasks).map(task).collect(),
            hub,
            now,
            approaches: Arc::new(Approaches::default()),
            settings: Arc::new(domain::Settings::default()),
        }
    }

    #[test]
    fn districts_keep_everybody_once_and_every_stop_with_its_own_vehicle() {
        for routed in [false, true] {
            let parts = districts(choices(16, 1_000, routed), 300);
            assert!(parts.len() >= 4, "{}", parts.len());
            let mut vehicles = HashSet::new();
            let mut orders = HashSet::new();
            for part in &parts {
                assert!(part.tasks.len() <= 300 && !part.runners.is_empty());
                assert!(part.runners.iter().all(|runner| vehicles.insert(runner.vehicle.id)));
                for task in &part.tasks {
                    assert!(orders.insert(task.orders[0].id));
                    for own in task.only.iter().chain(&task.given) {
                        assert_eq!(
                            part.runners[*own].vehicle.label,
                            format!("Van {}", task.orders[0].reference)
                        );
                    }
                    let n = task.orders[0].id.0.as_u128() as usize;
                    assert_eq!(
                        (task.only.is_some(), task.given.is_some()),
                        (n.is_multiple_of(7), routed && !n.is_multiple_of(50))
                    );
                }
            }
            assert_eq!((vehicles.len(), orders.len()), (16, 1_000));
        }
    }

    #[test]
    fn what_cannot_be_halved_stays_whole() {
        assert_eq!(districts(choices(16, 200, true), 300).len(), 1);
        assert_eq!(districts(choices(1, 1_000, true), 300).len(), 1);
        // All routes are in the west, what has none is in the east.
        let mut lopsided = choices(4, 1_000, true);
        for task in &mut lopsided.tasks {
            let own = task.only.or(task.given);
            task.at.lon = if own.is_some() { 14.3 } else { 14.5 };
        }
        let parts = districts(lopsided, 300);
        assert_eq!((parts.len(), parts[0].runners.len(), parts[0].tasks.len()), (1, 4, 1_000));
        for task in &parts[0].tasks {
            let own = task.only.or(task.given);
            let label = own.map(|runner| parts[0].runners[runner].vehicle.label.clone());
            assert!(label.is_none_or(|label| label == format!("Van {}", task.orders[0].reference)));
        }
    }
}
