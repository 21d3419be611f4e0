//! Who comes in: the session of the request, and no forged forms.

use crate::{
    answers::{
        plain_page::{no_such_hub, refuse},
        problem::Problem,
        state::AppState,
    },
    connections::{address::Client, seats::Seat},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use operations::{BROWSER_COOKIE, Caller, OpsError, Origin, SESSION_COOKIE};
use std::{net::SocketAddr, time::Duration};
use wire::AccountFault;

/// How often a live stream asks whether its session still holds.
const SESSION_CHECK: Duration = Duration::from_secs(10);

/// Reads the session's cookie and puts `Option<Caller>` into the request.
pub(crate) async fn read_session(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match session_secret(request.headers()) {
        Some(secret) => match state.ops.who(&secret).await {
            Ok(caller) => caller,
            Err(OpsError::Account(AccountFault::NoHubs)) if is_outside(request.uri().path()) => None,
            Err(OpsError::Account(AccountFault::NoHubs)) if asks_for_page(&request) => return without_hub(),
            Err(e) => return refuse(&state, request.headers(), request.uri().path(), e.into()),
        },
        None => None,
    };
    if let Some(caller) = &caller
        && asks_for_page(&request)
        && !is_outside(request.uri().path())
    {
        if let Some(refused) = refuse_hub(&state, caller, request.uri()).await {
            return refused;
        }
        if let Some(there) = at_another_hub(request.uri(), request.headers()) {
            return Redirect::to(&there).into_response();
        }
    }
    request.extensions_mut().insert::<Option<Caller>>(caller);
    next.run(request).await
}

/// Where nobody has to be signed in.
fn is_outside(path: &str) -> bool {
    path.starts_with("/sign-in") || matches!(path, "/api/sign-in" | "/api/theme")
}

fn asks_for_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    *request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The page that offers the caller's hubs, when the address names one that is none of them.
async fn refuse_hub(state: &AppState, caller: &Caller, uri: &Uri) -> Option<Response> {
    let asked = uri.query()?.split('&').find_map(|part| part.strip_prefix("hub="))?;
    if asked.is_empty() {
        return None;
    }
    let is_there = match asked.parse() {
        // What cannot be asked now, the page itself says.
        Ok(hub) => state.ops.may_see_hub(caller, hub).await.unwrap_or(true),
        Err(_) => false,
    };
    let hubs = state.ops.hubs_within_reach(caller);
    (!is_there).then(|| no_such_hub(state, uri.path(), asked, &hubs))
}

/// What an address may ask at any hub: a day, a search, a filter. Everything else names things of one hub.
const SHARED: [&str; 6] = ["day", "q", "waiting", "show", "pane", "rows"];

/// Where the choice of another hub leads, whose link names that hub alone: the same page, with what the hubs share of the
/// address before. From the page of one thing, which the other hub has not, it leads to the list.
fn at_another_hub(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let hub = uri.query()?.strip_prefix("hub=").filter(|hub| !hub.contains('&'))?;
    let from: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let before = || from.query().unwrap_or_default().split('&');
    if from.path() != uri.path() || before().any(|part| part.strip_prefix("hub=") == Some(hub)) {
        return None;
    }
    let mut there = format!("/{}?hub={hub}", uri.path().split('/').nth(1).unwrap_or_default());
    let is_shared = |part: &&str| SHARED.contains(&part.split('=').next().unwrap_or_default());
    for part in before().filter(is_shared) {
        there.push('&');
        there.push_str(part);
    }
    (uri.path_and_query()?.as_str() != there).then_some(there)
}

/// Leads somebody whose last hub was taken away to the sign-in page, which says so, and forgets the session.
fn without_hub() -> Response {
    let mut response = Redirect::to("/sign-in?hub=none").into_response();
    if let Ok(cookie) = HeaderValue::from_str(&operations::expired_session_cookie()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn session_secret(headers: &HeaderMap) -> Option<String> {
    cookie(headers, SESSION_COOKIE)
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then(|| value.to_owned())
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

/// Finds out from which address the request comes. The outermost of all, so that every endpoint knows it.
pub(crate) async fn name_client(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = state.trusted.client(peer.ip(), request.headers());
        request.extensions_mut().insert(Client(client));
    }
    next.run(request).await
}

/// Says from where somebody signs in, and lets an address try only so often.
pub(crate) async fn slow_sign_in(
    State(state): State<AppState>,
    Client(address): Client,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let tries =
        *request.method() == Method::POST && (path == "/api/sign-in" || path.starts_with("/sign-in/link/"));
    if !tries {
        return next.run(request).await;
    }
    if !state.limits.sign_in(address) {
        tracing::warn!(%address, "sign-ins are refused for a while: too many tries from this address");
        return refuse(&state, request.headers(), path, wire::AppError::TooManyTries);
    }
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let origin = Origin {
        address: Some(address),
        user_agent: agent.unwrap_or_default().to_owned(),
        browser: cookie(request.headers(), BROWSER_COOKIE),
    };
    request.extensions_mut().insert(origin);
    next.run(request).await
}

/// Ends when a live stream has to: the server closes, or the session by which it was opened is over. Keeps the stream's
/// seat, so it is dropped with the stream.
pub(crate) async fn stream_is_over(state: AppState, caller: Caller, _seat: Seat<Vec<u8>>) {
    let closing = state.closing.clone();
    let over = async {
        let mut every = tokio::time::interval(SESSION_CHECK);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            // While the database is away nobody can be told to have signed out; the next check will say.
            if let Ok(false) = state.ops.session_still_good(&caller).await {
                return;
            }
        }
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = over => {}
    }
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
        // Browsers mind this only where it came over https.
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    ];
    for (name, value) in defaults {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
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
    fn another_hub_is_shown_on_the_same_page_and_day() {
        let leads = |from: &'static str, to: &'static str| {
            at_another_hub(&Uri::from_static(to), &headers(&[("referer", from)]))
        };
        let there = leads("http://here/figures?day=2026-11-24&rows=failed&page=2", "/figures?hub=b");
        assert_eq!(there.as_deref(), Some("/figures?hub=b&day=2026-11-24&rows=failed"));
        let there = leads("http://here/roster?vehicle=7&day=2026-11-24&hub=a", "/roster?hub=b");
        assert_eq!(there.as_deref(), Some("/roster?hub=b&day=2026-11-24"));
        let order = leads("http://here/deliveries/7?hub=a", "/deliveries/7?hub=b");
        assert_eq!(order.as_deref(), Some("/deliveries?hub=b"));
        // Nothing to add, or another link than the choice of a hub.
        for (from, to) in [
            ("http://here/roster?vehicle=7&hub=a", "/roster?hub=b"),
            ("http://here/figures?day=2026-11-24&hub=b", "/figures?hub=b"),
            ("http://here/figures?day=2026-11-24", "/roster?hub=b"),
            ("http://here/figures?day=2026-11-24", "/figures?day=2026-11-25&hub=b"),
            ("http://here/figures?day=2026-11-24", "/figures"),
        ] {
            assert_eq!(leads(from, to), None, "{from} {to}");
        }
        let away = leads("http://there//evil.example/x?day=1", "//evil.example/x?hub=b");
        assert!(away.is_none_or(|there| there.starts_with("/?")), "no address leads away");
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = session_secret(&headers(&[("cookie", "theme=dark; __Host-session=abc; x=y")]));
        assert_eq!(found.as_deref(), Some("abc"));
    }
}
