//! Drivers.

use crate::DriverId;
use serde::{Deserialize, Serialize};

/// Who drives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// Identity.
    pub id: DriverId,
    /// Name for dispatchers; never shown to recipients.
    pub name: String,
}
