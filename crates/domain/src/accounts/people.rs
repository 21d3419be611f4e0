//! Who may sit where, and who did what.

use crate::{PersonId, ShopId, VehicleId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

impl Actor {
    /// The kind's name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Vehicle(_) => "vehicle",
            Self::Shop(_) => "shop",
            Self::Machine => "machine",
            Self::Timer => "timer",
        }
    }

    /// Which of its kind.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Person(PersonId(id)) | Self::Vehicle(VehicleId(id)) | Self::Shop(ShopId(id)) => Some(id),
            Self::Machine | Self::Timer => None,
        }
    }

    /// Reads what the database keeps.
    pub fn parse(code: &str, id: Option<Uuid>) -> Option<Self> {
        match code {
            "person" => id.map(|id| Self::Person(PersonId(id))),
            "vehicle" => id.map(|id| Self::Vehicle(VehicleId(id))),
            "shop" => id.map(|id| Self::Shop(ShopId(id))),
            "machine" => Some(Self::Machine),
            "timer" => Some(Self::Timer),
            _ => None,
        }
    }
}
