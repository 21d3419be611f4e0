//! Exceptions: what went wrong today and needs a person.

use crate::{Day, ExceptionId, HubId, Instant, OrderId, PersonId, Refusal, RouteId, StopId, VehicleId};
use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// A promise will be, or was, missed.
    Late,
    /// An attempt failed.
    Failed,
    /// A vehicle on the road has stopped reporting.
    Silent,
    /// A route will return after its shift ends.
    OffShift,
    /// A vehicle cannot drive on.
    Breakdown,
    /// An order found no place in the plan.
    Unplanned,
    /// A closure leaves no way to a stop.
    CutOff,
    /// A vehicle that should have left its hub is still there.
    LateStart,
}

impl ExceptionKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Late,
        Self::Failed,
        Self::Silent,
        Self::OffShift,
        Self::Breakdown,
        Self::Unplanned,
        Self::CutOff,
        Self::LateStart,
    ];

    /// The name in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Silent => "silent",
            Self::OffShift => "off_shift",
            Self::Breakdown => "breakdown",
            Self::Unplanned => "unplanned",
            Self::CutOff => "cut_off",
            Self::LateStart => "late_start",
        }
    }

    /// Reads a kind's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Identity.
    pub id: ExceptionId,
    /// Whose day.
    pub hub: HubId,
    /// Which day.
    pub day: Day,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// Whose promise is at stake, when it is one order's.
    pub order: Option<OrderId>,
    /// At which stop, when it is one stop's.
    pub stop: Option<StopId>,
    /// On which route, when it is one route's.
    pub route: Option<RouteId>,
    /// Which vehicle, when there is one.
    pub vehicle: Option<VehicleId>,
    /// When it was raised.
    pub raised_at: Instant,
    /// Until when it can be saved: the end of the promise or of the shift.
    pub save_by: Option<Instant>,
    /// Who owns it, or how it ended.
    pub state: ExceptionState,
}

/// Who owns an exception, or how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ExceptionState {
    /// Nobody has taken it.
    Open,
    /// Somebody works on it.
    Claimed {
        /// Who.
        by: PersonId,
        /// Since when.
        at: Instant,
    },
    /// It is over.
    Resolved {
        /// Who ended it; nobody when the cause went away by itself.
        by: Option<PersonId>,
        /// When.
        at: Instant,
        /// What was done.
        resolution: String,
    },
}

impl ExceptionState {
    /// The name in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed { .. } => "claimed",
            Self::Resolved { .. } => "resolved",
        }
    }
}

impl Exception {
    /// Somebody takes it. Claiming one's own again changes nothing.
    pub fn claim(mut self, by: PersonId, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            ExceptionState::Open => {
                self.state = ExceptionState::Claimed { by, at };
                Ok(self)
            }
            ExceptionState::Claimed { by: owner, .. } if owner == by => Ok(self),
            ExceptionState::Claimed { .. } => Err(Refusal::ExceptionOwned),
            ExceptionState::Resolved { .. } => Err(Refusal::ExceptionResolved),
        }
    }

    /// The owner puts it back.
    pub fn release(mut self, by: PersonId) -> Result<Self, Refusal> {
        match self.state {
            ExceptionState::Claimed { by: owner, .. } if owner == by => {
                self.state = ExceptionState::Open;
                Ok(self)
            }
            ExceptionState::Claimed { .. } => Err(Refusal::ExceptionOwned),
            ExceptionState::Open => Ok(self),
            ExceptionState::Resolved { .. } => Err(Refusal::ExceptionResolved),
        }
    }

    /// It is over. A person cannot end what somebody else works on; a cause that went away can.
    pub fn resolve(mut self, by: Option<PersonId>, at: Instant, resolution: String) -> Result<Self, Refusal> {
        match &self.state {
            ExceptionState::Resolved { .. } => return Err(Refusal::ExceptionResolved),
            ExceptionState::Claimed { by: owner, .. } if by.is_some_and(|by| by != *owner) => {
                return Err(Refusal::ExceptionOwned);
            }
            _ => {}
        }
        self.state = ExceptionState::Resolved { by, at, resolution };
        Ok(self)
    }

    /// Opens it again, to undo a resolution.
    #[must_use]
    pub fn reopen(mut self) -> Self {
        self.state = ExceptionState::Open;
        self
    }
}
