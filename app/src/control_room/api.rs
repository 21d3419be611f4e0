//! What the control room asks for and what may be done there.

use crate::{Fault, codec::Answer};
use chrono::NaiveDate;
use domain::{HubId, ProposalId, RouteId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::control_room::{BoardView, Freedom, MapView, RouteView};

/// The day on one page.
#[server(prefix = "/api", endpoint = "board", input = GetUrl, output = Answer)]
pub async fn board(hub: Option<HubId>) -> Result<BoardView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.board(&caller, hub).await)
}

/// One route with its stops.
#[server(prefix = "/api", endpoint = "route", input = GetUrl, output = Answer)]
pub async fn route(route: RouteId) -> Result<RouteView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.route(&caller, route).await)
}

/// What the map needs before it can draw.
#[server(prefix = "/api", endpoint = "map", input = GetUrl, output = Answer)]
pub async fn map(hub: Option<HubId>) -> Result<MapView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.map(&caller, hub).await)
}

/// Looks for a better plan; answers whether there is one, which the board then shows. Nothing changes until it is accepted.
#[server(prefix = "/api", endpoint = "propose-plan", output = Answer)]
pub async fn propose_plan(#[server(default)] hub: Option<HubId>) -> Result<bool, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.propose_plan(&caller, hub).await.map(|proposal| proposal.is_some()))
}

/// Closes the day that runs, once its vehicles are back.
#[server(prefix = "/api", endpoint = "close-day", output = Answer)]
pub async fn close_day(#[server(default)] hub: Option<HubId>, day: NaiveDate) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.close_day(&caller, hub, day).await)
}

/// Accepts one answer of a proposal, if the day still is as it was when the proposal was made. Answers with the plan's new revision.
#[server(prefix = "/api", endpoint = "accept-proposal", output = Answer)]
pub async fn accept_proposal(proposal: ProposalId, based_on: i32, freedom: Freedom) -> Result<i32, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.accept_proposal(&caller, proposal, based_on, freedom).await)
}

/// Declines a proposal.
#[server(prefix = "/api", endpoint = "decline-proposal", output = Answer)]
pub async fn decline_proposal(proposal: ProposalId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.decline_proposal(&caller, proposal).await)
}
