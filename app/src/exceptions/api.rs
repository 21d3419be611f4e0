//! What the exceptions page asks for and what may be done there.

use crate::{Fault, codec::Answer};
use domain::{ExceptionId, HubId};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::staff::exceptions::{QueueFilter, QueueView};

/// The queue, most saveable first: the first page, or the one behind `after`.
#[server(prefix = "/api", endpoint = "queue", input = GetUrl, output = Answer)]
pub async fn queue(
    hub: Option<HubId>,
    filter: QueueFilter,
    after: Option<String>,
) -> Result<QueueView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.queue_behind(&caller, hub, filter, after.as_deref()).await)
}

/// Takes an exception.
#[server(prefix = "/api", endpoint = "claim-exception", output = Answer)]
pub async fn claim(exception: ExceptionId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.claim(&caller, exception).await)
}

/// Puts an own exception back.
#[server(prefix = "/api", endpoint = "release-exception", output = Answer)]
pub async fn release(exception: ExceptionId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.release(&caller, exception).await)
}

/// Ends an exception, saying what was done. Answers with which, so that it can be undone; without scripts the address that
/// follows says so.
#[server(prefix = "/api", endpoint = "resolve-exception", output = Answer)]
pub async fn resolve(exception: ExceptionId, what: String) -> Result<ExceptionId, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.resolve(&caller, exception, what).await)?;
    if plain_form().await.is_some() {
        redirect(&at_same_hub(&format!("/exceptions?undo={exception}")));
    }
    Ok(exception)
}

/// Undoes a resolution. Answers with which.
#[server(prefix = "/api", endpoint = "reopen-exception", output = Answer)]
pub async fn reopen(exception: ExceptionId) -> Result<ExceptionId, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.reopen(&caller, exception).await)?;
    // Elsewhere the page that asked is the one to go back to; this one would offer the undo again.
    if plain_form().await.is_some_and(|from| from.contains("undo=")) {
        redirect(&at_same_hub("/exceptions"));
    }
    Ok(exception)
}

/// The address of the page that sent a form without scripts, which shows the document that is answered; nothing when
/// scripts sent it.
#[cfg(feature = "ssr")]
async fn plain_form() -> Option<String> {
    use axum::http::{
        HeaderMap,
        header::{ACCEPT, REFERER},
    };
    let headers = leptos_axum::extract::<HeaderMap>().await.unwrap_or_default();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text(ACCEPT).contains("text/html").then(|| text(REFERER).to_owned())
}
