//! The page behind a one-time sign-in link, and the page for when no page can be made.
//!
//! The link's page asks for one press of a button: whoever merely fetches the address, such as a mail scanner, spends
//! nothing.

use crate::router::House;
use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use operations::Origin;
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
    origin: Option<Extension<Origin>>,
    headers: HeaderMap,
) -> Response {
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    match house.ops.sign_in_by_link(&token, &origin).await {
        Ok(signed) => {
            let mut response = Redirect::to("/").into_response();
            let session = Some(operations::session_cookie(&signed.session));
            let browser = signed.browser.map(|secret| operations::browser_cookie(&secret));
            for cookie in
                session.into_iter().chain(browser).filter_map(|text| HeaderValue::from_str(&text).ok())
            {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(operations::OpsError::LinkSpent) => Redirect::to("/sign-in?link=spent").into_response(),
        Err(e) => refuse(&house, &headers, "/sign-in/link", e.into()),
    }
}

/// Says to a person with a page, and to a program with JSON, that the request did not work.
pub(crate) fn refuse(house: &House, headers: &HeaderMap, path: &str, error: AppError) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let page = accepts.contains("text/html")
        || !(accepts.contains("json") || path.starts_with("/api/") || path.starts_with("/live/"));
    let mut response = if page { sorry(house, error) } else { machine(error) };
    if error == AppError::TooManyTries {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// The same as JSON: what server functions answer, with the code and the message that other doors have.
fn machine(error: AppError) -> Response {
    let mut said = serde_json::to_value(error).unwrap_or_default();
    said["code"] = said["error"].clone();
    said["message"] = sentence(error).1.into();
    (status(error), Json(said)).into_response()
}

fn status(error: AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The page for when no page can be made.
fn sorry(house: &House, error: AppError) -> Response {
    let (title, said) = sentence(error);
    page(house, status(error), title, &format!("<p>{said}</p><p><a href=\"/\">To the front door</a></p>"))
}

fn sentence(error: AppError) -> (&'static str, String) {
    match error {
        AppError::TooManyTries => (
            "Too many tries",
            "Somebody at your address tried to sign in too often. Wait a minute, then try again.".to_owned(),
        ),
        AppError::Busy => (
            "One moment",
            "The database is restarting or out of room. Nothing is lost; try again in a few seconds."
                .to_owned(),
        ),
        AppError::Broken { id } => (
            "Something broke",
            format!("It is our fault and it is logged as error {id}. Load the page again."),
        ),
        _ => ("This did not work", "Load the page again.".to_owned()),
    }
}
