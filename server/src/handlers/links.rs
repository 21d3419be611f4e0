//! The page behind a one-time sign-in link.
//!
//! The link's page asks for one press of a button: whoever merely fetches the address, such as a mail scanner, spends
//! nothing.

use crate::answers::{
    plain_page::{page, refuse},
    state::AppState,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use operations::{OpsError, Origin};
use wire::AccountFault;

/// Asks to press the button.
pub(crate) async fn show(State(state): State<AppState>) -> Response {
    let body = "<form method=\"post\" class=\"stack\"><p>This link signs you in once.</p>\
                <button type=\"submit\" class=\"button primary\">Sign in</button></form>";
    page(&state, StatusCode::OK, "Sign in", body)
}

/// Spends the link and opens a session.
pub(crate) async fn spend(
    State(state): State<AppState>,
    Path(token): Path<String>,
    origin: Option<Extension<Origin>>,
    headers: HeaderMap,
) -> Response {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    match state.ops.sign_in_by_link(&token, &origin).await {
        Ok(signed) => {
            let to = if signed.sets_password { "/account?welcome=1" } else { "/" };
            let mut response = Redirect::to(to).into_response();
            let session = Some(operations::session_cookie(&signed.session));
            let browser = signed.browser.map(|secret| operations::browser_cookie(&secret));
            for cookie in
                session.into_iter().chain(browser).filter_map(|text| HeaderValue::from_str(&text).ok())
            {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(OpsError::LinkSpent) => Redirect::to("/sign-in?link=spent").into_response(),
        Err(OpsError::Account(AccountFault::NoHubs)) => Redirect::to("/sign-in?hub=none").into_response(),
        Err(e) => refuse(&state, &headers, "/sign-in/link", e.into()),
    }
}
