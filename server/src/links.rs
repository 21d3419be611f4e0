//! The page behind a one-time sign-in link, and the page for when no page can be made.
//!
//! The link's page asks for one press of a button: whoever merely fetches the address, such as a mail scanner, spends
//! nothing.

use crate::router::House;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use wire::AppError;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

fn page(house: &House, status: StatusCode, title: &str, body: &str) -> Response {
    let css = format!("/{}/doorstep.css", house.assets);
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title} · Doorstep</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body><main id=\"main\" class=\"alone sign-in\"><p class=\"brand\"><span>Doorstep</span></p>\
         <h1>{title}</h1>{body}</main></body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Asks to press the button.
pub(crate) async fn show(State(house): State<House>) -> Response {
    let body = "<form method=\"post\" class=\"stack\"><p>This link signs you in once.</p>\
                <button type=\"submit\" class=\"button primary\">Sign in</button></form>";
    page(&house, StatusCode::OK, "Sign in", body)
}

/// Spends the link and opens a session.
pub(crate) async fn spend(
    State(house): State<House>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match house.ops.sign_in_by_link(&token, agent).await {
        Ok(secret) => {
            let mut response = Redirect::to("/").into_response();
            if let Ok(cookie) = HeaderValue::from_str(&operations::session_cookie(&secret)) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(operations::OpsError::LinkSpent) => Redirect::to("/sign-in?link=spent").into_response(),
        Err(e) => sorry(&house, e.into()),
    }
}

/// The page for when no page can be made.
pub(crate) fn sorry(house: &House, error: AppError) -> Response {
    let (title, said) = match error {
        AppError::TooManyTries => (
            "Too many tries",
            "Somebody at your address tried to sign in too often. Wait a minute, then try again.".to_owned(),
        ),
        AppError::Busy => (
            "One moment",
            "The database is restarting. Nothing is lost; load the page again in a few seconds.".to_owned(),
        ),
        AppError::Broken { id } => (
            "Something broke",
            format!("It is our fault and it is logged as error {id}. Load the page again."),
        ),
        _ => ("This did not work", "Load the page again.".to_owned()),
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(house, status, title, &format!("<p>{said}</p><p><a href=\"/\">To the front door</a></p>"))
}
