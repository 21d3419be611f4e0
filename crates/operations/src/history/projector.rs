//! Projectors: what follows from events without any verb knowing of it.
//!
//! A projector is a name and a function. A round reads the events that are new to it and writes what follows from them together
//! with how far it has read, in one transaction, so that each event counts once. An event that cannot be read or taken up
//! stops this projector before it: nothing is skipped, and once the fault is mended it goes on from there.

use crate::{Operations, OpsError, Result};
use std::pin::Pin;
use store::{
    Tx,
    feed::{self, Heard},
    projectors,
};

/// So many events are read in one round.
const PART: i64 = 1_000;

/// An event with its number.
pub(crate) struct Numbered {
    pub id: i64,
    pub event: domain::Event,
}

/// Why a projector stopped.
pub(crate) enum Stopped {
    /// This event, of those it was given by place, is one that it cannot take up.
    At(usize, String),
    /// It could not write, or read what it needs; the events are not to blame.
    Fault(OpsError),
}

impl<E: Into<OpsError>> From<E> for Stopped {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}

/// What a projector does with events, in a transaction that is committed for it.
pub(crate) type Step =
    for<'a> fn(
        &'a mut Tx,
        &'a [Numbered],
    ) -> Pin<Box<dyn Future<Output = std::result::Result<(), Stopped>> + Send + 'a>>;

/// Something that follows the history.
pub(crate) struct Projector {
    /// Under which its cursor is kept.
    pub name: &'static str,
    /// What it does.
    pub step: Step,
}

impl Operations {
    /// Reads on until nothing is new. Says how many events were taken up; what stops it is an error, after what came before
    /// has been kept.
    pub(crate) async fn project(&self, projector: &Projector) -> Result<usize> {
        let mut all = 0;
        loop {
            let done = self.project_part(projector, PART).await?;
            all += done;
            if done < PART as usize {
                return Ok(all);
            }
        }
    }

    async fn project_part(&self, projector: &Projector, most: i64) -> Result<usize> {
        let mut tx = self.0.database.begin().await?;
        let cursor = projectors::read(&mut tx, projector.name).await?;
        let heard = feed::after(&mut tx, cursor, most).await?;
        // Nothing is written while nothing is new, and nothing if somebody else has just read the same.
        if heard.is_empty() || projectors::lock(&mut tx, projector.name).await? != cursor {
            return Ok(0);
        }
        let (mut events, mut cursors, mut stopped) = (vec![], vec![], None);
        for Heard { cursor, event } in heard {
            match event {
                Ok(event) => {
                    events.push(Numbered { id: cursor.event(), event });
                    cursors.push(cursor);
                }
                Err(fault) => {
                    stopped = Some(OpsError::from(fault));
                    break;
                }
            }
        }
        match (projector.step)(&mut tx, &events).await {
            Ok(()) => {}
            Err(Stopped::Fault(fault)) => return Err(fault),
            Err(Stopped::At(place, why)) => {
                // What it did of this part is undone; what came before the event is done again and kept.
                drop(tx);
                if place > 0 {
                    Box::pin(self.project_part(projector, place as i64)).await?;
                }
                let event = events.get(place).map_or(0, |e| e.id);
                return Err(OpsError::ProjectorStopped { projector: projector.name, event, why });
            }
        }
        if let Some(cursor) = cursors.last() {
            projectors::save(&mut tx, projector.name, *cursor).await?;
        }
        tx.commit().await?;
        match stopped {
            Some(fault) => Err(fault),
            None => Ok(events.len()),
        }
    }
}
