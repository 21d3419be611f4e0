//! What the day has come to, for machines.

use crate::{Caller, Operations, OpsError, Result};
use wire::machine::Stats;

impl Operations {
    /// Numbers by which a machine can tell that the day runs, of all hubs together.
    pub async fn stats(&self, caller: &Caller) -> Result<Stats> {
        caller.must_be_machine()?;
        let sites = self.sites().await?;
        if sites.is_empty() {
            return Err(OpsError::NoHub);
        }
        let mut conn = self.0.database.read().await?;
        let (mut vans, mut moved) = (0, 0);
        for site in sites.iter() {
            vans += store::vehicles::of_hub(&mut conn, site.hub.id).await?.len() as i64;
            moved += self.0.live.of(site.hub.id).moved_count();
        }
        Ok(Stats {
            vans,
            moved,
            stored: store::positions::about(&mut conn).await?,
            events: store::events::about(&mut conn).await?,
        })
    }
}
