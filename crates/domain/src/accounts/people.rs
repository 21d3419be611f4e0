//! Who may sit where, and who did what.

use crate::{PersonId, ShopId, VehicleId};
use serde::{Deserialize, Serialize};

/// What a signed-in person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the day: plans, routes, exceptions.
    Dispatcher,
    /// Reads the figures.
    Manager,
    /// Helps recipients: orders, windows.
    Agent,
    /// Everything, and the people and keys.
    Administrator,
}

impl Role {
    /// Every role, in the order in which people meet them.
    pub const ALL: [Self; 4] = [Self::Dispatcher, Self::Manager, Self::Agent, Self::Administrator];

    /// The name in URLs and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dispatcher => "dispatcher",
            Self::Manager => "manager",
            Self::Agent => "agent",
            Self::Administrator => "administrator",
        }
    }

    /// Reads a role's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// The device in a vehicle.
    Vehicle(VehicleId),
    /// A shop's system.
    Shop(ShopId),
    /// An administrator's system.
    Machine,
    /// Our own worker, watching the day.
    Timer,
}
