//! Who comes in: the session of the request, and no forged forms.

use crate::{links, problem::Problem, router::House};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use operations::{Caller, SESSION_COOKIE};
use std::net::SocketAddr;

/// Reads the session's cookie and puts `Option<Caller>` into the request.
pub(crate) async fn read_session(State(house): State<House>, mut request: Request, next: Next) -> Response {
    let caller = match session_secret(request.headers()) {
        Some(secret) => match house.ops.who(&secret).await {
            Ok(caller) => caller,
            Err(e) => return links::sorry(&house, e.into()).into_response(),
        },
        None => None,
    };
    request.extensions_mut().insert::<Option<Caller>>(caller);
    next.run(request).await
}

pub(crate) fn session_secret(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == SESSION_COOKIE).then(|| value.to_owned())
    })
}

/// Refuses a form that another site sent: a request that changes something must say that it comes from us.
pub(crate) async fn refuse_forged(request: Request, next: Next) -> Response {
    if is_safe(request.method()) || is_ours(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "forged",
        "this form did not come from a page of ours: open the page again and send it from there",
    )
    .into_response()
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say where a request comes from; a client that says nothing and carries no cookie can forge nothing.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
        (None, _) => headers.get(header::COOKIE).is_none(),
    }
}

/// Lets an address try to sign in only so often.
pub(crate) async fn slow_sign_in(State(house): State<House>, request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |ConnectInfo(from)| from.ip().to_string());
    let tries = *request.method() == Method::POST
        && (request.uri().path() == "/api/sign-in" || request.uri().path().starts_with("/sign-in/link/"));
    if tries && !house.limits.sign_in(&address) {
        return links::sorry(&house, wire::AppError::TooManyTries).into_response();
    }
    next.run(request).await
}

/// Headers that every answer carries unless it chose its own.
pub(crate) async fn safe_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=()"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in defaults {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_from_another_site_is_not_ours() {
        assert!(is_ours(&headers(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")])));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")])));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_ours(&headers(&[("origin", "http://here:1"), ("host", "here:1"), ("cookie", "a=b")])));
        assert!(!is_ours(&headers(&[("origin", "http://there"), ("host", "here"), ("cookie", "a=b")])));
        assert!(!is_ours(&headers(&[("cookie", "a=b")])), "an old browser that says nothing is not trusted");
        assert!(is_ours(&headers(&[])));
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = session_secret(&headers(&[("cookie", "theme=dark; __Host-session=abc; x=y")]));
        assert_eq!(found.as_deref(), Some("abc"));
    }
}
