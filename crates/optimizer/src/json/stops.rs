//! The form of a stop.

use serde::{Deserialize, Serialize};

use super::fields::{id, lateness, numbers, price, skills, stop_id};
use crate::StopSpec;
use crate::model::{Allowed, Kept, StopId, VehicleId};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopForm {
    place: usize,
    #[serde(default)]
    service: i64,
    window: (i64, i64),
    /// The price of lateness; null if there may be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late_per_minute: Option<i64>,
    demand: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_vehicle: Option<usize>,
    unserved_penalty: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept: Option<KeptForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    needs: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_vehicles: Option<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_vehicles: Vec<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more_windows: Vec<(i64, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pickup: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    service_by_kind: Vec<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptForm {
    vehicle: usize,
    /// The stop before it; null if it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behind: Option<usize>,
    moved_price: i64,
    order_price: i64,
}

impl StopForm {
    pub(super) fn of(spec: &StopSpec) -> Self {
        Self {
            place: spec.place,
            service: spec.service,
            window: spec.window,
            late_per_minute: price(spec.lateness),
            demand: spec.demand.clone(),
            only_vehicle: spec.only_vehicle.map(VehicleId::index),
            unserved_penalty: spec.unserved_penalty,
            kept: spec.kept.map(|kept| KeptForm {
                vehicle: kept.vehicle.index(),
                behind: kept.behind.map(StopId::index),
                moved_price: kept.moved_price,
                order_price: kept.order_price,
            }),
            needs: numbers(spec.needs),
            only_vehicles: match &spec.allowed {
                Allowed::Only(vehicles) => Some(vehicles.iter().map(|vehicle| vehicle.index()).collect()),
                _ => None,
            },
            not_vehicles: match &spec.allowed {
                Allowed::AllBut(vehicles) => vehicles.iter().map(|vehicle| vehicle.index()).collect(),
                _ => Vec::new(),
            },
            more_windows: spec.more_windows.clone(),
            pickup: spec.pickup.clone(),
            release: spec.release,
            service_by_kind: spec.service_by_kind.clone(),
        }
    }

    pub(super) fn spec(self) -> Result<StopSpec, String> {
        let ids = |all: &[usize]| all.iter().map(|&vehicle| VehicleId(id(vehicle))).collect::<Vec<_>>();
        let allowed = match (&self.only_vehicles, &self.not_vehicles[..]) {
            (None, []) => Allowed::All,
            (Some(only), []) => Allowed::Only(ids(only)),
            (None, not) => Allowed::AllBut(ids(not)),
            (Some(_), _) => {
                return Err(
                    "it has only_vehicles and not_vehicles; leave out those it may not have".to_owned()
                );
            }
        };
        Ok(StopSpec {
            place: self.place,
            service: self.service,
            window: self.window,
            lateness: lateness(self.late_per_minute),
            demand: self.demand,
            only_vehicle: self.only_vehicle.map(|vehicle| VehicleId(id(vehicle))),
            unserved_penalty: self.unserved_penalty,
            kept: self.kept.map(|kept| Kept {
                vehicle: VehicleId(id(kept.vehicle)),
                behind: kept.behind.map(stop_id),
                moved_price: kept.moved_price,
                order_price: kept.order_price,
            }),
            needs: skills(&self.needs)?,
            allowed,
            more_windows: self.more_windows,
            pickup: self.pickup,
            release: self.release,
            service_by_kind: self.service_by_kind,
        })
    }
}
