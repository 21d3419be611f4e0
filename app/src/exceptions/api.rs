//! What the exceptions room asks for and what may be done there.

use crate::{Fault, codec::Answer};
use domain::ExceptionId;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use wire::exceptions::{QueueFilter, QueueView};

/// The queue, most saveable first: the first page, or the one behind `after`.
#[server(prefix = "/api", endpoint = "queue", input = GetUrl, output = Answer)]
pub async fn queue(filter: QueueFilter, after: Option<String>) -> Result<QueueView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.queue_behind(&caller, filter, after.as_deref()).await)
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
    if is_plain_form().await {
        redirect(&format!("/exceptions?undo={exception}"));
    }
    Ok(exception)
}

/// Undoes a resolution. Answers with which.
#[server(prefix = "/api", endpoint = "reopen-exception", output = Answer)]
pub async fn reopen(exception: ExceptionId) -> Result<ExceptionId, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.reopen(&caller, exception).await)?;
    if is_plain_form().await {
        redirect("/exceptions");
    }
    Ok(exception)
}

/// Whether a form was sent by a page without scripts, which shows the document that is answered.
#[cfg(feature = "ssr")]
async fn is_plain_form() -> bool {
    let headers = leptos_axum::extract::<axum::http::HeaderMap>().await.unwrap_or_default();
    let accepts = headers.get(axum::http::header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}
