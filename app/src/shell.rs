//! The document around the app, and the header that says what it may load.
//!
//! Made on the server only; the browser never hydrates it. Scripts and styles carry the answer's nonce, so no inline
//! style attribute and no foreign script can run.

use crate::{App, backend, session};
use axum::http::{HeaderName, HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// The page around `App`, with its security headers. Assets are read from the options' `site_pkg_dir`;
/// `tile_origin` is where map pictures come from when they are another server's, as a source of a content security policy.
pub fn shell(options: LeptosOptions, tile_origin: Option<&str>) -> impl IntoView + use<> {
    let LeptosOptions { site_pkg_dir, output_name, .. } = options;
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    set_headers(&nonce, tile_origin.unwrap_or_default());
    let theme =
        backend::cookie(session::THEME_COOKIE).map(|code| session::Theme::parse(&code)).unwrap_or_default();
    let assets = format!("/{}", site_pkg_dir);
    let file = |name: &str| format!("{assets}/{name}");
    let module = file(&format!("{}.js", output_name));
    let wasm = file(&format!("{}_bg.wasm", output_name));
    let start = format!(
        "import({module:?}).then(doorstep=>doorstep.default({{module_or_path:{wasm:?}}}).then(()=>doorstep.hydrate()))"
    );
    let lives = !backend::stands_still();
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
                {lives
                    .then(|| {
                        view! {
                            <link rel="modulepreload" href=module nonce=nonce.clone() />
                            <link
                                rel="preload"
                                href=wasm
                                r#as="fetch"
                                r#type="application/wasm"
                                crossorigin="anonymous"
                            />
                            <script type="module" nonce=nonce.clone()>
                                {start}
                            </script>
                        }
                    })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
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
