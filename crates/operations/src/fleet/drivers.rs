//! Drivers of a hub: added, renamed, marked as left, and given a vehicle that they usually drive.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, clock::new_id, convert::day_name, work::Work},
    fleet::rosters::{MOST_LINES, beside, may_plan, running},
    sites::hubs::Site,
};
use domain::{Ability, Driver, DriverId, Fact, HubDriver, HubId, JoinedVehicle, VehicleId};
use store::{drivers, locks::RosterLock, vehicles};
use wire::roster::{SaveDriver, Saved, SavedAnswer, SavedStatus};

/// How long a driver's name may be.
const MOST_NAME: usize = 80;

impl Operations {
    /// Adds and changes drivers, each for itself; answers what became of each.
    pub async fn save_drivers(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        asks: Vec<SaveDriver>,
    ) -> Result<SavedAnswer> {
        if asks.len() > MOST_LINES {
            return Err(OpsError::Invalid(format!("send at most {MOST_LINES} drivers in one request")));
        }
        may_plan(caller, Ability::Dispatch)?;
        self.site_for(caller, hub).await?;
        let mut results = vec![];
        for ask in asks {
            results.push(beside(self.save_driver(caller, hub, ask).await)?);
        }
        Ok(SavedAnswer { results })
    }

    /// Adds a driver, or changes one. Who is in the roster from today on, or usually drives a vehicle, cannot leave.
    pub async fn save_driver(&self, caller: &Caller, hub: Option<HubId>, ask: SaveDriver) -> Result<Saved> {
        may_plan(caller, Ability::Dispatch)?;
        let site = self.site_for(caller, hub).await?;
        let name = bounds::text("name", &ask.name, MOST_NAME).map_err(OpsError::Invalid)?;
        let ask = SaveDriver { name, ..ask };
        once_more!(self.save_driver_once(caller, &site, ask.clone()).await)
    }

    async fn save_driver_once(&self, caller: &Caller, site: &Site, ask: SaveDriver) -> Result<Saved> {
        let hub = site.hub.id;
        let mut work = self.begin(caller, hub).await?;
        RosterLock::take(&mut work.tx).await?;
        let before = known(&mut work, hub, &ask).await?;
        let id = before.as_ref().map(|b| b.driver.id).or(ask.id).unwrap_or_else(|| DriverId(new_id()));
        let wanted = HubDriver { driver: Driver { id, name: ask.name }, hub, left_at: None };
        let since = before.as_ref().and_then(|b| b.left_at).unwrap_or(work.now);
        let wanted = if ask.left { wanted.leave(since) } else { wanted };
        let mut result = SavedStatus::Known;
        if before.as_ref() != Some(&wanted) {
            if ask.left {
                may_leave(&mut work, site, &wanted.driver).await?;
            }
            drivers::save(&mut work.tx, &wanted).await?;
            result = SavedStatus::Saved;
        }
        if let Some(vehicle) = ask.usually_drives
            && takes_over(&mut work, site, &wanted, vehicle).await?
        {
            result = SavedStatus::Saved;
        }
        if result == SavedStatus::Saved {
            work.touched.all = true;
            self.0.pauses.at("driver").await;
            work.commit().await?;
        }
        Ok(Saved { result, shift: None, driver: Some(id), why: None })
    }
}

/// The driver who is meant: the one with the id, or else the one of that name who works at the hub.
async fn known(work: &mut Work<'_>, hub: HubId, ask: &SaveDriver) -> Result<Option<HubDriver>> {
    let Some(id) = ask.id else {
        let all = drivers::of_hub(&mut work.tx, hub).await?;
        return Ok(all.into_iter().find(|d| d.driver.name == ask.name && d.left_at.is_none()));
    };
    match drivers::get(&mut work.tx, id).await? {
        Some(known) if known.hub != hub => {
            Err(OpsError::Invalid("id: a driver of another hub has it; leave it out for a new driver".into()))
        }
        known => Ok(known),
    }
}

/// Refuses to let somebody go who is still counted on.
async fn may_leave(work: &mut Work<'_>, site: &Site, driver: &Driver) -> Result<()> {
    let name = &driver.name;
    let fleet = vehicles::of_hub(&mut work.tx, site.hub.id).await?;
    if let Some(vehicle) = fleet.iter().find(|v| v.driver.id == driver.id) {
        return Err(OpsError::Invalid(format!(
            "left: {name} usually drives {}; give that vehicle another usual driver first",
            vehicle.label
        )));
    }
    let today = running(&mut work.tx, site, work.now).await?;
    match store::shifts::last_of(&mut work.tx, driver.id).await? {
        Some(last) if last >= today => Err(OpsError::Invalid(format!(
            "left: {name} is in the roster until {}; give these shifts to somebody else first",
            day_name(last)
        ))),
        _ => Ok(()),
    }
}

/// Makes somebody the usual driver of a vehicle; answers whether that is new.
async fn takes_over(work: &mut Work<'_>, site: &Site, driver: &HubDriver, id: VehicleId) -> Result<bool> {
    let hub = site.hub.id;
    if driver.left_at.is_some() {
        return Err(OpsError::Invalid("usually_drives: who has left drives nothing; leave it out".into()));
    }
    let vehicle = vehicles::lock(&mut work.tx, id).await?.filter(|v| v.hub == hub);
    let mut vehicle = vehicle
        .ok_or_else(|| OpsError::Invalid("usually_drives: this hub has no vehicle with this id".into()))?;
    if vehicle.driver.id == driver.driver.id {
        return Ok(false);
    }
    let today = site.zone.day(work.now);
    let (from, until) = site.zone.shift(today, &vehicle);
    let fleet = vehicles::of_hub(&mut work.tx, hub).await?;
    let other = fleet.iter().filter(|v| v.driver.id == driver.driver.id).find(|v| {
        let (begins, ends) = site.zone.shift(today, v);
        begins < until && ends > from
    });
    if let Some(other) = other {
        return Err(OpsError::Invalid(format!(
            "usually_drives: {} usually drives {} in the same hours; give that vehicle another usual driver first",
            driver.driver.name, other.label
        )));
    }
    vehicle.driver = driver.driver.clone();
    vehicles::save(&mut work.tx, &vehicle).await?;
    work.happened(Fact::VehicleJoined { vehicle: Box::new(JoinedVehicle::of(&vehicle)) });
    Ok(true)
}
