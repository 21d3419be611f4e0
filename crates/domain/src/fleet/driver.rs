//! Drivers.

use crate::{DriverId, HubId, Instant};
use serde::{Deserialize, Serialize};

/// Who drives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// Identity.
    pub id: DriverId,
    /// Name for dispatchers; never shown to recipients.
    pub name: String,
}

/// A driver of a hub, whether or not a vehicle is theirs. Not in the history: it holds a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubDriver {
    /// Who.
    pub driver: Driver,
    /// Home.
    pub hub: HubId,
    /// Since when the driver no longer works here.
    pub left_at: Option<Instant>,
}

impl HubDriver {
    /// No longer works here; who has left before keeps that time.
    #[must_use]
    pub fn leave(mut self, at: Instant) -> Self {
        self.left_at.get_or_insert(at);
        self
    }
}
