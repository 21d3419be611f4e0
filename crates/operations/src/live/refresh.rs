//! Keeping the live picture equal to the database, while somebody looks at it.

use super::{Dirty, Live, Resume, Viewer};
use crate::{
    Caller, Operations, Result,
    day::{board::counts, book::DayBook},
    sites::hubs::{Rounds, Site},
};
use domain::HubId;

impl Operations {
    /// Opens the live feed for a screen, from where it was if it says where.
    pub async fn view(&self, caller: &Caller, hub: Option<HubId>, resume: Option<Resume>) -> Result<Viewer> {
        caller.must(domain::Ability::SeeDay)?;
        let site = self.site_for(caller, hub).await?;
        self.refresh_live_at(&site).await?;
        Ok(self.0.live.of(site.hub.id).viewer(site.zone, self.0.clock, self.0.build.clone(), resume))
    }

    /// One round of the worker that keeps the pictures that somebody looks at equal to the database. Says whether anything was
    /// read. A picture that nobody looks at is read when its next viewer comes.
    pub async fn refresh_live(&self) -> Result<bool> {
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter().filter(|site| self.0.live.of(site.hub.id).has_viewers()) {
            rounds.note(site, self.refresh_live_at(site).await);
        }
        Ok(rounds.end()?.contains(&true))
    }

    async fn refresh_live_at(&self, site: &Site) -> Result<bool> {
        let live = self.0.live.of(site.hub.id);
        let _turn = live.turn().await;
        let dirty = live.take_dirty();
        if dirty.is_clean() {
            return Ok(false);
        }
        let read = self.read_live(site, &live, &dirty).await;
        if read.is_err() {
            live.give_back(dirty);
        }
        read.map(|()| true)
    }

    async fn read_live(&self, site: &Site, live: &Live, dirty: &Dirty) -> Result<()> {
        let mut conn = self.0.database.read().await?;
        let hub = &site.hub;
        let day = self.running_day(&mut conn, site, self.now()).await?;
        let waiting = store::orders::waiting(&mut conn, hub.id, day).await?;
        let exceptions = store::exceptions::unresolved(&mut conn, hub.id, day).await?;
        if dirty.all || !dirty.routes.is_empty() {
            let only: Vec<_> = dirty.routes.iter().copied().collect();
            let book = DayBook::read(self, &mut conn, site, (!dirty.all).then_some(only.as_slice())).await?;
            let changed = book.routes.iter().filter(|r| dirty.all || dirty.routes.contains(&r.id));
            let changed: Vec<_> = changed.filter_map(|r| book.row(r)).collect();
            let labels: Vec<_> = book.vehicles.values().map(|v| (v.id, v.label.clone())).collect();
            if dirty.all {
                let newest: Vec<_> = book.latest.values().copied().collect();
                live.moved(&newest);
                let silent = book.vehicles.keys().filter(|vehicle| !book.latest.contains_key(*vehicle));
                let waiting: Vec<_> = silent.filter_map(|vehicle| book.place_of(*vehicle)).collect();
                live.wait(&waiting);
            }
            live.show(changed, None, &labels, dirty.all);
        }
        let strip = counts(&live.rows(), waiting, exceptions);
        live.show(vec![], Some(strip), &[], false);
        Ok(())
    }
}
