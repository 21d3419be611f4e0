//! Looking for a better plan in the middle of a day, and saying what it would change.

use crate::{
    Caller, Operations, OpsError, Result,
    board::DayBook,
    clock::new_id,
    problem::{Choices, PlannedRoute, Sheet, Strictness},
    solving::{Ask, heavily, solve},
};
use domain::{Instant, OrderId, ProposalId, Role, VehicleId, Window};
use optimizer::Solution;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::proposals::Proposal;
use wire::control_room::{Change, Gains, ProposalView};

const STEPS: u64 = 30_000;

/// What a proposal would change, as it is kept until somebody decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    pub routes: Vec<PlannedRoute>,
    pub gains: Gains,
    changes: Vec<StoredChange>,
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
    window: Window,
}

impl Operations {
    /// Looks for a better plan from where the day stands now; an earlier proposal makes way for it.
    pub async fn propose_plan(&self, caller: &Caller) -> Result<ProposalView> {
        caller.must(Role::may_dispatch)?;
        let mut conn = self.0.database.read().await?;
        let book = DayBook::read(self, &mut conn, None).await?;
        let based_on = book.plan.as_ref().ok_or(OpsError::NothingToPlan)?.revision;
        let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
        drop(conn);

        let mut choices = Choices::of_day(&book, &orders);
        let origin = book.zone.bounds(book.day).0;
        let zone = book.zone;
        let (id, keep) = (ProposalId(new_id()), self.0.keep_problems.clone());
        let content = heavily(self, move |roads| {
            choices.take_unroaded(roads.as_ref());
            if choices.tasks.is_empty() || choices.runners.is_empty() {
                return Err(OpsError::NothingToPlan);
            }
            let sheet = choices.into_sheet(roads.as_ref(), zone, origin, Strictness::Priced)?;
            let name = format!("proposal-{}", id.0);
            let ask = Ask { name: &name, steps: STEPS, start: Some(&sheet.given), keep: keep.as_deref() };
            let solution = solve(&sheet, &ask)?;
            Ok(compare(&sheet, &solution))
        })
        .await?;

        let proposal =
            Proposal { id, hub: book.hub.id, day: book.day, based_on, made_at: self.now(), content };
        let mut tx = self.0.database.begin().await?;
        store::proposals::add(&mut tx, &proposal).await?;
        tx.commit().await?;
        self.0.live.touch_plan();
        Ok(view(proposal, &book))
    }

    /// The proposal that waits for a yes, if there is one.
    pub(crate) async fn open_proposal(
        &self,
        conn: &mut store::Conn,
        book: &DayBook,
    ) -> Result<Option<ProposalView>> {
        let open = store::proposals::open::<Content>(conn, book.hub.id, book.day).await?;
        Ok(open.map(|p| view(p, book)))
    }
}

/// What a solution changes against the day as it stands, vehicle by vehicle.
fn compare(sheet: &Sheet, after: &Solution) -> Content {
    let before = &sheet.given;
    let mut gains = Gains {
        unplanned_before: before.unserved.len() as i64,
        unplanned_after: after.unserved.len() as i64,
        ..Gains::default()
    };
    let mut routes = vec![];
    let mut changes = vec![];
    let places = placed(sheet, before);
    for (runner, who) in sheet.runners.iter().enumerate() {
        if let Some(s) = sheet.schedule(runner, before) {
            gains.late_before += s.visits.iter().filter(|v| v.late > 0).count() as i64;
            gains.late_min_before += s.visits.iter().map(|v| v.late).sum::<i64>() / 60;
            gains.drive_min_before += s.driving / 60;
        }
        if let Some(s) = sheet.schedule(runner, after) {
            gains.late_after += s.visits.iter().filter(|v| v.late > 0).count() as i64;
            gains.late_min_after += s.visits.iter().map(|v| v.late).sum::<i64>() / 60;
            gains.drive_min_after += s.driving / 60;
        }
        if before.routes.get(runner) == after.routes.get(runner) {
            continue;
        }
        let Some(planned) = sheet.planned(runner, after) else { continue };
        let kept: Vec<_> = planned
            .stops
            .iter()
            .filter_map(|s| places.get(&s.order))
            .filter(|p| p.runner == runner)
            .map(|p| p.sequence)
            .collect();
        let unmoved = longest_rising(&kept);
        for stop in &planned.stops {
            let Some(task) = sheet.tasks.iter().find(|t| t.order == stop.order) else { continue };
            let was = places.get(&stop.order);
            match was {
                Some(p) if p.runner == runner && unmoved.contains(&p.sequence) => continue,
                Some(p) if p.runner == runner => gains.resequenced += 1,
                Some(_) => gains.moved += 1,
                None => {}
            }
            changes.push(StoredChange {
                order: task.order,
                reference: task.reference.clone(),
                address: task.address.clone(),
                from: was.and_then(|p| sheet.runners.get(p.runner)).map(|r| r.vehicle.label.clone()),
                to: who.vehicle.label.clone(),
                sequence_before: was.map(|p| p.sequence),
                sequence_after: stop.sequence,
                eta_before: was.map(|p| p.arrival),
                eta_after: stop.arrival,
                window: task.window,
            });
        }
        routes.push(planned);
    }
    Content { routes, gains, changes }
}

struct Placed {
    runner: usize,
    sequence: i32,
    arrival: Instant,
}

fn placed(sheet: &Sheet, solution: &Solution) -> HashMap<OrderId, Placed> {
    (0..sheet.runners.len())
        .filter_map(|runner| Some((runner, sheet.planned(runner, solution)?)))
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
    ProposalView {
        id: proposal.id,
        based_on: proposal.based_on,
        made_at: moment(proposal.made_at),
        stale: book.plan.as_ref().is_none_or(|p| p.revision != proposal.based_on),
        gains: proposal.content.gains,
        changes: proposal
            .content
            .changes
            .into_iter()
            .map(|c| Change {
                order: c.order,
                reference: c.reference,
                address: c.address,
                from: c.from,
                to: c.to,
                sequence_before: c.sequence_before,
                sequence_after: c.sequence_after,
                eta_before: c.eta_before.map(moment),
                eta_after: moment(c.eta_after),
                window: book.zone.span(c.window),
            })
            .collect(),
    }
}

/// The vehicles that a set of planned routes concerns.
pub(crate) fn vehicles(routes: &[PlannedRoute]) -> Vec<VehicleId> {
    routes.iter().map(|r| r.vehicle).collect()
}

#[cfg(test)]
mod tests {
    use super::longest_rising;

    #[test]
    fn what_keeps_its_order_is_not_called_moved() {
        assert_eq!(longest_rising(&[1, 2, 7, 3, 4]), [1, 2, 3, 4]);
        assert_eq!(longest_rising(&[]), Vec::<i32>::new());
        assert_eq!(longest_rising(&[3, 2, 1]).len(), 1);
    }
}
