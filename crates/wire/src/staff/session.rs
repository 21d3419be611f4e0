//! Who is signed in, and who may come in at all.

use domain::{HubId, Instant, PersonId, Role};
use serde::{Deserialize, Serialize};

/// The person at the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Identity.
    pub id: PersonId,
    /// Name on screens.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// A hub that the reader may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubChoice {
    /// Identity, as it stands in the address.
    pub id: HubId,
    /// Name on screens.
    pub name: String,
}

/// A person as an administrator sees one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Identity.
    pub id: PersonId,
    /// Name, unique whatever the case.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether the person has a password; otherwise only a link opens a session.
    pub has_password: bool,
    /// Since when the person cannot come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_since: Option<Instant>,
    /// Sessions that are remembered.
    pub sessions: i64,
    /// When one of them was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Instant>,
}

/// A key or a device's token as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Names the key; it is no secret.
    pub id: String,
    /// `shop`, `administrator` or `vehicle`.
    pub kind: String,
    /// What people call it; nothing for those that no person has made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The shop's name or the vehicle's label; empty for an administrator's.
    pub holder: String,
    /// When it was made.
    pub made: Instant,
    /// When it opened something last, at most a minute behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Instant>,
    /// Since when it opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Instant>,
}
