//! What wakes up in the browser: one program for each desk brings the server's page to life. Nothing else lives here.
#![cfg(target_arch = "wasm32")]

use leptos::prelude::IntoView;

/// Hydrates the page of one desk. Called once, when its module has loaded; a panic is told to the console with its place.
pub fn wake<View: IntoView + 'static>(desk: fn() -> View) {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(desk);
}
