//! The weather of a date: hours of rain, of heavy rain and storms, and of heat, by the climate of Malta.
//!
//! Not here: whom it slows by how much; that is for drivers (`slows_driving`) and walkers (`slows_walking`) to ask.

use chrono::{Datelike, NaiveDate};
use rand::Rng;
use serde::Serialize;

/// What it is like outside; the later ones are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weather {
    /// Dry and not too hot.
    Fair,
    /// Over 33 °C.
    Heat,
    /// Rain.
    Rain,
    /// Heavy rain.
    HeavyRain,
    /// A thunderstorm.
    Storm,
}

/// Some hours of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spell {
    /// What it is like.
    pub weather: Weather,
    /// Local hours since midnight.
    pub from_h: f64,
    /// The same.
    pub until_h: f64,
}

/// Days with 0.1 mm or more in each month, from January: Malta, World Meteorological Organization, normals of 1961 to 1990.
const WET_DAYS: [f64; 12] = [13.7, 10.9, 8.9, 6.4, 2.8, 1.1, 0.4, 1.0, 3.9, 10.2, 10.6, 14.2];
/// How often a day is hot in each month. Assumed.
const HOT: [f64; 12] = [0.0, 0.0, 0.0, 0.0, 0.03, 0.2, 0.45, 0.45, 0.12, 0.02, 0.0, 0.0];
const DAYS_A_MONTH: f64 = 30.4;
/// Of wet spells. Assumed.
const HEAVY: f64 = 0.25;
const STORMY: f64 = 0.1;

impl Weather {
    /// How many times longer a drive takes: wet arterial roads have 10 to 25 % less speed (FHWA, *How Do Weather Events Impact
    /// Roads?*), of which rain gets the lower end and a storm the upper.
    pub fn slows_driving(self, strength: f64) -> f64 {
        let lost = match self {
            Self::Fair | Self::Heat => 0.0,
            Self::Rain => 0.10,
            Self::HeavyRain => 0.20,
            Self::Storm => 0.25,
        };
        1.0 / (1.0 - (lost * strength).min(0.8))
    }

    /// How many times longer it takes on foot. Assumed.
    pub fn slows_walking(self, strength: f64) -> f64 {
        let more = match self {
            Self::Fair => 0.0,
            Self::Heat | Self::Rain => 0.08,
            Self::HeavyRain => 0.18,
            Self::Storm => 0.3,
        };
        1.0 + more * strength
    }
}

/// The spells of a date; `often` times as many as usual.
pub fn of(date: NaiveDate, rng: &mut impl Rng, often: f64) -> Vec<Spell> {
    let month = date.month0() as usize;
    let wet = WET_DAYS.get(month).copied().unwrap_or_default() / DAYS_A_MONTH;
    let hot = HOT.get(month).copied().unwrap_or_default();
    let (is_wet, is_hot) = (rng.random::<f64>() < wet * often, rng.random::<f64>() < hot * often);
    let mut spells = Vec::new();
    if is_wet {
        for _ in 0..rng.random_range(1..=3) {
            let (from_h, lasts_h) = (rng.random_range(0.0..23.0), rng.random_range(0.5..4.0));
            let weather = match rng.random::<f64>() {
                lot if lot < STORMY => Weather::Storm,
                lot if lot < STORMY + HEAVY => Weather::HeavyRain,
                _ => Weather::Rain,
            };
            spells.push(Spell { weather, from_h, until_h: from_h + lasts_h });
        }
    }
    if is_hot {
        spells.push(Spell { weather: Weather::Heat, from_h: 11.0, until_h: 17.0 });
    }
    spells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;

    fn days_with(month: u32, wet: bool) -> usize {
        let draws = Draws::new(2);
        let day = |year| {
            let date = NaiveDate::from_ymd_opt(1_000 + year, month, 11).unwrap();
            let spells = of(date, &mut draws.stream("weather", &date.to_string()), 1.0);
            spells.iter().any(|spell| (spell.weather >= Weather::Rain) == wet)
        };
        (0..1_000).filter(|year| day(*year)).count()
    }

    #[test]
    fn january_is_wet_july_is_dry_and_hot() {
        assert!((400..500).contains(&days_with(1, true)), "{}", days_with(1, true));
        assert!(days_with(7, true) < 40 && days_with(7, false) > 380);
        assert_eq!(days_with(1, false), 0);
    }

    #[test]
    fn worse_weather_slows_more_and_no_strength_slows_nobody() {
        let all = [Weather::Fair, Weather::Rain, Weather::HeavyRain, Weather::Storm];
        for pair in all.windows(2) {
            assert!(pair[0].slows_driving(1.0) < pair[1].slows_driving(1.0));
            assert!(pair[0].slows_walking(1.0) < pair[1].slows_walking(1.0));
        }
        assert!((Weather::Storm.slows_driving(0.0) - 1.0).abs() < 1e-12);
        assert!((Weather::Storm.slows_driving(1.0) - 4.0 / 3.0).abs() < 1e-12);
    }
}
