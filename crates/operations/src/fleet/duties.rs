//! Who drives which vehicle on a day, when, and with which breaks: what the roster says, and where it says nothing the usual.

use crate::{Result, base::zone::Zone};
use domain::{Break, Day, DriverId, HubId, Instant, Shift, Vehicle, VehicleId};
use std::collections::HashMap;

/// A hub's roster of one service day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duties {
    day: Day,
    shifts: HashMap<VehicleId, Shift>,
    /// When each rostered driver drives.
    driving: HashMap<DriverId, Vec<(Instant, Instant)>>,
}

/// Somebody drives a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drive {
    pub driver: DriverId,
    pub from: Instant,
    pub until: Instant,
    pub breaks: Vec<Break>,
}

impl Duties {
    /// Reads the roster of a day.
    pub async fn read(conn: &mut store::Conn, hub: HubId, day: Day) -> Result<Self> {
        Ok(Self::of(day, store::shifts::of_days(conn, hub, (day, day)).await?))
    }

    /// Of lines that were read; those of other days are left out.
    pub fn of(day: Day, shifts: Vec<Shift>) -> Self {
        let own = shifts.into_iter().filter(|shift| shift.day == day);
        let shifts: HashMap<_, _> = own.map(|shift| (shift.vehicle, shift)).collect();
        let mut driving: HashMap<_, Vec<_>> = HashMap::new();
        for (driver, hours) in shifts.values().filter_map(|shift| shift.duty.drives()) {
            driving.entry(driver).or_default().push((hours.from(), hours.until()));
        }
        driving.values_mut().for_each(|all| all.sort_unstable());
        Self { day, shifts, driving }
    }

    /// The line of a vehicle, if there is one.
    pub fn shift(&self, vehicle: VehicleId) -> Option<&Shift> {
        self.shifts.get(&vehicle)
    }

    /// Who drives a vehicle and when; nothing when it stays at the hub. A vehicle without a line stays there too when its usual
    /// driver is rostered for another one in its usual hours.
    pub fn drive(&self, zone: Zone, vehicle: &Vehicle) -> Option<Drive> {
        if let Some(shift) = self.shift(vehicle.id) {
            let (driver, hours) = shift.duty.drives()?;
            let breaks = hours.breaks().to_vec();
            return Some(Drive { driver, from: hours.from(), until: hours.until(), breaks });
        }
        let (from, until) = zone.shift(self.day, vehicle);
        let driver = vehicle.driver.id;
        let drives = self.driving.get(&driver).map(Vec::as_slice).unwrap_or_default();
        let elsewhere = drives.iter().any(|(begins, ends)| *begins < until && *ends > from);
        (!elsewhere).then_some(Drive { driver, from, until, breaks: vec![] })
    }
}
