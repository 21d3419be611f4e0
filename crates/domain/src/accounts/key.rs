//! Keys of systems and devices.

use serde::{Deserialize, Serialize};

/// What a key opens, by who holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A shop's: places orders.
    Shop,
    /// A vehicle's device: reports where it is and what its driver does.
    Vehicle,
    /// An administrator's system: sets up hubs, and reads.
    Administrator,
}

impl KeyKind {
    /// Every kind, those first that are made most.
    pub const ALL: [Self; 3] = [Self::Shop, Self::Vehicle, Self::Administrator];

    /// The name in forms and in the database's answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Vehicle => "vehicle",
            Self::Administrator => "administrator",
        }
    }

    /// Reads a kind's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
