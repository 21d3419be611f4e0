//! Who is signed in.

use domain::{PersonId, Role};
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
