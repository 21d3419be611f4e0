//! What the weather does to speeds, by rule.
//!
//! Motor traffic: the reductions of mean speed that the U.S. Federal Highway Administration publishes for arterials and
//! freeways ("How Do Weather Events Impact Roads?": rain 3 to 13 %, heavy rain 3 to 16 %, snow 5 to 40 %), near the upper
//! end, as times rather than speeds. Bikes and feet: set by hand. Not here: forecasts.

use crate::Profile;
use crate::network::Means;

/// The weather on the roads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weather {
    /// Nothing that slows anybody.
    #[default]
    Dry,
    /// Rain or wet roads.
    Rain,
    /// Downpours, standing water.
    HeavyRain,
    /// A storm: motor traffic hardly minds, bikes do.
    Wind,
    /// Snow or ice on the roads.
    Snow,
}

impl Weather {
    /// All kinds, from the mildest on.
    pub const ALL: [Weather; 5] =
        [Weather::Dry, Weather::Rain, Weather::HeavyRain, Weather::Wind, Weather::Snow];

    /// A short name that does not change, for what is kept and sent.
    pub fn code(self) -> &'static str {
        match self {
            Weather::Dry => "dry",
            Weather::Rain => "rain",
            Weather::HeavyRain => "heavy_rain",
            Weather::Wind => "wind",
            Weather::Snow => "snow",
        }
    }

    /// The kind with this short name.
    pub fn from_code(code: &str) -> Option<Weather> {
        Weather::ALL.into_iter().find(|weather| weather.code() == code)
    }

    /// The time needed, as a multiple of that on dry roads.
    pub fn factor(self, profile: Profile) -> f64 {
        match (self, profile.means()) {
            (Weather::Dry, _) => 1.0,
            (Weather::Rain, Means::Motor) => 1.10,
            (Weather::Rain, _) => 1.06,
            (Weather::HeavyRain, Means::Motor) => 1.18,
            (Weather::HeavyRain, _) => 1.15,
            (Weather::Wind, Means::Motor) => 1.02,
            (Weather::Wind, Means::Cycle) => 1.20,
            (Weather::Wind, Means::Foot) => 1.05,
            (Weather::Snow, Means::Motor) => 1.45,
            (Weather::Snow, Means::Cycle) => 1.70,
            (Weather::Snow, Means::Foot) => 1.25,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_faster_in_bad_weather_and_every_name_is_read_again() {
        for weather in Weather::ALL {
            assert_eq!(Weather::from_code(weather.code()), Some(weather));
            assert!(Profile::ALL.iter().all(|&profile| weather.factor(profile) >= 1.0));
        }
    }
}
