//! What the zones' page asks for, and what may be changed there.

use crate::{Fault, codec::Answer};
use domain::{HubId, ZoneId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::zones::ZonesView;

/// The zones, with what came of the last change as the address has it.
#[server(prefix = "/api", endpoint = "zones", input = GetUrl, output = Answer)]
pub async fn zones(hub: Option<HubId>, said: String) -> Result<ZonesView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    let said = serde_json::from_str(&said).unwrap_or_default();
    answer(operations().await?.zones(&caller, hub, said).await)
}

/// Draws what is in a file, and leads back to the page, which says what came of each.
#[server(prefix = "/api", endpoint = "import-zones", output = Answer)]
pub async fn import_zones(hub: HubId, geojson: String) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    after(&answer(operations().await?.import_zones_as_text(&caller, Some(hub), &geojson).await)?)
}

/// Draws one zone by its corners.
#[server(prefix = "/api", endpoint = "draw-zone", output = Answer)]
pub async fn draw_zone(
    hub: HubId,
    name: String,
    places: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let ask = wire::staff::zones::DrawZone { name, places, from, until };
    after(&answer(operations().await?.draw_zone(&caller, Some(hub), ask).await)?)
}

/// Lets a zone end.
#[server(prefix = "/api", endpoint = "end-zone", output = Answer)]
pub async fn end_zone(zone: ZoneId, day: String) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let Some(day) = crate::format::parse_day(&day) else { return refuse(wire::AppError::Invalid) };
    after(&answer(operations().await?.end_zone(&caller, zone, day).await)?)
}

/// Leads to the page that says what came of a change: the address reads the same with and without scripts.
#[cfg(feature = "ssr")]
fn after(said: &wire::staff::zones::ZonesSaid) -> Result<(), Fault> {
    let text = serde_json::to_string(said).unwrap_or_default();
    let path = format!("/zones?said={}", leptos_router::location::Url::escape(&text));
    crate::backend::redirect(&crate::backend::at_same_hub(&path));
    Ok(())
}
