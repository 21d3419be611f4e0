//! What can stop a verb, and what a person is told of it.

use domain::{Refusal, Role};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use store::StoreError;
use thiserror::Error;
use wire::{AccountFault, AppError};

/// Between two lines in the log of what passes.
const PAUSE: Duration = Duration::from_secs(10);

/// A verb did not happen.
#[derive(Debug, Error)]
pub enum OpsError {
    /// Nobody is signed in, or the key is unknown.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The name or the password is wrong.
    #[error("the name or the password is wrong")]
    WrongPassword,
    /// Too many passwords did not fit; somebody has to wait.
    #[error("too many tries: wait, then try again")]
    TooManyTries,
    /// The link was used before, or is too old.
    #[error("the sign-in link is spent")]
    LinkSpent,
    /// The key is of another kind than is needed.
    #[error("this key does not open this: {0}")]
    WrongKey(&'static str),
    /// The role does not allow it.
    #[error("the role {role:?} does not allow this")]
    NotAllowed {
        /// Who asked.
        role: Role,
    },
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// The input cannot be.
    #[error("{0}")]
    Invalid(String),
    /// The day is none that anybody can mean.
    #[error("a day is between the years 2000 and 2199")]
    NoSuchDay,
    /// The password is none that could be taken.
    #[error("{0}")]
    WeakPassword(&'static str),
    /// Something about people, passwords or keys was not done.
    #[error("people and keys: {0:?}")]
    Account(AccountFault),
    /// No hub has been set up.
    #[error("no hub has been set up: send one to /api/v1/operation with an administrator's key")]
    NoHub,
    /// The hub that was asked for is none, or is beyond the caller's reach.
    #[error(
        "there is no hub of this id that you may see: leave hub out for the oldest, or send the id that the set-up answered"
    )]
    NoSuchHub,
    /// The hub's time zone is not in the database of zones.
    #[error("the time zone is unknown: use an IANA name such as Europe/Malta")]
    UnknownZone,
    /// A rule of the domain said no.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The window no longer fits.
    #[error("the window no longer fits")]
    SlotGone,
    /// The promise, or what the window costs, is another than was shown.
    #[error("the promise or the window's price has changed since it was shown")]
    QuoteGone,
    /// There is nothing to plan.
    #[error("there is nothing to plan")]
    NothingToPlan,
    /// A closure's places cannot be read.
    #[error("the places of a closure have to be lines of two numbers: degrees north, a comma, degrees east")]
    NotDrawn,
    /// No road lies where a closure was drawn.
    #[error("no road lies there: draw along one, across one, or around some")]
    NoRoadThere,
    /// We are at our limit.
    #[error("too much at once: try again in a moment")]
    Busy,
    /// An event that a projector cannot take up.
    #[error("{projector} stops before event {event}, and goes on from there once this is mended: {why}")]
    ProjectorStopped {
        /// Its name.
        projector: &'static str,
        /// The event's number.
        event: i64,
        /// What is wrong with it.
        why: String,
    },
    /// The street network could not answer.
    #[error("the street network could not answer: {0}")]
    Roads(#[from] ::roads::RoadsError),
    /// Remembering failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something of ours broke.
    #[error("{0}")]
    Broken(String),
}

impl OpsError {
    /// Whether trying again soon may help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Store(e) => e.is_passing(),
            _ => false,
        }
    }

    /// Says in the log why callers are asked to come back, at most once in ten seconds: without it a full disk looks like a
    /// rush.
    pub fn log_passing(&self) {
        static LAST: Mutex<Option<Instant>> = Mutex::new(None);
        let Self::Store(error) = self else { return };
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() > PAUSE) {
            *last = Some(Instant::now());
            tracing::warn!("callers are asked to come back: {error}");
        }
    }

    /// Logs what is ours to mend under a number that the person or device reads too; answers the number.
    pub(crate) fn log_under_a_number(&self) -> u32 {
        let id = crate::base::secrets::error_number();
        tracing::error!(error_id = id, "{self}");
        id
    }
}

impl OpsError {
    /// Whether a value from outside is to blame that only the database refused.
    pub fn is_from_outside(&self) -> bool {
        matches!(self, Self::Store(e) if e.is_from_outside())
    }
}

impl From<AccountFault> for OpsError {
    fn from(fault: AccountFault) -> Self {
        Self::Account(fault)
    }
}

impl From<OpsError> for AppError {
    /// Chooses the sentence; what is ours to mend is logged here, once, under a number that the person sees.
    fn from(error: OpsError) -> Self {
        match error {
            OpsError::NotSignedIn | OpsError::WrongKey(_) => Self::NotSignedIn,
            OpsError::WrongPassword => Self::WrongPassword,
            OpsError::LinkSpent => Self::LinkSpent,
            OpsError::TooManyTries => Self::TooManyTries,
            OpsError::NotAllowed { role } => Self::NotAllowed { role },
            OpsError::NotFound | OpsError::NoSuchHub => Self::NotFound,
            OpsError::NoHub => Self::NoHub,
            OpsError::Account(why) => Self::Account { why },
            OpsError::WeakPassword(_) => Self::Account { why: AccountFault::WeakPassword },
            OpsError::Invalid(_) | OpsError::UnknownZone => Self::Invalid,
            OpsError::NoSuchDay => Self::NoSuchDay,
            OpsError::SlotGone => Self::SlotGone,
            OpsError::QuoteGone => Self::QuoteGone,
            OpsError::NothingToPlan => Self::NothingToPlan,
            OpsError::NotDrawn => Self::NotDrawn,
            OpsError::NoRoadThere => Self::NoRoadThere,
            OpsError::Refused(refusal) => match refusal {
                Refusal::OrderClosed | Refusal::StopDone => Self::OrderClosed,
                Refusal::OrderOnTheRoad => Self::OrderOnTheRoad,
                Refusal::WindowPassed => Self::SlotGone,
                Refusal::ExceptionOwned => Self::OwnedByOther,
                Refusal::ExceptionResolved => Self::AlreadyResolved,
                Refusal::PlanStale => Self::PlanStale,
                Refusal::PlanOvertaken(why) => Self::PlanOvertaken { why },
                Refusal::VehiclesOut => Self::VehiclesOut,
                Refusal::DayClosed => Self::DayClosed,
                Refusal::ClosureNotDrawn | Refusal::NotOnEarth => Self::NotDrawn,
                Refusal::ClosureUnexplained | Refusal::ClosureForNobody | Refusal::ClosureTooLong => {
                    Self::ClosureIncomplete
                }
                _ => Self::Invalid,
            },
            error if error.is_passing() => {
                error.log_passing();
                Self::Busy
            }
            error if error.is_from_outside() => {
                tracing::warn!("a value from outside was refused by the database alone: {error}");
                Self::Invalid
            }
            error => Self::Broken { id: error.log_under_a_number() },
        }
    }
}
