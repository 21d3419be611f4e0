//! What was done to people and keys, for those who look after them.

use serde::{Deserialize, Serialize};

/// One thing that was done to a person or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    /// A person was added and may come in.
    PersonAdded,
    /// A person has another role.
    RoleChanged,
    /// A person works at other hubs.
    HubsChanged,
    /// A person may not come in any more.
    PersonDisabled,
    /// A person may come in again.
    PersonEnabled,
    /// A person was signed out everywhere.
    SessionsEnded,
    /// A person's password was taken away, and a link made by which another is set.
    PasswordReset,
    /// A person has another password.
    PasswordChanged,
    /// A key was made.
    KeyMade,
    /// A key opens nothing any more.
    KeyRevoked,
    /// A hub was set up or renewed, and its shops and devices got new keys.
    HubSetUp,
}

impl AccountChange {
    /// Every kind of change.
    pub const ALL: [Self; 11] = [
        Self::PersonAdded,
        Self::RoleChanged,
        Self::HubsChanged,
        Self::PersonDisabled,
        Self::PersonEnabled,
        Self::SessionsEnded,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::KeyMade,
        Self::KeyRevoked,
        Self::HubSetUp,
    ];

    /// The name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::PersonAdded => "person_added",
            Self::RoleChanged => "role_changed",
            Self::HubsChanged => "hubs_changed",
            Self::PersonDisabled => "person_disabled",
            Self::PersonEnabled => "person_enabled",
            Self::SessionsEnded => "sessions_ended",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::KeyMade => "key_made",
            Self::KeyRevoked => "key_revoked",
            Self::HubSetUp => "hub_set_up",
        }
    }

    /// Reads a change's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.code() == code)
    }
}
