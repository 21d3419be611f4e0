//! What the zones' page asks for, and what may be changed there.
//!
//! What came of a change is in the address that follows; what was typed and refused goes there by a cookie.

use crate::{Fault, codec::Answer};
use domain::{HubId, ZoneId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use wire::staff::zones::{DrawZone as Drawn, ZonesView};

/// What was typed into a form of this page and refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// For which hub.
    pub hub: Option<HubId>,
    /// The text of a file.
    pub geojson: Option<String>,
    /// A zone by its corners.
    pub drawn: Option<Drawn>,
    /// Whether the text, or the corners, were too long to be kept.
    pub cut: bool,
}

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
    let said = answer(operations().await?.import_zones_as_text(&caller, Some(hub), &geojson).await)?;
    kept_if_refused(&said, Typed { hub: Some(hub), geojson: Some(geojson), ..Typed::default() })?;
    after(&said)
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
    let ask = Drawn { name, places, from, until };
    let said = answer(operations().await?.draw_zone(&caller, Some(hub), ask.clone()).await)?;
    kept_if_refused(&said, Typed { hub: Some(hub), drawn: Some(ask), ..Typed::default() })?;
    after(&said)
}

/// Lets a zone end.
#[server(prefix = "/api", endpoint = "end-zone", output = Answer)]
pub async fn end_zone(zone: ZoneId, day: String) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let Some(day) = crate::format::parse_day(&day) else { return refuse(wire::AppError::Invalid) };
    after(&answer(operations().await?.end_zone(&caller, zone, day).await)?)
}

const TYPED_COOKIE: &str = "__Host-zones";

/// Keeps what was typed for the page that follows a refusal; of what is too long all but the file or the corners.
#[cfg(feature = "ssr")]
fn kept_if_refused(said: &wire::staff::zones::ZonesSaid, typed: Typed) -> Result<(), Fault> {
    if said.refused.is_empty() || crate::backend::hand_on(TYPED_COOKIE, &typed)? {
        return Ok(());
    }
    let drawn = typed.drawn.map(|drawn| Drawn { places: String::new(), ..drawn });
    let cut = Typed { geojson: typed.geojson.map(|_| String::new()), drawn, cut: true, ..typed };
    crate::backend::hand_on(TYPED_COOKIE, &cut).map(|_| ())
}

/// What was typed before this page and refused; asking uses it up.
pub fn typed() -> Typed {
    crate::backend::handed_on(TYPED_COOKIE).unwrap_or_default()
}

/// Leads to the page that says what came of a change: the address reads the same with and without scripts.
#[cfg(feature = "ssr")]
fn after(said: &wire::staff::zones::ZonesSaid) -> Result<(), Fault> {
    let text = serde_json::to_string(said).unwrap_or_default();
    let path = format!("/zones?said={}", leptos_router::location::Url::escape(&text));
    crate::backend::redirect(&crate::backend::at_same_hub(&path));
    Ok(())
}
