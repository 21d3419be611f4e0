//! A search box whose answer stands at its address: a plain form, so it works before and without scripts.

use crate::{
    address::with_hub,
    session::{HubField, Session},
};
use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate, location::Url};

/// The box with its button. A live page leads to the answer without loading the page.
#[component]
pub fn SearchForm(
    /// The page that answers.
    path: &'static str,
    /// What can be looked for.
    label: &'static str,
    /// What was looked for.
    #[prop(into)]
    text: Signal<String>,
    /// Whether the page begins with the focus here.
    #[prop(optional)]
    first: bool,
    /// Further links, and hidden fields of a page that stands still.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hub = Session::here().hub;
    let field = NodeRef::<Input>::new();
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            let text = Url::escape(field.value().trim());
            navigate(&with_hub(hub, &format!("{path}?q={text}")), NavigateOptions::default());
        }
    };
    view! {
        <form class="search" role="search" method="get" action=path on:submit=on_submit>
            <HubField />
            <label class="unseen" for="q">
                {label}
            </label>
            <input
                id="q"
                type="search"
                name="q"
                node_ref=field
                value=move || text.get()
                placeholder=label
                autocomplete="off"
                data-search
                autofocus=first
            />
            <button class="button primary" type="submit">
                "Search"
            </button>
            {children.map(|children| children())}
        </form>
    }
}
