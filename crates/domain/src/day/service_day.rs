//! Service days: a hub's day opens and closes.

use crate::{Day, HubId, Instant, Refusal};

/// One day of a hub. It is named by the calendar day on which it begins, and may end after midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDay {
    /// Whose day.
    pub hub: HubId,
    /// Which day.
    pub day: Day,
    /// When it opened.
    pub opened_at: Instant,
    /// When it closed; nothing while it runs, or waits for the one before to close.
    pub closed_at: Option<Instant>,
}

impl ServiceDay {
    /// A day that opens.
    pub fn open(hub: HubId, day: Day, at: Instant) -> Self {
        Self { hub, day, opened_at: at, closed_at: None }
    }

    /// The day is over: nothing more is planned on it.
    pub fn close(self, at: Instant) -> Result<Self, Refusal> {
        match self.closed_at {
            Some(_) => Err(Refusal::DayClosed),
            None => Ok(Self { closed_at: Some(at.max(self.opened_at)), ..self }),
        }
    }
}
