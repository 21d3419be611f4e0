//! What the day has come to, for machines; and the round that keeps the live picture true.

use crate::{
    Caller, Operations, Result,
    day::board::{DayBook, counts},
    live::{Resume, Viewer},
};
use wire::machine::Stats;

impl Operations {
    /// Numbers by which a machine can tell that the day runs.
    pub async fn stats(&self, caller: &Caller) -> Result<Stats> {
        caller.must_be_machine()?;
        let mut conn = self.0.database.read().await?;
        let hub = self.hub(&mut conn).await?;
        Ok(Stats {
            vans: store::vehicles::of_hub(&mut conn, hub.id).await?.len() as i64,
            moved: self.0.live.moved_count(),
            stored: store::positions::about(&mut conn).await?,
            events: store::events::about(&mut conn).await?,
        })
    }

    /// Opens the live feed for a screen, from where it was if it says where.
    pub async fn view(&self, caller: &Caller, resume: Option<Resume>) -> Result<Viewer> {
        caller.must(domain::Ability::SeeDay)?;
        let (_, zone) = self.hub_and_zone(&mut *self.0.database.read().await?).await?;
        Ok(self.0.live.viewer(zone, self.0.clock, self.0.build.clone(), resume))
    }

    /// One round of the worker that keeps the live picture equal to the database. Says whether anything was read.
    pub async fn refresh_live(&self) -> Result<bool> {
        let dirty = self.0.live.take_dirty();
        if dirty.is_clean() {
            return Ok(false);
        }
        let read = self.read_live(&dirty).await;
        if read.is_err() {
            self.0.live.give_back(dirty);
        }
        read.map(|()| true)
    }

    async fn read_live(&self, dirty: &crate::live::Dirty) -> Result<()> {
        let mut conn = self.0.database.read().await?;
        let (hub, zone) = self.hub_and_zone(&mut conn).await?;
        let day = self.running_day(&mut conn, &hub, zone).await?;
        let waiting = store::orders::waiting(&mut conn, hub.id, day).await?;
        let exceptions = store::exceptions::unresolved(&mut conn, hub.id, day).await?;
        if dirty.all || !dirty.routes.is_empty() {
            let only: Vec<_> = dirty.routes.iter().copied().collect();
            let book = DayBook::read(self, &mut conn, (!dirty.all).then_some(only.as_slice())).await?;
            let changed = book.routes.iter().filter(|r| dirty.all || dirty.routes.contains(&r.id));
            let changed: Vec<_> = changed.filter_map(|r| book.row(r)).collect();
            let labels: Vec<_> = book.vehicles.values().map(|v| (v.id, v.label.clone())).collect();
            if dirty.all {
                let newest: Vec<_> = book.latest.values().copied().collect();
                self.0.live.moved(&newest);
            }
            self.0.live.show(changed, None, &labels, dirty.all);
        }
        let strip = counts(&self.0.live.rows(), waiting, exceptions);
        self.0.live.show(vec![], Some(strip), &[], false);
        Ok(())
    }
}
