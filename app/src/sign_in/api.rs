//! Signing in.

use crate::{Fault, codec::Answer};
use leptos::prelude::*;

/// Checks name and password, sets the session's cookie, and leads to `next` or to the start page.
#[server(prefix = "/api", endpoint = "sign-in", output = Answer)]
pub async fn sign_in(name: String, password: String, next: Option<String>) -> Result<(), Fault> {
    use crate::backend::*;
    if !keeps_secure_cookies() {
        return refuse(wire::AppError::NeedsHttps);
    }
    let signed = answer(operations().await?.sign_in(&name, &password, &origin()).await)?;
    set_cookie(&::operations::session_cookie(&signed.session))?;
    if let Some(browser) = &signed.browser {
        set_cookie(&::operations::browser_cookie(browser))?;
    }
    redirect(next.as_deref().filter(|next| !next.is_empty()).unwrap_or("/"));
    Ok(())
}
