//! What a day of the past leaves behind, as the product takes history in.

use super::plan::PlannedRound;
use super::play::{PlayedRound, Try};
use crate::scenario::Scenario;
use chrono::{Duration, TimeDelta};
use std::collections::HashMap;
use wire::driver::Fix;
use wire::history::{HistoryRecord, PastAttempt, PastEstimate, PastFix, PastOrder, PastPositions, PastRoute};
use wire::{Instant, Point};

/// Estimates are told so many minutes before the arrival that is expected.
const HORIZONS_MIN: [i16; 5] = [120, 60, 30, 15, 10];
/// One position is kept for so long.
const FIX_EVERY: TimeDelta = TimeDelta::seconds(60);
const FIXES_IN_A_LINE: usize = 2_000;
/// An order that the shop sends before the day was placed so long before its window, at the latest.
const PLACED_BEFORE: TimeDelta = TimeDelta::hours(14);

/// Writes a day down: its rounds, its orders but those that nobody tried, and thinned positions where they are wanted.
pub fn records(
    scenario: &Scenario,
    planned: &[PlannedRound],
    played: &[PlayedRound],
    positions: bool,
) -> Vec<HistoryRecord> {
    let mut records = vec![];
    let mut attempts: HashMap<usize, Vec<PastAttempt>> = HashMap::new();
    for round in played {
        let Some(plan) = planned.get(round.round) else { continue };
        let Some(vehicle) = scenario.vehicles.get(plan.van) else { continue };
        let key = format!("{} {} {}", scenario.day.date(), vehicle.label, round.round);
        let driver = plan.spare.then(|| crate::scenario::roster::spare(&scenario.vehicles));
        records.push(HistoryRecord::Route(PastRoute {
            key: key.clone(),
            vehicle: vehicle.label.clone(),
            driver,
            day: Some(scenario.day.date()),
            planned_at: Some(plan.planned_at),
            planned_start: Some(plan.start),
            planned_end: Some(plan.end),
            departed_at: round.departed_at,
            finished_at: round.finished_at,
            planned_m: None,
            driven_m: driven_m(&round.fixes),
        }));
        for tried in &round.tries {
            let stop = plan.stops.iter().find(|stop| stop.order == tried.order);
            attempts.entry(tried.order).or_default().push(PastAttempt {
                route: key.clone(),
                arrived_at: tried.arrived_at,
                ended_at: tried.ended_at,
                outcome: tried.outcome,
                note: tried.note.clone(),
                planned_arrival: stop.map(|stop| stop.arrival),
                travel_s: stop.map(|stop| stop.travel_s),
                window_from: None,
                window_until: None,
                estimates: estimates(plan, round, tried),
            });
        }
        let kept = if positions { thinned(&round.fixes) } else { vec![] };
        for fixes in kept.chunks(FIXES_IN_A_LINE) {
            records.push(HistoryRecord::Positions(PastPositions {
                vehicle: vehicle.label.clone(),
                fixes: fixes.to_vec(),
            }));
        }
    }
    for (place, order) in scenario.orders.iter().enumerate() {
        let Some(attempts) = attempts.remove(&place) else { continue };
        let Some(shop) = scenario.shops.get(order.shop) else { continue };
        records.push(HistoryRecord::Order(Box::new(PastOrder {
            shop: (*shop).to_owned(),
            placed_at: order.placed_at.unwrap_or(order.says.window_from - PLACED_BEFORE),
            order: order.says.clone(),
            cancelled_at: None,
            attempts,
        })));
    }
    records
}

/// What would have been said of an arrival beforehand: the plan, moved by how late the driver was at what was done last.
fn estimates(plan: &PlannedRound, round: &PlayedRound, tried: &Try) -> Vec<PastEstimate> {
    let Some(place) = plan.stops.iter().position(|stop| stop.order == tried.order) else { return vec![] };
    let Some(planned) = plan.stops.get(place).map(|stop| stop.arrival) else { return vec![] };
    let came = tried.arrived_at.unwrap_or(tried.ended_at);
    // From when on which arrival was expected.
    let mut said: Vec<(Instant, Instant)> = vec![(plan.planned_at, planned)];
    let left_late = (round.departed_at - plan.start).max(TimeDelta::zero());
    said.push((round.departed_at, planned + left_late));
    for (before, done) in plan.stops.iter().take(place).filter_map(|stop| {
        let done = round.tries.iter().find(|done| done.order == stop.order)?;
        Some((stop, done))
    }) {
        let late = done.arrived_at.unwrap_or(done.ended_at) - before.arrival;
        said.push((done.ended_at, (planned + late).max(done.ended_at)));
    }
    said.retain(|(at, _)| *at < came);
    said.sort_by_key(|(at, _)| *at);
    HORIZONS_MIN
        .into_iter()
        .filter_map(|horizon_min| {
            let horizon = Duration::minutes(horizon_min.into());
            // The first estimate that says the arrival is as near as that, at the moment from which on it is.
            let told = said.iter().enumerate().find_map(|(n, (since, arrival))| {
                let until = said.get(n + 1).map_or(came, |(at, _)| *at);
                let at = (*arrival - horizon).max(*since);
                (at < until).then_some((at, *arrival))
            });
            told.map(|(made_at, arrival)| PastEstimate {
                horizon_min,
                made_at,
                arrival,
                early: None,
                late: None,
            })
        })
        .collect()
}

fn driven_m(fixes: &[Fix]) -> Option<i32> {
    let at = |fix: &Fix| roads::LatLon { lat: fix.lat, lon: fix.lon };
    // Of a vehicle that stands, readings wander.
    let moving: Vec<&Fix> =
        fixes.iter().filter(|fix| fix.speed_mps.is_some_and(|speed| speed > 1.0)).collect();
    if moving.len() < 2 {
        return None;
    }
    let metres: f64 = moving.windows(2).map(|pair| at(pair[0]).metres_to(at(pair[1]))).sum();
    Some(metres as i32)
}

fn thinned(fixes: &[Fix]) -> Vec<PastFix> {
    let mut kept: Vec<PastFix> = vec![];
    for fix in fixes {
        if kept.last().is_none_or(|last| fix.at - last.at >= FIX_EVERY) {
            kept.push(PastFix { at: fix.at, place: Point { lat: fix.lat, lon: fix.lon } });
        }
    }
    kept
}
