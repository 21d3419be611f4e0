//! A day under disturbance: late orders, cancellations, breakdowns and delays befall the morning's plan of an invented
//! town, ways take longer than planned, and three policies answer. Prints what the days really cost; keeps no history.

mod live;
mod policy;
#[path = "../shared/mod.rs"]
mod shared;
#[path = "../../tests/town/mod.rs"]
#[expect(dead_code, reason = "not all of a town is needed here")]
mod town;
mod world;

use live::{Day, Outcome};
use policy::{Policy, answer};
use shared::timed;
use world::{Event, Size, UNSERVED, World, planned};

const SEEDS: u64 = 5;
const THREADS: usize = 2;

fn main() {
    let sizes = [
        Size { stops: 400, vehicles: 30, late_orders: 12, cancellations: 8, breakdowns: 2, delays: 6 },
        Size { stops: 1000, vehicles: 80, late_orders: 30, cancellations: 20, breakdowns: 4, delays: 12 },
    ];
    for size in sizes {
        days(size);
    }
}

fn days(size: Size) {
    println!("{size:?}, {SEEDS} seeds, means:");
    let policies = [
        ("no re-planning", Policy::Nothing),
        ("insertion", Policy::Insertion),
        ("replan", Policy::Replan { steps: 12_000, threads: THREADS }),
    ];
    let mut led: Vec<Vec<(Outcome, f64)>> = vec![Vec::new(); policies.len()];
    for seed in 1..=SEEDS {
        let mut world = World::new(size, seed);
        let morning = world.morning();
        let plan = planned(&morning, 300_000, THREADS);
        let events = world.events(size, &morning, &plan, seed);
        for ((_, policy), led) in policies.iter().zip(&mut led) {
            let mut day = Day::new(&world);
            day.begin(morning.clone(), &plan);
            led.push(lead(*policy, day, &events));
            let (outcome, seconds) = &led[led.len() - 1];
            println!("  seed {seed}, {policy:?}: cost {}, {seconds:.2} s", outcome.cost.in_units());
        }
    }
    for ((name, _), led) in policies.iter().zip(&led) {
        let mean = |value: &dyn Fn(&Outcome) -> f64| {
            led.iter().map(|(outcome, _)| value(outcome)).sum::<f64>() / led.len() as f64
        };
        println!(
            "  {name}: cost {:.0}, {:.0} of it for what is not served, {:.1} h driving, {:.1} late, {:.0} late minutes, {:.0} minutes overtime, {:.1} unserved, {:.1} moved; \
             {:.2} s an event, {} not aboard",
            mean(&|outcome| outcome.cost.in_units() as f64),
            mean(&|outcome| (UNSERVED * outcome.unserved as i64) as f64),
            mean(&|outcome| outcome.driving as f64 / 3600.0),
            mean(&|outcome| outcome.late_stops as f64),
            mean(&|outcome| outcome.late as f64 / 60.0),
            mean(&|outcome| outcome.overtime as f64 / 60.0),
            mean(&|outcome| outcome.unserved as f64),
            mean(&|outcome| outcome.moved as f64),
            led.iter().map(|(_, seconds)| seconds).sum::<f64>() / led.len() as f64,
            led.iter().map(|(outcome, _)| outcome.impossible).sum::<usize>(),
        );
    }
}

/// A day of a policy, and how many seconds of processor an answer took.
fn lead(policy: Policy, mut day: Day<'_>, events: &[Event]) -> (Outcome, f64) {
    let mut seconds = 0.0;
    for &event in events {
        day.advance(event.at);
        let touched = day.happens(event);
        seconds += timed(|| answer(policy, &mut day, &touched)).1;
    }
    (day.finish(), seconds / events.len().max(1) as f64)
}
