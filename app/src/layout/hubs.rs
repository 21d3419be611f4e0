//! The choice between hubs; nothing where there is only one.

use crate::session::Session;
use domain::HubId;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What an address asks of a page at any hub: a day, a search, a filter. Everything else names things of the one hub.
const KEPT: [&str; 6] = ["day", "q", "waiting", "show", "pane", "rows"];

/// The hub that the page is about, and the way to another. Another hub is another page load, so nothing of the one before
/// stays behind.
#[component]
pub fn HubMenu() -> impl IntoView {
    let session = Session::here();
    let hubs = session.hubs.get_value();
    if hubs.len() < 2 {
        return ().into_any();
    }
    let here = session.hub.or_else(|| hubs.first().map(|hub| hub.id));
    let name = hubs.iter().find(|hub| Some(hub.id) == here).map(|hub| hub.name.clone());
    let url = use_location();
    // What one hub's page is about in particular, the other does not have.
    let there = move |hub: HubId| {
        let (path, query) = (url.pathname.read(), url.search.read());
        let mut there = format!("/{}?hub={hub}", path.split('/').nth(1).unwrap_or_default());
        for part in query.trim_start_matches('?').split('&') {
            if part.split('=').next().is_some_and(|name| KEPT.contains(&name)) {
                there.push('&');
                there.push_str(part);
            }
        }
        there
    };
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
                                    href=move || there(hub.id)
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
