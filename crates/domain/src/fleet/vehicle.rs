//! Vehicles.

use crate::{Driver, HubId, Instant, Skills, VehicleId};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// What a vehicle is; it decides roads, speed and carbon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleKind {
    /// A van with a diesel engine.
    DieselVan,
    /// A battery-electric van.
    ElectricVan,
    /// A cargo bike.
    CargoBike,
}

impl VehicleKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::DieselVan, Self::ElectricVan, Self::CargoBike];

    /// The name in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::DieselVan => "diesel_van",
            Self::ElectricVan => "electric_van",
            Self::CargoBike => "cargo_bike",
        }
    }

    /// Reads a kind's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A vehicle of a hub, with the driver who takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Identity.
    pub id: VehicleId,
    /// Home.
    pub hub: HubId,
    /// Name on screens, such as `Van 07`.
    pub label: String,
    /// What it is.
    pub kind: VehicleKind,
    /// What it may carry, in grams.
    pub capacity_g: i64,
    /// What it may hold, in millilitres.
    pub capacity_ml: i64,
    /// Local time at which its shift begins.
    pub shift_from: NaiveTime,
    /// Local time at which its shift ends.
    pub shift_until: NaiveTime,
    /// Who drives it.
    pub driver: Driver,
    /// What it can do, with its driver, that an order may need.
    pub skills: Skills,
    /// Whether it can drive.
    pub state: VehicleState,
}

/// Whether a vehicle can drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum VehicleState {
    /// Fit to drive.
    Available,
    /// Broken down or in an accident.
    OffRoad {
        /// Since when.
        since: Instant,
        /// What the driver said.
        reason: String,
    },
}

impl Vehicle {
    /// The vehicle stops where it is.
    #[must_use]
    pub fn break_down(mut self, at: Instant, reason: String) -> Self {
        self.state = VehicleState::OffRoad { since: at, reason };
        self
    }

    /// What the history knows of it: the driver's id, and not the name.
    #[must_use]
    pub fn without_name(mut self) -> Self {
        self.driver.name.clear();
        self
    }

    /// The vehicle drives again.
    #[must_use]
    pub fn recover(mut self) -> Self {
        self.state = VehicleState::Available;
        self
    }
}
