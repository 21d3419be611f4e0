//! Looking for a better plan without being asked, when something has happened that a plan may mend: an order without a
//! place, a vehicle that broke down, a door behind a closure.
//!
//! What only wavers, as lateness does, waits until somebody asks. A proposal that the day has overtaken before somebody said
//! yes is made anew.

use crate::{
    Caller, Operations, OpsError, Result,
    planning::proposal::{Content, Where},
};
use chrono::TimeDelta;
use domain::{Exception, ExceptionId, ExceptionKind, ExceptionState, Refusal};
use std::{
    collections::HashSet,
    sync::{MutexGuard, PoisonError},
};
use store::proposals::Ending;
use wire::staff::control_room::Gains;

/// What happens seldom comes alone: it is looked at once nothing else has happened for so long.
const SETTLED: TimeDelta = TimeDelta::seconds(20);
/// However much goes on happening, it is looked at after so long.
const PATIENCE: TimeDelta = TimeDelta::minutes(3);
/// A proposal is left alone for so long, so that somebody can read it.
const READING: TimeDelta = TimeDelta::minutes(5);

impl Operations {
    /// Proposes a better plan if something new has happened that one mends: a timer's verb. Answers whether it did.
    pub async fn react(&self, caller: &Caller) -> Result<bool> {
        caller.timer_only()?;
        let mut conn = self.0.database.read().await?;
        if store::hubs::all(&mut conn).await?.is_empty() {
            return Ok(false);
        }
        let (hub, zone) = self.hub_and_zone(&mut conn).await?;
        let now = self.now();
        let day = self.running_day(&mut conn, &hub, zone).await?;
        let known = store::exceptions::of_day(&mut conn, hub.id, day).await?;
        let seen = self.reacted_to().clone();
        let news: Vec<&Exception> =
            known.iter().filter(|e| may_be_mended(e) && !seen.contains(&e.id)).collect();
        let moments = || news.iter().map(|e| e.raised_at);
        let (Some(first), Some(last)) = (moments().min(), moments().max()) else {
            return self.renew(&mut conn).await;
        };
        drop(conn);
        if now - last < SETTLED && now - first < PATIENCE {
            return Ok(false);
        }
        let proposed = match self.propose(Where::InTrouble, mends).await {
            Ok(proposal) => proposal.is_some(),
            Err(OpsError::NothingToPlan) => false,
            // It is looked at again in the next round.
            Err(OpsError::Refused(Refusal::PlanStale)) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        // Of other days nothing need be remembered.
        *self.reacted_to() = known.iter().filter(|e| may_be_mended(e)).map(|e| e.id).collect();
        Ok(proposed)
    }

    /// Makes a proposal anew that nobody can accept any more.
    async fn renew(&self, conn: &mut store::Conn) -> Result<bool> {
        let (hub, zone) = self.hub_and_zone(conn).await?;
        let now = self.now();
        let day = self.running_day(conn, &hub, zone).await?;
        let Some(open) = store::proposals::open::<Content>(conn, hub.id, day).await? else {
            return Ok(false);
        };
        if now - open.made_at < READING || !self.is_overtaken(conn, &open).await? {
            return Ok(false);
        }
        let keeps_promises = open.content.gains().any(mends);
        let place = if keeps_promises { Where::InTrouble } else { Where::Everywhere };
        match self.propose(place, move |gains| !keeps_promises || mends(gains)).await {
            Ok(Some(_)) => return Ok(true),
            Ok(None) | Err(OpsError::NothingToPlan) => {}
            Err(OpsError::Refused(Refusal::PlanStale)) => return Ok(false),
            Err(fault) => return Err(fault),
        }
        let mut tx = self.0.database.begin().await?;
        store::proposals::end(&mut tx, open.id, Ending::Overtaken).await?;
        tx.commit().await?;
        self.0.live.touch_plan();
        Ok(false)
    }

    fn reacted_to(&self) -> MutexGuard<'_, HashSet<ExceptionId>> {
        self.0.reacted_to.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_be_mended(e: &Exception) -> bool {
    let kinds = [ExceptionKind::Unplanned, ExceptionKind::Breakdown, ExceptionKind::CutOff];
    kinds.contains(&e.kind) && !matches!(e.state, ExceptionState::Resolved { .. })
}

/// Whether it is worth a dispatcher's time unasked.
fn mends(gains: &Gains) -> bool {
    gains.promises_kept > gains.promises_lost
}
