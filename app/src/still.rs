//! In the browser's half, the place of a page that stands still: such a page comes whole from the server and loads no scripts,
//! so nobody carries its code. Links lead to it by a page load; who comes another way is sent there by one.

use leptos::prelude::*;

/// Asks the server for the page.
#[component]
pub fn Still() -> impl IntoView {
    Effect::new(|_| {
        // A page that cannot be loaded again stays empty, and the reader presses reload.
        let _ = window().location().reload();
    });
}
