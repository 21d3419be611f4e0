//! Pages that need no scripts and no data, and the one for when no page can be made.

use crate::answers::state::AppState;
use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use wire::{AppError, staff::session::HubChoice};

/// So much is said again of what cannot be a hub.
const MOST_ASKED: usize = 60;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

pub(crate) fn page(state: &AppState, status: StatusCode, title: &str, body: &str) -> Response {
    let css = format!("/{}/doorstep.css", state.assets);
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

/// Says that the address names no hub that its reader may see, and offers those that are; `path` is kept.
pub(crate) fn no_such_hub(state: &AppState, path: &str, asked: &str, hubs: &[HubChoice]) -> Response {
    let (path, asked) = (escaped(path), escaped(&asked.chars().take(MOST_ASKED).collect::<String>()));
    let choice = |hub: &HubChoice| {
        format!("<li><a class=\"button\" href=\"{path}?hub={}\">{}</a></li>", hub.id, escaped(&hub.name))
    };
    let choices: String = hubs.iter().map(choice).collect();
    let body = if choices.is_empty() {
        format!("<p>There is no hub {asked} that you may see.</p><p><a href=\"/\">To the start page</a></p>")
    } else {
        format!(
            "<p>There is no hub {asked} that you may see. Choose one:</p><ul class=\"choices\">{choices}</ul>"
        )
    };
    page(state, StatusCode::NOT_FOUND, "No such hub", &body)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Says to a person with a page, and to a program with JSON, that the request did not work.
pub(crate) fn refuse(state: &AppState, headers: &HeaderMap, path: &str, error: AppError) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let page = accepts.contains("text/html")
        || !(accepts.contains("json") || path.starts_with("/api/") || path.starts_with("/live/"));
    let mut response = if page { sorry(state, error) } else { machine(error) };
    if error == AppError::TooManyTries {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// The same as JSON: what server functions answer, with the code and the message that other endpoints have.
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
fn sorry(state: &AppState, error: AppError) -> Response {
    let (title, said) = sentence(error);
    page(state, status(error), title, &format!("<p>{said}</p><p><a href=\"/\">To the start page</a></p>"))
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
