//! What an administrator can set: prices, windows, alarms, factors, and how long things are kept.
//!
//! A value of a hub stands above one of the organisation, and that above the default. Whoever reads settings gets a whole in
//! which every value is within its bounds; whoever changes them hears of all faults together.

pub mod choices;
mod list;
mod rules;
pub mod setting;

pub use choices::{Currency, Language};
pub use list::Settings;
pub use rules::Fault;

use crate::VehicleKind;
use chrono::{NaiveTime, TimeDelta};
use setting::{Setting, Value};

/// Settings as they were stored, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What holds, with the defaults where something is wrong.
    pub settings: Settings,
    /// Every value that its setting cannot hold, by key.
    pub faults: Vec<Fault>,
    /// Keys that this version does not know: of another version, or mistaken.
    pub unknown: Vec<String>,
}

impl Settings {
    /// The entry of a key.
    pub fn entry(key: &str) -> Option<&'static Setting> {
        Self::LIST.iter().find(|setting| setting.key == key)
    }

    /// Reads what was stored: later values stand above earlier ones.
    pub fn stored(values: impl IntoIterator<Item = (String, Value)>) -> Stored {
        let (mut settings, mut unknown, mut faults) = (Self::default(), vec![], vec![]);
        for (key, value) in values {
            let Some(setting) = Self::entry(&key) else {
                unknown.push(key);
                continue;
            };
            match setting.check(&value) {
                Ok(()) if (setting.set)(&mut settings, &value) => {}
                Ok(()) => faults.push(Fault::of(setting, "This is not what it can hold.".to_owned())),
                Err(why) => faults.push(Fault::of(setting, why)),
            }
        }
        Stored { settings, faults, unknown }
    }

    /// The same with other values, and whatever is wrong with them or between them.
    pub fn with<'a>(
        &self,
        changes: impl IntoIterator<Item = (&'a Setting, Result<Value, String>)>,
    ) -> (Self, Vec<Fault>) {
        let (mut after, mut faults) = (self.clone(), vec![]);
        for (setting, read) in changes {
            match read.and_then(|value| setting.check(&value).map(|()| value)) {
                Ok(value) if (setting.set)(&mut after, &value) => {}
                Ok(_) => faults.push(Fault::of(setting, "This is not what it can hold.".to_owned())),
                Err(why) => faults.push(Fault::of(setting, why)),
            }
        }
        let unread: Vec<_> = faults.iter().flat_map(|fault| &fault.keys).copied().collect();
        let between = after.contradictions().into_iter();
        faults.extend(between.filter(|fault| fault.keys.iter().all(|key| !unread.contains(key))));
        (after, faults)
    }

    /// When windows begin, on the hub's clock.
    pub fn windows_begin(&self) -> impl Iterator<Item = NaiveTime> {
        let (length, until) = (self.window_minutes.max(1), self.window_last_hour * 60);
        let begins = (0..).map(move |n| self.window_first_hour * 60 + n * length);
        begins.take_while(move |from| from + length <= until).filter_map(|minute| {
            NaiveTime::from_hms_opt(u32::try_from(minute / 60).ok()?, u32::try_from(minute % 60).ok()?, 0)
        })
    }

    /// How long a window lasts.
    pub fn window(&self) -> TimeDelta {
        TimeDelta::minutes(self.window_minutes)
    }

    /// A window must still be open for longer than this to be offered.
    pub fn notice(&self) -> TimeDelta {
        TimeDelta::minutes(self.notice_minutes)
    }

    /// An arrival expected this close to the end of its window is at risk.
    pub fn risk_margin(&self) -> TimeDelta {
        TimeDelta::minutes(self.risk_margin_minutes)
    }

    /// A vehicle on the road that has sent nothing for longer than this is silent.
    pub fn silent_after(&self) -> TimeDelta {
        TimeDelta::minutes(self.silent_after_minutes)
    }

    /// A vehicle that is still at the hub so long after its start is late.
    pub fn late_start(&self) -> TimeDelta {
        TimeDelta::minutes(self.late_start_minutes)
    }

    /// A better plan keeps no driver past the shift for longer than this, unless it is so without it.
    pub fn overtime_most(&self) -> TimeDelta {
        TimeDelta::minutes(self.overtime_most_minutes)
    }

    /// Loading and leaving the yard takes this long after a plan appears.
    pub fn yard(&self) -> TimeDelta {
        TimeDelta::minutes(self.yard_minutes)
    }

    /// A driver who comes by the hub to fetch something leaves it after so long.
    pub fn loading(&self) -> TimeDelta {
        TimeDelta::minutes(self.loading_minutes)
    }

    /// What an hour of driving costs beside the driver, in cents.
    pub fn driving_hour_cents(&self, kind: VehicleKind) -> i64 {
        match kind {
            VehicleKind::DieselVan => self.diesel_van_hour_cents,
            VehicleKind::ElectricVan => self.electric_van_hour_cents,
            VehicleKind::CargoBike => self.cargo_bike_hour_cents,
        }
    }
}

#[cfg(test)]
mod tests;
