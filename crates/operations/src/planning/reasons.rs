//! Why nobody serves an order in the window that it is promised.

use crate::{
    Result,
    day::book::DayBook,
    planning::decidable::{Choices, Strictness},
};
use ::roads::TravelTimes;
use domain::{Order, OrderId};
use optimizer::{Obstacle, WayIn, examine};
use wire::staff::deliveries::{InTheWay, Lack, Reason};

/// How many vehicles are named.
const NAMED: usize = 3;

/// The vehicles that come closest to serving the order as it is promised, and how many would have to come by the hub
/// for it. None if a vehicle serves it, or if it is no part of the day.
pub(crate) fn reasons(
    book: &DayBook,
    orders: &[Order],
    order: OrderId,
    roads: &dyn TravelTimes,
) -> Result<(Vec<Reason>, usize)> {
    let mut choices = Choices::of_day(book, orders);
    choices.take_unroaded(roads);
    if choices.runners.is_empty() {
        return Ok((vec![], 0));
    }
    let waits = |task: &crate::planning::decidable::Task| task.serves(order) && task.given.is_none();
    let Some(own) = choices.tasks.iter().position(waits) else { return Ok((vec![], 0)) };
    // Who is on the road comes by the hub for what lies there.
    let is_fetched = orders.iter().any(|own| own.id == order && own.service.brings());
    let on_the_road = choices.runners.iter().filter(|runner| runner.under_way && is_fetched).count();
    // What else waits is no answer to why this one does.
    let own = choices.tasks.remove(own);
    choices.tasks.retain(|task| task.given.is_some());
    let mut choices = choices.with_visits(false);
    choices.tasks.push(own);
    let origin = book.zone.bounds(book.day).0;
    let day_problem = choices.into_problem(roads, book.zone, origin, Strictness::Hard)?;
    let Some(stop) = day_problem.problem.stop_ids().last() else { return Ok((vec![], on_the_road)) };
    let examined = examine(&day_problem.problem, &day_problem.given, day_problem.runners.len());
    let ways =
        examined.unserved.into_iter().filter(|unserved| unserved.stop == stop).flat_map(|own| own.ways);
    let reason = |way: WayIn| {
        let runner = day_problem.runners.get(way.vehicle.index())?;
        let what: Vec<_> = way.obstacles.iter().filter_map(in_the_way).collect();
        (!what.is_empty()).then(|| Reason { label: runner.label.clone(), what })
    };
    Ok((ways.filter_map(reason).take(NAMED).collect(), on_the_road))
}

/// An obstacle in the day's terms; none for what a day's problem does not have.
fn in_the_way(obstacle: &Obstacle) -> Option<InTheWay> {
    let (lack, missing, unit) = match *obstacle {
        Obstacle::NoWay => (Lack::Way, 0, 1),
        Obstacle::Window { seconds } => (Lack::Window, seconds, 60),
        Obstacle::Other { seconds, .. } => (Lack::OtherWindow, seconds, 60),
        Obstacle::Shift { seconds } => (Lack::Shift, seconds, 60),
        Obstacle::Room { dimension: 0, over } => (Lack::Weight, over, 1000),
        Obstacle::Room { over, .. } => (Lack::Space, over, 1000),
        // Leaving an order out costs more than any way to it.
        Obstacle::Price { .. } => (Lack::Plan, 0, 1),
        Obstacle::Skill => (Lack::Skill, 0, 1),
        Obstacle::NotAllowed => (Lack::Leave, 0, 1),
        Obstacle::Bound { .. }
        | Obstacle::NotAboard
        | Obstacle::Apart { .. }
        | Obstacle::Together { .. }
        | Obstacle::Break { .. }
        | Obstacle::Duration { .. }
        | Obstacle::Distance { .. }
        | Obstacle::Range { .. } => return None,
    };
    Some(InTheWay { lack, missing: (missing + unit - 1) / unit })
}
