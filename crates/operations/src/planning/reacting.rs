//! Looking for a better plan without being asked, when something has happened that a plan may mend: an order without a
//! place, a vehicle that broke down, a door behind a closure.
//!
//! What only wavers, as lateness does, waits until somebody asks. A proposal that the day has overtaken before somebody said
//! yes is withdrawn, and made anew.

use crate::{
    Caller, Operations, OpsError, Result,
    planning::proposal::{Asked, Content, Where},
    sites::hubs::{Rounds, Site},
};
use chrono::TimeDelta;
use domain::{Day, Exception, ExceptionId, ExceptionKind, ExceptionState, HubId, Instant, Refusal};
use std::{
    collections::{HashMap, HashSet},
    sync::{MutexGuard, PoisonError},
};
use store::proposals::Ending;
use wire::staff::control_room::Gains;

/// What happens seldom comes alone: it is looked at once nothing else has happened for so long.
const SETTLED: TimeDelta = TimeDelta::seconds(20);
/// However much goes on happening, it is looked at after so long.
const PATIENCE: TimeDelta = TimeDelta::minutes(3);
/// A fresh proposal comes so long after the one before at the earliest, so that somebody can read it.
const READING: TimeDelta = TimeDelta::minutes(5);
/// It is looked at so often whether a proposal can still be accepted.
const LOOK: TimeDelta = TimeDelta::seconds(10);

/// What is remembered of a hub's proposal.
#[derive(Clone, Copy)]
pub(crate) struct Followed {
    made_at: Instant,
    looked_at: Instant,
    /// Whether it was taken away because nobody could accept it any more.
    withdrawn: bool,
    /// Whether it was there to keep promises.
    keeps_promises: bool,
}

impl Operations {
    /// Proposes a better plan if something new has happened that one mends: a timer's verb. Answers whether it did.
    pub async fn react(&self, caller: &Caller) -> Result<bool> {
        caller.timer_only()?;
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.react_at(site).await);
        }
        Ok(rounds.end()?.contains(&true))
    }

    async fn react_at(&self, site: &Site) -> Result<bool> {
        let mut conn = self.0.database.read().await?;
        let (hub, now) = (site.hub.id, self.now());
        let day = self.running_day(&mut conn, site, now).await?;
        let known = store::exceptions::of_day(&mut conn, hub, day).await?;
        let seen = self.reacted_to().get(&hub).cloned().unwrap_or_default();
        let news: Vec<&Exception> =
            known.iter().filter(|e| may_be_mended(e) && !seen.contains(&e.id)).collect();
        let moments = || news.iter().map(|e| e.raised_at);
        let (Some(first), Some(last)) = (moments().min(), moments().max()) else {
            return self.renew(&mut conn, site, day).await;
        };
        drop(conn);
        if now - last < SETTLED && now - first < PATIENCE {
            return Ok(false);
        }
        let proposed = match self.propose(site, Where::InTrouble, Asked::ByNobody, mends).await {
            Ok(proposal) => proposal.is_some(),
            Err(OpsError::NothingToPlan) => false,
            // It is looked at again in the next round.
            Err(OpsError::Refused(Refusal::PlanStale)) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        // Of other days nothing need be remembered.
        let reacted_to = known.iter().filter(|e| may_be_mended(e)).map(|e| e.id).collect();
        self.reacted_to().insert(hub, reacted_to);
        Ok(proposed)
    }

    /// Withdraws a proposal that nobody can accept any more, and makes it anew. Answers whether there is a fresh one.
    async fn renew(&self, conn: &mut store::Conn, site: &Site, day: Day) -> Result<bool> {
        let (hub, now) = (site.hub.id, self.now());
        let followed = self.followed().get(&hub).copied();
        let open = store::proposals::open::<Content>(conn, hub, day).await?;
        let Followed { made_at, keeps_promises, .. } = match (open, followed) {
            (Some(open), Some(known)) if open.made_at == known.made_at && now - known.looked_at < LOOK => {
                return Ok(false);
            }
            (Some(open), _) => {
                let withdrawn = self.is_overtaken(conn, site, &open).await?;
                let keeps_promises = open.content.answers.iter().any(|answer| mends(&answer.gains));
                let known = Followed { made_at: open.made_at, looked_at: now, withdrawn, keeps_promises };
                self.followed().insert(hub, known);
                if !withdrawn {
                    return Ok(false);
                }
                let mut tx = self.0.database.begin().await?;
                store::proposals::end(&mut tx, open.id, Ending::Overtaken).await?;
                tx.commit().await?;
                self.0.live.of(hub).touch_plan();
                known
            }
            (None, Some(known)) if known.withdrawn => known,
            (None, _) => return Ok(false),
        };
        if now - made_at < READING {
            return Ok(false);
        }
        let place = if keeps_promises { Where::InTrouble } else { Where::Everywhere };
        let fresh = match self
            .propose(site, place, Asked::ByNobody, move |gains| !keeps_promises || mends(gains))
            .await
        {
            Ok(proposal) => proposal.is_some(),
            Err(OpsError::NothingToPlan) => false,
            // It is looked at again in the next round.
            Err(OpsError::Refused(Refusal::PlanStale)) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        self.followed().remove(&hub);
        Ok(fresh)
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<HubId, Followed>> {
        self.0.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks once more at what no plan could mend: others drive now.
    pub(crate) fn react_anew(&self, hub: HubId) {
        self.reacted_to().remove(&hub);
    }

    fn reacted_to(&self) -> MutexGuard<'_, HashMap<HubId, HashSet<ExceptionId>>> {
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
