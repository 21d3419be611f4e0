//! What the day has come to, for machines.

use crate::{Caller, Operations, Result};
use domain::HubId;
use wire::machine::Stats;

impl Operations {
    /// Numbers by which a machine can tell that the day runs.
    pub async fn stats(&self, caller: &Caller, hub: Option<HubId>) -> Result<Stats> {
        caller.must_be_machine()?;
        let mut conn = self.0.database.read().await?;
        let hub = self.site_for(caller, hub).await?.hub;
        Ok(Stats {
            vans: store::vehicles::of_hub(&mut conn, hub.id).await?.len() as i64,
            moved: self.0.live.of(hub.id).moved_count(),
            stored: store::positions::about(&mut conn).await?,
            events: store::events::about(&mut conn).await?,
        })
    }
}
