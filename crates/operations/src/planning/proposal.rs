//! Looking for a better plan in the middle of a day, and saying what it would change.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{clock::new_id, turns::heavily},
    day::book::DayBook,
    planning::{
        decidable::{Choices, Runner, Strictness},
        problem::{DayProblem, PlannedRoute},
        solving::{Ask, districts, drives_alike, solve_again},
    },
    sites::hubs::Site,
};
use chrono::TimeDelta;
use domain::{HubId, Instant, OrderId, ProposalId, Refusal, VehicleId, Window};
use optimizer::{Answer, Solution};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use store::proposals::{Ending, Proposal};
use wire::staff::control_room::{Change, Freedom, Gains, Overtime, PlanAnswer, ProposalView};

/// Steps of the optimizer for all answers together.
const STEPS: u64 = 60_000;
/// The same where vehicles may come by the hub: a step takes several times as long then.
const STEPS_BY_THE_HUB: u64 = 15_000;

/// Above this many open stops a better plan is looked for district by district, none of which has more than `DISTRICT`: what
/// all ways between a district's doors take is looked up for every hour, and grows with the square of them.
const WHOLE: usize = 1_500;
const DISTRICT: usize = 700;
/// Of a large day no more districts than this are looked at unasked, those where most has no place.
const DISTRICTS_AT_ONCE: usize = 4;

/// A proposal as it is kept until somebody decides: some answers, the one that changes least first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(default)]
    pub answers: Vec<StoredAnswer>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    freedom: Freedom,
    pub routes: Vec<PlannedRoute>,
    pub gains: Gains,
    #[serde(default)]
    overtime: Vec<Overtime>,
    changes: Vec<StoredChange>,
}

impl StoredAnswer {
    /// Whether any of what it changes is still ahead in what is left of its routes.
    pub fn changes_any_of(&self, left: &[PlannedRoute]) -> bool {
        let mut ahead = left.iter().flat_map(|route| &route.stops);
        ahead.any(|stop| self.changes.iter().any(|change| change.order == stop.order))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredChange {
    order: OrderId,
    reference: String,
    address: String,
    from: Option<String>,
    to: String,
    sequence_before: Option<i32>,
    sequence_after: i32,
    eta_before: Option<Instant>,
    eta_after: Instant,
    #[serde(default)]
    fetched: bool,
    window: Window,
}

impl Content {
    /// The answer that leaves so much as it is.
    pub fn into_answer(self, freedom: Freedom) -> Option<StoredAnswer> {
        self.answers.into_iter().find(|answer| answer.freedom == freedom)
    }
}

impl Operations {
    /// Looks for a better plan from where the day stands now; an earlier proposal makes way for it. None when there is
    /// none; then an earlier one stays, unless the day has overtaken it.
    pub async fn propose_plan(&self, caller: &Caller, hub: Option<HubId>) -> Result<Option<ProposalView>> {
        caller.must(domain::Ability::Dispatch)?;
        let site = self.site_for(caller, hub).await?;
        self.propose(&site, Where::Everywhere, Asked::ByPerson, |_| true).await
    }

    /// As [`Self::propose_plan`], kept only if one of its answers is `wanted`.
    pub(crate) async fn propose(
        &self,
        site: &Site,
        place: Where,
        asked: Asked,
        wanted: impl Fn(&Gains) -> bool + Send + 'static,
    ) -> Result<Option<ProposalView>> {
        let mut conn = self.0.database.read().await?;
        let book = DayBook::read(self, &mut conn, site, None).await?;
        let based_on = book.plan.as_ref().ok_or(OpsError::NothingToPlan)?.revision;
        let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
        drop(conn);

        let mut choices = Choices::of_day(&book, &orders);
        let origin = book.zone.bounds(book.day).0;
        let zone = book.zone;
        let (id, keep) = (ProposalId(new_id()), self.0.keep_problems.clone());
        let most = (asked == Asked::ByNobody).then(|| book.settings.overtime_most());
        let answers = heavily(self, move |roads| {
            choices.take_unroaded(roads.as_ref());
            if choices.tasks.is_empty() || choices.runners.is_empty() {
                return Err(OpsError::NothingToPlan);
            }
            let large = choices.tasks.len() > WHOLE;
            let mut parts = if large { districts(choices, DISTRICT) } else { vec![choices] };
            if large && place == Where::InTrouble {
                parts.retain(|part| without_a_place(part) > 0);
                parts.sort_by_key(|part| std::cmp::Reverse(without_a_place(part)));
                parts.truncate(DISTRICTS_AT_ONCE);
            }
            let mut found = vec![];
            for (n, part) in (1..).zip(parts) {
                let part = part.with_visits(false);
                let day_problem = part.into_problem(roads.as_ref(), zone, origin, Strictness::Priced)?;
                let name = format!("proposal-{}-{n}", id.0);
                let steps = if day_problem.at_large { STEPS_BY_THE_HUB } else { STEPS };
                let ask = Ask { name: &name, steps, keep: keep.as_deref() };
                found.push(stored_answers(&day_problem, &solve_again(&day_problem, &ask)?, most));
            }
            Ok(together(found))
        })
        .await?;
        if !answers.iter().any(|answer| wanted(&answer.gains)) {
            let gains: Vec<_> = answers.iter().map(|answer| &answer.gains).collect();
            tracing::debug!(?gains, "no better plan is worth proposing");
            self.end_overtaken(&book, based_on).await?;
            return Ok(None);
        }

        let content = Content { answers };
        let proposal =
            Proposal { id, hub: book.hub.id, day: book.day, based_on, made_at: self.now(), content };
        let mut tx = self.0.database.begin().await?;
        // Another plan may have been published while this one was looked for.
        let published = store::plans::published(&mut tx, book.hub.id, book.day).await?;
        if published.is_none_or(|plan| plan.revision != based_on) {
            return Err(Refusal::PlanStale.into());
        }
        store::proposals::add(&mut tx, &proposal).await?;
        tx.commit().await?;
        self.0.live.of(book.hub.id).touch_plan();
        Ok(Some(view(proposal, &book)))
    }

    /// Takes away a proposal for a plan that is no longer in force.
    async fn end_overtaken(&self, book: &DayBook, revision: i32) -> Result<()> {
        let mut tx = self.0.database.begin().await?;
        let open = store::proposals::open::<Content>(&mut tx, book.hub.id, book.day).await?;
        let Some(overtaken) = open.filter(|p| p.based_on < revision) else { return Ok(()) };
        store::proposals::end(&mut tx, overtaken.id, Ending::Overtaken).await?;
        tx.commit().await?;
        self.0.live.of(book.hub.id).touch_plan();
        Ok(())
    }

    /// The proposal that waits for a yes, if there is one.
    pub(crate) async fn open_proposal(
        &self,
        conn: &mut store::Conn,
        book: &DayBook,
    ) -> Result<Option<ProposalView>> {
        let open = store::proposals::open::<Content>(conn, book.hub.id, book.day).await?;
        Ok(open.map(|p| view(p, book)).filter(|view| !view.answers.is_empty()))
    }
}

/// Where a better plan is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    Everywhere,
    /// Of a day that is planned by districts, where something has no place.
    InTrouble,
}

/// Who wants a better plan: a person is shown what there is, with its hours past shifts, and judges.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    ByPerson,
    ByNobody,
}

/// How much of a district has no place in its plan.
fn without_a_place(part: &Choices) -> usize {
    part.tasks.iter().filter(|task| task.given.is_none()).count()
}

/// One list of answers for all districts: where a district has no answer of a kind, its answer that changes less counts.
fn together(mut districts: Vec<Vec<StoredAnswer>>) -> Vec<StoredAnswer> {
    if districts.len() == 1 {
        return districts.pop().unwrap_or_default();
    }
    let kinds = [Freedom::Least, Freedom::Balanced, Freedom::Free];
    let there: Vec<_> = kinds
        .into_iter()
        .filter(|kind| districts.iter().flatten().any(|answer| answer.freedom == *kind))
        .collect();
    let at_most = |kind: Freedom| kinds.iter().position(|k| *k == kind);
    there
        .into_iter()
        .map(|freedom| {
            let mut all = StoredAnswer {
                freedom,
                routes: vec![],
                gains: Gains::default(),
                overtime: vec![],
                changes: vec![],
            };
            for answers in &districts {
                let own = answers.iter().rfind(|answer| at_most(answer.freedom) <= at_most(freedom));
                if let Some(own) = own {
                    all.routes.extend(own.routes.iter().cloned());
                    all.overtime.extend(own.overtime.iter().cloned());
                    all.changes.extend(own.changes.iter().cloned());
                    all.gains = all.gains.and(own.gains);
                }
            }
            all
        })
        .collect()
}

/// The answers that change anything, each different from the one before it; of those that keep a driver past the shift for
/// longer than `most`, none.
fn stored_answers(
    day_problem: &DayProblem,
    answers: &[Answer],
    most: Option<TimeDelta>,
) -> Vec<StoredAnswer> {
    let mut said: Vec<&Solution> = vec![&day_problem.given];
    let mut stored_answers = vec![];
    for answer in answers {
        let alike = |other: &&Solution| {
            (0..day_problem.runners.len()).all(|r| drives_alike(r, other, &answer.solution))
        };
        if said.iter().any(alike) {
            continue;
        }
        said.push(&answer.solution);
        let new = compare(day_problem, answer);
        if most.is_some_and(|most| keeps_too_long(&new, most)) {
            continue;
        }
        // A free hand always finds something to change. It is worth a dispatcher's time if one sees what for.
        let less = stored_answers.last().map(|less: &StoredAnswer| less.gains).unwrap_or_default();
        if answer.freedom != optimizer::Freedom::Free || is_better(&new.gains, &less) {
            stored_answers.push(new);
        }
    }
    stored_answers
}

/// Whether it keeps a driver past the end of the shift for longer than is set, who would not be as late without it.
fn keeps_too_long(answer: &StoredAnswer, most: TimeDelta) -> bool {
    answer.overtime.iter().any(|own| own.min_after > own.min_before.max(most.num_minutes()))
}

/// Whether more promises are kept, or as many with less work.
fn is_better(one: &Gains, other: &Gains) -> bool {
    let promises = |gains: &Gains| gains.promises_kept - gains.promises_lost;
    let saved = |gains: &Gains| gains.work_min_before - gains.work_min_after;
    (promises(one), saved(one)) > (promises(other), saved(other))
}

/// The orders that a solution serves late or not at all.
fn broken(day_problem: &DayProblem, solution: &Solution) -> HashSet<OrderId> {
    let late = (0..day_problem.runners.len()).flat_map(|runner| day_problem.late(runner, solution));
    late.map(|(order, _)| order).chain(day_problem.unserved(solution).map(|order| order.id)).collect()
}

/// What an answer changes against the day as it stands, vehicle by vehicle.
fn compare(day_problem: &DayProblem, answer: &Answer) -> StoredAnswer {
    let (before, after) = (&day_problem.given, &answer.solution);
    let (broken_before, broken_after) = (broken(day_problem, before), broken(day_problem, after));
    let mut gains = Gains {
        unplanned_before: day_problem.unserved(before).count() as i64,
        unplanned_after: day_problem.unserved(after).count() as i64,
        promises_kept: broken_before.difference(&broken_after).count() as i64,
        promises_lost: broken_after.difference(&broken_before).count() as i64,
        ..Gains::default()
    };
    let (was, is) = (Sums::of(day_problem, before), Sums::of(day_problem, after));
    (gains.late_before, gains.late_after) = (was.late, is.late);
    // A stop that is late by seconds is not late by nothing.
    (gains.late_min_before, gains.late_min_after) = ((was.late_s + 59) / 60, (is.late_s + 59) / 60);
    (gains.drive_min_before, gains.drive_min_after) = (was.drive_s / 60, is.drive_s / 60);
    (gains.work_min_before, gains.work_min_after) = (was.work_s / 60, is.work_s / 60);
    let overtime = overtime(day_problem, before, after);
    gains.overtime_min_before = overtime.iter().map(|own| own.min_before).sum();
    gains.overtime_min_after = overtime.iter().map(|own| own.min_after).sum();
    let mut routes = vec![];
    let mut changes = vec![];
    let places = placed(day_problem, before);
    for (runner, who) in day_problem.runners.iter().enumerate() {
        if drives_alike(runner, before, after) {
            continue;
        }
        let Some(planned) = day_problem.planned(runner, after) else { continue };
        let kept: Vec<_> = planned
            .stops
            .iter()
            .filter_map(|s| places.get(&s.order))
            .filter(|p| p.runner == runner)
            .map(|p| p.sequence)
            .collect();
        let unmoved = longest_rising(&kept);
        for stop in &planned.stops {
            let orders = day_problem.tasks.iter().flat_map(|task| &task.orders);
            let Some(order) = orders.into_iter().find(|own| own.id == stop.order) else { continue };
            let was = places.get(&stop.order);
            match was {
                Some(p) if p.runner == runner && unmoved.contains(&p.sequence) => continue,
                Some(p) if p.runner == runner => gains.resequenced += 1,
                Some(_) => gains.moved += 1,
                None => {}
            }
            changes.push(StoredChange {
                order: order.id,
                reference: order.reference.clone(),
                address: order.address.clone(),
                from: was.and_then(|p| day_problem.runners.get(p.runner)).map(|r| r.label.clone()),
                to: who.label.clone(),
                sequence_before: was.map(|p| p.sequence),
                sequence_after: stop.sequence,
                eta_before: was.map(|p| p.arrival),
                eta_after: stop.arrival,
                fetched: who.under_way && !stop.aboard,
                window: order.window,
            });
        }
        routes.push(planned);
    }
    let freedom = match answer.freedom {
        optimizer::Freedom::Least => Freedom::Least,
        optimizer::Freedom::Balanced => Freedom::Balanced,
        optimizer::Freedom::Free => Freedom::Free,
    };
    StoredAnswer { freedom, routes, gains, overtime, changes }
}

/// Who works past the end of the shift, as things stand or by the answer.
fn overtime(day_problem: &DayProblem, before: &Solution, after: &Solution) -> Vec<Overtime> {
    let own = |(runner, who): (usize, &Runner)| {
        // The optimizer counts from where a vehicle is free, which may be after the shift.
        let shift_until = (who.shift_until - day_problem.origin).num_seconds();
        let minutes = |plan| {
            day_problem.schedule(runner, plan).map_or(0, |times| (times.end - shift_until).max(0) / 60)
        };
        Overtime { label: who.label.clone(), min_before: minutes(before), min_after: minutes(after) }
    };
    let all = day_problem.runners.iter().enumerate().map(own);
    all.filter(|own| own.min_before + own.min_after > 0).collect()
}

/// What all routes of a solution come to.
#[derive(Default)]
struct Sums {
    late: i64,
    late_s: i64,
    drive_s: i64,
    work_s: i64,
}

impl Sums {
    fn of(day_problem: &DayProblem, solution: &Solution) -> Self {
        let mut sums = Self::default();
        for runner in 0..day_problem.runners.len() {
            let Some(times) = day_problem.schedule(runner, solution) else { continue };
            let late = day_problem.late(runner, solution);
            sums.late += late.len() as i64;
            sums.late_s += late.iter().map(|(_, seconds)| seconds).sum::<i64>();
            sums.drive_s += times.driving;
            sums.work_s += times.duration();
        }
        sums
    }
}

struct Placed {
    runner: usize,
    sequence: i32,
    arrival: Instant,
}

fn placed(day_problem: &DayProblem, solution: &Solution) -> HashMap<OrderId, Placed> {
    (0..day_problem.runners.len())
        .filter_map(|runner| Some((runner, day_problem.planned(runner, solution)?)))
        .flat_map(|(runner, route)| {
            route
                .stops
                .into_iter()
                .map(move |s| (s.order, Placed { runner, sequence: s.sequence, arrival: s.arrival }))
        })
        .collect()
}

/// A longest rising part of the numbers: what keeps its order. The rest is what was moved.
fn longest_rising(numbers: &[i32]) -> Vec<i32> {
    // Patience sorting: tails[k] ends the best rising part of length k + 1.
    let mut tails: Vec<usize> = vec![];
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (i, number) in numbers.iter().enumerate() {
        let rank = tails.partition_point(|&t| numbers[t] < *number);
        before[i] = rank.checked_sub(1).and_then(|r| tails.get(r)).copied();
        if rank == tails.len() { tails.push(i) } else { tails[rank] = i }
    }
    let mut rising = vec![];
    let mut at = tails.last().copied();
    while let Some(i) = at {
        rising.push(numbers[i]);
        at = before[i];
    }
    rising.reverse();
    rising
}

fn view(proposal: Proposal<Content>, book: &DayBook) -> ProposalView {
    let moment = |at| book.zone.moment(at);
    let change = |c: StoredChange| Change {
        order: c.order,
        reference: c.reference,
        address: c.address,
        from: c.from,
        to: c.to,
        sequence_before: c.sequence_before,
        sequence_after: c.sequence_after,
        eta_before: c.eta_before.map(moment),
        eta_after: moment(c.eta_after),
        fetched: c.fetched,
        window: book.zone.span(c.window),
    };
    let answer = |answer: StoredAnswer| PlanAnswer {
        freedom: answer.freedom,
        gains: answer.gains,
        overtime: answer.overtime,
        changes: answer.changes.into_iter().map(change).collect(),
    };
    ProposalView {
        id: proposal.id,
        based_on: proposal.based_on,
        made_at: moment(proposal.made_at),
        stale: book.plan.as_ref().is_none_or(|p| p.revision != proposal.based_on),
        answers: proposal.content.answers.into_iter().map(answer).collect(),
    }
}

/// The vehicles that a set of planned routes concerns.
pub(crate) fn vehicles(routes: &[PlannedRoute]) -> Vec<VehicleId> {
    routes.iter().map(|r| r.vehicle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_its_order_is_not_called_moved() {
        assert_eq!(longest_rising(&[1, 2, 7, 3, 4]), [1, 2, 3, 4]);
        assert_eq!(longest_rising(&[]), Vec::<i32>::new());
        assert_eq!(longest_rising(&[3, 2, 1]).len(), 1);
    }

    #[test]
    fn districts_are_told_together_and_one_without_an_answer_changes_less() {
        let answer = |freedom, promises_kept| StoredAnswer {
            freedom,
            routes: vec![],
            gains: Gains {
                promises_kept,
                late_before: 10,
                late_after: 10 - promises_kept,
                ..Gains::default()
            },
            overtime: vec![],
            changes: vec![],
        };
        let one = vec![answer(Freedom::Least, 1), answer(Freedom::Free, 4)];
        let other = vec![answer(Freedom::Balanced, 2)];
        let stored_answers = together(vec![one.clone(), other, vec![]]);
        let kept: Vec<_> =
            stored_answers.iter().map(|answer| (answer.freedom, answer.gains.promises_kept)).collect();
        assert_eq!(kept, [(Freedom::Least, 1), (Freedom::Balanced, 3), (Freedom::Free, 6)]);
        assert_eq!((stored_answers[2].gains.late_before, stored_answers[2].gains.late_after), (20, 14));
        let alone = together(vec![one]);
        assert_eq!(alone.iter().map(|answer| answer.gains.promises_kept).collect::<Vec<_>>(), [1, 4]);
        assert!(together(vec![vec![], vec![]]).is_empty());
    }
}
