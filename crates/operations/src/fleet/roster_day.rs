//! What is read of a hub's roster of one day to show it and to judge what a form says.

use super::duties::Duties;
use crate::{Result, sites::hubs::Site};
use domain::{Day, DriverId, HubDriver, Vehicle};
use std::collections::HashMap;
use store::Conn;

/// All that the page shows of a day.
pub(super) struct DayRoster {
    pub duties: Duties,
    pub vehicles: Vec<Vehicle>,
    pub drivers: Vec<HubDriver>,
    pub names: HashMap<DriverId, String>,
    pub planned: bool,
}

impl DayRoster {
    pub async fn read(conn: &mut Conn, site: &Site, day: Day) -> Result<Self> {
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
