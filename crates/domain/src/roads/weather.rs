//! The weather, as somebody sees it.

use serde::{Deserialize, Serialize};

/// The weather on the roads, as somebody sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weather {
    /// Nothing that slows anybody.
    #[default]
    Dry,
    /// Rain or wet roads.
    Rain,
    /// Downpours, standing water.
    HeavyRain,
    /// A storm.
    Wind,
    /// Snow or ice.
    Snow,
}

impl Weather {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Dry, Self::Rain, Self::HeavyRain, Self::Wind, Self::Snow];

    /// The name in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dry => "dry",
            Self::Rain => "rain",
            Self::HeavyRain => "heavy_rain",
            Self::Wind => "wind",
            Self::Snow => "snow",
        }
    }

    /// Reads a kind's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
