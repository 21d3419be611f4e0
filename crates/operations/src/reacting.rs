//! Looking for a better plan without being asked, when something has happened that a plan may mend: an order without a
//! place, a vehicle that broke down, a door behind a closure.
//!
//! What only wavers, as lateness does, waits until somebody asks.

use crate::{Caller, Operations, OpsError, Result, board::DayBook};
use chrono::TimeDelta;
use domain::{Actor, Exception, ExceptionKind, ExceptionState};
use wire::control_room::Gains;

/// What happens seldom comes alone: it is looked at once nothing else has happened for so long.
const SETTLED: TimeDelta = TimeDelta::seconds(20);
/// However much goes on happening, it is looked at after so long.
const PATIENCE: TimeDelta = TimeDelta::minutes(3);

impl Operations {
    /// Proposes a better plan if something new has happened that one mends: a timer's verb. Answers whether it did.
    pub async fn react(&self, caller: &Caller) -> Result<bool> {
        if caller.who != Actor::Timer {
            return Err(OpsError::NotSignedIn);
        }
        let mut conn = self.0.database.read().await?;
        if store::fleet::hubs(&mut conn).await?.is_empty() {
            return Ok(false);
        }
        let book = DayBook::read(self, &mut conn, None).await?;
        if book.plan.is_none() {
            return Ok(false);
        }
        let known = store::exceptions::of_day(&mut conn, book.hub.id, book.day).await?;
        drop(conn);
        let seen = *self.0.reacted_to.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let news = known.iter().filter(|e| may_be_mended(e) && seen.is_none_or(|seen| e.raised_at > seen));
        let (Some(first), Some(last)) =
            (news.clone().map(|e| e.raised_at).min(), news.map(|e| e.raised_at).max())
        else {
            return Ok(false);
        };
        if book.now - last < SETTLED && book.now - first < PATIENCE {
            return Ok(false);
        }
        *self.0.reacted_to.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(last);
        match self.propose(mends).await {
            Ok(proposal) => Ok(proposal.is_some()),
            Err(OpsError::NothingToPlan) => Ok(false),
            Err(fault) => Err(fault),
        }
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
