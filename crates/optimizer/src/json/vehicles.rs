//! The form of a vehicle.

use serde::{Deserialize, Serialize};

use super::fields::{id, is_default, lateness, numbers, price, skills};
use crate::model::MatrixId;
use crate::{Battery, Break, Emissions, LongDay, Reloads, VehicleSpec};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleForm {
    #[serde(default)]
    matrix: usize,
    start: usize,
    end: Option<usize>,
    shift: (i64, i64),
    /// The price of overtime; null if there may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overtime_per_minute: Option<i64>,
    capacity: Vec<i64>,
    #[serde(default)]
    fixed_cost: i64,
    #[serde(default)]
    cost_per_hour: i64,
    #[serde(default)]
    cost_per_driving_hour: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    long_day: Option<LongDayForm>,
    #[serde(default)]
    under_way: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    at_depot: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skills: Vec<u8>,
    #[serde(default, skip_serializing_if = "is_default")]
    kind: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    cost_per_km: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_duration: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_distance: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aboard: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reloads: Option<ReloadsForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    battery: Option<BatteryForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    emissions: Option<EmissionsForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LongDayForm {
    after: i64,
    cost_per_hour: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReloadsForm {
    places: Vec<usize>,
    #[serde(default)]
    service: i64,
    most: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakForm {
    window: (i64, i64),
    duration: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatteryForm {
    range: i64,
    /// Null if it is full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_start: Option<i64>,
    #[serde(default)]
    stations: Vec<usize>,
    #[serde(default)]
    seconds_per_km: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmissionsForm {
    #[serde(default)]
    grams_per_km: i64,
    #[serde(default)]
    grams_per_tonne_km: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<usize>,
    #[serde(default)]
    cost_per_kg: i64,
}

impl VehicleForm {
    pub(super) fn of(spec: &VehicleSpec) -> Self {
        Self {
            matrix: spec.matrix.index(),
            start: spec.start,
            end: spec.end,
            shift: spec.shift,
            overtime_per_minute: price(spec.overtime),
            capacity: spec.capacity.clone(),
            fixed_cost: spec.fixed_cost,
            cost_per_hour: spec.cost_per_hour,
            cost_per_driving_hour: spec.cost_per_driving_hour,
            long_day: spec
                .long_day
                .map(|day| LongDayForm { after: day.after, cost_per_hour: day.cost_per_hour }),
            under_way: spec.under_way,
            at_depot: spec.at_depot,
            skills: numbers(spec.skills),
            kind: spec.kind,
            cost_per_km: spec.cost_per_km,
            max_duration: spec.max_duration,
            max_distance: spec.max_distance,
            aboard: spec.aboard.clone(),
            reloads: spec.reloads.as_ref().map(|reloads| ReloadsForm {
                places: reloads.places.clone(),
                service: reloads.service,
                most: reloads.most,
            }),
            breaks: spec
                .breaks
                .iter()
                .map(|pause| BreakForm { window: pause.window, duration: pause.duration })
                .collect(),
            battery: spec.battery.as_ref().map(|battery| BatteryForm {
                range: battery.range,
                at_start: Some(battery.at_start).filter(|&charged| charged != battery.range),
                stations: battery.stations.clone(),
                seconds_per_km: battery.seconds_per_km,
            }),
            emissions: spec.emissions.map(|emissions| EmissionsForm {
                grams_per_km: emissions.grams_per_km,
                grams_per_tonne_km: emissions.grams_per_tonne_km,
                weight: emissions.weight,
                cost_per_kg: emissions.cost_per_kg,
            }),
        }
    }

    pub(super) fn spec(self) -> Result<VehicleSpec, String> {
        Ok(VehicleSpec {
            matrix: MatrixId(id(self.matrix)),
            start: self.start,
            end: self.end,
            shift: self.shift,
            overtime: lateness(self.overtime_per_minute),
            capacity: self.capacity,
            fixed_cost: self.fixed_cost,
            cost_per_hour: self.cost_per_hour,
            cost_per_driving_hour: self.cost_per_driving_hour,
            long_day: self.long_day.map(|day| LongDay { after: day.after, cost_per_hour: day.cost_per_hour }),
            under_way: self.under_way,
            at_depot: self.at_depot,
            skills: skills(&self.skills)?,
            kind: self.kind,
            cost_per_km: self.cost_per_km,
            max_duration: self.max_duration,
            max_distance: self.max_distance,
            aboard: self.aboard,
            reloads: self.reloads.map(|reloads| Reloads {
                places: reloads.places,
                service: reloads.service,
                most: reloads.most,
            }),
            breaks: self
                .breaks
                .into_iter()
                .map(|pause| Break { window: pause.window, duration: pause.duration })
                .collect(),
            battery: self.battery.map(|battery| Battery {
                range: battery.range,
                at_start: battery.at_start.unwrap_or(battery.range),
                stations: battery.stations,
                seconds_per_km: battery.seconds_per_km,
            }),
            emissions: self.emissions.map(|emissions| Emissions {
                grams_per_km: emissions.grams_per_km,
                grams_per_tonne_km: emissions.grams_per_tonne_km,
                weight: emissions.weight,
                cost_per_kg: emissions.cost_per_kg,
            }),
        })
    }
}
