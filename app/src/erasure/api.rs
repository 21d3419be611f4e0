//! What the page of erasures asks for, and what may be done there.

use crate::{Fault, codec::Answer};
use domain::OrderId;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::{
    deliveries::HitsView,
    erasure::{ErasuresView, RecipientView},
};

/// Orders that match what was looked for.
#[server(prefix = "/api", endpoint = "erasable-orders", input = GetUrl, output = Answer)]
pub async fn erasable_orders(text: String, page: u32) -> Result<HitsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.find_erasable(&caller, &text, page).await)
}

/// The recipient of an order, with what an erasure would take away. `left` are ids of orders, with commas between.
#[server(prefix = "/api", endpoint = "recipient", input = GetUrl, output = Answer)]
pub async fn recipient(order: OrderId, left: String) -> Result<RecipientView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    let left: Vec<_> = left.split(',').filter_map(|id| id.parse().ok()).collect();
    answer(operations().await?.recipient(&caller, order, &left).await)
}

/// Who was erased.
#[server(prefix = "/api", endpoint = "erasures", input = GetUrl, output = Answer)]
pub async fn erasures(page: u32) -> Result<ErasuresView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.erasures(&caller, page).await)
}

/// Erases a recipient, and leads back to the page, which says what came of it.
#[server(prefix = "/api", endpoint = "erase-recipient", output = Answer)]
pub async fn erase_recipient(
    order: OrderId,
    #[server(default)] all: bool,
    typed: String,
) -> Result<(), Fault> {
    use crate::backend::*;
    use wire::staff::erasure::{EraseOutcome, EraseRecipient};
    let caller = caller().await?;
    let ask = EraseRecipient { order, all, typed };
    let came = match answer(operations().await?.erase_confirmed(&caller, ask).await)? {
        EraseOutcome::NotConfirmed => "came=not-confirmed".to_owned(),
        EraseOutcome::StillOpen => "came=open".to_owned(),
        EraseOutcome::Erased { orders, left } => {
            let left: Vec<_> = left.iter().take(20).map(ToString::to_string).collect();
            format!("came=erased&orders={orders}&left={}", left.join(","))
        }
    };
    redirect(&at_same_hub(&format!("/erase?order={order}&{came}")));
    Ok(())
}
