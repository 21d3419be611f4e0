//! What every page may do: sign out, and choose the theme.

use crate::{Fault, codec::Answer};
use leptos::prelude::*;

/// Ends the session and leads to the sign-in page.
#[server(prefix = "/api", endpoint = "sign-out", output = Answer)]
pub async fn sign_out() -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.sign_out(&caller).await)?;
    set_cookie(&::operations::expired_session_cookie())?;
    redirect("/sign-in");
    Ok(())
}

/// Remembers the theme in a cookie for a year. Needs nobody to be signed in.
#[server(prefix = "/api", endpoint = "theme", output = Answer)]
pub async fn choose_theme(theme: String) -> Result<(), Fault> {
    use crate::{backend::*, session};
    let theme = session::Theme::parse(&theme).code();
    let secure = if keeps_secure_cookies() { "; Secure" } else { "" };
    let name = session::THEME_COOKIE;
    set_cookie(&format!("{name}={theme}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}"))
}
