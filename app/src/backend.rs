//! What server functions need of the server: the operations, the caller, and how an answer becomes a status.
//!
//! Everything here exists on the server only; each server function's body begins by using it. No rule and no query.

use crate::{
    Fault,
    address::{hub_in, with_hub},
};
use axum::http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use operations::{Caller, Operations, Origin};
use wire::AppError;

/// The handle to all verbs. Without one the server is wired wrongly and nothing can be reached.
pub async fn operations() -> Result<Operations, Fault> {
    use_context().ok_or(Fault(AppError::Unreachable))
}

/// Who is asking. The server's middleware has read the session before.
pub async fn caller() -> Result<Caller, Fault> {
    match present() {
        Some(caller) => Ok(caller),
        None => refuse(AppError::NotSignedIn),
    }
}

/// Who is asking, when somebody is signed in.
pub fn present() -> Option<Caller> {
    use_context::<Parts>()?.extensions.get::<Option<Caller>>().cloned().flatten()
}

/// Translates an operation's answer, and sets the status that goes with a fault.
pub fn answer<T, E: Into<AppError>>(result: Result<T, E>) -> Result<T, Fault> {
    result.or_else(|error| refuse(error.into()))
}

/// Answers with a fault and its status.
pub fn refuse<T>(error: AppError) -> Result<T, Fault> {
    if let Some(parts) = use_context::<Parts>()
        && (parts.uri.path().starts_with("/api/") || error != AppError::NotSignedIn)
        && let Ok(status) = StatusCode::from_u16(error.status())
    {
        set_status(status);
    }
    Err(Fault(error))
}

/// Sets the answer's status, but for a plain form's post: that is answered by a redirect which carries the fault.
pub fn set_status(status: StatusCode) {
    if let (Some(options), Some(parts)) = (use_context::<ResponseOptions>(), use_context::<Parts>())
        && !is_plain_form(&parts)
    {
        options.set_status(status);
    }
}

/// Whether a form without scripts asks: it is answered by a redirect, so what it is told stands in the page that follows.
pub fn is_plain() -> bool {
    use_context::<Parts>().is_some_and(|parts| is_plain_form(&parts))
}

fn is_plain_form(parts: &Parts) -> bool {
    parts.method == Method::POST
        && parts
            .headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

/// From where somebody signs in. The server's middleware has found it out before.
pub fn origin() -> Origin {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Origin>().cloned()).unwrap_or_default()
}

/// Keeps an answer out of every cache: it is true for one person, now.
pub fn uncached() {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Adds a cookie to the answer.
pub fn set_cookie(cookie: &str) -> Result<(), Fault> {
    let options = use_context::<ResponseOptions>().ok_or(Fault(AppError::Unreachable))?;
    let value = HeaderValue::from_str(cookie).map_err(|_| Fault(AppError::Invalid))?;
    options.append_header(header::SET_COOKIE, value);
    Ok(())
}

/// A header of the request as text.
pub fn request_header(name: header::HeaderName) -> Option<String> {
    use_context::<Parts>()?.headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The value of a cookie of the request.
pub fn cookie(name: &str) -> Option<String> {
    request_header(header::COOKIE)?.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// What fits into one cookie beside its name and its bounds.
const MOST_IN_COOKIE: usize = 3_800;

/// Hands something on to the page that follows a form, in a cookie that this page uses up, so that nobody else can put words
/// there. Answers whether it was short enough.
pub fn hand_on(cookie: &str, what: &impl serde::Serialize) -> Result<bool, Fault> {
    let text = in_cookie(&serde_json::to_string(what).unwrap_or_default());
    let fits = text.len() <= MOST_IN_COOKIE;
    if fits {
        set_cookie(&format!("{cookie}={text}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=60"))?;
    }
    Ok(fits)
}

/// What the form before this page handed on; asking uses it up.
pub fn handed_on<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    let kept = cookie(name)?;
    // A cookie that cannot be taken back is gone in a minute.
    let _ = set_cookie(&format!("{name}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"));
    serde_json::from_str(&leptos_router::location::Url::unescape(&kept)).ok()
}

/// Text with only those bytes escaped that a cookie cannot hold: a long list of places has to fit.
fn in_cookie(text: &str) -> String {
    let mut held = String::with_capacity(text.len() * 5 / 4);
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' if !b"%\",;\\".contains(&byte) => held.push(char::from(byte)),
            _ => held.push_str(&format!("%{byte:02X}")),
        }
    }
    held
}

/// Whether the browser will keep a cookie that may only travel safely: over TLS, or on the reader's own machine.
pub fn keeps_secure_cookies() -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    let over_tls = parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https");
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    over_tls
        || name == "localhost"
        || name.ends_with(".localhost")
        || name.starts_with("127.")
        || name.starts_with("[::1]")
}

/// The path at the hub of the page that sent a form, as the browser names that page.
pub fn at_same_hub(path: &str) -> String {
    let from = request_header(header::REFERER).unwrap_or_default();
    let hub = from.split_once('?').and_then(|(_, query)| hub_in(query));
    with_hub(hub, path)
}

/// The hub in the address of the page that is asked for.
pub fn hub_in_address() -> Option<domain::HubId> {
    hub_in(use_context::<Parts>()?.uri.query()?)
}

/// The address of a path of ours as the reader's browser knows it; the path alone where nobody said how we were reached.
pub fn whole_address(path: &str) -> String {
    let Some(host) = request_header(header::HOST) else { return path.to_owned() };
    let over_tls =
        request_header(header::HeaderName::from_static("x-forwarded-proto")).is_some_and(|p| p == "https");
    format!("{}://{host}{path}", if over_tls { "https" } else { "http" })
}

/// Sends the reader to a path of ours. Anything else becomes the start page, so no crafted form can lead away.
pub fn redirect(path: &str) {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    leptos_axum::redirect(if ours { path } else { "/" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cookie_holds_comes_back_as_it_was() {
        let typed = "Yard; 50 %, \"Ħal\"\\\n35.8972, 14.4611\r\n";
        let held = in_cookie(typed);
        assert!(held.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)), "{held}");
        assert_eq!(leptos_router::location::Url::unescape(&held), typed);
    }
}
