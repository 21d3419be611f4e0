//! What the date does to a day: how much is ordered, who is at home, and the weather. The product is not told.
//!
//! Not here: what is ordered (`crate::scenario`) and how slow the weather makes everybody (`crate::world`).

mod demand;
mod holidays;
pub mod weather;

use crate::draws::{Draws, lognormal};
use crate::shares::Calendar;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;
pub use weather::{Spell, Weather};

/// A date with all that it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Date {
    /// The date.
    pub date: NaiveDate,
    /// How people spend it.
    pub rhythm: Rhythm,
    /// The public holiday that it is.
    pub holiday: Option<&'static str>,
    /// What the shops advertise.
    pub promotion: Option<&'static str>,
    /// How many times as much is ordered as on an ordinary day.
    pub demand: f64,
    /// Its weather, where it is not fair.
    #[serde(skip)]
    pub spells: Vec<Spell>,
}

/// How people spend a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// At work and at school.
    Working,
    /// Half at home.
    Saturday,
    /// A Sunday or a public holiday.
    Free,
}

impl Date {
    /// What a date does, with the chance of the day.
    pub fn of(date: NaiveDate, draws: &Draws, shares: &Calendar) -> Self {
        let holiday = holidays::holiday(date);
        let promotion = demand::promotion(date);
        let name = date.to_string();
        let chance = lognormal(&mut draws.stream("demand", &name), 1.0, shares.noise);
        Self {
            date,
            rhythm: rhythm(date, holiday.is_some()),
            holiday,
            promotion: promotion.map(|(name, _)| name),
            demand: demand::usual(date, holiday.is_some()).powf(shares.swing) * chance,
            spells: weather::of(date, &mut draws.stream("weather", &name), shares.weather),
        }
    }

    /// The weather at this local hour.
    pub fn weather_at(&self, hours: f64) -> Weather {
        let now = self.spells.iter().filter(|spell| (spell.from_h..spell.until_h).contains(&hours));
        now.map(|spell| spell.weather).max().unwrap_or(Weather::Fair)
    }
}

fn rhythm(date: NaiveDate, holiday: bool) -> Rhythm {
    match date.weekday() {
        _ if holiday => Rhythm::Free,
        Weekday::Sun => Rhythm::Free,
        Weekday::Sat => Rhythm::Saturday,
        _ => Rhythm::Working,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::Shares;

    fn date(text: &str, seed: u64) -> Date {
        Date::of(text.parse().unwrap(), &Draws::new(seed), &Shares::default().calendar)
    }

    #[test]
    fn a_date_is_the_same_by_seed_and_working_days_saturdays_and_holidays_differ() {
        assert_eq!(date("2026-11-27", 4), date("2026-11-27", 4));
        assert_ne!(date("2026-11-27", 4).demand, date("2026-11-27", 5).demand);
        assert_eq!(date("2026-06-15", 1).rhythm, Rhythm::Working);
        assert_eq!(date("2026-06-20", 1).rhythm, Rhythm::Saturday);
        assert_eq!(date("2026-06-29", 1).rhythm, Rhythm::Free);
        assert_eq!(date("2026-06-29", 1).holiday, Some("Saints Peter and Paul"));
    }

    #[test]
    fn without_swing_noise_and_weather_every_day_is_alike() {
        let plain = Calendar { swing: 0.0, noise: 0.0, weather: 0.0, wet_slows: 1.0 };
        let from: NaiveDate = "2026-01-01".parse().unwrap();
        for day in from.iter_days().take(365) {
            let date = Date::of(day, &Draws::new(1), &plain);
            assert!((date.demand - 1.0).abs() < 1e-12 && date.spells.is_empty(), "{day}");
        }
    }
}
