//! What the deliveries page asks for and what may be done there.

use crate::{Fault, codec::Answer};
use chrono::{DateTime, Utc};
use domain::{HubId, OrderId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::deliveries::{HitsView, OrderView, SlotsView};

/// Orders that match a reference, name, phone or address.
#[server(prefix = "/api", endpoint = "find-orders", input = GetUrl, output = Answer)]
pub async fn find_orders(text: String, page: u32) -> Result<HitsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.find_orders(&caller, &text, page).await)
}

/// The orders of today that wait for a plan.
#[server(prefix = "/api", endpoint = "waiting-orders", input = GetUrl, output = Answer)]
pub async fn waiting_orders(hub: Option<HubId>, page: u32) -> Result<HitsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.waiting_orders(&caller, hub, page).await)
}

/// One order's whole story.
#[server(prefix = "/api", endpoint = "order", input = GetUrl, output = Answer)]
pub async fn order(order: OrderId) -> Result<OrderView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.order(&caller, order).await)
}

/// The windows that the order can really move to. May take a second: each is tried on the live plan.
#[server(prefix = "/api", endpoint = "slots", input = GetUrl, output = Answer)]
pub async fn slots(order: OrderId) -> Result<SlotsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.slots(&caller, order).await)
}

/// Promises another window, if what was shown of it still holds, and leads back to the order.
#[server(prefix = "/api", endpoint = "reschedule-order", output = Answer)]
pub async fn reschedule(
    order: OrderId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    quote: Option<String>,
) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.reschedule(&caller, order, (from, until), quote.as_deref()).await)?;
    redirect(&at_same_hub(&format!("/deliveries/{order}?done=moved")));
    Ok(())
}

/// Cancels an order for good, and leads back to it.
#[server(prefix = "/api", endpoint = "cancel-order", output = Answer)]
pub async fn cancel_order(order: OrderId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.cancel_order(&caller, order).await)?;
    redirect(&at_same_hub(&format!("/deliveries/{order}")));
    Ok(())
}
