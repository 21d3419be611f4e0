//! Everything that can go wrong and that a person can understand; a closed list, so no text of ours leaks by accident.

use domain::{Overtaken, Role};
use serde::{Deserialize, Serialize};

/// Why something about people, passwords or keys was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFault {
    /// No hub is the person's, so there is nothing to come in for.
    NoHubs,
    /// Somebody else has this name, in whatever case.
    NameTaken,
    /// A person needs a name of 1 to 80 characters, and at least one hub that there is.
    PersonIncomplete,
    /// Nobody else could look after people and keys.
    LastAdministrator,
    /// Nobody changes the own role, hubs or access.
    OwnAccount,
    /// Somebody else has changed the person since the page was made.
    PersonChanged,
    /// The person is disabled, so a link would open nothing.
    PersonDisabled,
    /// The password is too short, too long, or among the first that anybody would try.
    WeakPassword,
    /// The new password was not typed the same twice.
    PasswordsDiffer,
    /// The present password was asked for and does not fit.
    WrongPresentPassword,
    /// A key needs a name of 1 to 80 characters.
    KeyUnnamed,
    /// There is no shop or vehicle of that name.
    NoSuchHolder,
    /// Vehicles of two hubs have that label.
    WhichHub,
    /// The key opens nothing already.
    KeyRevoked,
}

impl AccountFault {
    /// Every one of them.
    pub const ALL: [Self; 14] = [
        Self::NoHubs,
        Self::NameTaken,
        Self::PersonIncomplete,
        Self::LastAdministrator,
        Self::OwnAccount,
        Self::PersonChanged,
        Self::PersonDisabled,
        Self::WeakPassword,
        Self::PasswordsDiffer,
        Self::WrongPresentPassword,
        Self::KeyUnnamed,
        Self::NoSuchHolder,
        Self::WhichHub,
        Self::KeyRevoked,
    ];
}

/// What a person is told when something did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "error")]
pub enum AppError {
    /// Nobody is signed in, or the session has ended.
    NotSignedIn,
    /// The name or the password is wrong.
    WrongPassword,
    /// The sign-in link was used before, or is too old.
    LinkSpent,
    /// Too many tries; wait.
    TooManyTries,
    /// The page came over plain http from another machine, where browsers drop the session's cookie.
    NeedsHttps,
    /// The role does not allow it.
    NotAllowed {
        /// Who is asking.
        role: Role,
    },
    /// There is no such thing, or not any more.
    NotFound,
    /// No hub has been set up, so there is no day to show.
    NoHub,
    /// The input cannot be read.
    Invalid,
    /// The day cannot be read, or is none of these centuries.
    NoSuchDay,
    /// The order has ended.
    OrderClosed,
    /// The goods are on the road.
    OrderOnTheRoad,
    /// The window has passed, or no longer fits.
    SlotGone,
    /// The promise, or what the window costs, is another than was shown.
    QuoteGone,
    /// Somebody else owns it.
    OwnedByOther,
    /// It is resolved already.
    AlreadyResolved,
    /// The day has moved on since this was proposed.
    PlanStale,
    /// The day has moved on since this was proposed, in a way that is known.
    PlanOvertaken {
        /// What has changed.
        why: Overtaken,
    },
    /// A day cannot be closed while a vehicle is on the road.
    VehiclesOut,
    /// The day is closed.
    DayClosed,
    /// There is nothing to plan.
    NothingToPlan,
    /// A closure was not drawn, or not as a form can say it.
    NotDrawn,
    /// No road lies where a closure was drawn.
    NoRoadThere,
    /// A closure has no reason, holds for nobody, or ends before it begins.
    ClosureIncomplete,
    /// Something about people, passwords or keys was not done.
    Account {
        /// Why.
        why: AccountFault,
    },
    /// We are at our limit; try again in a moment.
    Busy,
    /// We failed; the log has more under this number.
    Broken {
        /// The number in the log, six digits.
        id: u32,
    },
    /// The request did not get through.
    Unreachable,
}

impl AppError {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::NotSignedIn | Self::WrongPassword | Self::LinkSpent => 401,
            Self::NotAllowed { .. } | Self::NeedsHttps => 403,
            Self::NotFound | Self::NoHub => 404,
            Self::Invalid
            | Self::NoSuchDay
            | Self::NotDrawn
            | Self::NoRoadThere
            | Self::ClosureIncomplete => 422,
            Self::OrderClosed
            | Self::OrderOnTheRoad
            | Self::SlotGone
            | Self::QuoteGone
            | Self::OwnedByOther
            | Self::AlreadyResolved
            | Self::PlanStale
            | Self::PlanOvertaken { .. }
            | Self::VehiclesOut
            | Self::DayClosed
            | Self::NothingToPlan => 409,
            Self::Account { why } => match why {
                AccountFault::NoHubs => 403,
                AccountFault::PersonIncomplete
                | AccountFault::WeakPassword
                | AccountFault::PasswordsDiffer
                | AccountFault::WrongPresentPassword
                | AccountFault::KeyUnnamed
                | AccountFault::NoSuchHolder
                | AccountFault::WhichHub => 422,
                AccountFault::NameTaken
                | AccountFault::LastAdministrator
                | AccountFault::OwnAccount
                | AccountFault::PersonChanged
                | AccountFault::PersonDisabled
                | AccountFault::KeyRevoked => 409,
            },
            Self::TooManyTries => 429,
            Self::Busy | Self::Unreachable => 503,
            Self::Broken { .. } => 500,
        }
    }
}
