//! Who drives which vehicle on a day, when, and with which breaks: what the roster says, and where it says nothing the usual.

use crate::{Result, base::zone::Zone, sites::hubs::Site};
use domain::{Break, Day, DriverId, HubDriver, HubId, Instant, Shift, ShiftId, Vehicle, VehicleId};
use std::collections::HashMap;

/// A hub's roster of one service day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duties {
    day: Day,
    /// The lines of each vehicle, the earliest first.
    lines: HashMap<VehicleId, Vec<Shift>>,
    /// When each rostered driver drives what.
    driving: HashMap<DriverId, Vec<(Instant, Instant, VehicleId)>>,
}

/// Somebody drives a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drive {
    /// The line that says so; nothing where the usual holds.
    pub shift: Option<ShiftId>,
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
        let mut driving: HashMap<_, Vec<_>> = HashMap::new();
        let mut lines: HashMap<_, Vec<Shift>> = HashMap::new();
        for shift in shifts.into_iter().filter(|shift| shift.day == day) {
            if let Some((driver, hours)) = shift.duty.drives() {
                driving.entry(driver).or_default().push((hours.from(), hours.until(), shift.vehicle));
            }
            lines.entry(shift.vehicle).or_default().push(shift);
        }
        driving.values_mut().for_each(|all| all.sort_unstable());
        let begins = |shift: &Shift| shift.duty.drives().map(|(_, hours)| hours.from());
        lines.values_mut().for_each(|own| own.sort_by_key(begins));
        Self { day, lines, driving }
    }

    /// The lines of a vehicle, the earliest first.
    pub fn lines(&self, vehicle: VehicleId) -> &[Shift] {
        self.lines.get(&vehicle).map(Vec::as_slice).unwrap_or_default()
    }

    /// Who drives a vehicle and when, the earliest first; nobody when it stays at the hub. A vehicle without a line stays there
    /// too when its usual driver is rostered for another one in its usual hours.
    pub fn drives(&self, zone: Zone, vehicle: &Vehicle) -> Vec<Drive> {
        let lines = self.lines(vehicle.id);
        if !lines.is_empty() {
            let drive = |line: &Shift| {
                let (driver, hours) = line.duty.drives()?;
                let (from, until, breaks) = (hours.from(), hours.until(), hours.breaks().to_vec());
                Some(Drive { shift: Some(line.id), driver, from, until, breaks })
            };
            return lines.iter().filter_map(drive).collect();
        }
        self.usual(zone, vehicle).into_iter().collect()
    }

    /// Who would drive a vehicle without lines of its own, and when.
    pub fn usual(&self, zone: Zone, vehicle: &Vehicle) -> Option<Drive> {
        let (from, until) = zone.shift(self.day, vehicle);
        let driver = vehicle.driver.id;
        let drives = self.driving.get(&driver).map(Vec::as_slice).unwrap_or_default();
        let elsewhere = drives
            .iter()
            .any(|(begins, ends, other)| *other != vehicle.id && *begins < until && *ends > from);
        (!elsewhere).then_some(Drive { shift: None, driver, from, until, breaks: vec![] })
    }

    /// Who drives a vehicle in a shift, and when; in its usual hours for none. Routes that were published before each shift had
    /// its own have none either, and are driven in the first.
    pub fn drive(&self, zone: Zone, vehicle: &Vehicle, shift: Option<ShiftId>) -> Option<Drive> {
        self.drives(zone, vehicle).into_iter().find(|drive| shift.is_none() || drive.shift == shift)
    }
}

/// What is read of a hub's roster of one day to show it and to judge what a form says.
pub(super) struct DayRoster {
    pub duties: Duties,
    pub vehicles: Vec<Vehicle>,
    pub drivers: Vec<HubDriver>,
    pub names: HashMap<DriverId, String>,
    pub planned: bool,
}

impl DayRoster {
    pub async fn read(conn: &mut store::Conn, site: &Site, day: Day) -> Result<Self> {
        let hub = site.hub.id;
        let duties = Duties::read(conn, hub, day).await?;
        let vehicles = store::vehicles::of_hub(conn, hub).await?;
        let drives = vehicles.iter().flat_map(|vehicle| duties.drives(site.zone, vehicle));
        let mut known: Vec<_> = drives.map(|drive| drive.driver).collect();
        known.sort_unstable();
        known.dedup();
        let names = store::drivers::names(conn, &known).await?;
        let drivers = store::drivers::of_hub(conn, hub).await?;
        let planned = store::plans::published(conn, hub, day).await?.is_some();
        Ok(Self { duties, vehicles, drivers, names, planned })
    }

    /// A driver's name.
    pub fn name(&self, driver: DriverId) -> String {
        self.names.get(&driver).cloned().unwrap_or_default()
    }
}
