//! The choice between hubs; nothing where there is only one.

use crate::session::Session;
use leptos::prelude::*;

/// The hub that the page is about, and the way to another. Another hub is another page load, so nothing of the one before
/// stays behind. The link names the hub alone: it stays on the page, and the server keeps what both hubs share (`guard.rs`).
#[component]
pub fn HubMenu() -> impl IntoView {
    let session = Session::here();
    let hubs = session.hubs.get_value();
    if hubs.len() < 2 {
        return ().into_any();
    }
    let here = session.hub.or_else(|| hubs.first().map(|hub| hub.id));
    let name = hubs.iter().find(|hub| Some(hub.id) == here).map(|hub| hub.name.clone());
    view! {
        <details class="menu hub-menu" data-popup>
            <summary>
                <span class="unseen">"Hub: "</span>
                <span class="menu-name">{name.unwrap_or_else(|| "Another hub".to_owned())}</span>
            </summary>
            <ul class="menu-sheet">
                {hubs
                    .into_iter()
                    .map(|hub| {
                        view! {
                            <li>
                                <a
                                    class="button"
                                    href=format!("?hub={}", hub.id)
                                    aria-current=(Some(hub.id) == here).then_some("true")
                                    rel="external"
                                >
                                    {hub.name}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
    }
    .into_any()
}
