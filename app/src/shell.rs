//! The document around the app, and the header that says what it may load.
//!
//! Made on the server only; the browser never hydrates it. Scripts and styles carry the answer's nonce, so no inline
//! style attribute and no foreign script can run.

use crate::{
    App, backend,
    session::{self, MainPage},
};
use axum::http::{HeaderName, HeaderValue, header, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// Brings a desk to life, and says what came of it where that fails.
const START: &str = include_str!("start.js");

/// The page around `App`, with its security headers. Assets are read from the options' `site_pkg_dir`;
/// `tile_origin` is where map pictures come from when they are another server's, as a source of a content security policy.
pub fn shell(options: &LeptosOptions, tile_origin: Option<&str>) -> impl IntoView + use<> {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    set_headers(&nonce, tile_origin.unwrap_or_default());
    let theme =
        backend::cookie(session::THEME_COOKIE).map(|code| session::Theme::parse(&code)).unwrap_or_default();
    let assets = format!("/{}", options.site_pkg_dir);
    let file = |name: &str| format!("{assets}/{name}");
    let desk = desk();
    let scripts = desk.map(|desk| {
        let module = file(&format!("{}.js", desk.code()));
        let wasm = file(&format!("{}_bg.wasm", desk.code()));
        let start = format!("const module={module:?},wasm={wasm:?};{START}");
        view! {
            <link rel="modulepreload" href=module nonce=nonce.clone() />
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="module" nonce=nonce>
                {start}
            </script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta
                    name="description"
                    content="Doorstep, the control room of a last-mile delivery operation."
                />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href=file("doorstep.css") />
                {scripts}
                <MetaTags />
            </head>
            <body>
                <App />
                {desk.map(|_| view! { <NotAlive /> })}
            </body>
        </html>
    }
}

/// The desk of the page that is asked for; none where it stands still.
fn desk() -> Option<MainPage> {
    MainPage::at(use_context::<Parts>()?.uri.path())
}

/// Shown by `start.js` where a page does not come to life. It stands after the app, where no wasm looks for it.
#[component]
fn NotAlive() -> impl IntoView {
    view! {
        <div id="not-alive" class="notice banner" role="status" hidden>
            <p>
                "A part of this page could not be loaded, so it is not live. What you read was true when it came; links and forms work."
            </p>
            <div class="notice-actions">
                <a class="button" href="">
                    "Reload"
                </a>
            </div>
        </div>
    }
}

fn set_headers(nonce: &str, tiles: &str) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob: {tiles}; connect-src 'self'; font-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        options.insert_header(name, HeaderValue::from_static(value));
    }
}
