//! What the roads page asks for and what may be done there.

use crate::{Fault, codec::Answer};
use domain::{ClosureId, HubId, VehicleKind, Weather};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::roads::RoadsView;

/// The roads on one page.
#[server(prefix = "/api", endpoint = "roads", input = GetUrl, output = Answer)]
pub async fn roads(hub: Option<HubId>) -> Result<RoadsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.roads(&caller, hub).await)
}

/// Closes a road, or an area. The kinds of vehicle come as boxes that are ticked; none when none is.
#[server(prefix = "/api", endpoint = "close-road", output = Answer)]
pub async fn close_road(
    #[server(default)] hub: Option<HubId>,
    shape: String,
    places: String,
    reason: String,
    until: String,
    #[server(default)] bars: Vec<VehicleKind>,
) -> Result<ClosureId, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let Ok(until) = chrono::NaiveDateTime::parse_from_str(&until, "%Y-%m-%dT%H:%M") else {
        return refuse(wire::AppError::ClosureIncomplete);
    };
    let ask = wire::staff::roads::CloseRoad { area: shape == "area", places, reason, bars, until };
    answer(operations().await?.close_road(&caller, hub, ask).await)
}

/// Ends a closure before its time.
#[server(prefix = "/api", endpoint = "lift-closure", output = Answer)]
pub async fn lift_closure(closure: ClosureId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.lift_closure(&caller, closure).await)
}

/// Says what the weather is.
#[server(prefix = "/api", endpoint = "set-weather", output = Answer)]
pub async fn set_weather(#[server(default)] hub: Option<HubId>, weather: Weather) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.set_weather(&caller, hub, weather).await)
}
