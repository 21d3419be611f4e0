//! What the figures page asks for. It only reads.

use crate::{Fault, codec::Answer};
use chrono::NaiveDate;
use domain::HubId;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::figures::{FigureKind, FigureRows, FiguresView};

/// One day's figures; today's when no day is named.
#[server(prefix = "/api", endpoint = "figures", input = GetUrl, output = Answer)]
pub async fn figures(hub: Option<HubId>, day: Option<NaiveDate>) -> Result<FiguresView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.figures(&caller, hub, day).await)
}

/// The rows behind a figure.
#[server(name = RowsBehind, prefix = "/api", endpoint = "figure-rows", input = GetUrl, output = Answer)]
pub async fn figure_rows(
    hub: Option<HubId>,
    day: Option<NaiveDate>,
    figure: FigureKind,
    page: u32,
) -> Result<FigureRows, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.figure_rows(&caller, hub, day, figure, page).await)
}
