//! Which hub a verb is at: the one that was asked for, or the caller's own.

use crate::{Caller, Operations, OpsError, Result, base::zone::Zone};
use domain::{Hub, HubId, Instant};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use wire::{Moment, staff::session::HubChoice};

/// A hub and the clocks on its walls.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub hub: Hub,
    pub zone: Zone,
}

/// The hubs as they were read last; nothing before the first reading.
#[derive(Default)]
pub(crate) struct KnownHubs(RwLock<Arc<[Site]>>);

impl KnownHubs {
    fn get(&self) -> Arc<[Site]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, sites: Arc<[Site]>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = sites;
    }
}

/// A value for each hub that workers work out and verbs use.
pub(crate) struct PerHub<T>(Mutex<HashMap<HubId, Arc<T>>>);

impl<T> Default for PerHub<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> PerHub<T> {
    /// What was worked out last; nothing before the first time.
    pub fn get(&self, hub: HubId) -> Option<Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&hub).cloned()
    }

    pub fn set(&self, hub: HubId, value: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(hub, Arc::new(value));
    }
}

/// How a worker's round went at each hub. One hub's trouble keeps no other waiting.
pub(crate) struct Rounds<T> {
    results: Vec<T>,
    fault: Option<OpsError>,
}

impl<T> Default for Rounds<T> {
    fn default() -> Self {
        Self { results: vec![], fault: None }
    }
}

impl<T> Rounds<T> {
    /// Notes how it went at one hub.
    pub fn note(&mut self, site: &Site, round: Result<T>) {
        match round {
            Ok(result) => self.results.push(result),
            Err(fault) => {
                if self.fault.is_some() {
                    tracing::error!(hub = %site.hub.id, "a round failed at this hub too: {fault}");
                }
                self.fault.get_or_insert(fault);
            }
        }
    }

    /// The results; the first trouble if there was any.
    pub fn end(self) -> Result<Vec<T>> {
        match self.fault {
            None => Ok(self.results),
            Some(fault) => Err(fault),
        }
    }
}

impl Operations {
    /// Every hub, oldest first. They hardly ever change, so they are kept; a round of a worker reads them again.
    pub(crate) async fn sites(&self) -> Result<Arc<[Site]>> {
        let known = self.0.hubs.get();
        if known.is_empty() { self.read_sites().await } else { Ok(known) }
    }

    /// Every hub as the database has it now.
    pub(crate) async fn read_sites(&self) -> Result<Arc<[Site]>> {
        let mut sites = vec![];
        for hub in store::hubs::all(&mut *self.0.database.read().await?).await? {
            let zone = Zone::parse(&hub.zone)?;
            sites.push(Site { hub, zone });
        }
        let sites: Arc<[Site]> = sites.into();
        self.0.hubs.set(sites.clone());
        Ok(sites)
    }

    /// The hub of something that is known to belong to it.
    pub(crate) async fn site_of(&self, hub: HubId) -> Result<Site> {
        let find = |sites: &[Site]| sites.iter().find(|site| site.hub.id == hub).cloned();
        match find(&self.sites().await?) {
            Some(site) => Ok(site),
            // It may have been set up through another server.
            None => find(&self.read_sites().await?).ok_or(OpsError::NotFound),
        }
    }

    /// The hub that the caller asks for, if it is within reach; without a question the oldest that is.
    pub(crate) async fn site_for(&self, caller: &Caller, asked: Option<HubId>) -> Result<Site> {
        if let Some(hub) = asked {
            let site = async {
                caller.reach(hub)?;
                self.site_of(hub).await
            };
            return site.await.map_err(|error| match error {
                OpsError::NotFound => OpsError::NoSuchHub,
                error => error,
            });
        }
        let sites = self.sites().await?;
        if sites.is_empty() {
            return Err(OpsError::NoHub);
        }
        sites.iter().find(|site| caller.scope.reaches(site.hub.id)).cloned().ok_or(OpsError::NotFound)
    }

    /// Whether there is such a hub within the caller's reach.
    pub async fn may_see_hub(&self, caller: &Caller, hub: HubId) -> Result<bool> {
        match self.site_for(caller, Some(hub)).await {
            Ok(_) => Ok(true),
            Err(OpsError::NoSuchHub) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A moment by the clocks of a hub.
    pub async fn by_the_clock_of(&self, hub: HubId, at: Instant) -> Result<Moment> {
        Ok(self.site_of(hub).await?.zone.moment(at))
    }

    /// The hubs within the caller's reach, oldest first, as they were read last: for the choice on every page.
    pub fn hubs_within_reach(&self, caller: &Caller) -> Vec<HubChoice> {
        let sites = self.0.hubs.get();
        let within = sites.iter().filter(|site| caller.scope.reaches(site.hub.id));
        within.map(|site| HubChoice { id: site.hub.id, name: site.hub.name.clone() }).collect()
    }
}
