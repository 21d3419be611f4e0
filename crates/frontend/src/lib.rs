//! What wakes up in the browser: one entry point that brings the server's page to life. Nothing else lives here.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Hydrates the page. Called once, when the module has loaded; a panic is told to the console with its place.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
